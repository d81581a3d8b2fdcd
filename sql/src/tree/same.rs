//! Whether two expressions say the same, wherever they are written.

use super::{
    Call, Expr, ExprKind, Frame, FrameBound, Literal, QuantifiedSource, SortKey, SortTarget, Window,
};

impl Expr {
    /// Are they the same expression, wherever they are written? `a` and `t.a` are, where both are that
    /// column. Queries inside are the same only where they stand at the same place.
    pub fn is_same(&self, other: &Self) -> bool {
        use ExprKind as Kind;
        match (&self.kind, &other.kind) {
            (
                Kind::Column { relation, name, .. },
                Kind::Column { relation: relation_2, name: name_2, .. },
            ) => name == name_2 && relation == relation_2,
            (Kind::Call(call), Kind::Call(call_2)) => call.is_same(call_2),
            (Kind::Cast { expr }, Kind::Cast { expr: expr_2 })
            | (Kind::Coerce { expr }, Kind::Coerce { expr: expr_2 }) => {
                self.ty == other.ty && expr.is_same(expr_2)
            }
            (
                Kind::Case { operand, branches, otherwise },
                Kind::Case { operand: operand_2, branches: branches_2, otherwise: otherwise_2 },
            ) => {
                let same_branch = |(one, two): (&(Self, Self), &(Self, Self))| {
                    one.0.is_same(&two.0) && one.1.is_same(&two.1)
                };
                branches.len() == branches_2.len()
                    && both_or_none(operand.as_deref(), operand_2.as_deref(), Self::is_same)
                    && both_or_none(otherwise.as_deref(), otherwise_2.as_deref(), Self::is_same)
                    && branches.iter().zip(branches_2).all(same_branch)
            }
            (
                Kind::InList { expr, list, negated },
                Kind::InList { expr: expr_2, list: list_2, negated: negated_2 },
            ) => negated == negated_2 && expr.is_same(expr_2) && all_same(list, list_2),
            (
                Kind::InQuery { expr, query, negated, .. },
                Kind::InQuery { expr: expr_2, query: query_2, negated: negated_2, .. },
            ) => negated == negated_2 && expr.is_same(expr_2) && query == query_2,
            (
                Kind::Quantified { op, all, expr, source },
                Kind::Quantified { op: op_2, all: all_2, expr: expr_2, source: source_2 },
            ) => {
                let same_source = match (source, source_2) {
                    (QuantifiedSource::Array(one), QuantifiedSource::Array(two)) => {
                        one.is_same(two)
                    }
                    (one, two) => one == two,
                };
                (op, all) == (op_2, all_2) && expr.is_same(expr_2) && same_source
            }
            (Kind::Row(items), Kind::Row(items_2)) | (Kind::Array(items), Kind::Array(items_2)) => {
                all_same(items, items_2)
            }
            (Kind::Subscript { base, index }, Kind::Subscript { base: base_2, index: index_2 }) => {
                base.is_same(base_2) && index.is_same(index_2)
            }
            (Kind::Literal(Literal::Text(one)), Kind::Literal(Literal::Text(two))) => one == two,
            (Kind::Literal(one), Kind::Literal(two)) => self.ty == other.ty && one == two,
            (one, two) => one == two,
        }
    }
}

impl Call {
    fn is_same(&self, other: &Self) -> bool {
        (self.name, self.kind, self.star, self.distinct, self.ignore_nulls)
            == (other.name, other.kind, other.star, other.distinct, other.ignore_nulls)
            && all_same(&self.args, &other.args)
            && both_or_none(self.filter.as_ref(), other.filter.as_ref(), Expr::is_same)
            && same_keys(&self.order_by, &other.order_by)
            && both_or_none(self.over.as_ref(), other.over.as_ref(), Window::is_same)
    }
}

impl Window {
    fn is_same(&self, other: &Self) -> bool {
        all_same(&self.partition_by, &other.partition_by)
            && same_keys(&self.order_by, &other.order_by)
            && both_or_none(self.frame.as_ref(), other.frame.as_ref(), Frame::is_same)
    }
}

