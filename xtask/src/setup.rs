//! The set-up of a fresh clone. Every step is quick when there is nothing left to do.

use crate::{place::Place, process, say, stop::Stop};

pub(crate) mod clients;
mod libduckdb;
pub(crate) mod postgres;
mod sha256;
mod triple;

pub(crate) use libduckdb::DUCKDB_VERSION;

/// `cargo xtask setup`: everything that needs no rights, and a word about PostgreSQL.
pub(crate) fn all(place: &Place) -> Result<(), Stop> {
    for_building(place)?;
    match postgres::find() {
        Some(bin) => say::note(&format!("PostgreSQL: found in {}", bin.display())),
        None => say::note(
            "PostgreSQL: `initdb` not found; the demo then uses embedded DataFusion as legacy, \
             and `cargo xtask test` installs PostgreSQL where it may",
        ),
    }
    Ok(())
}

/// What a build needs: a C compiler and libduckdb.
pub(crate) fn for_building(place: &Place) -> Result<(), Stop> {
    c_compiler()?;
    libduckdb::seed(place)
}

/// SQLite and zstd are C, and every link step calls the C compiler. (Without one this program
/// would hardly have been linked, but `CC` may name one that is gone.)
fn c_compiler() -> Result<(), Stop> {
    let named = std::env::var("CC").ok().filter(|name| !name.trim().is_empty());
    let found = match &named {
        Some(name) => name.split_whitespace().next().is_some_and(|program| {
            std::path::Path::new(program).is_file() || process::find(program).is_some()
        }),
        None => ["cc", "gcc", "clang"].iter().any(|program| process::find(program).is_some()),
    };
    if found || cfg!(windows) {
        return Ok(());
    }
    Err(Stop::usage(match named {
        Some(name) => {
            format!("the C compiler that `CC` names, `{name}`, is not there: correct `CC`")
        }
        None => "no C compiler found (`cc`, `gcc` or `clang`): install one, for example with \
                 `apt-get install gcc libc6-dev`, `dnf install gcc`, `apk add build-base` or \
                 `xcode-select --install`"
            .to_owned(),
    }))
}
