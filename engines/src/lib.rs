//! Stage: none; every stage that talks to a database does it through here. Takes a [`Request`],
//! gives a [`ResultStream`] of Arrow record batches or a [`model::Failure`].
//! Never: changes a value (no rounding, no re-typing beyond what is documented for a type),
//! retries, judges, or decides what may run.

pub mod datafusion;
pub mod duckdb;
pub mod interface;
pub mod postgres;
pub mod simulated;
pub mod summary;

mod bind;
mod decimal;
mod failure;
mod forms;
mod lexer;
mod pg_type;
mod reader;

pub use interface::{
    Access, Canceller, Engine, Request, ResultSet, ResultStream, Session, SessionSettings,
};
