//! `gnomon capture proxy --listen ADDR --upstream URL --out DIR`: records what clients execute.

use super::scrub::Scrubbing;
use crate::{
    error::CliError,
    exit::Exit,
    output::{self, Form},
    wiring::{interrupt, relaying, runtime},
};
use capture::proxy::{Counted, FinishError, Finished, Options, Proxy, Settings, StartError};
use reports::counted;
use serde::Serialize;
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

const ABOUT: &str = "\
Clients connect to ADDR instead of the server, with their own user and password. Whatever
the recording does, their traffic goes on: what does not fit into its queue is dropped and
counted, and a full disk ends the recording alone. Ctrl-C or SIGTERM ends the proxy and
makes the workload; after a crash `gnomon capture recover DIR` does.

Over TLS on both legs a login that is bound to the channel (SCRAM-SHA-256-PLUS) fails, as it
is meant to: give --tls-cert and --tls-key the server's own certificate and key, or let
clients connect with channel_binding=disable. Where the server is reached over TLS and
clients speak plain text, the server offers such a login to clients that cannot do it:
--without-channel-binding takes it out.";

/// Stand between clients and a PostgreSQL server, and record what is executed
#[derive(Debug, clap::Args)]
#[command(after_help = ABOUT)]
pub(crate) struct Args {
    /// Where clients connect to, such as 127.0.0.1:6432
    #[arg(long, value_name = "ADDR")]
    listen: String,
    /// The server, as postgres://host:port?sslmode=…; who logs in is for the clients to say
    #[arg(long, value_name = "URL")]
    upstream: String,
    /// The folder of the workload
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The certificates that clients see (PEM); without them they get no TLS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the first certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Take logins that are bound to the channel out of the server's offer for clients without TLS
    #[arg(long)]
    without_channel_binding: bool,
    /// Record a digest of the rows of each answer
    #[arg(long)]
    digest: bool,
    #[command(flatten)]
    scrub: Scrubbing,
    /// How many seconds open connections get to end by themselves
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    grace: u64,
    /// What goes to stdout in the end
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
}

/// Runs `gnomon capture proxy`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let upstream = relaying::upstream(&args.upstream)?;
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(chain), Some(key)) => {
            Some(capture::proxy::certificate(chain, key).map_err(CliError::usage)?)
        }
        _ => None,
    };
    let options = Options {
        listen: args.listen.clone(),
        upstream,
        tls,
        without_channel_binding: args.without_channel_binding,
        out: args.out.clone(),
        settings: Settings {
            digest: args.digest,
            values: args.scrub.values()?,
            ..Settings::default()
        },
    };
    let grace = Duration::from_secs(args.grace);
    let (finished, seen) = runtime::run(relayed(options, grace))?;
    output::result(match args.format {
        Form::Text => text(&finished, Some(&seen), &args.out),
        Form::Json => json(&finished, Some(&seen))?,
    })?;
    if let Some(why) = seen.stopped {
        return Err(CliError::unreachable(format!("the recording ended early: {why}")));
    }
    Ok(Exit::Holds)
}

async fn relayed(options: Options, grace: Duration) -> Result<(Finished, Counted), CliError> {
    let proxy = Proxy::start(options).await.map_err(|error| match error {
        StartError::Taken(_) | StartError::Unfinished(_) => CliError::usage(error),
        StartError::Listen { .. } | StartError::Folder { .. } => CliError::unreachable(error),
    })?;
    let address = proxy.address().map_err(CliError::unreachable)?;
    output::note(format!("recording what comes to {address}; Ctrl-C ends it"));
    let stop = interrupt::listen();
    let shown = relaying::show(proxy.look());
    let ended = proxy.run(async move { stop.stopped().await }, grace).await;
    shown.finish();
    ended.map_err(unfinished)
}

/// A recording that did not become a workload.
pub(super) fn unfinished(error: FinishError) -> CliError {
    match error {
        FinishError::Nothing(_) => CliError::usage(error),
        _ => CliError::unreachable(error),
    }
}

#[derive(Serialize)]
struct Summary<'s> {
    manifest: &'s model::Manifest,
    segments: u64,
    unsealed: u64,
    torn_bytes: u64,
    unfollowed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<&'s Counted>,
}

/// All that is known of a recording, for programs.
pub(super) fn json(finished: &Finished, seen: Option<&Counted>) -> Result<String, CliError> {
    let summary = Summary {
        manifest: &finished.manifest,
        segments: finished.segments,
        unsealed: finished.unsealed,
        torn_bytes: finished.torn,
        unfollowed: finished.unfollowed,
        seen,
    };
    let text = serde_json::to_string_pretty(&summary).map_err(CliError::usage)?;
    Ok(text + "\n")
}

/// What became of a recording, for people.
pub(super) fn text(finished: &Finished, seen: Option<&Counted>, out: &Path) -> String {
    let manifest = &finished.manifest;
    let mut text = format!(
        "{} of {} in {}\n",
        counted(manifest.statements, "statement"),
        counted(manifest.sessions, "session"),
        out.display(),
    );
    let (refused, passed) = seen.map_or((0, 0), |seen| (seen.refused, seen.passed));
    for (count, noun, what) in [
        (manifest.dropped, "statement", "dropped, as recording could not follow"),
        (finished.unfollowed, "time", "a session could not be followed up to its next pause"),
        (passed, "connection", "relayed and not recorded (replication)"),
        (refused, "connection", "turned away, or without a server"),
        (manifest.truncated, "statement", "cut, and not replayed"),
        (manifest.redacted, "statement", "with parts that were taken out, and not replayed"),
        (manifest.unbound, "statement", "with a parameter that cannot be read, and not replayed"),
        (finished.torn, "byte", "behind the last whole statement of a recording that broke off"),
    ] {
        if count > 0 {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{} {what}", counted(count, noun));
        }
    }
    text
}
