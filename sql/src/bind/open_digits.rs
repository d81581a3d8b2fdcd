//! Quotients and products whose digits the text leaves open (T-SQL): an integer constant beside a decimal has
//! as many digits as the server likes, and how many a quotient has depends on those. What was calculated
//! with one is marked, also as a column of the queries around.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/data-types/int-bigint-smallint-and-tinyint-transact-sql>
//! ("Converting integer data").

use super::{
    Binder,
    limit::cells_of,
    marks::{ColumnMarks, Mark},
};
use crate::{
    dialects::Definition,
    tree::{Expr, ExprKind, FunctionKind, Query},
    types::Type,
};

/// Aggregates whose decimals have 38 digits, whatever they are made of.
const OF_ALL_DIGITS: [&str; 2] = ["sum", "avg"];

/// Functions of windows that give one of the values.
const ONE_OF_THEM: [&str; 6] = ["lag", "lead", "first_value", "last_value", "min", "max"];

impl Binder<'_> {
    /// Is it a quotient or product whose digits the text leaves open? An integer constant beside a
    /// decimal has as many digits as the server likes.
    pub(super) fn open_digits(&self, name: &str, args: &[Expr]) -> bool {
        if self.speaks_core() || !self.spec.traits().open_quotients {
            return false;
        }
        let decimal = |e: &Expr| matches!(e.ty, Type::Numeric(_));
        let constant = |e: &Expr| e.ty.is_integer() && e.integer().is_some();
        // It may be of a tinyint, which counts for 3 digits, or of a smallint, which counts for 5.
        let small = |e: &Expr| e.ty == Type::Int2 && !constant(e);
        match (name, args) {
            ("/", [one, two]) => {
                (constant(one) && decimal(two))
                    || (constant(two) && decimal(one))
                    || self.hides_digits(one, Mark::OpenDigits)
                    || self.hides_digits(two, Mark::OpenDigits)
                    || self.hides_digits(one, Mark::AllDigits)
                    || self.hides_digits(two, Mark::AllDigits)
                    || (decimal(one) && small(two))
                    || (small(one) && decimal(two))
            }
            ("*" | "+" | "-", [one, two]) => {
                let whole =
                    |e: &Expr| constant(e) || small(e) || self.hides_digits(e, Mark::OpenDigits);
                let all = |e: &Expr| self.hides_digits(e, Mark::AllDigits);
                let wide = all(one) || all(two);
                (whole(one) || whole(two) || wide)
                    && loses_scale(name, [one, two], [all(one), all(two)])
            }
            _ => false,
        }
    }

    /// The marks of a query's columns.
    pub(super) fn open_digits_of(&self, query: &Query) -> ColumnMarks {
        let mut marks = ColumnMarks::new();
        if !self.spec.traits().open_quotients {
            return marks;
        }
        let decimals = |ty: &Type| matches!(ty, Type::Numeric(_));
        for (at, _) in query.columns.iter().enumerate().filter(|(_, column)| decimals(&column.ty)) {
            let mut cells = Vec::new();
            cells_of(&query.body, at, &mut cells);
            for mark in [Mark::OpenDigits, Mark::AllDigits] {
                if cells.iter().any(|cell| self.hides_digits(cell, mark)) {
                    marks.push((at, mark));
                }
            }
        }
        marks
    }

    /// Notes a call whose value has the digits of an argument, which are open.
    pub(super) fn note_open_digits(
        &mut self,
        definition: &Definition,
        marks: &[Mark],
        span: super::Span,
    ) {
        if !OF_ALL_DIGITS.contains(&definition.name) {
            for mark in marks {
                self.marked.number(span, *mark);
            }
        }
    }

    /// Which of the two marks values of these arguments have.
    pub(super) fn digits_of_all(&self, args: &[Expr]) -> Vec<Mark> {
        if self.speaks_core() || !self.spec.traits().open_quotients {
            return Vec::new();
        }
        let marks = [Mark::OpenDigits, Mark::AllDigits];
        marks
            .into_iter()
            .filter(|mark| args.iter().any(|arg| self.hides_digits(arg, *mark)))
            .collect()
    }

    /// Is it of [`Mark::OpenDigits`]: is an integer constant added to or multiplied with a decimal in it? Or
    /// of [`Mark::AllDigits`]: is it an absolute value of a decimal, or calculated with one? Its page gives it 38
    /// digits, as it gives those to FLOOR, which has the digits of its argument there. A cast and a sum have a
    /// precision of their own.
    fn hides_digits(&self, expr: &Expr, mark: Mark) -> bool {
        let decimal = |e: &Expr| matches!(e.ty, Type::Numeric(_));
        if !decimal(expr) {
            return false;
        }
        if self.marked.is_number(expr.span, mark) {
            return true;
        }
        match &expr.kind {
            ExprKind::Column { .. } => self.marked.is_marked(expr, mark),
            ExprKind::Coerce { expr } => self.hides_digits(expr, mark),
            ExprKind::Scalar(query) => {
                let mut cells = Vec::new();
                cells_of(&query.body, 0, &mut cells);
                cells.into_iter().any(|cell| self.hides_digits(cell, mark))
            }
            ExprKind::Case { branches, otherwise, .. } => branches
                .iter()
                .map(|(_, then)| then)
                .chain(otherwise.as_deref())
                .any(|then| self.hides_digits(then, mark)),
            ExprKind::Call(call) => {
                let own = match (call.name, mark) {
                    ("+" | "-" | "*", Mark::OpenDigits) => {
                        let whole = |arg: &Expr| whole_constant(arg).is_some() || is_small(arg);
                        let other = |arg: &Expr| decimal(arg) && !whole(arg);
                        call.args.iter().any(whole) && call.args.iter().any(other)
                    }
                    ("left_open", Mark::OpenDigits) => true,
                    ("abs", Mark::AllDigits) => {
                        expr.ty.decimal_shape().is_some_and(|shape| shape.precision < 38)
                    }
                    _ => false,
                };
                let keeps = call.kind == FunctionKind::Scalar && call.over.is_none()
                    || ONE_OF_THEM.contains(&call.name);
                own || (keeps && call.args.iter().any(|arg| self.hides_digits(arg, mark)))
            }
            _ => false,
        }
    }
}

