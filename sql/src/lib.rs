//! Stage: none; the words of SQL. Takes text, gives a tree, facts, a fingerprint, typed queries.
//! Never: translates, runs anything, or guesses: what is not known is an error with a place.
//! The only crate that names sqlparser.

mod bind;
mod calls;
pub mod catalog;
mod ddl;
mod dialects;
mod facts;
mod fingerprint;
#[cfg(test)]
mod gaps;
pub mod json;
pub mod literals;
mod location;
mod parse;
pub mod patterns;
pub mod regex;
mod respelled;
mod row_window;
pub mod script;
mod settings;
mod subqueries;
mod tokens;
pub mod tree;
pub mod types;

pub use bind::{
    BoundStatement, Key, KeyUse, Lowered, codes,
    probe::{Probe, probes},
};
pub use catalog::{Catalog, core_type};
pub use ddl::tables_of_ddl;
pub use dialects::collations::collated_type;
pub use dialects::{Setting, Values, is_extension, settings, type_spellings};
pub use facts::{TableRows, TransactionControl};
pub use location::with_parentheses;
pub use parse::{Parsed, STATEMENT_BYTES_MAX, UNPARSABLE, parse, printed_by_parser_alone};
pub use respelled::spelled_by;
pub use row_window::RowWindow;
pub use settings::{SourceSettings, is_region};
pub use types::{DecimalShape, Type};
