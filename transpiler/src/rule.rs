//! What a rule is.

use crate::{emit::Emitter, fragment::Fragment, targets::Target};
use model::{Caveat, Diagnostic, Dialect};
use sql::tree::Expr;

/// Result of emitting: a value, or a refusal.
pub(crate) type Emit<T> = Result<T, Box<Diagnostic>>;

/// How true the output of a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fidelity {
    /// The same value for every input.
    Exact,
    /// The same up to what it names, which the comparer then applies.
    Approximate(Caveat),
}

/// Each operation rounds once or a few times.
pub(crate) const ROUNDED: Fidelity =
    Fidelity::Approximate(Caveat::FloatRounding { digits: 12, zero: 15 });

/// Many values are added, in an order that no engine promises.
pub(crate) const SUMMED: Fidelity =
    Fidelity::Approximate(Caveat::FloatRounding { digits: 9, zero: 12 });

impl Fidelity {
    /// What an approximate rule names.
    pub(crate) const fn caveat(self) -> Option<Caveat> {
        match self {
            Self::Exact => None,
            Self::Approximate(caveat) => Some(caveat),
        }
    }

    /// As the plan has it.
    pub(crate) const fn shown(self) -> model::Fidelity {
        match self {
            Self::Exact => model::Fidelity::Exact,
            Self::Approximate(_) => model::Fidelity::Approximate,
        }
    }
}

/// One transpile rule. Each lives in a file of its own under `rules/`.
pub(crate) struct Rule {
    /// Stable code, `TR` and four digits; never changed, never used again.
    pub(crate) code: &'static str,
    /// A short name.
    pub(crate) name: &'static str,
    /// How true its output is.
    pub(crate) fidelity: Fidelity,
    /// Names of the constructs that it looks at: a function, an operator, or `cast`, `coerce`,
    /// `literal`, `subscript`, `array`, `quantified`, `in list`.
    pub(crate) constructs: &'static [&'static str],
    /// What the source does, what the target would do, what is emitted instead.
    pub(crate) page: &'static str,
    /// Translates one expression; nothing where the rule does not apply to it. It decides that
    /// before it emits an operand: an operand emitted in vain is emitted again, at every level.
    pub(crate) emit: fn(&mut Emitter, &Expr) -> Emit<Option<Fragment>>,
    /// Statements over the example catalog with their translations: documentation and test in one.
    pub(crate) examples: &'static [Example],
}

/// A documented example.
pub(crate) struct Example {
    /// Dialect of the text.
    pub(crate) from: Dialect,
    /// The text.
    pub(crate) sql: &'static str,
    /// Target and the text that it gets, or `None` when it is refused.
    pub(crate) target: Target,
    pub(crate) becomes: Option<&'static str>,
}

/// `sql` becomes `text` on DuckDB.
pub(crate) const fn duckdb(sql: &'static str, text: &'static str) -> Example {
    Example { from: Dialect::Postgres, sql, target: Target::DuckDb, becomes: Some(text) }
}

/// `sql` becomes `text` on DataFusion.
pub(crate) const fn datafusion(sql: &'static str, text: &'static str) -> Example {
    Example { from: Dialect::Postgres, sql, target: Target::DataFusion, becomes: Some(text) }
}

/// `sql` is refused on `target`.
pub(crate) const fn refused(target: Target, sql: &'static str) -> Example {
    Example { from: Dialect::Postgres, sql, target, becomes: None }
}

/// `sql` of another dialect becomes `text` on `target`.
pub(crate) const fn from(
    from: Dialect,
    target: Target,
    sql: &'static str,
    text: &'static str,
) -> Example {
    Example { from, sql, target, becomes: Some(text) }
}

/// `sql` of Snowflake becomes `text` on `target`.
pub(crate) const fn snowflake(target: Target, sql: &'static str, text: &'static str) -> Example {
    Example { from: Dialect::Snowflake, sql, target, becomes: Some(text) }
}

/// `sql` of BigQuery becomes `text` on `target`.
pub(crate) const fn google(target: Target, sql: &'static str, text: &'static str) -> Example {
    Example { from: Dialect::BigQuery, sql, target, becomes: Some(text) }
}

/// What a call marks, as it is: the rule tells of it, and changes nothing.
pub(crate) fn value_itself(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(value) = expr.call().and_then(|call| call.args.first()) else { return Ok(None) };
    emitter.expr(value).map(Some)
}
