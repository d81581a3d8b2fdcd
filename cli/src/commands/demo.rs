//! `gnomon demo`: the whole flow on generated data. Needs no server and no configuration.

mod legacy;
mod load;
mod verdict;

use crate::{
    config::GovernanceConfig,
    error::CliError,
    exit::Exit,
    output,
    pipeline::{self, Finished, Job, MemoryLimits, RunName},
    wiring::{
        bind_check,
        files::{self, Format},
        governed::govern,
        interrupt,
        progress::{Phase, Progress},
        runtime,
        translate::{Mode, Planner},
    },
};
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use corpora::Corpus;
use engines::{Engine, duckdb::DuckDb};
use legacy::Legacy;
use model::{
    Dialect, Scope, Tolerance, ToleranceKind, Workload, catalog::CatalogTable, report::RunReport,
};
use replay::{RunEnd, Selection, Spending, StopSignal, StoreOptions};
use reports::{console, html};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Time zone of all sessions.
const TIME_ZONE: &str = "UTC";

/// Broken promises that are named.
const FAULTS_MAX: usize = 20;

/// The audit log of all demos into one folder.
const AUDIT_FILE: &str = "audit.jsonl";

/// Show the whole flow on generated data: unchanged, then transpiled.
///
/// Generates TPC-H and `traps`, statements that two engines answer differently, loads them into a
/// legacy engine and a governed DuckDB, and replays all statements twice: copied unchanged, and
/// translated. Nothing is installed and nothing is left running.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder for the reports and the recorded runs
    #[arg(long, value_name = "DIR", default_value = "gnomon-demo")]
    out: PathBuf,
    /// Scale factor of TPC-H; 1 is about 1 GB
    #[arg(long, value_name = "F", default_value_t = 0.05)]
    scale: f64,
    /// The legacy engine
    #[arg(long, value_enum, default_value = "auto")]
    legacy: legacy::Choice,
    /// The governed engine
    #[arg(long, value_enum, default_value = "duckdb")]
    target: Target,
}

/// The governed engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// DuckDB in memory
    Duckdb,
}

/// Runs `gnomon demo`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let tpch = corpora::tpch(args.scale).map_err(CliError::usage)?;
    let traps = corpora::traps().map_err(CliError::usage)?;
    let workload = corpora::merge(&[&tpch, &traps]).map_err(CliError::usage)?;
    runtime::run(demo(args, &[tpch, traps], &workload))
}

async fn demo(args: &Args, corpora: &[Corpus], workload: &Workload) -> Result<Exit, CliError> {
    let stop = interrupt::listen();
    let Target::Duckdb = args.target;
    let prepared = tokio::select! {
        prepared = Stage::prepare(args, corpora) => prepared?,
        () = stop.stopped() => return Err(CliError::interrupted("interrupted")),
    };
    let unchanged = prepared.pass(Mode::Unchanged, workload, &stop).await?;
    let transpiled = prepared.pass(Mode::Transpiled, workload, &stop).await?;
    deliver(&args.out, &unchanged.report, &transpiled.report)
}

/// Both engines with their data, and what the two passes share.
struct Stage {
    legacy: Legacy,
    /// The engine behind the pipeline.
    engine: Arc<dyn Engine>,
    governed: Arc<dyn Engine>,
    spending: Arc<dyn Spending>,
    tables: Vec<CatalogTable>,
    comparison: compare::Settings,
    out: PathBuf,
    started: DateTime<Utc>,
}

impl Stage {
    async fn prepare(args: &Args, corpora: &[Corpus]) -> Result<Self, CliError> {
        let legacy = Legacy::start(args.legacy).await?;
        let duckdb = DuckDb::in_memory().map_err(CliError::unreachable)?;
        let phase = Phase::start("generating TPC-H and traps, loading both engines");
        let rows = load::both(corpora, &legacy, &duckdb).await?;
        phase.done(format!(
            "loaded TPC-H (scale {}) and traps, {rows} rows, into {} and DuckDB",
            args.scale,
            legacy.name()
        ));
        duckdb.lock_down(TIME_ZONE).map_err(CliError::unreachable)?;
        let tables: Vec<CatalogTable> =
            corpora.iter().flat_map(|corpus| corpus.tables.iter().cloned()).collect();
        let started = Utc::now();
        let engine: Arc<dyn Engine> = Arc::new(duckdb);
        let (governed, spending) = govern(
            Arc::clone(&engine),
            &tables,
            &Dialect::Postgres.into(),
            &GovernanceConfig::default(),
            &args.out.join(AUDIT_FILE),
        )?;
        let comparison = compare::Settings::new(tolerances()).map_err(CliError::usage)?;
        Ok(Self {
            legacy,
            engine,
            governed: Arc::new(governed),
            spending,
            tables,
            comparison,
            out: args.out.clone(),
            started,
        })
    }

