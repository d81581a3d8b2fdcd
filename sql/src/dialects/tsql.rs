//! Transact-SQL as a source.

use super::spec::{Aliases, DoubleQuotes, Names, Nulls, NumberLiteral, PivotNames, Source, Traits};
use model::Dialect;
use sqlparser::dialect::MsSqlDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::TSql,
    parent: None,
    parser: &MsSqlDialect {},
    traits: Traits {
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Float,
        wide_integers: false,
        aliases: Aliases::NONE,
        pivot_names: Some(PivotNames::Plain),
        unpivot_value_first: true,
        double_quotes: DoubleQuotes::Name,
    },
    types: include_str!("tsql/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("tsql/operators.txt"),
        include_str!("tsql/casts.txt"),
        include_str!("tsql/functions.txt"),
        include_str!("tsql/dates.txt"),
        include_str!("tsql/aggregates.txt"),
    ],
    formats: include_str!("tsql/formats.txt"),
    settings: &[],
};
