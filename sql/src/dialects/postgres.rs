//! PostgreSQL 15 as a source: the core language itself.

mod parser;

pub(crate) use parser::PostgresParser;

use super::{spec::Source, traits::Traits};
use crate::tokens::{Tokens, standard};
use model::Dialect;

/// Functions and operators with their types. Source: `pg_proc`, `pg_operator` of PostgreSQL 15.
pub(crate) const SIGNATURES: &str = concat!(
    include_str!("postgres/operators.txt"),
    "\n",
    include_str!("postgres/functions.txt"),
    "\n",
    include_str!("postgres/aggregates.txt"),
);

pub(super) static SOURCE: Source = Source {
    dialect: Dialect::Postgres,
    parser: |_| &PostgresParser,
    tokens: Tokens { literals: None, all: &[standard::rewritten], written: &[] },
    traits: Traits::CORE,
    types: "",
    definitions: &[],
    formats: "",
    settings: &[],
};
