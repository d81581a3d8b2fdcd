//! The typed tree of a statement: every name resolved, every expression with its type and place.
//!
//! The binder makes it from the parser's tree and a catalog; transpile rules rewrite from it. Only
//! what has a node here can be translated: the closed world begins with this file.

mod core_types;
mod expr;
mod free;
mod same;
mod statement;
mod walk;

pub use expr::{
    Call, Exclude, Expr, ExprKind, Frame, FrameBound, FrameUnits, FunctionKind, Literal,
    QuantifiedSource, Window,
};
pub use statement::{
    Assignment, Cell, ColumnDefinition, Conflict, Constraint, CreateTable, CreateView, Delete,
    Drop, Existing, Insert, Merge, MergeAction, MergeClause, MergeKind, Numbers, Source, Statement,
    Target, TextLimit, Update, With,
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

impl GroupItem {
    /// Its keys; one that stands in several sets is there as often.
    pub fn keys(&self) -> Vec<&GroupKey> {
        match self {
            Self::Key(key) => vec![key],
            Self::Rollup(sets) | Self::Cube(sets) | Self::Sets(sets) => {
                sets.iter().flatten().collect()
            }
        }
    }
}

/// A grouping key.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupKey {
    /// The 0-based item of the SELECT list, named by position or by its output name.
    Output(usize),
    /// An expression over the input.
    Expr(Expr),
}

impl GroupKey {
    /// What it groups by, in a SELECT of these items.
    pub fn expr<'k>(&'k self, items: &'k [Item]) -> Option<&'k Expr> {
        match self {
            Self::Expr(expr) => Some(expr),
            Self::Output(index) => items.get(*index).map(|item| &item.expr),
        }
    }
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
        /// The names of its columns.
        columns: Vec<String>,
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

impl Select {
    /// `SELECT items FROM from`
    pub const fn of(items: Vec<Item>, from: Option<Relation>) -> Self {
        Self {
            distinct: Distinct::No,
            items,
            from,
            filter: None,
            group_by: Vec::new(),
            having: None,
            qualify: None,
        }
    }

    /// A query of nothing else.
    pub fn into_query(self, span: Span) -> Query {
        let column = |item: &Item| Column { name: item.name.clone(), ty: item.expr.ty.clone() };
        let columns = self.items.iter().map(column).collect();
        Query::of(Body::Select(Box::new(self)), columns, span)
    }
}

impl Query {
    /// A body without anything around it.
    pub const fn of(body: Body, columns: Vec<Column>, span: Span) -> Self {
        Self {
            with: Vec::new(),
            recursive: false,
            body,
            order_by: Vec::new(),
            limit: None,
            offset: None,
            columns,
            span,
        }
    }

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
