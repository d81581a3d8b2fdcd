//! Whole numbers of types that are smaller than the core's (Teradata): 5 is a BYTEINT and 500 a SMALLINT, and so is
//! what CASE, COALESCE, MAX and columns of queries inside make of them. The columns of a set operation have the
//! types of its first SELECT, where a larger number of another one is an error.
//!
//! Source: <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Data-Types-and-Literals/Data-Literals/Integer-Literals>

use super::{Binder, first_select::first_item, marks::Mark};
use crate::{
    tree::{Column, Expr, ExprKind, Literal},
    types::Type,
};

/// How small a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Small {
    /// NULL, which is of any type.
    Null,
    Byteint,
    Smallint,
    Larger,
}

impl Small {
    /// The form of a cast to that type.
    pub(super) const fn form(self) -> Option<&'static str> {
        match self {
            Self::Byteint => Some("cast byteint"),
            Self::Smallint => Some("cast"),
            Self::Null | Self::Larger => None,
        }
    }
}

/// Functions whose value is one of those of their first argument.
const ONE_OF: [&str; 6] = ["min", "max", "lag", "lead", "first_value", "last_value"];

impl Binder<'_> {
    /// The type of a whole number.
    pub(super) fn small(&self, expr: &Expr) -> Small {
        if self.marked.is_byte(expr.span) {
            return Small::Byteint;
        }
        if let Some(number) = expr.integer() {
            return match number {
                // What is cast to a larger type is one of it.
                _ if !is_written(expr) => of_type(&expr.ty),
                -128..=127 => Small::Byteint,
                -32768..=32767 => Small::Smallint,
                _ => Small::Larger,
            };
        }
        if expr.is_null() {
            return if expr.ty == Type::Unknown { Small::Null } else { of_type(&expr.ty) };
        }
        let of_all = |all: &mut dyn Iterator<Item = &Expr>| {
            all.filter(|one| !one.is_null()).map(|one| self.small(one)).max().unwrap_or(Small::Null)
        };
        match &expr.kind {
            ExprKind::Column { .. } => {
                let marks = [Small::Byteint, Small::Smallint].into_iter();
                marks
                    .filter(|small| self.marked.is_marked(expr, Mark::Small(*small)))
                    .max()
                    .unwrap_or_else(|| of_type(&expr.ty))
            }
            ExprKind::Coerce { expr: inner } if inner.ty.is_integer() => self.small(inner),
            ExprKind::Call(call) if ONE_OF.contains(&call.name) => {
                of_all(&mut call.args.first().into_iter().chain(call.args.get(2)))
            }
            ExprKind::Call(call) if call.name == "nullif" => of_all(&mut call.args.iter().take(1)),
            ExprKind::Call(call) if call.name == "coalesce" => of_all(&mut call.args.iter()),
            ExprKind::Case { branches, otherwise, .. } => {
                let branches = branches.iter().map(|(_, then)| then);
                of_all(&mut branches.chain(otherwise.as_deref()))
            }
            ExprKind::Scalar(query) => {
                first_item(query, 0).map_or(Small::Larger, |e| self.small(e))
            }
            _ => of_type(&expr.ty),
        }
    }

    /// The mark of a column of a query whose value is smaller than its type here.
    pub(super) fn small_mark(&self, expr: &Expr) -> Option<Mark> {
        let small = if expr.ty.is_integer() { self.small(expr) } else { Small::Larger };
        small.form().map(|_| Mark::Small(small))
    }

    /// Notes a column of a table that is a BYTEINT.
    pub(super) fn note_small(&mut self, spelled: &str, column: &Column, shown: &str) {
        let name = spelled.split_whitespace().next().unwrap_or_default();
        if column.ty == Type::Int2 && name.eq_ignore_ascii_case("byteint") {
            self.marked.note(shown, &column.name, Mark::Small(Small::Byteint));
        }
    }
}

fn of_type(ty: &Type) -> Small {
    if *ty == Type::Int2 { Small::Smallint } else { Small::Larger }
}

/// Is it a number as it is written, and nothing that is cast?
fn is_written(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Number(_)) => true,
        ExprKind::Call(call) => call.args.iter().all(is_written),
        ExprKind::Coerce { expr } => is_written(expr),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse, tables_of_ddl};
    use model::Dialect;

    #[test]
    fn larger_numbers_of_other_selects_are_minded() {
        let tables =
            tables_of_ddl("CREATE TABLE t (k INTEGER, bi BYTEINT, sm SMALLINT)", Dialect::Teradata);
        let catalog = Catalog::of(Dialect::Teradata, &tables.unwrap());
        let lines = |text: &str| {
            let bound = parse(text, Dialect::Teradata).unwrap().bind(&catalog, &[]).unwrap();
            format!("{bound:?}")
        };
        for (first, minded) in [
            ("CAST(NULL AS BYTEINT)", true),
            ("bi", true),
            ("MAX(bi)", true),
            ("CASE WHEN k = 1 THEN 1 ELSE 0 END", true),
            ("CASE WHEN k = 1 THEN 1 END", true),
            ("COALESCE(NULL, 1)", true),
            ("MAX(1)", true),
            ("CASE WHEN k = 1 THEN 1 ELSE 1000 END", false),
            ("CASE WHEN k = 1 THEN 1 ELSE k END", false),
            ("bi + 1", false),
            ("sm", false),
            ("k", false),
        ] {
            let text = format!("SELECT {first} AS v FROM t UNION ALL SELECT sm FROM t");
            assert_eq!(lines(&text).contains("\"128\""), minded, "{first}");
        }
        let inside = "SELECT x FROM (SELECT 1 AS x FROM t) q UNION ALL SELECT sm FROM t";
        assert!(lines(inside).contains("\"128\""));
    }
}
