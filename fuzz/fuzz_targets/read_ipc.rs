//! Any bytes as an Arrow IPC file or stream, by how they begin: see `fuzz::rows`.
#![no_main]

use files::{CsvOptions, Format};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let file = data.starts_with(b"ARROW1");
    let format = if file { Format::Arrow } else { Format::ArrowStream };
    fuzz::rows(data, format, CsvOptions::default());
});
