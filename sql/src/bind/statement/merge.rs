//! `MERGE`.

use super::{in_order::replaced, target::Written};
use crate::tokens::written::ALL_COLUMNS;
use crate::{
    bind::{Binder, Bound, Span, codes, decorate::both, scope::Scope, select::star_item},
    tree::{
        Assignment, Cell, Column, Expr, ExprKind, Merge, MergeAction, MergeClause, MergeKind,
        Statement,
    },
};
use sqlparser::ast::{self, MergeClauseKind, MergeInsertKind};

/// The scopes of the parts of a MERGE.
struct Scopes {
    /// The table alone.
    table: Scope,
    /// The source alone.
    source: Scope,
    both: Scope,
}

impl Binder<'_> {
    pub(super) fn merge_statement(
        &mut self,
        merge: &ast::Merge,
        with: Option<&ast::With>,
    ) -> Bound<Statement> {
        let span = self.span(merge);
        let ast::Merge {
            merge_token: _,
            // Noted from the text.
            optimizer_hints: _,
            into: _,
            table,
            source,
            on,
            clauses,
            output,
        } = merge;
        if output.is_some() {
            return self.unsupported("OUTPUT of MERGE", span);
        }
        let with = self.with_clause(with)?;
        let written = self.written_factor(table)?;
        let mut scope = Scope::default();
        let relation = self.factor(source, &mut scope, &Scope::default())?;
        let mut both = written.scope.clone();
        both.relations.extend(scope.relations.iter().cloned());
        both.nullable.extend(scope.nullable.iter().cloned());
        let names: Vec<&String> = both.relations.iter().map(|relation| &relation.name).collect();
        if names.len() != 2 || names.first() == names.get(1) {
            return self.unsupported("the written table once more under its name", span);
        }
        let scopes = Scopes { table: written.scope.clone(), source: scope, both };
        let on = self.seeing(&scopes.both, |binder| binder.condition(on))?;
        let mut bound = Vec::with_capacity(clauses.len());
        for clause in clauses {
            bound.extend(self.merge_clause(clause, &written, &scopes)?);
        }
        let merge = Merge {
            with,
            target: written.target,
            source: relation,
            on,
            clauses: bound,
            deletes_repeat: self.spec.traits().writing.deletes_repeat,
            span,
        };
        Ok(Statement::Merge(Box::new(merge)))
    }

    fn seeing<T>(&mut self, scope: &Scope, work: impl FnOnce(&mut Self) -> Bound<T>) -> Bound<T> {
        self.scopes.push(scope.clone());
        let done = work(self);
        self.scopes.pop();
        done
    }

    /// One WHEN; Oracle's `UPDATE … WHERE` and `INSERT … WHERE` are conditions of the WHEN, with
    /// nothing done where they do not hold.
    fn merge_clause(
        &mut self,
        clause: &ast::MergeClause,
        written: &Written,
        scopes: &Scopes,
    ) -> Bound<Vec<MergeClause>> {
        let span = self.span(clause);
        let (kind, scope) = match clause.clause_kind {
            MergeClauseKind::Matched => (MergeKind::Matched, &scopes.both),
            MergeClauseKind::NotMatched | MergeClauseKind::NotMatchedByTarget => {
                (MergeKind::NotMatched, &scopes.source)
            }
            MergeClauseKind::NotMatchedBySource => (MergeKind::NotMatchedBySource, &scopes.table),
        };
        let (action, own) = match &clause.action {
            ast::MergeAction::Update(update) => {
                let set = if all_columns(&update.assignments) {
                    self.by_name(written, &scopes.source, span)?
                } else {
                    self.seeing(scope, |binder| binder.assignments(written, &update.assignments))?
                };
                (MergeAction::Update(set), update.update_predicate.as_ref())
            }
            ast::MergeAction::Delete { .. } => (MergeAction::Delete, None),
            ast::MergeAction::Insert(insert) => {
                let rows = self.seeing(scope, |binder| {
                    binder.merge_insert(insert, written, &scopes.source, span)
                })?;
                (MergeAction::Insert(rows), insert.insert_predicate.as_ref())
            }
        };
        let fits = match kind {
            MergeKind::NotMatched => matches!(action, MergeAction::Insert(_)),
            _ => !matches!(action, MergeAction::Insert(_)),
        };
        if !fits {
            return self.unsupported("this action of this WHEN", span);
        }
        let predicate = match (&clause.predicate, own) {
            (Some(_), Some(_)) => return self.unsupported("AND with WHERE in MERGE", span),
            (one, two) => one.as_ref().or(two),
        };
        let condition = predicate
            .map(|condition| self.seeing(scope, |binder| binder.condition(condition)))
            .transpose()?;
        let mut clauses = Vec::new();
        if let ast::MergeAction::Update(update) = &clause.action
            && let Some(deleted) = &update.delete_predicate
        {
            let MergeAction::Update(set) = &action else {
                return self.unsupported("DELETE WHERE of MERGE", span);
            };
            // It looks at the row as it is after the update, of the rows that are updated.
            let deleted = self.seeing(scope, |binder| binder.condition(deleted))?;
            let Some(deleted) = after_set(&deleted, set, written, scopes) else {
                return self.unsupported("DELETE WHERE of MERGE by such values", span);
            };
            let condition = Some(both(condition.clone(), deleted, span));
            clauses.push(MergeClause { kind, condition, action: MergeAction::Delete, span });
        }
        clauses.push(MergeClause { kind, condition, action, span });
        Ok(clauses)
    }

    fn merge_insert(
        &mut self,
        insert: &ast::MergeInsertExpr,
        written: &Written,
        source: &Scope,
        span: Span,
    ) -> Bound<Vec<Assignment>> {
        if let [name] = insert.columns.as_slice()
            && name.0.last().and_then(|part| part.as_ident()).is_some_and(is_all)
        {
            return self.by_name(written, source, span);
        }
        let columns: Vec<Column> = if insert.columns.is_empty() {
            written.columns.clone()
        } else {
            let columns: Bound<Vec<Column>> = insert
                .columns
                .iter()
                .map(|name| self.written_column(written, name, span))
                .collect();
            columns?
        };
        let mut row = Vec::with_capacity(columns.len());
        match &insert.kind {
            MergeInsertKind::Values(values) => {
                let [values] = values.rows.as_slice() else {
                    return self.unsupported("several rows in INSERT of MERGE", span);
                };
                if values.content.len() != columns.len() {
                    let what =
                        format!("{} values for {} columns", values.content.len(), columns.len());
                    return self.refuse(codes::TYPES, what, span);
                }
                for (column, value) in columns.into_iter().zip(&values.content) {
                    let value = self.cell(value, written, &column)?;
                    self.takes_cell(written, &column, &value)?;
                    row.push(Assignment { column, value });
                }
            }
            // `INSERT ROW`: the columns of the source, in order.
            MergeInsertKind::Row => {
                let found = source.star();
                if found.len() != columns.len() {
                    let what = "INSERT ROW of another number of columns";
                    return self.refuse(codes::TYPES, what, span);
                }
                for (column, found) in columns.into_iter().zip(found) {
                    let value = star_item(found, span).expr;
                    let value = self.stored(value, &column.ty)?;
                    let value = Cell::Value(self.narrowed(written, &column, value)?);
                    self.takes_cell(written, &column, &value)?;
                    row.push(Assignment { column, value });
                }
            }
        }
        Ok(row)
    }

    /// Every column of the table from the column of that name of the source.
    fn by_name(&mut self, written: &Written, source: &Scope, span: Span) -> Bound<Vec<Assignment>> {
        let found = source.star();
        let mut row = Vec::with_capacity(written.columns.len());
        for column in &written.columns {
            let Some(one) = found.iter().find(|one| one.column.name == column.name) else {
                let what = format!("the source has no column `{}`", column.name);
                return self.refuse(codes::UNKNOWN_COLUMN, what, span);
            };
            let value = star_item(one.clone(), span).expr;
            let value = self.stored(value, &column.ty)?;
            let value = Cell::Value(self.narrowed(written, column, value)?);
            self.takes_cell(written, column, &value)?;
            row.push(Assignment { column: column.clone(), value });
        }
        Ok(row)
    }
}

