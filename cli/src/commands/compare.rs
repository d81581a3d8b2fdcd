//! `gnomon compare LEFT RIGHT`: two files of rows, or answers of engines.

mod input;
mod push_down;
mod query;
mod sides;
mod statement;
mod ties;
mod values;

use crate::{
    config::tolerance_file::{ToleranceFile, tolerance_schema},
    error::CliError,
    exit::Exit,
    output,
    wiring::{comparing::Comparing, files::write, keys, runtime, scratch::Scratch},
};
use arrow::datatypes::FieldRef;
use clap::ValueEnum;
use compare::{Answer, Memory, Request, Settings, StatementRef, Unreadable};
use files::{CsvOptions, CsvTypes, Options};
use input::Queries;
use model::{ColumnInfo, Judgement, Rows, Tolerance, Verdict};
use replay::StopSignal;
use reports::comparison::{self, Comparison};
use sides::{Sides, Wanted};
use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::runtime::Runtime;
use values::{delimiter, size, timeout};

const ABOUT: &str = "\
LEFT is the legacy side, RIGHT the governed one. Each is a file or an engine. A file is Parquet, Arrow
IPC (Feather), CSV or TSV, told by how it begins, or else by the end of its name. An engine is
`postgres://…`, `duckdb:FILE`, `duckdb:` or `datafusion:` (both in memory), and answers a query that
only reads. Columns are laid on each other by position. Rows are a bag: copies count, and their order
means nothing but for the ORDER BY of a query, which must hold on both sides. Where a LIMIT cuts through a
tie, both engines are asked for more rows, and all rows that the limit may take are compared.

Without --key the rows that differ are paired by a key that the engine's catalog declares for the one
table that a query reads, or by one that is looked for among them and checked against all rows, or else
by what they have in common. Where too much differs to look at all of it, a key is looked for in a sample
of all rows, and the report says so. Counts are exact, whatever is shown.

Values of a text file have the types of the other side, or, beside another text file, those that all
values of both have without loss. An empty field is NULL, `\"\"` is the empty text.

With --push-down the engines (PostgreSQL, DuckDB) count and hash their rows by themselves, and only rows
that may differ are fetched: for tables that are too large to fetch. That tells nothing of the order of
rows and of limits, and columns that engines do not hash alike are refused: json, nested types, an exact
number beside a float.

Two queries that fail with the same class of SQLSTATE match; one that fails alone is a mismatch.

The exit code is 0 where the rows match, perhaps within tolerances, 1 where they do not, 3 where a file
or an engine cannot be reached, 4 where it cannot be said.";

/// Compare two files of rows, or answers of engines
#[derive(Debug, clap::Args)]
#[command(after_help = ABOUT)]
pub(crate) struct Args {
    /// The legacy side
    #[arg(required_unless_present = "print_schema")]
    left: Option<PathBuf>,
    /// The governed side
    #[arg(required_unless_present = "print_schema")]
    right: Option<PathBuf>,
    /// What to ask the engines, or `@FILE` for the text of a file
    #[arg(long, value_name = "SQL")]
    query: Option<String>,
    /// What to ask LEFT, if it is not the same
    #[arg(long, value_name = "SQL")]
    left_query: Option<String>,
    /// What to ask RIGHT, if it is not the same
    #[arg(long, value_name = "SQL")]
    right_query: Option<String>,
    /// Let the engines sum up their rows, and fetch only those that may differ
    #[arg(long)]
    push_down: bool,
    /// Limit for each query, such as `90s`, `10m` or `2h`
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = timeout)]
    timeout: Duration,
    /// Time zone of the engines' sessions, as IANA names it
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    /// The columns that say which row is which, by name or from 1
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    key: Vec<String>,
    /// Differences that are accepted: a file with `[[tolerances]]`, as in `gnomon.toml`
    #[arg(long, value_name = "FILE")]
    tolerances: Option<PathBuf>,
    /// Memory for rows, for example `512MB`; what is more goes to a temporary file
    #[arg(long, value_name = "SIZE", default_value = "4GB", value_parser = size)]
    memory_limit: u64,
    /// Differences to show of each comparison; the counts are exact all the same
    #[arg(long, value_name = "N", default_value_t = 20)]
    examples: usize,
    /// Pairs of rows that are checked against the tolerances; what rests on this bound is inconclusive
    #[arg(long, value_name = "COUNT", default_value_t = compare::Bounds::default().match_checks)]
    match_checks_max: u64,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where to write it; without one, or for `-`, to stdout
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Format of both files, where neither their beginning nor their name tells it
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<files::Format>,
    /// What stands between the fields of a text file; by default a comma, or a tab in `.tsv`
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    csv_delimiter: Option<u8>,
    /// How a text file spells NULL; by default as nothing at all
    #[arg(long, value_name = "TEXT", default_value = "")]
    csv_null: String,
    /// The first line of a text file is a row, not the names of the columns
    #[arg(long)]
    csv_no_header: bool,
    /// Read all columns of text files as text
    #[arg(long)]
    csv_text: bool,
    /// Print a JSON schema, and compare nothing
    #[arg(long, value_enum, value_name = "OF", exclusive = true)]
    print_schema: Option<Schema>,
}

