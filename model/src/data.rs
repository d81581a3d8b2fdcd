//! Do both sides hold the same data? What a check of their tables found, before a replay and after it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one side tells of all rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableData {
    /// How many rows there are.
    pub rows: u64,
    /// Sums of the hashes of their values, in 64 hexadecimal digits ([`crate::summary`]); absent where
    /// rows were counted only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
}

/// One table, looked at once on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableCheck {
    /// Its name as statements of the workload give it, normalised as [`crate::StatementFacts::tables`].
    pub table: String,
    /// When it was looked at.
    pub checked: DateTime<Utc>,
    /// What the legacy side has; absent where that could not be told.
    pub legacy: Option<TableData>,
    /// What the governed side has; absent where that could not be told.
    pub governed: Option<TableData>,
    /// Why something is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What is known of the data of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DataState {
    /// It changed while the run went on, or between two starts of it.
    Changed,
    /// The sides do not have the same rows.
    Drifted,
    /// Nobody could tell.
    Unknown,
    /// The sides have as many rows; their values were not looked at.
    Counted,
    /// The sides have the same rows.
    Same,
}

impl DataState {
    /// `changed`, `drifted`, `unknown`, `counted` or `same`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Drifted => "drifted",
            Self::Unknown => "unknown",
            Self::Counted => "counted",
            Self::Same => "same",
        }
    }
}

impl TableCheck {
    /// What this check alone tells: never [`DataState::Changed`].
    pub fn state(&self) -> DataState {
        match (&self.legacy, &self.governed) {
            (Some(legacy), Some(governed)) if !legacy.agrees(governed) => DataState::Drifted,
            (
                Some(TableData { checksum: Some(_), .. }),
                Some(TableData { checksum: Some(_), .. }),
            ) => DataState::Same,
            (Some(_), Some(_)) => DataState::Counted,
            _ => DataState::Unknown,
        }
    }
}

impl TableData {
    /// Can both be of the same rows, as far as is known?
    fn agrees(&self, other: &Self) -> bool {
        let checksums = self.checksum.as_ref().zip(other.checksum.as_ref());
        self.rows == other.rows && checksums.is_none_or(|(own, other)| own == other)
    }
}

/// What is known of a table from all checks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableState {
    /// Its name.
    pub table: String,
    /// The worst that the checks tell.
    pub state: DataState,
    /// That in words.
    pub told: String,
}

/// The tables that were checked, by name; `checks` are in the order in which they were made.
pub fn states(checks: &[TableCheck]) -> Vec<TableState> {
    let mut of: BTreeMap<&str, Vec<&TableCheck>> = BTreeMap::new();
    for check in checks {
        of.entry(&check.table).or_default().push(check);
    }
    of.into_iter().map(|(table, checks)| state_of(table, &checks)).collect()
}

/// The tables that were not the same on both sides when they were last looked at, by name: data that were
/// mended in between are mended.
pub fn drifted_now(checks: &[TableCheck]) -> Vec<TableState> {
    let newest: BTreeMap<&str, &TableCheck> =
        checks.iter().map(|check| (check.table.as_str(), check)).collect();
    let states = newest.into_iter().map(|(table, check)| state_of(table, &[check]));
    states.filter(|of| of.state == DataState::Drifted).collect()
}

fn state_of(table: &str, checks: &[&TableCheck]) -> TableState {
    let of = |state, told| TableState { table: table.to_owned(), state, told };
    if let Some(told) = checks.windows(2).find_map(|pair| match pair {
        [before, after] => changed(before, after),
        _ => None,
    }) {
        return of(DataState::Changed, told);
    }
    // Of several checks the worst one counts.
    let Some(worst) = checks.iter().min_by_key(|check| check.state()) else {
        return of(DataState::Unknown, "it was not looked at".to_owned());
    };
    of(worst.state(), told(worst))
}

/// What is not on a side what it was.
fn changed(before: &TableCheck, after: &TableCheck) -> Option<String> {
    let sides = [
        ("legacy", &before.legacy, &after.legacy),
        ("governed", &before.governed, &after.governed),
    ];
    let changes = sides.into_iter().filter_map(|(side, before, after)| {
        let (before, after) = (before.as_ref()?, after.as_ref()?);
        if before.agrees(after) {
            return None;
        }
        let (had, has) = (before.rows, after.rows);
        Some(if had == has {
            format!("the {side} side has other values than before in {has} rows")
        } else {
            format!("the {side} side had {had} rows and has {has} now")
        })
    });
    let changes: Vec<String> = changes.collect();
    (!changes.is_empty()).then(|| changes.join("; "))
}

