//! A PostgreSQL server, over its extended protocol with binary results.
//!
//! Values arrive exactly: `numeric` as text with its scale (extension
//! [`model::logical::NUMERIC`]), infinities as [`model::logical`] says, `oid` as `UInt32`, `time`
//! `24:00:00` as 86,400,000,000 µs. A type that Arrow cannot carry is a failure that names the
//! column, never a guess.

mod catalog;
mod cluster;
mod config;
mod connect;
mod decode;
mod encode;
mod error;
mod load;
mod running;
mod session;
mod stream;
mod tls;
mod types;

pub use cluster::{ClusterError, ClusterOptions, ThrowawayCluster, find_initdb};
pub use config::{PostgresConfig, PostgresConfigError, Target, TlsMode};

use crate::interface::{Engine, Session, SessionSettings};
use async_trait::async_trait;
use model::{Dialect, EngineKind, Failure};
use session::PostgresSession;

/// A PostgreSQL server that sessions can be opened on.
#[derive(Debug, Clone)]
pub struct Postgres {
    config: PostgresConfig,
}

impl Postgres {
    /// The server that `config` names; nothing is connected yet.
    pub fn new(config: PostgresConfig) -> Self {
        Self { config }
    }

    /// A logged-in client, for who keeps books on the server and asks nothing of an engine. Must be called
    /// inside of a Tokio runtime, which drives the connection until the client is dropped.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses the login.
    pub async fn client(&self) -> Result<tokio_postgres::Client, Failure> {
        Ok(connect::connect(&self.config).await?.client)
    }

    /// Where it is.
    pub fn config(&self) -> &PostgresConfig {
        &self.config
    }
}

#[async_trait]
impl Engine for Postgres {
    fn kind(&self) -> EngineKind {
        EngineKind::Postgres
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn open(&self, settings: &SessionSettings) -> Result<Box<dyn Session>, Failure> {
        Ok(Box::new(PostgresSession::open(&self.config, settings).await?))
    }
}
