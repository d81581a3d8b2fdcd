//! The same flow where several processes share the run: each takes part in it, and one copies it into a
//! run folder and reports.

use super::{Finished, Job, Probed, RunName, check_id, not_looked_at_again};
use crate::{error::CliError, exit::Exit, output, wiring::progress::tell_length};
use engines::postgres::PostgresConfig;
use model::report::RunHeader;
use replay::{CheckTurn, Observer, RunEnd, SharedOptions, SharedStore, StopSignal, Unfinished};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

/// How long to wait before asking again what others do.
const PAUSE: Duration = Duration::from_millis(500);

/// Where a run is shared, and how.
pub(crate) struct Fleet {
    /// The server of the store.
    pub(crate) server: PostgresConfig,
    /// How this process takes part.
    pub(crate) options: SharedOptions,
    /// What decides what a run of this configuration will find, however often it is begun anew.
    pub(crate) base: Vec<u8>,
}

/// Which run a worker takes part in.
pub(crate) struct Wanted {
    /// Only that which the job names; otherwise, where the job does not give one, the newest of the same
    /// configuration that is not finished.
    pub(crate) is_labelled: bool,
    /// How long it may take until there is one.
    pub(crate) wait: Duration,
}

/// How a worker came to its end.
pub(crate) struct Worked {
    /// The run.
    pub(crate) run_id: String,
    /// The number of the worker.
    pub(crate) worker: i64,
    /// Did the run get to its end?
    pub(crate) end: RunEnd,
    /// Verdicts of this worker, and statements of the run.
    pub(crate) recorded: [u64; 2],
}

/// Begins the run or takes part in it, until it is over, and copies what it found into its folder.
pub(crate) async fn run(
    job: &Job<'_>,
    fleet: &Fleet,
    observer: Arc<dyn Observer>,
    stop: &StopSignal,
) -> Result<Finished, CliError> {
    let engines = Probed::of(job).await?;
    let base = engines.run_id(job, &fleet.base);
    let run_id = match &job.id {
        RunName::Derived(input) => engines.run_id(job, input),
        RunName::Given(id) => {
            check_id(id)?;
            if !SharedStore::exists(&fleet.server, id).await? {
                return Err(CliError::usage(no_run(fleet, id))
                    .hint("check the id, or begin the run without `--resume`"));
            }
            id.clone()
        }
    };
    let header = engines.header(job, run_id);
    let store = join(job, fleet, &header, &base, stop).await?;
    let counts = store.counts().await;
    let end = take_part(job, &store, &header, observer, stop).await?;
    let (_, already_done) = counts?;
    let pulled = store.pull(&job.runs, &header, &job.plan, job.store.clone()).await?;
    let folder = pulled.folder().to_owned();
    Ok(Finished { report: pulled.report()?, end, folder, already_done })
}

/// Takes part in a run that is begun elsewhere.
pub(crate) async fn work(
    job: &Job<'_>,
    fleet: &Fleet,
    wanted: &Wanted,
    observer: Arc<dyn Observer>,
    stop: &StopSignal,
) -> Result<Worked, CliError> {
    let engines = Probed::of(job).await?;
    let base = engines.run_id(job, &fleet.base);
    let named = match &job.id {
        RunName::Given(id) => Some(id.clone()),
        RunName::Derived(input) => wanted.is_labelled.then(|| engines.run_id(job, input)),
    };
    let run_id = tokio::select! {
        found = find(fleet, named.as_deref(), &base, wanted.wait) => found?,
        () = stop.stopped() => {
            return Err(CliError::interrupted("interrupted before there was a run to take part in"));
        }
    };
    let header = engines.header(job, run_id.clone());
    let store = join(job, fleet, &header, &base, stop).await?;
    let worker = store.worker();
    output::note(format!("worker {worker} takes part in run {run_id}"));
    let end = take_part(job, &store, &header, observer, stop).await?;
    let (total, _) = store.counts().await?;
    Ok(Worked { run_id, worker, end, recorded: [store.recorded().await?, total] })
}

async fn join(
    job: &Job<'_>,
    fleet: &Fleet,
    header: &RunHeader,
    base: &str,
    stop: &StopSignal,
) -> Result<SharedStore, CliError> {
    if let Some(lasts) = replay::planned_length(&job.plan, job.settings.pace)? {
        tell_length(lasts);
    }
    let options = fleet.options.clone();
    let joined = tokio::select! {
        joined =
            SharedStore::create_or_join(&fleet.server, header, base, &job.plan, options) => joined,
        () = stop.stopped() => {
            return Err(CliError::interrupted("interrupted before this process took part"));
        }
    };
    joined.map_err(|error| {
        let needs_schema = matches!(&error, replay::StoreError::Refused { message, .. } if message.contains("42501"));
        CliError::from(error).hint_if(needs_schema.then(|| {
            "the user of the store makes and owns the schema `gnomon`: as the owner of the database, \
             `CREATE SCHEMA gnomon AUTHORIZATION user`"
                .to_owned()
        }))
    })
}

