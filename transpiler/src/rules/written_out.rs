//! Rule `TR0801`, `functions in other words`.

use crate::{
    rule::{Fidelity, Rule, duckdb},
    targets::forms::by_signature,
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0801",
    name: "functions in other words",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
Functions that the target does not have by that name and types, but can say in its own words: a template around the arguments, from the target's table of forms. What raises on PostgreSQL raises here too.",
    emit: by_signature,
    examples: &[
        duckdb(
            "SELECT min_scale(n) AS s FROM t",
            "SELECT CAST(length(rtrim(split_part(CAST(n AS VARCHAR), '.', 2), '0')) AS INTEGER) AS s\nFROM t",
        ),
        duckdb(
            "SELECT acosh(f) AS a FROM t",
            "SELECT CASE WHEN f < 1 THEN error('22003: input is out of range') ELSE acosh(f) END AS a\nFROM t",
        ),
    ],
};
