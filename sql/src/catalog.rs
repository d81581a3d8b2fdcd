//! The tables that a statement can name, found by PostgreSQL's rules.

use crate::{
    bind::{enumerated::is_enumerated_type, plain_letters::has_plain_letters},
    dialects::{self, stored},
    settings::SourceSettings,
    tree::Column,
    types::Type,
};
use model::{Dialect, catalog::CatalogTable};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Tables by name, types read.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// By `schema.name`, and by `name` for tables that need no schema.
    tables: BTreeMap<Vec<String>, Arc<Table>>,
    /// The databases in which a table of this schema and name is; a name is empty where the catalog
    /// does not say it.
    databases: BTreeMap<[String; 2], BTreeSet<String>>,
}

/// A table.
#[derive(Debug)]
struct Table {
    columns: Arc<[Column]>,
    /// Columns that may be NULL, where types say so (`Nullable(Int32)` of `ClickHouse`); of arrays,
    /// those whose elements may.
    nullable: Vec<String>,
    /// Types as the dialect spells them, by column.
    spellings: BTreeMap<String, String>,
    /// The columns whose values are of a list (`bind/enumerated.rs`).
    enumerated: Vec<String>,
    /// The columns declared so that only letters of ASCII are letters (`bind/plain_letters.rs`).
    plain_letters: Vec<String>,
    /// Sets of columns, each of which tells the rows apart.
    keys: Vec<Vec<String>>,
}

impl Catalog {
    /// A catalog of `tables`. A table without a schema is found by its bare name and as
    /// `public.name`; one with a schema also by its bare name where no other has that name, or where
    /// its schema is the dialect's default. The database is no part of a name: tables that differ in
    /// nothing else are not found.
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
        let traits = dialects::traits(settings.dialect());
        let name = |name: &str| stored(name, true, traits.names);
        let default = default_schema(settings.dialect());
        let mut found = BTreeMap::new();
        let mut databases: BTreeMap<[String; 2], BTreeSet<String>> = BTreeMap::new();
        // Tables whose schema a statement may leave out.
        let mut bare: BTreeMap<String, Vec<(String, Arc<Table>)>> = BTreeMap::new();
        for table in tables {
            let columns = table.columns.iter();
            let spelled = |is: fn(&str) -> bool| {
                columns.clone().filter(|c| is(&c.data_type)).map(|c| name(&c.name)).collect()
            };
            let may_be_null = columns.clone().filter(|c| {
                let ty = c.data_type.trim().to_ascii_lowercase();
                // Of an array, its elements.
                let ty = ty.strip_prefix("array(").unwrap_or(&ty);
                ty.starts_with("nullable(") || ty.starts_with("lowcardinality(nullable(")
            });
            let read = Arc::new(Table {
                nullable: may_be_null.map(|c| name(&c.name)).collect(),
                keys: table.keys.iter().map(|key| key.iter().map(|c| name(c)).collect()).collect(),
                enumerated: spelled(is_enumerated_type),
                plain_letters: spelled(has_plain_letters),
                spellings: columns.clone().map(|c| (name(&c.name), c.data_type.clone())).collect(),
                columns: columns
                    .map(|c| Column { name: name(&c.name), ty: own_type(settings, &c.data_type) })
                    .collect(),
            });
            let own = name(&table.name);
            let schema = table.schema.as_deref().map(name);
            let within = schema.clone().unwrap_or_else(|| default.to_owned());
            let database = table.database.as_deref().map(name).unwrap_or_default();
            databases.entry([within, own.clone()]).or_default().insert(database);
            if let Some(schema) = schema {
                found.insert(vec![schema.clone(), own.clone()], Arc::clone(&read));
                bare.entry(own).or_default().push((schema, read));
            } else {
                found.insert(vec!["public".to_owned(), own.clone()], Arc::clone(&read));
                found.insert(vec![own], read);
            }
        }
        for (own, mut named) in bare {
            if named.len() > 1 {
                named.retain(|(schema, _)| schema.eq_ignore_ascii_case(default));
            }
            if let (Some((_, table)), true) = (named.pop(), named.is_empty()) {
                found.entry(vec![own]).or_insert(table);
            }
        }
        for (path, _) in databases.iter().filter(|(_, databases)| databases.len() > 1) {
            found.remove(path.as_slice());
            let [schema, own] = path;
            if schema == default {
                found.remove(std::slice::from_ref(own));
            }
        }
        Self { tables: found, databases }
    }

    /// Every table with its columns, by each name that a statement can call it by.
    pub fn tables(&self) -> impl Iterator<Item = (&[String], &[Column])> {
        self.tables.iter().map(|(path, table)| (path.as_slice(), &*table.columns))
    }

    /// The columns of the table that `path` names.
    pub fn find(&self, path: &[String]) -> Option<&Arc<[Column]>> {
        self.tables.get(path).map(|table| &table.columns)
    }

    /// The databases in which a table of this schema and name is; a name is empty where the catalog
    /// does not say it.
    pub(crate) fn databases(&self, path: &[String; 2]) -> impl Iterator<Item = &str> {
        self.databases.get(path).into_iter().flatten().map(String::as_str)
    }

    /// Is a table of this database in the catalog?
    pub(crate) fn has_database(&self, name: &str) -> bool {
        self.databases.values().any(|databases| databases.contains(name))
    }

    /// Is a table of this schema in the catalog?
    pub(crate) fn has_schema(&self, name: &str) -> bool {
        self.tables.keys().any(|path| matches!(path.as_slice(), [schema, _] if schema == name))
    }

    /// The type of a column as the dialect spells it.
    pub(crate) fn spelling(&self, path: &[String], column: &str) -> Option<&str> {
        self.tables.get(path)?.spellings.get(column).map(String::as_str)
    }

    /// The columns of a table whose values are of a list.
    pub(crate) fn enumerated(&self, path: &[String]) -> &[String] {
        self.tables.get(path).map_or(&[], |table| table.enumerated.as_slice())
    }

    /// The columns of a table declared so that only letters of ASCII are letters.
    pub(crate) fn plain_letters(&self, path: &[String]) -> &[String] {
        self.tables.get(path).map_or(&[], |table| table.plain_letters.as_slice())
    }

    /// Sets of columns, each of which tells the rows of a table apart.
    pub(crate) fn keys(&self, path: &[String]) -> &[Vec<String>] {
        self.tables.get(path).map_or(&[], |table| table.keys.as_slice())
    }

    /// The columns of a table whose type says that they, or the elements of an array, may be NULL;
    /// nothing for no table of the catalog.
    pub(crate) fn nullable(&self, path: &[String]) -> Option<&[String]> {
        self.tables.get(path).map(|table| table.nullable.as_slice())
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

/// The schema of a table that is named without one.
pub(crate) fn default_schema(dialect: Dialect) -> &'static str {
    dialects::traits(dialect).default_schema.unwrap_or("public")
}

