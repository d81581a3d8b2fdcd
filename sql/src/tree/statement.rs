//! The typed tree of a statement: a query, or something that writes.
//!
//! Values that are stored are brought to the type of their column here, by the rules of the source
//! dialect, so that a target has nothing left to convert by rules of its own.

use super::{Column, Cte, Expr, Item, Query, Relation};
use crate::types::Type;
use model::Span;

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// A query.
    Query(Box<Query>),
    /// `INSERT`
    Insert(Box<Insert>),
    /// `UPDATE`
    Update(Box<Update>),
    /// `DELETE`
    Delete(Box<Delete>),
    /// `MERGE`
    Merge(Box<Merge>),
    /// `CREATE TABLE`, with columns or `AS` a query.
    CreateTable(Box<CreateTable>),
    /// `CREATE VIEW`
    CreateView(Box<CreateView>),
    /// `DROP TABLE` and `DROP VIEW`
    Drop(Drop),
    /// `TRUNCATE`
    Truncate(Target),
}

impl Statement {
    /// Does it change anything?
    pub const fn writes(&self) -> bool {
        !matches!(self, Self::Query(_))
    }

    /// Sort keys of a query as output columns, for the comparer.
    pub fn order_keys(&self) -> Vec<model::OrderKey> {
        match self {
            Self::Query(query) => query.order_keys(),
            _ => Vec::new(),
        }
    }
}

/// The table that a statement writes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Its name, schema first if written.
    pub path: Vec<String>,
    /// What the statement calls it.
    pub alias: Option<String>,
    /// Place in the text.
    pub span: Span,
}

/// WITH in front of a statement that writes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct With {
    /// Common table expressions in order.
    pub ctes: Vec<Cte>,
    /// `WITH RECURSIVE`
    pub recursive: bool,
}

/// A value to be stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// An expression of the column's type.
    Value(Expr),
    /// `DEFAULT`: what the table says.
    Default,
}

/// `column = value`
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The column.
    pub column: Column,
    /// Its new value.
    pub value: Cell,
}

/// `INSERT`
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// Where to.
    pub target: Target,
    /// The columns that get a value, in the order of the values; never empty.
    pub columns: Vec<Column>,
    /// The values.
    pub source: Source,
    /// What to do where a key is taken.
    pub conflict: Option<Conflict>,
    /// `RETURNING`
    pub returning: Vec<Item>,
    /// Place in the text.
    pub span: Span,
}

/// The rows of an `INSERT`.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A query, its columns of the types of the table's.
    Query(Box<Query>),
    /// `VALUES`
    Rows(Vec<Vec<Cell>>),
    /// `DEFAULT VALUES`
    Defaults,
}

/// `ON CONFLICT`
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The columns of the key, empty for any key.
    pub columns: Vec<String>,
    /// What to set in the row that is there; nothing to leave it as it is.
    pub update: Option<(Vec<Assignment>, Option<Expr>)>,
}

/// `UPDATE`
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// `WITH`
    pub with: With,
    /// Which table.
    pub target: Target,
    /// What to set. Every value is computed from the row as it was.
    pub assignments: Vec<Assignment>,
    /// Other tables whose rows are joined; of several that match a row, any one counts.
    pub from: Option<Relation>,
    /// Which rows.
    pub filter: Option<Expr>,
    /// `RETURNING`
    pub returning: Vec<Item>,
    /// Place in the text.
    pub span: Span,
}

/// `DELETE`
#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    /// `WITH`
    pub with: With,
    /// Which table.
    pub target: Target,
    /// Other tables whose rows are joined.
    pub using: Option<Relation>,
    /// Which rows.
    pub filter: Option<Expr>,
    /// `RETURNING`
    pub returning: Vec<Item>,
    /// Place in the text.
    pub span: Span,
}

