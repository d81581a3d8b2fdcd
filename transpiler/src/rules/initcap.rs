//! DuckDB has no `initcap`: the text is cut into words and each gets its first letter in upper case. Characters that are letters for one engine only are raised.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0217",
    name: "initcap",
    fidelity: Fidelity::Exact,
    constructs: &["initcap"],
    page: "\
DuckDB has no `initcap`: the text is cut into words and each gets its first letter in upper case. Characters that are letters for one engine only are raised.",
    emit,
    examples: &[
        duckdb(
            "SELECT initcap(x) AS c FROM t",
            "SELECT CASE WHEN regexp_matches(x, '[\\pM\\x{24B6}-\\x{24E9}\\x{10000}-\\x{10FFFF}]|[^\\PN0-9]') THEN error('initcap of such a letter is not known') ELSE coalesce(array_to_string(list_transform(regexp_extract_all(x, '[\\pL0-9]+|[^\\pL0-9]+'), lambda w: CASE WHEN w[1] = 'ß' THEN 'ß' ELSE upper(left(w, 1)) END || lower(substr(w, 2))), ''), x) END AS c\nFROM t",
        ),
        refused(Target::DataFusion, "SELECT initcap(x) AS c FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(
        &format!(
            r"CASE WHEN regexp_matches({{0}}, '{}') THEN error('initcap of such a letter is not known') ELSE coalesce(array_to_string(list_transform(regexp_extract_all({{0}}, '[\pL0-9]+|[^\pL0-9]+'), lambda w: CASE WHEN w[1] = 'ß' THEN 'ß' ELSE upper(left(w, 1)) END || lower(substr(w, 2))), ''), {{0}}) END",
            super::regex::AMBIGUOUS
        ),
        &args,
    )))
}
