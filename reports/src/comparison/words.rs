//! What a comparison found, in sentences. Every count is exact.

use super::Comparison;
use crate::format::{count, counted};
use crate::visible::{self, line};
use model::{Difference, Differences, Verdict};

pub(super) use crate::words::{label, message, more, pairing};

/// The verdict in one sentence, with all counts. Text from outside in it is made visible.
pub(super) fn headline(comparison: &Comparison<'_>) -> String {
    let found = &comparison.judgement.differences;
    match &comparison.judgement.verdict {
        Verdict::Match => equal(comparison),
        Verdict::Tolerated => tolerated(found),
        Verdict::Mismatch => mismatch(found),
        Verdict::Inconclusive { reason } | Verdict::Skipped { reason } => message(reason),
    }
}

/// What was found although nothing could be told, if anything was.
pub(super) fn found_so_far(comparison: &Comparison<'_>) -> Option<String> {
    let found = &comparison.judgement.differences;
    let open = matches!(comparison.judgement.verdict, Verdict::Inconclusive { .. });
    (open && differing(found) > 0).then(|| format!("{}; {}", differences(found), kept(found)))
}

fn equal(comparison: &Comparison<'_>) -> String {
    let found = &comparison.judgement.differences;
    let columns = comparison.legacy.columns.len() as u64;
    let there_are = match columns {
        0 => "; there are no columns".to_owned(),
        1 => "; there is one column".to_owned(),
        n => format!("; there are {}", counted(n, "column")),
    };
    let in_all = match columns {
        0 => there_are.clone(),
        1 => " in the one column".to_owned(),
        n => format!(" in all {}", counted(n, "column")),
    };
    let rows = match found.legacy_rows {
        // Both may have failed, and alike; then there are no rows to speak of.
        0 => format!("neither side has a row{there_are}"),
        1 => format!("the one row is equal{in_all}"),
        n => format!("all {} are equal{in_all}", counted(n, "row")),
    };
    rows + &drifts(found)
}

/// A drift of type is a finding, also where all values are equal.
fn drifts(found: &Differences) -> String {
    match found.type_drifts.len() as u64 {
        0 => String::new(),
        1 => "; 1 column is of another type".to_owned(),
        n => format!("; {} columns are of other types", count(n)),
    }
}

fn tolerated(found: &Differences) -> String {
    let excused: Vec<String> = found
        .ledger
        .iter()
        .map(|entry| format!("{} by {}", counted(entry.cells, "cell"), line(&entry.code)))
        .collect();
    let rows = match found.legacy_rows {
        0 => "no row differs".to_owned(),
        1 => "the one row is equal within tolerances".to_owned(),
        n => format!("all {} are equal or within tolerances", counted(n, "row")),
    };
    let excused =
        if excused.is_empty() { String::new() } else { format!(": {}", excused.join(", ")) };
    format!("{rows}{excused}{}", drifts(found))
}

fn mismatch(found: &Differences) -> String {
    // What is wrong with the whole goes before what is wrong with rows.
    let whole = found.examples.iter().find_map(|difference| match difference {
        Difference::Shape { message } => Some(self::message(message)),
        Difference::Failure { legacy, governed } => {
            Some(match (legacy.as_deref(), governed.as_deref()) {
                (Some(legacy), Some(governed)) => format!(
                    "both sides fail, in different ways: legacy: {}; governed: {}",
                    message(legacy),
                    message(governed)
                ),
                (Some(legacy), None) => format!("the legacy side fails: {}", message(legacy)),
                (None, Some(governed)) => format!("the governed side fails: {}", message(governed)),
                (None, None) => "one side fails".to_owned(),
            })
        }
        _ => None,
    });
    if let Some(whole) = whole {
        return whole;
    }
    let order = "not in the order that is asked for";
    match (differing(found), found.order_broken) {
        (0, true) => {
            let within = if found.ledger.is_empty() { "" } else { " within tolerances" };
            format!("all {} are there{within}, but {order}", counted(found.legacy_rows, "row"))
        }
        (_, true) => {
            format!("{}; {}, and {order}", differences(found), kept(found))
        }
        (_, false) => format!("{}; {}", differences(found), kept(found)),
    }
}

