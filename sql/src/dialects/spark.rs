//! Spark SQL 4 (and Databricks) as a source.

use super::spec::{
    Aliases, DoubleQuotes, Names, Nulls, NumberLiteral, PivotNames, Source, TextKeys, Traits,
};
use model::Dialect;
use sqlparser::dialect::SparkSqlDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Spark,
    parent: None,
    parser: &SparkSqlDialect {},
    traits: Traits {
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        text: TextKeys::EXACT,
        bits: false,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Float,
        wide_integers: false,
        aliases: Aliases::ALL,
        pivot_names: Some(PivotNames::ValueThenAlias),
        unpivot_value_first: false,
        double_quotes: DoubleQuotes::Text,
    },
    types: include_str!("spark/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("spark/operators.txt"),
        include_str!("spark/casts.txt"),
        include_str!("spark/functions.txt"),
        include_str!("spark/dates.txt"),
        include_str!("spark/aggregates.txt"),
    ],
    formats: include_str!("spark/formats.txt"),
    settings: &[],
};
