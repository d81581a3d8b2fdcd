//! Which captured transaction each statement was in.

use crate::guard;
use model::PlanItem;
use sql::TransactionControl;
use std::collections::BTreeMap;

/// What a text does that cannot be parsed, going by its first words: `ABORT`, `BEGIN … DEFERRABLE`,
/// `PREPARE TRANSACTION`.
pub(super) fn unparsable(sql: &str) -> Option<TransactionControl> {
    match guard::verb(sql).as_str() {
        "ABORT" | "COMMIT" | "END" | "ROLLBACK" => Some(TransactionControl::End),
        "BEGIN" | "START" => Some(TransactionControl::Begin),
        "PREPARE" => {
            let second = sql.split_whitespace().nth(1).unwrap_or_default();
            second.eq_ignore_ascii_case("transaction").then_some(TransactionControl::End)
        }
        _ => None,
    }
}

/// Marks each item that stands between the beginning of a transaction and its end, in its session's
/// order. `controls` tells what each item does to the transaction of its session.
///
/// Only what the session said counts: a capture that began in the middle of a transaction has the rest
/// of it alone, and one that ends in the middle has it to the end.
pub(super) fn mark(items: &mut [PlanItem], controls: &[Option<TransactionControl>]) {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|at| items.get(*at).map(|item| (item.sequence, item.index)));
    let mut open: BTreeMap<String, u64> = BTreeMap::new();
    for at in order {
        let Some(item) = items.get_mut(at) else { continue };
        let control = controls.get(at).copied().flatten();
        match control {
            // A BEGIN within a transaction is a warning and does nothing.
            Some(TransactionControl::Begin) => {
                open.entry(item.session.clone()).or_insert(item.index);
            }
            Some(TransactionControl::End) => {
                open.remove(&item.session);
            }
            Some(TransactionControl::Chain) => {
                open.insert(item.session.clone(), item.index);
            }
            Some(TransactionControl::Inside) | None => {
                item.transaction = open.get(&item.session).copied();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{Selection, Unchanged, build};
    use model::{Dialect, Statement, Workload};

    /// The transaction of each statement, given as session and text.
    fn marked(texts: &[(&str, &str)]) -> Vec<Option<u64>> {
        let statement = |(n, (session, sql)): (usize, &(&str, &str))| {
            let place = ((*session).to_owned(), n as u64);
            Statement::new(n.to_string(), place, Dialect::Postgres, *sql)
        };
        let statements = texts.iter().enumerate().map(statement).collect();
        let workload = Workload::new("t", statements).unwrap();
        let unchanged = Unchanged { dialect: Dialect::DuckDb };
        let plan = build(&workload, &unchanged, Selection::default()).unwrap();
        plan.items.iter().map(|item| item.transaction).collect()
    }

    #[test]
    fn what_stands_between_beginning_and_end() {
        let texts = [
            ("a", "SELECT 1"),
            ("a", "BEGIN"),
            ("b", "SELECT 2"),
            ("a", "SELECT 3"),
            ("b", "START TRANSACTION READ ONLY"),
            ("b", "SELECT 4"),
            ("a", "SAVEPOINT x"),
            ("a", "SELEC"),
            ("a", "ROLLBACK TO x"),
            ("a", "COMMIT AND CHAIN"),
            ("a", "SELECT 5"),
            ("a", "ROLLBACK"),
            ("a", "SELECT 6"),
            ("b", "BEGIN"),
            ("b", "SELECT 7"),
        ];
        let (a, b, chained) = (Some(1), Some(4), Some(9));
        let expected = [None, None, None, a, None, b, a, a, a, None, chained, None, None, None, b];
        assert_eq!(marked(&texts), expected);
    }

    #[test]
    fn an_abort_is_an_end_though_it_cannot_be_parsed() {
        let texts = [("a", "BEGIN"), ("a", "SELECT 1"), ("a", "ABORT"), ("a", "SELECT 2")];
        assert_eq!(marked(&texts), [None, Some(0), None, None]);
    }

    #[test]
    fn an_end_without_a_beginning_ends_nothing() {
        let texts = [("a", "SELECT 1"), ("a", "COMMIT"), ("a", "SELECT 2")];
        assert_eq!(marked(&texts), [None; 3]);
    }
}
