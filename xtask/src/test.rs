//! `cargo xtask test`: everything that has to hold before a change goes in.
//!
//! The steps go from cheap to dear, and the test runner comes last: its closing summary is the
//! end of the output, also for a machine that reads it there.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    help,
    place::Place,
    say,
    setup::{self, clients, postgres},
    stop::Stop,
    tidy::{self, tree::Tree},
};

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    lint: bool,
    /// For the test runner.
    handed_on: Vec<String>,
}

/// Runs all checks and tests; `args` are those behind `test`.
pub(crate) fn run(args: &[String]) -> Result<(), Stop> {
    let Some(options) = Options::read(args)? else {
        say::result(help::TEXT);
        return Ok(());
    };
    let place = Place::find()?;
    let mut clock = Clock::default();
    clock.step("set-up", || setup::for_building(&place))?;
    let postgres = clock.step("PostgreSQL", postgres::require)?;
    let clients = clock.step("drivers", || Ok(clients::put(&place)))?;
    clock.step("tidy", || tidy::run(&place))?;
    if options.lint {
        clock.step("format", || format(&place))?;
        clock.step("clippy", || clippy(&place))?;
    }
    let runner = Runner::find(&place);
    clock.step("build", || runner.build(&place))?;
    if has_examples(&place)? {
        clock.step("doc tests", || doc_tests(&place))?;
    }
    say::note(&format!("all well so far: {}", clock.summary()));
    runner.run(&place, [&postgres, &clients], &options.handed_on)
}

impl Options {
    /// Nothing means that help was asked for.
    fn read(args: &[String]) -> Result<Option<Self>, Stop> {
        let mut options = Self { lint: true, handed_on: vec![] };
        let mut rest = args.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--no-lint" => options.lint = false,
                "--" => options.handed_on = rest.by_ref().cloned().collect(),
                asked if help::is_asked(asked) => return Ok(None),
                unknown => {
                    return Err(Stop::usage(format!(
                        "`cargo xtask test` does not know `{unknown}`: it knows `--no-lint`, and \
                         hands what follows `--` to the test runner"
                    )));
                }
            }
        }
        Ok(Some(options))
    }
}

/// Says which step runs, and remembers how long each took.
#[derive(Default)]
struct Clock {
    steps: Vec<(&'static str, Duration)>,
}

impl Clock {
    fn step<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        say::note(&format!("── {name}"));
        let started = Instant::now();
        let done = work();
        self.steps.push((name, started.elapsed()));
        if done.is_err() {
            say::note(&format!("`{name}` failed; {}", self.summary()));
        }
        done
    }

