//! `gnomon compare LEFT RIGHT`: two files of rows.

use crate::{
    config::tolerance_file::{ToleranceFile, tolerance_schema},
    error::CliError,
    exit::Exit,
    output,
    wiring::{
        comparing::Comparing,
        files::write,
        interrupt, runtime,
        scratch::Scratch,
    },
};
use arrow::datatypes::FieldRef;
use clap::ValueEnum;
use compare::{Memory, Request, Settings, StatementRef};
use files::{CsvOptions, CsvTypes, Options};
use model::{
    ColumnInfo, Judgement, Rows, StatementFacts, StatementKind, Tolerance, Verdict,
    facts::ColumnOrigin,
};
use reports::comparison::{self, Comparison, Input};
use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

const ABOUT: &str = "\
LEFT is the legacy side, RIGHT the governed one. Each is a Parquet, Arrow IPC (Feather), CSV or TSV
file, told by how it begins, or else by the end of its name. Columns are laid on each other by
position. Rows are a bag: their order means nothing, copies count.

Without --key the rows that differ are paired by a key that is looked for among them and checked
against all rows, or else by what they have in common. Counts are exact, whatever is shown.

Values of a text file have the types of the other file, or, beside another text file, those that all
values of both have without loss. An empty field is NULL, `\"\"` is the empty text.

The exit code is 0 where the rows match, perhaps within tolerances, 1 where they do not, 4 where it
cannot be said.";

/// Compare two files of rows
#[derive(Debug, clap::Args)]
#[command(after_help = ABOUT)]
pub(crate) struct Args {
    /// The legacy side
    #[arg(required_unless_present = "print_schema")]
    left: Option<PathBuf>,
    /// The governed side
    #[arg(required_unless_present = "print_schema")]
    right: Option<PathBuf>,
    /// The columns that say which row is which, by name or from 1
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    key: Vec<String>,
    /// Differences that are accepted: a file with `[[tolerances]]`, as in `gnomon.toml`
    #[arg(long, value_name = "FILE")]
    tolerances: Option<PathBuf>,
    /// Memory for rows, for example `512MB`; what is more goes to a temporary file
    #[arg(long, value_name = "SIZE", default_value = "2GB", value_parser = size)]
    memory_limit: u64,
    /// Differences to show of each comparison; the counts are exact all the same
    #[arg(long, value_name = "N", default_value_t = 20)]
    examples: usize,
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
        (None, Some(left), Some(right)) => [left.as_path(), right.as_path()],
        _ => return Err(CliError::usage("give two files, LEFT and RIGHT")),
    };
    let tolerances = args.tolerances.as_deref().map(ToleranceFile::load).transpose()?;
    let options = Options {
        format: args.input_format,
        csv: CsvOptions {
            delimiter: args.csv_delimiter,
            header: !args.csv_no_header,
            null: args.csv_null.clone(),
            types: if args.csv_text { CsvTypes::Text } else { CsvTypes::Inferred },
        },
    };
    let rows = files::open_pair(paths, [&options, &options]).map_err(CliError::unreachable)?;
    for (path, rows) in paths.into_iter().zip(&rows) {
        for note in rows.notes() {
            output::note(format!("{}: {note}", path.display()));
        }
    }
    let key = key(&args.key, &rows[0])?;
    let facts = facts(paths[0], &rows[0]);
    let settings = match &tolerances {
        Some(file) => {
            let checked =
                file.settings.check_columns(rows[0].schema(), rows[1].schema(), &facts.origins);
            checked.map_err(|error| file.fault(&error))?;
            file.settings.clone()
        }
        None => Settings::new(Vec::new()).map_err(CliError::usage)?,
    };
    let settings = settings.with_examples_max(args.examples);
    let judgement = judge(args, [&rows[0], &rows[1]], &facts, key.as_deref(), &settings)?;
    tell(args, paths, [&rows[0], &rows[1]], &judgement, &settings)?;
    Ok(match judgement.verdict {
        Verdict::Match | Verdict::Tolerated => Exit::Holds,
        Verdict::Mismatch => Exit::Fails,
        Verdict::Inconclusive { .. } | Verdict::Skipped { .. } => Exit::Incomplete,
    })
}

