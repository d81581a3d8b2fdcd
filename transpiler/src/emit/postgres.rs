//! The typed tree as PostgreSQL text.
//!
//! The tree means what PostgreSQL means, so nothing is rewritten: each node is printed in
//! PostgreSQL's own form. Conversions that PostgreSQL makes by itself are left to it. A statement
//! that is printed, read and printed again gives the same text.

mod call;
mod expr;
mod extension;
mod full_join;
mod ignore_nulls;
mod literal;
mod one_value;
mod qualify;
mod relation;
mod strict_format;
mod totals;

use super::{
    alike::{Print, set_word},
    loose_digits::LooseDigits,
    lowered::Lowerings,
    names::quoted,
};
use crate::{
    NO_TRANSLATION,
    fragment::{Fragment, Level},
    marks::Marks,
    rule::{Emit, Rule},
};
use model::{Diagnostic, Dialect, Span};
use one_value::OneValue;
use sql::tree::{
    Body, Cte, Distinct, Expr, ExprKind, GroupKey, Item, Literal, Query, Select, SortKey,
    SortTarget,
};

/// Prints one statement.
pub(super) struct Printer<'a> {
    /// Are columns written with their relation? Inside sort and group keys an output name could
    /// hide them.
    qualify: bool,
    /// Depth of queries: only the outermost is written over several lines.
    depth: u32,
    /// Are conversions written that the tree makes? PostgreSQL would make others by itself where a
    /// definition of another dialect chose the types.
    explicit: bool,
    /// Must a text follow its format to the letter, where PostgreSQL reads it loosely?
    strict_formats: bool,
    /// Columns whose values show other digits than their type says.
    loose: LooseDigits,
    /// What conditions leave one value of, in the outermost query that is printed.
    one_value: Option<OneValue>,
    /// Rules of what means less here than at the source, though nothing else is written for it.
    approximate: Vec<&'static Rule>,
    lowered: &'a mut Lowerings,
    marks: &'a mut Marks,
}

impl<'a> Printer<'a> {
    pub(super) const fn new(
        source: Dialect,
        loose: LooseDigits,
        lowered: &'a mut Lowerings,
        marks: &'a mut Marks,
    ) -> Self {
        Self {
            qualify: false,
            depth: 0,
            explicit: !matches!(source, Dialect::Postgres),
            strict_formats: !matches!(source, Dialect::Postgres | Dialect::Redshift),
            loose,
            one_value: None,
            approximate: Vec::new(),
            lowered,
            marks,
        }
    }

    /// The rules of what means less here than at the source, once for each place.
    pub(super) fn approximate(&self) -> &[&'static Rule] {
        &self.approximate
    }

    /// Does it write the conversions that the tree makes?
    pub(super) const fn is_explicit(&self) -> bool {
        self.explicit
    }

    /// Prints something inside a statement, on one line.
    pub(super) fn inside(&mut self, print: impl FnOnce(&mut Self) -> Emit<String>) -> Emit<String> {
        self.depth += 1;
        let text = print(self);
        self.depth -= 1;
        text
    }

    pub(super) fn query(&mut self, query: &Query) -> Emit<String> {
        let outermost = self.depth == 0;
        let first = self.one_value.is_none();
        if first {
            self.one_value = Some(OneValue::of(query));
        }
        self.depth += 1;
        let qualify = std::mem::replace(&mut self.qualify, false);
        let clauses = self.clauses(query);
        self.qualify = qualify;
        self.depth -= 1;
        if first {
            self.one_value = None;
        }
        Ok(clauses?.join(if outermost { "\n" } else { " " }))
    }

    fn refuse<T>(what: &str, span: Span) -> Emit<T> {
        let message = format!("{what} on postgres");
        Err(Box::new(Diagnostic::error(NO_TRANSLATION, message, Some(span))))
    }

    fn clauses(&mut self, query: &Query) -> Emit<Vec<String>> {
        let plain = Self::without_qualify(query)?;
        let query = plain.as_ref().unwrap_or(query);
        let mut clauses = Vec::new();
        if !query.with.is_empty() {
            let ctes: Emit<Vec<String>> = query.with.iter().map(|cte| self.cte(cte)).collect();
            let recursive = if query.recursive { "RECURSIVE " } else { "" };
            clauses.push(format!("WITH {recursive}{}", ctes?.join(", ")));
        }
        match &query.body {
            Body::Select(select) => self.select(select, &mut clauses)?,
            Body::SetOperation { op, all, left, right } => {
                let (left, right) = (self.query(left)?, self.query(right)?);
                let word = set_word(*op, *all);
                clauses.extend([format!("({left})"), word, format!("({right})")]);
            }
            Body::Values(rows) => clauses.extend(self.values(rows, query)?),
        }
        if !query.order_by.is_empty() {
            self.qualify = true;
            let keys: Emit<Vec<String>> =
                query.order_by.iter().map(|key| self.outer_key(key, query)).collect();
            self.qualify = false;
            clauses.push(format!("ORDER BY {}", keys?.join(", ")));
        }
        if let Some(limit) = &query.limit {
            clauses.push(format!("LIMIT {}", self.count(limit)?));
        }
        if let Some(offset) = &query.offset {
            clauses.push(format!("OFFSET {}", self.count(offset)?));
        }
        Ok(clauses)
    }

