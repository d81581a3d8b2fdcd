//! `gnomon transpile`: SQL in, SQL or a refusal out.

mod batch;
mod bound;
mod file;
mod show;

use crate::{
    error::CliError,
    exit::Exit,
    output,
    wiring::{
        catalog,
        script::{self, Pieces},
        transpiling,
    },
};
use model::{Dialect, catalog::CatalogTable};
use sql::SourceSettings;
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};
use transpiler::Transpiler;

const BATCH: &str = "\
The file holds statements that end with `;` (in T-SQL also with a line `GO`, or before a line that
begins with SELECT, INSERT, UPDATE, DELETE, MERGE, CREATE, DROP or TRUNCATE where the statement is
whole; in Oracle with a line `/`). Each is translated by itself; comments between
statements stay, those inside of them go. A statement whose target is of its own dialect stays as it
is; with --catalog, names and types in it that are not known are refused all the same, and without
it nothing but its syntax is looked at. Where a statement is refused, stdout has a comment in its
place, stderr says why, and the others are translated all the same. What was done, with the places
in both texts, goes to stderr. The exit code is 1 where a statement is refused.

With --batch, each line of stdin is a request:
  {\"id\": …, \"from\": \"postgres\", \"to\": \"duckdb\", \"sql\": \"…\"}
where --from and --to may stand in for `from` and `to`; --catalog and --set hold for requests in the
dialect --from. Each is answered, in order, by a line:
  {\"id\": …, \"status\": \"ok\" | \"refused\" | \"error\", \"sql\": …,
   \"fidelity\": \"exact\" | \"approximate\",
   \"rules\": [{\"code\", \"name\", \"fidelity\", \"count\", \"caveat\",
              \"spans\": [{\"source\": {\"start\", \"end\"}, \"target\": {\"start\", \"end\"}}]}],
   \"not_comparable\": [{\"kind\", \"what\", \"span\": {\"start\", \"end\"}}],
   \"diagnostics\": [{\"code\", \"message\", \"start\", \"end\"}]}
`refused`: no translation is known to be right. `error`: the line is no request. `sql` and
`fidelity` are null then. `start` and `end` are bytes of the statement, null where a finding is
about the whole of it. Of each rule the first 16 places are given; `caveat` is there where it is
approximate. `not_comparable` are constructs whose value is open. The exit code is 0 once every line
is answered.";

/// With a catalog, names are known or refused for an engine of the source's own dialect too.
fn of_tables(transpiler: Transpiler, tables: &[CatalogTable]) -> Transpiler {
    if tables.is_empty() { transpiler } else { transpiler.of_known_names() }
}

/// Translate SQL from one dialect to another, or refuse it.
#[derive(Debug, clap::Args)]
#[command(after_help = BATCH)]
pub(crate) struct Args {
    /// Dialect of the text: postgres, redshift, snowflake, bigquery, spark, mysql, tsql, oracle,
    /// teradata, trino or clickhouse
    #[arg(long, value_name = "DIALECT", required_unless_present = "batch")]
    from: Option<Dialect>,
    /// Dialect to translate to: duckdb, datafusion or postgres
    #[arg(long, value_name = "DIALECT", required_unless_present = "batch")]
    to: Option<Dialect>,
    /// The tables: a file, `postgres://…` or `duckdb:FILE`; without them no table is known
    ///
    /// A file holds CREATE TABLE statements (`.sql`), the rows of `information_schema.columns` as a
    /// JSON list, or `[{"name": …, "columns": [{"name": …, "data_type": …, "nullable": …}]}]`, where
    /// `schema` and `database` may stand beside `name`. Types are spelled as the dialect of the text
    /// does. A live engine is asked for its tables, and each of its types is taken for the one of
    /// the dialect that holds the same values. It should be the one that the statements were written
    /// for: DuckDB keeps no `character(n)` and no limits of texts.
    #[arg(long, value_name = "FILE|ENGINE", requires = "from")]
    catalog: Option<OsString>,
    /// A setting of the source system that changes what its SQL means, as `name=value`
    ///
    /// For example `week_start=7` of Snowflake; docs/dialects has all of them with the vendors'
    /// defaults. May stand several times.
    #[arg(long = "set", value_name = "NAME=VALUE", requires = "from")]
    settings: Vec<String>,
    /// Ask this engine whether it binds each translation: `duckdb:FILE`, `duckdb:`, `datafusion:`
    /// or `postgres://…`
    ///
    /// No translation is run. One that does not bind is refused as TR9013. `datafusion:`, and
    /// `duckdb:` without a file, are in memory and have the tables of --catalog, empty.
    #[arg(long, value_name = "ENGINE")]
    engine: Option<String>,
    /// Read JSON lines from stdin and answer each by one
    #[arg(long)]
    batch: bool,
    /// The statements; without a file, or for `-`, stdin
    #[arg(conflicts_with = "batch")]
    file: Option<PathBuf>,
}

/// Runs `gnomon transpile`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let tables = match (&args.catalog, args.from) {
        (Some(spec), Some(from)) => catalog::of_given(spec, from)?,
        _ => Vec::new(),
    };
    let settings = args.from.map(|from| transpiling::settings(from, &args.settings)).transpose()?;
    // Without a dialect there is no catalog.
    let source = settings.clone().or(args.from.map(SourceSettings::of)).unwrap_or_default();
    let mut check = args
        .engine
        .as_deref()
        .map(|spec| bound::Bound::open(spec, &source, &tables))
        .transpose()?;
    if args.batch {
        let mut batch = batch::Batch::new(args.from, args.to, tables, settings, check);
        output::forgive(batch.run(file::stdin().lock(), io::stdout().lock()))?;
        return Ok(Exit::Holds);
    }
    let (Some(from), Some(to)) = (args.from, args.to) else {
        return Err(CliError::usage("give both dialects by `--from` and `--to`"));
    };
    if from != to {
        transpiling::check_target(to)?;
    }
    let settings = settings.unwrap_or_else(|| SourceSettings::of(from));
    let transpiler = of_tables(Transpiler::under(settings.clone(), to, &tables), &tables);
    if let Some(check) = &check
        && check.dialect() != to
    {
        let reads = check.dialect();
        return Err(CliError::usage(format!("`--engine` reads {reads}, `--to` says {to}")));
    }
    let files = file::Files::new(&transpiler, check.as_mut(), io::stdout().lock());
    if let Some(path) = args.file.as_deref().filter(|path| *path != Path::new("-")) {
        files.run(&mut script::of_file(path, &settings)?)
    } else {
        let name = "<stdin>".to_owned();
        files.run(&mut Pieces::new(file::stdin().lock(), name, &settings))
    }
}
