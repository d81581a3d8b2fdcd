//! `gnomon run -c gnomon.toml`: the replay job.

mod dry;
mod identity;

use crate::{
    config::{self, Loaded, Transpile, WorkloadSource},
    error::CliError,
    exit::Exit,
    output::{self, Form},
    pipeline::{self, Finished, Job, RunName},
    wiring::{
        bind_check, catalog, delivery, engines as wired,
        files::Format,
        governed::govern,
        interrupt,
        metrics::Metrics,
        preflight::Preflight,
        progress::{Phase, Progress},
        runtime,
        translate::{Mode, Planner},
        workload,
    },
};
use engines::Engine;
use model::{Plan, Workload, catalog::CatalogTable};
use replay::{Exhausted, RunEnd, StopSignal};
use std::{net::SocketAddr, path::PathBuf, sync::Arc};

/// Replay a workload on both engines and judge it.
///
/// The same configuration, workload and engine versions are the same run: started again, it goes on
/// where it stopped, and says so where nothing is left to do.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(crate) struct Args {
    /// The configuration
    #[arg(short, long, value_name = "FILE", required_unless_present = "print_schema")]
    config: Option<PathBuf>,
    /// Go on with this run, whatever its name would be now
    #[arg(long, value_name = "RUN", conflicts_with = "again")]
    resume: Option<String>,
    /// Replay everything anew although this run may be complete
    #[arg(long)]
    again: bool,
    /// Replay statements of this fingerprint only; the others are counted as skipped
    #[arg(long, value_name = "FINGERPRINT")]
    only: Option<String>,
    /// Print what would run and what would not, and execute nothing
    #[arg(long)]
    dry_run: bool,
    /// Ask the legacy again where the answers mismatch: what it has with itself is inconclusive
    #[arg(long)]
    noise: bool,
    /// Serve metrics for Prometheus at this address while it runs, for example `127.0.0.1:9187`
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// What goes to stdout
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    /// Print the JSON schema of the configuration
    #[arg(long)]
    print_schema: bool,
}

/// Runs `gnomon run`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    if args.print_schema {
        output::result(config::schema())?;
        return Ok(Exit::Holds);
    }
    let Some(path) = &args.config else {
        return Err(CliError::usage("give the configuration by `--config`"));
    };
    let loaded = config::load(path)?;
    let workload = match loaded.workload()? {
        WorkloadSource::Captured(folder) => workload::captured(&loaded.path(folder))?,
        WorkloadSource::SqlFiles(folder) => {
            workload::of_sql_files(&loaded.path(folder), &loaded.source)?
        }
    };
    runtime::run(replay_job(args, &loaded, &workload))
}

async fn replay_job(args: &Args, loaded: &Loaded, workload: &Workload) -> Result<Exit, CliError> {
    let stop = interrupt::listen();
    let legacy = wired::open("legacy", &loaded.legacy).await?;
    let tables = interruptible(&stop, tables(loaded, &legacy)).await?;
    let mode = match loaded.config.governed.transpile {
        Transpile::Auto => Mode::Transpiled,
        Transpile::Unchanged => Mode::Unchanged,
    };
    let comparison = loaded.comparison()?;
    if !tables.is_empty() {
        comparison.check_tables(&tables).map_err(CliError::usage)?;
    }
    let dialects = (legacy.dialect(), wired::dialect(&loaded.governed));
    let planner = Planner::new(mode, &loaded.source, dialects, &tables);
    let mut plan = pipeline::plan(workload, &planner, args.only.as_deref())?;
    let engine = interruptible(
        &stop,
        governed_engine(loaded, (mode == Mode::Transpiled).then_some(&mut plan)),
    )
    .await;
    if args.dry_run {
        return dry_run(args, &plan, engine.err().as_ref());
    }
    let engine = engine?;
    let settings = replay::Settings {
        principals: replay::plan::principals(workload),
        source: loaded.source.clone(),
        noise: args.noise || loaded.config.replay.noise,
        ties: loaded.config.replay.ties,
        pace: loaded.config.replay.pace().map_err(|(_, message)| CliError::usage(message))?,
        ..loaded.config.limits.settings(&loaded.config.session)
    };
    let id = match &args.resume {
        Some(id) => RunName::Given(id.clone()),
        None => RunName::Derived(identity::bytes(&identity::Parts {
            loaded,
            comparison: &comparison,
            settings: &settings,
            plan: &replay::plan::digest(&plan).map_err(CliError::usage)?,
            again: args.again,
        })?),
    };
    let runs = loaded.path(&loaded.config.store.dir);
    let audit = match &loaded.config.governance.audit {
        Some(path) => loaded.path(path),
        None => runs.join("audit.jsonl"),
    };
    let metrics = args.metrics.map(|_| Arc::new(Metrics::new()));
    if let (Some(metrics), Some(address)) = (&metrics, args.metrics) {
        metrics.serve(address).await?;
    }
    let preflight = loaded.config.replay.preflight.depth().map(|depth| {
        Preflight::new(
            (depth, loaded.config.limits.preflight_timeout_seconds),
            &plan,
            &tables,
            &loaded.source,
            [Arc::clone(&legacy), Arc::clone(&engine)],
            (&settings, loaded.config.limits.memory()),
        )
    });
    let preflight = preflight.transpose()?;
    let (governed, spending) =
        govern(engine, &tables, &loaded.source, &loaded.config.governance, &audit)?;
    let job = Job {
        title: title(args),
        workload,
        plan,
        legacy,
        governed: Arc::new(governed),
        metrics,
        spending,
        settings,
        comparison,
        catalog: tables,
        memory: loaded.config.limits.memory(),
        preflight,
        drift_allowed: loaded.config.gate.drift,
        mismatches_allowed: loaded.config.gate.mismatches_max,
        runs,
        store: loaded.config.store.options(),
        id,
    };
    let finished = pipeline::run(job, Arc::new(Progress::new("replaying")), stop.clone()).await?;
    deliver(args, loaded, &finished)
}

