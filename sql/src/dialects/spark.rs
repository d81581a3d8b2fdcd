//! Spark SQL 4 (and Databricks) as a source.

mod parser;

use super::spec::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, PivotNames, Setting, Source, TextKeys,
    Traits, Values,
};
use crate::tokens::{Tokens, spark, written};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Spark,
    parser: |_| &parser::SparkParser,
    tokens: Tokens {
        literals: Some(spark::literals),
        all: &[],
        written: &[written::with_all_columns, written::without_comments, written::without_format],
    },
    traits: Traits {
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        nan: Nan::Largest,
        text: TextKeys::EXACT,
        bits: false,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Float,
        wide_integers: false,
        // WHERE does not see output names.
        aliases: Aliases {
            items: true,
            filter: false,
            group: true,
            having: true,
            qualify: true,
            order: false,
            order_last: false,
        },
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
        include_str!("spark/arrays.txt"),
        include_str!("spark/dates.txt"),
        include_str!("spark/json.txt"),
        include_str!("spark/aggregates.txt"),
        include_str!("spark/open.txt"),
    ],
    formats: include_str!("spark/formats.txt"),
    settings: &[Setting {
        name: "ansi",
        default: "on",
        values: Values::OneOf(&["on", "off"]),
        page: "spark.sql.ansi.enabled: with ANSI mode on, overflow, division by zero and casts that fail are \
               errors; off, they wrap around or give NULL. On by default since Spark 4.0. \
               https://spark.apache.org/docs/latest/sql-ref-ansi-compliance.html",
    }],
};
