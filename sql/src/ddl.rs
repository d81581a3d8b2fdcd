//! A catalog out of `CREATE TABLE` statements.

mod loose;

use crate::{
    catalog::{ALL_COLUMNS, FORMAT},
    dialects::{self, Names, collations},
    location::LineIndex,
    parse::{self, UNPARSABLE},
    settings::SourceSettings,
};
use model::{
    Diagnostic, Dialect,
    catalog::{CatalogColumn, CatalogTable},
};
use sqlparser::ast::{
    ColumnDef, ColumnOption, ColumnOptionDef, CreateTable, CreateTableOptions, Expr, Ident,
    SqlOption, Statement, TableConstraint,
};

/// The tables that `CREATE TABLE` statements define; other statements are passed over.
///
/// Types stay as the dialect spells them, those that the parser does not know too; names are as the
/// engine would store them.
///
/// # Errors
/// The place where the text stops making sense, or a text without a `CREATE TABLE`. Never panics.
pub fn tables_of_ddl(text: &str, dialect: Dialect) -> Result<Vec<CatalogTable>, Diagnostic> {
    let settings = SourceSettings::of(dialect);
    let names = dialects::traits(dialect).names;
    // What ClickHouse calls a primary key is how its rows are sorted.
    let has_keys = dialect != Dialect::ClickHouse;
    let sets = dialects::traits(dialect).writing.tables_are_sets;
    let mut tables: Vec<CatalogTable> =
        match parse::statements(text, &settings, &LineIndex::new(text)) {
            Ok(statements) => statements
                .iter()
                .filter_map(|statement| match statement {
                    Statement::CreateTable(table) if !table.columns.is_empty() => {
                        let mut made = table_of(table, names);
                        // MULTISET was read as TRANSIENT.
                        if sets && !table.transient && !has_key(table) {
                            made.keys.push(vec![ALL_COLUMNS.to_owned()]);
                        }
                        Some(made)
                    }
                    _ => None,
                })
                .collect(),
            Err(diagnostic) => vec![loose::table(text, &settings).ok_or(diagnostic)?],
        };
    if let [table] = tables.as_mut_slice()
        && sets
        && text.to_ascii_uppercase().contains("FORMAT")
        && let Some(loose) = loose::table(text, &settings)
    {
        // A statement does without the formats of its columns; those who read the table mind them.
        for column in &mut table.columns {
            let said = loose.columns.iter().find(|one| one.name == column.name);
            if let Some(said) = said.filter(|one| one.data_type.contains(FORMAT)) {
                column.data_type.clone_from(&said.data_type);
            }
        }
    }
    if !has_keys {
        for table in &mut tables {
            table.keys.clear();
        }
    }
    if tables.is_empty() {
        return Err(Diagnostic::error(
            UNPARSABLE,
            "the text holds no CREATE TABLE with columns",
            None,
        ));
    }
    Ok(tables)
}

fn table_of(table: &CreateTable, names: Names) -> CatalogTable {
    let path: Vec<String> =
        table.name.0.iter().filter_map(|part| part.as_ident()).map(|n| stored(n, names)).collect();
    let mut parts = path.into_iter().rev();
    let name = parts.next().unwrap_or_default();
    // `db..t` leaves the schema out.
    let mut part = || parts.next().filter(|part| !part.is_empty());
    let (schema, database) = (part(), part());
    let of_table = collation_of(table);
    // ClickHouse has columns that `*` and INSERT pass over.
    let seen = table.columns.iter().filter(|column| {
        !column.options.iter().any(|option| {
            matches!(
                option.option,
                ColumnOption::Materialized(_) | ColumnOption::Ephemeral(_) | ColumnOption::Alias(_)
            )
        })
    });
    let columns = seen.map(|column| {
        let not_null = column.options.iter().any(|option| {
            matches!(option.option, ColumnOption::NotNull | ColumnOption::PrimaryKey(_))
        });
        CatalogColumn {
            name: stored(&column.name, names),
            data_type: data_type(column, of_table.as_deref()),
            nullable: !not_null,
        }
    });
    CatalogTable { database, schema, name, columns: columns.collect(), keys: keys_of(table, names) }
}

/// Has a table a key, whether its columns may be NULL or not?
pub(crate) fn has_key(table: &CreateTable) -> bool {
    let of_column = |option: &ColumnOptionDef| {
        matches!(option.option, ColumnOption::Unique(_) | ColumnOption::PrimaryKey(_))
    };
    let of_table = |one: &TableConstraint| {
        matches!(one, TableConstraint::Unique(_) | TableConstraint::PrimaryKey(_))
    };
    table.constraints.iter().any(of_table)
        || table.columns.iter().flat_map(|column| &column.options).any(of_column)
}

