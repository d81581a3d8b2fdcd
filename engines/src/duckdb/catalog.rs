//! What tables there are, with types in PostgreSQL's spelling.

use crate::failure;
use arrow::{
    array::{Array as _, AsArray as _},
    record_batch::RecordBatch,
};
use model::{
    Failure,
    catalog::{CatalogColumn, CatalogTable},
};

/// Schema (NULL where it is on the search path), table, column, type, nullable, the columns of the
/// primary key between separators of units.
pub(super) const QUERY: &str = "\
SELECT CASE WHEN schema_name = current_schema() OR list_contains(current_schemas(true), schema_name) THEN NULL ELSE schema_name END, \
       table_name, column_name, data_type, CASE WHEN is_nullable THEN 'y' ELSE 'n' END, \
       (SELECT array_to_string(k.constraint_column_names, chr(31)) FROM duckdb_constraints() AS k \
        WHERE k.table_oid = c.table_oid AND k.database_oid = c.database_oid \
          AND k.constraint_type = 'PRIMARY KEY') \
FROM duckdb_columns() AS c \
WHERE NOT internal AND database_name = current_database() \
ORDER BY schema_name, table_name, column_index";

pub(super) fn read(batches: &[RecordBatch]) -> Result<Vec<CatalogTable>, Failure> {
    let mut tables: Vec<CatalogTable> = Vec::new();
    for batch in batches {
        let columns: Vec<_> = batch
            .columns()
            .iter()
            .map(|column| column.as_string_opt::<i32>())
            .collect::<Option<_>>()
            .ok_or_else(|| failure::internal("duckdb_columns() has other types than expected"))?;
        let [schema, table, column, data_type, nullable, key] = columns.as_slice() else {
            return Err(failure::internal("duckdb_columns() has other columns than expected"));
        };
        for row in 0..batch.num_rows() {
            let schema = (!schema.is_null(row)).then(|| schema.value(row).to_owned());
            let name = table.value(row);
            if tables.last().is_none_or(|last| last.name != name || last.schema != schema) {
                let key = (!key.is_null(row)).then(|| key.value(row).split('\u{1f}'));
                let keys = key.map(|columns| columns.map(str::to_owned).collect());
                tables.push(CatalogTable {
                    database: None,
                    schema,
                    name: name.to_owned(),
                    columns: Vec::new(),
                    keys: keys.into_iter().collect(),
                });
            }
            if let Some(table) = tables.last_mut() {
                table.columns.push(CatalogColumn {
                    name: column.value(row).to_owned(),
                    data_type: postgres_spelling(data_type.value(row)),
                    nullable: nullable.value(row) == "y",
                });
            }
        }
    }
    Ok(tables)
}

/// The PostgreSQL type that holds the same values; what there is none for keeps DuckDB's name.
fn postgres_spelling(duckdb: &str) -> String {
    if let Some(element) = duckdb.strip_suffix("[]") {
        return format!("{}[]", postgres_spelling(element));
    }
    if let Some(modifier) = duckdb.strip_prefix("DECIMAL") {
        return format!("numeric{modifier}");
    }
    if duckdb.starts_with("ENUM(") {
        return "text".to_owned();
    }
    match duckdb {
        "BOOLEAN" => "boolean",
        "TINYINT" | "SMALLINT" | "UTINYINT" => "smallint",
        "INTEGER" | "USMALLINT" => "integer",
        "BIGINT" | "UINTEGER" => "bigint",
        "UBIGINT" => "numeric(20,0)",
        "HUGEINT" | "UHUGEINT" => "numeric(39,0)",
        "FLOAT" => "real",
        "DOUBLE" => "double precision",
        "VARCHAR" => "text",
        "BLOB" => "bytea",
        "DATE" => "date",
        "TIME" => "time without time zone",
        "TIMESTAMP" | "TIMESTAMP_S" | "TIMESTAMP_MS" => "timestamp without time zone",
        "TIMESTAMP WITH TIME ZONE" => "timestamp with time zone",
        "INTERVAL" => "interval",
        "UUID" => "uuid",
        "JSON" => "json",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_spelled_as_postgres_does() {
        for (duckdb, postgres) in [
            ("DECIMAL(12,2)", "numeric(12,2)"),
            ("INTEGER[]", "integer[]"),
            ("TIMESTAMP WITH TIME ZONE", "timestamp with time zone"),
            ("ENUM('a', 'b')", "text"),
            ("STRUCT(a INTEGER)", "STRUCT(a INTEGER)"),
        ] {
            assert_eq!(postgres_spelling(duckdb), postgres);
        }
    }
}
