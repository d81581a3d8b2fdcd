//! What an engine section means, whichever side it is for.

use super::{checks::Fault, secret};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
};

/// Kinds of engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "EngineKind")]
pub(crate) enum Kind {
    /// A PostgreSQL server: `url` or `url_env`, and `password_env`, `password_file` or
    /// `password_command`.
    Postgres,
    /// A DuckDB database file, opened read-only unless it is a `scratch` copy: `path`.
    DuckDb,
    /// Apache DataFusion inside this process, over files: `tables`.
    DataFusion,
}

/// How statements get to the governed engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Transpile {
    /// Translated into the engine's dialect, or refused.
    #[default]
    Auto,
    /// Copied as they are: what a migration without a transpiler would do.
    Unchanged,
}

/// A file that DataFusion reads as a table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableFile {
    /// Name of the table.
    pub(crate) name: String,
    /// The file, or a folder of such files.
    pub(crate) path: PathBuf,
    /// Its format; by default what the end of its name says.
    pub(crate) format: Option<FileFormat>,
}

/// Formats of such files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FileFormat {
    /// Apache Parquet.
    Parquet,
    /// CSV with a header line.
    Csv,
    /// Arrow IPC.
    Arrow,
}

/// The keys of an engine section.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys<'a> {
    /// `legacy` or `governed`.
    pub(super) section: &'static str,
    pub(super) kind: Kind,
    pub(super) url: Option<&'a str>,
    pub(super) url_env: Option<&'a str>,
    pub(super) password_env: Option<&'a str>,
    pub(super) password_file: Option<&'a Path>,
    pub(super) password_command: Option<&'a [String]>,
    pub(super) path: Option<&'a Path>,
    pub(super) threads: Option<NonZeroU32>,
    pub(super) memory_bytes_max: Option<u64>,
    pub(super) tables: &'a [TableFile],
    pub(super) scratch: bool,
}

/// An engine, its keys checked. Holds no password.
#[derive(Debug, Clone)]
pub(crate) enum EngineSpec {
    /// A PostgreSQL server.
    Postgres(ServerSpec),
    /// A DuckDB database.
    DuckDb {
        /// Its file.
        path: PathBuf,
        /// Threads for all sessions together.
        threads: Option<NonZeroU32>,
        /// Memory for all sessions together, in bytes.
        memory_bytes_max: Option<u64>,
        /// May it be changed?
        scratch: bool,
    },
    /// DataFusion over files.
    DataFusion {
        /// Its tables.
        tables: Vec<TableFile>,
        /// Threads for all sessions together.
        threads: Option<NonZeroU32>,
        /// Memory for all sessions together, in bytes.
        memory_bytes_max: Option<u64>,
    },
}

/// A PostgreSQL server. Holds no password.
#[derive(Debug, Clone)]
pub(crate) struct ServerSpec {
    /// Where it is.
    pub(crate) url: Secret,
    /// The password, where it is not part of the URL.
    pub(crate) password: Option<Secret>,
}

/// The keys of a section that names a PostgreSQL server.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServerKeys<'a> {
    pub(super) section: &'static str,
    pub(super) url: Option<&'a str>,
    pub(super) url_env: Option<&'a str>,
    pub(super) password_env: Option<&'a str>,
    pub(super) password_file: Option<&'a Path>,
    pub(super) password_command: Option<&'a [String]>,
}

impl ServerKeys<'_> {
    /// The server; nothing where no key says where it is. Relative paths are relative to `base`.
    pub(super) fn spec(self, base: &Path) -> Result<Option<ServerSpec>, Fault> {
        let url = match (self.url, self.url_env) {
            (Some(url), None) => {
                if secret::holds_password(url) {
                    return Err(Fault::new([self.section, "url"], "the URL holds a password")
                        .hint("take it out and name an environment variable in `password_env`, a file in `password_file`, or a program that gives it in `password_command`")
                        .hint("or give the whole URL by an environment variable: `url_env`"));
                }
                Secret::Plain(url.to_owned())
            }
            (None, Some(name)) => Secret::Env(name.to_owned()),
            (Some(_), Some(_)) => return Err(self.both("url", "url_env")),
            (None, None) => return Ok(None),
        };
        Ok(Some(ServerSpec { url, password: self.password(base)? }))
    }

    /// The password alone.
    pub(super) fn password(self, base: &Path) -> Result<Option<Secret>, Fault> {
        Ok(match (self.password_env, self.password_file, self.password_command) {
            (None, None, None) => None,
            (Some(name), None, None) => Some(Secret::Env(name.to_owned())),
            (None, Some(path), None) => Some(Secret::File(base.join(path))),
            (None, None, Some(words)) => Some(Secret::Command(self.program(base, words)?)),
            (Some(_), Some(_), _) => return Err(self.both("password_env", "password_file")),
            (Some(_), _, _) => return Err(self.both("password_env", "password_command")),
            (None, ..) => return Err(self.both("password_file", "password_command")),
        })
    }

    /// The program and its words. One that is given by a relative path is relative to `base`; one that is
    /// a bare name is looked for as any other command.
    fn program(self, base: &Path, words: &[String]) -> Result<Vec<String>, Fault> {
        let Some((program, words)) =
            words.split_first().filter(|(name, _)| !name.trim().is_empty())
        else {
            let at = [self.section, "password_command"];
            return Err(Fault::new(at, "`password_command` names no program").hint(
                "give it with its words: [\"secret-tool\", \"lookup\", \"service\", \"shop\"]",
            ));
        };
        let program = if Path::new(program).components().count() > 1 {
            base.join(program).to_string_lossy().into_owned()
        } else {
            program.clone()
        };
        Ok(std::iter::once(program).chain(words.iter().cloned()).collect())
    }

    fn both(self, one: &str, other: &str) -> Fault {
        Fault::new([self.section, other], format!("`{one}` and `{other}` are both given"))
            .hint("give one of them")
    }
}