/// The governed engine, asked whether it binds the translations of the plan.
async fn governed_engine(
    loaded: &Loaded,
    plan: Option<&mut Plan>,
) -> Result<Arc<dyn Engine>, CliError> {
    let config = &loaded.config;
    let engine = wired::open_governed(&loaded.governed, &config.session.time_zone).await?;
    if let Some(plan) = plan {
        bind_check::of_plan(plan, &engine, &config.session.governed()).await?;
    }
    Ok(engine)
}

/// Says what would run. The governed engine need not be at hand for that.
fn dry_run(args: &Args, plan: &Plan, unbound: Option<&CliError>) -> Result<Exit, CliError> {
    if let Some(error) = unbound {
        if error.exit() == Exit::Incomplete {
            return Err(CliError::interrupted(error.message()));
        }
        output::note(format!(
            "no translation was bound on the governed engine: {}",
            error.message()
        ));
    }
    let text = match args.format {
        Form::Text => dry::text(plan, output::console_style().width),
        Form::Json => dry::json(plan, unbound.is_none())?,
    };
    output::result(text)?;
    Ok(Exit::Holds)
}

/// Where the job is from, for the head of reports.
fn title(args: &Args) -> String {
    let path = args.config.as_deref();
    let folder = path.and_then(|path| path.parent()).and_then(|folder| folder.file_name());
    let stem = path.and_then(|path| path.file_stem());
    let words = [folder, stem].into_iter().flatten().map(|word| word.to_string_lossy());
    words.collect::<Vec<_>>().join("/")
}

async fn tables(loaded: &Loaded, legacy: &Arc<dyn Engine>) -> Result<Vec<CatalogTable>, CliError> {
    if let Some(file) = &loaded.config.catalog.file {
        return catalog::of_file(&loaded.path(file), loaded.source.dialect());
    }
    let (source, spelled) = (loaded.source.dialect(), legacy.dialect());
    if source != spelled {
        return Err(CliError::usage(format!(
            "the statements are in dialect `{source}`, the legacy engine spells its types as \
             `{spelled}`"
        ))
        .hint(format!("give a catalog file spelled as `{source}` does: `catalog.file`")));
    }
    let phase = Phase::start("reading the legacy engine's catalog");
    let settings = loaded.config.session.legacy();
    let tables = catalog::of_engine("the legacy engine", legacy, &settings).await?;
    phase.done(format!("read the types of {} tables from the legacy engine", tables.len()));
    Ok(tables)
}

/// Ends early on a request to stop, where nothing is recorded yet.
async fn interruptible<T>(
    stop: &StopSignal,
    work: impl Future<Output = Result<T, CliError>>,
) -> Result<T, CliError> {
    tokio::select! {
        result = work => result,
        () = stop.stopped() => Err(CliError::interrupted("interrupted before the replay began")),
    }
}

/// Writes the reports and says how it went.
fn deliver(args: &Args, loaded: &Loaded, finished: &Finished) -> Result<Exit, CliError> {
    let report = &finished.report;
    let total = report.totals.sum();
    output::note(format!("run {} in {}", report.run.run_id, finished.folder.display()));
    if total > 0 && finished.already_done == total {
        output::note(
            "every statement had its verdict already and nothing was executed; `--again` replays \
             everything anew",
        );
    } else if finished.already_done > 0 {
        output::note(format!("{} verdicts were there from before", finished.already_done));
    }
    let failed = delivery::reports(report, loaded);
    let format = match args.format {
        Form::Text => Format::Text,
        Form::Json => Format::Json,
    };
    output::result(format.bytes(report, output::console_style())?)?;
    let stopped = match finished.end {
        RunEnd::Complete => None,
        RunEnd::Interrupted => Some("interrupted".to_owned()),
        RunEnd::OutOfBudget(what) => Some(out_of_budget(what, loaded)),
    };
    if let Some(stopped) = stopped {
        let config = args.config.as_deref().unwrap_or(std::path::Path::new("gnomon.toml"));
        return Err(CliError::interrupted(format!(
            "{stopped} with {} of {total} statements judged",
            total - report.totals.pending
        ))
        .hint(format!(
            "go on with: gnomon run -c {} --resume {}",
            config.display(),
            report.run.run_id
        )));
    }
    Ok(failed.unwrap_or(if report.gate_holds() { Exit::Holds } else { Exit::Fails }))
}

/// Which bound was reached, and its key.
fn out_of_budget(what: Exhausted, loaded: &Loaded) -> String {
    let limits = &loaded.config.limits;
    let (key, most) = match what {
        Exhausted::Time => ("run_seconds_max", limits.run_seconds_max),
        Exhausted::ResultBytes => ("run_result_bytes_max", limits.run_result_bytes_max),
        Exhausted::Credits => ("run_credits_max_milli", limits.run_credits_max_milli),
    };
    format!("the budget of {what} is used up (`limits.{key}` = {})", most.unwrap_or_default())
}
