//! Relations that look at the rows of another one, on `DataFusion`.
//!
//! It takes no column of another relation in FROM, and no LATERAL over it. A function that looks at
//! the rows of one relation is computed in the SELECT list of a query around that relation, its host:
//! `t CROSS JOIN unnest(t.a) AS u(v)` becomes `(SELECT *, unnest(t.a) AS _u_v FROM t) AS t`, and `u.v`
//! becomes `t._u_v`.

use super::{
    made_rows::{self, Made, is_of_rows},
    rows::Rows,
    written_out::{Replaced, keeps_rows},
};
use crate::{
    emit::{Emitter, names::quoted},
    rule::Emit,
};
use sql::tree::{Expr, ExprKind, JoinKind, Relation, Select};

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
        let Some((name, made, names)) = outputs(right) else { return Ok(()) };
        let hosts = made.hosts(self);
        let [host] = hosts.as_slice() else { return Ok(()) };
        let Some(outer) = keeps_rows(*kind, condition) else { return Ok(()) };
        // What is made of nothing inside would be there in the row of nothing, too.
        if !is_kept(left, host) || made.is_chance() || (outer && !made.items.iter().all(is_of_rows))
        {
            return Ok(());
        }
        let mut hosted = Vec::new();
        let mut columns = Vec::new();
        for (column, rows) in made.rows {
            let inside = format!("_{name}_{column}");
            let kind = ExprKind::Column {
                relation: Some(host.clone()),
                name: inside.clone(),
                qualified: true,
            };
            let span = rows.array().span;
            let Some(ty) = rows.ty() else { return Ok(()) };
            columns.push((column, Expr { kind, ty, span }));
            hosted.push((inside, rows));
        }
        for (column, item) in names.into_iter().zip(made.items) {
            let Some(value) = made_rows::replaced(item, made_rows::INSIDE, &columns) else {
                return Ok(());
            };
            self.replaced.push(Replaced { relation: name.clone(), column, value });
        }
        let outer = outer || made.outer;
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
        let Some((_, made, _)) = outputs(relation) else { return false };
        made.hosts(self).is_empty() && made.beside(self).is_empty()
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

/// The name of a relation that arrays give, what its rows are made of, and the names of its columns.
fn outputs(relation: &Relation) -> Option<(String, Made, Vec<String>)> {
    let made = made_rows::of(relation)?;
    match relation {
        Relation::Function { alias, .. } => Some((alias.name.clone(), made, alias.columns.clone())),
        Relation::Derived { query, alias, lateral: true } => {
            let names =
                query.columns.iter().enumerate().map(|(index, column)| {
                    alias.columns.get(index).unwrap_or(&column.name).clone()
                });
            Some((alias.name.clone(), made, names.collect()))
        }
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
