//! The run as JUnit XML, for the test views of CI systems.
//!
//! One suite a run, one case a statement; `classname` is the corpus, or else the session; `time`
//! is the governed latency. How verdicts map:
//!
//! | verdict | case |
//! |---|---|
//! | match | passed |
//! | tolerated | passed, the ledger in `system-out` |
//! | mismatch | `failure`, its type the kind and class, such as `silent.rows` or `loud.governed_failed`: counts, causes, figures of columns, first differences, both SQL texts |
//! | inconclusive, skipped | `skipped` with the reason: nothing was proved wrong |
//! | pending | `error`: the run is incomplete and must not look green |
//!
//! Tables whose data differ between the sides, or changed, are a suite of their own: `failure`s, or
//! `skipped` where the gate lets them pass.
//!
//! Whether a build fails is the gate's decision, by exit code; mismatches that the gate lets pass
//! are failures here all the same, and the property `gate` says what the gate says.

use crate::causes::{causes, told_cluster};
use crate::figures::{HEADS, figures};
use crate::summary::{self, MismatchKind, mismatch_class, mismatch_reason};
use crate::words::pairing;
use crate::{ReportError, Summary, format, visible};
use model::report::{ItemReport, RunReport};
use model::{DataState, Difference, Differences, MismatchClass, Outcome, TableState, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::fmt::Write as _;
use std::io::Write;
use std::time::Duration;

/// Differences written out for one statement.
const EXAMPLES_MAX: usize = 10;
/// Causes over statements given as properties of the suite.
const CLUSTERS_MAX: usize = 20;
/// Characters of one SQL text.
const SQL_CHARS_MAX: usize = 4_000;
/// Characters of one value or message.
const VALUE_CHARS_MAX: usize = 300;

/// Writes `report` as JUnit XML.
///
/// # Errors
/// The writer failed.
pub fn write_junit(report: &RunReport, mut out: impl Write) -> Result<(), ReportError> {
    let xml = document(report)
        .to_string()
        .map_err(|error| ReportError::Encode { format: "junit", message: error.to_string() })?;
    out.write_all(xml.as_bytes()).and_then(|()| out.flush()).map_err(ReportError::io("junit"))
}

fn document(report: &RunReport) -> Report {
    let run = &report.run;
    let summary = Summary::of(report);
    let mut suite = TestSuite::new(line(&run.title));
    suite.set_timestamp(run.started);
    let gate = if summary.gate.holds { "holds" } else { "fails" };
    for (name, value) in [
        ("gate", format!("{gate}: {}", summary.gate_reason())),
        ("verdict", summary.verdict_line()),
        ("run", run.run_id.clone()),
        ("workload", format!("{} sha256:{}", run.workload_source, run.workload)),
        ("legacy", format::engine(&run.legacy)),
        ("governed", format::engine(&run.governed)),
        ("gnomon", run.gnomon_version.clone()),
    ] {
        suite.add_property((name, line(&value).as_str()));
    }
    for cluster in summary.causes.iter().take(CLUSTERS_MAX) {
        let told = told_cluster(cluster);
        suite.add_property((
            line(&format!("cause {}", told.code)).as_str(),
            line(&format!("{} → {}", told.sentence, told.advice)).as_str(),
        ));
    }
    for tolerance in summary.tolerances.iter().filter(|tolerance| tolerance.cells == 0) {
        suite.add_property((
            line(&format!("unused tolerance {}", tolerance.code)).as_str(),
            line(&tolerance.reason).as_str(),
        ));
    }
    if let Some(bound) = summary.collision_bound {
        suite.add_property(("confidence", bound.to_string().as_str()));
    }
    if summary.data.tables > 0 {
        suite.add_property(("data", summary.data.line().as_str()));
    }
    for item in &report.items {
        suite.add_test_case(case(item));
    }
    let mut document = Report::new("gnomon");
    document.set_timestamp(run.started);
    if let Some(took) = run.finished.and_then(|finished| (finished - run.started).to_std().ok()) {
        document.set_time(took);
        suite.set_time(took);
    }
    document.add_test_suite(suite);
    if !summary.data.open.is_empty() {
        let mut suite = TestSuite::new(line(&format!("{}: data", run.title)));
        for of in &summary.data.open {
            suite.add_test_case(table(of, summary.gate.drift_allowed));
        }
        document.add_test_suite(suite);
    }
    document
}

/// A table whose data are not known to be the same: a failure, unless the gate lets that pass.
fn table(of: &TableState, is_allowed: bool) -> TestCase {
    let status = if of.state == DataState::Unknown || is_allowed {
        let mut status = TestCaseStatus::skipped();
        status.set_message(line(&of.told));
        status
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(format!("data.{}", of.state.as_str()));
        status.set_message(line(&of.told));
        status
    };
    let mut case = TestCase::new(line(&of.table), status);
    case.set_classname("data");
    case
}

fn case(item: &ItemReport) -> TestCase {
    let statement = &item.item.statement;
    let mut case = TestCase::new(line(statement), status(item));
    case.set_classname(line(summary::corpus_of(statement).unwrap_or(&item.item.session)));
    if let Some(outcome) = &item.governed {
        case.set_time(Duration::from_micros(outcome.latency_us));
    }
    let ledger = ledger(item);
    if !ledger.is_empty() {
        case.set_system_out(ledger);
    }
    case
}

fn status(item: &ItemReport) -> TestCaseStatus {
    let skipped = |message: String| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(line(&message));
        status
    };
    let Some(judgement) = &item.judgement else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message("no verdict yet: the run is incomplete; resume it").set_type("pending");
        return status;
    };
    match &judgement.verdict {
        Verdict::Match | Verdict::Tolerated => TestCaseStatus::success(),
        verdict @ (Verdict::Inconclusive { reason } | Verdict::Skipped { reason }) => {
            skipped(format!("{}: {reason}", verdict.as_str()))
        }
        Verdict::Mismatch => {
            let class = mismatch_class(item).unwrap_or(MismatchClass::Rows);
            let kind = format!("{}.{}", MismatchKind::of(class).as_str(), class.as_str());
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_message(line(&mismatch_reason(item)))
                .set_type(kind)
                .set_description(description(item));
            status
        }
    }
}

