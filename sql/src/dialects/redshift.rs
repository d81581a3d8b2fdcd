//! Amazon Redshift as a source.

mod parser;

use super::{
    clauses::Clause,
    quirks::{DocumentTexts, Sampling},
    spec::{Setting, Source, Values},
    traits::{Aliases, Names, PivotNames, TextKeys, Traits},
    writing::{Identity, Keys, Longer, Texts, Writing},
};
use crate::{
    bind::pattern::Flavor,
    tokens::{Tokens, redshift, standard, written},
};
use model::Dialect;

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Redshift,
    // Not PostgreSQL: what Redshift did not take over, or changed, is not to be taken for it.
    parser: |_| &parser::Redshift,
    tokens: Tokens {
        literals: None,
        all: &[standard::rewritten, redshift::rewritten],
        written: &[written::redshift_table, written::with_from],
    },
    traits: Traits {
        names: Names::AlwaysLower,
        dates_drop_clocks: true,
        compact_dates: true,
        names_the_epoch: true,
        reals_compared_as_floats: true,
        last_value_needs_frame: true,
        exact_collations: &["case_sensitive"],
        usual_collations: &["case_sensitive"],
        points_into_json: true,
        unnests_json: true,
        patterns: Flavor::Unnamed,
        text: TextKeys { folds: false, letters: false, pads: true },
        aliases: Aliases::LAST,
        pivot_names: Some(PivotNames::Plain),
        sampling: Sampling::UNKNOWN,
        document_texts: DocumentTexts::Unknown,
        // As the headers of the examples of their pages have it.
        column_names: &[
            ("dateadd", "date_add"),
            ("datediff", "date_diff"),
            ("extract", "date_part"),
            ("date_part", "pgdate_part"),
        ],
        bare_calls: &["sysdate"],
        writing: Writing {
            texts: Texts { bytes: true, longer: Longer::BlanksCut },
            keys: Keys::Information { not_null: true },
            hash_is_temporary: true,
            identity: Identity::Unique,
            ..Writing::CORE
        },
        clauses: &[
            Clause::ConnectBy,
            Clause::DoubleColon,
            Clause::GroupByAll,
            Clause::GroupByPosition,
            Clause::GroupingSets,
            Clause::IgnoreNulls,
            Clause::Limit,
            Clause::Minus,
            Clause::NaturalJoin,
            Clause::NullsFirst,
            Clause::PlusJoin,
            Clause::Qualify,
            Clause::StarExclude,
            Clause::Top,
            Clause::Unpivot,
            Clause::Using,
        ],
        ..Traits::CORE
    },
    types: include_str!("redshift/types.txt"),
    definitions: &[
        include_str!("standard.txt"),
        include_str!("redshift/operators.txt"),
        include_str!("redshift/casts.txt"),
        include_str!("redshift/functions.txt"),
        include_str!("redshift/dates.txt"),
        include_str!("redshift/json.txt"),
        include_str!("redshift/aggregates.txt"),
        include_str!("redshift/open.txt"),
    ],
    formats: include_str!("redshift/formats.txt"),
    settings: &[
        Setting {
            name: "trailing_blanks",
            default: "ignored",
            values: Values::OneOf(&["ignored", "absent"]),
            page: "Blanks at the end of texts do not count in comparisons, so both sides lose them \
                   first. `absent` promises that no text ends in blanks, and leaves the texts alone. \
                   https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html",
        },
        Setting {
            name: "decimal_quotient",
            default: "cut",
            values: Values::OneOf(&["cut", "rounded"]),
            page: "Last digit of a DECIMAL quotient. The vendor documents how many digits it has, \
                   not how the last one comes about; the averages of its PIVOT examples are cut. \
                   https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_clause-pivot-unpivot-examples.html",
        },
        Setting {
            name: "datediff_week",
            default: "unknown",
            values: Values::OneOf(&["unknown", "sunday", "monday"]),
            page: "The day that weeks begin with where DATEDIFF counts them, which the vendor does not \
                   document; DATE_TRUNC begins them with Monday. As long as nobody says it, weeks that \
                   begin with Sunday are counted, and where Monday gives another number the value is open. \
                   https://docs.aws.amazon.com/redshift/latest/dg/r_DATEDIFF_function.html",
        },
    ],
};
