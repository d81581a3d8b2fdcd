//! Expressions.

use super::{Query, SortKey};
use crate::types::Type;
use model::Span;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Type,
    /// Its place in the text.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Literal),
    /// A column of a relation in scope.
    Column {
        /// Alias or name of its relation; absent for one merged by USING in a full join.
        relation: Option<String>,
        /// The column.
        name: String,
        /// Did the text name the relation?
        qualified: bool,
    },
    /// `$1`, 0-based.
    Parameter(usize),
    /// An operator or a function: one of the dialect's signatures.
    Call(Box<Call>),
    /// A cast that the text asks for.
    Cast {
        /// What is cast; the target is the expression's type.
        expr: Box<Expr>,
    },
    /// A conversion that the dialect makes by itself, for example integer to numeric.
    Coerce {
        /// What is converted.
        expr: Box<Expr>,
    },
    /// `CASE`
    Case {
        /// `CASE operand WHEN value`, absent for searched CASE.
        operand: Option<Box<Expr>>,
        /// `WHEN … THEN …`
        branches: Vec<(Expr, Expr)>,
        /// `ELSE`
        otherwise: Option<Box<Expr>>,
    },
    /// `expr IN (…)`
    InList {
        /// Left side.
        expr: Box<Expr>,
        /// The list.
        list: Vec<Expr>,
        /// `NOT IN`
        negated: bool,
    },
    /// `expr IN (SELECT …)`
    InQuery {
        /// Left side.
        expr: Box<Expr>,
        /// The query.
        query: Box<Query>,
        /// `NOT IN`
        negated: bool,
        /// Does the query name a column of a query around it?
        correlated: bool,
    },
    /// `EXISTS (SELECT …)`
    Exists {
        /// The query.
        query: Box<Query>,
        /// `NOT EXISTS`
        negated: bool,
    },
    /// `(SELECT …)` as a value.
    Scalar(Box<Query>),
    /// `expr op ANY (query)` and `ALL`.
    Quantified {
        /// `=`, `<`, …
        op: &'static str,
        /// `ALL` instead of `ANY`.
        all: bool,
        /// Left side.
        expr: Box<Expr>,
        /// The query or array.
        source: QuantifiedSource,
    },
    /// `(a, b)` as a value.
    Row(Vec<Expr>),
    /// `ARRAY[…]`
    Array(Vec<Expr>),
    /// `base[index]`
    Subscript {
        /// The array.
        base: Box<Expr>,
        /// 1-based in PostgreSQL.
        index: Box<Expr>,
    },
}

/// Right side of ANY and ALL.
#[derive(Debug, Clone, PartialEq)]
pub enum QuantifiedSource {
    /// A query with one column.
    Query(Box<Query>),
    /// An array.
    Array(Box<Expr>),
}

/// An operator or function applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Name in the dialect's signatures: `lower`, `+`, `extract year`, `is null`.
    pub name: &'static str,
    /// What kind of function it is.
    pub kind: FunctionKind,
    /// Arguments, coerced to the signature.
    pub args: Vec<Expr>,
    /// `count(*)`.
    pub star: bool,
    /// `DISTINCT` inside an aggregate.
    pub distinct: bool,
    /// `FILTER (WHERE …)`
    pub filter: Option<Expr>,
    /// `ORDER BY` inside an aggregate, or `WITHIN GROUP`.
    pub order_by: Vec<SortKey>,
    /// `IGNORE NULLS` of a window function.
    pub ignore_nulls: bool,
    /// `OVER (…)`
    pub over: Option<Window>,
}

/// Kind of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// One value for one row.
    Scalar,
    /// One value for a group.
    Aggregate,
    /// An ordered-set aggregate: `percentile_cont(…) WITHIN GROUP (…)`.
    OrderedSet,
    /// A window function.
    Window,
    /// Gives rows.
    Set,
}

/// A window.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// `PARTITION BY`
    pub partition_by: Vec<Expr>,
    /// `ORDER BY`
    pub order_by: Vec<SortKey>,
    /// The frame, absent for the default.
    pub frame: Option<Frame>,
}