fn description(item: &ItemReport) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", line(&mismatch_reason(item)));
    let Some(judgement) = &item.judgement else { return text };
    let found = &judgement.differences;
    let _ = writeln!(text, "rows: legacy {}, governed {}", found.legacy_rows, found.governed_rows);
    for cause in causes(&found.causes) {
        let _ = writeln!(text, "cause {}: {}", line(&cause.code), line(&cause.sentence));
        let _ = writeln!(text, "  → {}", line(&cause.advice));
        for line in cause.block {
            let _ = writeln!(text, "    {line}");
        }
    }
    if let Some(pairing) = pairing(found) {
        let _ = writeln!(text, "rows {}", line(&pairing));
    }
    columns(&mut text, item, found);
    for difference in found.examples.iter().take(EXAMPLES_MAX) {
        let _ = writeln!(text, "{}", example(difference));
    }
    let more = found.examples.len().saturating_sub(EXAMPLES_MAX);
    if more > 0 {
        let _ = writeln!(text, "({more} more in the JSON report)");
    }
    for drift in &found.type_drifts {
        let _ = writeln!(
            text,
            "type of `{}`: legacy {}, governed {}",
            line(&drift.name),
            line(&drift.legacy),
            line(&drift.governed)
        );
    }
    for note in &found.notes {
        let _ = writeln!(text, "note: {}", line(note));
    }
    if let Some(ties) = summary::ties_line(found) {
        let _ = writeln!(text, "ties: {}", line(&ties));
    }
    if let Some(noise) = summary::noise_line(found) {
        let _ = writeln!(text, "noise: {}", line(&noise));
    }
    let executed = |outcome: &Option<Outcome>| outcome.as_ref().map(|o| o.executed_sql.clone());
    for (side, sql) in [("legacy", executed(&item.legacy)), ("governed", executed(&item.governed))]
    {
        let sql = sql.unwrap_or_else(|| item.item.sql.clone());
        let (shown, left_out) = visible::cut(&sql, SQL_CHARS_MAX);
        let _ = writeln!(text, "\n{side} SQL:\n{}", visible::block(shown));
        if left_out > 0 {
            let _ = writeln!(text, "({left_out} more characters in the JSON report)");
        }
    }
    text
}

/// The figures of the changed columns, one a line: those that there are, with their names.
fn columns(text: &mut String, item: &ItemReport, found: &Differences) {
    let (shown, left_out) = figures(found, summary::columns(item));
    for column in shown {
        let told = HEADS.iter().zip(column.fields()).filter(|(_, value)| !value.is_empty());
        let told: Vec<String> = told.map(|(head, value)| format!("{head} {value}")).collect();
        let _ = writeln!(text, "{}", line(&told.join(", ")));
    }
    if let Some(left_out) = left_out {
        let _ = writeln!(text, "{left_out}");
    }
}

