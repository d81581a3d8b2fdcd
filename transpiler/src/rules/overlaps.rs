//! Rule `TR0514`, `OVERLAPS`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0514",
    name: "OVERLAPS",
    fidelity: Fidelity::Exact,
    constructs: &["overlaps"],
    page: "\
Two periods overlap where they share a moment; their ends may stand in any order and may be NULL. The comparison is written out.",
    emit,
    examples: &[duckdb(
        "SELECT (d, d) OVERLAPS (ts, ts) AS o FROM t",
        "SELECT CASE WHEN least(CAST(d AS TIMESTAMP), CAST(d AS TIMESTAMP)) > least(ts, ts) THEN CASE WHEN CASE WHEN ts IS NOT NULL AND ts IS NOT NULL THEN greatest(ts, ts) END IS NULL THEN NULL WHEN least(CAST(d AS TIMESTAMP), CAST(d AS TIMESTAMP)) < CASE WHEN ts IS NOT NULL AND ts IS NOT NULL THEN greatest(ts, ts) END THEN TRUE WHEN CASE WHEN CAST(d AS TIMESTAMP) IS NOT NULL AND CAST(d AS TIMESTAMP) IS NOT NULL THEN greatest(CAST(d AS TIMESTAMP), CAST(d AS TIMESTAMP)) END IS NULL THEN NULL ELSE FALSE END WHEN least(CAST(d AS TIMESTAMP), CAST(d AS TIMESTAMP)) < least(ts, ts) THEN CASE WHEN CASE WHEN CAST(d AS TIMESTAMP) IS NOT NULL AND CAST(d AS TIMESTAMP) IS NOT NULL THEN greatest(CAST(d AS TIMESTAMP), CAST(d AS TIMESTAMP)) END IS NULL THEN NULL WHEN least(ts, ts) < CASE WHEN CAST(d AS TIMESTAMP) IS NOT NULL AND CAST(d AS TIMESTAMP) IS NOT NULL THEN greatest(CAST(d AS TIMESTAMP), CAST(d AS TIMESTAMP)) END THEN TRUE WHEN CASE WHEN ts IS NOT NULL AND ts IS NOT NULL THEN greatest(ts, ts) END IS NULL THEN NULL ELSE FALSE END WHEN least(CAST(d AS TIMESTAMP), CAST(d AS TIMESTAMP)) = least(ts, ts) AND CASE WHEN CAST(d AS TIMESTAMP) IS NOT NULL AND CAST(d AS TIMESTAMP) IS NOT NULL THEN greatest(CAST(d AS TIMESTAMP), CAST(d AS TIMESTAMP)) END IS NOT NULL AND CASE WHEN ts IS NOT NULL AND ts IS NOT NULL THEN greatest(ts, ts) END IS NOT NULL THEN TRUE END AS o\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let args = emitter.args(&call.args)?;
    let [s, e, t, f] = args.as_slice() else { return Ok(None) };
    // The known end stands for a period with one end; `least` skips NULL.
    let period = |a: &Fragment, b: &Fragment| {
        let pair = [a.clone(), b.clone()];
        let last = "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN greatest({0}, {1}) END";
        [fill("least({0}, {1})", &pair), fill(last, &pair)]
    };
    let ends = [period(s, e), period(t, f)].concat();
    Ok(Some(fill(
        "CASE WHEN {0} > {2} THEN CASE WHEN {3} IS NULL THEN NULL WHEN {0} < {3} THEN TRUE WHEN {1} IS NULL THEN NULL ELSE FALSE END WHEN {0} < {2} THEN CASE WHEN {1} IS NULL THEN NULL WHEN {2} < {1} THEN TRUE WHEN {3} IS NULL THEN NULL ELSE FALSE END WHEN {0} = {2} AND {1} IS NOT NULL AND {3} IS NOT NULL THEN TRUE END",
        &ends,
    )))
}
