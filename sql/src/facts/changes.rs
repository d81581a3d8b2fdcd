//! Does a statement change rows of tables, so that a rollback undoes it?

use model::Changes;
use sqlparser::ast::{Query, SetExpr, Statement};

/// What a statement changes, going by its clauses; its functions are looked at elsewhere. `locks` tells
/// whether it locks rows somewhere.
pub(super) fn of(statement: &Statement, locks: bool) -> Option<Changes> {
    if let Statement::Query(query) = statement {
        return match main_statement(query) {
            // What a WITH before it changes has no answer of its own.
            Some(statement) => of(statement, locks),
            None => (locks || changes_within(query)).then_some(Changes::Returned),
        };
    }
    let returns = match statement {
        // `INSERT OVERWRITE` does not only change rows.
        Statement::Insert(insert) => {
            if insert.overwrite {
                return None;
            }
            insert.returning.is_some() || insert.output.is_some()
        }
        Statement::Update(update) => update.returning.is_some() || update.output.is_some(),
        Statement::Delete(delete) => delete.returning.is_some() || delete.output.is_some(),
        Statement::Merge(merge) => merge.output.is_some(),
        _ => return None,
    };
    Some(if returns { Changes::Returned } else { Changes::Counted })
}

/// The statement after a WITH that is no query.
fn main_statement(query: &Query) -> Option<&Statement> {
    match &*query.body {
        SetExpr::Insert(statement)
        | SetExpr::Update(statement)
        | SetExpr::Delete(statement)
        | SetExpr::Merge(statement) => Some(statement),
        _ => None,
    }
}

/// Is a part of the WITH a statement that changes rows? PostgreSQL takes them at the top only.
fn changes_within(query: &Query) -> bool {
    let tables = query.with.iter().flat_map(|with| &with.cte_tables);
    tables.into_iter().any(|table| main_statement(&table.query).is_some())
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::{Changes, Dialect, StatementKind};

    fn changes(text: &str) -> Option<Changes> {
        let facts = parse(text, Dialect::Postgres).unwrap().facts();
        assert!(facts.changes.is_none() || facts.kind == StatementKind::Write, "{text}");
        facts.changes
    }

    #[test]
    fn what_a_rollback_undoes() {
        for text in [
            "INSERT INTO t VALUES (1)",
            "INSERT INTO t SELECT * FROM u ON CONFLICT DO NOTHING",
            "UPDATE t SET a = 1 FROM u WHERE t.b = u.b",
            "DELETE FROM t",
            "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
            "WITH d AS (SELECT 1) INSERT INTO t SELECT * FROM d",
        ] {
            assert_eq!(changes(text), Some(Changes::Counted), "{text}");
        }
        for text in [
            "INSERT INTO t VALUES (1) RETURNING a",
            "UPDATE t SET a = 1 RETURNING *",
            "DELETE FROM t RETURNING 1",
            "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
            "SELECT * FROM t FOR UPDATE",
        ] {
            assert_eq!(changes(text), Some(Changes::Returned), "{text}");
        }
    }

    #[test]
    fn what_outlives_a_rollback_or_may_is_none() {
        for text in [
            "SELECT 1",
            "SELECT * INTO u FROM t",
            "SELECT nextval('s')",
            "INSERT INTO t VALUES (nextval('s'))",
            "WITH d AS (DELETE FROM t RETURNING *) SELECT setval('s', 1) FROM d",
            "SELECT pg_advisory_lock(1) FROM t FOR UPDATE",
            "CREATE TABLE t (a int)",
            "DROP TABLE t",
            "TRUNCATE t",
            "CALL p()",
            "COPY t FROM '/x'",
            "COMMIT",
        ] {
            assert_eq!(changes(text), None, "{text}");
        }
    }
}
