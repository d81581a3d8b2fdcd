//! Engines as the configuration names them.

use crate::{
    config::{EngineSpec, FileFormat, ServerSpec, TableFile},
    error::CliError,
};
use engines::{
    Engine,
    datafusion::{DataFusion, DataFusionOptions},
    duckdb::{DuckDb, DuckDbOptions},
    postgres::{Postgres, PostgresConfig},
};
use model::{Dialect, Failure};
use std::{num::NonZeroUsize, path::Path, sync::Arc};

/// The dialect that an engine of this kind reads.
pub(crate) const fn dialect(spec: &EngineSpec) -> Dialect {
    match spec {
        EngineSpec::Postgres(_) => Dialect::Postgres,
        EngineSpec::DuckDb { .. } => Dialect::DuckDb,
        EngineSpec::DataFusion { .. } => Dialect::DataFusion,
    }
}

/// Where an engine is, without a password: a part of the run's name.
pub(crate) fn place(section: &str, spec: &EngineSpec) -> Result<String, CliError> {
    Ok(match spec {
        // Nobody is asked for the password, which is no part of it.
        EngineSpec::Postgres(server) => without_password(section, server)?.to_string(),
        EngineSpec::DuckDb { path, .. } => path.display().to_string(),
        EngineSpec::DataFusion { tables, .. } => tables
            .iter()
            .map(|table| format!("{} = {}", table.name, table.path.display()))
            .collect::<Vec<_>>()
            .join("\n"),
    })
}

/// The engine of a section. A server is not connected to yet.
pub(crate) async fn open(section: &str, spec: &EngineSpec) -> Result<Arc<dyn Engine>, CliError> {
    Ok(match spec {
        EngineSpec::Postgres(server) => Arc::new(Postgres::new(postgres(section, server)?)),
        EngineSpec::DuckDb { .. } => Arc::new(duckdb(section, spec)?),
        EngineSpec::DataFusion { .. } => Arc::new(datafusion(section, spec).await?),
    })
}

/// The same for the governed side: DuckDB is cut off from files and the network. Its sessions must
/// ask for `time_zone` then.
pub(crate) async fn open_governed(
    spec: &EngineSpec,
    time_zone: &str,
) -> Result<Arc<dyn Engine>, CliError> {
    if matches!(spec, EngineSpec::DuckDb { .. }) {
        let engine = duckdb("governed", spec)?;
        engine.lock_down(time_zone).map_err(|failure| unreachable("governed", &failure))?;
        return Ok(Arc::new(engine));
    }
    open("governed", spec).await
}

/// The server of a section, with its password.
pub(crate) fn postgres(section: &str, spec: &ServerSpec) -> Result<PostgresConfig, CliError> {
    let config = without_password(section, spec)?;
    Ok(match &spec.password {
        Some(password) => config.with_password(&password.read(&format!("{section}.password"))?),
        None => config,
    })
}

fn without_password(section: &str, spec: &ServerSpec) -> Result<PostgresConfig, CliError> {
    let text = spec.url.read(&format!("{section}.url"))?;
    PostgresConfig::parse(&text)
        .map_err(|error| CliError::usage(format!("the URL in `{section}.url`: {error}")))
}

fn duckdb(section: &str, spec: &EngineSpec) -> Result<DuckDb, CliError> {
    let EngineSpec::DuckDb { path, threads, memory_bytes_max, scratch } = spec else {
        return Err(CliError::usage(format!("`{section}` is no DuckDB database")));
    };
    exists(section, path)?;
    let options = DuckDbOptions { threads: *threads, memory_bytes_max: *memory_bytes_max };
    DuckDb::open_with(path, !scratch, &options).map_err(|failure| unreachable(section, &failure))
}

async fn datafusion(section: &str, spec: &EngineSpec) -> Result<DataFusion, CliError> {
    let EngineSpec::DataFusion { tables, threads, memory_bytes_max } = spec else {
        return Err(CliError::usage(format!("`{section}` is no DataFusion")));
    };
    let options = DataFusionOptions {
        threads: threads.and_then(|threads| NonZeroUsize::try_from(threads).ok()),
        memory_bytes_max: memory_bytes_max
            .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
        ..DataFusionOptions::default()
    };
    let engine =
        DataFusion::with_options(&options).map_err(|failure| unreachable(section, &failure))?;
    for table in tables {
        exists(section, &table.path)?;
        let registered = match format(section, table)? {
            FileFormat::Parquet => engine.register_parquet(&table.name, &table.path).await,
            FileFormat::Csv => engine.register_csv(&table.name, &table.path).await,
            FileFormat::Arrow => engine.register_arrow(&table.name, &table.path).await,
        };
        registered.map_err(|failure| {
            CliError::unreachable(format!(
                "the table `{}` of the {section} engine: {failure}",
                table.name
            ))
        })?;
    }
    Ok(engine)
}

