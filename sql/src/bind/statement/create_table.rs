//! `CREATE TABLE`, with columns or from a query, and `SELECT … INTO`.

mod keys;
mod options;

use super::create_view::existing;
use crate::{
    bind::{
        Binder, Bound, Span, codes,
        scope::{Scope, ScopeRelation},
    },
    dialects::{Narrow, declared},
    tree::{Column, ColumnDefinition, Constraint, CreateTable, Existing, Expr, Query, Statement},
    types::Type,
};
use sqlparser::ast::{self, ColumnOption, DataType, GeneratedAs, SetExpr};

impl Binder<'_> {
    pub(super) fn create_table(&mut self, table: &ast::CreateTable) -> Bound<Statement> {
        let span = self.span(&table.name);
        self.table_options(table, span)?;
        if table.or_replace && table.if_not_exists {
            return self.unsupported("OR REPLACE with IF NOT EXISTS", span);
        }
        let path = self.new_path(&table.name, span)?;
        let existing = existing(table.or_replace, table.if_not_exists);
        let temporary = table.temporary || table.volatile || self.is_of_session(&path, span)?;
        if let Some(query) = &table.query {
            let distinct = self.distinct_rows(table, query)?;
            let query = self.query(distinct.as_ref().unwrap_or(query))?;
            let columns = self.columns_as(&query, &table.columns, span)?;
            if !table.constraints.is_empty() {
                return self.unsupported("constraints of a table made from a query", span);
            }
            return Ok(made(path, existing, temporary, columns, query, span));
        }
        if table.columns.is_empty() {
            return self.unsupported("a table without columns", span);
        }
        let mut columns = Vec::with_capacity(table.columns.len());
        let mut constraints = Vec::new();
        for column in &table.columns {
            columns.push(self.column_definition(column, &mut constraints)?);
        }
        let plain: Vec<Column> = columns
            .iter()
            .map(|column| Column { name: column.name.clone(), ty: column.ty.clone() })
            .collect();
        self.columns_of_a_table(&plain, span)?;
        let name = path.last().cloned().unwrap_or_default();
        let scope = Scope { relations: vec![ScopeRelation::new(name, plain)], ..Scope::default() };
        let constraints = self.constraints(table, &mut columns, constraints, scope, span)?;
        let table =
            CreateTable { path, existing, temporary, columns, constraints, query: None, span };
        Ok(Statement::CreateTable(Box::new(table)))
    }

    /// The query of a table whose rows may not repeat, without doubles; nothing where they may.
    fn distinct_rows(
        &mut self,
        table: &ast::CreateTable,
        query: &ast::Query,
    ) -> Bound<Option<ast::Query>> {
        if !self.spec.traits().writing.tables_are_sets || table.transient {
            return Ok(None);
        }
        // In a session of mode ANSI it depends on a word that is not known any more.
        if self.settings.is("collation", "binary") {
            return self.unsupported("a table whose rows may not repeat", self.place);
        }
        let template = "SELECT DISTINCT * FROM (SELECT 1) AS set_rows";
        let parsed = sqlparser::parser::Parser::new(&sqlparser::dialect::PostgreSqlDialect {})
            .try_with_sql(template)
            .and_then(|mut parser| parser.parse_query());
        let Ok(mut distinct) = parsed else {
            return self.unsupported("a table whose rows may not repeat", self.place);
        };
        if let SetExpr::Select(select) = &mut *distinct.body
            && let Some(from) = select.from.first_mut()
            && let ast::TableFactor::Derived { subquery, .. } = &mut from.relation
        {
            query.clone_into(subquery);
        }
        Ok(Some(*distinct))
    }

    /// Is it a table of the session by its name? It lives on under that name.
    ///
    /// Source: <https://learn.microsoft.com/en-us/sql/t-sql/statements/create-table-transact-sql>
    /// ("Temporary tables"), <https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html>.
    fn is_of_session(&self, path: &[String], span: Span) -> Bound<bool> {
        let name = path.last().map(String::as_str).unwrap_or_default();
        if !self.spec.traits().writing.hash_is_temporary || !name.starts_with('#') {
            return Ok(false);
        }
        if self.parsed.dialect == model::Dialect::TSql && name.starts_with("##") {
            return self.unsupported("a temporary table that all sessions see", span);
        }
        Ok(true)
    }

    /// `SELECT … INTO t FROM …`
    pub(super) fn select_into(&mut self, query: &ast::Query) -> Bound<Statement> {
        let mut plain = query.clone();
        let SetExpr::Select(select) = &mut *plain.body else {
            return self.unsupported("SELECT INTO here", self.place);
        };
        let Some(into) = select.into.take() else {
            return self.unsupported("SELECT INTO here", self.place);
        };
        let span = self.span(&into.name);
        if !self.spec.traits().select_into {
            return self.unsupported("SELECT INTO", span);
        }
        let path = self.new_path(&into.name, span)?;
        let marked = self.is_of_session(&path, span)?;
        let query = self.query(&plain)?;
        let columns = self.columns_as(&query, &[], span)?;
        let temporary = into.temporary || marked;
        Ok(made(path, Existing::Refused, temporary, columns, query, span))
    }

    /// The columns of a table made from a query, under the names of the list if there is one.
    fn columns_as(
        &mut self,
        query: &Query,
        names: &[ast::ColumnDef],
        span: Span,
    ) -> Bound<Vec<ColumnDefinition>> {
        let mut columns = query.columns.clone();
        if !names.is_empty() {
            if names.len() != columns.len() {
                let what = format!("{} names for {} columns", names.len(), columns.len());
                return self.refuse(codes::UNKNOWN_COLUMN, what, span);
            }
            let bare = |column: &ast::ColumnDef| {
                column.data_type == DataType::Unspecified && column.options.is_empty()
            };
            if !names.iter().all(bare) {
                return self.unsupported("types of the columns of a table made from a query", span);
            }
            for (own, column) in columns.iter_mut().zip(names) {
                own.name = self.fold(&column.name);
            }
        }
        self.columns_of_a_table(&columns, span)?;
        let made = columns.into_iter().map(|column| ColumnDefinition {
            name: column.name,
            // A query says nothing of the limits of its texts that a table would hold.
            limit: None,
            ty: if column.ty.is_text() { Type::Text } else { column.ty },
            not_null: false,
            default: None,
            numbers: None,
            span,
        });
        Ok(made.collect())
    }

    fn column_definition(
        &mut self,
        column: &ast::ColumnDef,
        constraints: &mut Vec<Constraint>,
    ) -> Bound<ColumnDefinition> {
        let span = self.span(column);
        if column.data_type == DataType::Unspecified {
            return self.unsupported("a column without a type", span);
        }
        let ty = self.column_type(&column.data_type, span)?;
        let name = self.fold(&column.name);
        let vendor = column.data_type.to_string().to_ascii_lowercase();
        let mut not_null = self.types_lack_null() && !vendor.contains("nullable(");
        let mut default = None;
        let mut numbers = None;
        for option in &column.options {
            match &option.option {
                ColumnOption::Null => {}
                ColumnOption::NotNull => not_null = true,
                ColumnOption::Default(value) => {
                    if let Some(value) = self.default_value(value, &ty)? {
                        let value = self.narrowed_to(&vendor, &ty, value)?;
                        let value = self.clipped_clock(&vendor, &ty, value)?;
                        self.holds(&vendor, &name, &ty, &value)?;
                        default = Some(value);
                    }
                }
                ColumnOption::PrimaryKey(key) => {
                    self.enforced(key.characteristics.as_ref(), span)?;
                    let columns = vec![name.clone()];
                    constraints.push(Constraint::Key { primary: true, columns, span });
                }
                ColumnOption::Unique(key) => {
                    self.enforced(key.characteristics.as_ref(), span)?;
                    let columns = vec![name.clone()];
                    constraints.push(Constraint::Key { primary: false, columns, span });
                }
                ColumnOption::Comment(_) => self.left_out("a comment", span),
                // Bound with the others, when all columns are known.
                ColumnOption::Check(_) => {}
                ColumnOption::ForeignKey(_) => self.foreign_key(span)?,
                ColumnOption::Options(options) => self.harmless(options, span)?,
                ColumnOption::Identity(kind) => {
                    numbers = Some(self.identity(kind, &ty, span)?);
                    not_null = true;
                }
                ColumnOption::Generated {
                    generated_as: kind @ (GeneratedAs::Always | GeneratedAs::ByDefault),
                    sequence_options: Some(options),
                    generation_expr: None,
                    ..
                } => {
                    let always = *kind == GeneratedAs::Always;
                    numbers = Some(self.generated(always, options, &ty, span)?);
                    not_null = true;
                }
                other => self.column_option(other, span)?,
            }
        }
        let limit = self.text_limit(&ty);
        if numbers.is_some() && default.is_some() {
            return self.unsupported("a default of a column that counts by itself", span);
        }
        Ok(ColumnDefinition { name, ty, not_null, limit, default, numbers, span })
    }

    /// The type of a column. A serial type is an integer with a hidden default.
    ///
    /// A text whose padding no type of the core has is refused.
    fn column_type(&mut self, data_type: &DataType, span: Span) -> Bound<Type> {
        let text = data_type.to_string().to_ascii_lowercase();
        if text.contains("serial") {
            return self.unsupported("a column that counts by itself", span);
        }
        let ty = declared(&text, self.data_type(data_type, span)?);
        match ty {
            ty @ (Type::Unknown | Type::Record | Type::Other(_)) => {
                self.refuse(codes::TYPES, format!("no columns of type `{ty}`"), span)
            }
            ty if !self.spec.traits().writing.narrows
                && self.spec.traits().writing.columns.narrow(&text, &ty)
                    == Some(Narrow::Blanks) =>
            {
                self.refuse(codes::TYPES, format!("no columns of type `{text}`"), span)
            }
            ty => Ok(ty),
        }
    }

    fn default_value(&mut self, value: &ast::Expr, ty: &Type) -> Bound<Option<Expr>> {
        self.scopes.push(Scope::default());
        let bound = self.expr(value).and_then(|value| self.stored(value, ty));
        self.scopes.pop();
        let bound = bound?;
        Ok((!bound.is_null()).then_some(bound))
    }
}

