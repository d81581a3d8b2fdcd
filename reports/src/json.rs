//! The run as one JSON document: stable, versioned, complete.
//!
//! Members, in this order: `format_version`, `run` (the header), `totals`, `derived` (the
//! [`Summary`]: gate, counts by corpus with silent and loud mismatches apart, causes over
//! statements, confidence, reasons, rules, ledger, latency, lag, data), `data` (every check of the data of
//! both sides), `items` (every statement with plan, both answers, judgement). `derived` is computed from
//! the rest and is not read back.

use crate::{ReportError, Summary};
use model::artifact::check_version;
use model::report::{FORMAT_VERSION, ItemReport, RunHeader, RunReport};
use model::verdict::Totals;
use model::{ArtifactError, TableCheck};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// Name of the format in errors.
const FORMAT: &str = "json report";

/// Most bytes read: a report far beyond this would not fit in memory several times over.
const BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    run: &'a RunHeader,
    totals: &'a Totals,
    derived: Summary,
    data: &'a [TableCheck],
    items: &'a [ItemReport],
}

/// What every version of the document has.
#[derive(Deserialize)]
struct Versioned {
    format_version: Option<u32>,
}

/// Writes `report` as JSON, indented, with a line end at the end.
///
/// # Errors
/// The writer failed, or the run holds a number that JSON cannot carry.
pub fn write_json(report: &RunReport, mut out: impl Write) -> Result<(), ReportError> {
    let document = Document {
        format_version: report.format_version,
        run: &report.run,
        totals: &report.totals,
        derived: Summary::of(report),
        data: &report.data,
        items: &report.items,
    };
    serde_json::to_writer_pretty(&mut out, &document).map_err(|error| {
        if error.is_io() {
            ReportError::Io { format: "json", source: error.into() }
        } else {
            ReportError::Encode { format: "json", message: error.to_string() }
        }
    })?;
    out.write_all(b"\n").and_then(|()| out.flush()).map_err(ReportError::io("json"))
}

/// Reads what [`write_json`] wrote.
///
/// # Errors
/// The reader failed; the document has another format version; it does not follow the format; or
/// its totals are not the counts of its statements.
pub fn read_json(input: impl Read) -> Result<RunReport, ArtifactError> {
    let mut bytes = Vec::new();
    let read = input.take(BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|source| ArtifactError::Io { artifact: FORMAT, source })?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(malformed(0, format!("it is larger than {BYTES_MAX} bytes")));
    }
    // The version comes first: the rest of another version's document means something else.
    let versioned: Versioned = serde_json::from_slice(&bytes).map_err(|e| at(&e))?;
    let Some(version) = versioned.format_version else {
        let message = "it has no `format_version`; give the file that a run wrote as JSON report";
        return Err(malformed(0, message.to_owned()));
    };
    check_version(FORMAT, version, FORMAT_VERSION)?;
    let report: RunReport = serde_json::from_slice(&bytes).map_err(|e| at(&e))?;
    let counted = RunReport::new(report.run.clone(), report.items.clone()).totals;
    if counted != report.totals {
        return Err(ArtifactError::Inconsistent {
            artifact: FORMAT,
            message: format!(
                "its totals say {} statements, {} of them mismatches; its items are {} and {}",
                report.totals.sum(),
                report.totals.mismatched,
                counted.sum(),
                counted.mismatched
            ),
        });
    }
    Ok(report)
}

fn at(error: &serde_json::Error) -> ArtifactError {
    malformed(error.line() as u64, error.to_string())
}

fn malformed(line: u64, message: String) -> ArtifactError {
    ArtifactError::Malformed { artifact: FORMAT, line, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn json(report: &RunReport) -> String {
        let mut out = Vec::new();
        write_json(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        for report in fixture::all() {
            assert_eq!(read_json(json(&report).as_bytes()).unwrap(), report);
        }
    }

    #[test]
    fn the_document_is_as_documented() {
        let mut report = fixture::everything();
        report
            .items
            .retain(|item| ["traps-01", "traps-09"].contains(&item.item.statement.as_str()));
        let report = RunReport::new(report.run, report.items);
        insta::assert_snapshot!("json", json(&report));
    }

    #[test]
    fn derived_counts_balance_with_the_totals() {
        for report in fixture::all() {
            let document: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
            let sum = |counts: &serde_json::Value| -> u64 {
                let counts = counts.as_object().unwrap().values();
                counts.map(|n| n.as_u64().unwrap_or(0)).sum()
            };
            let statements = document["items"].as_array().unwrap().len() as u64;
            assert_eq!(sum(&document["totals"]), statements);
            assert_eq!(sum(&document["derived"]["counts"]), statements);
            let corpora = document["derived"]["corpora"].as_array().unwrap();
            assert_eq!(corpora.iter().map(sum).sum::<u64>(), statements);
        }
    }

    #[test]
    fn another_version_is_named_whatever_else_it_holds() {
        let error = read_json(r#"{"format_version": 7, "run": []}"#.as_bytes()).unwrap_err();
        assert!(matches!(error, ArtifactError::UnknownVersion { found: 7, .. }), "{error}");
        assert!(error.to_string().contains("json report has format version 7"), "{error}");
    }

    #[test]
    fn bad_input_is_a_clear_error() {
        for (input, wanted) in [
            ("", "malformed at line 1"),
            ("{}", "has no `format_version`"),
            ("[1]", "malformed"),
            ("{\"format_version\": 1}", "missing field"),
            ("{\"format_version\": -1}", "malformed"),
            ("\u{0}", "malformed at line 1"),
        ] {
            let error = read_json(input.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(wanted), "{input}: {error}");
        }
    }

    #[test]
    fn totals_that_do_not_balance_are_refused() {
        let mut report = fixture::everything();
        report.totals.mismatched -= 1;
        let error = read_json(json(&report).as_bytes()).unwrap_err();
        assert!(matches!(error, ArtifactError::Inconsistent { .. }), "{error}");
    }

    #[test]
    fn a_failing_writer_is_an_io_error() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("no space left"))
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let error = write_json(&fixture::transpiled(), Full).unwrap_err().to_string();
        assert_eq!(error, "the json report could not be written: no space left");
    }
}
