//! Numbers, times and amounts as people read them. Counts stay exact.

use model::{ColumnInfo, EngineInfo, report::RunHeader};

/// A count with a comma every three digits: `1,234,567`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 row`, `2,000 rows`. The plural ends in `s`, or is `ches`/`ies` regular.
pub fn counted(n: u64, noun: &str) -> String {
    let number = count(n);
    if n == 1 {
        format!("{number} {noun}")
    } else if noun.ends_with("ch") {
        format!("{number} {noun}es")
    } else {
        format!("{number} {noun}s")
    }
}

/// Are the values of this column numbers, which stand to the right?
pub(crate) fn is_numeric(column: &ColumnInfo) -> bool {
    let name = column.data_type.to_ascii_lowercase();
    ["int", "uint", "float", "decimal", "numeric"].iter().any(|kind| name.starts_with(kind))
}

/// A latency: `850 µs`, `12.3 ms`, `1.20 s`, `3 min 05 s`. Digits below the shown ones are cut, so
/// that a limit is never shown as reached before it is.
pub(crate) fn latency(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..100_000 => format!("{}.{} ms", us / 1_000, us % 1_000 / 100),
        100_000..1_000_000 => format!("{} ms", us / 1_000),
        1_000_000..60_000_000 => format!("{}.{:02} s", us / 1_000_000, us % 1_000_000 / 10_000),
        _ => format!("{} min {:02} s", us / 60_000_000, us % 60_000_000 / 1_000_000),
    }
}

/// A size: `312 B`, `4.5 KiB`, `1.2 MiB`.
pub(crate) fn bytes(n: u64) -> String {
    let scaled = |unit: u64, name: &str| format!("{}.{} {name}", n / unit, n % unit * 10 / unit);
    match n {
        0..1_024 => format!("{n} B"),
        1_024..1_048_576 => scaled(1_024, "KiB"),
        1_048_576..1_073_741_824 => scaled(1_048_576, "MiB"),
        _ => scaled(1_073_741_824, "GiB"),
    }
}

/// When the run started, and how long it took: `2026-03-01 02:00:00 UTC, took 1 min 12 s`.
pub(crate) fn times(run: &RunHeader) -> String {
    let started = run.started.format("%Y-%m-%d %H:%M:%S UTC");
    match run.finished {
        Some(finished) => {
            let us = (finished - run.started).num_microseconds().unwrap_or(0);
            format!("{started}, took {}", latency(u64::try_from(us).unwrap_or(0)))
        }
        None => format!("{started}, not finished"),
    }
}

/// Kind and version: `duckdb v1.5.5`. A version that names its kind already is not doubled.
pub(crate) fn engine(info: &EngineInfo) -> String {
    if info.version.to_lowercase().contains(info.kind.as_str()) {
        info.version.clone()
    } else {
        format!("{} {}", info.kind, info.version)
    }
}

/// Settings of the source that are not its vendor's defaults: `week_start = 1`.
pub(crate) fn source_settings(run: &RunHeader) -> Option<String> {
    let shown: Vec<String> =
        run.source_settings.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    (!shown.is_empty()).then(|| shown.join(", "))
}

/// The same without what the server says about its build: `PostgreSQL 15.14`.
pub(crate) fn engine_short(info: &EngineInfo) -> String {
    let full = engine(info);
    let end = full.find([',', '(']).unwrap_or(full.len());
    let short = full.get(..end).unwrap_or(&full);
    short.split(" on ").next().unwrap_or(short).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_three() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (10_000_000, "10,000,000")] {
            assert_eq!(count(n), text);
        }
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn nouns_agree_with_their_number() {
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(0, "row"), "0 rows");
        assert_eq!(counted(2, "mismatch"), "2 mismatches");
    }

    #[test]
    fn latencies_choose_their_unit_and_never_round_up() {
        for (us, text) in [
            (0, "0 µs"),
            (999, "999 µs"),
            (12_399, "12.3 ms"),
            (99_999, "99.9 ms"),
            (999_999, "999 ms"),
            (1_209_999, "1.20 s"),
            (59_999_999, "59.99 s"),
            (185_000_000, "3 min 05 s"),
        ] {
            assert_eq!(latency(us), text);
        }
    }

    #[test]
    fn sizes_choose_their_unit() {
        for (n, text) in [(312, "312 B"), (4_608, "4.5 KiB"), (1_258_292, "1.2 MiB")] {
            assert_eq!(bytes(n), text);
        }
        assert_eq!(bytes(u64::MAX), "17179869183.9 GiB");
    }

    #[test]
    fn an_engine_is_named_once() {
        let mut info = crate::fixture::transpiled().run.legacy;
        assert_eq!(engine_short(&info), "PostgreSQL 15.14");
        info.version = "PostgreSQL 17.2 on aarch64-linux, compiled by gcc".to_owned();
        assert_eq!(engine_short(&info), "PostgreSQL 17.2");
        info.version = "17.2".to_owned();
        assert_eq!(engine_short(&info), "postgres 17.2");
    }
}
