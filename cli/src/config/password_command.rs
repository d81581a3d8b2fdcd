//! A password that a program gives: the way to the keyring of a desktop, to the keychain of macOS or to a
//! vault, each by the tool that comes with it. No shell is in between.

use crate::error::CliError;
use std::{
    io::{self, Read as _},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long the program has; it may have to ask somebody.
const TIME_MAX: Duration = Duration::from_mins(1);

/// How long its output may stay open after its end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The longest password, in bytes.
const BYTES_MAX: u64 = 64 << 10;

/// What the program writes, without its last line end. What it says on its standard error is seen by the
/// user. `key` is the key that names it, for example `legacy.password_command`.
pub(super) fn ask(words: &[String], key: &str) -> Result<String, CliError> {
    ask_within(words, key, TIME_MAX)
}

fn ask_within(words: &[String], key: &str, limit: Duration) -> Result<String, CliError> {
    let Some((program, words)) = words.split_first() else {
        return Err(CliError::usage(format!("`{key}` is empty")).hint(
            "give a program and its words: [\"secret-tool\", \"lookup\", \"service\", \"gnomon\"]",
        ));
    };
    // Neither the words nor what was written are ever shown: both may be secrets.
    let failed = |what: String| CliError::usage(format!("`{program}`, named by `{key}`, {what}"));
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped());
    let started = command.spawn();
    let mut child = started.map_err(|error| failed(format!("could not be started: {error}")))?;
    let Some(out) = child.stdout.take() else {
        return Err(failed("gave no output".to_owned()));
    };
    let (written, read) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = out.take(BYTES_MAX + 1).read_to_end(&mut bytes).map(|_| bytes);
        // Nobody waits any more where the program was too slow.
        let _ = written.send(read);
    });
    let ended = wait(&mut child, limit).map_err(|error| failed(format!("was lost: {error}")))?;
    let Some(status) = ended else {
        return Err(failed(format!("gave no password within {} s", limit.as_secs())));
    };
    // A program that it left behind may hold on to the output.
    let read = read.recv_timeout(LAST_WORDS);
    let read = read.unwrap_or_else(|_| Err(io::Error::other("it is still open")));
    let bytes =
        read.map_err(|error| failed(format!("has an output that ended in an error: {error}")))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(failed(format!("wrote more than {BYTES_MAX} bytes")));
    }
    if !status.success() {
        return Err(failed(format!("failed: {status}")));
    }
    let text = String::from_utf8(bytes).map_err(|_| failed("wrote no UTF-8".to_owned()))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(failed("wrote nothing".to_owned()));
    }
    Ok(password.to_owned())
}

/// How the program ended; nothing where it did not in time, and was killed.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn asked(script: &str) -> Result<String, String> {
        let words = ["sh", "-c", script].map(str::to_owned);
        ask_within(&words, "legacy.password_command", Duration::from_secs(2))
            .map_err(|error| error.render(false))
    }

    #[test]
    fn it_is_what_the_program_writes() {
        assert_eq!(asked("echo 's3 cret '").unwrap(), "s3 cret ");
        assert_eq!(asked("printf 'a\\nb\\r\\n'").unwrap(), "a\nb");
    }

    #[test]
    fn what_goes_wrong_is_named_without_the_secret() {
        for (script, what) in [
            // It ends before this test does.
            ("sleep 2 & echo s3cret", "still open"),
            ("echo s3cret; exit 3", "failed: exit status: 3"),
            ("true # s3cret", "wrote nothing"),
            ("printf '\\377s3cret'", "wrote no UTF-8"),
            ("echo s3cret; exec sleep 60", "no password within 2 s"),
            ("yes s3cret | head -c 100000", "wrote more than"),
        ] {
            let error = asked(script).unwrap_err();
            assert!(error.contains(what) && error.contains("legacy.password_command"), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
        let error = ask(&["no-such-program-anywhere".to_owned()], "k").unwrap_err().render(false);
        assert!(error.contains("could not be started"), "{error}");
        assert!(ask(&[], "k").is_err());
    }
}
