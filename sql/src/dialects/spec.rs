//! What a dialect is made of: its traits, its types, its definitions.
//!
//! A dialect is read into the core language, which is PostgreSQL's. Everything here says how: what
//! a type is called there, what a function means there. What no line defines is refused.

use super::{
    definition::Definition,
    open,
    table::Table,
    type_names::{self, TypeNames},
};
use crate::{
    bind::pattern::Flavor,
    settings::{SourceSettings, UTC},
    tokens::Tokens,
};
use model::{Dialect, NotComparableKind};
use sqlparser::dialect::Dialect as ParserDialect;
use std::collections::{BTreeMap, BTreeSet};

/// A dialect as its file writes it down.
pub(crate) struct Source {
    pub(crate) dialect: Dialect,
    /// The grammar, which settings may change.
    pub(crate) parser: fn(&SourceSettings) -> &'static (dyn ParserDialect + Sync),
    /// What is done to the tokens of a text before they are parsed.
    pub(crate) tokens: Tokens,
    pub(crate) traits: Traits,
    /// Lines `vendor type = core type`.
    pub(crate) types: &'static str,
    /// Lines `name(arguments) = core expression`.
    pub(crate) definitions: &'static [&'static str],
    /// Lines `vendor token = core token` of date formats; what `to_char` has no token for is an
    /// expression over `$1` in braces.
    pub(crate) formats: &'static str,
    pub(crate) settings: &'static [Setting],
}

/// A setting of the source system that changes what its SQL means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Name, as the vendor has it, in lower case.
    pub name: &'static str,
    /// The vendor's default.
    pub default: &'static str,
    /// All values that are known; any other is refused.
    pub values: Values,
    /// What it changes, and where the vendor says so.
    pub page: &'static str,
}

/// What a setting can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Any number of these words, with commas between them.
    AnyOf(&'static [&'static str]),
    /// `UTC` or the name of a region.
    Zone,
}

impl Values {
    /// The words of a list of words.
    pub const fn flags(self) -> &'static [&'static str] {
        match self {
            Self::AnyOf(words) => words,
            Self::OneOf(_) | Self::Zone => &[],
        }
    }
}

impl Setting {
    /// Is the word in the vendor's default?
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.default.split(',').any(|word| word == flag)
    }
}

/// The session's time zone, which every dialect has.
static TIME_ZONE: Setting = Setting {
    name: "time_zone",
    default: UTC,
    values: Values::Zone,
    page: "The time zone of the session that the statements ran in: `UTC`, or a region such as \
           `Europe/Berlin`. The translation is for a session in the same zone. A run takes it from \
           `session.time_zone`, for both sides.",
};

/// What differs between dialects outside functions, operators and types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Traits {
    pub(crate) names: Names,
    pub(crate) nulls: Nulls,
    pub(crate) text: TextKeys,
    /// Are truth values numbers where they are compared?
    pub(crate) bits: bool,
    pub(crate) nan: Nan,
    /// The type of `1.5`.
    pub(crate) point: NumberLiteral,
    /// The type of `1e3`.
    pub(crate) exponent: NumberLiteral,
    /// Are integer literals `bigint` whatever their size?
    pub(crate) wide_integers: bool,
    /// Clauses in which a name of the SELECT list stands for its expression, where no column of
    /// the input has that name. ORDER BY is not among them: it always sees them.
    pub(crate) aliases: Aliases,
    /// How PIVOT names its columns; none where the dialect has no PIVOT.
    pub(crate) pivot_names: Option<PivotNames>,
    /// Does UNPIVOT give the value before the name?
    pub(crate) unpivot_value_first: bool,
    /// Does text in double quotes name something, or is it text?
    pub(crate) double_quotes: DoubleQuotes,
}

/// How names are compared and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// Unquoted names in lower case, quoted ones as written (PostgreSQL).
    FoldLower,
    /// Unquoted names in upper case, quoted ones as written (Snowflake, Oracle). Kept in lower
    /// case here: a quoted name with lower-case letters and none in upper case would be another
    /// object than the same name unquoted, so it is told apart by the catalog alone.
    FoldUpper,
    /// Case never counts.
    Insensitive,
    /// Case always counts (`ClickHouse`).
    Exact,
}

/// Which texts are equal although they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextKeys {
    /// Case does not count, unless the setting `collation` is `binary`.
    pub(crate) folds: bool,
    /// Blanks at the end do not count.
    pub(crate) pads: bool,
}

impl TextKeys {
    /// None.
    pub(crate) const EXACT: Self = Self { folds: false, pads: false };
}

/// Where NULL sorts when the text does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// Above every value: last when ascending, first when descending.
    Largest,
    /// Below every value.
    Smallest,
    /// At the end in both directions.
    Last,
}

impl Nulls {
    /// Do they come first in a key without `NULLS FIRST` and `NULLS LAST`?
    pub(crate) const fn first(self, descending: bool) -> bool {
        match self {
            Self::Largest => descending,
            Self::Smallest => !descending,
            Self::Last => false,
        }
    }
}

/// What a float that is not a number is to comparisons and sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nan {
    /// Equal to itself and above every number, as in the core language.
    Largest,
    /// No comparison with it holds but `<>`; it sorts below every number.
    Unordered,
    /// No comparison with it holds but `<>`; it sorts at the end in both directions.
    Last,
    /// No comparison with it holds but `<>`; it sorts above every number.
    UnorderedLargest,
}

