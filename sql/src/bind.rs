//! The binder: from the parser's tree and a catalog to the typed tree.
//!
//! It knows what a name means and which type an expression has, by PostgreSQL's rules, and refuses
//! whatever it does not know. It never fails silently: every refusal has a code and a place.

mod call;
mod coerce;
mod datetime;
mod expr;
mod from;
mod literal;
mod operator;
mod query;
mod resolve;
mod scope;
mod select;
mod shape;

use crate::{
    catalog::Catalog,
    dialects::{Signatures, signatures},
    parse::Parsed,
    tree::Query,
    types::Type,
};
use model::{Bind, Diagnostic, Span};
use scope::{CteScope, Scope};
use sqlparser::ast::{Spanned, Statement};

/// Codes of the binder's refusals.
pub mod codes {
    /// A clause, statement or expression form that is not known.
    pub const UNSUPPORTED: &str = "TR9002";
    /// A table that the catalog does not have.
    pub const UNKNOWN_TABLE: &str = "TR9003";
    /// A column that no table in scope has, or that several have.
    pub const UNKNOWN_COLUMN: &str = "TR9004";
    /// A function or operator that is not known for these types.
    pub const UNKNOWN_FUNCTION: &str = "TR9005";
    /// Types that are not known or do not go together.
    pub const TYPES: &str = "TR9006";
    /// A literal whose text is not understood for its type.
    pub const LITERAL: &str = "TR9007";
    /// The statement is too deeply nested.
    pub const DEPTH: &str = "TR9008";
}

/// Result of a binding step.
pub(crate) type Bound<T> = Result<T, Diagnostic>;

/// Deepest nesting of expressions and queries that is bound: a bound on the stack.
const DEPTH_MAX: u32 = 100;

impl Parsed {
    /// Resolves every name and type of a query.
    ///
    /// # Errors
    /// The first thing that is not known, with its place. A dialect without signatures is refused.
    pub fn bind(&self, catalog: &Catalog, binds: &[Bind]) -> Result<Query, Diagnostic> {
        let whole = Span::new(0, self.text.len());
        let signatures = signatures(self.dialect).ok_or_else(|| {
            Diagnostic::error(
                codes::UNSUPPORTED,
                format!("statements of dialect `{}` cannot be read yet", self.dialect),
                None,
            )
        })?;
        let Statement::Query(query) = &self.statement else {
            return Err(Diagnostic::error(
                codes::UNSUPPORTED,
                "only queries are translated",
                Some(whole),
            ));
        };
        let mut binder = Binder {
            parsed: self,
            catalog,
            signatures,
            parameters: binds.iter().map(|bind| parameter_type(bind.type_oid)).collect(),
            scopes: Vec::new(),
            ctes: Vec::new(),
            place: whole,
            depth: 0,
        };
        binder.query(query)
    }
}

/// The state of one binding.
struct Binder<'a> {
    parsed: &'a Parsed,
    catalog: &'a Catalog,
    signatures: &'static Signatures,
    parameters: Vec<Type>,
    /// Relations in scope, innermost last.
    scopes: Vec<Scope>,
    /// Common table expressions in scope, innermost last.
    ctes: Vec<CteScope>,
    /// The last known place, for nodes whose place the parser does not keep.
    place: Span,
    depth: u32,
}

impl Binder<'_> {
    /// Place of a parser node, else of the nearest node around it.
    fn span(&mut self, node: &impl Spanned) -> Span {
        let found = self.parsed.lines.span(&self.parsed.text, node.span());
        if let Some(span) = found {
            self.place = span;
        }
        found.unwrap_or(self.place)
    }

    fn refuse<T>(&self, code: &str, message: impl Into<String>, span: Span) -> Bound<T> {
        let _ = self;
        Err(Diagnostic::error(code, message, Some(span)))
    }

    fn unsupported<T>(&self, what: &str, span: Span) -> Bound<T> {
        self.refuse(codes::UNSUPPORTED, format!("{what} is not supported"), span)
    }

    /// Runs `work` one level deeper.
    fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Bound<T>) -> Bound<T> {
        if self.depth >= DEPTH_MAX {
            return self.refuse(
                codes::DEPTH,
                format!("the statement nests deeper than {DEPTH_MAX} levels"),
                self.place,
            );
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }
}

/// Types of `pg_type.oid`s that binds come with.
fn parameter_type(oid: u32) -> Type {
    match oid {
        16 => Type::Bool,
        17 => Type::Bytea,
        20 => Type::Int8,
        21 => Type::Int2,
        23 => Type::Int4,
        25 | 19 => Type::Text,
        114 => Type::Json,
        700 => Type::Float4,
        701 => Type::Float8,
        1042 => Type::Char(1),
        1043 => Type::Varchar(None),
        1082 => Type::Date,
        1083 => Type::Time,
        1114 => Type::Timestamp,
        1184 => Type::TimestampTz,
        1186 => Type::Interval,
        1700 => Type::NUMERIC,
        2950 => Type::Uuid,
        3802 => Type::Jsonb,
        other => Type::Other(format!("oid {other}")),
    }
}
