//! MySQL 8 as a source.

mod parser;

use super::spec::{
    Aliases, DoubleQuotes, Names, Nan, Nulls, NumberLiteral, Setting, Source, TextKeys, Traits,
    Values,
};
use crate::tokens::{Tokens, standard};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::MySql,
    parser: parser::under,
    tokens: Tokens { literals: None, all: &[standard::rewritten], written: &[] },
    traits: Traits {
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        nan: Nan::Largest,
        // The default collation, `utf8mb4_0900_ai_ci`, does not pad.
        text: TextKeys { folds: true, pads: false },
        bits: false,
        point: NumberLiteral::Decimal,
        exponent: NumberLiteral::Float,
        wide_integers: true,
        aliases: Aliases { group: true, having: true, order_last: true, ..Aliases::NONE },
        pivot_names: None,
        unpivot_value_first: false,
        double_quotes: DoubleQuotes::Text,
    },
    types: include_str!("mysql/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("mysql/operators.txt"),
        include_str!("mysql/casts.txt"),
        include_str!("mysql/unsigned.txt"),
        include_str!("mysql/functions.txt"),
        include_str!("mysql/dates.txt"),
        include_str!("mysql/json.txt"),
        include_str!("mysql/aggregates.txt"),
        include_str!("mysql/open.txt"),
    ],
    formats: include_str!("mysql/formats.txt"),
    settings: &[
        Setting {
            name: "sql_mode",
            default: "only_full_group_by,strict_trans_tables,no_zero_in_date,no_zero_date,\
                      error_for_division_by_zero,no_engine_substitution",
            values: Values::AnyOf(&[
                "ansi_quotes",
                "pipes_as_concat",
                "no_backslash_escapes",
                "only_full_group_by",
                "strict_trans_tables",
                "strict_all_tables",
                "no_zero_in_date",
                "no_zero_date",
                "error_for_division_by_zero",
                "no_engine_substitution",
                "no_auto_value_on_zero",
                "no_dir_in_create",
                "ignore_space",
            ]),
            page: "The words of `@@sql_mode`. Queries depend on three of them: `ansi_quotes` makes \
                   \"x\" a name, `pipes_as_concat` makes `||` put texts together, \
                   `no_backslash_escapes` makes a backslash a plain character. The others are about \
                   writing, or only forbid. Words that change more, such as `high_not_precedence`, \
                   are not known. Source: MySQL 8.0 manual, 7.1.11.",
        },
        Setting {
            name: "collation",
            default: "insensitive",
            values: Values::OneOf(&["insensitive", "binary"]),
            page: "Whether the case of texts counts when they are compared: the default collation, \
                   `utf8mb4_0900_ai_ci`, ignores it. Source: MySQL 8.0 manual, 12.10.1.",
        },
        Setting {
            name: "accents",
            default: "ignored",
            values: Values::OneOf(&["ignored", "kept"]),
            page: "Whether accents count when texts are compared. The default collation ignores \
                   them; letters of Latin-1 and Latin Extended-A are brought to their plain ones. \
                   Source: MySQL 8.0 manual, 12.10.1.",
        },
    ],
};