/// `MERGE`
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    /// `WITH`
    pub with: With,
    /// Which table.
    pub target: Target,
    /// The rows to merge into it.
    pub source: Relation,
    /// Which rows match.
    pub on: Expr,
    /// What to do, first that fits.
    pub clauses: Vec<MergeClause>,
    /// May several rows delete one row of the table? Else, and where one is updated by several, it is
    /// an error.
    pub deletes_repeat: bool,
    /// Place in the text.
    pub span: Span,
}

/// One WHEN of a MERGE.
#[derive(Debug, Clone, PartialEq)]
pub struct MergeClause {
    /// For which rows.
    pub kind: MergeKind,
    /// `AND condition`
    pub condition: Option<Expr>,
    /// What to do.
    pub action: MergeAction,
    /// Place in the text.
    pub span: Span,
}

/// Which rows a WHEN is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeKind {
    /// Rows that match.
    Matched,
    /// Rows of the source that match none of the table.
    NotMatched,
    /// Rows of the table that match none of the source.
    NotMatchedBySource,
}

/// What a WHEN does.
#[derive(Debug, Clone, PartialEq)]
pub enum MergeAction {
    /// `UPDATE SET …`
    Update(Vec<Assignment>),
    /// `DELETE`
    Delete,
    /// `INSERT (…) VALUES (…)`
    Insert(Vec<Assignment>),
}

/// What to do where a table or view of the name is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Raise an error.
    Refused,
    /// `OR REPLACE`
    Replaced,
    /// `IF NOT EXISTS`
    Kept,
}

/// `CREATE TABLE`
#[derive(Debug, Clone, PartialEq)]
pub struct CreateTable {
    /// Its name, schema first if written.
    pub path: Vec<String>,
    /// What to do with an existing one.
    pub existing: Existing,
    /// For the session only.
    pub temporary: bool,
    /// The columns; of a table made from a query, those of the query.
    pub columns: Vec<ColumnDefinition>,
    /// Keys and conditions.
    pub constraints: Vec<Constraint>,
    /// `AS query`
    pub query: Option<Box<Query>>,
    /// Place in the text.
    pub span: Span,
}

/// A column of a table to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDefinition {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// `NOT NULL`
    pub not_null: bool,
    /// The limit of its texts, where it has one.
    pub limit: Option<TextLimit>,
    /// `DEFAULT`
    pub default: Option<Expr>,
    /// How a column numbers the rows, where it does.
    pub numbers: Option<Numbers>,
    /// Place in the text.
    pub span: Span,
}

/// How a column numbers the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// The number of the first row.
    pub first: i64,
    /// From one row to the next.
    pub step: i64,
    /// Does it take no other value?
    pub always: bool,
}

/// How long a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLimit {
    /// The largest length.
    pub most: u32,
    /// Is it counted in bytes of UTF-8, instead of characters?
    pub bytes: bool,
}

/// A condition on the rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Constraint {
    /// `PRIMARY KEY`, `UNIQUE`
    Key {
        /// `PRIMARY KEY`
        primary: bool,
        /// Its columns.
        columns: Vec<String>,
        /// Place in the text.
        span: Span,
    },
    /// `CHECK`
    Check(Expr),
}

/// `CREATE VIEW`
#[derive(Debug, Clone, PartialEq)]
pub struct CreateView {
    /// Its name, schema first if written.
    pub path: Vec<String>,
    /// What to do with an existing one.
    pub existing: Existing,
    /// For the session only.
    pub temporary: bool,
    /// Its columns: those of the query, perhaps under other names.
    pub columns: Vec<Column>,
    /// Its query.
    pub query: Query,
    /// Place in the text.
    pub span: Span,
}

/// `DROP TABLE` and `DROP VIEW`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drop {
    /// `VIEW`, else `TABLE`.
    pub view: bool,
    /// `IF EXISTS`
    pub if_exists: bool,
    /// Its name, schema first if written.
    pub path: Vec<String>,
    /// Place in the text.
    pub span: Span,
}
