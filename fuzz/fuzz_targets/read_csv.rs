//! Any bytes as a CSV file: see `fuzz::rows`. The first byte chooses the options.
#![no_main]

use files::Format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((options, bytes)) = data.split_first() else { return };
    fuzz::rows(bytes, Format::Csv, fuzz::csv_options(*options));
});
