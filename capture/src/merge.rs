//! Several workloads as one, in the order of their times.

use crate::folder::{Known, WorkloadDirError, Writer};
use chrono::{DateTime, Utc};
use model::{ArtifactError, Manifest, Statement};
use std::{cmp::Reverse, collections::BinaryHeap};

/// One of the workloads.
pub struct Part<I> {
    /// What its sessions and ids begin with in the merged one; it is no part of another's.
    pub name: String,
    /// Its statements in their order.
    pub statements: I,
}

/// Why workloads were not merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// One of them cannot be read.
    #[error("{name}: {source}")]
    Read {
        /// Which.
        name: String,
        /// Why.
        source: ArtifactError,
    },
    /// The merged one cannot be written.
    #[error(transparent)]
    Write(#[from] WorkloadDirError),
}

/// Merges `parts` by `writer`: the statement with the earliest time comes first, one without a time goes
/// with the one before it in its workload. Each part keeps its order, and its sessions stay its own.
///
/// # Errors
/// A part cannot be read, or the merged workload not written.
pub fn merge<I>(
    parts: Vec<Part<I>>,
    mut writer: Writer,
    known: Known<'_>,
) -> Result<Manifest, MergeError>
where
    I: Iterator<Item = Result<Statement, ArtifactError>>,
{
    let mut parts: Vec<Reading<I>> = parts.into_iter().map(Reading::new).collect();
    let mut next: BinaryHeap<Reverse<(DateTime<Utc>, usize)>> = BinaryHeap::new();
    for (number, part) in parts.iter_mut().enumerate() {
        if part.read()? {
            next.push(Reverse((part.time, number)));
        }
    }
    while let Some(Reverse((_, number))) = next.pop() {
        let Some(part) = parts.get_mut(number) else { continue };
        if let Some(statement) = part.head.take() {
            writer.write(&statement)?;
        }
        if part.read()? {
            next.push(Reverse((part.time, number)));
        }
    }
    Ok(writer.finish(known)?)
}

struct Reading<I> {
    name: String,
    statements: I,
    /// The next one.
    head: Option<Statement>,
    /// Its time, or that of one before it.
    time: DateTime<Utc>,
}

impl<I: Iterator<Item = Result<Statement, ArtifactError>>> Reading<I> {
    fn new(Part { name, statements }: Part<I>) -> Self {
        Self { name, statements, head: None, time: DateTime::<Utc>::MIN_UTC }
    }

    /// Reads the next statement; false at the end.
    fn read(&mut self) -> Result<bool, MergeError> {
        let Some(read) = self.statements.next() else { return Ok(false) };
        let mut statement =
            read.map_err(|source| MergeError::Read { name: self.name.clone(), source })?;
        // Times of a workload need not ascend; its order does.
        self.time = statement.time.map_or(self.time, |time| time.max(self.time));
        statement.id = format!("{}/{}", self.name, statement.id);
        statement.session = format!("{}/{}", self.name, statement.session);
        self.head = Some(statement);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder;
    use model::{Dialect, Workload};
    use proptest::prelude::*;
    use std::time::Duration;

    /// Statements by (session, second).
    fn part(made: &[(u8, Option<u64>)]) -> Vec<Statement> {
        let statement = |(n, (session, second)): (usize, &(u8, Option<u64>))| Statement {
            time: second.map(|second| DateTime::UNIX_EPOCH + Duration::from_secs(second)),
            ..Statement::new(
                n.to_string(),
                (session.to_string(), n as u64),
                Dialect::Postgres,
                "SELECT 1",
            )
        };
        made.iter().enumerate().map(statement).collect()
    }

    fn merged(parts: &[Vec<Statement>]) -> Workload {
        let folder = tempfile::tempdir().unwrap();
        let named = parts.iter().zip(["a", "b", "c"]).map(|(statements, name)| Part {
            name: name.to_owned(),
            statements: statements.clone().into_iter().map(Ok),
        });
        let writer = Writer::create(folder.path()).unwrap();
        let known = Known { source: "merged", ..Known::default() };
        let manifest = merge(named.collect(), writer, known).unwrap();
        let read = folder::read(folder.path()).unwrap();
        assert_eq!(read.manifest, manifest);
        read
    }

    #[test]
    fn times_decide_and_what_has_none_stays_with_the_one_before() {
        let parts = [
            part(&[(1, Some(10)), (1, None), (1, Some(30))]),
            part(&[(1, Some(20)), (1, Some(5)), (1, Some(40))]),
        ];
        let merged = merged(&parts);
        let ids: Vec<&str> = merged.statements.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(ids, ["a/0", "a/1", "b/0", "b/1", "a/2", "b/2"]);
        assert_eq!(merged.statements[2].session, "b/1");
    }

    proptest! {
        /// Nothing is lost, added or changed but names, and each part keeps its order.
        #[test]
        fn each_part_is_in_the_merged_one_in_its_order(
            made in proptest::collection::vec(
                proptest::collection::vec((0..3_u8, proptest::option::of(0..50_u64)), 0..12), 0..3),
        ) {
            let parts: Vec<_> = made.iter().map(|made| part(made)).collect();
            let merged = merged(&parts);
            prop_assert_eq!(merged.statements.len(), parts.iter().map(Vec::len).sum::<usize>());
            for (statements, name) in parts.iter().zip(["a/", "b/", "c/"]) {
                let own: Vec<Statement> = merged.statements.iter()
                    .filter(|s| s.id.starts_with(name))
                    .map(|s| Statement {
                        id: s.id.replacen(name, "", 1),
                        session: s.session.replacen(name, "", 1),
                        ..s.clone()
                    })
                    .collect();
                prop_assert_eq!(&own, statements);
            }
        }
    }
}