/// The key of a table without another one whose rows may not repeat: all of its columns, of which some may be
/// NULL. No column has that name.
pub(crate) const ALL_COLUMNS: &str = "*";

/// The word between a type and the format of its column, with the quote behind it.
pub(crate) const FORMAT: &str = " FORMAT '";

/// The core type of a dialect's spelling; [`Type::Other`] where it is not known.
pub fn core_type(settings: &SourceSettings, text: &str) -> Type {
    own_type(settings, text).core()
}

/// The same, where types that the binder alone tells apart are not one.
fn own_type(settings: &SourceSettings, text: &str) -> Type {
    let text = text.split_once(FORMAT).map_or(text, |(data_type, _)| data_type);
    let text = match dialects::collations::read(settings, text) {
        Ok(text) => text,
        Err(collated) => return collated,
    };
    match dialects::spec(settings.dialect()) {
        None => Type::parse(text),
        Some(spec) => match spec.types.find(text, settings) {
            Some(known) => known,
            // It has no length, unlike `character`.
            None if text.trim().eq_ignore_ascii_case("bpchar") => Type::Other("bpchar".to_owned()),
            None if spec.is_core() => Type::parse(text),
            None => Type::Other(text.trim().to_ascii_lowercase()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::catalog::CatalogColumn;

    fn table(schema: Option<&str>, name: &str, ty: &str) -> CatalogTable {
        let column =
            CatalogColumn { name: "A".to_owned(), data_type: ty.to_owned(), nullable: true };
        let schema = schema.map(str::to_owned);
        CatalogTable {
            database: None,
            schema,
            name: name.to_owned(),
            columns: vec![column],
            keys: Vec::new(),
        }
    }

    #[test]
    fn a_schema_can_be_left_out_where_it_is_clear_which() {
        let tables = [
            table(Some("SALES"), "T", "NUMBER(4,0)"),
            table(Some("SALES"), "U", "NUMBER(4,0)"),
            table(Some("PUBLIC"), "U", "FLOAT"),
            table(Some("SALES"), "V", "FLOAT"),
            table(Some("STAGE"), "V", "NUMBER(4,0)"),
        ];
        let catalog = Catalog::of(Dialect::Snowflake, &tables);
        let find = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|&part| part.to_owned()).collect();
            catalog.find(&path).map(|columns| columns[0].ty.clone())
        };
        let stored: Vec<&Vec<String>> = catalog.tables.keys().collect();
        assert_eq!(stored.len(), 7, "{stored:?}");
        let own = |name: &str| stored_name(name);
        assert_eq!(find(&[&own("T")]), find(&[&own("SALES"), &own("T")]));
        assert_eq!(find(&[&own("U")]), Some(Type::Float8));
        assert_eq!(find(&[&own("V")]), None);
    }

    #[test]
    fn tables_of_two_databases_are_not_one() {
        let within = |database: &str, schema: Option<&str>, name: &str| CatalogTable {
            database: Some(database.to_owned()),
            ..table(schema, name, "FLOAT")
        };
        let tables = [
            within("A", Some("S"), "T"),
            within("B", Some("S"), "T"),
            within("A", Some("S"), "U"),
            within("A", None, "V"),
            within("B", Some("PUBLIC"), "V"),
        ];
        let catalog = Catalog::of(Dialect::Snowflake, &tables);
        let owned = |path: [&str; 2]| path.map(str::to_owned);
        for (path, found) in [(["s", "t"], false), (["s", "u"], true), (["public", "v"], false)] {
            assert_eq!(catalog.find(&owned(path)).is_some(), found, "{path:?}");
            assert_eq!(catalog.find(&owned(path)[1..]).is_some(), found, "{path:?}");
        }
        assert_eq!(catalog.databases(&owned(["s", "t"])).collect::<Vec<_>>(), ["a", "b"]);
        assert!(catalog.has_database("b") && !catalog.has_database("c"));
    }

    fn stored_name(name: &str) -> String {
        stored(name, true, dialects::traits(Dialect::Snowflake).names)
    }
}
