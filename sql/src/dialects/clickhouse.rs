//! `ClickHouse` as a source.

mod parser;

use super::{
    narrow::Columns,
    quirks::Sampling,
    spec::{Setting, Source, Values},
    traits::{Aliases, Names, Nan, Nulls, NumberLiteral, Seen, Traits},
    writing::{Constants, Keys, Stored, Writing},
};
use crate::{
    bind::pattern::Flavor,
    tokens::{Tokens, clickhouse, escapes},
};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::ClickHouse,
    parser: |_| &parser::ClickHouseParser,
    tokens: Tokens {
        literals: Some(escapes::clickhouse_literals),
        all: &[clickhouse::values_written_out],
        written: &[],
    },
    traits: Traits {
        names: Names::Exact,
        nulls: Nulls::Last,
        nan: Nan::Last,
        point: NumberLiteral::Float,
        exponent: NumberLiteral::Float,
        numbers_of_c: true,
        signed_constants: true,
        bool_constants: false,
        // Read off chdb: a name is an output before it is a column, wherever it stands.
        aliases: Aliases {
            items: Seen::First,
            windows: Seen::First,
            filter: Seen::First,
            group: Seen::First,
            having: Seen::First,
            qualify: Seen::First,
            order: Seen::First,
        },
        select_into: false,
        last_select_sorted: true,
        no_rows_are_null: true,
        ignores_nulls: false,
        sampling: Sampling::UNKNOWN,
        types_lack_null: true,
        sets_are_bags: true,
        raises_for_constants: false,
        function_columns: &[("numbers", "number")],
        tuples: true,
        patterns: Flavor::Re2,
        prewhere: true,
        final_tables: true,
        writing: Writing {
            stored: Stored::Same,
            constants: Constants::DATES,
            points_are_exact: true,
            keys: Keys::Information { not_null: false },
            columns: Columns {
                whole: &[
                    ("tinyint", -128, 127),
                    ("byte", -128, 127),
                    ("int8", -128, 127),
                    ("uint8", 0, 255),
                    ("uint16", 0, 65_535),
                    ("uint32", 0, 4_294_967_295),
                    ("uint64", 0, i64::MAX),
                ],
                whole_seconds: &["datetime"],
                ..Columns::CORE
            },
            ..Writing::CORE
        },
        ..Traits::CORE
    },
    types: include_str!("clickhouse/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("clickhouse/operators.txt"),
        include_str!("clickhouse/casts.txt"),
        include_str!("clickhouse/functions.txt"),
        include_str!("clickhouse/arrays.txt"),
        include_str!("clickhouse/dates.txt"),
        include_str!("clickhouse/json.txt"),
        include_str!("clickhouse/aggregates.txt"),
        include_str!("clickhouse/open.txt"),
    ],
    formats: include_str!("clickhouse/formats.txt"),
    settings: &[Setting {
        name: "join_use_nulls",
        default: "0",
        values: Values::OneOf(&["0", "1"]),
        page: "What a row without a partner has in an outer join: 0 gives the default value of each type, \
               1 gives NULL. https://clickhouse.com/docs/operations/settings/settings#join_use_nulls",
    }],
};