fn differing(found: &Differences) -> u64 {
    found.missing_rows.saturating_add(found.extra_rows).saturating_add(found.changed_rows)
}

/// `500 rows are missing, 300 rows are extra, 1,000 rows changed in 1,000 cells`.
fn differences(found: &Differences) -> String {
    let are = |n: u64, what: &str| {
        let verb = if n == 1 { "is" } else { "are" };
        format!("{} {verb} {what}", counted(n, "row"))
    };
    let mut parts = Vec::new();
    if found.missing_rows > 0 {
        parts.push(are(found.missing_rows, "missing"));
    }
    if found.extra_rows > 0 {
        parts.push(are(found.extra_rows, "extra"));
    }
    if found.changed_rows > 0 {
        let (rows, cells) = (found.changed_rows, found.changed_cells);
        parts.push(format!("{} changed in {}", counted(rows, "row"), counted(cells, "cell")));
    }
    if parts.is_empty() { "the sides differ".to_owned() } else { parts.join(", ") }
}

/// How many rows agree, of how many: `8 of 10 rows are equal`.
fn kept(found: &Differences) -> String {
    let (legacy, governed) = (found.legacy_rows, found.governed_rows);
    let equal = legacy.saturating_sub(found.missing_rows).saturating_sub(found.changed_rows);
    let how = if found.ledger.is_empty() { "equal" } else { "equal or within tolerances" };
    match equal {
        0 => format!("no row is {how}"),
        _ if legacy == governed => {
            let verb = if legacy == 1 { "is" } else { "are" };
            format!("{} of {} {verb} {how}", count(equal), counted(legacy, "row"))
        }
        _ => {
            let (legacy, governed) = (count(legacy), count(governed));
            let verb = if equal == 1 { "is" } else { "are" };
            format!(
                "{} {verb} {how}, of {legacy} legacy and {governed} governed rows",
                counted(equal, "row")
            )
        }
    }
}

/// What an input is called, where a line has `room` terminal columns: a path that is longer keeps
/// its end.
pub(super) fn input(name: &str, room: usize) -> String {
    let name = line(name);
    let words: Vec<String> = name.split(' ').map(|word| visible::fit_end(word, room)).collect();
    label(&words.join(" "))
}

/// `10 rows, 3 columns`.
pub(super) fn size(rows: Option<u64>, columns: usize) -> String {
    let rows = rows.map_or_else(|| "rows not counted".to_owned(), |rows| counted(rows, "row"));
    format!("{rows}, {}", counted(columns as u64, "column"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_never_more_than_there_is() {
        let mut found = Differences {
            legacy_rows: 10_000_000,
            governed_rows: 10_000_000,
            changed_rows: 2,
            changed_cells: 3,
            ..Differences::default()
        };
        assert_eq!(
            mismatch(&found),
            "2 rows changed in 3 cells; 9,999,998 of 10,000,000 rows are equal"
        );
        found.missing_rows = 9_999_997;
        found.governed_rows = 3;
        assert_eq!(
            mismatch(&found),
            "9,999,997 rows are missing, 2 rows changed in 3 cells; 1 row is equal, of 10,000,000 legacy and 3 governed rows"
        );
        found.missing_rows = u64::MAX;
        assert!(mismatch(&found).ends_with("no row is equal"));
    }

    #[test]
    fn a_broken_order_of_equal_rows_is_said_as_such() {
        let found = Differences {
            legacy_rows: 3,
            governed_rows: 3,
            order_broken: true,
            ..Differences::default()
        };
        assert_eq!(
            mismatch(&found),
            "all 3 rows are there, but not in the order that is asked for"
        );
    }
}
