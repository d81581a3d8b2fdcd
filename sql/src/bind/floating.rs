//! NUMBER of Teradata: a column says how many digits it stores, and what is calculated with it has as many as it
//! needs. It is read as a decimal of those digits, so what looks at the digits of a type is refused of it: a
//! quotient, a text.
//!
//! Source: <https://docs.teradata.com/r/Teradata-VantageTM-Data-Types-and-Literals/July-2021/Numeric-Data-Types/NUMBER-Data-Type>

use super::{Binder, Bound, Lowered, marks::Mark};
use crate::{
    dialects::Definition,
    tree::{Body, Column, Expr, ExprKind, Query},
    types::Type,
};

/// The functions that make such a number: of a text, of a number's sign, or of a moment, whose seconds have the
/// digits of its type.
const MADE: [&str; 3] = ["to_number(", "sign(", "extract second("];

fn is_made(one: &Lowered) -> bool {
    MADE.iter().any(|name| one.definition.starts_with(name))
}

impl Binder<'_> {
    /// Notes the columns of a table, called `shown`, that are such numbers.
    pub(super) fn note_floating(&mut self, path: &[String], columns: &[Column], shown: &str) {
        let Some(name) = self.spec.traits().floating_decimals else { return };
        let stored = self.catalog.find(path).map(|all| all.to_vec()).unwrap_or_default();
        for (column, stored) in columns.iter().zip(&stored) {
            let spelled = self.catalog.spelling(path, &stored.name).unwrap_or_default();
            if spelled.trim_start().to_ascii_lowercase().starts_with(name) {
                self.marked.note(shown, &column.name, Mark::Floating);
            }
        }
    }

    /// Which columns of a query are such numbers.
    pub(super) fn floating_of(&self, query: &Query) -> Vec<usize> {
        if !self.any_floating() {
            return Vec::new();
        }
        (0..query.columns.len()).filter(|at| self.gives_floating(&query.body, *at)).collect()
    }

    /// Refuses what looks at the digits that such a number seems to have.
    pub(super) fn no_floating_digits(
        &self,
        definition: &Definition,
        args: &[Expr],
        target: Option<&Type>,
    ) -> Bound<()> {
        if self.speaks_core() || !self.any_floating() {
            return Ok(());
        }
        let scale = |ty: &Type| ty.decimal_shape().map(|shape| shape.scale);
        let looks = match target {
            Some(to) if to.is_character() => true,
            Some(to) => args.iter().any(|arg| {
                let less = scale(to) < scale(&arg.ty);
                matches!(to, Type::Numeric(_)) && less
            }),
            None => ["/", "btrim", "median"].contains(&definition.name),
        };
        match args.iter().find(|arg| looks && self.is_floating(arg)) {
            Some(number) => self.unsupported("the digits of a NUMBER here", number.span),
            None => Ok(()),
        }
    }

    fn any_floating(&self) -> bool {
        let made = || self.expanded.iter().any(is_made);
        self.spec.traits().floating_decimals.is_some()
            && (self.marked.any(Mark::Floating) || made())
    }

    fn is_floating(&self, expr: &Expr) -> bool {
        if expr.ty.is_float() || expr.ty.is_character() {
            return false;
        }
        let made = |one: &Lowered| one.span == expr.span && is_made(one);
        if matches!(expr.ty, Type::Numeric(_)) && self.expanded.iter().any(made) {
            return true;
        }
        match &expr.kind {
            ExprKind::Column { .. } => self.marked.is_marked(expr, Mark::Floating),
            ExprKind::Coerce { expr } | ExprKind::Cast { expr } => self.is_floating(expr),
            ExprKind::Call(call) => {
                call.name != "count" && call.args.iter().any(|arg| self.is_floating(arg))
            }
            ExprKind::Case { branches, otherwise, .. } => {
                branches.iter().any(|(_, then)| self.is_floating(then))
                    || otherwise.as_deref().is_some_and(|other| self.is_floating(other))
            }
            ExprKind::Scalar(query) => self.gives_floating(&query.body, 0),
            _ => false,
        }
    }

    fn gives_floating(&self, body: &Body, index: usize) -> bool {
        match body {
            Body::Select(select) => {
                select.items.get(index).is_some_and(|item| self.is_floating(&item.expr))
            }
            Body::SetOperation { left, right, .. } => {
                self.gives_floating(&left.body, index) || self.gives_floating(&right.body, index)
            }
            Body::Values(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse, tables_of_ddl};
    use model::Dialect;

    fn refusal(text: &str) -> Option<String> {
        let ddl = "CREATE TABLE t (id INTEGER, n NUMBER(10, 2), d DECIMAL(10, 2), s VARCHAR(9))";
        let tables = tables_of_ddl(ddl, Dialect::Teradata).unwrap();
        let catalog = Catalog::of(Dialect::Teradata, &tables);
        let bound = parse(text, Dialect::Teradata).unwrap().bind(&catalog, &[]);
        bound.err().map(|refused| refused.message)
    }

    #[test]
    fn what_looks_at_the_digits_of_such_a_number_is_refused() {
        for text in [
            "SELECT n / 3 FROM t",
            "SELECT id / (n + 1) FROM t",
            "SELECT r / 3 FROM (SELECT SUM(n) AS r FROM t) x",
            "WITH x AS (SELECT n AS r FROM t) SELECT TRIM(r) FROM x",
            "SELECT CAST(n AS VARCHAR(12)) FROM t",
            "SELECT CAST(n AS DECIMAL(10, 1)) FROM t",
            "SELECT TO_NUMBER(s) / 3 FROM t",
            "SELECT SIGN(id) / 2 FROM t",
            "SELECT TRIM(SIGN(d)) FROM t",
            "SELECT r / 3 FROM (SELECT TO_NUMBER(s) AS r FROM t) x",
        ] {
            let why = refusal(text).unwrap_or_default();
            assert!(why.contains("the digits of a NUMBER"), "{text}: {why}");
        }
        assert!(refusal("SELECT CAST(id AS NUMBER(5)) FROM t").is_some());
        for text in [
            "SELECT n * 2 + 1, SUM(n), ROUND(n, 1), CAST(n AS DECIMAL(12, 3)) FROM t GROUP BY n",
            "SELECT d / 3, SUM(d) / COUNT(n), CAST(n AS FLOAT) / 3 FROM t GROUP BY d, n",
            "SELECT TO_NUMBER(s) + 1 FROM t WHERE n > 2.5",
            "SELECT SIGN(id) * d, SUM(SIGN(d)) FROM t GROUP BY id, d",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }
}
