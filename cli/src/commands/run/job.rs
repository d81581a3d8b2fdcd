//! Configuration and command line → everything that one run is made of. Executes no statement.

use super::identity::{self, Again};
use crate::{
    config::{self, Loaded, Transpile, WorkloadSource},
    error::CliError,
    pipeline::{self, Job, RunName, shared::Fleet},
    wiring::{
        bind_check, catalog, engines as wired,
        governed::govern,
        metrics::Metrics,
        preflight::Preflight,
        progress::Phase,
        translate::{Mode, Planner},
        workload,
    },
};
use engines::Engine;
use model::{Plan, Workload, catalog::CatalogTable};
use replay::{Pace, Selection, Settings, SharedOptions, StopSignal, Writes};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What decides what a run will find, and where it is recorded.
#[derive(Debug, clap::Args)]
pub(crate) struct Inputs {
    /// The configuration
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Replay statements of this fingerprint only; the others are counted as skipped
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) only: Option<String>,
    /// Ask the legacy again where the answers mismatch: what it has with itself is inconclusive
    #[arg(long)]
    pub(crate) noise: bool,
    /// Replay everything anew although this run may be complete. With a label, the run is the same for all
    /// who give the same label, and goes on where it was begun before
    #[arg(long, value_name = "LABEL", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) again: Option<String>,
    /// PostgreSQL server by which several processes share the run: `postgres://user@host/database`,
    /// without a password; by default `store.url` of the configuration
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// What this process is called in a shared run; by default the name of the machine and the number
    /// of the process
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Serve metrics for Prometheus at this address while it runs, for example `127.0.0.1:9187`
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) metrics: Option<SocketAddr>,
}

impl Inputs {
    /// The configuration and the workload, read and checked.
    pub(crate) fn load(&self) -> Result<(Loaded, Workload), CliError> {
        let Some(path) = &self.config else {
            return Err(CliError::usage("give the configuration by `--config`"));
        };
        let loaded = config::load(path)?;
        let workload = match loaded.workload()? {
            WorkloadSource::Captured(folder) => workload::captured(&loaded.path(folder))?,
            WorkloadSource::SqlFiles(folder) => {
                workload::of_sql_files(&loaded.path(folder), &loaded.source)?
            }
        };
        Ok((loaded, workload))
    }
}

/// What will run, and what is needed to run it.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    /// The governed engine, without its pipeline; a plan is of use without it.
    pub(crate) governed: Result<Arc<dyn Engine>, CliError>,
    legacy: Arc<dyn Engine>,
    tables: Vec<CatalogTable>,
    comparison: compare::Settings,
}

/// Plans the workload.
pub(crate) async fn plan(
    inputs: &Inputs,
    loaded: &Loaded,
    workload: &Workload,
    stop: &StopSignal,
) -> Result<Planned, CliError> {
    let legacy = wired::open("legacy", &loaded.legacy).await?;
    let tables = interruptible(stop, tables(loaded, &legacy)).await?;
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
    let selection =
        Selection { only: inputs.only.as_deref(), writes: loaded.config.replay.writes.writes() };
    let mut plan = pipeline::plan(workload, &planner, selection)?;
    let bound = (mode == Mode::Transpiled).then_some(&mut plan);
    let governed = interruptible(stop, governed_engine(loaded, bound)).await;
    Ok(Planned { plan, governed, legacy, tables, comparison })
}