/// A window frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// `ROWS`, `RANGE` or `GROUPS`.
    pub units: FrameUnits,
    /// Where it starts.
    pub start: FrameBound,
    /// Where it ends; absent means the current row.
    pub end: Option<FrameBound>,
    /// Which of its rows are left out.
    pub exclude: Exclude,
}

/// Rows of a frame that are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exclude {
    /// None of them.
    #[default]
    NoOthers,
    /// The current row.
    CurrentRow,
    /// The current row and those that tie with it.
    Group,
    /// Those that tie with the current row.
    Ties,
}

/// Unit of a window frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameUnits {
    /// `ROWS`
    Rows,
    /// `RANGE`
    Range,
    /// `GROUPS`
    Groups,
}

/// A bound of a window frame.
#[derive(Debug, Clone, PartialEq)]
pub enum FrameBound {
    /// `UNBOUNDED PRECEDING`
    UnboundedPreceding,
    /// `n PRECEDING`
    Preceding(Expr),
    /// `CURRENT ROW`
    CurrentRow,
    /// `n FOLLOWING`
    Following(Expr),
    /// `UNBOUNDED FOLLOWING`
    UnboundedFollowing,
}

/// A constant; the expression around it holds its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `NULL`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// Digits, perhaps with a point or an exponent, never a sign: the type says which number.
    Number(String),
    /// Text, unescaped.
    Text(String),
    /// Any other type's value in PostgreSQL's own output form: `2020-02-29`,
    /// `2020-01-01 10:00:00.5`, a UUID, JSON text.
    Typed(String),
    /// An interval by PostgreSQL's three components.
    Interval {
        /// Months.
        months: i32,
        /// Days.
        days: i32,
        /// Microseconds.
        micros: i64,
    },
}

impl Call {
    /// Does it give another value each time it is called: `random()`, `gen_random_uuid()`?
    pub fn is_chance(&self) -> bool {
        self.args.is_empty() && crate::dialects::is_chance(self.name)
    }

    /// A call of nothing but its arguments.
    pub const fn new(name: &'static str, kind: FunctionKind, args: Vec<Expr>) -> Self {
        Self {
            name,
            kind,
            args,
            star: false,
            distinct: false,
            filter: None,
            order_by: Vec::new(),
            ignore_nulls: false,
            over: None,
        }
    }

    /// Where its first argument stands.
    pub fn place(&self) -> Span {
        self.args.first().map_or(Span::new(0, 0), |arg| arg.span)
    }
}

impl Expr {
    /// A function or operator of one row applied to arguments that are of its types already.
    pub fn scalar(name: &'static str, args: Vec<Self>, ty: Type, span: Span) -> Self {
        let call = Call::new(name, FunctionKind::Scalar, args);
        Self { kind: ExprKind::Call(Box::new(call)), ty, span }
    }

    /// The literal, if it is one.
    pub const fn literal(&self) -> Option<&Literal> {
        match &self.kind {
            ExprKind::Literal(literal) => Some(literal),
            _ => None,
        }
    }

    /// The value of an integer literal, also behind a minus or a coercion.
    pub fn integer(&self) -> Option<i64> {
        match &self.kind {
            ExprKind::Literal(Literal::Number(digits)) => digits.parse().ok(),
            ExprKind::Coerce { expr } => expr.integer(),
            ExprKind::Call(call) if call.name == "unary -" => {
                call.args.first()?.integer()?.checked_neg()
            }
            _ => None,
        }
    }

    /// The value of a text literal, also behind a coercion.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Literal(Literal::Text(text)) => Some(text),
            ExprKind::Coerce { expr } => expr.text(),
            _ => None,
        }
    }

    /// Is it the constant NULL?
    pub fn is_null(&self) -> bool {
        match &self.kind {
            ExprKind::Literal(Literal::Null) => true,
            ExprKind::Coerce { expr } | ExprKind::Cast { expr } => expr.is_null(),
            _ => false,
        }
    }

    /// The call, if it is one.
    pub fn call(&self) -> Option<&Call> {
        match &self.kind {
            ExprKind::Call(call) => Some(call),
            _ => None,
        }
    }
}
