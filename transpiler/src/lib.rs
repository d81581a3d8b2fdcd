//! Stage: takes a statement of one dialect and a catalog, gives its translation for a target
//! engine, or a refusal with code, place and reason.
//! Never: guesses, runs anything, or passes on what it does not know. A construct without a rule or
//! an entry in a target's table of verified identities is refused.

mod coverage;
mod emit;
mod empty;
mod fragment;
mod kept;
mod marks;
mod page;
mod rule;
mod rules;
mod targets;

pub use coverage::{Construct, Coverage, TARGETS, coverage};
pub use page::{Page, pages};

use emit::Emitter;
use model::{
    AppliedRule, Bind, Diagnostic, Dialect, Fidelity, NotComparable, NotComparableKind, OrderKey,
    catalog::CatalogTable,
};
use sql::{Catalog, SourceSettings};
use targets::Target;

/// Code of a construct that a definition of its dialect wrote out.
pub const BY_DEFINITION: &str = "TR0001";
/// Code of a construct that no rule translates to the target.
pub const NO_TRANSLATION: &str = "TR9010";
/// Code of names that differ in case only, on a target that does not tell them apart.
pub const NAME_COLLISION: &str = "TR9011";
/// Code of a pair of dialects that is not known.
pub const UNKNOWN_PAIR: &str = "TR9012";
/// Code of a translation that the target engine does not bind.
pub const DOES_NOT_BIND: &str = "TR9013";

/// Stack that a statement of the deepest nesting takes, in bytes: where less is left, as on a thread
/// of a library's user, a translation gets one of its own.
const STACK_BYTES: usize = if cfg!(debug_assertions) { 14 << 20 } else { 4 << 20 };

/// Translates statements of one dialect into another over one catalog. Cheap to share by reference.
#[derive(Debug, Clone)]
pub struct Transpiler {
    from: Dialect,
    to: Dialect,
    catalog: Catalog,
    settings: SourceSettings,
    /// Are names that are not known refused where the target is of the source's dialect too?
    closed: bool,
}

/// A translation that is known to be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// The text for the target.
    pub sql: String,
    /// The least true of the rules applied.
    pub fidelity: Fidelity,
    /// The rules that changed something, by code; those of [`BY_DEFINITION`] name the definition.
    pub rules: Vec<AppliedRule>,
    /// Notes and warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// Keys of the outermost ORDER BY with their output columns, stars counted.
    pub order_by: Vec<OrderKey>,
    /// Constructs whose value the statement leaves open, so that right answers may differ.
    pub not_comparable: Vec<NotComparable>,
    /// The 0-based output columns that open values reach; absent where they may reach any, or decide
    /// which rows there are.
    pub open_columns: Option<Vec<usize>>,
    /// PostgreSQL's type oid of each parameter whose bind has none, by the place that it stands at.
    pub parameters: Vec<Option<u32>>,
    /// Does the statement change anything? Replay never runs one that does.
    pub writes: bool,
}

impl Translation {
    /// Gives binds without a type, as a server's log keeps them, the type that the statement tells.
    pub fn tell_types(&self, binds: &mut [Bind]) {
        for (bind, told) in binds.iter_mut().zip(&self.parameters) {
            if let Some(oid) = told {
                bind.type_oid = *oid;
            }
        }
    }
}

/// No translation is known to be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is refused, where and why; never empty.
    pub diagnostics: Vec<Diagnostic>,
}

/// Signatures of the functions, operators and casts that are passed on to `to`, or written by a line
/// of a table, because they were verified to give the same value: `lower(text)`, `+(int4, int8)`,
/// `cast int4(text)`. For tests that execute them.
pub fn identities(to: Dialect) -> Vec<String> {
    Target::of(to).map_or_else(Vec::new, Target::identities)
}