/// What a comparison outside of a run is called.
const COMPARISON: &str = "compare";

/// What a JSON schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Schema {
    /// The file given by --tolerances
    Tolerances,
    /// What is written by --format json
    Json,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for a terminal
    Text,
    /// JSON, with a version
    Json,
    /// Markdown
    Markdown,
}

/// Runs `gnomon compare`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let paths = match (args.print_schema, &args.left, &args.right) {
        (Some(Schema::Tolerances), ..) => {
            return output::result(tolerance_schema()).map(|()| Exit::Holds);
        }
        (Some(Schema::Json), ..) => {
            return output::result(comparison::json_schema()).map(|()| Exit::Holds);
        }
        (None, Some(left), Some(right)) => [left, right],
        _ => return Err(CliError::usage("give LEFT and RIGHT")),
    };
    let runtime = runtime::new()?;
    let exit = on(&runtime, args, paths);
    runtime::end(runtime);
    exit
}

fn on(runtime: &Runtime, args: &Args, paths: [&PathBuf; 2]) -> Result<Exit, CliError> {
    let tolerances = args.tolerances.as_deref().map(ToleranceFile::load).transpose()?;
    let wanted = Wanted {
        paths,
        queries: Queries {
            both: args.query.as_deref(),
            left: args.left_query.as_deref(),
            right: args.right_query.as_deref(),
        },
        options: options(args),
        timeout: args.timeout,
        time_zone: &args.time_zone,
        answer_bytes: usize::try_from(args.memory_limit / 8).unwrap_or(usize::MAX),
    };
    let (sides, pushed, stop) = if args.push_down {
        let (sides, pushed, stop) = push_down::open(&wanted, runtime)?;
        (sides, Some(pushed), stop)
    } else {
        let (sides, stop) = Sides::read(&wanted, runtime)?;
        (sides, None, stop)
    };
    let settings = settings(tolerances.as_ref(), &sides)?
        .with_examples_max(args.examples)
        .with_match_checks_max(args.match_checks_max);
    let judgement = judge(args, &sides, stop.clone(), |request| match &pushed {
        Some(pushed) => Ok(push_down::judge(pushed, request, &settings)),
        None => compare::try_judge_answers(request, answers(&sides), &settings),
    })?;
    let judgement = if args.push_down {
        judgement
    } else {
        ties::settle(judgement, &sides, &wanted, (runtime, &stop), |first, answers| {
            judge(args, &sides, stop.clone(), |request| {
                Ok(compare::judge_ties(request, first, answers, &settings))
            })
        })?
    };
    tell(args, &sides, &judgement, &settings)?;
    Ok(match judgement.verdict {
        Verdict::Match | Verdict::Tolerated => Exit::Holds,
        Verdict::Mismatch => Exit::Fails,
        Verdict::Inconclusive { .. } | Verdict::Skipped { .. } => Exit::Incomplete,
    })
}

fn options(args: &Args) -> Options {
    Options {
        format: args.input_format,
        csv: CsvOptions {
            delimiter: args.csv_delimiter,
            header: !args.csv_no_header,
            null: args.csv_null.clone(),
            types: if args.csv_text { CsvTypes::Text } else { CsvTypes::Inferred },
        },
    }
}

fn settings(tolerances: Option<&ToleranceFile>, sides: &Sides) -> Result<Settings, CliError> {
    let Some(file) = tolerances else {
        return Settings::new(Vec::new()).map_err(CliError::usage);
    };
    if let Some([legacy, governed]) = sides.rows() {
        let (origins, fingerprint) = (&sides.facts.origins, sides.fingerprint.as_deref());
        let checked =
            file.settings.check_columns(legacy.schema(), governed.schema(), origins, fingerprint);
        checked.map_err(|error| file.fault(&error))?;
    }
    Ok(file.settings.clone())
}

fn answers(sides: &Sides) -> [Answer<'_>; 2] {
    sides.answers.each_ref().map(|answer| match answer {
        Ok(rows) => Answer::Rows(rows.as_ref()),
        Err(failure) => Answer::Failed(failure),
    })
}

