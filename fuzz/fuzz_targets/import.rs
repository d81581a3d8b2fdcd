//! Any bytes as a file of any source: never a panic, the parts add up to the records, and what is written is
//! a workload. The first byte chooses the source, the second what becomes of values.
#![no_main]

use capture::{
    Key, Source, Values, folder,
    import::{ImportError, Request, Unwatched, import},
};
use libfuzzer_sys::fuzz_target;
use model::Dialect;
use std::fs;

fuzz_target!(|data: &[u8]| {
    let [source, values, bytes @ ..] = data else { return };
    let source = Source::ALL[usize::from(*source) % Source::ALL.len()];
    let values = match values % 3 {
        0 => Values::Kept,
        1 => Values::Redacted,
        _ => Values::Hashed(Key::of(b"key")),
    };
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let file = scratch.path().join("export.sql");
    fs::write(&file, bytes).expect("room for a small file");
    let out = scratch.path().join("out");
    let dialect = source.dialect().is_none().then_some(Dialect::Postgres);
    let files = [file.clone()];
    match import(Request { source, files: &files, dialect, out: &out, values }, &Unwatched) {
        Ok((found, manifest)) => {
            assert!(found.is_balanced(), "{source}: {found:?}");
            let workload = folder::read(&out).expect("a workload that can be read");
            assert_eq!(workload.manifest, manifest);
        }
        Err(ImportError::Write(error)) => panic!("{source}: {error}"),
        Err(error) => assert!(error.to_string().contains("export.sql"), "{source}: {error}"),
    }
});
