//! Names of tables, of up to three parts: `database.schema.table`.
//!
//! The target is one database, which has the tables of the catalog by schema and name: the database is
//! left out where the catalog says that it is the only one with such a table.

use super::{Binder, Bound, Span, codes};
use crate::catalog::default_schema;
use model::Diagnostic;
use sqlparser::ast::ObjectName;

/// What a name of three parts means in the catalog.
enum Database {
    /// Its table, and no other has this schema and name.
    Only([String; 2]),
    /// Its table; another database has one of this schema and name.
    Several(String),
    /// The catalog has a table of this schema and name, and does not say in which database.
    Unsaid(String),
    /// None of its tables.
    Unknown,
}

impl Binder<'_> {
    /// The path of a table of the catalog, or of one that must be there.
    pub(super) fn table_path(&mut self, name: &ObjectName, span: Span) -> Bound<Vec<String>> {
        let parts = self.name_parts(name, span)?;
        match self.database(&parts) {
            None => Ok(self.without_default_schema(parts)),
            Some(found) => self.in_database(found, parts, span),
        }
    }

    /// A name that need not be in the catalog.
    pub(super) fn new_path(&mut self, name: &ObjectName, span: Span) -> Bound<Vec<String>> {
        let mut parts = self.name_parts(name, span)?;
        match self.database(&parts) {
            None => {
                // A schema that the catalog leaves out.
                if let [schema, _] = parts.as_slice()
                    && self.spec.traits().default_schema == Some(schema.as_str())
                    && !self.catalog.has_schema(schema)
                {
                    parts.remove(0);
                }
                Ok(parts)
            }
            Some(Database::Unknown) => {
                if let [database, ..] = parts.as_slice()
                    && self.catalog.has_database(database)
                {
                    self.database_left_out(database, span);
                    Ok(parts.split_off(1))
                } else {
                    let database = parts.first().map(String::as_str).unwrap_or_default();
                    let message = format!("the catalog has no table of the database `{database}`");
                    let hint = "the target is one database: give the tables of the others, too";
                    Err(Diagnostic::error(codes::UNKNOWN_TABLE, message, Some(span))
                        .with_hint(hint))
                }
            }
            Some(found) => self.in_database(found, parts, span),
        }
    }

    /// The path that columns are called by (`schema.table.column`); nothing where no table of the
    /// catalog has it.
    pub(super) fn qualifier(&self, parts: &[String]) -> Option<Vec<String>> {
        match self.database(parts) {
            None if parts.len() < 3 => Some(self.without_default_schema(parts.to_vec())),
            Some(Database::Only(path)) => Some(self.without_default_schema(path.to_vec())),
            _ => None,
        }
    }

    fn name_parts(&self, name: &ObjectName, span: Span) -> Bound<Vec<String>> {
        let parts: Option<Vec<String>> =
            name.0.iter().map(|part| part.as_ident().map(|ident| self.fold(ident))).collect();
        match parts {
            Some(parts) if (1..=3).contains(&parts.len()) => Ok(parts),
            _ => self.unsupported("a table name of this form", span),
        }
    }

    /// What the catalog says of the database in a name of three parts; nothing of another name.
    fn database(&self, parts: &[String]) -> Option<Database> {
        let [database, schema, table] = parts else { return None };
        // `db..t` has the table of the default schema.
        let schema = if schema.is_empty() {
            default_schema(self.parsed.dialect).to_owned()
        } else {
            schema.clone()
        };
        let path = [schema, table.clone()];
        let mut found = None;
        let mut others = Vec::new();
        for one in self.catalog.databases(&path) {
            if one == database {
                found = Some(());
            } else {
                others.push(one);
            }
        }
        Some(match (found, others.as_slice()) {
            (Some(()), []) => Database::Only(path),
            (Some(()), [other, ..]) => Database::Several((*other).to_owned()),
            (None, [""]) => Database::Unsaid(path.join(".")),
            (None, _) => Database::Unknown,
        })
    }

    fn in_database(
        &mut self,
        found: Database,
        parts: Vec<String>,
        span: Span,
    ) -> Bound<Vec<String>> {
        let whole = parts.join(".");
        let mut parts = parts.into_iter();
        let database = parts.next().unwrap_or_default();
        match found {
            Database::Only(path) => {
                self.database_left_out(&database, span);
                Ok(self.without_default_schema(path.to_vec()))
            }
            Database::Several(other) => {
                let rest: Vec<String> = parts.collect();
                let rest = rest.join(".");
                let other = if other.is_empty() { String::new() } else { format!("{other}.") };
                self.unsupported(
                    &format!("`{whole}` beside `{other}{rest}`, which would be one table,"),
                    span,
                )
            }
            Database::Unsaid(path) => {
                let hint = format!(
                    "the catalog has `{path}` and does not say in which database: give its \
                     `database`, in a list of tables, or its full name, in CREATE TABLE"
                );
                not_in_catalog(&whole, &hint, span)
            }
            Database::Unknown => not_in_catalog(&whole, &self.similar_table(&whole), span),
        }
    }

    fn database_left_out(&mut self, database: &str, span: Span) {
        let note = format!(
            "the database `{database}` is left out: the target has the table by its schema and name"
        );
        self.notes.push(Diagnostic::note(codes::LEFT_OUT, note, Some(span)));
    }

    /// Without a schema that the catalog leaves out.
    fn without_default_schema(&self, mut path: Vec<String>) -> Vec<String> {
        if let [schema, table] = path.as_slice()
            && self.spec.traits().default_schema == Some(schema.as_str())
            && self.catalog.find(&path).is_none()
            && self.catalog.find(std::slice::from_ref(table)).is_some()
        {
            path.remove(0);
        }
        path
    }

    /// Refuses a table that the catalog lacks.
    pub(super) fn unknown_table<T>(&self, path: &[String], span: Span) -> Bound<T> {
        let hint = match path {
            [schema, table]
                if self.catalog.databases(&[schema.clone(), table.clone()]).count() > 1 =>
            {
                "several databases of the catalog have it: say which".to_owned()
            }
            _ => self.similar_table(&path.join(".")),
        };
        not_in_catalog(&path.join("."), &hint, span)
    }

    /// A hint at a table that is called alike.
    fn similar_table(&self, name: &str) -> String {
        let last = name.rsplit('.').next().unwrap_or(name).to_owned();
        match self.catalog.similar(&[last]) {
            Some(name) => format!("the catalog has `{name}`"),
            None => "give its columns in the catalog".to_owned(),
        }
    }
}

