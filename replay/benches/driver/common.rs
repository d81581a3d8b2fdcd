//! What both measurements need: the comparer as the judge of a replay, and its header.

use compare::{Memory, StatementRef, Unwatched};
use engines::Engine;
use model::{AsideInMemory, EngineInfo, Judgement, PlanItem, Side, Workload, report::RunHeader};
use replay::{AskedTwice, AskedWider, Judge, Settings, SideAnswer};
use std::{error::Error, sync::Arc, time::Duration};

/// The comparer with its defaults.
pub(crate) struct Compared(pub(crate) compare::Settings);

fn answer(answer: &SideAnswer) -> compare::Answer<'_> {
    match answer {
        SideAnswer::Rows(answer) => compare::Answer::Rows(answer.rows.as_ref()),
        SideAnswer::Failed(failure) => compare::Answer::Failed(failure),
    }
}

impl Judge for Compared {
    fn judge(&self, item: &PlanItem, legacy: &SideAnswer, governed: &SideAnswer) -> Judgement {
        let Some(facts) = &item.facts else { unreachable!("the plan was made here") };
        let request = compare::Request {
            statement: StatementRef { id: &item.statement, fingerprint: &item.fingerprint, facts },
            key: None,
            memory: Memory { bytes_max: 64 << 20, scratch: Some(&AsideInMemory) },
            watch: &Unwatched,
        };
        compare::judge_answers(request, [legacy, governed].map(answer), &self.0)
    }

    fn judge_noise(&self, _: &PlanItem, first: Judgement, _: AskedTwice<'_>) -> Judgement {
        first
    }

    fn judge_ties(&self, _: &PlanItem, first: Judgement, _: AskedWider<'_>) -> Judgement {
        first
    }
}

pub(crate) async fn header(
    workload: &Workload,
    legacy: &Arc<dyn Engine>,
    governed: &Arc<dyn Engine>,
    settings: &Settings,
) -> Result<RunHeader, Box<dyn Error>> {
    let legacy: EngineInfo = replay::probe(legacy, Side::Legacy, settings).await?;
    let governed = replay::probe(governed, Side::Governed, settings).await?;
    let content = workload.manifest.content.clone();
    Ok(RunHeader::new("bench", chrono::Utc::now(), content, [legacy, governed]))
}

pub(crate) fn median(mut seconds: Vec<f64>) -> Duration {
    seconds.sort_by(f64::total_cmp);
    Duration::from_secs_f64(seconds.get(seconds.len() / 2).copied().unwrap_or(0.0))
}
