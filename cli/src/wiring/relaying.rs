//! A recording proxy: the server behind it, and how far it is.

use crate::{error::CliError, wiring::progress};
use capture::proxy::{Address, Look, Upstream, UpstreamTls};
use engines::postgres::{PostgresConfig, Target, TlsMode};
use indicatif::{HumanBytes, HumanCount, ProgressBar};
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinHandle, time::sleep};

/// How often the line is brought up to date.
const EVERY: Duration = Duration::from_millis(500);

/// The server of a URL.
pub(crate) fn upstream(url: &str) -> Result<Upstream, CliError> {
    let config = PostgresConfig::parse(url).map_err(CliError::usage)?;
    let tls = config.tls_client().map_err(CliError::usage)?.map(|client| UpstreamTls {
        config: Arc::new(client),
        is_optional: config.tls_mode() == TlsMode::Prefer,
    });
    let addresses = config.targets().into_iter().map(|target| match target {
        Target::Tcp { name, address, port } => Address::Tcp { name, address, port },
        Target::Unix { socket } => Address::Unix(socket),
    });
    let addresses = addresses.collect();
    Ok(Upstream { addresses, tls, connect_timeout: config.connect_timeout() })
}

/// A line that is brought up to date.
pub(crate) struct Shown {
    bar: ProgressBar,
    task: JoinHandle<()>,
}

/// Shows on a terminal what a proxy sees.
pub(crate) fn show(look: Look) -> Shown {
    let bar = ProgressBar::with_draw_target(None, progress::target());
    bar.set_style(progress::style("recording {spinner} {msg}  {elapsed}"));
    let line = bar.clone();
    let task = tokio::spawn(async move {
        loop {
            let seen = look.counted();
            let dropped = match (seen.dropped, &seen.stopped) {
                (_, Some(_)) => "  RECORDING HAS ENDED".to_owned(),
                (0, None) => String::new(),
                (dropped, None) => format!("  {} dropped", HumanCount(dropped)),
            };
            line.set_message(format!(
                "{} statements  {} connections  {}{dropped}",
                HumanCount(seen.recorded),
                HumanCount(seen.open),
                HumanBytes(seen.from_clients.saturating_add(seen.from_server)),
            ));
            line.tick();
            sleep(EVERY).await;
        }
    });
    Shown { bar, task }
}

impl Shown {
    /// Takes the line away.
    pub(crate) fn finish(self) {
        self.task.abort();
        self.bar.finish_and_clear();
    }
}
