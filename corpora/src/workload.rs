//! Workloads of several corpora, and their folder on disk.

use crate::{Corpus, CorpusError};
use model::{Workload, workload::codec};
use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

/// One workload of all statements of `corpora`, with the source `corpus:<name>+<name>`.
///
/// Their tables must be loaded into one database, so no two corpora may share a table's name.
///
/// # Errors
/// A table or a statement id that two corpora share.
pub fn merge(corpora: &[&Corpus]) -> Result<Workload, CorpusError> {
    for (index, first) in corpora.iter().enumerate() {
        for second in corpora.iter().skip(index + 1) {
            if let Some(table) = first.tables.iter().find(|table| second.table(&table.name).is_ok())
            {
                return Err(CorpusError::SharedTable {
                    first: first.name.to_owned(),
                    second: second.name.to_owned(),
                    table: table.name.clone(),
                });
            }
        }
    }
    let names: Vec<_> = corpora.iter().map(|corpus| corpus.name).collect();
    let statements = corpora.iter().flat_map(|corpus| corpus.statements_for_workload()).collect();
    Ok(Workload::new(&format!("corpus:{}", names.join("+")), statements)?)
}

/// Writes `workload.jsonl.zst` and `manifest.json` into `folder`, which is created where missing.
///
/// The manifest is written last: a folder without it is no workload.
///
/// # Errors
/// The file that could not be written, by name.
pub fn write(workload: &Workload, folder: &Path) -> Result<(), CorpusError> {
    let failed = |path: PathBuf| move |source| CorpusError::Write { path, source };
    fs::create_dir_all(folder).map_err(failed(folder.to_owned()))?;
    let statements = folder.join("workload.jsonl.zst");
    let mut out = BufWriter::new(File::create(&statements).map_err(failed(statements.clone()))?);
    codec::write_statements(&mut out, &workload.statements)?;
    out.flush().map_err(failed(statements))?;
    let manifest = folder.join("manifest.json");
    fs::write(&manifest, codec::manifest_json(&workload.manifest)?).map_err(failed(manifest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_written_workload_is_read_again() {
        let (tpch, traps) = (crate::tpch(0.01).unwrap(), crate::traps().unwrap());
        let workload = merge(&[&tpch, &traps]).unwrap();
        assert_eq!(workload.manifest.source, "corpus:tpch+traps");
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new/folder");
        write(&workload, &folder).unwrap();
        let open = |name| File::open(folder.join(name)).unwrap();
        let read = codec::read(open("manifest.json"), open("workload.jsonl.zst")).unwrap();
        assert_eq!(read, workload);
        assert_eq!(read.statements.len(), tpch.statements.len() + traps.statements.len());
    }

    #[test]
    fn sessions_run_side_by_side() {
        let workload = crate::tpch(1.0).unwrap().workload().unwrap();
        let sessions: BTreeSet<_> = workload.statements.iter().map(|s| &s.session).collect();
        assert_eq!((sessions.len(), workload.manifest.statements), (4, 22));
    }

    #[test]
    fn corpora_with_a_common_table_do_not_mix() {
        let (tpch, mut traps) = (crate::tpch(0.01).unwrap(), crate::traps().unwrap());
        traps.tables.push(tpch.table("orders").unwrap().clone());
        let error = merge(&[&tpch, &traps]).unwrap_err().to_string();
        assert!(error.contains("`orders`"), "{error}");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let workload = crate::tpch(1.0).unwrap().workload().unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = write(&workload, &file.path().join("below")).unwrap_err().to_string();
        assert!(error.contains("below"), "{error}");
    }
}
