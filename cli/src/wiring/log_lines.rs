//! What happens in a run as lines of the log, for machines that collect them.

use model::Side;
use replay::{Event, Observer};

/// Writes a line for each event: `info` for what happens, `warn` for warnings.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LogLines;

impl Observer for LogLines {
    fn event(&self, event: &Event) {
        match event {
            Event::RunStarted { total, already_done, lasts } => {
                let lasts_seconds = lasts.map(|lasts| lasts.as_secs());
                tracing::info!(event = "run_started", total, already_done, lasts_seconds);
            }
            Event::ItemFinished { index, statement, verdict, done, total, measured } => {
                let [legacy_us, governed_us] = match measured {
                    Some(measured) => measured.latency_us.map(Some),
                    None => [None, None],
                };
                let lag_us = measured.map(|measured| measured.lag.total_us());
                let (verdict, reason) = (verdict.as_str(), verdict.reason());
                tracing::info!(
                    event = "statement",
                    index,
                    statement,
                    verdict,
                    reason,
                    legacy_us,
                    governed_us,
                    lag_us,
                    done,
                    total
                );
            }
            Event::SentAgain { index, side } => {
                tracing::info!(event = "sent_again", index, side = side.as_str());
            }
            Event::Breaker { side, open } => {
                tracing::info!(event = "breaker", side = side.as_str(), open);
            }
            Event::Warning { index, side, message } => {
                let side = side.map(Side::as_str);
                tracing::warn!(event = "warning", index, side, "{message}");
            }
            Event::RunEnded { done, total } => {
                tracing::info!(event = "run_ended", done, total);
            }
        }
    }
}

/// Several that are told of the same.
pub(crate) struct All(pub(crate) Vec<std::sync::Arc<dyn Observer>>);

impl Observer for All {
    fn event(&self, event: &Event) {
        for one in &self.0 {
            one.event(event);
        }
    }
}
