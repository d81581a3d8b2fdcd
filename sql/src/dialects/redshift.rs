//! Amazon Redshift as a source.

use super::spec::{
    Aliases, DoubleQuotes, Names, Nulls, NumberLiteral, PivotNames, Source, TextKeys, Traits,
};
use model::Dialect;
use sqlparser::dialect::RedshiftSqlDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Redshift,
    parent: Some(&super::postgres::SOURCE),
    parser: &RedshiftSqlDialect {},
    traits: Traits {
        names: Names::FoldLower,
        nulls: Nulls::Largest,
        text: TextKeys::EXACT,
        bits: false,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Decimal,
        wide_integers: false,
        aliases: Aliases::ALL,
        pivot_names: Some(PivotNames::Plain),
        unpivot_value_first: false,
        double_quotes: DoubleQuotes::Name,
    },
    types: include_str!("redshift/types.txt"),
    definitions: &[
        include_str!("redshift/operators.txt"),
        include_str!("redshift/casts.txt"),
        include_str!("redshift/functions.txt"),
        include_str!("redshift/dates.txt"),
        include_str!("redshift/aggregates.txt"),
    ],
    formats: include_str!("redshift/formats.txt"),
    settings: &[],
};
