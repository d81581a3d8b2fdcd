//! `UPDATE … FROM` whose FROM may have several rows for one that is written: which of them gives the new
//! values is open, here and there.
//!
//! That it has no more than one is known where the conditions tell the values of a key of every table of
//! FROM.

use crate::{
    bind::{
        Binder,
        unsettled::{Keys, Unsettled},
    },
    tree::{Cell, Expr, ExprKind, JoinCondition, Relation, Update},
};
use model::NotComparableKind as Kind;

impl Binder<'_> {
    /// Marks an update whose values may come from one of several rows; `own` is the written table.
    pub(super) fn matched_by_several(&mut self, update: &Update, own: &str) {
        let Some(from) = &update.from else { return };
        let values: Vec<&Expr> = update
            .assignments
            .iter()
            .filter_map(|one| match &one.value {
                Cell::Value(value) => Some(value),
                Cell::Default => None,
            })
            .collect();
        let mut equal = Vec::new();
        update.filter.iter().for_each(|filter| equalities(filter, &mut equal));
        let mut tables = Vec::new();
        let mut known = Unsettled::over(self.catalog);
        leaves(from, &mut known, &mut tables, &mut equal);
        if !is_one_row(own, &tables, &equal, &values) {
            let what = "UPDATE by one of several rows that match";
            self.leave_open(Kind::Choice, what, update.span);
        }
    }
}

/// Do the equalities tell, for a row of `own`, one row of each table that the values are taken from?
fn is_one_row(
    own: &str,
    tables: &[(String, Keys)],
    equal: &[(&Expr, &Expr)],
    values: &[&Expr],
) -> bool {
    let mut found: Vec<&str> = vec![own];
    loop {
        let told = |expr: &Expr| is_made_of(&found, expr);
        let by = |column: &Expr| {
            equal.iter().any(|(one, two)| {
                (one.is_same(column) && told(two)) || (two.is_same(column) && told(one))
            })
        };
        let next = tables.iter().find(|(name, keys)| {
            !found.contains(&name.as_str()) && keys.iter().any(|key| key.iter().all(by))
        });
        match next {
            Some((name, _)) => found.push(name),
            None => return values.iter().all(|value| is_made_of(&found, value)),
        }
    }
}

/// Is the expression made of columns of these tables alone?
fn is_made_of(tables: &[&str], expr: &Expr) -> bool {
    !expr.any_part(&|part| match &part.kind {
        ExprKind::Column { relation, .. } => {
            !relation.as_deref().is_some_and(|name| tables.contains(&name))
        }
        _ => part.query().is_some(),
    })
}

/// The tables of FROM with their keys, and what its inner joins demand.
fn leaves<'r>(
    from: &'r Relation,
    known: &mut Unsettled<'_>,
    tables: &mut Vec<(String, Keys)>,
    equal: &mut Vec<(&'r Expr, &'r Expr)>,
) {
    match from {
        Relation::Join { left, right, condition, .. } => {
            leaves(left, known, tables, equal);
            leaves(right, known, tables, equal);
            // Rows that an outer join adds have no more than one partner either.
            if let JoinCondition::On(condition) = condition {
                equalities(condition, equal);
            }
        }
        one => tables.push((one.name().unwrap_or_default().to_owned(), known.relation(one))),
    }
}

/// The equalities of a conjunction.
fn equalities<'e>(condition: &'e Expr, found: &mut Vec<(&'e Expr, &'e Expr)>) {
    let Some(call) = condition.call() else { return };
    match (call.name, call.args.as_slice()) {
        ("and", parts) => parts.iter().for_each(|part| equalities(part, found)),
        ("=", [one, two]) => found.push((plain(one), plain(two))),
        _ => {}
    }
}

/// Without a conversion to a wider type, which keeps values apart.
fn plain(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Coerce { expr } => plain(expr),
        _ => expr,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse, tables_of_ddl};
    use model::{Dialect, NotComparableKind as Kind};

    fn is_open(dialect: Dialect, text: &str) -> bool {
        let settings = SourceSettings::of(dialect);
        let ddl = "CREATE TABLE t (id int, a int, b int); CREATE TABLE u (id int, a int); \
                   CREATE TABLE k (id int PRIMARY KEY, a int)";
        let catalog = Catalog::under(&settings, &tables_of_ddl(ddl, dialect).unwrap());
        let bound = parse(text, dialect).unwrap().bind_under(&catalog, &[], &settings).unwrap();
        bound.not_comparable.iter().any(|mark| mark.kind == Kind::Choice)
    }

    #[test]
    fn values_of_one_of_several_rows_are_open() {
        for (dialect, text, open) in [
            (Dialect::Postgres, "UPDATE t SET a = u.a FROM u WHERE u.id = t.id", true),
            (Dialect::Postgres, "UPDATE t SET a = k.a FROM k WHERE k.a = t.id", true),
            (Dialect::Postgres, "UPDATE t SET a = u.a FROM k, u WHERE k.id = t.id", true),
            (Dialect::Postgres, "UPDATE t SET a = k.a FROM k WHERE k.id = t.id", false),
            (
                Dialect::Postgres,
                "UPDATE t SET a = k.a FROM k WHERE t.id + 1 = k.id AND t.a > 1",
                false,
            ),
            (Dialect::Postgres, "UPDATE t SET a = k.a FROM k WHERE k.id = 7", false),
            (Dialect::Postgres, "UPDATE t SET a = t.b FROM u WHERE u.id = t.id", false),
            (Dialect::Postgres, "UPDATE t SET a = k.a FROM k, u WHERE k.id = t.id", false),
            (
                Dialect::Postgres,
                "UPDATE t SET a = v.a FROM k JOIN k AS v ON v.id = k.a WHERE k.id = t.id",
                false,
            ),
            (
                Dialect::Postgres,
                "UPDATE t SET a = s.n FROM (SELECT id, count(*)::int AS n FROM u GROUP BY id) s \
                 WHERE s.id = t.id",
                false,
            ),
            (Dialect::TSql, "UPDATE t SET a = u.a FROM t JOIN u ON u.id = t.id", true),
            (Dialect::TSql, "UPDATE t SET a = k.a FROM t JOIN k ON k.id = t.id", false),
            (Dialect::MySql, "UPDATE t JOIN u ON u.id = t.id SET t.a = u.a", true),
            (Dialect::Snowflake, "UPDATE t SET a = u.a FROM u WHERE u.id = t.id", true),
            (Dialect::Redshift, "UPDATE t SET a = u.a FROM u WHERE u.id = t.id", true),
            // A second match is an error there.
            (Dialect::BigQuery, "UPDATE t SET a = u.a FROM u WHERE u.id = t.id", false),
        ] {
            assert_eq!(is_open(dialect, text), open, "{dialect}: {text}");
        }
    }
}
