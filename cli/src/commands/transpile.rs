//! `gnomon transpile`: SQL in, SQL or a refusal out.

mod batch;
mod bound;
mod show;

use crate::{error::CliError, exit::Exit, output, wiring::catalog};
use model::Dialect;
use sql::SourceSettings;
use std::{
    fs,
    io::{self, ErrorKind, Read as _},
    path::{Path, PathBuf},
};
use transpiler::Transpiler;

const BATCH: &str = "\
With --batch, each line of stdin is a request:
  {\"id\": …, \"from\": \"postgres\", \"to\": \"duckdb\", \"sql\": \"…\"}
where --from and --to may stand in for `from` and `to`. Each is answered, in order, by a line:
  {\"id\": …, \"status\": \"ok\" | \"refused\" | \"error\", \"sql\": …,
   \"fidelity\": \"exact\" | \"approximate\",
   \"rules\": [{\"code\", \"name\", \"fidelity\", \"count\", \"caveat\",
              \"spans\": [{\"source\": {\"start\", \"end\"}, \"target\": {\"start\", \"end\"}}]}],
   \"not_comparable\": [{\"kind\", \"what\", \"span\": {\"start\", \"end\"}}],
   \"diagnostics\": [{\"code\", \"message\", \"start\", \"end\"}]}
`refused`: no translation is known to be right. `error`: the line is no request. `sql` and
`fidelity` are null then. `start` and `end` are bytes of the statement, null where a finding is
about the whole of it. Of each rule the first 16 places are given; `caveat` is there where it is
approximate. `not_comparable` are constructs whose value is open. The exit code is 0 once every line is answered.

Without --batch the exit code is 1 where the statement is refused.";

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
    /// File with the tables; without one no table is known
    ///
    /// CREATE TABLE statements (`.sql`), the rows of `information_schema.columns` as a JSON list, or
    /// `[{"name": …, "columns": [{"name": …, "data_type": …, "nullable": …}]}]`. Types are spelled
    /// as the dialect of the text does.
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// A setting of the source system that changes what its SQL means, as `name=value`
    ///
    /// For example `week_start=7` of Snowflake; docs/dialects has all of them with the vendors'
    /// defaults. May stand several times.
    #[arg(long = "set", value_name = "NAME=VALUE", requires = "from")]
    settings: Vec<String>,
    /// Ask this engine whether it binds each translation: `duckdb:FILE`, `datafusion:` or
    /// `postgres://…`
    ///
    /// Nothing is run. A translation that does not bind is refused as TR9013. DataFusion knows no
    /// tables then.
    #[arg(long, value_name = "ENGINE")]
    engine: Option<String>,
    /// Read JSON lines from stdin and answer each by one
    #[arg(long)]
    batch: bool,
    /// The SQL; without one, or for `-`, stdin
    #[arg(conflicts_with = "batch")]
    file: Option<PathBuf>,
}

/// Runs `gnomon transpile`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let tables = match &args.catalog {
        Some(path) => catalog::of_file(path, args.from.unwrap_or(Dialect::Postgres))?,
        None => Vec::new(),
    };
    let settings = settings(args)?;
    let mut check = args.engine.as_deref().map(bound::Bound::open).transpose()?;
    if args.batch {
        let mut batch = batch::Batch::new(args.from, args.to, tables, settings, check);
        output::forgive(batch.run(io::stdin().lock(), io::stdout().lock()))?;
        return Ok(Exit::Holds);
    }
    let (Some(from), Some(to)) = (args.from, args.to) else {
        return Err(CliError::usage("give both dialects by `--from` and `--to`"));
    };
    let settings = settings.unwrap_or_else(|| SourceSettings::of(from));
    let transpiler = Transpiler::under(settings, to, &tables);
    if let Some(check) = &check
        && check.dialect() != to
    {
        let reads = check.dialect();
        return Err(CliError::usage(format!("`--engine` reads {reads}, `--to` says {to}")));
    }
    one(args.file.as_deref(), &transpiler, check.as_mut())
}

/// The settings given.
fn settings(args: &Args) -> Result<Option<SourceSettings>, CliError> {
    let Some(from) = args.from else { return Ok(None) };
    let mut given = Vec::with_capacity(args.settings.len());
    for setting in &args.settings {
        given.push(setting.split_once('=').ok_or_else(|| {
            CliError::usage(format!("`--set {setting}` has no `=`; give `name=value`"))
        })?);
    }
    SourceSettings::with(from, given).map(Some).map_err(CliError::usage)
}

fn one(
    file: Option<&Path>,
    transpiler: &Transpiler,
    check: Option<&mut bound::Bound>,
) -> Result<Exit, CliError> {
    let file = file.filter(|path| *path != Path::new("-"));
    let name = file.map_or_else(|| "<stdin>".to_owned(), |path| path.display().to_string());
    let text = read(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => CliError::usage(format!("there is no file `{name}`")),
        ErrorKind::InvalidData => CliError::usage(format!("`{name}` is not UTF-8 text")),
        _ => CliError::usage(format!("`{name}` could not be read: {error}")),
    })?;
    let color = output::stderr_color();
    match transpiler.translate(&text, &[]) {
        Ok(translation) => {
            if let Some(check) = check
                && let Some(diagnostic) = check.refused(&translation.sql)?
            {
                output::note(show::render(&diagnostic, &name, &text, color));
                return Ok(Exit::Fails);
            }
            for diagnostic in &translation.diagnostics {
                output::note(show::render(diagnostic, &name, &text, color));
            }
            for line in show::applied(&translation, &text) {
                output::note(line);
            }
            let end = if translation.sql.ends_with('\n') { "" } else { "\n" };
            output::result(format!("{}{end}", translation.sql))?;
            Ok(Exit::Holds)
        }
        Err(refusal) => {
            for diagnostic in &refusal.diagnostics {
                output::note(show::render(diagnostic, &name, &text, color));
            }
            Ok(Exit::Fails)
        }
    }
}

/// One byte more than the longest statement that is parsed is enough to have it refused as such.
fn read(file: Option<&Path>) -> io::Result<String> {
    let most = sql::STATEMENT_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    match file {
        Some(path) => fs::File::open(path)?.take(most).read_to_end(&mut bytes)?,
        None => io::stdin().lock().take(most).read_to_end(&mut bytes)?,
    };
    String::from_utf8(bytes).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
}
