//! What a run counts, for Prometheus: `GET /metrics` on an address of its own.

use crate::{error::CliError, output};
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use model::{Side, report::RunHeader};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};
use replay::{Event, Measured, Observer};
use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
    time::Duration,
};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};

/// Scrapes that are answered at the same time; others are closed.
const CONNECTIONS_MAX: usize = 16;

/// How long one connection may last.
const CONNECTION_MAX: Duration = Duration::from_secs(10);

/// Bounds of the histograms, in seconds: from a tiny statement to one that runs into its timeout.
const BUCKETS: [f64; 16] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0,
    60.0, 300.0,
];

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfVerdict {
    verdict: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSide {
    side: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfCause {
    cause: &'static str,
}

/// What a run counts.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    planned: Gauge,
    judged: Gauge,
    verdicts: Family<OfVerdict, Counter>,
    latency: Family<OfSide, Histogram>,
    failures: Family<OfSide, Counter>,
    late: Histogram,
    lag: Family<OfCause, Counter<f64, AtomicU64>>,
    result_bytes: Counter,
    sent_again: Family<OfSide, Counter>,
    left_alone: Family<OfSide, Gauge>,
    warnings: Counter,
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

impl Metrics {
    /// All at zero.
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Mutex::new(Registry::with_prefix("gnomon")),
            planned: Gauge::default(),
            judged: Gauge::default(),
            verdicts: Family::default(),
            latency: Family::new_with_constructor(histogram),
            failures: Family::default(),
            late: histogram(),
            lag: Family::default(),
            result_bytes: Counter::default(),
            sent_again: Family::default(),
            left_alone: Family::default(),
            warnings: Counter::default(),
        };
        metrics.register();
        // So that a rate can be taken from the first on.
        for verdict in ["match", "tolerated", "mismatch", "inconclusive", "skipped"] {
            drop(metrics.verdicts.get_or_create(&OfVerdict { verdict }));
        }
        for side in Side::BOTH.map(of_side) {
            drop(metrics.latency.get_or_create(&side));
            drop(metrics.failures.get_or_create(&side));
            drop(metrics.sent_again.get_or_create(&side));
            drop(metrics.left_alone.get_or_create(&side));
        }
        metrics
    }

    fn register(&self) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register("statements_planned", "Statements in the plan", self.planned.clone());
        registry.register("statements_judged", "Statements with a verdict", self.judged.clone());
        registry.register(
            "statements",
            "Statements judged since the start, by verdict",
            self.verdicts.clone(),
        );
        registry.register_with_unit(
            "statement_latency",
            "Time from sending a statement to its last row",
            Unit::Seconds,
            self.latency.clone(),
        );
        registry.register(
            "statement_failures",
            "Statements that failed on a side",
            self.failures.clone(),
        );
        registry.register_with_unit(
            "statement_lag",
            "Time from when a statement was due to its sending",
            Unit::Seconds,
            self.late.clone(),
        );
        registry.register_with_unit(
            "lag",
            "The same, all together, by what it was lost to",
            Unit::Seconds,
            self.lag.clone(),
        );
        registry.register_with_unit(
            "results",
            "Answers of both sides, as Arrow arrays",
            Unit::Bytes,
            self.result_bytes.clone(),
        );
        registry.register(
            "statements_sent_again",
            "Statements sent again after a failure that may pass",
            self.sent_again.clone(),
        );
        registry.register(
            "engine_left_alone",
            "1 while nothing is sent to a side, since its engine does not answer",
            self.left_alone.clone(),
        );
        registry.register("warnings", "Warnings of the run", self.warnings.clone());
    }

    /// Names the run.
    pub(crate) fn name(&self, run: &RunHeader) {
        let labels = vec![
            ("run", run.run_id.clone()),
            ("title", run.title.clone()),
            ("gnomon", run.gnomon_version.clone()),
        ];
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register("run", "The run that is counted", Info::new(labels));
    }

    /// Answers scrapes at `address` for as long as the runtime lives. Gives the address that it has.
    pub(crate) async fn serve(
        self: &Arc<Self>,
        address: SocketAddr,
    ) -> Result<SocketAddr, CliError> {
        let failed = |error: std::io::Error| {
            CliError::unreachable(format!("metrics cannot be served at {address}: {error}")).hint(
                "give another address by `--metrics`, such as `127.0.0.1:0` for any free port",
            )
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        output::note(format!("metrics at http://{bound}/metrics"));
        let metrics = Arc::clone(self);
        tokio::spawn(async move { metrics.accept(listener).await });
        Ok(bound)
    }

    async fn accept(self: Arc<Self>, listener: TcpListener) {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Out of files, for one; it passes.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
            let metrics = Arc::clone(&self);
            tokio::spawn(async move {
                let service = service_fn(|request| {
                    let response = metrics.answer(&request);
                    async { Ok::<_, Infallible>(response) }
                });
                let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                // A scraper that goes away is no matter of ours.
                let _ = timeout(CONNECTION_MAX, serving).await;
                drop(place);
            });
        }
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let (status, text) = match (request.method(), request.uri().path()) {
            (&Method::GET, "/metrics") => match self.text() {
                Some(text) => (StatusCode::OK, text),
                None => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
            },
            (&Method::GET, _) => (StatusCode::NOT_FOUND, "see /metrics\n".to_owned()),
            _ => (StatusCode::METHOD_NOT_ALLOWED, String::new()),
        };
        let mut response = Response::new(Full::new(Bytes::from(text)));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(TEXT));
        response
    }

    fn text(&self) -> Option<String> {
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        encode(&mut text, &registry).ok()?;
        Some(text)
    }

    fn measure(&self, measured: &Measured) {
        let sides = Side::BOTH.into_iter().zip(measured.latency_us).zip(measured.failed);
        for ((side, latency_us), failed) in sides {
            let side = of_side(side);
            self.latency.get_or_create(&side).observe(seconds(latency_us));
            self.failures.get_or_create(&side).inc_by(u64::from(failed));
        }
        let lag = measured.lag;
        self.late.observe(seconds(lag.total_us()));
        for (cause, us) in
            [("engine", lag.engine_us), ("place", lag.slot_us), ("replay", lag.driver_us)]
        {
            self.lag.get_or_create(&OfCause { cause }).inc_by(seconds(us));
        }
        self.result_bytes.inc_by(measured.result_bytes);
    }
}

