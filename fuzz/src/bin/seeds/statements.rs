//! The recorded statements of every dialect: `corpus/transpile` and `corpus/script`.

use fuzz::seed;
use model::Dialect;
use serde_json::Value;
use std::{error::Error, fs, path::Path};

pub fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut count = 0_usize;
    for (index, dialect) in Dialect::ALL.iter().enumerate() {
        let cases = folder.join("../corpora/dialects").join(dialect.to_string()).join("cases");
        let Ok(files) = fs::read_dir(cases) else { continue };
        for file in files {
            for line in fs::read_to_string(file?.path())?.lines() {
                let case: Value = serde_json::from_str(line)?;
                let Some(sql) = case["sql"].as_str() else { continue };
                // The quotient by the number of dialects chooses the target.
                let byte = index + Dialect::ALL.len() * (count % 3);
                let name = format!("{dialect}-{count}");
                let bytes = [&[u8::try_from(byte)?], sql.as_bytes()].concat();
                seed(folder, "transpile", &name, &bytes)?;
                if count % 8 == 0 {
                    let text = format!("{sql} -- one\n; {sql}");
                    let bytes = [&[u8::try_from(index)?, 99], text.as_bytes()].concat();
                    seed(folder, "script", &name, &bytes)?;
                }
                count += 1;
            }
        }
    }
    Ok(())
}
