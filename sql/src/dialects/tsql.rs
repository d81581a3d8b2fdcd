//! Transact-SQL as a source.

mod parser;

use super::{
    clauses::Clause,
    narrow::Columns,
    quirks::Sampling,
    spec::{Setting, Source, Values},
    traits::{
        Aliases, Names, Nulls, NumberLiteral, OutputNames, PivotNames, TextKeys, Traits, Unmarked,
    },
    writing::{Keys, Stored, UniqueNulls, Writing},
};
use crate::{
    tokens::{Tokens, tsql, tsql_hints, tsql_short, written},
    tree::SampleMethod,
};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::TSql,
    parser: |_| &parser::TSqlParser,
    tokens: Tokens {
        literals: None,
        all: &[
            tsql::rewritten,
            tsql_hints::with_with,
            tsql_hints::without_join_hints,
            tsql_short::written_out,
        ],
        written: &[written::with_from, tsql_hints::without_option, tsql_short::without_merge_hint],
    },
    traits: Traits {
        output_names: OutputNames::Text,
        exact_collations: &["*_bin2"],
        folding_collations: &[
            "*_ci_as",
            "*_ci_as_ks_ws",
            "*_ci_as_sc",
            "*_ci_as_sc_utf8",
            "*_ci_as_utf8",
        ],
        usual_collations: &["database_default"],
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        text: TextKeys { folds: true, letters: true, pads: true },
        bits: true,
        exponent: NumberLiteral::Float,
        long_integers_are_decimals: true,
        hex_bytes: true,
        aliases: Aliases::NONE,
        text_names: true,
        names_before: true,
        pivot_names: Some(PivotNames::Plain),
        unpivot_value_first: true,
        sampling: Sampling { default: SampleMethod::Blocks, ..Sampling::CORE },
        default_schema: Some("dbo"),
        recursion_unmarked: Unmarked::Always,
        compact_dates: true,
        dates_drop_clocks: true,
        empty_text_is_zero: true,
        open_quotients: true,
        texts_take_digits: true,
        limits_count: true,
        keeps_reals: true,
        letters_name_formats: true,
        tries_constants: true,
        function_columns: &[("string_split", "value"), ("generate_series", "value")],
        brackets: true,
        searches_fold: true,
        table_hints: true,
        hint_clauses: &["OPTION"],
        declared_calls: &[
            ("getdate", "datetime"),
            ("getutcdate", "datetime"),
            ("current_timestamp", "datetime"),
            ("sysdatetime", "datetime2"),
            ("sysutcdatetime", "datetime2"),
            ("dateadd", "#2"),
            ("max", "#0"),
            ("min", "#0"),
            ("upper", "#0"),
            ("lower", "#0"),
            ("ltrim", "#0"),
            ("rtrim", "#0"),
            ("trim", "#0"),
            ("left", "#0"),
            ("right", "#0"),
            ("substring", "#0"),
            ("reverse", "#0"),
            ("isnull", "#0"),
            ("nullif", "#0"),
        ],
        join_hints: tsql_hints::JOINS,
        writing: Writing {
            stored: Stored::Cast { texts: true },
            keys: Keys::Enforced(UniqueNulls::Equal),
            target_is_in_from: true,
            identity_counts: true,
            hash_is_temporary: true,
            columns: Columns { whole: &[("tinyint", 0, 255)], char_blanks: true, ..Columns::CORE },
            ..Writing::CORE
        },
        flat_sums: true,
        tight_prefixes: true,
        clauses: &[
            Clause::Apply,
            Clause::Fetch,
            Clause::GroupingSets,
            Clause::IgnoreNulls,
            Clause::Qualify,
            Clause::Top,
            Clause::TopPercent,
            Clause::TopTies,
            Clause::Unpivot,
            Clause::Windows,
            Clause::WithCube,
            Clause::WithRollup,
        ],
        ..Traits::CORE
    },
    types: include_str!("tsql/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("tsql/operators.txt"),
        include_str!("tsql/casts.txt"),
        include_str!("tsql/styles.txt"),
        include_str!("tsql/functions.txt"),
        include_str!("tsql/dates.txt"),
        include_str!("tsql/json.txt"),
        include_str!("tsql/aggregates.txt"),
        include_str!("tsql/open.txt"),
    ],
    formats: include_str!("tsql/formats.txt"),
    settings: &[
        Setting {
            name: "collation",
            default: "insensitive",
            values: Values::OneOf(&["insensitive", "binary"]),
            page: "The default collation SQL_Latin1_General_CP1_CI_AS compares text without case; \
                   a binary one (_BIN, _BIN2) compares code points. Blanks at the end never count. \
                   https://learn.microsoft.com/en-us/sql/relational-databases/collations/collation-and-unicode-support",
        },
        Setting {
            name: "datefirst",
            default: "7",
            values: Values::OneOf(&["1", "2", "3", "4", "5", "6", "7"]),
            page: "The first day of the week, 1 for Monday to 7 for Sunday: \
                   what `weekday` and `week` count from. \
                   https://learn.microsoft.com/en-us/sql/t-sql/statements/set-datefirst-transact-sql",
        },
    ],
};