fn judge(
    args: &Args,
    rows: [&dyn Rows; 2],
    facts: &StatementFacts,
    key: Option<&[usize]>,
    settings: &Settings,
) -> Result<Judgement, CliError> {
    let runtime = runtime::new()?;
    let stop = runtime.block_on(async { interrupt::listen() });
    let [legacy, governed] = rows;
    let total = legacy.rows().zip(governed.rows()).map(|(a, b)| a.saturating_add(b));
    let watch = Comparing::new(stop, total);
    let scratch = Scratch::on_disk();
    let request = Request {
        statement: StatementRef { id: "compare", fingerprint: "compare", facts },
        key,
        memory: Memory { bytes_max: args.memory_limit, scratch: Some(&scratch) },
        watch: &watch,
    };
    let judgement = compare::judge_rows(request, rows, settings);
    let stopped = watch.finish();
    runtime.shutdown_timeout(Duration::ZERO);
    if stopped {
        return Err(CliError::interrupted("the comparison was stopped, nothing is known"));
    }
    Ok(judgement)
}

fn tell(
    args: &Args,
    paths: [&Path; 2],
    rows: [&dyn Rows; 2],
    judgement: &Judgement,
    settings: &Settings,
) -> Result<(), CliError> {
    let columns = rows.map(columns);
    let labels = paths.map(|path| path.display().to_string());
    let differences = &judgement.differences;
    let unused: Vec<Tolerance> = settings
        .tolerances()
        .enumerate()
        .filter(|(place, _)| differences.unused.contains(place))
        .map(|(_, tolerance)| tolerance.clone())
        .collect();
    let [legacy_columns, governed_columns] = &columns;
    let [legacy, governed] = &labels;
    let counts = [differences.legacy_rows, differences.governed_rows];
    let comparison = Comparison {
        legacy: Input { label: legacy, rows: Some(counts[0]), columns: legacy_columns },
        governed: Input { label: governed, rows: Some(counts[1]), columns: governed_columns },
        judgement,
        unused_tolerances: &unused,
        confidence: judgement.verdict.reason().is_none().then(|| compare::confidence(counts)),
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

/// A file is read as a whole table of its name.
fn facts(path: &Path, rows: &dyn Rows) -> StatementFacts {
    let table = path.file_stem().unwrap_or_default().to_string_lossy();
    let names = rows.schema().fields().iter().map(|field| field.name().as_str());
    StatementFacts {
        kind: StatementKind::Read,
        order_by: Vec::new(),
        limited: false,
        volatile: Vec::new(),
        volatile_columns: None,
        tables: vec![table.clone().into_owned()],
        origins: ColumnOrigin::whole_table(&table, names),
        writes_by: None,
    }
}

/// `512MB`, `2 GiB`, `1000000`: units of 1,000, or of 1,024 with an `i`.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size; give one such as `512MB` or `2GiB`");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" | "k" => 1_000,
        "mb" | "m" => 1_000_000,
        "gb" | "g" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(wrong()),
    };
    let bytes = number.checked_mul(factor).ok_or_else(wrong)?;
    if bytes < 1_000_000 {
        return Err(format!("`{text}` is too little; give 1MB or more"));
    }
    Ok(bytes)
}

fn delimiter(text: &str) -> Result<u8, String> {
    match (text, text.as_bytes()) {
        ("\\t", _) => Ok(b'\t'),
        (_, [byte]) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err(format!("`{text}` is no ASCII character that can stand between fields")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("512MB", 512_000_000),
            ("2GiB", 2 << 30),
            ("2 gb", 2_000_000_000),
            ("1000000", 1_000_000),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "1.5GB", "10", "1XB", "99999999999999GB", "-1MB"] {
            assert!(size(text).unwrap_err().contains(text), "{text}");
        }
    }

    #[test]
    fn one_character_stands_between_fields() {
        assert_eq!((delimiter(";"), delimiter("\\t")), (Ok(b';'), Ok(b'\t')));
        for text in ["", ";;", "ä", "\"", "\n"] {
            assert!(delimiter(text).is_err(), "{text}");
        }
    }
}
