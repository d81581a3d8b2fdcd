//! What is known of a statement from its text alone.

use serde::{Deserialize, Serialize};

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// Reads only: a query without data-modifying parts, locks or functions known to write.
    Read,
    /// Writes data or schema, takes locks, or calls a function that does.
    Write,
    /// `SET`, `RESET`, `SHOW`, `DISCARD`: about the session.
    Session,
    /// `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT`.
    Transaction,
    /// Anything else: cursors, COPY, LISTEN, EXPLAIN, …
    Utility,
}

/// What a statement changes, where it changes rows of tables and nothing else, so that a rollback
/// undoes all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changes {
    /// Rows, and its answer is their number: INSERT, UPDATE, DELETE, MERGE.
    Counted,
    /// Rows or locks, and its answer is rows: RETURNING, changes in a WITH, FOR UPDATE.
    Returned,
}

/// One key of the outermost ORDER BY.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderKey {
    /// 0-based output column that the key equals, absent when the key is not in the output.
    pub column: Option<usize>,
    /// Descending?
    pub descending: bool,
    /// NULL before all values? Filled in from the dialect's default where the text is silent.
    pub nulls_first: bool,
}

/// The column of a table that an output column passes on as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnOrigin {
    /// The table, named as in [`StatementFacts::tables`].
    pub table: String,
    /// Its column, normalised.
    pub column: String,
}

impl ColumnOrigin {
    /// The origins of rows that are a table as it is, such as those of a file: its columns by name.
    pub fn whole_table<'a>(
        table: &str,
        columns: impl IntoIterator<Item = &'a str>,
    ) -> Vec<Option<Self>> {
        let origin = |column: &str| Self { table: table.to_owned(), column: column.to_owned() };
        columns.into_iter().map(|column| Some(origin(column))).collect()
    }
}

/// Facts of one statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFacts {
    /// What it does.
    pub kind: StatementKind,
    /// Keys of the outermost ORDER BY, empty when there is none. Only the prefix of keys with a
    /// column can be checked on a result.
    pub order_by: Vec<OrderKey>,
    /// Does the outermost query cut its rows by LIMIT, OFFSET or FETCH?
    pub limited: bool,
    /// Does it pass over rows before those that it takes, by OFFSET?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skips: bool,
    /// Constructs whose value may differ from run to run (`random()`, `now()`, TABLESAMPLE, …), as
    /// written. A result that depends on them cannot be compared.
    pub volatile: Vec<String>,
    /// The 0-based output columns that these alone reach; absent where they may reach any, or decide
    /// which rows there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatile_columns: Option<Vec<usize>>,
    /// Names of the tables that the statement reads, normalised, sorted, without duplicates.
    pub tables: Vec<String>,
    /// Where output columns come from, by position, as far as the text alone tells it: absent for
    /// what is computed or not sure, and shorter than the output where a `*` hides how many columns
    /// there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Option<ColumnOrigin>>,
    /// Why it is a write, for the guard's message; absent for reads.
    pub writes_by: Option<String>,
    /// What it changes, if that is all that it writes; absent for reads, and for what outlives a
    /// rollback or may do so: DDL, sequences, functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
}
impl StatementFacts {
    /// Of a query that reads, asks for no order and leaves nothing open, such as all rows of a file.
    #[must_use]
    pub const fn plain_read() -> Self {
        Self {
            kind: StatementKind::Read,
            order_by: Vec::new(),
            limited: false,
            skips: false,
            volatile: Vec::new(),
            volatile_columns: None,
            tables: Vec::new(),
            origins: Vec::new(),
            writes_by: None,
            changes: None,
        }
    }
}
