//! What the inputs say of the statement that both answer.

use super::query::Query;
use model::{ColumnOrigin, StatementFacts};
use std::{collections::BTreeSet, path::Path};

/// An input, as far as it tells what its rows mean.
pub(super) enum Said<'a> {
    /// Rows of a file with these columns: a whole table of its name.
    File(&'a Path, Vec<&'a str>),
    /// The answer to a query.
    Query(&'a Query),
}

impl<'a> Said<'a> {
    fn facts(&self) -> StatementFacts {
        match self {
            Self::Query(query) => query.facts.clone(),
            Self::File(path, names) => {
                let table = path.file_stem().unwrap_or_default().to_string_lossy();
                StatementFacts {
                    tables: vec![table.clone().into_owned()],
                    origins: ColumnOrigin::whole_table(&table, names.iter().copied()),
                    ..StatementFacts::plain_read()
                }
            }
        }
    }

    fn query(&self) -> Option<&'a Query> {
        match self {
            Self::Query(query) => Some(query),
            Self::File(..) => None,
        }
    }
}

/// The facts of what is compared, and the fingerprint of its query, if it has one.
///
/// Tables and the order are those of the legacy side. Where only the governed side is a query, its
/// order counts, for the file too: whoever writes ORDER BY means it. What any side leaves open is
/// open.
pub(super) fn of([legacy, governed]: [Said<'_>; 2]) -> (StatementFacts, Option<String>) {
    let query = legacy.query().or(governed.query());
    let fingerprint = query.map(|query| query.fingerprint.clone());
    let (legacy_facts, governed_facts) = (legacy.facts(), governed.facts());
    let volatile_columns = open_columns([&legacy_facts, &governed_facts]);
    let volatile: BTreeSet<String> =
        legacy_facts.volatile.iter().chain(&governed_facts.volatile).cloned().collect();
    let facts = StatementFacts {
        order_by: query.map(|query| query.facts.order_by.clone()).unwrap_or_default(),
        limited: legacy_facts.limited || governed_facts.limited,
        skips: legacy_facts.skips || governed_facts.skips,
        volatile: volatile.into_iter().collect(),
        volatile_columns,
        ..legacy_facts
    };
    (facts, fingerprint)
}

/// The columns that open values of either side reach, where that is known of both.
fn open_columns(sides: [&StatementFacts; 2]) -> Option<Vec<usize>> {
    let mut all = BTreeSet::new();
    for facts in sides.into_iter().filter(|facts| !facts.volatile.is_empty()) {
        all.extend(facts.volatile_columns.as_ref()?.iter().copied());
    }
    (!all.is_empty()).then(|| all.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::{super::query::QueryText, *};
    use model::Dialect;

    fn query(sql: &str) -> Query {
        QueryText::read("--query", sql).unwrap().parse(Dialect::Postgres).unwrap()
    }

    fn file() -> Said<'static> {
        Said::File(Path::new("x/orders.csv"), vec!["id", "amount"])
    }

    #[test]
    fn files_are_whole_tables() {
        let (facts, fingerprint) = of([file(), file()]);
        assert_eq!((facts.tables, fingerprint), (vec!["orders".to_owned()], None));
        assert_eq!(facts.origins[1].as_ref().unwrap().column, "amount");
        assert!(!facts.limited && facts.order_by.is_empty() && facts.volatile_columns.is_none());
    }

    #[test]
    fn the_legacy_query_says_what_is_meant() {
        let legacy = query("SELECT id FROM o ORDER BY id DESC");
        let governed = query("SELECT id FROM p ORDER BY 1 LIMIT 3");
        let (facts, fingerprint) = of([Said::Query(&legacy), Said::Query(&governed)]);
        assert_eq!((facts.tables, fingerprint), (vec!["o".to_owned()], Some(legacy.fingerprint)));
        assert!(facts.order_by[0].descending && facts.limited);
    }

    #[test]
    fn beside_a_file_the_query_says_it() {
        let governed = query("SELECT id FROM p ORDER BY 1 LIMIT 3");
        let (facts, fingerprint) = of([file(), Said::Query(&governed)]);
        assert_eq!(
            (facts.tables, fingerprint),
            (vec!["orders".to_owned()], Some(governed.fingerprint))
        );
        assert!(facts.order_by.len() == 1 && facts.limited);
    }

    #[test]
    fn what_one_side_leaves_open_is_open() {
        let open = query("SELECT id, random() FROM o");
        for sides in [[Said::Query(&open), file()], [file(), Said::Query(&open)]] {
            let (facts, _) = of(sides);
            assert_eq!(facts.volatile.len(), 1);
            assert_eq!(facts.volatile_columns, None, "the text does not tell which");
        }
        let mut known = open.clone();
        known.facts.volatile_columns = Some(vec![1]);
        let (facts, _) = of([Said::Query(&known), file()]);
        assert_eq!(facts.volatile_columns, Some(vec![1]));
        let (facts, _) = of([Said::Query(&known), Said::Query(&open)]);
        assert_eq!((facts.volatile.len(), facts.volatile_columns), (1, None));
    }
}
