//! Trino (and Presto) as a source.

mod parser;

use super::{
    clauses::Clause,
    narrow::Columns,
    spec::Source,
    traits::{Aliases, Names, Nan, Nulls, NumberLiteral, OutputNames, Rows, Seen, Traits},
    writing::{Constants, Stored, Writing},
};
use crate::{
    bind::pattern::Flavor,
    tokens::{Tokens, standard, trino, written},
};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Trino,
    parser: |_| &parser::TrinoParser,
    tokens: Tokens {
        literals: None,
        all: &[standard::rewritten, trino::rewritten, trino::with_data, trino::rows_in_parentheses],
        written: &[written::without_comments],
    },
    traits: Traits {
        output_names: OutputNames::Text,
        names: Names::Insensitive,
        nulls: Nulls::Last,
        nan: Nan::UnorderedLargest,
        exponent: NumberLiteral::Float,
        // A sort key sees the outputs, then the columns of FROM.
        aliases: Aliases { order: Seen::First, ..Aliases::NONE },
        patterns: Flavor::Joni,
        keeps_reals: true,
        blank_before_clock: true,
        arrays_with_null_open: true,
        rows: Rows::NotOrdered,
        writing: Writing {
            stored: Stored::Implicit,
            constants: Constants::NONE,
            columns: Columns { second_digits: 3, ..Columns::CORE },
            ..Writing::CORE
        },
        select_into: false,
        declared_calls: &[
            ("date_trunc", "#1"),
            ("date_add", "#2"),
            ("max", "#0"),
            ("min", "#0"),
            ("coalesce", "#0.."),
            ("if", "#1.."),
            ("greatest", "#0.."),
            ("least", "#0.."),
            ("nullif", "#0"),
            ("arbitrary", "#0"),
            ("any_value", "#0"),
            ("max_by", "#0"),
            ("min_by", "#0"),
            ("first_value", "#0"),
            ("last_value", "#0"),
            ("date_parse", "timestamp(3)"),
            ("localtimestamp", "timestamp(3)"),
        ],
        clauses: &[
            Clause::ExceptAll,
            Clause::Fetch,
            Clause::FetchTies,
            Clause::Filter,
            Clause::GroupByPosition,
            Clause::GroupingSets,
            Clause::Groups,
            Clause::IgnoreNulls,
            Clause::Lateral,
            Clause::Limit,
            Clause::NullsFirst,
            Clause::OrderInside,
            Clause::Using,
            Clause::Windows,
            Clause::WithOrdinality,
        ],
        ..Traits::CORE
    },
    types: include_str!("trino/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("array_sets.txt"),
        include_str!("trino/operators.txt"),
        include_str!("trino/casts.txt"),
        include_str!("trino/functions.txt"),
        include_str!("trino/lambdas.txt"),
        include_str!("trino/dates.txt"),
        include_str!("trino/json.txt"),
        include_str!("trino/aggregates.txt"),
        include_str!("trino/open.txt"),
    ],
    formats: include_str!("trino/formats.txt"),
    settings: &[],
};