/// An engine that the command line gives.
pub(crate) struct Given {
    /// The engine. A server is not connected to yet.
    pub(crate) engine: Arc<dyn Engine>,
    /// Where it is, without a password.
    pub(crate) place: String,
    /// Is it more than an empty memory?
    pub(crate) has_tables: bool,
}

/// The engine that an option gives as `duckdb:FILE`, `duckdb:`, `datafusion:` or `postgres://…`;
/// nothing where it says none of these.
pub(crate) fn given(option: &str, spec: &str) -> Result<Option<Given>, CliError> {
    let failed = |failure: Failure| CliError::unreachable(format!("`{option}`: {failure}"));
    let in_memory = |engine| Given { engine, place: spec.to_owned(), has_tables: false };
    let database = |engine, place| Given { engine, place, has_tables: true };
    Ok(Some(if spec == "duckdb:" {
        in_memory(Arc::new(DuckDb::in_memory().map_err(failed)?))
    } else if let Some(path) = spec.strip_prefix("duckdb:") {
        let path = Path::new(path.trim_start_matches("//"));
        if !path.exists() {
            let message = format!("`{option}`: the file `{}` does not exist", path.display());
            return Err(CliError::unreachable(message));
        }
        let opened = DuckDb::open_with(path, true, &DuckDbOptions::default());
        let place = format!("duckdb:{}", path.display());
        database(Arc::new(opened.map_err(failed)?), place)
    } else if spec == "datafusion:" {
        in_memory(Arc::new(DataFusion::new().map_err(failed)?))
    } else if spec.starts_with("postgres://") || spec.starts_with("postgresql://") {
        let config = PostgresConfig::parse(spec)
            .map_err(|error| CliError::usage(format!("`{option}`: {error}")))?;
        let place = config.to_string();
        database(Arc::new(Postgres::new(config)), place)
    } else {
        return Ok(None);
    }))
}

fn exists(section: &str, path: &Path) -> Result<(), CliError> {
    if path.exists() {
        return Ok(());
    }
    Err(CliError::unreachable(format!(
        "the {section} engine's file `{}` does not exist",
        path.display()
    ))
    .hint("relative paths are relative to the folder of the configuration"))
}

fn unreachable(section: &str, failure: &Failure) -> CliError {
    CliError::unreachable(format!("the {section} engine: {failure}"))
}

/// The format of a table's file, by its name where the configuration does not say.
fn format(section: &str, table: &TableFile) -> Result<FileFormat, CliError> {
    if let Some(format) = table.format {
        return Ok(format);
    }
    let end = table.path.extension().map(|end| end.to_string_lossy().to_lowercase());
    match end.as_deref() {
        Some("parquet" | "pq") => Ok(FileFormat::Parquet),
        Some("csv") => Ok(FileFormat::Csv),
        Some("arrow") => Ok(FileFormat::Arrow),
        _ => Err(CliError::usage(format!(
            "the format of the table `{}` of the {section} engine cannot be told from `{}`",
            table.name,
            table.path.display()
        ))
        .hint("say `format = \"parquet\"`, `\"csv\"` or `\"arrow\"`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Secret, exit::Exit};

    #[test]
    fn a_place_never_holds_the_password() {
        let spec = EngineSpec::Postgres(ServerSpec {
            url: Secret::Plain("postgres://ann:hunter2@h:5433/d".to_owned()),
            password: None,
        });
        assert_eq!(place("legacy", &spec).unwrap(), "postgres://ann@h:5433/d");
    }

    #[tokio::test]
    async fn what_is_missing_is_named() {
        let duckdb = EngineSpec::DuckDb {
            path: "no/such.duckdb".into(),
            threads: None,
            memory_bytes_max: None,
            scratch: false,
        };
        let error = open_governed(&duckdb, "UTC").await.unwrap_err();
        assert_eq!(error.exit(), Exit::Unreachable);
        assert!(error.render(false).contains("no/such.duckdb"));
        let table = |path: &str| EngineSpec::DataFusion {
            tables: vec![TableFile { name: "t".to_owned(), path: path.into(), format: None }],
            threads: None,
            memory_bytes_max: None,
        };
        let error = open("governed", &table("no/such.parquet")).await.unwrap_err();
        assert!(error.render(false).contains("no/such.parquet"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.xyz");
        std::fs::write(&path, "").unwrap();
        let error = open("governed", &table(path.to_str().unwrap())).await.unwrap_err();
        assert!(error.render(false).contains("format = "), "{error:?}");
    }
}
