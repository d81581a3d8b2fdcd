//! Teradata as a source.

use super::spec::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, Source, TextKeys, Traits,
};
use model::Dialect;
use sqlparser::dialect::TeradataDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Teradata,
    parent: None,
    parser: &TeradataDialect {},
    traits: Traits {
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        nan: Nan::Largest,
        text: TextKeys::EXACT,
        bits: false,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Float,
        wide_integers: false,
        aliases: Aliases::ALL,
        pivot_names: None,
        unpivot_value_first: false,
        double_quotes: DoubleQuotes::Name,
    },
    types: include_str!("teradata/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("teradata/operators.txt"),
        include_str!("teradata/casts.txt"),
        include_str!("teradata/functions.txt"),
        include_str!("teradata/dates.txt"),
        include_str!("teradata/aggregates.txt"),
    ],
    formats: include_str!("teradata/formats.txt"),
    settings: &[],
};
