//! `[store]`.

use super::{
    checks::Fault,
    spec::{Secret, ServerKeys, ServerSpec},
};
use replay::{Retention, StoreOptions};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Where runs are recorded.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StoreConfig {
    /// Folder of the runs; each gets a folder of its own in it, named by its run id.
    pub(crate) dir: PathBuf,
    /// Which results are kept, so that they can be judged again under other tolerances.
    pub(crate) retention: RetentionConfig,
    /// Largest size of a run's database, in bytes; by default what the disk gives.
    pub(crate) bytes_max: Option<u64>,
    /// PostgreSQL server by which several processes share a run, in a schema `gnomon` of its database:
    /// `postgres://user@host:port/database?sslmode=verify-full`, without a password. The run is copied
    /// into `dir` in the end.
    pub(crate) url: Option<String>,
    /// Environment variable that holds that URL, which may then hold the password.
    pub(crate) url_env: Option<String>,
    /// Environment variable that holds that server's password. Without one, `PGPASSWORD` is taken if it
    /// is set.
    pub(crate) password_env: Option<String>,
    /// File that holds that server's password.
    pub(crate) password_file: Option<PathBuf>,
    /// Program and words that write that server's password, such as those of a keyring.
    pub(crate) password_command: Option<Vec<String>>,
    /// How long a process of a shared run may give no sign of life before others take over what it does,
    /// in seconds, from 1 to 3,600.
    pub(crate) lease_seconds: u64,
}

/// Which results are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RetentionConfig {
    /// None: verdicts and their examples only.
    None,
    /// Those whose verdict other tolerances could change: all but matches.
    #[default]
    Mismatches,
    /// Every result.
    All,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("runs"),
            retention: RetentionConfig::default(),
            bytes_max: None,
            url: None,
            url_env: None,
            password_env: None,
            password_file: None,
            password_command: None,
            lease_seconds: 30,
        }
    }
}

impl StoreConfig {
    /// As the run store knows it.
    pub(crate) fn options(&self) -> StoreOptions {
        let retention = self.retention();
        StoreOptions { retention, bytes_max: self.bytes_max, ..StoreOptions::default() }
    }

    /// Which results are kept, as the run store knows it.
    pub(crate) const fn retention(&self) -> Retention {
        match self.retention {
            RetentionConfig::None => Retention::None,
            RetentionConfig::Mismatches => Retention::Mismatches,
            RetentionConfig::All => Retention::All,
        }
    }

    /// How long a process may give no sign of life.
    pub(crate) const fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    /// The server by which runs are shared, its keys checked.
    pub(super) fn server(&self, base: &Path) -> Result<Option<ServerSpec>, Fault> {
        if !(1..=3_600).contains(&self.lease_seconds) {
            let message =
                format!("`lease_seconds` is {} and must be from 1 to 3600", self.lease_seconds);
            return Err(Fault::new(["store", "lease_seconds"], message));
        }
        let server = self.keys().spec(base)?;
        // Found to be wrong before it is needed.
        self.password(base)?;
        Ok(server)
    }

    /// The password of that server, where it is not part of its URL.
    pub(super) fn password(&self, base: &Path) -> Result<Option<Secret>, Fault> {
        self.keys().password(base)
    }

    fn keys(&self) -> ServerKeys<'_> {
        ServerKeys {
            section: "store",
            url: self.url.as_deref(),
            url_env: self.url_env.as_deref(),
            password_env: self.password_env.as_deref(),
            password_file: self.password_file.as_deref(),
            password_command: self.password_command.as_deref(),
        }
    }
}
