//! `gnomon run -c gnomon.toml`: the replay job.

mod dry;
mod identity;
pub(super) mod job;

use crate::{
    config::{self, Loaded},
    error::CliError,
    exit::Exit,
    output::{self, Form},
    pipeline::{self, Finished},
    wiring::{delivery, files::Format, interrupt, progress::Progress, runtime},
};
use job::Inputs;
use model::{Plan, Workload};
use replay::{Exhausted, RunEnd};
use std::sync::Arc;

/// Replay a workload on both engines and judge it.
///
/// The same configuration, workload and engine versions are the same run: started again, it goes on
/// where it stopped, and says so where nothing is left to do.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Go on with this run, whatever its name would be now
    #[arg(long, value_name = "RUN", conflicts_with = "again")]
    resume: Option<String>,
    /// Print what would run and what would not, and execute nothing
    #[arg(long)]
    dry_run: bool,
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
    let (loaded, workload) = args.inputs.load()?;
    runtime::run(replay_job(args, &loaded, &workload))
}

async fn replay_job(args: &Args, loaded: &Loaded, workload: &Workload) -> Result<Exit, CliError> {
    let stop = interrupt::listen();
    let planned = job::plan(&args.inputs, loaded, workload, &stop).await?;
    if args.dry_run {
        return dry_run(args, &planned.plan, planned.governed.err().as_ref());
    }
    let (inputs, resume) = (&args.inputs, args.resume.as_deref());
    let (job, fleet) = job::prepare(inputs, loaded, workload, planned, resume).await?;
    let progress = Arc::new(Progress::new("replaying"));
    let finished = match &fleet {
        Some(fleet) => pipeline::shared::run(&job, fleet, progress, &stop).await?,
        None => pipeline::run(job, progress, stop.clone()).await?,
    };
    deliver(args, loaded, &finished)
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
        let config = args.inputs.config.as_deref().unwrap_or(std::path::Path::new("gnomon.toml"));
        return Err(CliError::interrupted(format!(
            "{stopped} with {} of {total} statements judged",
            total - report.totals.pending
        ))
        .hint(format!(
            "go on with: gnomon run -c {}{} --resume {}",
            config.display(),
            args.inputs.store.as_ref().map(|url| format!(" --store '{url}'")).unwrap_or_default(),
            report.run.run_id
        )));
    }
    Ok(failed.unwrap_or(if report.gate_holds() { Exit::Holds } else { Exit::Fails }))
}

/// Which bound was reached, and its key.
pub(super) fn out_of_budget(what: Exhausted, loaded: &Loaded) -> String {
    let limits = &loaded.config.limits;
    let (key, most) = match what {
        Exhausted::Time => ("run_seconds_max", limits.run_seconds_max),
        Exhausted::ResultBytes => ("run_result_bytes_max", limits.run_result_bytes_max),
        Exhausted::Credits => ("run_credits_max_milli", limits.run_credits_max_milli),
    };
    format!("the budget of {what} is used up (`limits.{key}` = {})", most.unwrap_or_default())
}