fn told(check: &TableCheck) -> String {
    let note = check.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
    match (&check.legacy, &check.governed, check.state()) {
        (Some(legacy), Some(governed), DataState::Drifted) if legacy.rows == governed.rows => {
            format!("{} rows on both sides, with other values", legacy.rows)
        }
        (Some(legacy), Some(governed), DataState::Drifted) => {
            format!("{} rows on the legacy side, {} on the governed", legacy.rows, governed.rows)
        }
        (Some(legacy), _, DataState::Same) => format!("{} rows, the same", legacy.rows),
        (Some(legacy), _, DataState::Counted) => {
            format!("{} rows on both sides, their values not looked at{note}", legacy.rows)
        }
        _ => check.note.clone().unwrap_or_else(|| "it could not be told".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Side<'a> = Option<(u64, &'a str)>;

    fn check(legacy: Side<'_>, governed: Side<'_>) -> TableCheck {
        let checked = DateTime::UNIX_EPOCH;
        let [legacy, governed] = [legacy, governed].map(|side| {
            side.map(|(rows, checksum)| TableData {
                rows,
                checksum: (!checksum.is_empty()).then(|| checksum.to_owned()),
            })
        });
        TableCheck { table: "t".to_owned(), checked, legacy, governed, note: None }
    }

    fn state(checks: &[TableCheck]) -> (DataState, String) {
        let mut states = states(checks);
        assert_eq!(states.len(), 1);
        let TableState { state, told, .. } = states.remove(0);
        (state, told)
    }

    #[test]
    fn each_state_and_its_words() {
        let cases = [
            (Some((7, "a")), Some((7, "a")), DataState::Same, "7 rows, the same"),
            (
                Some((7, "a")),
                Some((7, "b")),
                DataState::Drifted,
                "7 rows on both sides, with other values",
            ),
            (
                Some((7, "a")),
                Some((8, "b")),
                DataState::Drifted,
                "7 rows on the legacy side, 8 on the governed",
            ),
            (
                Some((7, "")),
                Some((8, "")),
                DataState::Drifted,
                "7 rows on the legacy side, 8 on the governed",
            ),
            (
                Some((7, "")),
                Some((7, "")),
                DataState::Counted,
                "7 rows on both sides, their values not looked at",
            ),
            (
                Some((7, "a")),
                Some((7, "")),
                DataState::Counted,
                "7 rows on both sides, their values not looked at",
            ),
            (Some((7, "a")), None, DataState::Unknown, "it could not be told"),
        ];
        for (legacy, governed, expected, words) in cases {
            assert_eq!(state(&[check(legacy, governed)]), (expected, words.to_owned()));
        }
    }

    #[test]
    fn the_newest_check_knows_nothing_of_those_before() {
        let drifted = check(Some((7, "a")), Some((8, "b")));
        let same = check(Some((9, "c")), Some((9, "c")));
        assert_eq!(drifted_now(&[drifted.clone(), same.clone()]), []);
        let found = drifted_now(&[same, drifted]);
        assert_eq!((found.len(), found[0].state), (1, DataState::Drifted));
        assert_eq!(drifted_now(&[]), []);
    }

    #[test]
    fn what_changed_between_two_checks_counts_most() {
        let same = check(Some((7, "a")), Some((7, "a")));
        assert_eq!(state(&[same.clone(), same.clone()]).0, DataState::Same);
        let both = check(Some((9, "c")), Some((9, "c")));
        let (found, told) = state(&[same.clone(), both, same.clone()]);
        assert_eq!(found, DataState::Changed);
        assert_eq!(
            told,
            "the legacy side had 7 rows and has 9 now; the governed side had 7 rows and has 9 now"
        );
        let values = check(Some((7, "b")), Some((7, "a")));
        let told = state(&[same.clone(), values]).1;
        assert_eq!(told, "the legacy side has other values than before in 7 rows");
        // A check that says less does not speak of a change.
        let counted = check(Some((7, "")), Some((7, "")));
        assert_eq!(state(&[same, counted]).0, DataState::Counted);
    }
}
