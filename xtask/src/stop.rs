//! Why a command ends before its time.

use std::process::ExitStatus;

/// The reason to end, with its exit code.
#[derive(Debug)]
pub(crate) struct Stop {
    code: u8,
    message: Option<String>,
}

impl Stop {
    /// A check or a tool failed: exit code 1.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { code: 1, message: Some(message.into()) }
    }

    /// Wrong usage, or something is missing that the user has to install: exit code 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, message: Some(message.into()) }
    }

    /// The tests failed, and their runner has said so: exit code 1, nothing to add.
    pub(crate) fn tests_failed() -> Self {
        Self { code: 1, message: None }
    }

    /// A program that was run has said itself what is wrong: its exit code, nothing to add.
    pub(crate) fn silent(status: ExitStatus) -> Self {
        let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
        Self { code: code.max(1), message: None }
    }

    /// The exit code, never 0.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }

    /// What to print, if the reason has not been printed yet.
    pub(crate) fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}
