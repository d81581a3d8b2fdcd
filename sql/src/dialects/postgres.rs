//! PostgreSQL 15 as a source.

/// Functions and operators with their types. Source: `pg_proc`, `pg_operator` of PostgreSQL 15.
pub(crate) const SIGNATURES: &str = concat!(
    include_str!("postgres/operators.txt"),
    "\n",
    include_str!("postgres/functions.txt"),
    "\n",
    include_str!("postgres/aggregates.txt"),
);