/// Where a text comes from that may hold a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Secret {
    /// The configuration itself; checked to hold no password.
    Plain(String),
    /// An environment variable.
    Env(String),
    /// A file; its last line end does not count.
    File(PathBuf),
    /// What a program writes; its last line end does not count.
    Command(Vec<String>),
}

/// Keys of each kind, for messages.
const fn known(kind: Kind) -> (&'static str, &'static [&'static str]) {
    match kind {
        Kind::Postgres => (
            "postgres",
            &["url", "url_env", "password_env", "password_file", "password_command", "scratch"],
        ),
        Kind::DuckDb => ("duckdb", &["path", "threads", "memory_bytes_max", "scratch"]),
        Kind::DataFusion => ("datafusion", &["tables", "threads", "memory_bytes_max"]),
    }
}

impl Keys<'_> {
    /// Checks that the keys fit the kind. Relative paths are relative to `base`.
    pub(super) fn spec(self, base: &Path) -> Result<EngineSpec, Fault> {
        self.no_strangers()?;
        match self.kind {
            Kind::Postgres => self.postgres(base),
            Kind::DuckDb => {
                let path = self.path.ok_or_else(|| {
                    self.missing("path", "the DuckDB database file, which is opened read-only unless it is a `scratch` copy")
                })?;
                Ok(EngineSpec::DuckDb {
                    path: base.join(path),
                    threads: self.threads,
                    memory_bytes_max: self.memory_bytes_max,
                    scratch: self.scratch,
                })
            }
            Kind::DataFusion => {
                if self.tables.is_empty() {
                    return Err(self.missing(
                        "tables",
                        "a list such as [{ name = \"orders\", path = \"orders.parquet\" }]",
                    ));
                }
                let absolute =
                    |table: &TableFile| TableFile { path: base.join(&table.path), ..table.clone() };
                Ok(EngineSpec::DataFusion {
                    tables: self.tables.iter().map(absolute).collect(),
                    threads: self.threads,
                    memory_bytes_max: self.memory_bytes_max,
                })
            }
        }
    }

    fn postgres(self, base: &Path) -> Result<EngineSpec, Fault> {
        let Self { section, url, url_env, password_env, password_file, password_command, .. } =
            self;
        let server =
            ServerKeys { section, url, url_env, password_env, password_file, password_command }
                .spec(base)?;
        server
            .map(EngineSpec::Postgres)
            .ok_or_else(|| self.missing("url", "postgres://user@host:5432/database"))
    }

    fn no_strangers(self) -> Result<(), Fault> {
        let given = [
            ("url", self.url.is_some()),
            ("url_env", self.url_env.is_some()),
            ("password_env", self.password_env.is_some()),
            ("password_file", self.password_file.is_some()),
            ("password_command", self.password_command.is_some()),
            ("path", self.path.is_some()),
            ("threads", self.threads.is_some()),
            ("memory_bytes_max", self.memory_bytes_max.is_some()),
            ("tables", !self.tables.is_empty()),
            ("scratch", self.scratch),
        ];
        let (kind, known) = known(self.kind);
        match given.into_iter().find(|(key, given)| *given && !known.contains(key)) {
            None => Ok(()),
            Some((key, _)) => {
                let message = format!("an engine of kind `{kind}` has no `{key}`");
                let listed: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
                Err(Fault::new([self.section, key], message)
                    .hint(format!("its keys are {}", listed.join(", "))))
            }
        }
    }

    fn missing(self, key: &str, what: &str) -> Fault {
        let (kind, _) = known(self.kind);
        Fault::new([self.section, "kind"], format!("an engine of kind `{kind}` needs `{key}`"))
            .hint(format!("`{key}` is {what}"))
    }
}
