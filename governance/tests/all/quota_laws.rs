//! Law 17: reserved + spent ≤ limit, against a sequential model and from many threads.

use chrono::{DateTime, TimeDelta, Utc};
use governance::{
    Credits, Ledger, Limits, Quotas,
    quota::{Exceeded, Reservation},
};
use proptest::prelude::*;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

const LIMIT: u64 = 100;
const CONCURRENT: u32 = 4;
const PRINCIPALS: [Option<&str>; 3] = [None, Some("ana"), Some("bob")];

fn ledger() -> Arc<Ledger> {
    let limited = Limits {
        credits_a_month_milli: Some(Credits::from_milli(LIMIT)),
        concurrent_max: Some(CONCURRENT),
        rows_a_query_max: None,
    };
    // One principal without limits beside the others.
    let principals = BTreeMap::from([("bob".to_owned(), Limits::default())]);
    Ledger::new(Quotas { default: limited, principals })
}

fn month(number: u32) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-01-31T23:59:59.999999Z".parse().unwrap();
    start + TimeDelta::days(30 * i64::from(number))
}

#[derive(Debug, Clone)]
enum Op {
    Reserve { principal: usize, month: u32, amount: u64 },
    Adjust { which: usize, amount: u64 },
    Settle { which: usize },
    Refund { which: usize },
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => (0..3_usize, 0..3_u32, 0..60_u64)
            .prop_map(|(principal, month, amount)| Op::Reserve { principal, month, amount }),
        2 => (any::<usize>(), 0..120_u64).prop_map(|(which, amount)| Op::Adjust { which, amount }),
        2 => any::<usize>().prop_map(|which| Op::Settle { which }),
        1 => any::<usize>().prop_map(|which| Op::Refund { which }),
    ]
}

/// The ledger as anybody would write it down.
#[derive(Default)]
struct Model {
    latest: u32,
    /// Principal and month of each running statement, and what it holds.
    running: Vec<(usize, u32, u64)>,
    spent: BTreeMap<(usize, u32), u64>,
}

impl Model {
    fn used(&self, principal: usize, month: u32) -> u64 {
        let reserved: u64 = self
            .running
            .iter()
            .filter(|(of, at, _)| (*of, *at) == (principal, month))
            .map(|(_, _, amount)| amount)
            .sum();
        reserved + self.spent.get(&(principal, month)).copied().unwrap_or(0)
    }

    fn unlimited(principal: usize) -> bool {
        PRINCIPALS[principal] == Some("bob")
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_is_its_model(ops in proptest::collection::vec(op(), 0..60)) {
        let ledger = ledger();
        let mut model = Model::default();
        let mut held: Vec<Reservation> = Vec::new();
        for op in ops {
            match op {
                Op::Reserve { principal, month: wanted, amount } => {
                    let at = model.latest.max(wanted);
                    model.latest = at;
                    let running = model.running.iter().filter(|(of, ..)| *of == principal).count();
                    let free = Model::unlimited(principal);
                    let asked = Credits::from_milli(amount);
                    let got = ledger.reserve(PRINCIPALS[principal], month(wanted), asked);
                    if !free && running >= CONCURRENT as usize {
                        let full = matches!(got, Err(Exceeded::Concurrency { .. }));
                        prop_assert!(full);
                    } else if !free && model.used(principal, at) + amount > LIMIT {
                        let full = matches!(got, Err(Exceeded::Credits { .. }));
                        prop_assert!(full);
                    } else {
                        held.push(got.unwrap());
                        model.running.push((principal, at, amount));
                    }
                }
                Op::Adjust { which, amount } if !held.is_empty() => {
                    let which = which % held.len();
                    let (principal, at, before) = model.running[which];
                    let used = model.used(principal, at) - before + amount;
                    let fits = Model::unlimited(principal) || used <= LIMIT;
                    prop_assert_eq!(held[which].adjust(Credits::from_milli(amount)).is_ok(), fits);
                    if fits {
                        model.running[which].2 = amount;
                    }
                }
                Op::Settle { which } if !held.is_empty() => {
                    let which = which % held.len();
                    let settled = held.swap_remove(which).settle();
                    let (principal, at, amount) = model.running.swap_remove(which);
                    prop_assert_eq!(settled.milli(), amount);
                    *model.spent.entry((principal, at)).or_default() += amount;
                }
                Op::Refund { which } if !held.is_empty() => {
                    let which = which % held.len();
                    drop(held.swap_remove(which));
                    model.running.swap_remove(which);
                }
                _ => {}
            }
            for (number, principal) in PRINCIPALS.iter().enumerate() {
                let balance = ledger.balance(*principal, month(model.latest));
                let total = balance.spent.milli() + balance.reserved.milli();
                prop_assert_eq!(total, model.used(number, model.latest));
                prop_assert!(Model::unlimited(number) || total <= LIMIT);
                let running = model.running.iter().filter(|(of, ..)| *of == number).count();
                prop_assert_eq!(balance.running as usize, running);
            }
        }
    }
}

#[test]
fn the_limit_holds_from_many_threads() {
    let limit = 1_000_000;
    let default =
        Limits { credits_a_month_milli: Some(Credits::from_milli(limit)), ..Limits::default() };
    let ledger = Ledger::new(Quotas { default, ..Quotas::default() });
    let (settled, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    let done = AtomicBool::new(false);
    let watched = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut looks = 0_u64;
            while !done.load(Ordering::Acquire) {
                let balance = ledger.balance(Some("ana"), month(0));
                assert!(balance.spent.milli() + balance.reserved.milli() <= limit);
                looks += 1;
            }
            looks
        });
        let workers: Vec<_> = (0..8_u64)
            .map(|worker| {
                let (ledger, settled, refused) = (&ledger, &settled, &refused);
                scope.spawn(move || {
                    let mut random = worker * 0x9e37_79b9 + 1;
                    for _ in 0..4_000 {
                        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        let amount = Credits::from_milli(random >> 54);
                        let Ok(mut held) = ledger.reserve(Some("ana"), month(0), amount) else {
                            refused.fetch_add(1, Ordering::Relaxed);
                            continue;
                        };
                        let _ = held.adjust(Credits::from_milli(amount.milli() * 2));
                        if random & 0x100 == 0 {
                            settled.fetch_add(held.settle().milli(), Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.join().unwrap();
        }
        done.store(true, Ordering::Release);
        watcher.join().unwrap()
    });
    let balance = ledger.balance(Some("ana"), month(0));
    assert_eq!((balance.reserved, balance.running), (Credits::ZERO, 0));
    assert_eq!(balance.spent.milli(), settled.load(Ordering::Relaxed));
    assert!(refused.load(Ordering::Relaxed) > 0, "the limit was reached");
    assert!(watched > 0);
}
