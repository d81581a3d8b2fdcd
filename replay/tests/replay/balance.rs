//! The law: matched + tolerated + mismatched + inconclusive + skipped + pending = captured.

use crate::{
    scripted::{Act, Scripted, failure, healthy, transient},
    support::{open_store, plan_of, quick, runner, workload_of},
};
use model::{FailureClass, SqlState};
use proptest::prelude::*;
use replay::{RunEnd, Settings, StopSignal, StoreOptions};
use std::time::Duration;

/// A statement, and what the governed engine makes of it by its marker.
fn statement() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("SELECT 1"),
        1 => Just("SELECT 'wrong'"),
        1 => Just("SELECT 'fails'"),
        1 => Just("SELECT 'flaky'"),
        1 => Just("SELECT 'dies'"),
        1 => Just("SELECT 'panics'"),
        1 => Just("SELECT 'hangs'"),
        1 => Just("DELETE FROM t"),
        1 => Just("SET x = 1"),
        1 => Just("SELEC"),
    ]
    .prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn totals_balance_whatever_happens(
        texts in proptest::collection::vec((0_usize..4, statement()), 0..16),
        stop_after_ms in proptest::option::of(0_u64..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let captured = texts.len() as u64;
            let plan = plan_of(&workload_of(texts));
            let legacy = Scripted::legacy(healthy);
            let governed = Scripted::governed(|call| match call.sql {
                "SELECT 'wrong'" => Act::Rows(Duration::ZERO, vec![0]),
                "SELECT 'fails'" => {
                    Act::Fail(failure(FailureClass::Statement, SqlState::UNDEFINED_TABLE, "no"))
                }
                "SELECT 'flaky'" if call.before % 2 == 0 => Act::Fail(transient()),
                "SELECT 'dies'" => Act::Die(transient()),
                "SELECT 'panics'" => Act::Panic,
                "SELECT 'hangs'" => Act::HangUntilCancelled,
                _ => healthy(call),
            });
            let runs = tempfile::tempdir().unwrap();
            let settings = Settings {
                statement_timeout: Duration::from_millis(5),
                client_grace: Duration::from_millis(1),
                stop_grace: Duration::from_millis(5),
                sessions_max: 2,
                ..quick()
            };
            let store = open_store(runs.path(), &plan, StoreOptions::default());
            let (handle, signal) = StopSignal::channel();
            if let Some(after) = stop_after_ms {
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(after)).await;
                    handle.stop();
                });
            }
            let runner = runner(&legacy, &governed, settings);
            let end = runner.run(&store, signal).await.unwrap();
            let totals = store.report().unwrap().totals;
            prop_assert_eq!(totals.sum(), captured);
            prop_assert_eq!(end == RunEnd::Complete, totals.pending == 0);

            prop_assert_eq!(runner.run(&store, StopSignal::never()).await.unwrap(), RunEnd::Complete);
            let totals = store.report().unwrap().totals;
            prop_assert_eq!((totals.sum(), totals.pending), (captured, 0));
            Ok(())
        })?;
    }
}
