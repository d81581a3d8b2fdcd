//! The tables and types that translating needs.

mod ddl;

use crate::{
    error::CliError,
    output,
    wiring::{
        engines::{self, Given},
        runtime,
    },
};
use ::engines::{Engine, SessionSettings};
use model::{
    Dialect, Failure, FailureClass,
    catalog::{CatalogColumn, CatalogTable},
};
use serde::Deserialize;
use sql::{SourceSettings, Type, core_type};
use std::{collections::BTreeMap, ffi::OsStr, io::ErrorKind, path::Path, sync::Arc};

/// Longest catalog file that is read, in bytes.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Most columns of unknown types that are named.
const NAMED_MAX: usize = 8;

/// Asks an engine. Types are spelled as PostgreSQL does, whichever engine it is.
pub(crate) async fn of_engine(
    name: &str,
    engine: &Arc<dyn Engine>,
    settings: &SessionSettings,
) -> Result<Vec<CatalogTable>, CliError> {
    let settings = SessionSettings { read_only: true, ..settings.clone() };
    let failed = |failure: Failure| match failure.class {
        FailureClass::Unreachable => {
            CliError::unreachable(format!("{name} cannot be reached: {failure}"))
        }
        _ => CliError::unreachable(format!("{name}'s catalog could not be read: {failure}"))
            .hint("a catalog file can be given instead"),
    };
    let mut session = engine.open(&settings).await.map_err(failed)?;
    session.catalog().await.map_err(failed)
}

/// The tables of a live engine that the command line gives as `postgres://…` or `duckdb:FILE`, or of
/// a file.
pub(crate) fn of_given(spec: &OsStr, dialect: Dialect) -> Result<Vec<CatalogTable>, CliError> {
    runtime::run(async {
        let engine =
            match spec.to_str().map(|text| engines::given("--catalog", text)).transpose()? {
                None | Some(None) => return of_file(Path::new(spec), dialect),
                Some(Some(Given { has_tables: false, .. })) => {
                    return Err(CliError::usage("`--catalog`: an engine in memory has no tables"));
                }
                Some(Some(Given { engine, .. })) => engine,
            };
        if engine.dialect() != Dialect::Postgres {
            output::note(format!(
                "`--catalog`: the types of {} are taken for those of the source; it has no \
                 `character(n)`, and limits of texts are not kept",
                engine.dialect()
            ));
        }
        let name = "the engine of `--catalog`";
        let tables = of_engine(name, &engine, &SessionSettings::default()).await?;
        if dialect == Dialect::Postgres {
            return Ok(tables);
        }
        output::note(format!(
            "`--catalog`: each column is taken for one of the type of {} that holds the same \
             values; where it has another there, such as an integer that is a decimal here, give \
             a file of its own CREATE TABLE statements",
            dialect.title()
        ));
        let settings = SourceSettings::of(dialect);
        let tables = sql::spelled_by(&settings, tables);
        note_unknown(&tables, &settings);
        Ok(tables)
    })
}

/// Says which columns have types that are not known: what needs such a type is refused.
fn note_unknown(tables: &[CatalogTable], settings: &SourceSettings) {
    let unknown: Vec<String> = tables
        .iter()
        .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
        .filter(|(_, column)| matches!(core_type(settings, &column.data_type), Type::Other(_)))
        .map(|(table, column)| format!("`{}.{}`: `{}`", table.name, column.name, column.data_type))
        .collect();
    if unknown.is_empty() {
        return;
    }
    let mut shown = unknown.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
    if let Some(more @ 1..) = unknown.len().checked_sub(NAMED_MAX) {
        shown.push_str(&format!(" and {more} more"));
    }
    output::note(format!(
        "the catalog has columns of types that are not known, and what needs such a type is \
         refused: {shown}"
    ));
}

