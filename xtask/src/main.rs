//! Stage: none; the set-up of a fresh clone in one command each, and the checks of the house
//! itself. Takes the working tree, gives a built demo, a test run, or findings.
//! Never: depends on a crate of the workspace (it compiles first, in seconds), hides the output
//! of a tool that it runs, or keeps a server running.

use std::process::ExitCode;

mod demo;
mod help;
mod place;
mod process;
mod say;
mod setup;
mod stop;
mod test;
mod tidy;

use stop::Stop;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            if let Some(message) = stop.message() {
                say::error(message);
            }
            ExitCode::from(stop.code())
        }
    }
}

fn dispatch(args: &[String]) -> Result<(), Stop> {
    let (command, rest) = match args.split_first() {
        None => ("help", args),
        Some((command, rest)) => (command.as_str(), rest),
    };
    // `demo` hands its options on, so it alone decides what `--help` means behind it.
    if command != "demo"
        && command != "test"
        && rest.iter().any(|argument| help::is_asked(argument))
    {
        say::result(help::TEXT);
        return Ok(());
    }
    match command {
        "setup" => {
            help::no_arguments("setup", rest)?;
            setup::all(&place::Place::find()?)
        }
        "test" => test::run(rest),
        "demo" => demo::run(rest),
        "tidy" => {
            help::no_arguments("tidy", rest)?;
            tidy::run(&place::Place::find()?)
        }
        "help" | "--help" | "-h" => {
            say::result(help::TEXT);
            Ok(())
        }
        unknown => Err(Stop::usage(help::unknown_command(unknown))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(words: &[&str]) -> Result<(), Stop> {
        dispatch(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn an_unknown_command_is_a_usage_error_that_names_the_known_ones() {
        let stop = run(&["tset"]).unwrap_err();
        assert_eq!(stop.code(), 2);
        let message = stop.message().unwrap();
        assert!(message.contains("`tset`") && message.contains("setup"), "{message}");
    }

    #[test]
    fn a_command_without_options_refuses_one() {
        let stop = run(&["tidy", "--fix"]).unwrap_err();
        assert_eq!(stop.code(), 2);
        assert!(stop.message().unwrap().contains("`--fix`"));
    }

    #[test]
    fn help_is_an_answer_and_not_an_error() {
        for words in [&["help"][..], &["--help"], &["-h"], &["tidy", "--help"], &[]] {
            assert!(run(words).is_ok(), "{words:?}");
        }
    }
}
