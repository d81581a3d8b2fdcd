//! `DC0501`: one side has no rows at all.

use super::{
    cause::About,
    rows::{Alone, RowCause, Told},
};

pub(crate) static CAUSE: RowCause = RowCause {
    about: About {
        code: "DC0501",
        name: "no rows at all",
        page: "\
One side gives no rows where the other gives some. Usual reasons: a table that was not loaded, a
schema or a search path that leads to an empty table of the same name, a row filter that lets the
principal see nothing, or a condition that compares a padded or differently cased text.

Count the rows of each table that the statement reads on that side. No tolerance speaks for it.",
    },
    find: |alone: &Alone<'_>| {
        let (_, others) = alone.own(alone.all.counts);
        Ok((others == 0).then(|| Told {
            parameter: alone.side.other().to_string(),
            columns: Vec::new(),
            rows: alone.count(),
            sentence: format!("{} has no rows at all: {}", alone.the_other_side(), alone.told_rows(alone.count())),
            remedy: format!("count the rows of each table that the statement reads on {}, and look at row filters and conditions on texts", alone.the_other_side()),
        }))
    },
};
