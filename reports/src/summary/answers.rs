//! What the two answers to one statement say together.

use crate::format::{count, counted};
use model::report::{ItemReport, RunReport};
use model::{
    AskedWider, ColumnInfo, CutEnd, Difference, Differences, Judgement, MismatchClass, NoiseReach,
    Outcome, OutcomeResult, Verdict,
};
use serde::Serialize;
use std::cmp::Reverse;

/// How a mismatch shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MismatchKind {
    /// Both sides returned rows, but not the same: nobody is told. The dangerous kind.
    Silent,
    /// A side failed: whoever asked is told.
    Loud,
}

impl MismatchKind {
    /// How a mismatch of this class shows itself.
    pub const fn of(class: MismatchClass) -> Self {
        if class.has_failure() { Self::Loud } else { Self::Silent }
    }

    /// `silent` or `loud`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Loud => "loud",
        }
    }
}

/// What kind of mismatch `item` is; nothing for another verdict.
pub fn mismatch_class(item: &ItemReport) -> Option<MismatchClass> {
    let class = item.judgement.as_ref()?.mismatch_class()?;
    let failed =
        |outcome: &Option<Outcome>| outcome.as_ref().is_some_and(|o| o.failure().is_some());
    // What the sides did goes before what a judge noted of it.
    let sides = MismatchClass::of_failures(failed(&item.legacy), failed(&item.governed));
    Some(sides.unwrap_or(class))
}

/// How the mismatch of `item` shows itself; nothing for another verdict. Where nothing shows a
/// failure it is silent: the dangerous kind must not be understated.
pub fn mismatch_kind(item: &ItemReport) -> Option<MismatchKind> {
    mismatch_class(item).map(MismatchKind::of)
}

/// Matches in which both sides failed.
pub(super) fn failed_alike(items: &[ItemReport]) -> u64 {
    let alike = |item: &&ItemReport| {
        let matched = matches!(item.judgement.as_ref().map(|j| &j.verdict), Some(Verdict::Match));
        matched && item.legacy.as_ref().is_some_and(|outcome| outcome.failure().is_some())
    };
    items.iter().filter(alike).count() as u64
}

/// How much differs: rows that one side alone has, and cells of the others.
pub(crate) fn impact(item: &ItemReport) -> u64 {
    item.judgement.as_ref().map_or(0, |judgement| {
        let found = &judgement.differences;
        let rows = found.missing_rows.saturating_add(found.extra_rows);
        rows.saturating_add(found.changed_cells.max(found.changed_rows))
    })
}

/// The mismatches, those with the most differences first, else in plan order.
pub(crate) fn by_impact(report: &RunReport) -> Vec<&ItemReport> {
    let mut items: Vec<_> =
        report.items.iter().filter(|item| mismatch_kind(item).is_some()).collect();
    items.sort_by_key(|item| Reverse(impact(item)));
    items
}

/// The columns of both answers: legacy, governed; none where a side has not answered with rows.
pub(crate) fn columns(item: &ItemReport) -> [&[ColumnInfo]; 2] {
    [&item.legacy, &item.governed].map(|outcome| match outcome.as_ref().map(|o| &o.result) {
        Some(OutcomeResult::Rows { columns, .. }) => columns.as_slice(),
        _ => &[],
    })
}

/// What differs, in one line without a final period: `2 missing rows, 1 changed row (3 cells)`, or
/// who failed and how. The text of engines is verbatim. Empty where no difference was recorded.
pub fn mismatch_reason(item: &ItemReport) -> String {
    let failures = failures(item);
    if !failures.is_empty() {
        return failures;
    }
    let Some(judgement) = &item.judgement else { return String::new() };
    let found = &judgement.differences;
    let mut parts: Vec<String> = shapes(found).collect();
    parts.extend(rows(found));
    if parts.is_empty() && found.legacy_rows != found.governed_rows {
        parts.push(format!(
            "{} on the legacy, {} on the governed side",
            counted(found.legacy_rows, "row"),
            count(found.governed_rows)
        ));
    }
    parts.join(", ")
}

