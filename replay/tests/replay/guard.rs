//! A plan that was edited to smuggle a write in is refused right before it is sent.

use crate::{
    scripted::{Scripted, healthy},
    support::{plan_of, quick, run, verdicts, workload},
};
use model::{Disposition, Plan, StatementKind};
use replay::RunEnd;

/// Replaces the texts of item `index`, leaving its facts, which say that it is a read.
fn smuggle(plan: &mut Plan, index: usize, legacy_text: Option<&str>, governed_text: Option<&str>) {
    let item = &mut plan.items[index];
    assert_eq!(item.facts.as_ref().unwrap().kind, StatementKind::Read);
    let Disposition::Run { legacy, governed, .. } = &mut item.disposition else { panic!() };
    if let Some(text) = legacy_text {
        text.clone_into(&mut legacy.sql);
    }
    if let Some(text) = governed_text {
        text.clone_into(&mut governed.sql);
    }
}

#[tokio::test]
async fn smuggled_writes_reach_no_engine() {
    let mut plan = plan_of(&workload(1, 6));
    let cte = "WITH gone AS (DELETE FROM t RETURNING 1) SELECT * FROM gone";
    smuggle(&mut plan, 1, Some("DROP TABLE t"), None);
    smuggle(&mut plan, 2, None, Some("DROP TABLE t"));
    smuggle(&mut plan, 3, Some(cte), Some(cte));
    smuggle(&mut plan, 4, Some("SELECT 1; DROP TABLE t"), None);
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let (end, report) = run(&plan, &legacy, &governed, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    let skipped = "skipped";
    assert_eq!(verdicts(&report), ["match", skipped, skipped, skipped, skipped, "match"]);
    for engine in [&legacy, &governed] {
        assert_eq!(engine.sent().len(), 2, "{:?}", engine.sent());
    }
    for item in &report.items[1..5] {
        let judgement = item.judgement.as_ref().unwrap();
        let reason = judgement.verdict.reason().unwrap();
        assert!(reason.starts_with("refused right before it was sent"), "{reason}");
        assert!(item.legacy.is_none() && item.governed.is_none());
    }
}
