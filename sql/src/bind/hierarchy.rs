//! `START WITH … CONNECT BY …` over one table: a recursive query of the rows with their levels.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Hierarchical-Queries.html>.
//! WHERE comes after the hierarchy. Rows that are their own ancestors are an error there, or with NOCYCLE are
//! left out; here a hierarchy that does not end is an error.

use super::{Binder, Bound};
use crate::subqueries::has_query;
use sqlparser::{
    ast::{
        self, ConnectByKind, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Select,
        SelectItem, SetExpr, Statement, TableFactor,
    },
    dialect::OracleDialect,
    parser::Parser,
};
use std::ops::ControlFlow;

/// The rows with their levels.
const TREE: &str = "tree_0_";
/// The row above another one.
pub(super) const PRIOR: &str = "prior_0_";
/// The row below another one.
const BELOW: &str = "below_0_";
/// The table of one row, which has no column that counts.
const ONE_ROW: &str = "one_row_0_";
/// So deep no hierarchy is.
const DEEPEST: &str = "10000";

impl Binder<'_> {
    /// The SELECT over a recursive query.
    pub(super) fn hierarchy(&self, select: &Select, span: super::Span) -> Bound<Select> {
        match moved(select, self.spec.traits().one_row_table, None) {
            Some(moved) => Ok(moved),
            None => self.unsupported("CONNECT BY of this form", span),
        }
    }
}

/// The SELECT, with a column that is `carried` beside those that it names.
pub(super) fn moved(
    select: &Select,
    one_row: Option<&str>,
    carried: Option<Carried>,
) -> Option<Select> {
    let [from] = select.from.as_slice() else { return None };
    let (mut condition, mut start) = (None, None);
    for clause in &select.connect_by {
        match clause {
            ConnectByKind::ConnectBy { relationships, nocycle: _, .. } => {
                let [one] = relationships.as_slice() else { return None };
                condition = Some(one.clone());
            }
            ConnectByKind::StartWith { condition, .. } => start = Some(condition),
        }
    }
    let condition = condition?;
    let name = match &from.relation {
        TableFactor::Table { name, alias, args: None, .. } => match alias {
            Some(alias) if alias.columns.is_empty() => alias.name.clone(),
            Some(_) => return None,
            None if one_row == Some(crate::facts::last_name(name).as_str()) => Ident::new(ONE_ROW),
            None => name.0.last()?.as_ident()?.clone(),
        },
        TableFactor::Derived { lateral: false, alias: Some(alias), .. } => alias.name.clone(),
        _ => return None,
    };
    let wild = |item: &SelectItem| {
        matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..))
    };
    if !from.joins.is_empty() || has_query(&condition) || select.projection.iter().any(wild) {
        return None;
    }
    let table = from.relation.to_string();
    let below = Ident::new(if name.value == ONE_ROW { ONE_ROW } else { BELOW });
    let row = row_of(&condition, PRIOR, &name)?;
    let leaf = row_of(&condition, &name.to_string(), &below)?;

    let mut changed = select.clone();
    changed.connect_by.clear();
    let columns = carried.into_iter().collect();
    let mut said = Said { name: &name, columns, leaf: None, fine: true };
    let leaf = format!(
        "CASE WHEN EXISTS (SELECT 1 FROM {} {BELOW} WHERE {leaf}) THEN 0 ELSE 1 END",
        unnamed(&from.relation)?
    );
    said.leaf = Some(expression(&leaf)?);
    for item in &mut changed.projection {
        said.replace(item);
    }
    if let Some(filter) = &mut changed.selection {
        said.replace(filter);
    }
    if !said.fine {
        return None;
    }
    let list = |part: fn(&Carried) -> &String| {
        let columns = said.columns.iter().map(|one| format!("{} AS {}", part(one), one.name));
        std::iter::once(String::new()).chain(columns).collect::<Vec<_>>().join(", ")
    };
    let filter = start.map(|start| format!(" WHERE {start}")).unwrap_or_default();
    let one = name.value == ONE_ROW;
    let (columns, below) = if one {
        (String::new(), format!("WHERE {row}"))
    } else {
        (format!("{name}.*, "), format!("JOIN {table} ON {row}"))
    };
    let query = format!(
        "SELECT 1 FROM (WITH RECURSIVE {TREE} AS (SELECT {columns}1 AS level{} FROM {table}{filter} \
         UNION ALL SELECT {columns}CASE WHEN {PRIOR}.level < {DEEPEST} THEN {PRIOR}.level + 1 \
         ELSE LENGTH(CHR(0 - {PRIOR}.level)) END AS level{} FROM {TREE} {PRIOR} {below}) \
         SELECT * FROM {TREE}) {name}",
        list(|one| &one.first),
        list(|one| &one.next),
    );
    let mut parsed = Parser::parse_sql(&OracleDialect {}, &query).ok()?;
    let Some(Statement::Query(query)) = parsed.pop() else { return None };
    let SetExpr::Select(made) = *query.body else { return None };
    changed.from = made.from;
    Some(changed)
}

/// A column that goes down the hierarchy.
pub(super) struct Carried {
    pub(super) name: String,
    /// Of the first level.
    pub(super) first: String,
    /// Of a row below another one.
    pub(super) next: String,
}

