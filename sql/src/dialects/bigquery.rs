//! Google BigQuery as a source.

use super::{
    clauses::Clause,
    narrow::Columns,
    spec::Source,
    traits::{
        Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, OutputNames, PivotNames, Seen,
        Totals, Traits,
    },
    writing::{Constants, Keys, Longer, Several, Stored, Texts, Writing},
};
use crate::{
    bind::pattern::Flavor,
    tokens::{Tokens, google},
};
use model::Dialect;

mod parser;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::BigQuery,
    parser: |_| &parser::GoogleParser,
    tokens: Tokens {
        literals: Some(google::literals),
        all: &[google::typed_arrays, google::safe_calls, google::number_labels],
        written: &[],
    },
    traits: Traits {
        output_names: OutputNames::Text,
        exact_collations: &[""],
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        nan: Nan::Unordered,
        point: NumberLiteral::Adapting,
        exponent: NumberLiteral::Adapting,
        wide_integers: true,
        hex_bytes: true,
        signed_interval_parts: true,
        // Read off GoogleSQL: in these clauses a name is an output before it is a column.
        aliases: Aliases {
            group: Seen::Whole,
            having: Seen::First,
            qualify: Seen::First,
            order: Seen::First,
            ..Aliases::NONE
        },
        select_into: false,
        pivot_names: Some(PivotNames::AliasThenValue),
        unpivot_value_first: true,
        double_quotes: DoubleQuotes::Text,
        parameters: &[(
            "make_interval",
            &[
                ("year", "0"),
                ("month", "0"),
                ("day", "0"),
                ("hour", "0"),
                ("minute", "0"),
                ("second", "0"),
            ],
        )],
        points_into_json: true,
        patterns: Flavor::Re2,
        writing: Writing {
            stored: Stored::Implicit,
            constants: Constants::DATES,
            points_are_exact: true,
            texts: Texts { bytes: false, longer: Longer::Error },
            keys: Keys::Information { not_null: false },
            update_matches: Several::Error,
            columns: Columns { whole: &[], ..Columns::CORE },
            ..Writing::CORE
        },
        tight_prefixes: true,
        clauses: &[
            Clause::ExceptAll,
            Clause::FromFirst,
            Clause::GroupByAll,
            Clause::GroupByPosition,
            Clause::GroupingSets,
            Clause::IgnoreNulls,
            Clause::InUnnest,
            Clause::Limit,
            Clause::NullsFirst,
            Clause::OrderInside,
            Clause::Qualify,
            Clause::StarExcept,
            Clause::StarReplace,
            Clause::Unpivot,
            Clause::Using,
            Clause::Windows,
            Clause::WithOffset,
        ],
        totals: Totals::None,
        commas_join_first: true,
        rows_by_name: true,
        ..Traits::CORE
    },
    types: include_str!("bigquery/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("bigquery/operators.txt"),
        include_str!("bigquery/casts.txt"),
        include_str!("bigquery/functions.txt"),
        include_str!("bigquery/numbers.txt"),
        include_str!("bigquery/text.txt"),
        include_str!("bigquery/arrays.txt"),
        include_str!("bigquery/times.txt"),
        include_str!("bigquery/dates.txt"),
        include_str!("bigquery/json.txt"),
        include_str!("bigquery/date_parts.txt"),
        include_str!("bigquery/aggregates.txt"),
        include_str!("bigquery/open.txt"),
    ],
    formats: include_str!("bigquery/formats.txt"),
    settings: &[],
};