/// Has the result of two exact numbers so many digits that its scale is cut, and would another
/// precision of one of them show? Some have all 38 digits, whatever their type says.
fn loses_scale(name: &str, args: [&Expr; 2], all: [bool; 2]) -> bool {
    let digits = |e: &Expr, all: bool| {
        let shape = e.ty.decimal_shape()?;
        let precision = if all { 38 } else { i64::from(shape.precision) };
        Some((precision, i64::from(shape.scale)))
    };
    let [one, two] = args;
    let (Some((p1, s1)), Some((p2, s2))) = (digits(one, all[0]), digits(two, all[1])) else {
        return false;
    };
    match name {
        "*" => s1 + s2 > 6 && p1 + p2 + 1 > 38,
        // What has all digits has no room for more behind the point than it has.
        _ if all[0] || all[1] => (all[0] && s2 > s1) || (all[1] && s1 > s2),
        _ => s1.max(s2) + (p1 - s1).max(p2 - s2) + 1 > 38,
    }
}

/// The value of an integer constant that became a decimal by itself.
fn whole_constant(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Coerce { expr } if expr.ty.is_integer() => expr.integer(),
        _ => None,
    }
}

/// Is it a number of rows that became a decimal, and may be of a tinyint or of a smallint?
fn is_small(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Coerce { expr } if expr.ty == Type::Int2 && expr.integer().is_none())
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse, tables_of_ddl};
    use model::Dialect;

    /// Is a value of the query marked?
    fn is_open(text: &str) -> bool {
        let settings = SourceSettings::of(Dialect::TSql);
        let ddl = "CREATE TABLE t (a DECIMAL(12, 4), b DECIMAL(5, 4), i INT, k SMALLINT)";
        let tables = tables_of_ddl(ddl, Dialect::TSql).unwrap();
        let catalog = Catalog::under(&settings, &tables);
        let bound = parse(text, Dialect::TSql).unwrap().bind_under(&catalog, &[], &settings);
        format!("{:?}", bound.unwrap().statement).contains("left_open")
    }

    #[test]
    fn open_digits_go_with_their_column() {
        for text in [
            "SELECT a / 3 FROM t",
            "SELECT b / (a * 100) FROM t",
            "SELECT (b + k) / a FROM t",
            "WITH q AS (SELECT a * 100 AS p, b FROM t) SELECT b / p FROM q",
            "SELECT q.d / q.p FROM (SELECT 1 - b AS p, a AS d FROM t) AS q",
            "SELECT MAX(a * 100) / MAX(b * 10) FROM t",
            "SELECT 2.5 / LAG(a * 10, 1, 0) OVER (ORDER BY i) FROM t",
            "SELECT 2.5 / ISNULL(a * 10, 0) FROM t",
            "SELECT 2.5 / (SELECT MAX(a * 10) FROM t) FROM t",
            "SELECT x.p / x.q FROM t CROSS APPLY (SELECT a * 100 AS p, a + 10 AS q) AS x",
            "SELECT q.p / 2.5 FROM (SELECT a AS p FROM t UNION ALL SELECT a * 10 FROM t) AS q",
            "SELECT ABS(a) * b FROM t",
            "SELECT 2.5 / q.p FROM (SELECT ABS(a) AS p FROM t) AS q",
        ] {
            assert!(is_open(text), "{text}");
        }
        for text in [
            "SELECT b / a FROM t",
            "SELECT a * 100 FROM t",
            "WITH q AS (SELECT a * 100 AS p, b FROM t) SELECT t.b / t.a, p FROM q CROSS JOIN t",
            "SELECT SUM(a * 100) / MAX(b) FROM t",
            "SELECT b / CAST(a * 100 AS DECIMAL(12, 4)) FROM t",
            "SELECT CAST(ISNULL(a * 10, 0) AS DECIMAL(12, 4)) / b FROM t",
            "SELECT a / CAST(i AS DECIMAL(9, 0)) FROM t",
        ] {
            assert!(!is_open(text), "{text}");
        }
    }
}