/// What the legacy did when it was asked again, in one line without a final period; nothing where
/// nobody asked.
pub fn noise_line(found: &Differences) -> Option<String> {
    let noise = found.noise.as_ref()?;
    let Judgement { verdict, differences } = noise.judgement.as_ref();
    let how = || {
        let rows = rows(differences).join(", ");
        if rows.is_empty() { String::new() } else { format!(": {rows}") }
    };
    Some(match &noise.reach {
        NoiseReach::Nothing => "asked again, the legacy gave the same answer".to_owned(),
        NoiseReach::Columns { columns } => {
            let plural = if columns.len() == 1 { "" } else { "s" };
            let names: Vec<String> = columns.iter().map(|name| format!("`{name}`")).collect();
            format!(
                "asked again, the legacy differed from itself in the column{plural} {}{}",
                names.join(", "),
                how()
            )
        }
        NoiseReach::Order | NoiseReach::Everything => {
            format!("asked again, the legacy differed from itself{}", how())
        }
        NoiseReach::Unknown => format!(
            "asking the legacy again told nothing: {}",
            verdict.reason().unwrap_or("for no stated reason")
        ),
    })
}

/// What came of asking both sides for more rows than a limit takes, in one line without a final
/// period; nothing where nobody asked.
pub fn ties_line(found: &Differences) -> Option<String> {
    let AskedWider { wider, end, legacy_rows, governed_rows, legacy_tied, governed_tied } =
        found.cut.as_ref()?.asked.as_ref()?;
    let asked = match wider.asked {
        Some(rows) => counted(rows, "row"),
        None => "all rows".to_owned(),
    };
    let answer = |rows: &Option<u64>| rows.map_or("failed".to_owned(), count);
    let answers = format!(
        "asked for {asked}, the legacy gave {}, the governed side {}",
        answer(legacy_rows),
        answer(governed_rows)
    );
    let tied = match (legacy_tied, governed_tied) {
        (Some(legacy), Some(governed)) if legacy == governed => {
            format!("; {} are tied at the end of the limit", counted(*legacy, "row"))
        }
        (Some(legacy), Some(governed)) => format!(
            "; {} are tied at the end of the limit on the legacy, {} on the governed side",
            counted(*legacy, "row"),
            count(*governed)
        ),
        _ => String::new(),
    };
    let more = if *end == CutEnd::Beyond { ", and more may follow" } else { "" };
    Some(format!("{answers}{tied}{more}"))
}

fn failures(item: &ItemReport) -> String {
    let failed = |outcome: &Option<Outcome>| {
        outcome.as_ref().and_then(|outcome| Some(outcome.failure()?.to_string()))
    };
    let answered = |outcome: &Option<Outcome>| match outcome.as_ref().map(|o| &o.result) {
        Some(OutcomeResult::Rows { rows, .. }) => counted(*rows, "row"),
        _ => "nothing".to_owned(),
    };
    match (failed(&item.legacy), failed(&item.governed)) {
        (None, None) => String::new(),
        (Some(legacy), None) => {
            format!("legacy failed: {legacy}; governed returned {}", answered(&item.governed))
        }
        (None, Some(governed)) => {
            format!("governed failed: {governed}; legacy returned {}", answered(&item.legacy))
        }
        (Some(legacy), Some(governed)) => {
            format!("legacy failed: {legacy}; governed failed: {governed}")
        }
    }
}

fn shapes(found: &Differences) -> impl Iterator<Item = String> {
    found.examples.iter().filter_map(|difference| match difference {
        Difference::Shape { message } => Some(format!("other columns: {message}")),
        _ => None,
    })
}

