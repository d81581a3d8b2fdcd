//! Recorded statements that write: what a table holds afterwards on the vendor's engine.
//!
//! Files: `corpora/dialects/<dialect>/statements/*.jsonl`; the format is in
//! `corpora/dialects/README.md`.

use crate::recorded::ResultColumn;
use model::{
    Dialect,
    catalog::{CatalogColumn, CatalogTable},
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// One recorded statement that writes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementCase {
    /// Unique and stable: `postgres-insert-001`.
    pub id: String,
    /// Statements in the vendor's dialect that make the tables and fill them.
    pub setup: Vec<String>,
    /// The statement in the vendor's dialect.
    pub sql: String,
    /// Tables and views that the statement makes, types as the vendor's catalog spells them.
    #[serde(default)]
    pub makes: Vec<Made>,
    /// A query in the vendor's dialect that shows what the statement did; without one, the rows are
    /// what the statement itself gives back.
    #[serde(default)]
    pub check: Option<String>,
    /// Columns of these rows.
    pub columns: Vec<ResultColumn>,
    /// The rows in the canonical form.
    pub rows: Vec<Vec<Value>>,
    /// Is the order of the rows fixed?
    pub ordered: bool,
    /// What the engine says where the statement raises an error.
    pub error: Option<String>,
    /// The engine and version that gave the values, or the page that documents them.
    pub origin: String,
    /// What it shows.
    #[serde(default)]
    pub note: Option<String>,
    /// Settings other than the vendor's defaults.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
}

/// A table or view that a statement makes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Its columns, types in the vendor's spelling.
    pub columns: Vec<ResultColumn>,
}

impl Made {
    /// The same as an entry of a catalog.
    pub fn table(&self) -> CatalogTable {
        let columns = self.columns.iter().map(|column| CatalogColumn {
            name: column.name.clone(),
            data_type: column.kind.clone(),
            nullable: true,
        });
        CatalogTable {
            database: None,
            schema: None,
            name: self.name.clone(),
            columns: columns.collect(),
            keys: Vec::new(),
        }
    }
}

/// The recorded statements of a dialect, in order of their files and lines.
///
/// # Errors
/// A file that cannot be read, with its line.
pub fn statements(dialect: Dialect) -> Result<Vec<StatementCase>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../corpora/dialects")
        .join(dialect.as_str())
        .join("statements");
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(Vec::new()) };
    let mut files: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
            let case = serde_json::from_str(line)
                .map_err(|e| format!("{}:{number}: {e}", file.display()))?;
            cases.push(case);
        }
    }
    Ok(cases)
}
