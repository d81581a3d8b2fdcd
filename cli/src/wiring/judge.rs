//! The comparer as the judge of a replay.

use compare::{Settings, SideResult, StatementRef};
use model::{Differences, Judgement, PlanItem, Verdict};
use replay::{Judge, SideAnswer};

/// Judges with these settings.
#[derive(Debug)]
pub(crate) struct Comparer(pub(crate) Settings);

impl Judge for Comparer {
    fn judge(&self, item: &PlanItem, legacy: &SideAnswer, governed: &SideAnswer) -> Judgement {
        let Some(facts) = &item.facts else {
            // Only what was parsed runs, so this is a plan from elsewhere.
            let reason = "the plan holds no facts about the statement; plan it again".to_owned();
            let verdict = Verdict::Inconclusive { reason };
            return Judgement { verdict, differences: Differences::default() };
        };
        let statement = StatementRef { id: &item.statement, fingerprint: &item.fingerprint, facts };
        compare::judge(statement, side(legacy), side(governed), &self.0)
    }
}

fn side(answer: &SideAnswer) -> SideResult<'_> {
    match answer {
        SideAnswer::Rows(rows) => SideResult::Rows { schema: &rows.schema, batches: &rows.batches },
        SideAnswer::Failed(failure) => SideResult::Failed(failure),
    }
}