fn rows(found: &Differences) -> Vec<String> {
    let mut parts = Vec::new();
    if found.missing_rows > 0 {
        parts.push(counted(found.missing_rows, "missing row"));
    }
    if found.extra_rows > 0 {
        parts.push(counted(found.extra_rows, "extra row"));
    }
    if found.changed_rows > 0 {
        parts.push(format!(
            "{} ({})",
            counted(found.changed_rows, "changed row"),
            counted(found.changed_cells, "cell")
        ));
    }
    if found.order_broken {
        let message = found.examples.iter().find_map(|difference| match difference {
            Difference::Order { row, message } => {
                Some(format!("order differs from row {}: {message}", count(row + 1)))
            }
            _ => None,
        });
        parts.push(message.unwrap_or_else(|| "order differs".to_owned()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn reason(statement: &str) -> (Option<MismatchKind>, String) {
        let report = fixture::everything();
        let item = report.items.iter().find(|i| i.item.statement == statement).unwrap();
        (mismatch_kind(item), mismatch_reason(item))
    }

    #[test]
    fn rows_on_both_sides_are_silent() {
        let (kind, reason) = reason("traps-01");
        assert_eq!(kind, Some(MismatchKind::Silent));
        assert_eq!(reason, "3 changed rows (3 cells)");
    }

    #[test]
    fn a_failure_is_loud_and_says_what_the_other_side_did() {
        let (kind, reason) = reason("traps-05");
        assert_eq!(kind, Some(MismatchKind::Loud));
        assert_eq!(
            reason,
            "governed failed: Catalog Error: Scalar Function with name to_char does not exist! \
             (SQLSTATE 42883); legacy returned 3 rows"
        );
    }

    #[test]
    fn other_columns_and_order_are_named() {
        assert!(reason("traps-06").1.starts_with("other columns: "));
        assert!(reason("traps-02").1.starts_with("order differs from row 1: "));
    }

    #[test]
    fn a_mismatch_has_its_class() {
        let report = fixture::everything();
        let class = |statement: &str| {
            let item = report.items.iter().find(|i| i.item.statement == statement).unwrap();
            mismatch_class(item)
        };
        for (statement, expected) in [
            ("traps-01", Some(MismatchClass::Rows)),
            ("traps-02", Some(MismatchClass::Order)),
            ("traps-06", Some(MismatchClass::Columns)),
            ("traps-05", Some(MismatchClass::GovernedFailed)),
            ("traps-07", Some(MismatchClass::LegacyFailed)),
            ("tpch-01", None),
        ] {
            assert_eq!(class(statement), expected, "{statement}");
        }
    }

    #[test]
    fn ties_are_told_in_a_line() {
        let line = |end, tied: [Option<u64>; 2], governed_rows| {
            let [legacy_tied, governed_tied] = tied;
            let wider = model::Window { skipped: 0, taken: Some(5) }.wider(1_000, 9_999).unwrap();
            let asked = AskedWider {
                wider,
                end,
                legacy_rows: Some(40),
                governed_rows,
                legacy_tied,
                governed_tied,
            };
            let cut = Some(model::Cut { kind: model::CutKind::Tied, asked: Some(asked) });
            ties_line(&Differences { cut, ..Differences::default() }).unwrap()
        };
        assert_eq!(
            line(CutEnd::Seen, [Some(12), Some(12)], Some(40)),
            "asked for 1,005 rows, the legacy gave 40, the governed side 40; 12 rows are tied at the \
             end of the limit"
        );
        let found = line(CutEnd::Beyond, [Some(12), Some(1_005)], Some(1_005));
        assert!(found.ends_with("on the legacy, 1,005 on the governed side, and more may follow"));
        let found = line(CutEnd::Unknown, [None, None], None);
        assert!(found.ends_with("the legacy gave 40, the governed side failed"), "{found}");
        assert_eq!(ties_line(&Differences::default()), None);
    }

    #[test]
    fn noise_is_told_in_a_line() {
        let noise = |reach: NoiseReach, verdict: Verdict| {
            let differences =
                Differences { changed_rows: 2, changed_cells: 3, ..Differences::default() };
            let judgement = Box::new(Judgement { verdict, differences });
            let noise = Some(model::Noise { judgement, reach });
            noise_line(&Differences { noise, ..Differences::default() }).unwrap()
        };
        let columns = vec!["a".to_owned(), "b".to_owned()];
        let timeout = Verdict::Inconclusive { reason: "a timeout".to_owned() };
        for (reach, verdict, end) in [
            (NoiseReach::Nothing, Verdict::Match, "gave the same answer"),
            (
                NoiseReach::Columns { columns },
                Verdict::Mismatch,
                "in the columns `a`, `b`: 2 changed rows (3 cells)",
            ),
            (NoiseReach::Everything, Verdict::Mismatch, "itself: 2 changed rows (3 cells)"),
            (NoiseReach::Unknown, timeout, "told nothing: a timeout"),
        ] {
            let line = noise(reach, verdict);
            assert!(line.ends_with(end), "{line}");
        }
        assert_eq!(noise_line(&Differences::default()), None);
    }

    #[test]
    fn a_match_is_no_mismatch() {
        assert_eq!(reason("tpch-01").0, None);
        assert_eq!(reason("tpch-01").1, "");
    }
}
