//! The tables and types that translating needs.

use crate::error::CliError;
use engines::{Engine, SessionSettings};
use model::{Failure, FailureClass, catalog::CatalogTable};
use std::{io::ErrorKind, path::Path, sync::Arc};

/// Longest catalog file that is read, in bytes.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Asks an engine.
pub(crate) async fn of_engine(
    engine: &Arc<dyn Engine>,
    settings: &SessionSettings,
) -> Result<Vec<CatalogTable>, CliError> {
    let settings = SessionSettings { read_only: true, ..settings.clone() };
    let failed = |failure: Failure| match failure.class {
        FailureClass::Unreachable => {
            CliError::unreachable(format!("the legacy engine cannot be reached: {failure}"))
        }
        _ => CliError::unreachable(format!(
            "the legacy engine's catalog could not be read: {failure}"
        ))
        .hint("a catalog file can be given instead: `catalog.file`"),
    };
    let mut session = engine.open(&settings).await.map_err(failed)?;
    session.catalog().await.map_err(failed)
}

/// Reads a JSON file with a list of tables.
pub(crate) fn of_file(path: &Path) -> Result<Vec<CatalogTable>, CliError> {
    let shown = path.display();
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => CliError::usage(format!("there is no catalog file `{shown}`")),
        _ => CliError::usage(format!("the catalog file `{shown}` could not be read: {error}")),
    };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > BYTES_MAX {
        return Err(CliError::usage(format!(
            "the catalog file `{shown}` has {size} bytes; the limit is {BYTES_MAX}"
        )));
    }
    let text = std::fs::read(path).map_err(failed)?;
    serde_json::from_slice(&text).map_err(|error| {
        CliError::usage(format!("the catalog file `{shown}` cannot be read: {error}")).hint(
            "it is a JSON list of tables: [{\"name\": \"t\", \"columns\": [{\"name\": \"a\", \
             \"data_type\": \"numeric(12,2)\", \"nullable\": true}]}]",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_its_faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalog.json");
        let of = |text: &str| {
            std::fs::write(&path, text).unwrap();
            of_file(&path).map_err(|error| error.render(false))
        };
        let tables =
            of(r#"[{"name":"t","columns":[{"name":"a","data_type":"int4","nullable":true}]}]"#);
        assert_eq!(tables.unwrap()[0].columns[0].data_type, "int4");
        let error = of("CREATE TABLE t (a int)").unwrap_err();
        assert!(error.contains("line 1") && error.contains("JSON list"), "{error}");
        let error = of_file(Path::new("no/such.json")).unwrap_err();
        assert!(error.render(false).contains("no catalog file"));
    }
}
