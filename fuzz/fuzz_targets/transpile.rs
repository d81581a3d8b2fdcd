//! Any bytes in any dialect: translated or refused, never a panic, and every place is inside the
//! text. The first byte chooses the dialects.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{
    Dialect,
    catalog::{CatalogColumn, CatalogTable},
};
use transpiler::{TARGETS, Transpiler};

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let from = Dialect::ALL[usize::from(*first) % Dialect::ALL.len()];
    let to = TARGETS[usize::from(*first) / Dialect::ALL.len() % TARGETS.len()];
    let column = |name: &str, data_type: &str| CatalogColumn {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        nullable: true,
    };
    let table = CatalogTable {
        database: None,
        keys: Vec::new(),
        schema: None,
        name: "t".to_owned(),
        columns: vec![column("a", "bigint"), column("d", "date"), column("x", "varchar(10)")],
    };
    if let Err(refusal) = Transpiler::new(from, to, &[table]).translate(text, &[]) {
        for diagnostic in refusal.diagnostics {
            if let Some(span) = diagnostic.span {
                assert!(text.get(span.start..span.end).is_some());
            }
        }
    }
});
