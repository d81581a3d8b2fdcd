//! Dates, times and intervals that DataFusion computes in another way.

use crate::{
    rule::{Fidelity, Rule, datafusion},
    targets::forms::by_signature,
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0580",
    name: "dates and times on DataFusion",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
DataFusion's seconds lose their fraction, its epochs are floats, a difference of timestamps has no days, and an interval cannot be multiplied. They are counted in microseconds; an interval is read from the text of its parts. Zoned times are taken in the session's time zone first.",
    emit: by_signature,
    examples: &[datafusion(
        "SELECT ts - ts AS n FROM t",
        "SELECT CASE WHEN ts IS NOT NULL AND ts IS NOT NULL THEN CAST(concat((arrow_cast(CAST(ts AS TIMESTAMP(6)), 'Int64') - arrow_cast(CAST(ts AS TIMESTAMP(6)), 'Int64')) / 86400000000, ' days ', (arrow_cast(CAST(ts AS TIMESTAMP(6)), 'Int64') - arrow_cast(CAST(ts AS TIMESTAMP(6)), 'Int64')) % 86400000000, ' microseconds') AS INTERVAL) END AS n\nFROM t",
    )],
};
