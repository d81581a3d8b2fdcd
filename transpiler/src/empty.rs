//! The tables of a catalog without rows, for an engine that is asked whether it binds a translation
//! and has no tables of its own.

use crate::{Transpiler, emit::quoted, targets::Target};
use sql::{Type, tree::Column};
use std::collections::BTreeSet;

impl Transpiler {
    /// Statements of the target that make the tables of the catalog, under each name by which a
    /// statement can call them and with no rows; schemas come first. A column whose type the target
    /// lacks is a text there: a translation passes such a value on and does nothing else with it.
    pub fn empty_tables(&self) -> Vec<String> {
        let Some(target) = Target::of(self.to) else { return Vec::new() };
        let schemas: BTreeSet<&str> = self
            .catalog
            .tables()
            .filter_map(|(path, _)| path.split_last())
            .flat_map(|(_, schemas)| schemas.iter().map(String::as_str))
            .collect();
        let schemas = schemas
            .into_iter()
            .map(|schema| format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema)));
        let tables = self.catalog.tables().map(|(path, columns)| table(target, path, columns));
        schemas.chain(tables).collect()
    }
}

fn table(target: Target, path: &[String], columns: &[Column]) -> String {
    let path: Vec<String> = path.iter().map(|part| quoted(part)).collect();
    let columns: Vec<String> = columns
        .iter()
        .map(|column| {
            let name = quoted(&column.name);
            match (target, &column.ty.clone().core()) {
                // The type that it calls TIME counts nanoseconds, and meets no other.
                (Target::DataFusion, Type::Time) => {
                    format!("arrow_cast(NULL, 'Time64(Microsecond)') AS {name}")
                }
                (Target::DataFusion, ty) => {
                    format!("CAST(NULL AS {}) AS {name}", column_type(target, ty))
                }
                (_, ty) => format!("{name} {}", column_type(target, ty)),
            }
        })
        .collect();
    // DataFusion takes `public.t` and `t` for one table.
    let head = format!("CREATE TABLE IF NOT EXISTS {}", path.join("."));
    let columns = columns.join(", ");
    match target {
        Target::DataFusion => format!("{head} AS SELECT {columns} WHERE FALSE"),
        Target::DuckDb | Target::Postgres => format!("{head} ({columns})"),
    }
}

fn column_type(target: Target, ty: &Type) -> String {
    match (target.type_name(ty), ty) {
        (Some(name), _) => name,
        (None, Type::Numeric(_)) => "DECIMAL(38, 9)".to_owned(),
        (None, Type::Array(element)) => format!("{}[]", column_type(target, element)),
        (None, _) => "VARCHAR".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::Transpiler;
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    #[test]
    fn tables_stand_under_each_of_their_names() {
        let column = |name: &str, ty: &str| CatalogColumn {
            name: name.to_owned(),
            data_type: ty.to_owned(),
            nullable: true,
        };
        let columns = vec![
            column("ID", "NUMBER(12,2)"),
            column("Select", "VARIANT"),
            column("G", "GEOGRAPHY"),
            column("AT", "TIME"),
        ];
        let schema = Some("SALES".to_owned());
        let table = CatalogTable {
            database: None,
            schema,
            name: "Orders".to_owned(),
            columns,
            keys: Vec::new(),
        };
        let made = |to| {
            Transpiler::new(Dialect::Snowflake, to, std::slice::from_ref(&table)).empty_tables()
        };
        let columns = "AS SELECT CAST(NULL AS DECIMAL(12, 2)) AS id, CAST(NULL AS VARCHAR) AS \
                       \"Select\", CAST(NULL AS VARCHAR) AS g, arrow_cast(NULL, \
                       'Time64(Microsecond)') AS \"at\" WHERE FALSE";
        assert_eq!(
            made(Dialect::DataFusion),
            [
                "CREATE SCHEMA IF NOT EXISTS sales".to_owned(),
                format!("CREATE TABLE IF NOT EXISTS \"Orders\" {columns}"),
                format!("CREATE TABLE IF NOT EXISTS sales.\"Orders\" {columns}"),
            ]
        );
        let columns = "(id DECIMAL(12, 2), \"Select\" JSON, g VARCHAR, \"at\" TIME)";
        let expected = format!("CREATE TABLE IF NOT EXISTS sales.\"Orders\" {columns}");
        assert_eq!(made(Dialect::DuckDb).last(), Some(&expected));
    }
}
