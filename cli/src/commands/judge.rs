//! `gnomon judge RUN -c gnomon.toml`: recorded answers, judged under other tolerances.

mod changes;

use crate::{
    config::{self, Loaded},
    error::CliError,
    exit::Exit,
    output,
    wiring::{
        delivery,
        files::{self, Format},
        interrupt,
        judge::Comparer,
        progress::Progress,
        runtime,
    },
};
use chrono::Utc;
use model::{
    data,
    report::{RunHeader, RunReport},
};
use replay::{RunEnd, StopSignal, Store};
use std::{
    num::NonZero,
    path::{Path, PathBuf},
    sync::Arc,
};

const ABOUT: &str = "\
No engine is touched and the recorded run is only read. The verdicts become a run of their own in the
folder of the runs, which shares the recorded answers and names the run that it is judged from; the
same tolerances give the same run. Tolerances, gate and reports are those of the configuration.

A match without tolerances stays one. Any other verdict needs the rows of both sides, which a run
keeps with `retention = \"mismatches\"`, the default, or `\"all\"`; without them it is inconclusive,
and the exit code is 4 unless the gate fails.";

/// Judge a recorded run again under the tolerances of a configuration.
#[derive(Debug, clap::Args)]
#[command(after_help = ABOUT)]
pub(crate) struct Args {
    /// Folder of the run, or its id in the folder of the runs
    run: PathBuf,
    /// The configuration
    #[arg(short, long, value_name = "FILE")]
    config: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Where to write it; without one, or for `-`, to stdout
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

/// Runs `gnomon judge`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let loaded = config::load(&args.config)?;
    let comparison = loaded.comparison()?;
    let runs = loaded.path(&loaded.config.store.dir);
    let source = Store::open(&files::run_folder(&args.run, &runs))?;
    let recorded = source.report()?;
    let header = header(&recorded.run, &loaded, &comparison)?;
    let target =
        Store::create_or_resume(&runs, &header, &source.plan()?, loaded.config.store.options())?;
    let is_same = recorded.run.gnomon_version == header.gnomon_version
        && recorded.run.tolerances == header.tolerances;
    let memory = loaded.config.limits.memory().comparison_bytes_max;
    let judge = Comparer::new(comparison, memory)
        .by_the_same_rules(is_same)
        .with_drifted(data::drifted_now(&recorded.data));
    let at_once = NonZero::new(loaded.config.limits.sessions_max).unwrap_or(NonZero::<usize>::MIN);
    let work = async {
        let stop = interrupt::listen();
        judged(source.clone(), target.clone(), (judge, at_once), stop).await
    };
    let judged = runtime::run(work)?;
    let report = target.report()?;
    deliver(args, &loaded, &recorded, &Judged { report, folder: target.folder(), end: judged })
}

/// The recorded run under its new name, with the rules of now.
fn header(
    recorded: &RunHeader,
    loaded: &Loaded,
    comparison: &compare::Settings,
) -> Result<RunHeader, CliError> {
    let version = env!("CARGO_PKG_VERSION");
    let tolerances: Vec<_> = comparison.tolerances().cloned().collect();
    let rules = serde_json::to_vec(&tolerances).map_err(CliError::usage)?;
    Ok(RunHeader {
        run_id: replay::judged_id(&recorded.run_id, &rules, version),
        gnomon_version: version.to_owned(),
        started: Utc::now(),
        finished: None,
        tolerances,
        mismatches_allowed: loaded.config.gate.mismatches_max,
        drift_allowed: loaded.config.gate.drift,
        judged_from: Some(recorded.run_id.clone()),
        ..recorded.clone()
    })
}

async fn judged(
    source: Store,
    target: Store,
    (judge, at_once): (Comparer, NonZero<usize>),
    stop: StopSignal,
) -> Result<replay::Rejudged, CliError> {
    let progress = Arc::new(Progress::new("judging"));
    let judging = tokio::task::spawn_blocking(move || {
        replay::rejudge(&source, &target, (&judge, at_once), progress, &stop)
    });
    Ok(judging.await.map_err(CliError::interrupted)??)
}

struct Judged<'a> {
    report: RunReport,
    folder: &'a Path,
    end: replay::Rejudged,
}

/// Writes the reports and says what became of the recorded verdicts.
fn deliver(
    args: &Args,
    loaded: &Loaded,
    recorded: &RunReport,
    Judged { report, folder, end: judged }: &Judged<'_>,
) -> Result<Exit, CliError> {
    let total = report.totals.sum();
    output::note(format!(
        "run {} in {}, judged from run {}",
        report.run.run_id,
        folder.display(),
        recorded.run.run_id
    ));
    if total > 0 && judged.already_done == total {
        output::note("every statement was judged by these rules already");
    }
    for line in changes::lines(recorded, report) {
        output::note(line);
    }
    let mut failed = delivery::reports(report, loaded);
    match args.out.as_deref().filter(|path| *path != Path::new("-")) {
        Some(path) => {
            files::write(path, |out| args.format.write(report, out))?;
            output::note(format!("wrote {}", path.display()));
        }
        None => output::result(args.format.bytes(report, output::console_style())?)?,
    }
    if judged.end == RunEnd::Interrupted {
        return Err(CliError::interrupted(format!(
            "interrupted with {} of {total} statements judged",
            total - report.totals.pending
        ))
        .hint("the same command goes on"));
    }
    if recorded.totals.pending > 0 {
        return Err(CliError::interrupted(format!(
            "the recorded run has no verdict yet on {} of {total} statements",
            recorded.totals.pending
        ))
        .hint(format!("complete it first: gnomon run --resume {}", recorded.run.run_id)));
    }
    if failed.is_none() && !report.gate_holds() {
        failed = Some(Exit::Fails);
    }
    let lacking = changes::lacking_rows(report);
    if failed.is_none() && lacking > 0 {
        return Err(CliError::new(
            Exit::Incomplete,
            format!("{lacking} of {total} statements could not be judged again without their rows"),
        )
        .hint(
            "set `retention` in `[store]` to `mismatches` or `all`, and replay them with `gnomon run`",
        ));
    }
    Ok(failed.unwrap_or(Exit::Holds))
}