/// What a SELECT says of its hierarchy.
struct Said<'a> {
    name: &'a Ident,
    columns: Vec<Carried>,
    /// Has a row none below it?
    leaf: Option<Expr>,
    fine: bool,
}

impl Said<'_> {
    /// Puts columns in place of what is said of the hierarchy.
    fn replace(&mut self, part: &mut impl ast::VisitMut) {
        let _ = ast::visit_expressions_mut(part, |expr: &mut Expr| {
            if let Some(other) = self.column_of(expr) {
                *expr = other;
            }
            ControlFlow::<()>::Continue(())
        });
    }

    fn column_of(&mut self, expr: &Expr) -> Option<Expr> {
        match expr {
            Expr::Prior(_) => {
                self.fine = false;
                None
            }
            Expr::Prefixed { prefix, value } if is(prefix, "connect_by_root") => {
                let value = value.to_string();
                let name = format!("root_{}_", self.columns.len());
                let next = format!("{PRIOR}.{name}");
                Some(self.carried(Carried { name, first: value, next }))
            }
            Expr::Identifier(name) if is(name, "connect_by_isleaf") => self.leaf.clone(),
            Expr::Identifier(name) if is(name, "connect_by_iscycle") => {
                self.fine = false;
                None
            }
            Expr::Function(call)
                if call.name.to_string().eq_ignore_ascii_case("sys_connect_by_path") =>
            {
                let FunctionArguments::List(list) = &call.args else { return None };
                let args = list.args.iter().map(|arg| match arg {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)) => Some(arg),
                    _ => None,
                });
                let args: Option<Vec<&Expr>> = args.collect();
                let args = args?;
                let [value, between] = args.as_slice() else { return None };
                let value = qualified(value, self.name)?;
                let name = format!("path_{}_", self.columns.len());
                let next = format!("{PRIOR}.{name} || {between} || {value}");
                let first = format!("{between} || {value}");
                Some(self.carried(Carried { name, first, next }))
            }
            _ => None,
        }
    }

    fn carried(&mut self, column: Carried) -> Expr {
        let name = Ident::new(&column.name);
        self.columns.push(column);
        Expr::CompoundIdentifier(vec![self.name.clone(), name])
    }
}

fn is(name: &Ident, word: &str) -> bool {
    name.quote_style.is_none() && name.value.eq_ignore_ascii_case(word)
}

fn expression(text: &str) -> Option<Expr> {
    Parser::new(&OracleDialect {}).try_with_sql(text).ok()?.parse_expr().ok()
}

/// The table without its alias.
fn unnamed(table: &TableFactor) -> Option<String> {
    let mut table = table.clone();
    match &mut table {
        TableFactor::Table { alias, .. } | TableFactor::Derived { alias, .. } => *alias = None,
        _ => return None,
    }
    Some(table.to_string())
}

/// The condition between a row above, called `above`, and a row called `own`.
fn row_of(condition: &Expr, above: &str, own: &Ident) -> Option<String> {
    let mut condition = condition.clone();
    let prior = Ident::new(above);
    let mut fine = true;
    let mut found = false;
    // The columns of the row above are marked until the others are qualified.
    let mark = Ident::with_quote('"', PRIOR);
    let _ = ast::visit_expressions_mut(&mut condition, |expr: &mut Expr| {
        if let Expr::Prior(inner) = expr {
            found = true;
            match column(inner) {
                Some(name) => *expr = Expr::CompoundIdentifier(vec![mark.clone(), name]),
                None => fine = false,
            }
        }
        ControlFlow::<()>::Continue(())
    });
    let _ = ast::visit_expressions_mut(&mut condition, |expr: &mut Expr| {
        let marked = matches!(expr, Expr::CompoundIdentifier(path) if path.first() == Some(&mark));
        match (column(expr), marked) {
            (Some(name), true) => *expr = Expr::CompoundIdentifier(vec![prior.clone(), name]),
            (Some(name), false) if is(&name, "level") => {
                match expression(&format!("({above}.level + 1)")) {
                    Some(level) => *expr = level,
                    None => fine = false,
                }
            }
            (Some(name), false) if is(&name, "rownum") => fine = false,
            (Some(name), false) => *expr = Expr::CompoundIdentifier(vec![own.clone(), name]),
            (None, _) => {}
        }
        ControlFlow::<()>::Continue(())
    });
    // Without a row above, each row would be below each other one.
    (fine && (found || own.value == ONE_ROW)).then(|| condition.to_string())
}

/// An expression over the row called `own`.
fn qualified(expr: &Expr, own: &Ident) -> Option<String> {
    let mut expr = expr.clone();
    let _ = ast::visit_expressions_mut(&mut expr, |expr: &mut Expr| {
        if let Some(name) = column(expr) {
            *expr = Expr::CompoundIdentifier(vec![own.clone(), name]);
        }
        ControlFlow::<()>::Continue(())
    });
    (!has_query(&expr)).then(|| expr.to_string())
}

/// The name of a column.
fn column(expr: &Expr) -> Option<Ident> {
    match expr {
        Expr::Identifier(name) => Some(name.clone()),
        Expr::CompoundIdentifier(path) => path.last().cloned(),
        Expr::Nested(inner) => column(inner),
        _ => None,
    }
}
