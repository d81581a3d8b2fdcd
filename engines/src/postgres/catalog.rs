//! What tables there are, from `pg_catalog`.

use super::running::{Running, Shared};
use model::{
    Failure,
    catalog::{CatalogColumn, CatalogTable},
};
use std::sync::Arc;

/// Tables, partitioned tables, views, materialised and foreign tables that the user may read.
/// Keys are the columns of unique indexes over whole tables, none of which may be NULL, between
/// separators of units. `format_type` writes a type relative to the search path, with its modifier.
const QUERY: &str = "\
SELECT n.nspname::text, c.relname::text, pg_catalog.pg_table_is_visible(c.oid), \
       a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, \
       ARRAY( \
           SELECT string_agg(k.attname::text, E'\\x1f' ORDER BY k.attnum) \
           FROM pg_catalog.pg_index i \
           JOIN pg_catalog.pg_attribute k \
             ON k.attrelid = i.indrelid AND k.attnum = ANY (i.indkey::pg_catalog.int2[]) \
           WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate \
             AND i.indpred IS NULL AND i.indexprs IS NULL \
           GROUP BY i.indexrelid HAVING bool_and(k.attnotnull) ORDER BY i.indexrelid) \
FROM pg_catalog.pg_class c \
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
LEFT JOIN pg_catalog.pg_attribute a \
       ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') \
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
  AND n.nspname NOT LIKE 'pg\\_toast%' \
  AND (n.nspname NOT LIKE 'pg\\_temp\\_%' OR pg_catalog.pg_table_is_visible(c.oid)) \
  AND pg_catalog.has_table_privilege(c.oid, 'SELECT') \
ORDER BY n.nspname, c.relname, a.attnum";

pub(super) async fn read(shared: &Arc<Shared>) -> Result<Vec<CatalogTable>, Failure> {
    let mut running = Running::start(shared).await?;
    let rows = shared.client.query(QUERY, &[]).await;
    running.finish();
    let failed = |error: tokio_postgres::Error| shared.failed(&error, QUERY);
    let mut tables: Vec<(String, CatalogTable)> = Vec::new();
    for row in rows.map_err(failed)? {
        let schema: String = row.try_get(0).map_err(failed)?;
        let name: String = row.try_get(1).map_err(failed)?;
        let visible: bool = row.try_get(2).map_err(failed)?;
        let column: Option<String> = row.try_get(3).map_err(failed)?;
        let same = tables.last().is_some_and(|(of, table)| *of == schema && table.name == name);
        if !same {
            let shown = (!visible).then(|| schema.clone());
            let keys: Vec<String> = row.try_get(6).map_err(failed)?;
            let keys =
                keys.iter().map(|key| key.split('\u{1f}').map(str::to_owned).collect()).collect();
            tables.push((
                schema,
                CatalogTable { database: None, schema: shown, name, columns: Vec::new(), keys },
            ));
        }
        if let (Some(name), Some((_, table))) = (column, tables.last_mut()) {
            table.columns.push(CatalogColumn {
                name,
                data_type: row.try_get(4).map_err(failed)?,
                nullable: row.try_get(5).map_err(failed)?,
            });
        }
    }
    Ok(tables.into_iter().map(|(_, table)| table).collect())
}
