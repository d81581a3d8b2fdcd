//! The tables that a statement can name, found by PostgreSQL's rules.

use crate::{tree::Column, types::Type};
use model::catalog::CatalogTable;
use std::collections::BTreeMap;

/// Tables by name, types read.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Columns by `schema.name`, and by `name` for tables on the search path.
    tables: BTreeMap<Vec<String>, Vec<Column>>,
}

impl Catalog {
    /// A catalog of `tables`. A table without a schema is found by its bare name and as
    /// `public.name`.
    pub fn new(tables: &[CatalogTable]) -> Self {
        let mut found = BTreeMap::new();
        for table in tables {
            let columns: Vec<Column> = table
                .columns
                .iter()
                .map(|c| Column { name: c.name.clone(), ty: Type::parse(&c.data_type) })
                .collect();
            if let Some(schema) = &table.schema {
                found.insert(vec![schema.clone(), table.name.clone()], columns);
            } else {
                found.insert(vec!["public".to_owned(), table.name.clone()], columns.clone());
                found.insert(vec![table.name.clone()], columns);
            }
        }
        Self { tables: found }
    }

    /// The columns of the table that `path` names.
    pub fn find(&self, path: &[String]) -> Option<&[Column]> {
        self.tables.get(path).map(Vec::as_slice)
    }

    /// A table name close to `path`, for a hint.
    pub fn similar(&self, path: &[String]) -> Option<String> {
        let wanted = path.last()?;
        self.tables
            .keys()
            .filter_map(|key| key.last())
            .find(|name| {
                name.eq_ignore_ascii_case(wanted)
                    || name.starts_with(wanted.as_str())
                    || wanted.starts_with(name.as_str())
            })
            .cloned()
    }
}
