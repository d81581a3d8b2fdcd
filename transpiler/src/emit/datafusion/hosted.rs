//! Relations that look at the rows of another one, on `DataFusion`.
//!
//! It takes no column of another relation in FROM, and no LATERAL over it. A function that looks at
//! the rows of one relation is computed in the SELECT list of a query around that relation, its host:
//! `t CROSS JOIN unnest(t.a) AS u(v)` becomes `(SELECT *, unnest(t.a) AS _u_v FROM t) AS t`, and `u.v`
//! becomes `t._u_v`.

use super::{
    rows::{Rows, element},
    written_out::{Replaced, is_bare, keeps_rows},
};
use crate::{
    emit::{Emitter, names::quoted},
    rule::Emit,
};
use sql::{
    Type,
    tree::{Alias, Body, Expr, ExprKind, JoinKind, Relation, Select},
};

/// A relation that is computed in the SELECT list around another one.
pub(in crate::emit) struct Hosted {
    /// Its name.
    relation: String,
    /// The relation whose rows it looks at.
    host: String,
    /// Its columns with the arrays that they come from.
    columns: Vec<(String, Rows)>,
    /// Are rows of the host kept that it gives nothing for?
    outer: bool,
}

impl Emitter {
    /// Finds what is computed around another relation, before anything of the SELECT is written.
    pub(in crate::emit) fn find_hosts(&mut self, select: &Select) -> Emit<()> {
        let Some(from) = &select.from else { return Ok(()) };
        let own = from.names();
        self.replaced.retain(|replaced| !own.contains(&replaced.relation));
        self.find_in(from)
    }

    fn find_in(&mut self, from: &Relation) -> Emit<()> {
        let Relation::Join { left, right, kind, condition } = from else { return Ok(()) };
        self.find_in(left)?;
        self.find_in(right)?;
        if let Some(name) = self.one_row(right, *kind, condition) {
            let hosted =
                Hosted { relation: name, host: String::new(), columns: Vec::new(), outer: false };
            self.hosted.push(hosted);
            return Ok(());
        }
        let Some((name, columns)) = outputs(right) else { return Ok(()) };
        let arrays = columns.iter().map(|(_, rows, _)| rows.array());
        let mut hosts: Vec<String> = Vec::new();
        for array in arrays {
            self.hosts_of(array, &mut hosts);
        }
        hosts.sort_unstable();
        hosts.dedup();
        let [host] = hosts.as_slice() else { return Ok(()) };
        let Some(outer) = keeps_rows(*kind, condition) else { return Ok(()) };
        if !is_kept(left, host) {
            return Ok(());
        }
        let mut hosted = Vec::new();
        for (column, rows, value) in columns {
            let inside = format!("_{name}_{column}");
            let kind = ExprKind::Column {
                relation: Some(host.clone()),
                name: inside.clone(),
                qualified: true,
            };
            let array = rows.array();
            let ty = match &rows {
                Rows::Elements(array) => element(array),
                Rows::Positions(_) => Some(Type::Int8),
            };
            let Some(ty) = ty else { return Ok(()) };
            let inner = Expr { kind, ty, span: array.span };
            let value = match value {
                Some(value) => value.around(&inner),
                None => inner,
            };
            self.replaced.push(Replaced { relation: name.clone(), column, value });
            hosted.push((inside, rows));
        }
        let host = host.clone();
        self.hosted.push(Hosted { relation: name, host, columns: hosted, outer });
        Ok(())
    }

    /// The relations whose columns stand in an expression; an empty name for what is not known.
    pub(in crate::emit) fn hosts_of(&self, expr: &Expr, hosts: &mut Vec<String>) {
        let seen = std::cell::RefCell::new(Vec::new());
        expr.any_part(&|part| {
            match &part.kind {
                ExprKind::Column { relation: Some(relation), name, .. } => {
                    match self.replacement(relation, name) {
                        Some(value) => seen.borrow_mut().push(Err(value)),
                        None => seen.borrow_mut().push(Ok(relation.clone())),
                    }
                }
                ExprKind::Column { relation: None, .. }
                | ExprKind::Scalar(_)
                | ExprKind::Exists { .. }
                | ExprKind::InQuery { .. }
                | ExprKind::Quantified { .. } => seen.borrow_mut().push(Ok(String::new())),
                _ => {}
            }
            false
        });
        for one in seen.into_inner() {
            match one {
                Ok(name) => hosts.push(name),
                Err(value) => self.hosts_of(&value, hosts),
            }
        }
    }

    /// Is something computed around the relation?
    pub(in crate::emit) fn is_host(&self, name: &str) -> bool {
        self.hosted.iter().any(|hosted| hosted.host == name)
    }

    /// Is the relation computed around another one?
    pub(in crate::emit) fn is_hosted(&self, relation: &Relation) -> bool {
        relation.name().is_some_and(|name| self.hosted.iter().any(|h| h.relation == name))
    }

    /// Is it a LATERAL that would be the same without the word?
    pub(in crate::emit) fn looks_at_nothing(&self, relation: &Relation) -> bool {
        let mut hosts = Vec::new();
        for (_, rows, _) in outputs(relation).into_iter().flat_map(|(_, columns)| columns) {
            self.hosts_of(rows.array(), &mut hosts);
        }
        outputs(relation).is_some() && hosts.is_empty()
    }

