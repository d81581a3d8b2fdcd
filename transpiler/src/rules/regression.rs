//! Rule `TR0127`, `correlation and regression`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Rule, SUMMED, datafusion, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0127",
    name: "correlation and regression",
    fidelity: SUMMED,
    constructs: &[
        "corr",
        "covar_pop",
        "covar_samp",
        "regr_slope",
        "regr_intercept",
        "regr_r2",
        "stddev",
        "stddev_samp",
        "stddev_pop",
        "variance",
        "var_samp",
        "var_pop",
    ],
    page: "\
Sums of squares of floats differ in the last digits. Where there is no spread PostgreSQL gives NULL and DuckDB NaN; with infinite or undefined values PostgreSQL gives NaN.",
    emit,
    examples: &[
        duckdb(
            "SELECT corr(f, g) AS c FROM t",
            "SELECT CASE WHEN bool_and(CASE WHEN f IS NOT NULL AND g IS NOT NULL THEN isfinite(f) AND isfinite(g) END) THEN CASE WHEN isfinite(corr(f, g)) THEN corr(f, g) END WHEN NOT bool_and(CASE WHEN f IS NOT NULL AND g IS NOT NULL THEN isfinite(f) AND isfinite(g) END) AND count(f + g) >= 1 THEN CAST('NaN' AS DOUBLE) END AS c\nFROM t",
        ),
        duckdb(
            "SELECT stddev(f) AS c FROM t",
            "SELECT CASE WHEN bool_and(CASE WHEN f IS NOT NULL THEN isfinite(f) END) THEN CASE WHEN isfinite(stddev_samp(f)) THEN stddev_samp(f) END WHEN NOT bool_and(CASE WHEN f IS NOT NULL THEN isfinite(f) END) AND count(f) >= 2 THEN CAST('NaN' AS DOUBLE) END AS c\nFROM t",
        ),
        datafusion(
            "SELECT corr(f, g) AS c FROM t",
            "SELECT CASE WHEN bool_and(CASE WHEN f IS NOT NULL AND g IS NOT NULL THEN abs(f) < CAST('Infinity' AS DOUBLE) AND abs(g) < CAST('Infinity' AS DOUBLE) END) THEN CASE WHEN NOT isnan(corr(f, g)) THEN corr(f, g) END WHEN NOT (bool_and(CASE WHEN f IS NOT NULL AND g IS NOT NULL THEN abs(f) < CAST('Infinity' AS DOUBLE) END) AND iszero(var_pop(CASE WHEN f IS NOT NULL AND g IS NOT NULL THEN f END)) OR bool_and(CASE WHEN f IS NOT NULL AND g IS NOT NULL THEN abs(g) < CAST('Infinity' AS DOUBLE) END) AND iszero(var_pop(CASE WHEN f IS NOT NULL AND g IS NOT NULL THEN g END))) THEN CAST('NaN' AS DOUBLE) END AS c\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    if call.args.iter().any(|arg| arg.ty != Type::Float8) || call.distinct {
        return Ok(None);
    }
    let name = match call.name {
        "stddev" => "stddev_samp",
        "variance" => "var_samp",
        other => other,
    };
    let args = emitter.args(&call.args)?;
    let list: Vec<&str> = args.iter().map(|arg| arg.text.as_str()).collect();
    // A pair with a NULL does not count: the sum of both is NULL then.
    let all: Vec<String> = args.iter().map(|arg| format!("isfinite({})", arg.text)).collect();
    let known: Vec<String> =
        args.iter().map(|arg| format!("{} IS NOT NULL", arg.at(Level::Atom))).collect();
    let finite = format!("CASE WHEN {} THEN {} END", known.join(" AND "), all.join(" AND "));
    let finite = emitter.function("bool_and", &finite, call)?;
    let value = emitter.function(name, &list.join(", "), call)?;
    // A sample needs two values.
    let sum: Vec<String> = args.iter().map(|arg| arg.at(Level::Atom)).collect();
    let count = emitter.function("count", &sum.join(" + "), call)?;
    let least = 1 + usize::from(name.ends_with("samp"));
    Ok(Some(fill(
        &format!(
            "CASE WHEN {{0}} THEN CASE WHEN isfinite({{1}}) THEN {{1}} END WHEN NOT {{0}} AND {{2}} >= {least} THEN CAST('NaN' AS DOUBLE) END"
        ),
        &[finite, value, count],
    )))
}