/// Reads a file of tables: `CREATE TABLE` statements of `dialect` (`.sql`), a JSON list of tables, or
/// a JSON list of the rows of `information_schema.columns`.
pub(crate) fn of_file(path: &Path, dialect: Dialect) -> Result<Vec<CatalogTable>, CliError> {
    let tables = read(path, dialect)?;
    note_unknown(&tables, &SourceSettings::of(dialect));
    Ok(tables)
}

fn read(path: &Path, dialect: Dialect) -> Result<Vec<CatalogTable>, CliError> {
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
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("sql")) {
        return ddl::of_script(path, dialect);
    }
    let text = std::fs::read(path).map_err(failed)?;
    if let Ok(rows) = serde_json::from_slice::<Vec<InformationRow>>(&text)
        && !rows.is_empty()
    {
        return Ok(of_rows(rows));
    }
    serde_json::from_slice(&text).map_err(|error| {
        CliError::usage(format!("the catalog file `{shown}` cannot be read: {error}")).hint(
            "it is a JSON list of tables: [{\"name\": \"t\", \"columns\": [{\"name\": \"a\", \
             \"data_type\": \"numeric(12,2)\", \"nullable\": true}]}], or of the rows of \
             information_schema.columns; a file that ends in `.sql` holds CREATE TABLE statements",
        )
    })
}

/// A row of `information_schema.columns`; drivers and exports spell the names in both cases.
#[derive(Debug, Deserialize)]
struct InformationRow {
    #[serde(alias = "TABLE_CATALOG", default)]
    table_catalog: Option<String>,
    #[serde(alias = "TABLE_SCHEMA", default)]
    table_schema: Option<String>,
    #[serde(alias = "TABLE_NAME")]
    table_name: String,
    #[serde(alias = "COLUMN_NAME")]
    column_name: String,
    #[serde(alias = "DATA_TYPE")]
    data_type: String,
    #[serde(alias = "IS_NULLABLE", default)]
    is_nullable: Option<String>,
    #[serde(alias = "ORDINAL_POSITION", default)]
    ordinal_position: Option<u64>,
    #[serde(alias = "CHARACTER_MAXIMUM_LENGTH", default)]
    character_maximum_length: Option<i64>,
    #[serde(alias = "NUMERIC_PRECISION", default)]
    numeric_precision: Option<u32>,
    #[serde(alias = "NUMERIC_SCALE", default)]
    numeric_scale: Option<u32>,
    #[serde(alias = "COLLATION_NAME", default)]
    collation_name: Option<String>,
}

impl InformationRow {
    /// The type with the digits and lengths that stand in columns of their own.
    fn full_type(&self) -> String {
        let spelled = self.spelled();
        match self.collation_name.as_deref().filter(|name| !name.is_empty()) {
            Some(collation) => sql::collated_type(&spelled, collation),
            None => spelled,
        }
    }

    fn spelled(&self) -> String {
        let name = self.data_type.trim();
        if name.contains('(') {
            return name.to_owned();
        }
        let lower = name.to_ascii_lowercase();
        match (self.numeric_precision, self.numeric_scale, self.character_maximum_length) {
            (Some(precision), scale, _)
                if ["numeric", "decimal", "number"].contains(&lower.as_str()) =>
            {
                format!("{name}({precision},{})", scale.unwrap_or(0))
            }
            (_, _, Some(length @ 1..)) if lower.contains("char") => format!("{name}({length})"),
            _ => name.to_owned(),
        }
    }
}

