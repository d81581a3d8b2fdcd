//! Cuts a plan into the pieces that workers claim.

use chrono::{DateTime, Utc};
use model::{Disposition, Plan};
use std::collections::BTreeMap;

/// Items of a piece of a session, where sessions may be cut: enough that claiming one costs little. A
/// transaction is never cut.
const ITEMS_MAX: usize = 64;

/// A plan in shards. Each has an owner, or none; its items run in order.
#[derive(Debug, Default)]
pub(super) struct Shards {
    /// The shard of each item, by index.
    pub(super) of_items: Vec<i64>,
    /// Captured time of each item that runs, in microseconds since 1970, by index.
    pub(super) captured_us: Vec<Option<i64>>,
    /// The first captured time of each shard, by its number.
    pub(super) begins_us: Vec<Option<i64>>,
}

impl Shards {
    /// One shard for each session, in the order in which they begin in the plan; sessions in pieces
    /// unless they are to stay whole.
    pub(super) fn new(plan: &Plan, whole_sessions: bool) -> Self {
        // Per session: its shard, the items in it, and the transaction of the last one.
        let mut open: BTreeMap<&str, (usize, usize, Option<u64>)> = BTreeMap::new();
        let mut shards = Self::default();
        for item in &plan.items {
            let runs = matches!(item.disposition, Disposition::Run { .. });
            let captured = item.captured_time.filter(|_| runs).as_ref().map(micros);
            let fresh = shards.begins_us.len();
            let (shard, count, within) = open.entry(&item.session).or_insert((fresh, 0, None));
            let is_inside = item.transaction.is_some() && item.transaction == *within;
            if !whole_sessions && *count >= ITEMS_MAX && !is_inside {
                (*shard, *count) = (fresh, 0);
            }
            *count += 1;
            *within = item.transaction;
            let shard = *shard;
            if shard == fresh {
                shards.begins_us.push(None);
            }
            if let Some(begins) = shards.begins_us.get_mut(shard) {
                *begins = [*begins, captured].into_iter().flatten().min();
            }
            shards.of_items.push(i64::try_from(shard).unwrap_or(i64::MAX));
            shards.captured_us.push(captured);
        }
        shards
    }
}

/// As the tables have a captured time.
pub(super) fn micros(time: &DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Selection, Unchanged, build};
    use model::{Dialect, Statement, Workload};
    use proptest::prelude::*;
    use std::time::Duration;

    fn plan(made: &[(usize, Option<u64>, bool)]) -> Plan {
        let statement = |(n, (session, second, runs)): (usize, &(usize, Option<u64>, bool))| {
            let sql = if *runs { "SELECT 1" } else { "DELETE FROM t" };
            let place = (format!("s{session}"), n as u64);
            let time = |second| DateTime::UNIX_EPOCH + Duration::from_secs(second);
            Statement {
                time: second.map(time),
                ..Statement::new(n.to_string(), place, Dialect::Postgres, sql)
            }
        };
        let workload = Workload::new("t", made.iter().enumerate().map(statement).collect());
        build(&workload.unwrap(), &Unchanged { dialect: Dialect::DuckDb }, Selection::default())
            .unwrap()
    }

    #[test]
    fn a_session_is_whole_where_its_times_count_and_in_pieces_otherwise() {
        let made: Vec<_> = (0..200).map(|n| (n % 2, Some(200 - n as u64), n != 199)).collect();
        let plan = plan(&made);
        let whole = Shards::new(&plan, true);
        // The last statement of the second session does not run, so that its time does not count.
        assert_eq!(whole.begins_us, [Some(2_000_000), Some(3_000_000)]);
        assert!((0..).zip(&whole.of_items).all(|(n, shard)| *shard == n % 2));
        let cut = Shards::new(&plan, false);
        assert_eq!(cut.begins_us.len(), 4);
        assert_eq!((cut.of_items[126], cut.of_items[128], cut.of_items[129]), (0, 2, 3));
    }

    #[test]
    fn a_transaction_is_not_cut() {
        let texts = (0..200).map(|n| match n {
            60 => "BEGIN",
            80 => "COMMIT",
            _ => "SELECT 1",
        });
        let statement = |(n, sql): (usize, &str)| {
            Statement::new(n.to_string(), ("s", n as u64), Dialect::Postgres, sql)
        };
        let workload = Workload::new("t", texts.enumerate().map(statement).collect()).unwrap();
        let unchanged = Unchanged { dialect: Dialect::DuckDb };
        let plan = build(&workload, &unchanged, Selection::default()).unwrap();
        let shards = Shards::new(&plan, false);
        let begins: Vec<usize> =
            (1..200).filter(|n| shards.of_items[*n] != shards.of_items[n - 1]).collect();
        assert_eq!(begins, [80, 144]);
    }

    proptest! {
        /// Every item is in one shard, a shard has items of one session, and its first time is the
        /// least of them.
        #[test]
        fn shards_partition_the_plan(
            made in proptest::collection::vec(
                (0..4_usize, proptest::option::of(0..1_000_u64), any::<bool>()), 1..300),
            whole in any::<bool>(),
        ) {
            let plan = plan(&made);
            let shards = Shards::new(&plan, whole);
            prop_assert_eq!(shards.of_items.len(), plan.items.len());
            for (number, begins) in (0_i64..).zip(&shards.begins_us) {
                let inside: Vec<_> = plan.items.iter().zip(&shards.of_items)
                    .filter(|(_, shard)| **shard == number).collect();
                prop_assert!(!inside.is_empty() && (whole || inside.len() <= ITEMS_MAX));
                prop_assert!(inside.iter().all(|(item, _)| item.session == inside[0].0.session));
                let runs = |item: &&model::PlanItem| matches!(item.disposition, Disposition::Run { .. });
                let least = inside.iter().map(|(item, _)| *item).filter(runs)
                    .filter_map(|item| item.captured_time).min();
                prop_assert_eq!(*begins, least.as_ref().map(micros));
            }
        }
    }
}