/// Translates on a stack that is deep enough.
fn deeply(
    translate: impl FnOnce() -> Result<Translation, Diagnostic>,
) -> Result<Translation, Refusal> {
    stacker::maybe_grow(STACK_BYTES, STACK_BYTES, translate)
        .map_err(|diagnostic| Refusal { diagnostics: vec![diagnostic] })
}

/// Prints a PostgreSQL statement through the typed tree, as the translation of another dialect to
/// PostgreSQL is printed. For tests that execute it; [`Transpiler::translate`] gives it back as it
/// is.
///
/// # Errors
/// As [`Transpiler::translate`].
pub fn reprint(sql: &str, tables: &[CatalogTable]) -> Result<Translation, Refusal> {
    let transpiler = Transpiler::new(Dialect::Postgres, Dialect::Postgres, tables);
    deeply(|| transpiler.translate_known(sql, &[]))
}

impl Transpiler {
    /// A transpiler from `from` to `to` over `tables`, whose types are spelled in `from`.
    pub fn new(from: Dialect, to: Dialect, tables: &[CatalogTable]) -> Self {
        Self::under(SourceSettings::of(from), to, tables)
    }

    /// The same under settings of the source system other than the vendor's defaults.
    pub fn under(settings: SourceSettings, to: Dialect, tables: &[CatalogTable]) -> Self {
        let catalog = Catalog::under(&settings, tables);
        Self { from: settings.dialect(), to, catalog, settings, closed: false }
    }

    /// The same, but a statement for an engine of its own dialect is refused where it names a table,
    /// a column or a function that is not known, or has a constant or types that do not go together,
    /// as it would be for another target. Only with a catalog is that known.
    #[must_use]
    pub fn of_known_names(mut self) -> Self {
        self.closed = true;
        self
    }

    /// Translates exactly one statement. `from == to` gives the text back unchanged, with what can be
    /// told of it.
    ///
    /// # Errors
    /// A refusal: the text cannot be parsed, names something the catalog does not have, or holds a
    /// construct for which no translation is known to be right. Never panics.
    pub fn translate(&self, sql: &str, binds: &[Bind]) -> Result<Translation, Refusal> {
        deeply(|| {
            if self.from == self.to {
                self.settings.parse(sql, self.from).and_then(|parsed| self.kept(&parsed, binds))
            } else {
                self.translate_known(sql, binds)
            }
        })
    }

    fn translate_known(&self, sql: &str, binds: &[Bind]) -> Result<Translation, Diagnostic> {
        let target = Target::of(self.to).ok_or_else(|| {
            Diagnostic::error(
                UNKNOWN_PAIR,
                format!("no translation from `{}` to `{}` is known", self.from, self.to),
                None,
            )
        })?;
        let bound = self.settings.parse(sql, self.from)?.bind_under(
            &self.catalog,
            binds,
            &self.settings,
        )?;
        let statement = bound.statement;
        let mut emitter =
            Emitter::new(target).of_source(&self.settings).with_lowered(bound.lowered);
        emitter.keys_are_alike(&bound.keys).map_err(|refused| *refused)?;
        let text = emitter.statement(&statement)?;
        emitter.elements_are_apart(&text)?;
        let mut rules = emitter.applied();
        for place in rules.iter_mut().flat_map(|rule| &mut rule.spans) {
            // The parser's place of `a * (1 - b)` ends before the parenthesis.
            place.source = sql::with_parentheses(sql, place.source);
        }
        let estimated =
            bound.not_comparable.iter().any(|mark| mark.kind == NotComparableKind::Estimate);
        // Another estimate, or the number itself, is not what the source gives.
        let of_marks = if estimated { Fidelity::Approximate } else { Fidelity::Exact };
        let fidelity = rules.iter().map(|r| r.fidelity).fold(of_marks, Ord::max);
        Ok(Translation {
            sql: text,
            fidelity,
            rules,
            diagnostics: bound.notes,
            order_by: statement.order_keys(),
            not_comparable: bound.not_comparable,
            open_columns: bound.open_columns,
            parameters: bound.parameters,
            writes: statement.writes(),
        })
    }
}
