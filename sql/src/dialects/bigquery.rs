//! Google BigQuery as a source.

use super::spec::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, PivotNames, Source, TextKeys, Traits,
};
use crate::tokens::{Tokens, google};
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
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        nan: Nan::Unordered,
        text: TextKeys::EXACT,
        bits: false,
        point: NumberLiteral::Adapting,
        exponent: NumberLiteral::Adapting,
        wide_integers: true,
        aliases: Aliases { group: true, having: true, qualify: true, order: true, ..Aliases::NONE },
        pivot_names: Some(PivotNames::AliasThenValue),
        unpivot_value_first: true,
        double_quotes: DoubleQuotes::Text,
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
