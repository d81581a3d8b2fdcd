//! Stage: takes the path of a file of rows (Parquet, Arrow IPC, CSV), gives `model::Rows`.
//! Never: changes a value, guesses what a value may mean, holds a whole file in memory, or panics
//! on what a file holds.
//!
//! [`open()`] knows the formats; each has its own type too. [`Spool`] keeps rows that come only once.

mod contain;
mod csv;
mod format;
mod ipc;
mod open;
mod parquet;
mod reading;
mod source;
mod spool;

pub use crate::{
    csv::{CsvFile, CsvOptions, CsvTypes, TypeNote, infer},
    format::Format,
    ipc::IpcFile,
    open::{OpenedRows, Options, check, open, open_beside, open_pair},
    parquet::ParquetFile,
    spool::{Spool, SpoolOptions, SpoolWriter},
};