/// Primary keys, and what is unique and NOT NULL.
fn keys_of(table: &CreateTable, names: Names) -> Vec<Vec<String>> {
    let not_null = |name: &Ident| {
        let column = table.columns.iter().find(|column| column.name.value == name.value);
        column.is_some_and(|column| {
            column.options.iter().any(|option| matches!(option.option, ColumnOption::NotNull))
        })
    };
    let of_columns = table.columns.iter().filter(|column| {
        column.options.iter().any(|option| match &option.option {
            ColumnOption::PrimaryKey(_) => true,
            ColumnOption::Unique(_) => not_null(&column.name),
            _ => false,
        })
    });
    let of_table = table.constraints.iter().filter_map(|constraint| {
        let (columns, unique) = match constraint {
            TableConstraint::PrimaryKey(key) => (&key.columns, false),
            TableConstraint::Unique(key) => (&key.columns, true),
            _ => return None,
        };
        let key = columns.iter().map(|column| match &column.column.expr {
            Expr::Identifier(name) if !unique || not_null(name) => Some(stored(name, names)),
            _ => None,
        });
        key.collect::<Option<Vec<String>>>()
    });
    of_columns.map(|column| vec![stored(&column.name, names)]).chain(of_table).collect()
}

/// A type, with the collation that a text has for itself.
fn data_type(column: &ColumnDef, of_table: Option<&str>) -> String {
    let data_type = own_type(&column.data_type.to_string());
    let own = column.options.iter().find_map(|option| match &option.option {
        ColumnOption::Collation(name) => Some(name.to_string()),
        _ => None,
    });
    match own.as_deref().or(of_table) {
        Some(collation) => collations::collated_type(&data_type, collation),
        None => data_type,
    }
}

/// A type whose name stands in quotes (`[int]`, `[decimal](18, 2)`) without them.
fn own_type(spelled: &str) -> String {
    let spelled = spelled.trim();
    let quotes = [('[', ']'), ('"', '"'), ('`', '`')];
    let unquoted = quotes.iter().find_map(|(open, close)| {
        let (name, rest) = spelled.strip_prefix(*open)?.split_once(*close)?;
        (!rest.starts_with('.')).then(|| format!("{name}{rest}"))
    });
    unquoted.unwrap_or_else(|| spelled.to_owned())
}

/// The collation that a table gives its texts.
fn collation_of(table: &CreateTable) -> Option<String> {
    let (CreateTableOptions::With(options)
    | CreateTableOptions::Options(options)
    | CreateTableOptions::Plain(options)
    | CreateTableOptions::TableProperties(options)) = &table.table_options
    else {
        return table.default_ddl_collation.clone();
    };
    let named = options.iter().find_map(|option| match option {
        SqlOption::KeyValue { key, value }
            if key.value.to_ascii_lowercase().ends_with("collate") =>
        {
            Some(value.to_string())
        }
        _ => None,
    });
    named.or_else(|| table.default_ddl_collation.clone())
}

/// A name as the engine stores it.
fn stored(ident: &Ident, names: Names) -> String {
    match names {
        Names::AlwaysLower => ident.value.to_lowercase(),
        _ if ident.quote_style.is_some() => ident.value.clone(),
        Names::FoldLower => ident.value.to_lowercase(),
        Names::FoldUpper => ident.value.to_uppercase(),
        Names::Insensitive | Names::Exact => ident.value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_as_the_engine_stores_them() {
        let text = "CREATE TABLE Shop.Orders (Id NUMBER(38,0) NOT NULL, \"mixed Case\" VARCHAR(10));\n\
                    CREATE VIEW v AS SELECT 1; CREATE TABLE t (a INT PRIMARY KEY)";
        let tables = tables_of_ddl(text, Dialect::Snowflake).unwrap();
        assert_eq!(tables.len(), 2);
        assert_eq!(tables[0].schema.as_deref(), Some("SHOP"));
        assert_eq!(tables[0].name, "ORDERS");
        assert_eq!(tables[0].columns[0].name, "ID");
        assert_eq!(tables[0].columns[0].data_type.replace(' ', ""), "NUMBER(38,0)");
        assert_eq!(tables[0].columns.iter().map(|c| c.nullable).collect::<Vec<_>>(), [false, true]);
        assert_eq!(tables[0].columns[1].name, "mixed Case");
        assert!(!tables[1].columns[0].nullable);
    }

    #[test]
    fn keys_are_what_tells_rows_apart() {
        let keys = |text: &str, dialect| tables_of_ddl(text, dialect).unwrap().remove(0).keys;
        for (text, expected) in [
            ("CREATE TABLE t (A int PRIMARY KEY, b int UNIQUE)", vec![vec!["a"]]),
            ("CREATE TABLE t (a int, b int NOT NULL UNIQUE)", vec![vec!["b"]]),
            ("CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))", vec![vec!["a", "b"]]),
            ("CREATE TABLE t (a int NOT NULL, b int, UNIQUE (a, b))", vec![]),
            ("CREATE TABLE t (a int NOT NULL, UNIQUE (a))", vec![vec!["a"]]),
        ] {
            assert_eq!(keys(text, Dialect::Postgres), expected, "{text}");
        }
        let sorted = "CREATE TABLE t (a Int32) ENGINE = MergeTree PRIMARY KEY (a)";
        assert!(keys(sorted, Dialect::ClickHouse).is_empty());
    }

    #[test]
    fn faults_have_a_place() {
        let error = tables_of_ddl("CREATE TABLE t (a int,, b int)", Dialect::Postgres).unwrap_err();
        assert!(error.span.is_some(), "{error:?}");
        assert!(tables_of_ddl("SELECT 1", Dialect::Postgres).is_err());
        assert!(tables_of_ddl("", Dialect::Postgres).is_err());
    }
}