impl Observer for Metrics {
    fn event(&self, event: &Event) {
        let gauge = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        match event {
            Event::RunStarted { total, already_done, .. } => {
                self.planned.set(gauge(*total));
                self.judged.set(gauge(*already_done));
            }
            Event::ItemFinished { verdict, measured, .. } => {
                self.judged.inc();
                self.verdicts.get_or_create(&OfVerdict { verdict: verdict.as_str() }).inc();
                if let Some(measured) = measured {
                    self.measure(measured);
                }
            }
            Event::SentAgain { side, .. } => {
                self.sent_again.get_or_create(&of_side(*side)).inc();
            }
            Event::Breaker { side, open } => {
                self.left_alone.get_or_create(&of_side(*side)).set(i64::from(*open));
            }
            Event::Warning { .. } => {
                self.warnings.inc();
            }
            Event::RunEnded { .. } => {}
        }
    }
}

fn of_side(side: Side) -> OfSide {
    OfSide { side: side.as_str() }
}

fn seconds(us: u64) -> f64 {
    Duration::from_micros(us).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Lag, Verdict};

    #[test]
    fn all_that_happens_is_counted() {
        let metrics = Metrics::new();
        let measured = Measured {
            latency_us: [900, 70_000],
            failed: [false, true],
            lag: Lag { engine_us: 0, slot_us: 1_500_000, driver_us: 500_000 },
            result_bytes: 640,
        };
        let item = |verdict, measured| Event::ItemFinished {
            index: 0,
            statement: "q".to_owned(),
            verdict,
            done: 1,
            total: 3,
            measured,
        };
        for event in [
            Event::RunStarted { total: 3, already_done: 1, lasts: None },
            item(Verdict::Mismatch, Some(measured)),
            item(Verdict::Skipped { reason: "w".to_owned() }, None),
            Event::SentAgain { index: 0, side: Side::Legacy },
            Event::Breaker { side: Side::Governed, open: true },
            Event::Warning { index: None, side: None, message: "w".to_owned() },
        ] {
            metrics.event(&event);
        }
        let text = metrics.text().unwrap();
        for line in [
            "gnomon_statements_planned 3",
            "gnomon_statements_judged 3",
            "gnomon_statements_total{verdict=\"mismatch\"} 1",
            "gnomon_statements_total{verdict=\"match\"} 0",
            "gnomon_statements_total{verdict=\"skipped\"} 1",
            "gnomon_statement_latency_seconds_bucket{le=\"0.001\",side=\"legacy\"} 1",
            "gnomon_statement_latency_seconds_bucket{le=\"0.05\",side=\"governed\"} 0",
            "gnomon_statement_latency_seconds_bucket{le=\"0.1\",side=\"governed\"} 1",
            "gnomon_statement_failures_total{side=\"governed\"} 1",
            "gnomon_statement_lag_seconds_sum 2.0",
            "gnomon_lag_seconds_total{cause=\"place\"} 1.5",
            "gnomon_results_bytes_total 640",
            "gnomon_statements_sent_again_total{side=\"legacy\"} 1",
            "gnomon_engine_left_alone{side=\"governed\"} 1",
            "gnomon_engine_left_alone{side=\"legacy\"} 0",
            "gnomon_warnings_total 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
