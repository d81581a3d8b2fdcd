//! The legacy engine of the demo: a PostgreSQL server of its own where there is one to be had, else
//! DataFusion inside this process.

use crate::{error::CliError, output, wiring::progress::Phase};
use clap::ValueEnum;
use engines::{
    Engine,
    datafusion::DataFusion,
    postgres::{ClusterError, ClusterOptions, Postgres, ThrowawayCluster, find_initdb},
};
use std::sync::Arc;

/// Which legacy engine is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Choice {
    /// PostgreSQL where `initdb` is found, else DataFusion
    Auto,
    /// A throw-away PostgreSQL server
    Postgres,
    /// DataFusion, embedded; statements are translated for it from PostgreSQL's dialect
    Datafusion,
}

/// The legacy engine, and the server that goes with it.
pub(super) struct Legacy {
    engine: Arc<dyn Engine>,
    /// Stops and removes the server when it is dropped.
    cluster: Option<ThrowawayCluster>,
}

impl Legacy {
    /// Starts the engine that is asked for, and says which it is and why.
    pub(super) async fn start(choice: Choice) -> Result<Self, CliError> {
        match choice {
            Choice::Postgres => Self::postgres().await.map_err(|error| {
                CliError::unreachable(error)
                    .hint("`gnomon demo --legacy datafusion` needs no PostgreSQL")
            }),
            Choice::Datafusion => Self::datafusion("as asked for"),
            Choice::Auto if find_initdb().is_none() => Self::datafusion(
                "`initdb` was not found; install PostgreSQL to have the real thing",
            ),
            Choice::Auto => match Self::postgres().await {
                Ok(legacy) => Ok(legacy),
                Err(error) => Self::datafusion(&error.to_string()),
            },
        }
    }

    async fn postgres() -> Result<Self, ClusterError> {
        let phase = Phase::start("starting a throw-away PostgreSQL server");
        let options = ClusterOptions {
            settings: [("shared_buffers", "256MB"), ("work_mem", "64MB")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..ClusterOptions::default()
        };
        let started = tokio::task::spawn_blocking(move || ThrowawayCluster::start_with(&options));
        let cluster = started.await.map_err(|error| ClusterError::Start(error.to_string()))??;
        phase.done("legacy: a throw-away PostgreSQL server, gone when the demo ends");
        let engine = Arc::new(Postgres::new(cluster.config()));
        Ok(Self { engine, cluster: Some(cluster) })
    }

    fn datafusion(why: &str) -> Result<Self, CliError> {
        output::note(format!(
            "legacy: DataFusion, embedded ({why}); statements are translated for it from \
             PostgreSQL's dialect, what cannot be translated is skipped"
        ));
        let engine = DataFusion::new().map_err(CliError::unreachable)?;
        Ok(Self { engine: Arc::new(engine), cluster: None })
    }

    /// The engine.
    pub(super) fn engine(&self) -> Arc<dyn Engine> {
        Arc::clone(&self.engine)
    }

    /// Its name for people.
    pub(super) const fn name(&self) -> &'static str {
        if self.cluster.is_some() { "PostgreSQL" } else { "DataFusion" }
    }

    /// What is run once the tables are loaded.
    pub(super) fn script(&self) -> Option<&'static str> {
        self.cluster.as_ref().map(|_| include_str!("indexes.sql"))
    }
}
