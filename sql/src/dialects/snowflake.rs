//! Snowflake as a source.

use super::spec::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, PivotNames, Source, TextKeys, Traits,
};
use model::Dialect;
use sqlparser::dialect::SnowflakeDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Snowflake,
    parent: None,
    parser: &SnowflakeDialect {},
    traits: Traits {
        names: Names::FoldUpper,
        nulls: Nulls::Largest,
        nan: Nan::Largest,
        text: TextKeys::EXACT,
        bits: false,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Float,
        wide_integers: true,
        aliases: Aliases::ALL,
        pivot_names: Some(PivotNames::Quoted),
        unpivot_value_first: false,
        double_quotes: DoubleQuotes::Name,
    },
    types: include_str!("snowflake/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("snowflake/operators.txt"),
        include_str!("snowflake/casts.txt"),
        include_str!("snowflake/functions.txt"),
        include_str!("snowflake/text.txt"),
        include_str!("snowflake/dates.txt"),
        include_str!("snowflake/parts.txt"),
        include_str!("snowflake/aggregates.txt"),
        include_str!("snowflake/json.txt"),
        include_str!("snowflake/open.txt"),
    ],
    formats: include_str!("snowflake/formats.txt"),
    settings: &[],
};
