//! Snowflake as a source.

use super::{
    clauses::Clause,
    narrow::Columns,
    quirks::DocumentTexts,
    spec::{Setting, Source, Values},
    traits::{Aliases, Names, NumberLiteral, OutputNames, PivotNames, Seen, Traits, Unmarked},
    writing::{Keys, Longer, Stored, Texts, Writing},
};
use crate::tokens::{Tokens, escapes};
use model::Dialect;
use sqlparser::dialect::SnowflakeDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Snowflake,
    parser: |_| &SnowflakeDialect {},
    tokens: Tokens { literals: Some(escapes::snowflake_literals), all: &[], written: &[] },
    traits: Traits {
        output_names: OutputNames::Text,
        variant_elements: true,
        document_texts: DocumentTexts::Values,
        recursion_unmarked: Unmarked::UnlessTable,
        exact_collations: &["", "utf8"],
        names: Names::FoldUpper,
        exponent: NumberLiteral::Float,
        wide_integers: true,
        aliases: Aliases { order: Seen::Alone, ..Aliases::LAST },
        pivot_names: Some(PivotNames::Quoted),
        rounds_constants: true,
        dates_drop_clocks: true,
        table_functions: &["flatten", "split_to_table", "generator"],
        columns_by_place: true,
        writing: Writing {
            stored: Stored::Cast { texts: true },
            texts: Texts { bytes: false, longer: Longer::Error },
            keys: Keys::Information { not_null: true },
            deletes_repeat: true,
            columns: Columns { whole: &[], ..Columns::CORE },
            ..Writing::CORE
        },
        select_into: false,
        clauses: &[
            Clause::AsofJoin,
            Clause::ConnectBy,
            Clause::DoubleColon,
            Clause::Fetch,
            Clause::GroupByAll,
            Clause::GroupByPosition,
            Clause::GroupingSets,
            Clause::IgnoreNulls,
            Clause::Lateral,
            Clause::Limit,
            Clause::Minus,
            Clause::NaturalJoin,
            Clause::NullsFirst,
            Clause::OrderByAll,
            Clause::PlusJoin,
            Clause::Qualify,
            Clause::StarExclude,
            Clause::StarIlike,
            Clause::StarRename,
            Clause::StarReplace,
            Clause::Top,
            Clause::Unpivot,
            Clause::Using,
            Clause::Windows,
        ],
        ..Traits::CORE
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
        include_str!("snowflake/weeks.txt"),
        include_str!("snowflake/aggregates.txt"),
        include_str!("snowflake/json.txt"),
        include_str!("snowflake/open.txt"),
    ],
    formats: include_str!("snowflake/formats.txt"),
    settings: &[
        Setting {
            name: "week_start",
            default: "0",
            values: Values::OneOf(&["0", "1", "2", "3", "4", "5", "6", "7"]),
            page: "The first day of the week, 1 for Monday to 7 for Sunday: what DATE_TRUNC, \
                   LAST_DAY, DATEDIFF and WEEK count from, and DAYOFWEEK as 1. 0 is Monday too, but \
                   DAYOFWEEK counts from Sunday as 0. \
                   https://docs.snowflake.com/en/sql-reference/parameters#week-start",
        },
        Setting {
            name: "week_of_year_policy",
            default: "0",
            values: Values::OneOf(&["0", "1"]),
            page: "0: a week belongs to the year in which at least four of its days lie. 1: \
                   1 January is always in week 1, 31 December in the last one. \
                   https://docs.snowflake.com/en/sql-reference/parameters#week-of-year-policy",
        },
        Setting {
            name: "timestamp_tz_offset",
            default: "own",
            values: Values::OneOf(&["own", "session"]),
            page: "The offset of TIMESTAMP_TZ values, whose clock is what YEAR, DATE_TRUNC or a cast to \
                   DATE reads. `session` promises that it is that of the session wherever such a value \
                   is read; as long as nobody does, what reads their clock is refused. \
                   https://docs.snowflake.com/en/sql-reference/data-types-datetime#timestamp-ltz-timestamp-ntz-timestamp-tz",
        },
        Setting {
            name: "timestamp_type_mapping",
            default: "timestamp_ntz",
            values: Values::OneOf(&["timestamp_ntz", "timestamp_ltz", "timestamp_tz"]),
            page: "The type that TIMESTAMP stands for. \
                   https://docs.snowflake.com/en/sql-reference/parameters#timestamp-type-mapping",
        },
    ],
};