    /// `text` of a relation with what is computed around it.
    pub(in crate::emit) fn with_hosted(
        &mut self,
        relation: &Relation,
        text: String,
    ) -> Emit<String> {
        let Some(name) = relation.name().filter(|_| !self.hosted.is_empty()) else {
            return Ok(text);
        };
        let mut text = text;
        let (own, others): (Vec<Hosted>, Vec<Hosted>) =
            std::mem::take(&mut self.hosted).into_iter().partition(|hosted| hosted.host == name);
        self.hosted = others;
        for hosted in &own {
            let mut items = vec!["*".to_owned()];
            for (column, rows) in &hosted.columns {
                let array = self.rows_of(rows, hosted.outer)?;
                items.push(format!("unnest({array}) AS {}", quoted(column)));
            }
            text = format!("(SELECT {} FROM {text}) AS {}", items.join(", "), quoted(name));
        }
        self.hosted.extend(own);
        Ok(text)
    }
}

/// What a column makes of an element or a position: nothing, or one thing around it.
struct Around {
    expr: Expr,
    relation: String,
}

impl Around {
    /// The value with the column of the inner relation replaced.
    fn around(self, inner: &Expr) -> Expr {
        replace(self.expr, &self.relation, inner)
    }
}

fn replace(expr: Expr, relation: &str, inner: &Expr) -> Expr {
    let kind = match expr.kind {
        ExprKind::Column { relation: Some(name), .. } if name == relation => return inner.clone(),
        ExprKind::Call(mut call) => {
            call.args = call.args.into_iter().map(|arg| replace(arg, relation, inner)).collect();
            ExprKind::Call(call)
        }
        ExprKind::Cast { expr } => {
            ExprKind::Cast { expr: Box::new(replace(*expr, relation, inner)) }
        }
        ExprKind::Coerce { expr } => {
            ExprKind::Coerce { expr: Box::new(replace(*expr, relation, inner)) }
        }
        other => other,
    };
    Expr { kind, ..expr }
}

/// The columns of a relation that arrays give, with what they are made into.
type Outputs = Vec<(String, Rows, Option<Around>)>;

fn outputs(relation: &Relation) -> Option<(String, Outputs)> {
    match relation {
        Relation::Function { call, alias, ordinality } => {
            let columns = rows_of_function(call, alias, *ordinality)?;
            let plain = columns.into_iter().map(|(name, rows)| (name, rows, None)).collect();
            Some((alias.name.clone(), plain))
        }
        Relation::Derived { query, alias, lateral: true } => {
            let names = |index: usize| -> Option<String> {
                let own = alias.columns.get(index);
                own.or_else(|| query.columns.get(index).map(|c| &c.name)).cloned()
            };
            if !is_bare(query) {
                return None;
            }
            let all = match &query.body {
                Body::Values(rows) => (0..query.columns.len())
                    .map(|index| {
                        let cells: Option<Vec<Expr>> =
                            rows.iter().map(|row| row.get(index).cloned()).collect();
                        let cells = cells?;
                        let span = cells.first()?.span;
                        let ty = Type::Array(Box::new(query.columns.get(index)?.ty.clone()));
                        let array = Expr { kind: ExprKind::Array(cells), ty, span };
                        Some((names(index)?, Rows::Elements(array), None))
                    })
                    .collect::<Option<Outputs>>()?,
                Body::Select(select) => {
                    let Some(Relation::Function { call, alias: inner, ordinality }) = &select.from
                    else {
                        return None;
                    };
                    let columns = rows_of_function(call, inner, *ordinality)?;
                    let mut all = Outputs::new();
                    for (index, item) in select.items.iter().enumerate() {
                        let used = |wanted: &str| {
                            item.expr.any_part(&|part| {
                                matches!(&part.kind, ExprKind::Column { relation: Some(r), name, .. }
                                    if *r == inner.name && name == wanted)
                            })
                        };
                        let mut from =
                            columns.iter().filter(|(name, _)| used(name)).map(|(_, rows)| rows);
                        let (Some(rows), None) = (from.next(), from.next()) else { return None };
                        let rows = match rows {
                            Rows::Elements(array) => Rows::Elements(array.clone()),
                            Rows::Positions(array) => Rows::Positions(array.clone()),
                        };
                        let expr = item.expr.clone();
                        let around = Around { expr, relation: inner.name.clone() };
                        all.push((names(index)?, rows, Some(around)));
                    }
                    all
                }
                Body::SetOperation { .. } => return None,
            };
            Some((alias.name.clone(), all))
        }
        _ => None,
    }
}

fn rows_of_function(call: &Expr, alias: &Alias, ordinality: bool) -> Option<Vec<(String, Rows)>> {
    let array = match call.call() {
        Some(inner) if inner.name == "unnest" => inner.args.first()?.clone(),
        Some(inner) if ["generate_series", "regexp_split_to_table"].contains(&inner.name) => {
            call.clone()
        }
        _ => return None,
    };
    match (alias.columns.as_slice(), ordinality) {
        ([one], false) => Some(vec![(one.clone(), Rows::Elements(array))]),
        ([one, two], true) => Some(vec![
            (one.clone(), Rows::Elements(array.clone())),
            (two.clone(), Rows::Positions(array)),
        ]),
        _ => None,
    }
}

/// Do all rows of the relation of that name come through the joins around it?
fn is_kept(relation: &Relation, name: &str) -> bool {
    match relation {
        Relation::Join { left, right, kind, .. } => match kind {
            JoinKind::Inner | JoinKind::Cross => is_kept(left, name) || is_kept(right, name),
            JoinKind::Left => is_kept(left, name),
            JoinKind::Right => is_kept(right, name),
            JoinKind::Full => false,
        },
        other => other.name() == Some(name),
    }
}
