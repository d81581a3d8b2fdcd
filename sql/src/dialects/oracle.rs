//! Oracle as a source.

use super::spec::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, PivotNames, Source, TextKeys, Traits,
};
use crate::tokens::{Tokens, oracle, standard};
use model::Dialect;
use sqlparser::dialect::OracleDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Oracle,
    parser: |_| &OracleDialect {},
    tokens: Tokens { literals: None, all: &[oracle::rewritten, standard::rewritten], written: &[] },
    traits: Traits {
        names: Names::FoldUpper,
        nulls: Nulls::Largest,
        nan: Nan::Largest,
        text: TextKeys::EXACT,
        bits: false,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Decimal,
        wide_integers: false,
        aliases: Aliases::NONE,
        pivot_names: Some(PivotNames::Quoted),
        unpivot_value_first: false,
        double_quotes: DoubleQuotes::Name,
    },
    types: include_str!("oracle/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("oracle/operators.txt"),
        include_str!("oracle/casts.txt"),
        include_str!("oracle/functions.txt"),
        include_str!("oracle/dates.txt"),
        include_str!("oracle/json.txt"),
        include_str!("oracle/aggregates.txt"),
        include_str!("oracle/open.txt"),
    ],
    formats: include_str!("oracle/formats.txt"),
    settings: &[],
};
