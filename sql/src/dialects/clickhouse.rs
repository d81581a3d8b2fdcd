//! `ClickHouse` as a source.

use super::spec::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, Source, TextKeys, Traits,
};
use model::Dialect;
use sqlparser::dialect::ClickHouseDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::ClickHouse,
    parent: None,
    parser: &ClickHouseDialect {},
    traits: Traits {
        names: Names::Exact,
        nulls: Nulls::Last,
        nan: Nan::Largest,
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
        include_str!("clickhouse/dates.txt"),
        include_str!("clickhouse/aggregates.txt"),
    ],
    formats: include_str!("clickhouse/formats.txt"),
    settings: &[],
};
