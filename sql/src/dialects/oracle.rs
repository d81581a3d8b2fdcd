//! Oracle as a source.

use super::{
    clauses::Clause,
    narrow::Columns,
    spec::{Setting, Source, Values},
    traits::{Aliases, Names, OutputNames, PivotNames, Seen, Traits, Unmarked},
    writing::{Constants, Keys, Longer, Stored, Texts, UniqueNulls, Writing},
};
use crate::bind::pattern::Flavor;
use crate::tokens::{Tokens, oracle, oracle_written, standard, written};
use model::Dialect;
use sqlparser::dialect::OracleDialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Oracle,
    parser: |_| &OracleDialect {},
    tokens: Tokens {
        literals: None,
        all: &[oracle::rewritten, standard::rewritten],
        written: &[
            written::with_from,
            oracle_written::without_storage,
            oracle_written::rows_of_one_table,
        ],
    },
    traits: Traits {
        output_names: OutputNames::Text,
        exact_collations: &["binary", "using_nls_comp"],
        names: Names::FoldUpper,
        aliases: Aliases { order: Seen::Alone, ..Aliases::NONE },
        pivot_names: Some(PivotNames::Quoted),
        quoted_lower_names: false,
        trims_one_letter: true,
        bare_calls: &["sysdate", "systimestamp", "user", "rownum", "dbms_random.value"],
        one_row_table: Some("dual"),
        recursion_unmarked: Unmarked::Always,
        julian_calendar: true,
        patterns: Flavor::Posix,
        strict_months: true,
        constants_are_padded: true,
        fill_mode_holds: true,
        keeps_blanks: true,
        empty_text_is_null: true,
        first_decodes: true,
        aggregates_nest: true,
        raises_for_constants: false,
        writing: Writing {
            stored: Stored::Cast { texts: false },
            constants: Constants::NUMBERS,
            texts: Texts { bytes: true, longer: Longer::Error },
            keys: Keys::Enforced(UniqueNulls::Partly),
            columns: Columns { whole_seconds: &["date"], ..Columns::CORE },
            ..Writing::CORE
        },
        select_into: false,
        flat_sets: true,
        clauses: &[
            Clause::Apply,
            Clause::ConnectBy,
            Clause::ExceptAll,
            Clause::Fetch,
            Clause::FetchPercent,
            Clause::FetchTies,
            Clause::Filter,
            Clause::GroupByAll,
            Clause::GroupingSets,
            Clause::Groups,
            Clause::IgnoreNulls,
            Clause::Lateral,
            Clause::Minus,
            Clause::NaturalJoin,
            Clause::NullsFirst,
            Clause::OrderInside,
            Clause::PlusJoin,
            Clause::Qualify,
            Clause::Unpivot,
            Clause::Using,
            Clause::Windows,
        ],
        ..Traits::CORE
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
    settings: &[
        Setting {
            name: "date_format",
            default: "DD-MON-RR",
            values: Values::OneOf(&[
                "DD-MON-RR",
                "DD-MON-YYYY",
                "DD.MM.RR",
                "DD.MM.YYYY",
                "DD/MM/RR",
                "DD/MM/YYYY",
                "MM/DD/YYYY",
                "YYYY-MM-DD",
                "YYYY-MM-DD_HH24:MI:SS",
            ]),
            page: "The format of dates that TO_CHAR, TO_DATE and texts beside dates have without one, by \
                   `NLS_DATE_FORMAT`, with `_` for a blank. \
                   https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/NLS_DATE_FORMAT.html",
        },
        Setting {
            name: "first_day",
            default: "7",
            values: Values::OneOf(&["1", "2", "3", "4", "5", "6", "7"]),
            page: "The first day of the week, 1 for Monday to 7 for Sunday, by `NLS_TERRITORY`: what the \
               format elements `D`, `DY` and `DAY` count from. It is Sunday in `AMERICA`, Monday in most \
               of Europe. \
               https://docs.oracle.com/en/database/oracle/oracle-database/19/nlspg/setting-up-globalization-support-environment.html",
        },
    ],
};
