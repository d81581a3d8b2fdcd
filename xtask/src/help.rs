//! What `cargo xtask help` says, and the words for a wrong command line.

use crate::stop::Stop;

/// The help of the whole command.
pub(crate) const TEXT: &str = "\
Set-up and checks of this repository.

usage: cargo xtask COMMAND [OPTION…]

commands:
  demo [OPTION…]   set up, build, and run `gnomon demo` with these options
  test             set up (installs PostgreSQL where it is missing and this user may),
                   then run tidy, rustfmt, clippy, the documentation tests and all tests
      --no-lint    leave out rustfmt and clippy
      -- ARG…      hand these to the test runner (`cargo nextest run`, or `cargo test`)
  setup            only the set-up: put the prebuilt libduckdb where the build looks for it
  tidy             only the checks of the house: edges between crates, file sizes, rules, words
  help             this text

environment:
  GNOMON_POSTGRES_BIN  the folder with `initdb` and `postgres`, if they are at an unusual place
  DUCKDB_LIB_DIR       a folder with your own libduckdb; nothing is fetched then
  CARGO_TARGET_DIR     where to build, as for cargo

exit codes: 0 all is well; 1 a check or a test failed; 2 wrong usage, or something is missing
that cannot be installed from here. `demo` ends with the code of `gnomon demo`, or with that of
`cargo build` if it cannot be built (101).
";

/// Is `argument` a request for help?
pub(crate) fn is_asked(argument: &str) -> bool {
    matches!(argument, "--help" | "-h")
}

/// Refuses arguments of a command that takes none.
pub(crate) fn no_arguments(command: &str, rest: &[String]) -> Result<(), Stop> {
    match rest.first() {
        None => Ok(()),
        Some(argument) => Err(Stop::usage(format!(
            "`cargo xtask {command}` does not know `{argument}`: it takes no arguments"
        ))),
    }
}

/// The words for a command that does not exist.
pub(crate) fn unknown_command(unknown: &str) -> String {
    format!(
        "there is no command `{unknown}`: use one of demo, test, setup, tidy, help \
         (`cargo xtask help` says what they do)"
    )
}
