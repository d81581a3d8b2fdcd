//! What the printing of statements needs of a target's own printing.

use crate::{
    NO_TRANSLATION,
    emit::{Emitter, alike::Print, postgres},
    rule::{Emit, Rule},
    targets::{Target, Writes},
};
use model::{Diagnostic, Span};
use sql::{
    Type,
    tree::{Cte, Expr, Query, Relation, Target as Written, With},
};

/// Prints the pieces of a statement for one target.
pub(super) trait Pieces: Print {
    fn target(&self) -> Target;

    fn expr_text(&mut self, expr: &Expr) -> Emit<String>;

    fn condition_text(&mut self, expr: &Expr) -> Emit<String>;

    /// A query as the last part of a statement, over several lines.
    fn query_text(&mut self, query: &Query) -> Emit<String>;

    /// A query inside a statement.
    fn inner_query(&mut self, query: &Query) -> Emit<String>;

    fn relation_text(&mut self, relation: &Relation) -> Emit<String>;

    fn cte_text(&mut self, cte: &Cte, recursive: bool) -> Emit<String>;

    /// Was the statement read from another dialect than PostgreSQL?
    fn lowered(&self) -> bool;

    /// Counts a rule that changed something.
    fn count_rule(&mut self, rule: &'static Rule);

    fn writes(&self) -> Writes {
        self.target().writes()
    }

    fn refused<T>(&self, what: &str, span: Span) -> Emit<T> {
        let message = format!("{what} on {}", self.target().dialect());
        Err(Box::new(Diagnostic::error(NO_TRANSLATION, message, Some(span))))
    }

    fn path_text(&mut self, path: &[String], span: Span) -> Emit<String> {
        let parts: Emit<Vec<String>> =
            path.iter().map(|part| self.written_name(part, span)).collect();
        Ok(parts?.join("."))
    }

    fn names_text<'n>(
        &mut self,
        names: impl IntoIterator<Item = &'n String>,
        span: Span,
    ) -> Emit<String>
    where
        Self: Sized,
    {
        let names: Emit<Vec<String>> =
            names.into_iter().map(|name| self.written_name(name, span)).collect();
        Ok(names?.join(", "))
    }

    /// The table written to, with its alias.
    fn written_text(&mut self, written: &Written) -> Emit<String> {
        let mut text = self.path_text(&written.path, written.span)?;
        if let Some(alias) = &written.alias {
            text.push_str(&format!(" AS {}", self.written_name(alias, written.span)?));
        }
        Ok(text)
    }

    /// WITH as a line of its own, nothing where there is none.
    fn with_text(&mut self, with: &With, span: Span) -> Emit<Vec<String>> {
        if with.ctes.is_empty() {
            return Ok(Vec::new());
        }
        if !self.writes().joins {
            return self.refused("WITH in front of this statement is not done", span);
        }
        let recursive = with.recursive;
        let ctes: Emit<Vec<String>> =
            with.ctes.iter().map(|cte| self.cte_text(cte, recursive)).collect();
        let word = if recursive { "RECURSIVE " } else { "" };
        Ok(vec![format!("WITH {word}{}", ctes?.join(", "))])
    }

    fn type_text(&self, ty: &Type, span: Span) -> Emit<String> {
        match self.target().type_name(ty) {
            Some(name) => Ok(name),
            None => self.refused(&format!("columns of type `{ty}` are not known"), span),
        }
    }
}

impl Pieces for Emitter {
    fn target(&self) -> Target {
        self.target
    }

    fn expr_text(&mut self, expr: &Expr) -> Emit<String> {
        Ok(self.expr(expr)?.text)
    }

    fn condition_text(&mut self, expr: &Expr) -> Emit<String> {
        self.filter(expr)
    }

    fn query_text(&mut self, query: &Query) -> Emit<String> {
        self.query(query)
    }

    fn inner_query(&mut self, query: &Query) -> Emit<String> {
        self.depth += 1;
        let text = self.subquery(query);
        self.depth -= 1;
        text
    }

    fn relation_text(&mut self, relation: &Relation) -> Emit<String> {
        self.depth += 1;
        let text = self.relation(relation);
        self.depth -= 1;
        text
    }

    fn cte_text(&mut self, cte: &Cte, recursive: bool) -> Emit<String> {
        self.depth += 1;
        let text = self.cte(cte, recursive);
        self.depth -= 1;
        text
    }

    fn lowered(&self) -> bool {
        self.source != model::Dialect::Postgres
    }

    fn count_rule(&mut self, rule: &'static Rule) {
        self.count(rule);
    }
}

impl Pieces for postgres::Printer<'_> {
    fn target(&self) -> Target {
        Target::Postgres
    }

    fn expr_text(&mut self, expr: &Expr) -> Emit<String> {
        self.inside(|printer| Ok(printer.expr(expr)?.text))
    }

    fn condition_text(&mut self, expr: &Expr) -> Emit<String> {
        self.expr_text(expr)
    }

    fn query_text(&mut self, query: &Query) -> Emit<String> {
        self.query(query)
    }

    fn inner_query(&mut self, query: &Query) -> Emit<String> {
        self.inside(|printer| printer.query(query))
    }

    fn relation_text(&mut self, relation: &Relation) -> Emit<String> {
        self.inside(|printer| printer.relation(relation))
    }

    fn cte_text(&mut self, cte: &Cte, _recursive: bool) -> Emit<String> {
        self.inside(|printer| printer.cte(cte))
    }

    fn lowered(&self) -> bool {
        self.is_explicit()
    }

    // Rules are what the other targets need.
    fn count_rule(&mut self, _rule: &'static Rule) {}
}
