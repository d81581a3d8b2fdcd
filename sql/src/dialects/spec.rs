//! What a dialect is made of: its traits, its types, its definitions.
//!
//! A dialect is read into the core language, which is PostgreSQL's. Everything here says how: what
//! a type is called there, what a function means there. What no line defines is refused.

use super::{
    definition::Definition,
    open,
    table::Table,
    traits::Traits,
    type_names::{self, TypeNames},
};
use crate::tree::FunctionKind;
use crate::{
    settings::{SourceSettings, UTC},
    tokens::Tokens,
};
use foldhash::{HashMap, HashSet};
use model::{Dialect, NotComparableKind};
use sqlparser::dialect::Dialect as ParserDialect;

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
    /// The same, and words that stand for several of them.
    AnyOfGroups(&'static [&'static str], &'static [(&'static str, &'static [&'static str])]),
    /// A whole number that is not negative.
    Number,
    /// `UTC` or the name of a region.
    Zone,
}

impl Values {
    /// The words of a list of words.
    pub const fn flags(self) -> &'static [&'static str] {
        match self {
            Self::AnyOf(words) | Self::AnyOfGroups(words, _) => words,
            Self::OneOf(_) | Self::Number | Self::Zone => &[],
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

/// How faithful text out of JSON is, which every dialect has.
static JSON_TEXT: Setting = Setting {
    name: "json_text",
    default: "value",
    values: Values::OneOf(&["value", "exact"]),
    page: "What counts of JSON. With `value` a translation keeps its value and is short: DuckDB may write \
           the text of a number with a fraction, of an array or of an object in another way, such as \
           `1.5` for `1.50`, and the translation is marked approximate where such a text is taken. \
           With `exact` the text is kept digit by digit, which takes long expressions, and what cannot be \
           kept is an error.",
};

/// A dialect, read.
pub(crate) struct Spec {
    pub(crate) source: &'static Source,
    /// Definitions by name, asked several times for each call.
    definitions: HashMap<&'static str, Vec<Definition>>,
    pub(crate) types: TypeNames,
    formats: Vec<(&'static str, &'static str)>,
    /// Names of functions whose value is open.
    open: HashMap<&'static str, NotComparableKind>,
    /// Names of aggregates whose value depends on the order of their input.
    unordered: HashSet<&'static str>,
}

impl Spec {
    pub(crate) fn read(source: &'static Source) -> Self {
        let definitions: HashMap<_, _> =
            Table::read(source.definitions).definitions.into_iter().collect();
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

    /// Is a function of that name an aggregate?
    pub(crate) fn aggregates(&self, name: &str) -> bool {
        let aggregate = |kind| matches!(kind, FunctionKind::Aggregate | FunctionKind::OrderedSet);
        self.definitions(name).iter().any(|definition| aggregate(definition.kind))
    }

    pub(crate) fn definitions(&self, name: &str) -> &[Definition] {
        self.definitions.get(name).map_or(&[], Vec::as_slice)
    }

    /// Every definition, by name.
    pub(crate) fn all_definitions(&self) -> impl Iterator<Item = &Definition> {
        let mut names: Vec<_> = self.definitions.iter().collect();
        names.sort_unstable_by_key(|(name, _)| **name);
        names.into_iter().flat_map(|(_, definitions)| definitions)
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
        self.source.settings.iter().chain([&JSON_TEXT, &TIME_ZONE]).collect()
    }
}