/// The job, and where it is shared, if it is.
pub(crate) async fn prepare<'a>(
    inputs: &Inputs,
    loaded: &Loaded,
    workload: &'a Workload,
    planned: Planned,
    resume: Option<&str>,
) -> Result<(Job<'a>, Option<Fleet>), CliError> {
    let Planned { plan, governed, legacy, tables, comparison } = planned;
    let governed = governed?;
    let settings = Settings {
        principals: replay::plan::principals(workload),
        source: loaded.source.clone(),
        noise: inputs.noise || loaded.config.replay.noise,
        ties: loaded.config.replay.ties,
        transactions: loaded.config.replay.transactions,
        writes: loaded.config.replay.writes.writes(),
        pace: loaded.config.replay.pace().map_err(|(_, message)| CliError::usage(message))?,
        ..loaded.config.limits.settings(&loaded.config.session)
    };
    let digest = &replay::plan::digest(&plan).map_err(CliError::usage)?;
    let identity = |again| {
        let (comparison, settings) = (&comparison, &settings);
        identity::bytes(&identity::Parts { loaded, comparison, settings, plan: digest, again })
    };
    let id = match resume {
        Some(id) => RunName::Given(id.to_owned()),
        None => RunName::Derived(identity(match inputs.again.as_deref() {
            None => Again::No,
            Some("") => Again::Now,
            Some(label) => Again::Label(label),
        })?),
    };
    let fleet = fleet(inputs, loaded, &settings, identity(Again::No)?)?;
    let runs = loaded.path(&loaded.config.store.dir);
    let audit = match &loaded.config.governance.audit {
        Some(path) => loaded.path(path),
        None => runs.join("audit.jsonl"),
    };
    let audit = match &fleet {
        // One process at a time writes to an audit log.
        Some(fleet) => audit_of(&audit, &fleet.options.name),
        None => audit,
    };
    let metrics = inputs.metrics.map(|_| Arc::new(Metrics::new()));
    if let (Some(metrics), Some(address)) = (&metrics, inputs.metrics) {
        metrics.serve(address).await?;
    }
    let preflight = loaded.config.replay.preflight.depth().map(|depth| {
        Preflight::new(
            (depth, loaded.config.limits.preflight_timeout_seconds),
            &plan,
            &tables,
            &loaded.source,
            [Arc::clone(&legacy), Arc::clone(&governed)],
            (&settings, loaded.config.limits.memory()),
        )
    });
    let preflight = preflight.transpose()?;
    let (governed, spending) =
        govern(governed, &tables, &loaded.source, &loaded.config.governance, &audit)?;
    let job = Job {
        title: title(inputs),
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
    Ok((job, fleet))
}

/// Where the run is shared, if it is.
fn fleet(
    inputs: &Inputs,
    loaded: &Loaded,
    settings: &Settings,
    base: Vec<u8>,
) -> Result<Option<Fleet>, CliError> {
    let Some(server) = loaded.server(inputs.store.as_deref())? else {
        if inputs.name.is_some() {
            return Err(CliError::usage("`--name` is for runs that are shared")
                .hint("name the server that they are shared by in `--store` or `store.url`"));
        }
        return Ok(None);
    };
    if settings.writes != Writes::Refused {
        return Err(CliError::usage(
            "`replay.writes` is `rolled-back`, but the run is shared by several processes",
        )
        .hint(
            "changes run one transaction at a time; replay them in one process, without a store",
        ));
    }
    let options = SharedOptions {
        name: inputs.name.clone().unwrap_or_else(own_name),
        lease: loaded.config.store.lease(),
        whole_sessions: settings.pace != Pace::Fast,
        retention: loaded.config.store.retention(),
        ..SharedOptions::default()
    };
    let server = wired::postgres("store", &server)?;
    Ok(Some(Fleet { server, options, base }))
}

/// The name of the machine and the number of the process.
fn own_name() -> String {
    let host = std::env::var("HOSTNAME")
        .ok()
        .or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    let host = host.as_deref().map(str::trim).filter(|host| !host.is_empty());
    format!("{}-{}", host.unwrap_or("host"), std::process::id())
}

/// The audit log of one process of several: `audit.jsonl` is `audit-NAME.jsonl`.
fn audit_of(audit: &Path, name: &str) -> PathBuf {
    let fits = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = name.chars().map(fits).collect();
    let stem = audit.file_stem().unwrap_or_default().to_string_lossy();
    let end = audit.extension().map(|end| format!(".{}", end.to_string_lossy()));
    audit.with_file_name(format!("{stem}-{name}{}", end.unwrap_or_default()))
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

/// Where the job is from, for the head of reports.
fn title(inputs: &Inputs) -> String {
    let path = inputs.config.as_deref();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_log_of_each_process_stays_in_its_folder() {
        let of = |name: &str| audit_of(Path::new("runs/audit.jsonl"), name);
        assert_eq!(of("w-1"), Path::new("runs/audit-w-1.jsonl"));
        assert_eq!(of("../x/y"), Path::new("runs/audit-.._x_y.jsonl"));
        assert_eq!(audit_of(Path::new("a/log"), "w"), Path::new("a/log-w"));
    }
}
