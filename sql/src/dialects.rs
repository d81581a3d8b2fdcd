//! What a source dialect is: data. Each dialect has one file and one folder of its own.

/// Methods of a parser's dialect that say yes.
macro_rules! yes {
    ($($method:ident),* $(,)?) => {
        $(fn $method(&self) -> bool {
            true
        })*
    };
}

/// Methods of a parser's dialect that answer as another dialect does.
macro_rules! as_in {
    ($base:expr; $($method:ident($($arg:ident: $ty:ty),*) -> $answer:ty),* $(,)?) => {
        $(fn $method(&self, $($arg: $ty),*) -> $answer {
            $base.$method($($arg),*)
        })*
    };
}

mod bigquery;
mod clauses;
mod clickhouse;
pub(crate) mod collations;
mod condition;
mod definition;
mod mysql;
mod names;
mod narrow;
mod open;
mod oracle;
pub(crate) mod postgres;
mod quirks;
mod redshift;
mod returned;
mod signature;
mod snowflake;
mod spark;
mod spec;
mod table;
mod teradata;
mod traits;
mod trino;
mod tsql;
mod type_names;
mod writing;

pub(crate) use clauses::Clause;
pub(crate) use definition::Definition;
pub(crate) use names::{fold, stored};
pub(crate) use narrow::{Narrow, declared};
pub(crate) use open::{is_chance, of_core as open_of_core, of_name as open_of_name, unordered};
pub(crate) use quirks::{DocumentTexts, SampleNumber};
pub(crate) use returned::Returned;
pub(crate) use signature::{ArgType, Returns, Signature};
pub(crate) use spec::Spec;
pub use spec::{Setting, Values};
pub(crate) use traits::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, OutputNames, PivotNames, Rows, Seen,
    TextKeys, Totals, Traits, Unmarked,
};
pub(crate) use type_names::TypeNames;
pub(crate) use writing::{Identity, Keys, Longer, Several, Stored, UniqueNulls};

use foldhash::HashMap;
use model::Dialect;
use spec::Source;
use std::{collections::BTreeMap, sync::LazyLock};

/// The signatures of the core language by function name, asked for each call.
pub(crate) type Signatures = HashMap<&'static str, Vec<Signature>>;

/// The functions and operators of the core language, which is PostgreSQL's.
pub(crate) fn core() -> &'static Signatures {
    static CORE: LazyLock<Signatures> =
        LazyLock::new(|| signature::parse_all(postgres::SIGNATURES));
    &CORE
}

/// Functions of the core language that only definitions can call.
pub(crate) fn extension() -> &'static Signatures {
    static EXTENSION: LazyLock<Signatures> =
        LazyLock::new(|| signature::parse_all(include_str!("dialects/extension.txt")));
    &EXTENSION
}

/// Is it a function of the core language that PostgreSQL does not have? Only what a target has a form
/// for can be translated to it.
pub fn is_extension(name: &str) -> bool {
    extension().contains_key(name) || crate::bind::is_collation_mark(name)
}

/// What a source dialect is; nothing for a dialect that is only a target so far.
pub(crate) fn spec(dialect: Dialect) -> Option<&'static Spec> {
    static SPECS: LazyLock<BTreeMap<Dialect, Spec>> = LazyLock::new(|| {
        SOURCES.iter().map(|source| (source.dialect, Spec::read(source))).collect()
    });
    SPECS.get(&dialect)
}

/// The traits of a dialect; of one that is only a target those of the core.
pub(crate) fn traits(dialect: Dialect) -> &'static Traits {
    spec(dialect).map_or(&postgres::SOURCE.traits, Spec::traits)
}

/// Every source dialect.
static SOURCES: &[&Source] = &[
    &postgres::SOURCE,
    &redshift::SOURCE,
    &snowflake::SOURCE,
    &bigquery::SOURCE,
    &spark::SOURCE,
    &mysql::SOURCE,
    &tsql::SOURCE,
    &oracle::SOURCE,
    &teradata::SOURCE,
    &trino::SOURCE,
    &clickhouse::SOURCE,
];

/// The type names of a dialect and the core types that they are, with letters for parameters.
pub fn type_spellings(dialect: Dialect) -> Vec<(String, &'static str)> {
    let shown = |core| match core {
        // The binder alone tells them from these.
        "seconds" => "timestamp",
        "currency" => "numeric(19, 4)",
        core => core,
    };
    let all = spec(dialect).map(|spec| spec.types.spellings());
    all.into_iter().flatten().map(|(name, core)| (name, shown(core))).collect()
}

/// The settings of a dialect that change what its SQL means.
pub fn settings(dialect: Dialect) -> Vec<&'static Setting> {
    spec(dialect).map(Spec::settings).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{table::Table, *};

    #[test]
    fn every_line_of_every_dialect_is_read() {
        for source in SOURCES {
            let faults = Table::read(source.definitions).faults;
            assert!(faults.is_empty(), "{}: {}", source.dialect, faults.join("\n"));
            let spec = spec(source.dialect).unwrap();
            for (shown, core) in spec.types.spellings() {
                let example = shown.replace(['p', 'n'], "9").replace("(s", "(1");
                assert!(!core.is_empty(), "{}: {example}", source.dialect);
            }
        }
    }

    #[test]
    fn no_definition_stands_twice_in_a_dialect() {
        for source in SOURCES {
            let mut seen = std::collections::BTreeSet::new();
            for one in Table::read(source.definitions).definitions.values().flatten() {
                let key = format!("{} {:?} {:?} {}", one.name, one.args, one.when, one.variadic);
                assert!(seen.insert(key), "{}: `{}` stands twice", source.dialect, one.line);
            }
        }
    }

    fn can_be(setting: &Setting, value: &str) -> bool {
        match setting.values {
            Values::OneOf(values) => values.contains(&value),
            Values::AnyOf(words) | Values::AnyOfGroups(words, _) => {
                value.split(',').all(|word| words.contains(&word))
            }
            Values::Number => value.bytes().all(|digit| digit.is_ascii_digit()),
            Values::Zone => crate::settings::is_region(value),
        }
    }

    #[test]
    fn settings_have_their_default_among_their_values() {
        for source in SOURCES {
            for setting in source.settings {
                assert!(can_be(setting, setting.default), "{}", setting.name);
                assert!(!setting.page.is_empty());
            }
            for one in Table::read(source.definitions).definitions.values().flatten() {
                for (name, value) in one.when.named() {
                    let known = spec(source.dialect).unwrap().settings().iter().any(|s| {
                        (s.name == name && can_be(s, value)) || s.values.flags().contains(&name)
                    });
                    assert!(known, "{}: `{}` needs an unknown setting", source.dialect, one.line);
                }
            }
        }
    }
}
