//! Workloads, judges and shortcuts for these tests.

use crate::scripted::{Act, Call, Scripted, engine, healthy, info, rows_of, transient};
use arrow::{array::AsArray as _, datatypes::Int64Type};
use chrono::Utc;
use model::{
    Cut, CutEnd, CutKind, Dialect, Differences, Digest, Judgement, Lag, Plan, PlanItem, Statement,
    Verdict, Workload,
    report::{RunHeader, RunReport},
};
use replay::{
    AnswerRows, AskedTwice, AskedWider, Judge, ReplayError, RunEnd, Runner, Settings, SideAnswer,
    StopSignal, Store, StoreOptions, Unchanged, plan, plan::Selection,
};
use std::{path::Path, sync::Arc, time::Duration};

/// So many seeds of a test that kills processes; `GNOMON_KILL_SEEDS` asks for more.
pub(crate) fn kill_seeds(usual: u64) -> u64 {
    std::env::var("GNOMON_KILL_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// The text of statement `number` of session `session`.
pub(crate) fn text(session: usize, number: usize) -> String {
    format!("SELECT {number} FROM session{session}")
}

/// `sessions` sessions of `each` reads, interleaved as a capture would be.
pub(crate) fn workload(sessions: usize, each: usize) -> Workload {
    let texts = (0..each).flat_map(|number| (0..sessions).map(move |s| (s, text(s, number))));
    workload_of(texts)
}

/// A workload of (session, text).
pub(crate) fn workload_of(texts: impl IntoIterator<Item = (usize, String)>) -> Workload {
    let statements = texts.into_iter().enumerate().map(|(id, (session, sql))| Statement {
        user: Some(format!("user{session}")),
        ..Statement::new(
            format!("q{id}"),
            (format!("s{session}"), id as u64),
            Dialect::Postgres,
            sql,
        )
    });
    Workload::new("test", statements.collect()).unwrap()
}

pub(crate) fn plan_of(workload: &Workload) -> Plan {
    plan::build(workload, &Unchanged { dialect: Dialect::DuckDb }, Selection::default()).unwrap()
}

/// Sessions of reads, with writes to refuse; on [`flaky`] and [`half_wrong`] engines also with retries and
/// mismatches.
pub(crate) fn eventful_plan(sessions: usize, each: usize) -> Plan {
    let texts = (0..sessions * each).map(|number| {
        let session = number % sessions;
        let sql = if number % 7 == 5 { "DELETE FROM t".to_owned() } else { text(session, number) };
        (session, sql)
    });
    plan_of(&workload_of(texts))
}

/// The first sending of some statements fails: what a killed process learnt is learnt again.
pub(crate) fn flaky(call: &Call<'_>) -> Act {
    if call.before == 0 && call.sql.contains('3') { Act::Fail(transient()) } else { healthy(call) }
}

/// Some answers have a row more.
pub(crate) fn half_wrong(call: &Call<'_>) -> Act {
    let mut rows = rows_of(call.sql);
    if call.sql.contains('1') {
        rows.push(1);
    }
    Act::Rows(Duration::from_millis(2), rows)
}

pub(crate) fn header(workload: &Digest) -> RunHeader {
    let (legacy, governed) = (info(Dialect::Postgres), info(Dialect::DuckDb));
    let run_id = replay::run_id(workload, b"", "0.0.0", &legacy, &governed);
    RunHeader {
        title: "test".to_owned(),
        gnomon_version: "0.0.0".to_owned(),
        workload_source: "test".to_owned(),
        ..RunHeader::new(run_id, Utc::now(), workload.clone(), [legacy, governed])
    }
}

/// Settings with short times.
pub(crate) fn quick() -> Settings {
    Settings {
        statement_timeout: Duration::from_secs(5),
        client_grace: Duration::from_millis(10),
        cancel_grace: Duration::from_millis(500),
        stop_grace: Duration::from_millis(100),
        open_timeout: Duration::from_secs(5),
        backoff_first: Duration::from_millis(1),
        backoff_max: Duration::from_millis(4),
        breaker_pause_first: Duration::from_millis(1),
        breaker_pause_max: Duration::from_millis(4),
        ..Settings::default()
    }
}

/// The rows of an answer: each engine here answers with one column.
fn values(answer: &AnswerRows) -> Vec<i64> {
    let rows = &answer.rows;
    let batches = (0..rows.parts()).flat_map(|part| rows.read(part, &[0], 1024).unwrap());
    batches
        .flat_map(|batch| batch.unwrap().column(0).as_primitive::<Int64Type>().values().to_vec())
        .collect()
}

/// Equal rows match, equal failures match, other rows of a limited statement are tied, anything else
/// is a mismatch.
pub(crate) struct Exact;

impl Judge for Exact {
    fn judge(&self, item: &PlanItem, legacy: &SideAnswer, governed: &SideAnswer) -> Judgement {
        if let (SideAnswer::Rows(a), SideAnswer::Rows(b)) = (legacy, governed)
            && item.sql.contains(" LIMIT ")
            && values(a) != values(b)
        {
            return tied(None);
        }
        let equal = match (legacy, governed) {
            (SideAnswer::Rows(legacy), SideAnswer::Rows(governed)) => {
                values(legacy) == values(governed)
            }
            (SideAnswer::Failed(legacy), SideAnswer::Failed(governed)) => legacy == governed,
            _ => false,
        };
        let verdict = if equal { Verdict::Match } else { Verdict::Mismatch };
        Judgement { verdict, differences: Differences::default() }
    }

    /// What the legacy does not repeat is open.
    fn judge_noise(&self, item: &PlanItem, first: Judgement, asked: AskedTwice<'_>) -> Judgement {
        if self.judge(item, asked.legacy, asked.again).verdict == Verdict::Match {
            return first;
        }
        let reason = "nondeterministic".to_owned();
        Judgement { verdict: Verdict::Inconclusive { reason }, ..first }
    }

    /// All rows are tied.
    fn judge_ties(&self, _: &PlanItem, first: Judgement, asked: AskedWider<'_>) -> Judgement {
        let of = |answer: &SideAnswer| match answer {
            SideAnswer::Rows(answer) => {
                let mut values = values(answer);
                values.sort_unstable();
                Some(values)
            }
            SideAnswer::Failed(_) => None,
        };
        let [legacy, governed] = asked.wide.map(of);
        let rows = [&legacy, &governed].map(|rows| rows.as_ref().map(|rows| rows.len() as u64));
        let is_cut = |rows: &Option<u64>| *rows >= asked.wider.asked;
        let end = match (&legacy, &governed) {
            (Some(_), Some(_)) if rows.iter().any(is_cut) => CutEnd::Beyond,
            (Some(_), Some(_)) => CutEnd::Seen,
            _ => CutEnd::Unknown,
        };
        let [legacy_rows, governed_rows] = rows;
        let evidence = model::AskedWider {
            wider: asked.wider,
            end,
            legacy_rows,
            governed_rows,
            legacy_tied: None,
            governed_tied: None,
        };
        let open = tied(Some(evidence));
        match end {
            CutEnd::Seen if legacy == governed => Judgement { verdict: Verdict::Match, ..open },
            CutEnd::Seen => Judgement { verdict: Verdict::Mismatch, ..open },
            CutEnd::Beyond | CutEnd::Unknown => Judgement { verdict: first.verdict, ..open },
        }
    }
}

fn tied(asked: Option<model::AskedWider>) -> Judgement {
    let cut = Some(Cut { kind: CutKind::Tied, asked });
    let verdict = Verdict::Inconclusive { reason: "a tie".to_owned() };
    Judgement { verdict, differences: Differences { cut, ..Differences::default() } }
}

pub(crate) fn runner(
    legacy: &Arc<Scripted>,
    governed: &Arc<Scripted>,
    settings: Settings,
) -> Runner {
    Runner::new(engine(legacy), engine(governed), Arc::new(Exact), settings)
}

pub(crate) fn open_store(runs: &Path, plan: &Plan, options: StoreOptions) -> Store {
    Store::create_or_resume(runs, &header(&plan.workload), plan, options).unwrap()
}

/// One whole run in a folder that goes away.
pub(crate) async fn run(
    plan: &Plan,
    legacy: &Arc<Scripted>,
    governed: &Arc<Scripted>,
    settings: Settings,
) -> (Result<RunEnd, ReplayError>, RunReport) {
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), plan, StoreOptions::default());
    let end = runner(legacy, governed, settings).run(&store, StopSignal::never()).await;
    (end, store.report().unwrap())
}

/// The verdict of each item, `pending` where there is none.
pub(crate) fn verdicts(report: &RunReport) -> Vec<&'static str> {
    let verdict = |judgement: &Option<Judgement>| {
        judgement.as_ref().map_or("pending", |judgement| judgement.verdict.as_str())
    };
    report.items.iter().map(|item| verdict(&item.judgement)).collect()
}

/// A report without what differs from run to run: times.
pub(crate) fn timeless(mut report: RunReport) -> RunReport {
    report.run.started = chrono::DateTime::UNIX_EPOCH;
    report.run.finished = report.run.finished.map(|_| chrono::DateTime::UNIX_EPOCH);
    for item in &mut report.items {
        item.lag = item.lag.map(|_| Lag::default());
        for outcome in [&mut item.legacy, &mut item.governed].into_iter().flatten() {
            outcome.latency_us = 0;
            if let Some(again) = &mut outcome.again {
                again.latency_us = 0;
            }
            if let Some(wide) = &mut outcome.wide {
                wide.outcome.latency_us = 0;
            }
        }
    }
    report
}