/// A condition over the written table as it is after SET; nothing where that is not known.
fn after_set(
    condition: &Expr,
    set: &[Assignment],
    written: &Written,
    scopes: &Scopes,
) -> Option<Expr> {
    let own = written.scope.relations.first()?.name.clone();
    let of_source = |name: &str| {
        scopes.source.relations.iter().any(|r| r.columns.iter().any(|c| c.name == name))
    };
    let is_set = |name: &str| set.iter().any(|one| one.column.name == name);
    let mut clear = true;
    condition.visit_parts(&mut |part: &Expr| match &part.kind {
        ExprKind::Column { relation: None, name, .. } => {
            clear &= !(is_set(name) && of_source(name));
        }
        // A column of the source that is called like one that is set.
        ExprKind::Column { relation: Some(relation), name, .. } => {
            clear &= *relation == own || !is_set(name);
        }
        _ => {}
    });
    if !clear {
        return None;
    }
    replaced(condition, set)
}

/// Is it `SET *`?
fn all_columns(assignments: &[ast::Assignment]) -> bool {
    matches!(assignments, [ast::Assignment { value: ast::Expr::Identifier(name), .. }]
        if is_all(name))
}

fn is_all(name: &ast::Ident) -> bool {
    name.value == ALL_COLUMNS && name.quote_style.is_some()
}
