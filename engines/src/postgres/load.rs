//! Filling a table by binary COPY
//! (<https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4>).

use super::{
    encode::Encoder,
    running::{Running, Shared},
    session::quote,
    types::ColumnType,
};
use crate::{
    failure,
    reader::{AsyncReader, check_columns},
};
use arrow::record_batch::{RecordBatch, RecordBatchReader};
use bytes::Bytes;
use futures::SinkExt as _;
use model::{Failure, FailureClass, SqlState, catalog::CatalogTable};
use std::sync::Arc;
use tokio_postgres::{CopyInSink, types::Type};

/// Signature, flags and the length of no header extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// Rows are sent once this many bytes have gathered.
const CHUNK_BYTES: usize = 64 * 1024;

/// Replaces the table by one with these rows, all in one transaction.
pub(super) async fn load(
    shared: &Arc<Shared>,
    table: &CatalogTable,
    rows: Box<dyn RecordBatchReader + Send>,
) -> Result<u64, Failure> {
    let mut reader = AsyncReader::new(rows);
    check_columns(table, reader.schema())?;
    let create = create_table(table)?;
    let name = qualified(table);
    let mut running = Running::start(shared).await?;
    let mut open = OpenTransaction { shared, open: true };
    let run = async |sql: &str| {
        shared.client.batch_execute(sql).await.map_err(|error| shared.failed(&error, sql))
    };
    let filled = match run(&format!("BEGIN; {create}")).await {
        Ok(()) => fill(shared, &name, &mut reader).await,
        Err(failure) => Err(failure),
    };
    match filled {
        Ok(count) => {
            run("COMMIT").await?;
            open.open = false;
            run(&format!("ANALYZE {name}")).await?;
            running.finish();
            Ok(count)
        }
        Err(failure) => {
            // The failure that matters is the first one.
            open.open = run("ROLLBACK").await.is_err();
            running.finish();
            Err(failure)
        }
    }
}

/// A session that was left inside a transaction, for example because the load was dropped half
/// way, must not be used again: what comes next would be part of it.
struct OpenTransaction<'a> {
    shared: &'a Shared,
    open: bool,
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if self.open {
            self.shared.lose();
        }
    }
}

async fn fill(shared: &Shared, name: &str, reader: &mut AsyncReader) -> Result<u64, Failure> {
    let select = format!("SELECT * FROM {name}");
    let statement =
        shared.client.prepare(&select).await.map_err(|error| shared.failed(&error, &select))?;
    let mut targets = Vec::new();
    for column in statement.columns() {
        targets.push((column.type_().clone(), ColumnType::of(column)?));
    }
    let copy = format!("COPY {name} FROM STDIN (FORMAT binary)");
    let failed = |error: tokio_postgres::Error| shared.failed(&error, &copy);
    let sink: CopyInSink<Bytes> = shared.client.copy_in(&copy).await.map_err(failed)?;
    let mut sink = std::pin::pin!(sink);
    let mut buffer = HEADER.to_vec();
    while let Some(batch) = reader.next().await? {
        let encoders = encoders(&batch, &targets)?;
        for row in 0..batch.num_rows() {
            let count = i16::try_from(encoders.len())
                .map_err(|_| failure::internal("more columns than COPY can carry"))?;
            buffer.extend_from_slice(&count.to_be_bytes());
            for (encoder, field) in encoders.iter().zip(batch.schema_ref().fields()) {
                encoder
                    .write(row, &mut buffer)
                    .map_err(|message| not_loadable(field.name(), &message))?;
            }
            if buffer.len() >= CHUNK_BYTES {
                let full = std::mem::replace(&mut buffer, Vec::with_capacity(CHUNK_BYTES * 2));
                // A refused row closes the sink; `finish` then tells why.
                if sink.send(Bytes::from(full)).await.is_err() {
                    return sink.finish().await.map_err(failed);
                }
            }
        }
    }
    buffer.extend_from_slice(&(-1_i16).to_be_bytes());
    let _ = sink.send(Bytes::from(buffer)).await;
    sink.finish().await.map_err(failed)
}

fn encoders(batch: &RecordBatch, targets: &[(Type, ColumnType)]) -> Result<Vec<Encoder>, Failure> {
    batch
        .columns()
        .iter()
        .zip(batch.schema_ref().fields())
        .zip(targets)
        .map(|((array, field), (target, column_type))| {
            Encoder::new(target, column_type, array)
                .map_err(|message| not_loadable(field.name(), &message))
        })
        .collect()
}

fn not_loadable(column: &str, message: &str) -> Failure {
    failure::failure(
        FailureClass::Unrepresentable,
        SqlState::DATATYPE_MISMATCH,
        format!("column `{column}`: {message}"),
    )
}

fn qualified(table: &CatalogTable) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(&table.name)),
        None => quote(&table.name),
    }
}

fn create_table(table: &CatalogTable) -> Result<String, Failure> {
    let mut columns = Vec::new();
    for column in &table.columns {
        // Types are no names that could be quoted, so only what types are made of is let through.
        let odd = |c: char| !(c.is_alphanumeric() || "_ (),.\"[]".contains(c));
        if column.data_type.contains(odd) || column.data_type.trim().is_empty() {
            return Err(failure::statement(
                SqlState::SYNTAX_ERROR,
                format!("column `{}`: `{}` is no type", column.name, column.data_type),
            ));
        }
        let null = if column.nullable { "" } else { " NOT NULL" };
        columns.push(format!("{} {}{null}", quote(&column.name), column.data_type));
    }
    for key in &table.keys {
        let named: Vec<String> = key.iter().map(|column| quote(column)).collect();
        columns.push(format!("UNIQUE ({})", named.join(", ")));
    }
    let name = qualified(table);
    let schema = match &table.schema {
        Some(schema) => format!("CREATE SCHEMA IF NOT EXISTS {}; ", quote(schema)),
        None => String::new(),
    };
    Ok(format!("{schema}DROP TABLE IF EXISTS {name}; CREATE TABLE {name} ({})", columns.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::catalog::CatalogColumn;

    fn table(data_type: &str) -> CatalogTable {
        CatalogTable {
            database: None,
            keys: Vec::new(),
            schema: Some("s".to_owned()),
            name: "t\"x".to_owned(),
            columns: vec![CatalogColumn {
                name: "a b".to_owned(),
                data_type: data_type.to_owned(),
                nullable: false,
            }],
        }
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(
            create_table(&table("numeric(12,2)")).unwrap(),
            "CREATE SCHEMA IF NOT EXISTS \"s\"; DROP TABLE IF EXISTS \"s\".\"t\"\"x\"; \
             CREATE TABLE \"s\".\"t\"\"x\" (\"a b\" numeric(12,2) NOT NULL)"
        );
    }

    #[test]
    fn a_type_is_a_type_only() {
        for bad in ["int); DROP TABLE x; --", "int'", "", "int /* */"] {
            assert!(create_table(&table(bad)).is_err(), "{bad}");
        }
    }
}