/// The type of a number with a point or an exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberLiteral {
    Decimal,
    Float,
    /// A float, or a `numeric` where it meets one. Integers beyond 64 bits are errors.
    Adapting,
}

/// How PIVOT names the column of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PivotNames {
    /// `'Q1'`, quotes included; `'Q1'_total` with a named aggregate (Snowflake, Oracle). UNPIVOT
    /// gives names in upper case.
    Quoted,
    /// `Q1`; `total_Q1` with a named aggregate (BigQuery).
    AliasThenValue,
    /// `Q1`; `Q1_total` where there are several aggregates, NULL where no row matches (Spark).
    ValueThenAlias,
    /// `Q1`; `Q1_total` with a named aggregate (T-SQL, Redshift).
    Plain,
}

/// Meaning of `"text"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DoubleQuotes {
    Name,
    Text,
}

/// Where output names can be used in place of their expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one for each clause")]
pub(crate) struct Aliases {
    /// Later in the SELECT list.
    pub(crate) items: bool,
    pub(crate) filter: bool,
    /// In GROUP BY, before an input column of that name is looked for: refused where both exist.
    pub(crate) group: bool,
    pub(crate) having: bool,
    pub(crate) qualify: bool,
    /// In the expressions of ORDER BY, where they hide columns of that name.
    pub(crate) order: bool,
    /// In the expressions of ORDER BY where no column has that name: refused where both exist.
    pub(crate) order_last: bool,
}

impl Aliases {
    /// Standard SQL.
    pub(crate) const NONE: Self = Self {
        items: false,
        filter: false,
        group: false,
        having: false,
        qualify: false,
        order: false,
        order_last: false,
    };
    /// Every clause.
    pub(crate) const ALL: Self =
        Self { items: true, filter: true, group: true, having: true, qualify: true, ..Self::NONE };
}

/// A dialect, read.
pub(crate) struct Spec {
    pub(crate) source: &'static Source,
    /// Definitions by name.
    definitions: BTreeMap<&'static str, Vec<Definition>>,
    pub(crate) types: TypeNames,
    formats: Vec<(&'static str, &'static str)>,
    /// Names of functions whose value is open.
    open: BTreeMap<&'static str, NotComparableKind>,
    /// Names of aggregates whose value depends on the order of their input.
    unordered: BTreeSet<&'static str>,
}

impl Spec {
    pub(crate) fn read(source: &'static Source) -> Self {
        let definitions = Table::read(source.definitions).definitions;
        let mut formats: Vec<_> = type_names::pairs(source.formats).collect();
        // Longest token first: `MONTH` before `MON`.
        formats.sort_by_key(|(token, _)| std::cmp::Reverse(token.len()));
        let all = || definitions.values().flatten();
        let open = all().filter_map(|d: &Definition| Some((open::called(d.name), d.open?)));
        let open = open.collect();
        let unordered = all().filter(|d| d.unordered).map(|d| open::called(d.name)).collect();
        Self { source, definitions, types: TypeNames::read(source.types), formats, open, unordered }
    }

    pub(crate) fn traits(&self) -> &'static Traits {
        &self.source.traits
    }

    /// Why the value of a function is open, as far as its name tells.
    pub(crate) fn open(&self, name: &str) -> Option<NotComparableKind> {
        self.open.get(name).copied()
    }

    /// Is it an aggregate whose value depends on the order of its input?
    pub(crate) fn unordered(&self, name: &str) -> bool {
        self.unordered.contains(name)
    }

    pub(crate) fn knows(&self, name: &str) -> bool {
        self.definitions.contains_key(name)
    }

    pub(crate) fn definitions(&self, name: &str) -> &[Definition] {
        self.definitions.get(name).map_or(&[], Vec::as_slice)
    }

    /// Digits that a bigint counts for beside a decimal. Spark says 20, where 19 would do.
    pub(crate) fn bigint_digits(&self) -> u32 {
        if self.source.dialect == Dialect::Spark { 20 } else { 19 }
    }

    /// Does a whole number that is written out count, beside a decimal, for the digits that it has?
    /// Else for those of its type.
    pub(crate) fn constants_have_their_digits(&self) -> bool {
        self.source.dialect == Dialect::Spark
    }

    /// How regular expressions are read.
    pub(crate) fn patterns(&self) -> Flavor {
        match self.source.dialect {
            Dialect::Spark | Dialect::Trino => Flavor::Java,
            Dialect::BigQuery | Dialect::ClickHouse => Flavor::Re2,
            _ => Flavor::Plain,
        }
    }

    /// Every definition, by name.
    pub(crate) fn all_definitions(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.values().flatten()
    }

    /// Tokens of date formats and what they are in the core language, longest first.
    pub(crate) fn formats(&self) -> &[(&'static str, &'static str)] {
        &self.formats
    }

    /// Is it the core language itself, so that what is not defined is PostgreSQL's?
    pub(crate) fn is_core(&self) -> bool {
        self.source.dialect == Dialect::Postgres
    }

    /// The settings of the dialect.
    pub(crate) fn settings(&self) -> Vec<&'static Setting> {
        self.source.settings.iter().chain([&TIME_ZONE]).collect()
    }
}
