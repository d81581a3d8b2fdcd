//! What all reports say of differences, in the same words, each text from outside bounded.

use crate::format::{count, counted, latency};
use crate::summary::LagSummary;
use crate::visible::{self, line};
use model::{Differences, KeyOrigin, RowKey};

/// Characters of a label.
const LABEL_CHARS_MAX: usize = 400;
/// Characters of a message.
const MESSAGE_CHARS_MAX: usize = 2_000;
/// Characters of a value beside which no other stands to be compared with.
const VALUE_CHARS_MAX: usize = 400;
/// Columns of a key that are named.
const KEY_COLUMNS_MAX: usize = 8;

/// How late statements were sent and why: `p50 12 µs, p95 3.2 ms, p99 …, in all 1.20 s for the engines, …`.
pub(crate) fn lateness(lag: &LagSummary) -> String {
    let [p50, p95, p99] = [lag.late.p50_us, lag.late.p95_us, lag.late.p99_us].map(latency);
    let of = &lag.by_cause;
    let [engine, slot, driver] = [of.engine_us, of.slot_us, of.driver_us].map(latency);
    format!(
        "sent after they were due: p50 {p50}, p95 {p95}, p99 {p99}; in all {engine} behind the \
         engines, {slot} waiting for a place, {driver} for the replay itself"
    )
}

/// How rows were paired; nothing where there was nothing to pair.
pub(crate) fn pairing(found: &Differences) -> Option<String> {
    if [found.missing_rows, found.extra_rows, found.changed_rows] == [0; 3] {
        return None;
    }
    match &found.key {
        Some(RowKey { columns, origin }) => {
            let shown: Vec<String> = columns
                .iter()
                .take(KEY_COLUMNS_MAX)
                .map(|name| format!("`{}`", label(name)))
                .collect();
            let more = columns.len().saturating_sub(KEY_COLUMNS_MAX) as u64;
            let more =
                if more == 0 { String::new() } else { format!(" and {}", counted(more, "more column")) };
            let origin = match origin {
                KeyOrigin::Given => "the key given",
                KeyOrigin::Declared => "the key that the catalog declares",
                KeyOrigin::Inferred => "a key found in the data",
                KeyOrigin::Sampled => "a key found in a sample of the data",
            };
            Some(format!("paired by {}{more}, {origin}", shown.join(", ")))
        }
        None if found.changed_rows > 0 => Some(
            "paired by likeness: there is no key, so rows with the most equal cells are taken for one"
                .to_owned(),
        ),
        None if found.missing_rows > 0 && found.extra_rows > 0 => Some(
            "not paired: there is no key, so a missing and an extra row may be one changed row"
                .to_owned(),
        ),
        None => None,
    }
}

/// Text from outside on one line, bounded.
pub(crate) fn label(text: &str) -> String {
    bounded(text, LABEL_CHARS_MAX)
}

/// A message of the comparison on one line, bounded.
pub(crate) fn message(text: &str) -> String {
    bounded(text, MESSAGE_CHARS_MAX)
}

fn bounded(text: &str, chars_max: usize) -> String {
    let (shown, left_out) = visible::cut(text, chars_max);
    let dots = if left_out > 0 { "…" } else { "" };
    format!("{}{dots}", line(shown))
}

/// A value on one line, bounded.
pub(crate) fn value(cell: Option<&str>) -> String {
    match cell.map(|text| visible::cut(text, VALUE_CHARS_MAX)) {
        Some((shown, left_out)) if left_out > 0 => format!("{}…", line(shown)),
        _ => visible::value(cell),
    }
}

/// How many more there are than are shown: `and 498 more rows`.
pub(crate) fn more(all: u64, shown: u64, noun: &str) -> Option<String> {
    let left_out = all.saturating_sub(shown);
    let plural = if left_out == 1 { "" } else { "s" };
    match (left_out, shown) {
        (0, _) => None,
        (_, 0) => Some("none is among the examples kept".to_owned()),
        _ => Some(format!("and {} more {noun}{plural}", count(left_out))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_were_paired_by_nothing() {
        let key = Some(RowKey { columns: vec!["id".to_owned()], origin: KeyOrigin::Declared });
        let mut found = Differences { key, ..Differences::default() };
        assert_eq!(pairing(&found), None);
        found.missing_rows = 1;
        let told = "paired by `id`, the key that the catalog declares";
        assert_eq!(pairing(&found).as_deref(), Some(told));
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        assert_eq!(more(500, 2, "row").as_deref(), Some("and 498 more rows"));
        assert_eq!(more(3, 2, "row").as_deref(), Some("and 1 more row"));
        assert_eq!(more(2, 2, "row"), None);
        assert_eq!(more(2, 0, "row").as_deref(), Some("none is among the examples kept"));
    }
}
