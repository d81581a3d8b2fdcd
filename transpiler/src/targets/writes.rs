//! What statements that write can be on a target: data.

use super::Target;

/// What a target has of statements that write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of what targets have")]
pub(crate) struct Writes {
    /// Does it take UPDATE and DELETE as they are? Else only with conditions that it is known to
    /// hand to the table: the others it forgets, and writes to every row.
    pub(crate) any_condition: bool,
    /// `UPDATE … FROM`, `DELETE … USING`, WITH in front of them.
    pub(crate) joins: bool,
    /// `MERGE`
    pub(crate) merge: Option<Merges>,
    /// `RETURNING`
    pub(crate) returning: bool,
    /// `DEFAULT` as a value, `DEFAULT VALUES`
    pub(crate) default_values: bool,
    /// `ON CONFLICT`
    pub(crate) conflicts: bool,
    /// `PRIMARY KEY`, `UNIQUE` and `CHECK` hold.
    pub(crate) constraints: bool,
    /// `character varying(n)` holds its limit, in characters.
    pub(crate) limits: bool,
    /// `CREATE OR REPLACE TABLE`. Elsewhere a block does it.
    pub(crate) replaces_tables: bool,
    /// `CREATE VIEW IF NOT EXISTS`
    pub(crate) keeps_views: bool,
    /// `TEMPORARY`
    pub(crate) temporary: bool,
    /// `TRUNCATE`
    pub(crate) truncate: bool,
}

/// What MERGE is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Merges {
    /// `WHEN NOT MATCHED BY SOURCE`
    pub(crate) by_source: bool,
    /// Is it an error that a row is updated or deleted twice? Else the statement must say so.
    pub(crate) repeats_fail: bool,
}

impl Target {
    /// What the target has of statements that write. Sources: measured on DuckDB 1.5.5,
    /// DataFusion 54.1 and PostgreSQL 15.
    pub(crate) const fn writes(self) -> Writes {
        match self {
            Self::DuckDb => Writes {
                any_condition: true,
                joins: true,
                merge: Some(Merges { by_source: true, repeats_fail: false }),
                returning: true,
                default_values: true,
                conflicts: true,
                constraints: true,
                limits: false,
                replaces_tables: true,
                keeps_views: true,
                temporary: true,
                truncate: true,
            },
            Self::DataFusion => Writes {
                any_condition: false,
                joins: false,
                merge: None,
                returning: false,
                default_values: false,
                conflicts: false,
                constraints: false,
                limits: false,
                replaces_tables: true,
                keeps_views: false,
                temporary: false,
                truncate: false,
            },
            Self::Postgres => Writes {
                any_condition: true,
                joins: true,
                merge: Some(Merges { by_source: false, repeats_fail: true }),
                returning: true,
                default_values: true,
                conflicts: true,
                constraints: true,
                limits: true,
                replaces_tables: false,
                keeps_views: false,
                temporary: true,
                truncate: true,
            },
        }
    }
}