    /// Replays everything once.
    async fn pass(
        &self,
        mode: Mode,
        workload: &Workload,
        stop: &StopSignal,
    ) -> Result<Finished, CliError> {
        let name = match mode {
            Mode::Unchanged => "unchanged",
            Mode::Transpiled => "transpiled",
        };
        let dialects = (self.legacy.engine().dialect(), self.governed.dialect());
        let planner = Planner::new(mode, &Dialect::Postgres.into(), dialects, &self.tables);
        let settings = replay::Settings::default();
        let mut plan = pipeline::plan(workload, &planner, Selection::default())?;
        if mode == Mode::Transpiled {
            bind_check::of_plan(&mut plan, &self.engine, &settings.governed).await?;
        }
        let job = Job {
            title: format!("demo: {name}"),
            workload,
            plan,
            legacy: self.legacy.engine(),
            governed: Arc::clone(&self.governed),
            metrics: None,
            spending: Arc::clone(&self.spending),
            settings,
            comparison: self.comparison.clone(),
            catalog: self.tables.clone(),
            memory: MemoryLimits::default(),
            // Both sides were loaded from the same rows a moment ago.
            preflight: None,
            drift_allowed: false,
            mismatches_allowed: 0,
            runs: self.out.join("runs"),
            store: StoreOptions::default(),
            // The data are loaded anew each time, so each demo is a run of its own.
            id: RunName::Derived(format!("demo {name} {}", self.started).into_bytes()),
        };
        let progress = Progress::new(&format!("{name:<10}"));
        let began = std::time::Instant::now();
        let finished = pipeline::run(job, Arc::new(progress), stop.clone()).await?;
        if finished.end == RunEnd::Interrupted {
            return Err(CliError::interrupted("interrupted")
                .hint("start the demo again; it generates its data anew"));
        }
        output::note(format!(
            "replayed {} statements {name} ({:.1} s)",
            finished.report.totals.sum(),
            began.elapsed().as_secs_f64()
        ));
        Ok(finished)
    }
}

/// What the demo accepts. The reasons show in the ledger of every report.
fn tolerances() -> Vec<Tolerance> {
    vec![Tolerance {
        kind: ToleranceKind::FloatRelative { max: 1e-9 },
        scope: Scope::default(),
        reason: "DuckDB computes averages and quotients of decimals in floats, PostgreSQL in \
                 decimals, and sums of floats depend on the order of rows; nine digits agree"
            .to_owned(),
    }]
}

/// Writes the reports, prints the summaries, and says whether the demo shows what it should.
fn deliver(out: &Path, unchanged: &RunReport, transpiled: &RunReport) -> Result<Exit, CliError> {
    let page = out.join("report.html");
    files::write(&page, |file| html::write_pair(unchanged, transpiled, file))?;
    let named = [
        ("unchanged.json", Format::Json, unchanged),
        ("transpiled.json", Format::Json, transpiled),
        ("junit.xml", Format::Junit, transpiled),
        ("summary.md", Format::Markdown, transpiled),
    ];
    for (name, format, report) in named {
        files::write(&out.join(name), |file| format.write(report, file))?;
    }

    let style = output::console_style();
    let mut text = Vec::new();
    console::side_by_side(unchanged, transpiled, style, &mut text)
        .and_then(|()| {
            text.push(b'\n');
            console::write_console(transpiled, style, &mut text)
        })
        .map_err(CliError::unreachable)?;
    output::result(&text)?;

    let folder = std::path::absolute(out).unwrap_or_else(|_| out.to_owned());
    output::note(format!("\nreport      {}", folder.join("report.html").display()));
    let others = ["unchanged.json", "transpiled.json", "junit.xml", "summary.md"];
    output::note(format!("beside it   {}, {AUDIT_FILE}, runs", others.join(", ")));

    let faults = verdict::faults(transpiled);
    if faults.is_empty() {
        return Ok(Exit::Holds);
    }
    let broken = match faults.len() {
        1 => "1 statement is not as the demo promises".to_owned(),
        n => format!("{n} statements are not as the demo promises"),
    };
    let more = faults.len().saturating_sub(FAULTS_MAX);
    let more = (more > 0).then(|| format!("{more} more are in the reports"));
    let named = faults.into_iter().take(FAULTS_MAX);
    Err(named.fold(CliError::new(Exit::Fails, broken), CliError::hint).hint_if(more))
}
