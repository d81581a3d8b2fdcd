//! Causes of many statements, put together: "zone shift +1 h: 212 statements".

use super::{Cause, remedy_parts};
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, collections::BTreeMap};

/// Names of statements and columns that a cluster lists.
const LISTED_MAX: usize = 10;

/// One cause with one parameter, over all statements in which it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseCluster {
    /// As in [`Cause::code`].
    pub code: String,
    /// As in [`Cause::name`].
    pub name: String,
    /// As in [`Cause::parameter`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub parameter: String,
    /// Statements in which it was found.
    pub statements: u64,
    /// Cells that it explains.
    pub cells: u64,
    /// Rows that it explains.
    pub rows: u64,
    /// The first 10 statements, by their ids.
    pub first_statements: Vec<String>,
    /// The columns that it is about, the first 10 in the order of their names.
    pub columns: Vec<String>,
    /// The sentence of the first statement.
    pub sentence: String,
    /// The remedy of the first statement.
    pub remedy: String,
    /// The blocks of TOML of all remedies, each once and the first 10 of them: columns of other names
    /// need tolerances of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tolerances: Vec<String>,
}

impl CauseCluster {
    /// What to do, of the remedy of the first statement, without the block of TOML.
    pub fn advice(&self) -> &str {
        remedy_parts(&self.remedy).0
    }

    /// Is this cause, with its parameter, one of those put together here?
    pub fn has(&self, cause: &Cause) -> bool {
        self.code == cause.code && self.parameter == cause.parameter
    }
}

/// Groups the causes of statements (id and causes) by code and parameter: most statements first,
/// then most cells and rows, then by code and parameter.
///
/// A statement counts once in each cluster, however many of its columns show it.
pub fn cluster<'a>(
    statements: impl IntoIterator<Item = (&'a str, &'a [Cause])>,
) -> Vec<CauseCluster> {
    let mut clusters: BTreeMap<(&str, &str), CauseCluster> = BTreeMap::new();
    // By the place of the statement, because nothing makes the ids unique.
    let mut last: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (place, (statement, causes)) in statements.into_iter().enumerate() {
        for cause in causes {
            let by = (cause.code.as_str(), cause.parameter.as_str());
            let cluster = clusters.entry(by).or_insert_with(|| CauseCluster {
                code: cause.code.clone(),
                name: cause.name.clone(),
                parameter: cause.parameter.clone(),
                statements: 0,
                cells: 0,
                rows: 0,
                first_statements: Vec::new(),
                columns: Vec::new(),
                sentence: cause.sentence.clone(),
                remedy: cause.remedy.clone(),
                tolerances: Vec::new(),
            });
            let (_, block) = cause.remedy_parts();
            if !block.is_empty()
                && cluster.tolerances.len() < LISTED_MAX
                && !cluster.tolerances.iter().any(|known| known == block)
            {
                cluster.tolerances.push(block.to_owned());
            }
            if last.insert(by, place) != Some(place) {
                cluster.statements += 1;
                if cluster.first_statements.len() < LISTED_MAX {
                    cluster.first_statements.push(statement.to_owned());
                }
            }
            cluster.cells = cluster.cells.saturating_add(cause.cells);
            cluster.rows = cluster.rows.saturating_add(cause.rows);
            for column in &cause.columns {
                if let Err(at) = cluster.columns.binary_search(column) {
                    cluster.columns.insert(at, column.clone());
                    cluster.columns.truncate(LISTED_MAX);
                }
            }
        }
    }
    let mut clusters: Vec<_> = clusters.into_values().collect();
    clusters.sort_by_key(|cluster| {
        (Reverse(cluster.statements), Reverse(cluster.cells), Reverse(cluster.rows))
    });
    clusters
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cause(code: &str, parameter: &str, column: &str, cells: u64) -> Cause {
        Cause {
            code: code.to_owned(),
            name: format!("name of {code}"),
            parameter: parameter.to_owned(),
            columns: vec![column.to_owned()],
            cells,
            of_cells: cells,
            looked_at_cells: None,
            rows: 0,
            sentence: format!("{cells} cells of `{column}`"),
            remedy: format!("do\n\n[[tolerances]]\nof = {column}"),
            examples: vec![],
        }
    }

    #[test]
    fn a_statement_counts_once_and_the_most_frequent_cause_is_first() {
        let first = [cause("DC0301", "+1 h", "at", 5), cause("DC0301", "+1 h", "b", 7)];
        let second = [cause("DC0301", "+1 h", "at", 1), cause("DC0301", "+2 h", "at", 90)];
        let found = cluster([("a", first.as_slice()), ("b", &second), ("c", &[])]);
        assert_eq!(found.len(), 2);
        let top = &found[0];
        assert_eq!((top.parameter.as_str(), top.statements, top.cells), ("+1 h", 2, 13));
        assert_eq!(top.columns, ["at", "b"]);
        assert_eq!(top.first_statements, ["a", "b"]);
        assert_eq!(top.sentence, "5 cells of `at`");
        assert_eq!(top.advice(), "do");
        assert_eq!(top.tolerances, ["[[tolerances]]\nof = at", "[[tolerances]]\nof = b"]);
        assert!(top.has(&second[0]) && !top.has(&second[1]));
        assert_eq!((found[1].statements, found[1].cells), (1, 90));
    }

    #[test]
    fn lists_are_bounded_and_counts_are_not() {
        let names: Vec<String> = (0..30).map(|i| format!("s{i:02}")).collect();
        let causes: Vec<_> = names.iter().map(|name| [cause("DC0001", "", name, 1)]).collect();
        let found = cluster(names.iter().zip(&causes).map(|(n, c)| (n.as_str(), c.as_slice())));
        assert_eq!((found[0].statements, found[0].cells), (30, 30));
        assert_eq!(found[0].first_statements, names[..LISTED_MAX]);
        assert_eq!(found[0].columns, names[..LISTED_MAX]);
        assert_eq!(found[0].tolerances.len(), LISTED_MAX);
    }

    proptest! {
        /// No cell is lost or counted twice, and the order of the statements does not matter for
        /// the counts.
        #[test]
        fn sums_are_kept(
            statements in proptest::collection::vec(
                proptest::collection::vec((0..3_u8, 0..3_u8, 0..9_u64), 0..4), 0..8),
        ) {
            let causes: Vec<Vec<Cause>> = statements.iter().map(|list| {
                list.iter().map(|(c, p, n)| cause(&format!("DC{c}"), &p.to_string(), "x", *n))
                    .collect()
            }).collect();
            let counted = |order: Vec<&Vec<Cause>>| {
                let all = cluster(order.iter().map(|causes| ("s", causes.as_slice())));
                let mut counts: Vec<_> = all.iter()
                    .map(|c| (c.code.clone(), c.parameter.clone(), c.statements, c.cells))
                    .collect();
                prop_assert!(all.is_sorted_by_key(|c| (Reverse(c.statements), Reverse(c.cells))));
                counts.sort_unstable();
                Ok(counts)
            };
            let forward = counted(causes.iter().collect())?;
            let backward = counted(causes.iter().rev().collect())?;
            let total: u64 = statements.iter().flatten().map(|(.., n)| n).sum();
            prop_assert_eq!(forward.iter().map(|c| c.3).sum::<u64>(), total);
            prop_assert!(forward.iter().all(|c| c.2 <= statements.len() as u64));
            prop_assert_eq!(forward, backward);
        }
    }
}
