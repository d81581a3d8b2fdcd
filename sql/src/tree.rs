//! The typed tree of a statement: every name resolved, every expression with its type and place.
//!
//! The binder makes it from the parser's tree and a catalog; transpile rules rewrite from it. Only
//! what has a node here can be translated: the closed world begins with this file.

mod statement;

pub use statement::{
    Assignment, Cell, ColumnDefinition, Conflict, Constraint, CreateTable, CreateView, Delete,
    Drop, Existing, Insert, Merge, MergeAction, MergeClause, MergeKind, Source, Statement, Target,
    TextLimit, Update, With,
};

use crate::types::Type;
use model::Span;

/// A query with everything around its body.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Common table expressions in order.
    pub with: Vec<Cte>,
    /// `WITH RECURSIVE`.
    pub recursive: bool,
    /// The rows.
    pub body: Body,
    /// Sort keys, outermost first.
    pub order_by: Vec<SortKey>,
    /// `LIMIT`.
    pub limit: Option<Expr>,
    /// `OFFSET`.
    pub offset: Option<Expr>,
    /// Output columns.
    pub columns: Vec<Column>,
    /// Place in the text.
    pub span: Span,
}

/// A named, typed column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name as PostgreSQL stores it: folded unless quoted.
    pub name: String,
    /// Type.
    pub ty: Type,
}

/// A common table expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: String,
    /// Renamed columns, empty when not given.
    pub column_names: Vec<String>,
    /// Its query.
    pub query: Query,
}

/// What gives the rows of a query.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `SELECT …`
    Select(Box<Select>),
    /// `left UNION right` and its kin.
    SetOperation {
        /// Which.
        op: SetOp,
        /// `ALL`: keep duplicates.
        all: bool,
        /// First operand.
        left: Box<Query>,
        /// Second operand.
        right: Box<Query>,
    },
    /// `VALUES (…), (…)`; all rows have one length.
    Values(Vec<Vec<Expr>>),
}

/// A set operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOp {
    /// `UNION`
    Union,
    /// `INTERSECT`
    Intersect,
    /// `EXCEPT`
    Except,
}

/// One SELECT.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// `DISTINCT`, if any.
    pub distinct: Distinct,
    /// The list, stars expanded.
    pub items: Vec<Item>,
    /// The FROM clause; a comma is a cross join.
    pub from: Option<Relation>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `GROUP BY`.
    pub group_by: Vec<GroupItem>,
    /// `HAVING`.
    pub having: Option<Expr>,
    /// `QUALIFY`: which rows remain after the window functions, before DISTINCT.
    pub qualify: Option<Expr>,
}

/// `DISTINCT` of a SELECT.
#[derive(Debug, Clone, PartialEq)]
pub enum Distinct {
    /// None.
    No,
    /// `DISTINCT`.
    Yes,
    /// `DISTINCT ON (…)`.
    On(Vec<Expr>),
}

/// One column of a SELECT list.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its value.
    pub expr: Expr,
    /// Its output name, as PostgreSQL names it.
    pub name: String,
}

/// One element of GROUP BY.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupItem {
    /// A key.
    Key(GroupKey),
    /// `ROLLUP (…)`
    Rollup(Vec<Vec<GroupKey>>),
    /// `CUBE (…)`
    Cube(Vec<Vec<GroupKey>>),
    /// `GROUPING SETS (…)`
    Sets(Vec<Vec<GroupKey>>),
}

/// A grouping key.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupKey {
    /// The 0-based item of the SELECT list, named by position or by its output name.
    Output(usize),
    /// An expression over the input.
    Expr(Expr),
}

/// A sort key with its NULL placement settled.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// What to sort by.
    pub target: SortTarget,
    /// Type of the key.
    pub ty: Type,
    /// `DESC`.
    pub descending: bool,
    /// NULLs before all values; by default of the source dialect where the text is silent.
    pub nulls_first: bool,
    /// Did the text say where NULLs go?
    pub nulls_explicit: bool,
    /// Place in the text.
    pub span: Span,
}

/// What a sort key sorts by.
#[derive(Debug, Clone, PartialEq)]
pub enum SortTarget {
    /// The 0-based output column.
    Output(usize),
    /// An expression over the input.
    Expr(Expr),
}

