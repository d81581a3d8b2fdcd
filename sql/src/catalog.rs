//! The tables that a statement can name, found by PostgreSQL's rules.

use crate::{
    dialects::{self, stored},
    settings::SourceSettings,
    tree::Column,
    types::Type,
};
use model::{Dialect, catalog::CatalogTable};
use std::{collections::BTreeMap, sync::Arc};

/// Tables by name, types read.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Columns by `schema.name`, and by `name` for tables on the search path.
    tables: BTreeMap<Vec<String>, Arc<[Column]>>,
    /// Columns that may be NULL, where types say so (`Nullable(Int32)` of `ClickHouse`).
    nullable: BTreeMap<Vec<String>, Vec<String>>,
    /// Types as the dialect spells them, by table and column.
    spellings: BTreeMap<Vec<String>, BTreeMap<String, String>>,
}

impl Catalog {
    /// A catalog of `tables`. A table without a schema is found by its bare name and as
    /// `public.name`.
    pub fn new(tables: &[CatalogTable]) -> Self {
        Self::of(Dialect::Postgres, tables)
    }

    /// The same of another dialect's tables: types as the dialect spells them, names as it stores
    /// them.
    pub fn of(dialect: Dialect, tables: &[CatalogTable]) -> Self {
        Self::under(&SourceSettings::of(dialect), tables)
    }

    /// The same under settings other than the vendor's defaults.
    pub fn under(settings: &SourceSettings, tables: &[CatalogTable]) -> Self {
        let dialect = settings.dialect();
        let names = dialects::traits(dialect).names;
        let name = |name: &str| stored(name, true, names);
        let mut found = BTreeMap::new();
        let mut nullable = BTreeMap::new();
        let mut spellings = BTreeMap::new();
        for table in tables {
            let columns: Arc<[Column]> = table
                .columns
                .iter()
                .map(|c| Column { name: name(&c.name), ty: core_type(settings, &c.data_type) })
                .collect();
            let path: Vec<String> =
                table.schema.iter().chain([&table.name]).map(|part| name(part)).collect();
            let may_be_null = table.columns.iter().filter(|c| {
                let ty = c.data_type.trim().to_ascii_lowercase();
                ty.starts_with("nullable(") || ty.starts_with("lowcardinality(nullable(")
            });
            nullable.insert(path, may_be_null.map(|c| name(&c.name)).collect());
            let spelled: BTreeMap<String, String> =
                table.columns.iter().map(|c| (name(&c.name), c.data_type.clone())).collect();
            if table.schema.is_none() {
                spellings.insert(vec!["public".to_owned(), name(&table.name)], spelled.clone());
            }
            spellings.insert(
                table.schema.iter().chain([&table.name]).map(|part| name(part)).collect(),
                spelled,
            );
            if let Some(schema) = &table.schema {
                found.insert(vec![name(schema), name(&table.name)], columns);
            } else {
                found.insert(vec!["public".to_owned(), name(&table.name)], columns.clone());
                found.insert(vec![name(&table.name)], columns);
            }
        }
        Self { tables: found, nullable, spellings }
    }

    /// The columns of the table that `path` names.
    pub fn find(&self, path: &[String]) -> Option<&Arc<[Column]>> {
        self.tables.get(path)
    }

    /// The type of a column as the dialect spells it.
    pub(crate) fn spelling(&self, path: &[String], column: &str) -> Option<&str> {
        self.spellings.get(path)?.get(column).map(String::as_str)
    }

    /// The columns of a table whose type says that they may be NULL; nothing for no table of the
    /// catalog.
    pub(crate) fn nullable(&self, path: &[String]) -> Option<&[String]> {
        self.nullable.get(path).map(Vec::as_slice)
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

/// The core type of a dialect's spelling; [`Type::Other`] where it is not known.
pub fn core_type(settings: &SourceSettings, text: &str) -> Type {
    match dialects::spec(settings.dialect()) {
        None => Type::parse(text),
        Some(spec) => match spec.types.find(text, settings) {
            Some(known) => known,
            None if spec.is_core() => Type::parse(text),
            None => Type::Other(text.trim().to_ascii_lowercase()),
        },
    }
}
