//! Any bytes as a Parquet file: see `fuzz::rows`.
#![no_main]

use files::{CsvOptions, Format};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| fuzz::rows(data, Format::Parquet, CsvOptions::default()));
