//! Spark SQL 4 (and Databricks) as a source.

mod parser;

use super::{
    clauses::Clause,
    quirks::ValuesNames,
    spec::{Setting, Source, Values},
    traits::{
        Aliases, DoubleQuotes, Names, Nulls, NumberLiteral, OutputNames, PivotNames, Rows, Seen,
        Totals, Traits,
    },
    writing::{Constants, Keys, Stored, Writing},
};
use crate::{
    bind::pattern::Flavor,
    tokens::{Tokens, spark, written},
};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Spark,
    parser: |_| &parser::SparkParser,
    tokens: Tokens {
        literals: Some(spark::literals),
        all: &[],
        written: &[written::with_all_columns, written::without_comments, written::without_format],
    },
    traits: Traits {
        output_names: OutputNames::Casts,
        reals_widen: true,
        exact_collations: &["utf8_binary"],
        usual_collations: &["utf8_binary"],
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        exponent: NumberLiteral::Float,
        long_suffix: true,
        hex_bytes: true,
        // WHERE does not see output names; ORDER BY sees them before columns.
        aliases: Aliases {
            filter: Seen::No,
            having: Seen::Ungrouped,
            order: Seen::First,
            ..Aliases::LAST
        },
        select_into: false,
        no_match_is_false: true,
        rows: Rows::Values,
        totals: Totals::None,
        merged_first: true,
        pivot_names: Some(PivotNames::ValueThenAlias),
        double_quotes: DoubleQuotes::Text,
        bigint_digits: 20,
        constants_have_their_digits: true,
        tries_constants: true,
        commas_join_first: true,
        nulls_behind_aggregates: true,
        function_columns: &[("range", "id")],
        values_names: ValuesNames { word: "col", first: 1 },
        patterns: Flavor::Java,
        not_like_each: true,
        writing: Writing {
            stored: Stored::Cast { texts: false },
            constants: Constants::NONE,
            keys: Keys::Information { not_null: true },
            deletes_repeat: true,
            ..Writing::CORE
        },
        tight_prefixes: true,
        clauses: &[
            Clause::DoubleColon,
            Clause::ExceptAll,
            Clause::Filter,
            Clause::FromFirst,
            Clause::GroupByAll,
            Clause::GroupByPosition,
            Clause::GroupingSets,
            Clause::IgnoreNulls,
            Clause::Lateral,
            Clause::LateralView,
            Clause::Limit,
            Clause::Minus,
            Clause::NaturalJoin,
            Clause::NullsFirst,
            Clause::OrderByAll,
            Clause::Qualify,
            Clause::SemiJoin,
            Clause::Spaceship,
            Clause::StarExcept,
            Clause::Unpivot,
            Clause::Using,
            Clause::Windows,
            Clause::WithCube,
            Clause::WithRollup,
        ],
        ..Traits::CORE
    },
    types: include_str!("spark/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("array_sets.txt"),
        include_str!("spark/operators.txt"),
        include_str!("spark/casts.txt"),
        include_str!("spark/functions.txt"),
        include_str!("spark/arrays.txt"),
        include_str!("spark/dates.txt"),
        include_str!("spark/json.txt"),
        include_str!("spark/aggregates.txt"),
        include_str!("spark/open.txt"),
    ],
    formats: include_str!("spark/formats.txt"),
    settings: &[Setting {
        name: "ansi",
        default: "on",
        values: Values::OneOf(&["on", "off"]),
        page: "spark.sql.ansi.enabled: with ANSI mode on, overflow, division by zero and casts that fail are \
               errors; off, they wrap around or give NULL. On by default since Spark 4.0. \
               https://spark.apache.org/docs/latest/sql-ref-ansi-compliance.html",
    }],
};
