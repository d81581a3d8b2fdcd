//! MySQL 8 as a source.

mod parser;

use super::{
    clauses::Clause,
    narrow::Columns,
    quirks::{Sampling, ValuesNames},
    spec::{Setting, Source, Values},
    traits::{
        Aliases, DoubleQuotes, Names, Nulls, NumberLiteral, OutputNames, Seen, TextKeys, Traits,
    },
    writing::{Stored, Writing},
};
use crate::tokens::{Tokens, standard};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::MySql,
    parser: parser::under,
    tokens: Tokens { literals: None, all: &[standard::rewritten], written: &[] },
    traits: Traits {
        output_names: OutputNames::Text,
        exact_collations: &["utf8mb4_0900_bin", "binary"],
        folding_collations: &[
            "utf8mb4_0900_ai_ci",
            "*_general_ci",
            "*_unicode_ci",
            "*_unicode_520_ci",
        ],
        binary_texts: true,
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        // The default collation, `utf8mb4_0900_ai_ci`, does not pad.
        text: TextKeys { folds: true, letters: true, pads: false },
        exponent: NumberLiteral::Float,
        wide_integers: true,
        hex_bytes: true,
        aliases: Aliases {
            windows: Seen::Alone,
            group: Seen::Last,
            having: Seen::Ungrouped,
            order: Seen::Alone,
            ..Aliases::NONE
        },
        select_into: false,
        having_of_rows: true,
        merged_last: true,
        full_joins: false,
        straight_joins: true,
        text_names: true,
        double_quotes: DoubleQuotes::Text,
        sampling: Sampling::UNKNOWN,
        one_row_table: Some("dual"),
        raises_for_constants: false,
        texts_stay: true,
        values_become_texts: true,
        compact_dates: true,
        values_names: ValuesNames { word: "column_", first: 0 },
        arrows_take_constants: true,
        writing: Writing {
            stored: Stored::Cast { texts: false },
            decimals_round: true,
            set_in_order: true,
            columns: Columns {
                whole: &[
                    ("tinyint", -128, 127),
                    ("mediumint", -8_388_608, 8_388_607),
                    ("year", 1901, 2155),
                ],
                second_digits: 0,
                char_blanks: true,
                char_blanks_go: true,
                ..Columns::CORE
            },
            ..Writing::CORE
        },
        tight_prefixes: true,
        clauses: &[
            Clause::ExceptAll,
            Clause::GroupByPosition,
            Clause::Lateral,
            Clause::Limit,
            Clause::LimitComma,
            Clause::NaturalJoin,
            Clause::OrderInside,
            Clause::Spaceship,
            Clause::Using,
            Clause::Windows,
            Clause::WithRollup,
        ],
        ..Traits::CORE
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
            values: Values::AnyOfGroups(
                &[
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
                    "real_as_float",
                ],
                &[
                    (
                        "ansi",
                        &[
                            "real_as_float",
                            "pipes_as_concat",
                            "ansi_quotes",
                            "ignore_space",
                            "only_full_group_by",
                        ],
                    ),
                    (
                        "traditional",
                        &[
                            "strict_trans_tables",
                            "strict_all_tables",
                            "no_zero_in_date",
                            "no_zero_date",
                            "error_for_division_by_zero",
                            "no_engine_substitution",
                        ],
                    ),
                ],
            ),
            page: "The words of `@@sql_mode`. Queries depend on three of them: `ansi_quotes` makes \
                   \"x\" a name, `pipes_as_concat` makes `||` put texts together, \
                   `no_backslash_escapes` makes a backslash a plain character. The others are about \
                   writing, or only forbid. `ansi` and `traditional` stand for several words. Words that change more, such as `high_not_precedence`, \
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
            name: "group_concat_max_len",
            default: "1024",
            values: Values::Number,
            page: "The bytes that GROUP_CONCAT is cut at, with a warning. The targets cut nothing, so \
                   a translation is marked approximate, unless the number is one that no text \
                   reaches, from 1073741824 on. Source: MySQL 8.0 manual, 5.1.8.",
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
