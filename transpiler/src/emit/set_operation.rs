//! UNION, INTERSECT and EXCEPT.

use super::{Emitter, alike::set_word, query::rename};
use crate::{rule::Emit, rules::keys_left_out, targets::Target};
use model::Span;
use sql::{
    Type,
    tree::{Body, Expr, ExprKind, Query, SetOp},
};
use std::collections::BTreeSet;

impl Emitter {
    /// The clauses of a set operation, whose rows are `query`'s.
    pub(super) fn set_operation(
        &mut self,
        (op, all): (SetOp, bool),
        (left, right): (&Query, &Query),
        query: &Query,
        clauses: &mut Vec<String>,
    ) -> Emit<()> {
        if !(all && op == SetOp::Union) {
            self.rows_are_exact(left)?;
            self.rows_are_exact(right)?;
        }
        if self.target() == Target::DataFusion && op != SetOp::Union {
            return self.by_groups((op, all), (left, right), query, clauses);
        }
        let floats = query.columns.iter().any(|column| column.ty.is_float());
        if self.target() == Target::DataFusion && !all && floats {
            return self.by_distinct((left, right), query, clauses);
        }
        let (left, right) = (self.side(left)?, self.side(right)?);
        clauses.extend([format!("({left})"), set_word(op, all), format!("({right})")]);
        Ok(())
    }

    /// A side of a set operation.
    fn side(&mut self, query: &Query) -> Emit<String> {
        let text = self.subquery(query)?;
        self.conditions_stay(query, text)
    }

    /// UNION of floats, which have two zeros on `DataFusion`: what is put together is made one of a
    /// kind by its keys.
    fn by_distinct(
        &mut self,
        (left, right): (&Query, &Query),
        query: &Query,
        clauses: &mut Vec<String>,
    ) -> Emit<()> {
        let span = if query.span == Span::new(0, 0) { left.span } else { query.span };
        let names: BTreeSet<&str> = query.columns.iter().map(|c| c.name.as_str()).collect();
        if names.len() != query.columns.len() {
            return self.refuse("a UNION of floats with two columns of one name", span);
        }
        let columns: Vec<String> =
            (1..=query.columns.len()).map(|index| format!("c{index}")).collect();
        let mut items = Vec::with_capacity(columns.len());
        for (name, column) in columns.iter().zip(&query.columns) {
            let kind = ExprKind::Column { relation: None, name: name.clone(), qualified: false };
            let key = self.key(&Expr { kind, ty: column.ty.clone(), span })?;
            items.push(format!("{} AS {}", key.text, self.name(&column.name, span)?));
        }
        let (left, right) = (self.side(left)?, self.side(right)?);
        clauses.push(format!("SELECT DISTINCT {}", items.join(", ")));
        clauses.push(format!("FROM (({left}) UNION ALL ({right})) AS u({})", columns.join(", ")));
        Ok(())
    }

    /// Refuses values whose equality the targets do not see as the source does, where rows are told
    /// apart.
    fn rows_are_exact(&self, query: &Query) -> Emit<()> {
        match &query.body {
            Body::Select(select) => {
                select.items.iter().try_for_each(|item| self.must_be_exact(&item.expr))
            }
            Body::Values(rows) => {
                rows.iter().flatten().try_for_each(|cell| self.must_be_exact(cell))
            }
            Body::SetOperation { left, right, .. } => {
                self.rows_are_exact(left)?;
                self.rows_are_exact(right)
            }
        }
    }

    /// `DataFusion` drops rows with a NULL from INTERSECT: both sides are put together and grouped,
    /// and a group says by its sides whether it stays.
    fn by_groups(
        &mut self,
        (op, all): (SetOp, bool),
        (left, right): (&Query, &Query),
        query: &Query,
        clauses: &mut Vec<String>,
    ) -> Emit<()> {
        let span = if query.span == Span::new(0, 0) { left.span } else { query.span };
        let names: BTreeSet<&str> = query.columns.iter().map(|c| c.name.as_str()).collect();
        if self.distinct_over_join {
            // It takes the keys of these groups to decide about joined rows, too.
            return self
                .refuse("INTERSECT or EXCEPT beside DISTINCT over a join is not done", span);
        }
        // Floats have two zeros there, quotients are floats.
        let exact = query.columns.iter().all(|column| {
            let ty = &column.ty;
            (ty.is_exact_number() && *ty != Type::NUMERIC)
                || ty.is_text()
                || matches!(ty, Type::Bool | Type::Date | Type::Timestamp)
        });
        if !exact || names.len() != query.columns.len() {
            return self.refuse("this INTERSECT or EXCEPT has no known translation", span);
        }
        let columns: Vec<String> =
            (1..=query.columns.len()).map(|index| format!("c{index}")).collect();
        // Quoted names under a column list are not found.
        let (mut left, mut right) = (left.clone(), right.clone());
        rename(&mut left, &columns);
        rename(&mut right, &columns);
        let columns = columns.join(", ");
        let (left, right) = (self.side(&left)?, self.side(&right)?);
        let mut items = Vec::with_capacity(query.columns.len());
        for (index, column) in query.columns.iter().enumerate() {
            items.push(format!("c{} AS {}", index + 1, self.name(&column.name, span)?));
        }
        let stays = match op {
            SetOp::Intersect => "min(side) = 0 AND max(side) = 1",
            SetOp::Except | SetOp::Union => "max(side) = 0",
        };
        clauses.push(format!("SELECT {}", items.join(", ")));
        // With ALL rows that are alike are told apart by their numbers.
        let (numbers, keys) = if all {
            let numbers = format!("row_number() OVER (PARTITION BY {columns}) AS n");
            (format!(", {numbers}"), format!("{columns}, n"))
        } else {
            (String::new(), columns.clone())
        };
        clauses.push(format!(
            "FROM (SELECT {columns}{numbers}, 0 AS side FROM ({left}) AS l({columns}) UNION ALL SELECT {columns}{numbers}, 1 AS side FROM ({right}) AS r({columns})) AS u"
        ));
        if self.keys_may_be_mistaken {
            // It moves conditions to the wrong rows through sets of keys, unless one has no keys.
            let set = format!("GROUPING SETS (({keys}), ())");
            let set = self.made_by(&keys_left_out::RULE, span, &set);
            clauses.push(format!("GROUP BY {set}"));
            clauses.push(format!("HAVING grouping(c1) = 0 AND {stays}"));
        } else {
            clauses.push(format!("GROUP BY {keys}"));
            clauses.push(format!("HAVING {stays}"));
        }
        Ok(())
    }
}