impl Frame {
    fn is_same(&self, other: &Self) -> bool {
        (self.units, self.exclude) == (other.units, other.exclude)
            && self.start.is_same(&other.start)
            && both_or_none(self.end.as_ref(), other.end.as_ref(), FrameBound::is_same)
    }
}

impl FrameBound {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Preceding(one), Self::Preceding(two))
            | (Self::Following(one), Self::Following(two)) => one.is_same(two),
            (one, two) => one == two,
        }
    }
}

fn same_keys(one: &[SortKey], two: &[SortKey]) -> bool {
    one.len() == two.len()
        && one.iter().zip(two).all(|(one, two)| {
            (one.descending, one.nulls_first) == (two.descending, two.nulls_first)
                && match (&one.target, &two.target) {
                    (SortTarget::Expr(one), SortTarget::Expr(two)) => one.is_same(two),
                    (one, two) => one == two,
                }
        })
}

fn all_same(one: &[Expr], two: &[Expr]) -> bool {
    one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.is_same(two))
}

fn both_or_none<T>(one: Option<&T>, two: Option<&T>, same: impl Fn(&T, &T) -> bool) -> bool {
    match (one, two) {
        (None, None) => true,
        (Some(one), Some(two)) => same(one, two),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse, tables_of_ddl, tree::Body};
    use model::Dialect;

    /// Are the two items of a SELECT list the same?
    fn same(items: &str) -> bool {
        let ddl = "CREATE TABLE t (a integer, b integer, c text); CREATE TABLE u (a integer)";
        let catalog =
            Catalog::of(Dialect::Postgres, &tables_of_ddl(ddl, Dialect::Postgres).unwrap());
        let text = format!("SELECT {items} FROM t CROSS JOIN u");
        let bound = parse(&text, Dialect::Postgres).unwrap().bind(&catalog, &[]).unwrap();
        let Body::Select(select) = &bound.body else { panic!("{text}") };
        let [one, two] = select.items.as_slice() else { panic!("{text}") };
        assert_eq!(one.expr.is_same(&two.expr), two.expr.is_same(&one.expr), "{text}");
        one.expr.is_same(&two.expr)
    }

    #[test]
    fn the_same_at_another_place() {
        for items in [
            "b, t.b",
            "b + 1, t.b  +  1",
            "upper(c) || 'x', upper(t.c) || 'x'",
            "CASE WHEN b > 1 THEN 'x' ELSE c END, CASE WHEN t.b > 1 THEN 'x' ELSE t.c END",
            "b IN (1, 2), t.b IN (1, 2)",
            "b::text, CAST(t.b AS text)",
            "sum(b) OVER (PARTITION BY c ORDER BY t.a ROWS 1 PRECEDING), \
             sum(t.b) OVER (PARTITION BY t.c ORDER BY t.a ROWS 1 PRECEDING)",
            "b = ANY (ARRAY[1, b]), t.b = ANY (ARRAY[1, t.b])",
        ] {
            assert!(same(items), "{items}");
        }
    }

    #[test]
    fn not_the_same() {
        for items in [
            "t.a, u.a",
            "b, c",
            "b + 1, b - 1",
            "b + 1, b + 2",
            "b::text, b::numeric",
            "c::varchar(1), c::varchar(5)",
            "CASE WHEN b > 1 THEN 'x' END, CASE WHEN b > 1 THEN 'x' ELSE 'y' END",
            "CASE b WHEN 1 THEN 'x' END, CASE WHEN b = 1 THEN 'x' END",
            "b IN (1, 2), b NOT IN (1, 2)",
            "b IN (1, 2), b IN (1, 2, 3)",
            "b = ANY (ARRAY[1]), b = ALL (ARRAY[1])",
            "count(b) OVER (ORDER BY t.a), count(b) OVER (ORDER BY t.a DESC)",
            "count(b) OVER (ORDER BY t.a ROWS 1 PRECEDING), count(b) OVER (ORDER BY t.a ROWS 2 PRECEDING)",
            "count(b) OVER (), count(b) FILTER (WHERE b > 1) OVER ()",
        ] {
            assert!(!same(items), "{items}");
        }
    }
}