/// The run to take part in, once there is one.
async fn find(
    fleet: &Fleet,
    named: Option<&str>,
    base: &str,
    wait: Duration,
) -> Result<String, CliError> {
    let deadline = Instant::now() + wait;
    loop {
        let looked = match named {
            Some(run) => this_one(fleet, run).await,
            None => newest(fleet, base).await,
        };
        let message = match looked {
            Ok(Ok(run)) => return Ok(run),
            Ok(Err(message)) => message,
            // The server may come up yet.
            Err(error) if error.exit() == Exit::Unreachable && Instant::now() < deadline => {
                error.message().to_owned()
            }
            Err(error) => return Err(error),
        };
        if Instant::now() >= deadline {
            let wait = wait.as_secs();
            return Err(CliError::new(Exit::Unreachable, format!("{message} after {wait} s"))
                .hint("`gnomon run` with the same configuration and store begins a run")
                .hint("`--wait SECONDS` waits longer for it"));
        }
        sleep(PAUSE).await;
    }
}

/// The run of this id, or why there is none.
async fn this_one(fleet: &Fleet, run: &str) -> Result<Result<String, String>, CliError> {
    check_id(run)?;
    let is_there = SharedStore::exists(&fleet.server, run).await?;
    Ok(if is_there { Ok(run.to_owned()) } else { Err(no_run(fleet, run)) })
}

/// The newest run of the same configuration that is not finished, or why there is none.
async fn newest(fleet: &Fleet, base: &str) -> Result<Result<String, String>, CliError> {
    Ok(match SharedStore::newest(&fleet.server, base).await? {
        Some(run) => Ok(run),
        None => Err(nothing_to_do(fleet, &SharedStore::unfinished(&fleet.server).await?)),
    })
}

fn no_run(fleet: &Fleet, run: &str) -> String {
    format!("there is no run `{run}` in the run store {}", fleet.server)
}

fn nothing_to_do(fleet: &Fleet, unfinished: &[Unfinished]) -> String {
    let others = match unfinished {
        [] => String::new(),
        runs => {
            let runs: Vec<String> =
                runs.iter().take(5).map(|run| format!("{} ({})", run.run, run.title)).collect();
            format!("; of other configurations, engines or workloads there are {}", runs.join(", "))
        }
    };
    format!("the run store {} has no unfinished run of this configuration{others}", fleet.server)
}

/// Takes part up to the end, and leaves however that comes: what is not done is free for others at once.
async fn take_part(
    job: &Job<'_>,
    store: &SharedStore,
    header: &RunHeader,
    observer: Arc<dyn Observer>,
    stop: &StopSignal,
) -> Result<RunEnd, CliError> {
    let end = replay_part(job, store, header, observer, stop).await;
    let left = store.leave().await;
    let end = end?;
    left?;
    Ok(end)
}

/// Looks at the data if nobody else does, runs what nobody else runs, and looks at the data again.
async fn replay_part(
    job: &Job<'_>,
    store: &SharedStore,
    header: &RunHeader,
    observer: Arc<dyn Observer>,
    stop: &StopSignal,
) -> Result<RunEnd, CliError> {
    let (total, done) = store.counts().await?;
    if done < total {
        look(job, store, false, stop).await?;
    }
    let runner = job.runner(header, &store.data().await?, observer);
    let end = runner.run_shared(store, stop.clone()).await?;
    if end == RunEnd::Complete
        && let Err(error) = look(job, store, true, stop).await
    {
        output::note(not_looked_at_again(&error));
    }
    Ok(end)
}

/// One process looks at the data of both sides, the others wait until it has.
async fn look(
    job: &Job<'_>,
    store: &SharedStore,
    is_after: bool,
    stop: &StopSignal,
) -> Result<(), CliError> {
    loop {
        match store.check_turn(is_after).await? {
            CheckTurn::Made => return Ok(()),
            CheckTurn::Ours => {
                let checks = match &job.preflight {
                    Some(preflight) => preflight.check(stop).await?,
                    None => Vec::new(),
                };
                return Ok(store.record_data(is_after, &checks).await?);
            }
            CheckTurn::Others => tokio::select! {
                () = sleep(PAUSE) => {}
                () = stop.stopped() => {
                    return Err(CliError::interrupted(
                        "interrupted while another process looked at the data",
                    ));
                }
            },
        }
    }
}