/// Something in FROM.
#[derive(Debug, Clone, PartialEq)]
pub enum Relation {
    /// A table of the catalog or a CTE.
    Table {
        /// Its name, schema first if written.
        path: Vec<String>,
        /// Its alias.
        alias: Option<Alias>,
        /// Place in the text.
        span: Span,
    },
    /// A subquery.
    Derived {
        /// The query.
        query: Box<Query>,
        /// Its alias.
        alias: Alias,
        /// `LATERAL`.
        lateral: bool,
    },
    /// A set-returning function.
    Function {
        /// The call.
        call: Expr,
        /// Alias with the column names settled.
        alias: Alias,
        /// `WITH ORDINALITY`: one more column at the end.
        ordinality: bool,
    },
    /// A sample of the rows of a relation.
    Sample {
        /// Where the rows come from: a table or a subquery.
        input: Box<Relation>,
        /// The name by which other clauses know it.
        name: String,
        /// Is it a table of the catalog, and not a common table expression?
        stored: bool,
        /// How rows are taken.
        method: SampleMethod,
        /// How many.
        size: SampleSize,
        /// The number that makes the sample the same each time on one engine.
        seed: Option<u32>,
    },
    /// A join.
    Join {
        /// Left input.
        left: Box<Relation>,
        /// Right input.
        right: Box<Relation>,
        /// Which join.
        kind: JoinKind,
        /// Its condition.
        condition: JoinCondition,
    },
}

/// How a sample takes rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleMethod {
    /// Each row by itself.
    Rows,
    /// Whole blocks of the storage.
    Blocks,
}

/// How large a sample is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SampleSize {
    /// Percent of the rows, as decimal digits between 0 and 100.
    Percent(String),
    /// So many rows, or all where there are fewer.
    Rows(u64),
}

/// An alias of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// Renamed columns, a prefix of all columns.
    pub columns: Vec<String>,
}

/// Kind of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// `INNER`
    Inner,
    /// `LEFT`
    Left,
    /// `RIGHT`
    Right,
    /// `FULL`
    Full,
    /// `CROSS`
    Cross,
}

/// Condition of a join.
#[derive(Debug, Clone, PartialEq)]
pub enum JoinCondition {
    /// None, for cross joins.
    None,
    /// `ON expr`
    On(Expr),
    /// `USING (…)`; NATURAL is settled into it.
    Using(Vec<String>),
}

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
        /// Alias or name of its relation; absent for a column merged by USING.
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

impl Expr {
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

    /// Is it a column, or a function, operator or cast with one among its arguments? Queries
    /// inside do not count.
    pub fn has_column(&self) -> bool {
        match &self.kind {
            ExprKind::Column { .. } => true,
            ExprKind::Cast { expr } | ExprKind::Coerce { expr } => expr.has_column(),
            ExprKind::Call(call) => call.args.iter().any(Self::has_column),
            _ => false,
        }
    }

    /// Does a call in the expression pass `test`? Queries inside do not count.
    pub fn any_call(&self, test: &impl Fn(&Call) -> bool) -> bool {
        self.any_part(&|part| part.call().is_some_and(test))
    }

    /// Is there a part of the expression, itself included, that the test is true of? Queries inside
    /// are not looked into.
    pub fn any_part(&self, test: &impl Fn(&Self) -> bool) -> bool {
        if test(self) {
            return true;
        }
        let any = |all: &[Self]| all.iter().any(|expr| expr.any_part(test));
        match &self.kind {
            ExprKind::Call(call) => any(&call.args),
            ExprKind::Cast { expr }
            | ExprKind::Coerce { expr }
            | ExprKind::InQuery { expr, .. }
            | ExprKind::Quantified { expr, source: QuantifiedSource::Query(_), .. } => {
                expr.any_part(test)
            }
            ExprKind::Quantified { expr, source: QuantifiedSource::Array(array), .. } => {
                expr.any_part(test) || array.any_part(test)
            }
            ExprKind::Case { operand, branches, otherwise } => {
                operand.iter().chain(otherwise).any(|expr| expr.any_part(test))
                    || branches
                        .iter()
                        .any(|(when, then)| when.any_part(test) || then.any_part(test))
            }
            ExprKind::InList { expr, list, .. } => expr.any_part(test) || any(list),
            ExprKind::Array(items) | ExprKind::Row(items) => any(items),
            ExprKind::Subscript { base, index } => base.any_part(test) || index.any_part(test),
            ExprKind::Literal(_)
            | ExprKind::Column { .. }
            | ExprKind::Parameter(_)
            | ExprKind::Exists { .. }
            | ExprKind::Scalar(_) => false,
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

impl Query {
    /// Sort keys as output columns, for the comparer; NULL placement settled.
    pub fn order_keys(&self) -> Vec<model::OrderKey> {
        let keys = self.order_by.iter().map(|key| model::OrderKey {
            column: match &key.target {
                SortTarget::Output(column) => Some(*column),
                SortTarget::Expr(expr) => match &self.body {
                    Body::Select(select) => {
                        select.items.iter().position(|i| i.expr.kind == expr.kind)
                    }
                    _ => None,
                },
            },
            descending: key.descending,
            nulls_first: key.nulls_first,
        });
        keys.collect()
    }
}
