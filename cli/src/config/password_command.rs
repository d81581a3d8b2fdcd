//! A password that a program gives: the way to the keyring of a desktop, to the keychain of macOS or to a
//! vault, each by the tool that comes with it. No shell is in between.

use crate::{error::CliError, output};
use std::{
    io::{self, Read as _},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long the program has; it may have to ask somebody.
const TIME_MAX: Duration = Duration::from_mins(1);

/// How long its outputs may stay open after its end, both together.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The longest password, in bytes.
const BYTES_MAX: u64 = 64 << 10;

/// What the program writes, without its last line end. What it says on its standard error is told to the
/// user. `key` is the key that names it, for example `legacy.password_command`.
///
/// # Errors
/// Usage where there is no such program, interrupted where a signal ended it, unreachable otherwise: what
/// it asks may be there the next time.
pub(super) fn ask(words: &[String], key: &str) -> Result<String, CliError> {
    ask_within(words, key, TIME_MAX)
}

fn ask_within(words: &[String], key: &str, limit: Duration) -> Result<String, CliError> {
    let (program, words) = words.split_first().map_or(("", &[][..]), |(p, words)| (p, words));
    // Neither the words nor what was written are ever shown: both may be secrets. Nor is a name that
    // looks like a whole command line.
    let shown = if program.contains(char::is_whitespace) { "the program" } else { program };
    let what = |what: String| format!("`{shown}`, named by `{key}`, {what}");
    let failed = |why: String| CliError::unreachable(what(why));
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| {
        CliError::usage(what(format!("could not be started: {error}")))
            .hint("each word is one of the list, and no shell is in between")
    })?;
    let (out, err) = (child.stdout.take().map(read), child.stderr.take().map(read));
    let ended = wait(&mut child, limit).map_err(|error| failed(format!("was lost: {error}")))?;
    let Some(status) = ended else {
        return Err(failed(format!("gave no password within {} s", limit.as_secs())));
    };
    let closed = Instant::now() + LAST_WORDS;
    let left = || closed.saturating_duration_since(Instant::now());
    if let Some(Ok(said)) = err.and_then(|err| err.recv_timeout(left()).ok()) {
        for line in String::from_utf8_lossy(&said).lines() {
            output::note(format!("{shown}: {line}"));
        }
    }
    // A program that it left behind may hold on to the output.
    let bytes = match out.map(|out| out.recv_timeout(left())) {
        Some(Ok(Ok(bytes))) => bytes,
        Some(Ok(Err(error))) => {
            return Err(failed(format!("has an output that cannot be read: {error}")));
        }
        Some(Err(_)) | None => return Err(failed("left its output open".to_owned())),
    };
    if bytes.len() as u64 > BYTES_MAX {
        return Err(failed(format!("wrote more than {BYTES_MAX} bytes")));
    }
    if is_interrupted(status) {
        return Err(CliError::interrupted(what("was interrupted".to_owned())));
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

/// What comes of reading a pipe to its end.
type Written = mpsc::Receiver<io::Result<Vec<u8>>>;

/// Reads on a thread of its own, up to one byte too much.
fn read(pipe: impl io::Read + Send + 'static) -> Written {
    let (written, read) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = pipe.take(BYTES_MAX + 1).read_to_end(&mut bytes).map(|_| bytes);
        // Nobody waits any more where the program was too slow.
        let _ = written.send(read);
    });
    read
}

/// Did somebody stop it, and with it perhaps this process?
#[cfg(unix)]
fn is_interrupted(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    // SIGINT and SIGTERM.
    matches!(status.signal(), Some(2 | 15))
}

#[cfg(not(unix))]
const fn is_interrupted(_: ExitStatus) -> bool {
    false
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
    use crate::exit::Exit;

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
        for (program, exit) in
            [("no-such-program-anywhere", Exit::Usage), ("curl s3cret", Exit::Usage)]
        {
            let error = ask(&[program.to_owned()], "k").unwrap_err();
            assert_eq!(error.exit(), exit);
            let error = error.render(false);
            assert!(error.contains("could not be started") && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn an_output_that_another_program_keeps_open_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("other");
        let error = asked(&format!("sleep 600 & echo $! > '{}'; echo s3cret", other.display()));
        let stopped = asked(&format!("kill $(cat '{}') && echo it runs", other.display()));
        assert!(error.unwrap_err().contains("left its output open"));
        assert_eq!(stopped.unwrap(), "it runs");
    }

    #[test]
    fn whether_it_may_be_there_the_next_time_is_told() {
        let exit = |script: &str| {
            let words = ["sh", "-c", script].map(str::to_owned);
            ask_within(&words, "k", Duration::from_secs(2)).unwrap_err().exit()
        };
        assert_eq!(exit("exit 1"), Exit::Unreachable);
        assert_eq!(exit("kill -INT $$"), Exit::Incomplete);
        assert_eq!(exit("kill -TERM $$"), Exit::Incomplete);
    }
}
