//! `DC0503`: a result that ends early.

use super::{
    cause::About,
    rows::{Alone, RowCause, Told},
};

pub(crate) static CAUSE: RowCause = RowCause {
    about: About {
        code: "DC0503",
        name: "cut by a limit",
        page: "\
All rows of one side are among the other's, which has more, and the shorter result looks cut: it has
a number of rows that people set as a limit (1,000, 50,000, 65,535, 1,048,576), or the rows that it
lacks are the last of the longer one, or the statement itself limits its rows. Usual reasons:
`LIMIT`, `TOP` or `FETCH FIRST` that one side lacks or understands otherwise (`WITH TIES`), a page
size or `max_rows` of a driver, an export that a spreadsheet has cut.

Look for the limit. No tolerance speaks for it.",
    },
    find: |alone: &Alone<'_>| {
        let (own, others) = alone.own(alone.all.counts);
        if alone.of_other > 0 || alone.all.changed_rows > 0 || others == 0 {
            return Ok(None);
        }
        let is_tail = alone.count() > 1 && alone.lone.first() == Some(others) && own > others;
        let why = if alone.all.limited {
            "which the statement limits"
        } else if is_tail {
            "after which all rows are missing"
        } else if is_usual(others) {
            "a usual limit"
        } else {
            return Ok(None);
        };
        let rows = alone.count();
        Ok(Some(Told {
            parameter: format!("{}: {others} rows", alone.side.other()),
            columns: Vec::new(),
            rows,
            sentence: format!(
                "{}: {} ends after {others} rows, {why}, and has no other ones",
                alone.told_rows(rows),
                alone.the_other_side()
            ),
            remedy: format!(
                "look on {} for `LIMIT`, `TOP` or `FETCH`, and for a maximum of rows in the driver or export",
                alone.the_other_side()
            ),
        }))
    },
};

/// Is it a number of rows that people set as a limit?
fn is_usual(rows: u64) -> bool {
    let mut head = rows;
    while head >= 10 && head.is_multiple_of(10) {
        head /= 10;
    }
    let round = rows >= 100 && (head <= 5 || head == 25);
    let binary = rows >= 1_000 && (rows.is_power_of_two() || (rows + 1).is_power_of_two());
    round || binary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_people_set() {
        for rows in [100, 1_000, 2_000, 50_000, 2_500, 1_048_576, 65_535] {
            assert!(is_usual(rows), "{rows}");
        }
        for rows in [0, 1, 7, 10, 99, 1_001, 60_000, 1_234, 64] {
            assert!(!is_usual(rows), "{rows}");
        }
    }
}