fn not_in_catalog<T>(name: &str, hint: &str, span: Span) -> Bound<T> {
    let message = format!("needs types of the columns of `{name}`, which is not in the catalog");
    Err(Diagnostic::error(codes::UNKNOWN_TABLE, message, Some(span)).with_hint(hint))
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse, tables_of_ddl, tree};
    use model::Dialect;

    /// The path of the table that a query reads, and the notes; or why it is refused.
    fn read(dialect: Dialect, ddl: &str, text: &str) -> Result<(String, Vec<String>), String> {
        let settings = SourceSettings::of(dialect);
        let catalog = Catalog::under(&settings, &tables_of_ddl(ddl, dialect).unwrap());
        let parsed = parse(text, dialect).map_err(|d| d.message)?;
        let bound = parsed
            .bind_under(&catalog, &[], &settings)
            .map_err(|d| format!("{} ({})", d.message, d.hint.unwrap_or_default()))?;
        let path = match bound.statement {
            tree::Statement::Query(query) => match query.body {
                tree::Body::Select(select) => match select.from {
                    Some(tree::Relation::Table { path, .. }) => path,
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            },
            tree::Statement::Drop(drop) => drop.path,
            tree::Statement::Insert(insert) => insert.target.path,
            other => panic!("{other:?}"),
        };
        Ok((path.join("."), bound.notes.into_iter().map(|note| note.message).collect()))
    }

    #[test]
    fn the_database_is_left_out_where_the_catalog_has_it() {
        for (dialect, ddl, text, expected) in [
            (
                Dialect::BigQuery,
                "CREATE TABLE `p-1.ds.u` (id INT64)",
                ["`p-1.ds.u`", "`p-1`.ds.u", "p-1.ds.u", "`p-1`.`ds`.`u`", "ds.u"].as_slice(),
                "ds.u",
            ),
            (
                Dialect::Snowflake,
                "CREATE TABLE db.public.u (id INT)",
                &["db.public.u", "DB.PUBLIC.U", "\"DB\".public.u", "db..u", "public.u"],
                "public.u",
            ),
            (
                Dialect::TSql,
                "CREATE TABLE [Sales].dbo.u (id INT)",
                &["Sales.dbo.u", "[sales].[dbo].[u]", "sales..u", "dbo.u"],
                "dbo.u",
            ),
            (Dialect::TSql, "CREATE TABLE s.x.u (id INT)", &["s.x.u", "x.u"], "x.u"),
            (Dialect::Trino, "CREATE TABLE hive.x.u (id INT)", &["hive.x.u", "x.u"], "x.u"),
            (Dialect::Spark, "CREATE TABLE main.x.u (id INT)", &["main.x.u", "x.u"], "x.u"),
            (Dialect::Redshift, "CREATE TABLE dev.x.u (id INT)", &["dev.x.u", "x.u"], "x.u"),
            (Dialect::Postgres, "CREATE TABLE dev.x.u (id INT)", &["dev.x.u", "x.u"], "x.u"),
        ] {
            for name in text {
                let text = format!("SELECT id FROM {name}");
                let (path, notes) = read(dialect, ddl, &text).unwrap();
                assert_eq!(path, expected, "{text}");
                let three = name.matches('.').count() == 2;
                assert_eq!(notes.len(), usize::from(three), "{text}: {notes:?}");
            }
        }
        let ddl = "CREATE TABLE `p.ds.u` (id INT64)";
        for text in ["DROP TABLE p.ds.u", "INSERT INTO `p.ds.u` (id) VALUES (1)"] {
            assert_eq!(read(Dialect::BigQuery, ddl, text).unwrap().0, "ds.u", "{text}");
        }
        let (path, _) = read(Dialect::BigQuery, ddl, "DROP TABLE p.ds.other").unwrap();
        assert_eq!(path, "ds.other");
    }

    #[test]
    fn another_database_is_another_table() {
        let one = "CREATE TABLE a.s.t (id INT)";
        let two = "CREATE TABLE a.s.t (id INT); CREATE TABLE b.s.t (id FLOAT)";
        for (ddl, text, why) in [
            (one, "SELECT id FROM b.s.t", "not in the catalog"),
            (two, "SELECT id FROM a.s.t", "beside `b.s.t`"),
            (two, "SELECT id FROM s.t", "several databases"),
            (two, "SELECT id FROM t", "not in the catalog"),
            ("CREATE TABLE s.t (id INT)", "SELECT id FROM a.s.t", "does not say in which database"),
            (one, "SELECT id FROM c.a.s.t", "a table name of this form"),
            (one, "DROP TABLE b.s.t", "no table of the database `b`"),
            (two, "DROP TABLE b.s.t", "beside `a.s.t`"),
        ] {
            let refused = read(Dialect::Snowflake, ddl, text).unwrap_err();
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    #[test]
    fn columns_are_called_by_their_very_table() {
        let ddl = "CREATE TABLE db.s.t (id INT, a INT); CREATE TABLE db.r.t (id INT, b INT); \
                   CREATE TABLE db.s.u (id INT)";
        let read = |text: &str| read(Dialect::Snowflake, ddl, text);
        for text in
            ["SELECT s.t.a FROM s.t", "SELECT db.s.t.a FROM s.t", "SELECT s.t.* FROM db.s.t"]
        {
            assert_eq!(read(text).unwrap().0, "s.t", "{text}");
        }
        for text in [
            "SELECT r.t.id FROM s.t",
            "SELECT other.s.t.id FROM s.t",
            "SELECT s.t.id FROM s.u AS t",
            "SELECT r.t.* FROM s.t",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        // The table of the query around it, not the one of the same name.
        let refused = read("SELECT 1 FROM s.u WHERE EXISTS (SELECT 1 FROM r.t WHERE s.t.id = 1)");
        assert!(refused.unwrap_err().contains("in no table"));
    }
}