/// A table made from a query.
fn made(
    path: Vec<String>,
    existing: Existing,
    temporary: bool,
    columns: Vec<ColumnDefinition>,
    query: Query,
    span: Span,
) -> Statement {
    let table = CreateTable {
        path,
        existing,
        temporary,
        columns,
        constraints: Vec::new(),
        query: Some(Box::new(query)),
        span,
    };
    Statement::CreateTable(Box::new(table))
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse, tables_of_ddl, tree::Statement};
    use model::Dialect;

    /// A table of the catalog.
    const OTHER: &str = "CREATE TABLE u (a INT)";

    /// The path of the table that is made, and whether it is temporary; or why it is refused.
    fn made(dialect: Dialect, ddl: &str, text: &str) -> Result<(String, bool), String> {
        let settings = SourceSettings::of(dialect);
        let catalog = Catalog::under(&settings, &tables_of_ddl(ddl, dialect).unwrap());
        let parsed = parse(text, dialect).map_err(|refused| refused.message)?;
        let bound = parsed.bind_under(&catalog, &[], &settings).map_err(|d| d.message)?;
        match bound.statement {
            Statement::CreateTable(table) => Ok((table.path.join("."), table.temporary)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_hash_makes_a_table_of_the_session() {
        for (dialect, text, temporary) in [
            (Dialect::TSql, "CREATE TABLE #t (a INT)", true),
            (Dialect::TSql, "CREATE TABLE [#t] (a INT)", true),
            (Dialect::TSql, "SELECT 1 AS a INTO #t", true),
            (Dialect::TSql, "CREATE TABLE t (a INT)", false),
            (Dialect::Redshift, "CREATE TABLE #t (a INT)", true),
            (Dialect::Redshift, "CREATE TABLE #t AS SELECT 1 AS a", true),
            (Dialect::Redshift, "CREATE TABLE t AS SELECT 1 AS a", false),
            (Dialect::Postgres, "CREATE TABLE \"#t\" (a INT)", false),
            (Dialect::Postgres, "SELECT 1 AS a INTO \"#t\"", false),
        ] {
            assert_eq!(made(dialect, OTHER, text).unwrap().1, temporary, "{dialect}: {text}");
        }
        let all = made(Dialect::TSql, OTHER, "CREATE TABLE ##t (a INT)").unwrap_err();
        assert!(all.contains("that all sessions see"), "{all}");
    }

    #[test]
    fn the_default_schema_stays_where_the_catalog_has_it() {
        let text = "CREATE TABLE dbo.t (a INT)";
        for (ddl, path) in [("CREATE TABLE dbo.u (a INT)", "dbo.t"), (OTHER, "t")] {
            assert_eq!(made(Dialect::TSql, ddl, text).unwrap().0, path, "{ddl}");
        }
    }
}