/// The judgement that `by` comes to.
fn judge(
    args: &Args,
    sides: &Sides,
    stop: StopSignal,
    by: impl FnOnce(Request<'_>) -> Result<Judgement, Unreadable>,
) -> Result<Judgement, CliError> {
    let given = match sides.rows() {
        Some([legacy, _]) => key(&args.key, legacy)?,
        None => None,
    };
    let key = given.as_ref().or(sides.declared_key.as_ref());
    let rows = sides
        .rows()
        // Rows that stay in a database are not counted before.
        .filter(|_| !args.push_down)
        .and_then(|[legacy, governed]| Some(legacy.rows()?.saturating_add(governed.rows()?)));
    let watch = Comparing::new(stop, rows);
    let scratch = Scratch::on_disk();
    let fingerprint = sides.fingerprint.as_deref().unwrap_or(COMPARISON);
    // Answers of engines hold a part of the memory; those of files are not held.
    let bytes_max = match sides.fingerprint {
        Some(_) => args.memory_limit - args.memory_limit / 4,
        None => args.memory_limit,
    };
    let request = Request {
        statement: StatementRef { id: COMPARISON, fingerprint, facts: &sides.facts },
        key: key.map(Vec::as_slice),
        memory: Memory { bytes_max, scratch: Some(&scratch) },
        watch: &watch,
    };
    let judged = by(request);
    if watch.finish() {
        return Err(CliError::interrupted("the comparison was stopped, nothing is known"));
    }
    let mut judgement = judged.map_err(CliError::unreachable)?;
    if given.is_none() && key.is_some() {
        keys::tell(&mut judgement);
    }
    Ok(judgement)
}

fn tell(
    args: &Args,
    sides: &Sides,
    judgement: &Judgement,
    settings: &Settings,
) -> Result<(), CliError> {
    let columns = sides.answers.each_ref().map(|answer| match answer {
        Ok(rows) => columns(rows.as_ref()),
        Err(_) => Vec::new(),
    });
    let differences = &judgement.differences;
    let unused: Vec<Tolerance> = settings
        .tolerances()
        .enumerate()
        .filter(|(place, _)| differences.unused.contains(place))
        .map(|(_, tolerance)| tolerance.clone())
        .collect();
    let counts = [differences.legacy_rows, differences.governed_rows];
    // What was found may be about more rows than the queries give.
    let own = match sides.rows().filter(|_| differences.cut.is_some()) {
        Some(rows) => rows.map(Rows::rows),
        None => counts.map(Some),
    };
    let known = sides.rows().is_some() && judgement.verdict.reason().is_none();
    let side = |index: usize, label, columns| {
        let answered = sides.answers.get(index).is_some_and(Result::is_ok);
        let rows = own.get(index).copied().flatten().filter(|_| answered);
        comparison::Input { label, rows, columns }
    };
    let [legacy_label, governed_label] = &sides.labels;
    let [legacy_columns, governed_columns] = &columns;
    let comparison = Comparison {
        legacy: side(0, legacy_label, legacy_columns),
        governed: side(1, governed_label, governed_columns),
        judgement,
        unused_tolerances: &unused,
        confidence: known.then(|| {
            if args.push_down {
                compare::pushed_confidence(counts)
            } else {
                compare::confidence(counts)
            }
        }),
    };
    let render = |out: &mut dyn Write| match args.format {
        Format::Text => comparison::write_console(&comparison, output::console_style(), out),
        Format::Json => comparison::write_json(&comparison, out),
        Format::Markdown => comparison::write_markdown(&comparison, out),
    };
    if let Some(path) = args.out.as_deref().filter(|path| *path != Path::new("-")) {
        write(path, |out| render(out))?;
        output::note(format!("wrote {}", path.display()));
        return Ok(());
    }
    let mut text = Vec::new();
    render(&mut text).map_err(CliError::unreachable)?;
    output::result(text)
}

fn columns(rows: &dyn Rows) -> Vec<ColumnInfo> {
    let column = |field: &FieldRef| ColumnInfo {
        name: field.name().clone(),
        data_type: compare::type_name(field),
    };
    rows.schema().fields().iter().map(column).collect()
}

/// The columns of the key: by name, or else by number from 1.
fn key(given: &[String], rows: &dyn Rows) -> Result<Option<Vec<usize>>, CliError> {
    if given.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> =
        rows.schema().fields().iter().map(|field| field.name().as_str()).collect();
    let place = |wanted: &String| {
        let mut of_name =
            (0..names.len()).filter(|index| names.get(*index) == Some(&wanted.as_str()));
        match (of_name.next(), of_name.next()) {
            (Some(_), Some(_)) => Err(CliError::usage(format!(
                "`--key {wanted}`: several columns have this name; give the number of one, from 1"
            ))),
            (Some(index), None) => Ok(index),
            (None, _) => {
                let number = wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                number.filter(|index| *index < names.len()).ok_or_else(|| {
                    let error =
                        CliError::usage(format!("`--key {wanted}`: there is no such column"));
                    error.hint(format!("the columns are {}", listed(&names)))
                })
            }
        }
    };
    given.iter().map(place).collect::<Result<Vec<_>, _>>().map(Some)
}

fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 20;
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
