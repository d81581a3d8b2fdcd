//! `DC0505`: rows beside each other at the end of a limit.

use super::{cause::About, rows::Told};
use model::Cause;

pub(crate) static ABOUT: About = About {
    code: "DC0505",
    name: "ties at the limit",
    page: "\
The statement limits its rows, and which of several rows with the last order key come is left open:
each side shows others, and both are right. The verdict is inconclusive for that reason, and only
rows that the limit may choose differ.

Add a key that makes the order total (`ORDER BY amount DESC, id`), or take all ties (`FETCH FIRST 10
ROWS WITH TIES`). No tolerance is needed.",
};

/// So many rows of both sides are left open by a limit.
pub(crate) fn cause(rows: u64) -> Cause {
    let plural = if rows == 1 { "" } else { "s" };
    Told {
        parameter: String::new(),
        columns: Vec::new(),
        rows,
        sentence: format!(
            "{rows} row{plural} of both sides differ only in what the limit leaves open"
        ),
        remedy: "add a key that makes the order total, for example `ORDER BY amount DESC, id`"
            .to_owned(),
    }
    .cause(&ABOUT)
}
