//! Which output columns pass a column of a table on as it is, where the text alone tells it.
//!
//! It is told of the outermost SELECT only, and only where no catalog is needed: of a column that
//! names its table or alias, and of a bare one where FROM has a single table and nothing else that
//! could have such a column. Everything else has no origin: columns of subqueries, of CTEs, of set
//! operations, of tables whose columns an alias renames.

use crate::dialects::{Names, Traits, fold};
use model::ColumnOrigin;
use sqlparser::ast::{
    Expr, Ident, ObjectName, Query, Select, SelectItem, SetExpr, Statement, TableFactor,
};
use std::collections::BTreeSet;

/// The origins of the output columns that stand before the first `*`; `ctes` are the names that WITH
/// gives anywhere in the statement.
pub(super) fn of(
    statement: &Statement,
    ctes: &BTreeSet<String>,
    traits: &Traits,
) -> Vec<Option<ColumnOrigin>> {
    let Statement::Query(query) = statement else { return Vec::new() };
    let Some(select) = outermost(query) else { return Vec::new() };
    let names = traits.names;
    let scope = Scope::of(select, ctes, traits);
    let mut aliases = BTreeSet::new();
    let mut origins = Vec::new();
    for item in &select.projection {
        match item {
            SelectItem::UnnamedExpr(expr) => origins.push(scope.origin(expr, &aliases)),
            SelectItem::ExprWithAlias { expr, alias } => {
                origins.push(scope.origin(expr, &aliases));
                aliases.insert(fold(alias, names));
            }
            _ => break,
        }
    }
    // A list without a single origin says no more than an empty one.
    if origins.iter().all(Option::is_none) { Vec::new() } else { origins }
}

pub(super) fn outermost(query: &Query) -> Option<&Select> {
    match &*query.body {
        SetExpr::Select(select) => Some(select),
        SetExpr::Query(query) => outermost(query),
        _ => None,
    }
}

/// A relation of FROM.
pub(super) struct Relation {
    /// The name that columns are qualified by.
    seen_as: String,
    /// The parts of its table's name; absent where it is no plain table.
    pub(super) table: Option<Vec<String>>,
    has_alias: bool,
}

struct Scope {
    relations: Vec<Relation>,
    /// Does FROM hold something whose columns are not seen at all?
    has_more: bool,
    names: Names,
    /// Functions that stand without parentheses, as columns do.
    bare_calls: &'static [&'static str],
}

impl Scope {
    fn of(select: &Select, ctes: &BTreeSet<String>, traits: &Traits) -> Self {
        let (names, bare_calls) = (traits.names, traits.bare_calls);
        let has_more = !select.lateral_views.is_empty();
        let mut scope = Self { relations: Vec::new(), has_more, names, bare_calls };
        for from in &select.from {
            let joined = from.joins.iter().map(|join| &join.relation);
            for factor in std::iter::once(&from.relation).chain(joined) {
                match relation(factor, ctes, names) {
                    Some(relation) => scope.relations.push(relation),
                    None => scope.has_more = true,
                }
            }
        }
        // `FROM t, t.items` walks through an array of `t` in some dialects.
        let seen: Vec<String> = scope.relations.iter().map(|r| r.seen_as.clone()).collect();
        for relation in &mut scope.relations {
            if let Some([first, _, ..]) = relation.table.as_deref()
                && seen.contains(first)
            {
                relation.table = None;
            }
        }
        scope
    }

    fn origin(&self, expr: &Expr, aliases: &BTreeSet<String>) -> Option<ColumnOrigin> {
        match expr {
            Expr::Identifier(column) => {
                let [only] = &self.relations[..] else { return None };
                let column = fold(column, self.names);
                // An alias before it may be meant, the whole row of the table, or a function.
                let sure = !self.has_more
                    && !aliases.contains(&column)
                    && column != only.seen_as
                    && !self.bare_calls.contains(&column.as_str());
                let table = only.table.as_ref().filter(|_| sure)?;
                Some(ColumnOrigin { table: table.join("."), column })
            }
            Expr::CompoundIdentifier(path) => self.qualified(path),
            _ => None,
        }
    }

    fn qualified(&self, path: &[Ident]) -> Option<ColumnOrigin> {
        let path: Vec<String> = path.iter().map(|part| fold(part, self.names)).collect();
        let (column, qualifier) = path.split_last()?;
        let mut named = self.relations.iter().filter(|relation| match qualifier {
            [name] => relation.seen_as == *name,
            whole => !relation.has_alias && relation.table.as_deref() == Some(whole),
        });
        let (relation, other) = (named.next()?, named.next());
        let table = relation.table.as_ref().filter(|_| other.is_none())?;
        Some(ColumnOrigin { table: table.join("."), column: column.clone() })
    }
}

