//! The flow on one screen: workload → plan → replay on both sides → verdicts → report.

pub(crate) mod shared;

use crate::{
    error::CliError,
    output,
    wiring::{
        collation,
        judge::Comparer,
        log_lines::{All, LogLines},
        metrics::Metrics,
        preflight::Preflight,
        scratch::Scratch,
        translate::Planner,
    },
};
use chrono::Utc;
use engines::Engine;
use model::{
    EngineInfo, Plan, Side, TableCheck, Workload,
    catalog::CatalogTable,
    data,
    report::{RunHeader, RunReport},
};
use replay::{
    Observer, RunEnd, Runner, Selection, Settings, Spending, StopSignal, Store, StoreOptions,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything that one run is made of.
pub(crate) struct Job<'a> {
    /// A name for people.
    pub(crate) title: String,
    /// What is replayed.
    pub(crate) workload: &'a Workload,
    /// What becomes of each statement; made by [`plan`].
    pub(crate) plan: Plan,
    /// The reference.
    pub(crate) legacy: Arc<dyn Engine>,
    /// The engine behind the governance pipeline.
    pub(crate) governed: Arc<dyn Engine>,
    /// What is counted, where somebody asks for it.
    pub(crate) metrics: Option<Arc<Metrics>>,
    /// What the pipeline charges.
    pub(crate) spending: Arc<dyn Spending>,
    /// Bounds and session settings.
    pub(crate) settings: Settings,
    /// Tolerances and the bounds of a comparison.
    pub(crate) comparison: compare::Settings,
    /// The tables of the workload, whose keys are believed.
    pub(crate) catalog: Vec<CatalogTable>,
    /// What is held in memory of answers and comparisons.
    pub(crate) memory: MemoryLimits,
    /// Looks at the data of both sides, where that is asked for.
    pub(crate) preflight: Option<Preflight>,
    /// Does the gate let data pass that differ?
    pub(crate) drift_allowed: bool,
    /// Mismatches that the gate lets pass.
    pub(crate) mismatches_allowed: u64,
    /// Folder of the runs.
    pub(crate) runs: PathBuf,
    /// How the run is recorded.
    pub(crate) store: StoreOptions,
    /// The run's name.
    pub(crate) id: RunName,
}

/// How much memory rows may take; what is more goes to temporary files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MemoryLimits {
    /// Bytes of each answer.
    pub(crate) result_bytes_max: usize,
    /// Bytes of rows of each comparison.
    pub(crate) comparison_bytes_max: u64,
}

impl Default for MemoryLimits {
    fn default() -> Self {
        Self { result_bytes_max: 64 << 20, comparison_bytes_max: 512 << 20 }
    }
}

/// What the run is called.
#[derive(Debug, Clone)]
pub(crate) enum RunName {
    /// After workload, engines and these settings: the same input goes on with the same run.
    Derived(Vec<u8>),
    /// A run that exists. That it was started with the same input is checked by the store.
    Given(String),
}

/// How a run came out.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Recorded facts.
    pub(crate) report: RunReport,
    /// Did it get to its end?
    pub(crate) end: RunEnd,
    /// The run's folder.
    pub(crate) folder: PathBuf,
    /// Verdicts that were there before it was started now.
    pub(crate) already_done: u64,
}

/// Workload → plan. Executes nothing.
pub(crate) fn plan(
    workload: &Workload,
    planner: &Planner,
    selection: Selection<'_>,
) -> Result<Plan, CliError> {
    planner.plan(workload, selection).map_err(CliError::usage)
}

/// Plan → replay → verdicts → report.
pub(crate) async fn run(
    job: Job<'_>,
    observer: Arc<dyn Observer>,
    stop: StopSignal,
) -> Result<Finished, CliError> {
    let engines = Probed::of(&job).await?;
    let run_id = match &job.id {
        RunName::Derived(input) => engines.run_id(&job, input),
        RunName::Given(id) => {
            existing(&job.runs, id)?;
            id.clone()
        }
    };
    let header = engines.header(&job, run_id);
    let store = Store::create_or_resume(&job.runs, &header, &job.plan, job.store.clone())?;
    let (total, already_done) = store.counts()?;
    if let Some(preflight) = &job.preflight
        && already_done < total
    {
        store.record_data(&preflight.check(&stop).await?)?;
    }
    let runner = job.runner(&header, &store.data()?, observer);
    let end = runner.run(&store, stop.clone()).await?;
    let mut report = store.report()?;
    if let Some(preflight) = &job.preflight
        && end == RunEnd::Complete
        && !is_looked_at_since(&report)
    {
        // What changed in between makes no verdict wrong that was right, but nobody can tell which. A check
        // that fails takes nothing from the run; starting it again makes up for it.
        match preflight.check(&stop).await {
            Ok(checks) => {
                store.record_data(&checks)?;
                report = report.with_data(store.data()?);
            }
            Err(error) => output::note(not_looked_at_again(&error)),
        }
    }
    Ok(Finished { report, end, folder: store.folder().to_owned(), already_done })
}

