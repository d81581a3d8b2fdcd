//! Stage: takes the path of a file of rows (Parquet, Arrow IPC, CSV), gives `model::Rows`.
//! Never: changes a value, guesses what a value may mean, holds a whole file in memory, or panics
//! on what a file holds.

mod parquet;

pub use crate::parquet::ParquetFile;
