//! Transact-SQL as a source.

mod parser;

use super::spec::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, PivotNames, Setting, Source, TextKeys,
    Traits, Values,
};
use crate::tokens::{Tokens, tsql, written};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::TSql,
    parser: |_| &parser::TSqlParser,
    tokens: Tokens { literals: None, all: &[tsql::rewritten], written: &[written::with_from] },
    traits: Traits {
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        nan: Nan::Largest,
        text: TextKeys { folds: true, pads: true },
        bits: true,
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
        include_str!("tsql/json.txt"),
        include_str!("tsql/aggregates.txt"),
        include_str!("tsql/open.txt"),
    ],
    formats: include_str!("tsql/formats.txt"),
    settings: &[
        Setting {
            name: "collation",
            default: "insensitive",
            values: Values::OneOf(&["insensitive", "binary"]),
            page: "The default collation SQL_Latin1_General_CP1_CI_AS compares text without case; \
                   a binary one (_BIN, _BIN2) compares code points. Blanks at the end never count. \
                   https://learn.microsoft.com/en-us/sql/relational-databases/collations/collation-and-unicode-support",
        },
        Setting {
            name: "datefirst",
            default: "7",
            values: Values::OneOf(&["1", "2", "3", "4", "5", "6", "7"]),
            page: "The first day of the week, 1 for Monday to 7 for Sunday: \
                   what `weekday` and `week` count from. \
                   https://learn.microsoft.com/en-us/sql/t-sql/statements/set-datefirst-transact-sql",
        },
    ],
};