/// Tables in order of their names, columns in order of their positions.
fn of_rows(rows: Vec<InformationRow>) -> Vec<CatalogTable> {
    let mut tables: BTreeMap<[Option<String>; 3], Vec<InformationRow>> = BTreeMap::new();
    for row in rows {
        let path =
            [row.table_catalog.clone(), row.table_schema.clone(), Some(row.table_name.clone())];
        tables.entry(path).or_default().push(row);
    }
    let tables = tables.into_iter().map(|([database, schema, name], mut rows)| {
        rows.sort_by_key(|row| row.ordinal_position);
        let columns = rows.iter().map(|row| CatalogColumn {
            name: row.column_name.clone(),
            data_type: row.full_type(),
            nullable: row.is_nullable.as_deref().is_none_or(|n| !n.eq_ignore_ascii_case("no")),
        });
        CatalogTable {
            database,
            schema,
            name: name.unwrap_or_default(),
            columns: columns.collect(),
            keys: Vec::new(),
        }
    });
    tables.collect()
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
            of_file(&path, Dialect::Postgres).map_err(|error| error.render(false))
        };
        let tables =
            of(r#"[{"name":"t","columns":[{"name":"a","data_type":"int4","nullable":true}]}]"#);
        assert_eq!(tables.unwrap()[0].columns[0].data_type, "int4");
        let error = of("CREATE TABLE t (a int)").unwrap_err();
        assert!(error.contains("line 1") && error.contains("JSON list"), "{error}");
        let rows = r#"[{"TABLE_SCHEMA":"S","TABLE_NAME":"T","COLUMN_NAME":"B","DATA_TYPE":"TEXT",
            "IS_NULLABLE":"NO","ORDINAL_POSITION":2,"CHARACTER_MAXIMUM_LENGTH":16777216,"TABLE_CATALOG":"D"},
            {"TABLE_CATALOG":"D","TABLE_SCHEMA":"S","TABLE_NAME":"T","COLUMN_NAME":"A","DATA_TYPE":"NUMBER",
            "ORDINAL_POSITION":1,"NUMERIC_PRECISION":12,"NUMERIC_SCALE":2},
            {"TABLE_CATALOG":"D","TABLE_SCHEMA":"S","TABLE_NAME":"T","COLUMN_NAME":"C","DATA_TYPE":"varchar",
            "ORDINAL_POSITION":3,"CHARACTER_MAXIMUM_LENGTH":9,"COLLATION_NAME":"utf8mb4_bin"}]"#;
        let tables = of(rows).unwrap();
        let columns: Vec<(&str, &str, bool)> = tables[0]
            .columns
            .iter()
            .map(|c| (c.name.as_str(), c.data_type.as_str(), c.nullable))
            .collect();
        let collated = ("C", "varchar(9) collate utf8mb4_bin", true);
        assert_eq!((tables.len(), tables[0].database.as_deref()), (1, Some("D")));
        assert_eq!(columns, [("A", "NUMBER(12,2)", true), ("B", "TEXT", false), collated]);
        let ddl = folder.path().join("schema.sql");
        std::fs::write(&ddl, "CREATE TABLE t (a NUMBER(10,2));\nCREATE TABLE u (a INT,, b INT)")
            .unwrap();
        let error = of_file(&ddl, Dialect::Snowflake).unwrap_err().render(false);
        assert!(error.contains("schema.sql:2:23") && error.contains("Snowflake"), "{error}");
        std::fs::write(&ddl, "CREATE TABLE t (a NUMBER(10,2));").unwrap();
        assert_eq!(of_file(&ddl, Dialect::Snowflake).unwrap()[0].name, "T");
        let dump = "\\restrict x\nSET a = 1;\nCREATE TABLE u AS SELECT 1;\nCREATE TABLE t (\n  a int);\n\
            ALTER TABLE t OWNER TO me;\nCOPY t (a) FROM stdin;\n1'\n\\.\nCREATE UNIQUE INDEX i ON t (a);\nINSERT INTO t VALUES (1));\n";
        std::fs::write(&ddl, dump).unwrap();
        let tables = of_file(&ddl, Dialect::Postgres).unwrap();
        assert_eq!((tables.len(), tables[0].name.as_str()), (1, "t"));
        std::fs::write(&ddl, "SELECT 1;").unwrap();
        let error = of_file(&ddl, Dialect::Postgres).unwrap_err().render(false);
        assert!(error.contains("no CREATE TABLE"), "{error}");
        let error = of_file(Path::new("no/such.json"), Dialect::Postgres).unwrap_err();
        assert!(error.render(false).contains("no catalog file"));
    }
}
