//! MySQL 8 as a source.

use super::spec::{
    Aliases, DoubleQuotes, Escapes, Names, Nan, Nulls, NumberLiteral, Source, TextKeys, Traits,
};
use model::Dialect;
use sqlparser::dialect::MySqlDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::MySql,
    parent: None,
    parser: &MySqlDialect {},
    traits: Traits {
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        nan: Nan::Largest,
        escapes: Escapes::Parser,
        text: TextKeys::EXACT,
        bits: false,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Float,
        wide_integers: false,
        aliases: Aliases::NONE,
        pivot_names: None,
        unpivot_value_first: false,
        double_quotes: DoubleQuotes::Text,
    },
    types: include_str!("mysql/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("mysql/operators.txt"),
        include_str!("mysql/casts.txt"),
        include_str!("mysql/functions.txt"),
        include_str!("mysql/dates.txt"),
        include_str!("mysql/aggregates.txt"),
    ],
    formats: include_str!("mysql/formats.txt"),
    settings: &[],
};
