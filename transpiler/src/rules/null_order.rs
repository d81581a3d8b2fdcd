//! Rule `TR0401`, `NULL order`.

use crate::{
    rule::{Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::tree::SortKey;

pub(crate) static RULE: Rule = Rule {
    code: "TR0401",
    name: "NULL order",
    fidelity: Fidelity::Exact,
    constructs: &[],
    page: "\
PostgreSQL sorts NULL as the largest value; DuckDB puts it last in both directions. The place of NULLs is always written out.",
    // Sort keys are no expressions: the emitter writes them and asks `changes`.
    emit: |_, _| Ok(None),
    examples: &[
        duckdb("SELECT i FROM t ORDER BY i DESC", "SELECT i\nFROM t\nORDER BY i DESC NULLS FIRST"),
        duckdb("SELECT i FROM t ORDER BY i", "SELECT i\nFROM t\nORDER BY i NULLS LAST"),
    ],
};

/// Would the target put NULLs elsewhere if the text were silent, as it was?
pub(crate) fn changes(target: Target, key: &SortKey) -> bool {
    target == Target::DuckDb && !key.nulls_explicit && key.descending
}
