//! Trino (and Presto) as a source.

mod parser;

use super::spec::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, Source, TextKeys, Traits,
};
use crate::tokens::{Tokens, standard, written};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Trino,
    parser: |_| &parser::TrinoParser,
    tokens: Tokens {
        literals: None,
        all: &[standard::rewritten],
        written: &[written::without_comments],
    },
    traits: Traits {
        names: Names::Insensitive,
        nulls: Nulls::Last,
        nan: Nan::UnorderedLargest,
        text: TextKeys::EXACT,
        bits: false,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Float,
        wide_integers: false,
        aliases: Aliases::NONE,
        pivot_names: None,
        unpivot_value_first: false,
        double_quotes: DoubleQuotes::Name,
    },
    types: include_str!("trino/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
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
