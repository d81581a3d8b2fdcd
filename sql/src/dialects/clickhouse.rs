//! `ClickHouse` as a source.

mod parser;

use super::spec::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, Setting, Source, TextKeys, Traits,
    Values,
};
use crate::tokens::{Tokens, clickhouse, escapes};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::ClickHouse,
    parser: |_| &parser::ClickHouseParser,
    tokens: Tokens {
        literals: Some(escapes::clickhouse_literals),
        all: &[clickhouse::values_written_out],
        written: &[],
    },
    traits: Traits {
        names: Names::Exact,
        nulls: Nulls::Last,
        nan: Nan::Last,
        text: TextKeys::EXACT,
        bits: false,
        point: NumberLiteral::Float,
        exponent: NumberLiteral::Float,
        wide_integers: false,
        aliases: Aliases::ALL,
        pivot_names: None,
        unpivot_value_first: false,
        double_quotes: DoubleQuotes::Name,
    },
    types: include_str!("clickhouse/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("clickhouse/operators.txt"),
        include_str!("clickhouse/casts.txt"),
        include_str!("clickhouse/functions.txt"),
        include_str!("clickhouse/arrays.txt"),
        include_str!("clickhouse/dates.txt"),
        include_str!("clickhouse/json.txt"),
        include_str!("clickhouse/aggregates.txt"),
        include_str!("clickhouse/open.txt"),
    ],
    formats: include_str!("clickhouse/formats.txt"),
    settings: &[Setting {
        name: "join_use_nulls",
        default: "0",
        values: Values::OneOf(&["0", "1"]),
        page: "What a row without a partner has in an outer join: 0 gives the default value of each type, \
               1 gives NULL. https://clickhouse.com/docs/operations/settings/settings#join_use_nulls",
    }],
};
