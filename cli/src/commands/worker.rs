//! `gnomon worker -c gnomon.toml --store postgres://…`: takes part in a run that is begun elsewhere.

use super::run::{
    job::{self, Inputs},
    out_of_budget,
};
use crate::{
    config::Loaded,
    error::CliError,
    exit::Exit,
    output,
    pipeline::shared::{self, Wanted},
    wiring::{interrupt, progress::Progress, runtime},
};
use model::Workload;
use replay::RunEnd;
use std::{sync::Arc, time::Duration};

/// Take part in a run that `gnomon run` shares by a PostgreSQL server.
///
/// Workers join and leave at any time. Each runs what no other does, and takes over what one that is gone
/// left behind. The report is for who began the run.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Take part in this run; by default in the newest unfinished one of the same configuration
    #[arg(long, value_name = "RUN", conflicts_with = "again")]
    run: Option<String>,
    /// How long to wait until there is one
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    wait: u64,
}

/// Runs `gnomon worker`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let (loaded, workload) = args.inputs.load()?;
    runtime::run(work(args, &loaded, &workload))
}

async fn work(args: &Args, loaded: &Loaded, workload: &Workload) -> Result<Exit, CliError> {
    let stop = interrupt::listen();
    let inputs = &args.inputs;
    if inputs.again.as_deref() == Some("") {
        return Err(CliError::usage("a worker begins no run anew")
            .hint("give the label of a run that another process begins: `--again=LABEL`"));
    }
    let planned = job::plan(inputs, loaded, workload, &stop).await?;
    let (job, fleet) = job::prepare(inputs, loaded, workload, planned, args.run.as_deref()).await?;
    let Some(fleet) = &fleet else {
        return Err(CliError::usage("a worker needs the server that the run is shared by")
            .hint("name it in `--store postgres://user@host/database`, or in `store.url`"));
    };
    let wanted =
        Wanted { is_labelled: inputs.again.is_some(), wait: Duration::from_secs(args.wait) };
    let progress = Arc::new(Progress::new("working"));
    let worked = shared::work(&job, fleet, &wanted, progress, &stop).await?;
    let [recorded, total] = worked.recorded;
    let done = format!(
        "worker {} judged {recorded} of the {total} statements of run {}",
        worked.worker, worked.run_id
    );
    let stopped = match worked.end {
        RunEnd::Complete => {
            output::note(done);
            return Ok(Exit::Holds);
        }
        RunEnd::Interrupted => "interrupted".to_owned(),
        RunEnd::OutOfBudget(what) => out_of_budget(what, loaded),
    };
    Err(CliError::interrupted(format!("{stopped}; {done}"))
        .hint("the rest is for other workers; the same command takes part again"))
}