/// The relation of a factor; nothing where the names of its columns are hidden with it.
pub(super) fn relation(
    factor: &TableFactor,
    ctes: &BTreeSet<String>,
    names: Names,
) -> Option<Relation> {
    match factor {
        TableFactor::Table { name, alias, args: None, json_path: None, .. } => {
            let path = path(name, names)?;
            let alias = alias.as_ref();
            let seen_as = alias.map(|alias| fold(&alias.name, names)).or(path.last().cloned())?;
            let is_cte = matches!(&path[..], [name] if ctes.contains(name));
            let renamed = alias.is_some_and(|a| !a.columns.is_empty() || a.at.is_some());
            let table = (!is_cte && !renamed).then_some(path);
            Some(Relation { seen_as, table, has_alias: alias.is_some() })
        }
        TableFactor::Derived { alias: Some(alias), .. } => {
            let seen_as = fold(&alias.name, names);
            Some(Relation { seen_as, table: None, has_alias: true })
        }
        _ => None,
    }
}

fn path(name: &ObjectName, names: Names) -> Option<Vec<String>> {
    name.0.iter().map(|part| Some(fold(part.as_ident()?, names))).collect()
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::Dialect;

    fn origins_in(dialect: Dialect, text: &str) -> Vec<String> {
        let facts = parse(text, dialect).unwrap().facts();
        let shown = |origin: Option<model::ColumnOrigin>| {
            origin.map_or("-".to_owned(), |o| format!("{}:{}", o.table, o.column))
        };
        facts.origins.into_iter().map(shown).collect()
    }

    fn origins(text: &str) -> Vec<String> {
        origins_in(Dialect::Postgres, text)
    }

    #[test]
    fn columns_of_a_single_table() {
        assert_eq!(origins("SELECT a, B AS x, a + 1 FROM S.T"), ["s.t:a", "s.t:b", "-"]);
        assert_eq!(origins("SELECT \"A\" FROM t LIMIT 3"), ["t:A"]);
        assert_eq!(origins("(SELECT a FROM t) ORDER BY 1"), ["t:a"]);
        assert_eq!(origins("SELECT a FROM t WHERE a IN (SELECT b FROM u)"), ["t:a"]);
    }

    #[test]
    fn a_qualified_column_is_of_what_it_names() {
        assert_eq!(
            origins("SELECT o.a, c.b, s.u.d, d FROM s.t AS o JOIN c ON true LEFT JOIN s.u ON true"),
            ["s.t:a", "c:b", "s.u:d", "-"]
        );
        // The alias hides the name.
        assert!(origins("SELECT t.a, s.t.a FROM s.t AS o").is_empty());
        // Twice the same name is no name.
        assert!(origins("SELECT t.a FROM s.t, r.t").is_empty());
        assert_eq!(origins("SELECT s.t.a FROM s.t, r.t"), ["s.t:a"]);
    }

    #[test]
    fn nothing_is_said_where_the_text_does_not_tell() {
        for text in [
            "SELECT a FROM t, u",
            "SELECT a FROM t, LATERAL unnest(t.b) AS u(a)",
            "WITH t AS (SELECT 1 AS a) SELECT a, t.a FROM t",
            "SELECT a FROM (SELECT a FROM t) d",
            "SELECT d.a FROM (SELECT a FROM t) d",
            "SELECT a FROM t UNION ALL SELECT a FROM t",
            "SELECT x FROM t AS t(x)",
            "SELECT t FROM t",
            "SELECT *, a FROM t",
            "SELECT a",
            "VALUES (1)",
            "DELETE FROM t RETURNING a",
        ] {
            assert!(origins(text).is_empty(), "{text}: {:?}", origins(text));
        }
        assert_eq!(origins("SELECT a, t.*, b FROM t"), ["t:a"]);
    }

    #[test]
    fn an_alias_or_an_array_that_may_be_meant_hides_the_column() {
        let text = "SELECT a, a + 1 AS b, b FROM t";
        assert_eq!(origins_in(Dialect::Snowflake, text), ["t:a", "-", "-"]);
        assert!(origins_in(Dialect::BigQuery, "SELECT items.a FROM t, t.items").is_empty());
        assert_eq!(origins_in(Dialect::Snowflake, "SELECT T.A FROM \"T\""), ["t:a"]);
        assert_eq!(
            origins_in(Dialect::Oracle, "SELECT a, SYSDATE, rownum FROM t"),
            ["t:a", "-", "-"]
        );
    }
}
