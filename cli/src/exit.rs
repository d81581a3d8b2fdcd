//! What the exit code of `gnomon` says; scripts rely on it.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The gate holds, or the command did what it was asked for.
    Holds,
    /// The gate fails: mismatches beyond what it lets pass, a refused statement, a broken chain.
    Fails,
    /// The command line or the configuration is wrong; nothing was executed.
    Usage,
    /// An engine, the run store or an output could not be reached.
    Unreachable,
    /// Interrupted, or ended before everything had a verdict; starting it again goes on.
    Incomplete,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Holds => 0,
            Self::Fails => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Incomplete => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_the_documented_ones() {
        let all = [Exit::Holds, Exit::Fails, Exit::Usage, Exit::Unreachable, Exit::Incomplete];
        assert_eq!(all.map(Exit::code), [0, 1, 2, 3, 4]);
    }
}