impl Job<'_> {
    /// Both engines, the comparer, and all that watches; `checks` are what is known of the data.
    fn runner(
        &self,
        header: &RunHeader,
        checks: &[TableCheck],
        observer: Arc<dyn Observer>,
    ) -> Runner {
        let mut meters: Vec<Arc<dyn Observer>> = vec![Arc::new(LogLines)];
        if let Some(metrics) = &self.metrics {
            metrics.name(header);
            meters.push(Arc::clone(metrics) as Arc<dyn Observer>);
        }
        let judge = Comparer::new(self.comparison.clone(), self.memory.comparison_bytes_max)
            .with_keys_of(self.catalog.clone(), self.settings.source.clone())
            .with_drifted(data::drifted_now(checks));
        let engines = [&self.legacy, &self.governed].map(Arc::clone);
        let [legacy, governed] = engines;
        Runner::new(legacy, governed, Arc::new(judge), self.settings.clone())
            .with_observer(observer)
            .with_spending(Arc::clone(&self.spending))
            .with_meter(Arc::new(All(meters)))
            .with_scratch(Arc::new(Scratch::keeping(self.memory.result_bytes_max)))
    }
}

/// What both engines are, as they say themselves.
struct Probed {
    legacy: EngineInfo,
    governed: EngineInfo,
}

impl Probed {
    async fn of(job: &Job<'_>) -> Result<Self, CliError> {
        let legacy = replay::probe(&job.legacy, Side::Legacy, &job.settings).await?;
        let governed = replay::probe(&job.governed, Side::Governed, &job.settings).await?;
        if let Some(warning) = collation::warning(&legacy, &governed) {
            output::note(warning);
        }
        Ok(Self { legacy, governed })
    }

    /// The name of the run that all this, and `input`, decides the findings of.
    fn run_id(&self, job: &Job<'_>, input: &[u8]) -> String {
        let workload = &job.workload.manifest.content;
        replay::run_id(workload, input, VERSION, &self.legacy, &self.governed)
    }

    fn header(self, job: &Job<'_>, run_id: String) -> RunHeader {
        RunHeader {
            run_id,
            title: job.title.clone(),
            gnomon_version: VERSION.to_owned(),
            started: Utc::now(),
            finished: None,
            workload_source: job.workload.manifest.source.clone(),
            source_settings: job
                .settings
                .source
                .changed()
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            workload: job.workload.manifest.content.clone(),
            legacy: self.legacy,
            governed: self.governed,
            tolerances: job.comparison.tolerances().cloned().collect(),
            mismatches_allowed: job.mismatches_allowed,
            drift_allowed: job.drift_allowed,
            judged_from: None,
        }
    }
}

fn not_looked_at_again(error: &CliError) -> String {
    format!(
        "warning: the data were not looked at again, start the run again for that: {}",
        error.message()
    )
}

/// Was the data looked at since the last verdict?
fn is_looked_at_since(report: &RunReport) -> bool {
    let newest = report.data.iter().map(|check| check.checked).max();
    newest.zip(report.run.finished).is_some_and(|(checked, finished)| checked >= finished)
}

/// A run that is to be resumed must be there: the store would otherwise begin it.
fn existing(runs: &Path, id: &str) -> Result<(), CliError> {
    check_id(id)?;
    Store::open(&runs.join(id))?;
    Ok(())
}

fn check_id(id: &str) -> Result<(), CliError> {
    let named = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if named {
        return Ok(());
    }
    Err(CliError::usage(format!("`{id}` is not a run id"))
        .hint("give the id alone; where the runs are is in the configuration"))
}
