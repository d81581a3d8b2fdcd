//! Teradata as a source.

use super::{
    clauses::Clause,
    quirks::{SampleNumber, Sampling},
    spec::{Setting, Source, Values},
    traits::{Aliases, Names, Nulls, NumberLiteral, OutputNames, Seen, TextKeys, Traits},
    writing::{Longer, Stored, Texts, Writing},
};
use crate::tokens::{Tokens, standard, teradata, written};
use model::Dialect;
use sqlparser::dialect::TeradataDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Teradata,
    parser: |_| &TeradataDialect {},
    tokens: Tokens {
        literals: None,
        all: &[teradata::rewritten, standard::rewritten],
        written: &[written::teradata],
    },
    traits: Traits {
        output_names: OutputNames::Text,
        names: Names::Insensitive,
        nulls: Nulls::Smallest,
        text: TextKeys { folds: true, letters: false, pads: true },
        exponent: NumberLiteral::Float,
        aliases: Aliases { order: Seen::Alone, ..Aliases::LAST },
        // The page of ORDER BY: the system resolves the name to the column.
        sorts_by_columns_first: true,
        first_select_types: true,
        sampling: Sampling { number: SampleNumber::Fraction, of_result: true, ..Sampling::CORE },
        bare_calls: &["date", "time", "user"],
        long_integers_are_decimals: true,
        raises_for_constants: false,
        timestamps_beside_dates_are_dates: true,
        floating_decimals: Some("number"),
        // https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Functions-Expressions-and-Predicates/CASE/Default-Format
        texts_stay: true,
        keeps_blanks: true,
        // What tokens make of `s (NOT CASESPECIFIC)`.
        folding_collations: &["not_casespecific"],
        not_like_each: true,
        writing: Writing {
            stored: Stored::Cast { texts: false },
            texts: Texts { bytes: false, longer: Longer::Error },
            tables_are_sets: true,
            ..Writing::CORE
        },
        hint_clauses: &["LOCKING", "LOCK"],
        select_into: false,
        text_suffixes: &[
            "x", "xb", "xbf", "xbv", "xc", "xcf", "xcv", "xg", "xi", "xi1", "xi2", "xi4", "xi8",
        ],
        clauses: &[
            Clause::ExceptAll,
            Clause::GroupByPosition,
            Clause::GroupingSets,
            Clause::IgnoreNulls,
            Clause::Minus,
            Clause::NullsFirst,
            Clause::OrderInside,
            Clause::Qualify,
            Clause::Top,
            Clause::TopPercent,
            Clause::TopTies,
            Clause::Unpivot,
        ],
        ..Traits::CORE
    },
    types: include_str!("teradata/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("teradata/operators.txt"),
        include_str!("teradata/casts.txt"),
        include_str!("teradata/functions.txt"),
        include_str!("teradata/dates.txt"),
        include_str!("teradata/aggregates.txt"),
        include_str!("teradata/open.txt"),
    ],
    formats: include_str!("teradata/formats.txt"),
    settings: &[
        Setting {
            name: "dateform",
            default: "unknown",
            values: Values::OneOf(&["unknown", "ansidate"]),
            page: "What a date without a FORMAT becomes as a text follows the session: YYYY-MM-DD under ANSIDATE, else \
                   what the system says. \
                   https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Data-Definition-Language-Syntax-and-Examples/Session-Statements/SET-SESSION-DATEFORM",
        },
        Setting {
            name: "collation",
            default: "insensitive",
            values: Values::OneOf(&["insensitive", "binary"]),
            page: "In a session of mode Teradata texts are NOT CASESPECIFIC: case does not count when they \
               are compared. In mode ANSI it does. Blanks at the end never count. \
               https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Functions-Expressions-and-Predicates/Comparison-Operators-and-Functions/Comparison-of-KANJI1-Characters/Equality-Comparison",
        },
    ],
};