    /// A count of rows: `bigint` whatever its digits say, so a number stays bare.
    fn count(&mut self, count: &Expr) -> Emit<String> {
        match count.literal() {
            Some(Literal::Number(digits)) => Ok(digits.clone()),
            _ => Ok(self.expr(count)?.text),
        }
    }

    fn values(&mut self, rows: &[Vec<Expr>], query: &Query) -> Emit<Vec<String>> {
        let rows: Emit<Vec<String>> =
            rows.iter().map(|row| Ok(format!("({})", self.list(row)?))).collect();
        let values = format!("VALUES {}", rows?.join(", "));
        let own = query.columns.iter().zip(1..).all(|(c, n)| c.name == format!("column{n}"));
        if own {
            return Ok(vec![values]);
        }
        let names: Vec<String> = query.columns.iter().map(|c| quoted(&c.name)).collect();
        let names = names.join(", ");
        Ok(vec![format!("SELECT {names}"), format!("FROM ({values}) AS v({names})")])
    }

    pub(super) fn cte(&mut self, cte: &Cte) -> Emit<String> {
        let names: Vec<String> = cte.column_names.iter().map(|name| quoted(name)).collect();
        let columns =
            if names.is_empty() { String::new() } else { format!("({})", names.join(", ")) };
        Ok(format!("{}{columns} AS ({})", quoted(&cte.name), self.query(&cte.query)?))
    }

    fn select(&mut self, select: &Select, clauses: &mut Vec<String>) -> Emit<()> {
        let distinct = match &select.distinct {
            Distinct::No => String::new(),
            Distinct::Yes => "DISTINCT ".to_owned(),
            Distinct::On(keys) => {
                self.qualify = true;
                let keys = self.list(keys);
                self.qualify = false;
                format!("DISTINCT ON ({}) ", keys?)
            }
        };
        let items: Emit<Vec<String>> = select.items.iter().map(|item| self.item(item)).collect();
        clauses.push(format!("SELECT {distinct}{}", items?.join(", ")));
        if let Some(from) = &select.from {
            clauses.push(format!("FROM {}", self.relation(from)?));
        }
        if let Some(filter) = &select.filter {
            clauses.push(format!("WHERE {}", self.expr(filter)?.text));
        }
        if !select.group_by.is_empty() {
            Self::totals_are_null(&select.group_by)?;
            self.totals_are_sorted(select)?;
            self.qualify = true;
            let groups: Emit<Vec<String>> =
                select.group_by.iter().map(|item| self.group_item(item)).collect();
            self.qualify = false;
            clauses.push(format!("GROUP BY {}", groups?.join(", ")));
        }
        if let Some(having) = &select.having {
            clauses.push(format!("HAVING {}", self.expr(having)?.text));
        }
        Ok(())
    }

    fn item(&mut self, item: &Item) -> Emit<String> {
        let text = self.expr(&item.expr)?.text;
        // A bare column keeps its name by itself.
        Ok(match &item.expr.kind {
            ExprKind::Column { name, .. } if *name == item.name => text,
            _ => format!("{text} AS {}", quoted(&item.name)),
        })
    }

    /// A key of the query's own ORDER BY: an output column by its name where that is unique, else
    /// by its position.
    fn outer_key(&mut self, key: &SortKey, query: &Query) -> Emit<String> {
        if let Some(text) = self.of_totals(&key.target, query)? {
            return Ok(self.directed(key, &text));
        }
        let text = match &key.target {
            SortTarget::Output(index) => {
                let name = query.columns.get(*index).map(|c| c.name.as_str()).unwrap_or_default();
                let unique = query.columns.iter().filter(|c| c.name == name).count() == 1;
                if unique && name != "?column?" { quoted(name) } else { (index + 1).to_string() }
            }
            SortTarget::Expr(expr) if expr.literal().is_some() => {
                return Self::refuse("a constant as a sort key is not done", expr.span);
            }
            SortTarget::Expr(expr) => self.expr(expr)?.text,
        };
        Ok(self.directed(key, &text))
    }
}

impl Print for Printer<'_> {
    fn piece(&mut self, expr: &Expr) -> Emit<Fragment> {
        self.expr(expr)
    }

    fn written_name(&mut self, name: &str, _span: Span) -> Emit<String> {
        Ok(quoted(name))
    }

    fn group_key(&mut self, key: &GroupKey) -> Emit<String> {
        match key {
            GroupKey::Output(index) => Ok((index + 1).to_string()),
            // A bare number would be a position, another constant is an error.
            GroupKey::Expr(expr) if expr.literal().is_some() => {
                Self::refuse("a constant as a group key is not done", expr.span)
            }
            GroupKey::Expr(expr) => Ok(self.expr(expr)?.text),
        }
    }

    fn offset(&mut self, expr: &Expr) -> Emit<String> {
        Ok(self.expr(expr)?.at(Level::Unary))
    }

    /// The place of NULLs is left out where it is PostgreSQL's own.
    fn directed(&mut self, key: &SortKey, text: &str) -> String {
        let direction = if key.descending { " DESC" } else { "" };
        let nulls = match (key.nulls_first, key.descending) {
            (true, false) => " NULLS FIRST",
            (false, true) => " NULLS LAST",
            _ => "",
        };
        format!("{text}{direction}{nulls}")
    }
}