    fn summary(&self) -> String {
        let all: Duration = self.steps.iter().map(|(_, time)| *time).sum();
        let each: Vec<String> =
            self.steps.iter().map(|(name, time)| format!("{name} {}", seconds(*time))).collect();
        format!("{} ({} together)", each.join(", "), seconds(all))
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn format(place: &Place) -> Result<(), Stop> {
    pass(
        place.cargo().args(["fmt", "--all", "--check"]),
        "the format is not rustfmt's: run `cargo fmt` (if it is missing: `rustup component add \
         rustfmt`)",
    )
}

fn clippy(place: &Place) -> Result<(), Stop> {
    pass(
        place.cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
        "clippy is not content (if it is missing: `rustup component add clippy`)",
    )
}

/// Is there an example in some documentation? Without one, the step would only cost the time to
/// have every crate read by rustdoc.
fn has_examples(place: &Place) -> Result<bool, Stop> {
    let tree = Tree::read(place)?;
    let fence = |line: &str| {
        let line = line.trim_start();
        let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        text.is_some_and(|text| text.trim_start().starts_with("```"))
    };
    Ok(tree.rust().any(|(_, text)| text.lines().any(fence)))
}

fn doc_tests(place: &Place) -> Result<(), Stop> {
    pass(
        place.cargo().args(["test", "--quiet", "--workspace", "--doc"]),
        "an example in the documentation does not hold",
    )
}

/// Runs a step that says itself what is wrong; `why` is added as the last line.
fn pass(command: &mut Command, why: &str) -> Result<(), Stop> {
    let status = command.status().map_err(|error| {
        Stop::usage(format!("cannot start `{}`: {error}", command.get_program().display()))
    })?;
    if status.success() { Ok(()) } else { Err(Stop::failed(why)) }
}

/// What runs the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runner {
    /// One process a test, with time limits (`.config/nextest.toml`).
    Nextest,
    /// What cargo brings.
    Cargo,
}

impl Runner {
    fn find(place: &Place) -> Self {
        let found = place
            .cargo()
            .args(["nextest", "--version"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if found {
            return Self::Nextest;
        }
        say::note(
            "`cargo nextest` is missing, so `cargo test` runs the tests, without time limits \
             (`cargo install --locked cargo-nextest` adds it)",
        );
        Self::Cargo
    }

    fn words(self, only_build: bool, in_ci: bool) -> Vec<&'static str> {
        let mut words = match self {
            Self::Nextest => vec!["nextest", "run", "--workspace"],
            Self::Cargo => vec!["test", "--workspace", "--lib", "--bins", "--tests"],
        };
        if self == Self::Nextest && in_ci {
            words.extend(["--profile", "ci"]);
        }
        if only_build {
            words.push("--no-run");
        } else if self == Self::Cargo {
            words.push("--no-fail-fast");
        }
        words
    }

    fn build(self, place: &Place) -> Result<(), Stop> {
        pass(place.cargo().args(self.words(true, in_ci())), "the tests do not build")
    }

    /// Nothing is printed after the runner's own summary.
    fn run(
        self,
        place: &Place,
        [postgres, clients]: [&Path; 2],
        handed_on: &[String],
    ) -> Result<(), Stop> {
        let mut command = place.cargo();
        postgres::put_first(&mut command, postgres);
        command.env(clients::VARIABLE, clients);
        let status = command
            .args(self.words(false, in_ci()))
            .args(handed_on)
            .status()
            .map_err(|error| Stop::usage(format!("cannot start the test runner: {error}")))?;
        if status.success() { Ok(()) } else { Err(Stop::tests_failed()) }
    }
}

fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Option<Options>, Stop> {
        Options::read(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read_and_the_rest_is_handed_on() {
        let options = read(&["--no-lint", "--", "--no-lint", "-p", "sql"]).unwrap().unwrap();
        assert!(!options.lint);
        assert_eq!(options.handed_on, ["--no-lint", "-p", "sql"]);
        assert!(read(&[]).unwrap().unwrap().lint);
        assert_eq!(read(&["--help"]).unwrap(), None);
    }

    #[test]
    fn an_unknown_option_says_what_is_known() {
        let stop = read(&["--fast"]).unwrap_err();
        assert_eq!(stop.code(), 2);
        let message = stop.message().unwrap();
        assert!(message.contains("`--fast`") && message.contains("`--no-lint`"), "{message}");
    }

    #[test]
    fn a_step_that_fails_ends_the_run_and_is_counted() {
        let mut clock = Clock::default();
        clock.step("first", || Ok(())).unwrap();
        clock.step("second", || Err::<(), _>(Stop::failed("planted"))).unwrap_err();
        let summary = clock.summary();
        assert!(summary.starts_with("first 0.0 s, second 0.0 s"), "{summary}");
    }

    #[test]
    fn the_runner_runs_the_whole_workspace() {
        for runner in [Runner::Nextest, Runner::Cargo] {
            for only_build in [true, false] {
                let words = runner.words(only_build, true);
                assert!(words.contains(&"--workspace"), "{words:?}");
                assert_eq!(words.contains(&"--no-run"), only_build, "{words:?}");
            }
        }
        assert!(Runner::Nextest.words(false, true).contains(&"ci"));
        assert!(!Runner::Nextest.words(false, false).contains(&"ci"));
    }
}
