//! `DELETE` and `TRUNCATE`.

use super::update::Joined;
use crate::{
    bind::{Binder, Bound, Span},
    tree::{Delete, Statement},
};
use sqlparser::ast::{self, FromTable, TableWithJoins};

impl Binder<'_> {
    pub(super) fn delete(
        &mut self,
        delete: &ast::Delete,
        with: Option<&ast::With>,
    ) -> Bound<Statement> {
        let span = self.span(delete);
        if let Some(with) = with
            && let Some((of_table, with)) = self.delete_of_cte(delete, with)?
        {
            return self.delete(&of_table, with.as_ref());
        }
        let ast::Delete {
            delete_token: _,
            // Noted from the text.
            optimizer_hints: _,
            tables,
            from,
            using,
            selection,
            returning,
            output,
            order_by,
            limit,
        } = delete;
        let sorted = !order_by.is_empty() || limit.is_some();
        self.has_none(&[(sorted, "DELETE with ORDER BY or LIMIT")], span)?;
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = from;
        let with = self.with_clause(with)?;
        let mut joined = self.deleted(tables, from, using.as_deref(), span)?;
        self.scopes.push(joined.whole_scope());
        let Joined { written, relation, condition, .. } = joined;
        let filter = self.joined_filter(condition, selection.as_ref());
        self.scopes.pop();
        let filter = filter?;
        let returning =
            self.rows_back(&written, returning.as_ref(), output.as_ref(), &["deleted"])?;
        let target = written.target;
        let delete = Delete { with, target, using: relation, filter, returning, span };
        Ok(Statement::Delete(Box::new(delete)))
    }

    /// Which table rows are deleted from, and what it is joined with.
    fn deleted(
        &mut self,
        tables: &[ast::ObjectName],
        from: &[TableWithJoins],
        using: Option<&[TableWithJoins]>,
        span: Span,
    ) -> Bound<Joined> {
        match (tables, from, using) {
            // `DELETE FROM t`, `DELETE FROM t USING u`
            ([], [one], using) => {
                // `DELETE FROM t USING t JOIN u` of MySQL names the table once more.
                if let (Some(using), Some(name)) = (using, self.bare_name(&one.relation))
                    && !self.speaks_core()
                    && one.joins.is_empty()
                    && let Some(at) = self.position(using, &name)
                {
                    return self.joined_in(using, at, span);
                }
                if !one.joins.is_empty() {
                    return self.unsupported("DELETE FROM a join", span);
                }
                self.joined(one, using.unwrap_or_default(), span)
            }
            // `DELETE t FROM t JOIN u`
            ([name], from, None) => match self.named_in_from(from, name, span)? {
                Some(named) => self.joined_in(&named.from, named.at, span),
                None => self.unsupported("DELETE of a table that is not in FROM", span),
            },
            _ => self.unsupported("DELETE from several tables", span),
        }
    }

    pub(super) fn truncate(&mut self, truncate: &ast::Truncate) -> Bound<Statement> {
        let span = self.place;
        let ast::Truncate {
            table_names,
            partitions,
            table: _,
            if_exists,
            identity,
            cascade,
            on_cluster,
        } = truncate;
        let [name] = table_names.as_slice() else {
            return self.unsupported("TRUNCATE of several tables", span);
        };
        let plain = partitions.is_none()
            && !if_exists
            && identity.is_none()
            && cascade.is_none()
            && on_cluster.is_none()
            && !name.only
            && !name.has_asterisk;
        if !plain {
            return self.unsupported("this option of TRUNCATE", span);
        }
        let written = self.written(&name.name, None)?;
        Ok(Statement::Truncate(written.target))
    }
}