fn example(difference: &Difference) -> String {
    let row = |row: &[Option<String>]| {
        let cells: Vec<String> = row.iter().map(|cell| value(cell.as_deref())).collect();
        visible::fit(&cells.join(" | "), VALUE_CHARS_MAX)
    };
    match difference {
        Difference::Missing { row: cells, times } => format!("- missing x{times}: {}", row(cells)),
        Difference::Extra { row: cells, times } => format!("+ extra x{times}: {}", row(cells)),
        Difference::Changed { row: cells, cells: changes } => {
            let mut text = format!("~ changed: {}", row(cells));
            for change in changes {
                let _ = write!(
                    text,
                    "\n    {}: legacy {}, governed {}",
                    line(&change.name),
                    value(change.legacy.as_deref()),
                    value(change.governed.as_deref())
                );
            }
            text
        }
        Difference::Order { row, message } => {
            format!("order from row {}: {}", row + 1, line(message))
        }
        Difference::Shape { message } => format!("columns: {}", line(message)),
        Difference::Failure { legacy, governed } => format!(
            "failure: legacy {}, governed {}",
            line(legacy.as_deref().unwrap_or("answered")),
            line(governed.as_deref().unwrap_or("answered"))
        ),
    }
}

fn ledger(item: &ItemReport) -> String {
    let entries = item.judgement.iter().flat_map(|judgement| &judgement.differences.ledger);
    entries.fold(String::new(), |mut text, entry| {
        let _ = writeln!(
            text,
            "{} excused {} (worst {}): {}",
            line(&entry.code),
            format::counted(entry.cells, "cell"),
            line(&entry.worst),
            line(&entry.reason)
        );
        text
    })
}

/// One line without control characters, which XML 1.0 does not allow at all.
fn line(text: &str) -> String {
    visible::fit(&visible::line(text), VALUE_CHARS_MAX)
}

fn value(cell: Option<&str>) -> String {
    visible::fit(&visible::value(cell), VALUE_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn xml(report: &RunReport) -> String {
        let mut out = Vec::new();
        write_junit(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_document_is_as_documented() {
        insta::assert_snapshot!("junit", xml(&fixture::everything()));
    }

    #[test]
    fn verdicts_balance_with_the_totals() {
        for report in fixture::all() {
            let parsed = Report::deserialize_from_str(&xml(&report)).unwrap();
            let totals = report.totals;
            let suite = &parsed.test_suites[0];
            assert_eq!(suite.tests as u64, totals.sum());
            assert_eq!(suite.failures as u64, totals.mismatched);
            assert_eq!(suite.skipped as u64, totals.skipped + totals.inconclusive);

            assert_eq!(suite.errors as u64, totals.pending);
            assert_eq!(suite.test_cases.len() as u64, totals.sum());
            let data = Summary::of(&report).data;
            let cases = parsed.test_suites.iter().skip(1).map(|suite| &suite.test_cases);
            let tables = cases.map(Vec::len).sum::<usize>();
            assert_eq!(tables, data.open.len());
            let failures: usize = parsed.test_suites.iter().skip(1).map(|s| s.failures).sum();
            assert_eq!(failures as u64, data.drifted());
        }
    }

    #[test]
    fn hostile_text_stays_text() {
        let xml = xml(&fixture::everything());
        let parsed = Report::deserialize_from_str(&xml).unwrap();
        let case = parsed.test_suites[0].test_cases.iter().find(|c| c.name.contains("traps-13"));
        assert_eq!(&*case.unwrap().name, "traps-13 <b>\"'&");
        // The marks for what XML forbids, and nothing that it forbids.
        assert!(xml.contains("⟨NUL⟩⟨ESC⟩[31mred"));
        let forbidden =
            |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
        assert_eq!(xml.chars().find(|c| forbidden(*c)), None);
        assert!(!xml.contains("<img") && !xml.contains("]]><b"));
    }

    #[test]
    fn long_texts_are_cut_and_say_so() {
        let mut report = fixture::everything();
        for item in &mut report.items {
            if let Some(outcome) = &mut item.governed {
                outcome.executed_sql = "SELECT 1 ".repeat(20_000);
            }
        }
        let xml = xml(&report);
        assert!(xml.len() < 200_000, "{}", xml.len());
        assert!(xml.contains("(176000 more characters in the JSON report)"));
    }
}
