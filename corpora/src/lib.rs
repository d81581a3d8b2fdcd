//! Stage: none; it takes a corpus's name and scale and gives its tables, rows and statements.
//! Never: opens a connection, knows an engine, or reads a file at run time.
//!
//! A corpus is a folder of data: `corpus.toml` (origin, licence, description), `schema.toml`,
//! statements, and rows or a generator. The folders are compiled into this crate, so that
//! `gnomon demo` needs no files; a test checks that nothing in them was forgotten.
//!
//! | corpus | what |
//! |---|---|
//! | [`tpch`] | the 22 queries of TPC-H over generated rows, at any scale factor |
//! | [`tpcds`] | the 99 queries of TPC-DS over generated rows, at any scale factor |
//! | [`traps`] | statements of our own that two engines answer differently, and controls |

mod batches;
mod column;
mod copy;
mod corpus;
mod error;
mod forms;
mod manifest;
mod query;
mod statement;
mod tpcds;
mod tpch;
mod traps;
mod workload;

pub use column::field;
pub use corpus::{Corpus, Rows};
pub use error::CorpusError;
pub use forms::{CorpusForm, CorpusForms};
pub use statement::{CorpusStatement, Expectations, Expected, ExpectedVerdict, Trap};
pub use tpcds::{tpcds, tpcds_in};
pub use tpch::{SCALE_MAX, SCALE_MIN, tpch, tpch_in};
pub use traps::traps;
pub use workload::{merge, write};
