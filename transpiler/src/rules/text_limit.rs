//! A text that may be too long for its column is tested where it is stored: the targets' columns have no limit.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR1101",
    name: "limit of a stored text",
    fidelity: Fidelity::Exact,
    constructs: &["fit", "fit_strictly", "fit_bytes", "fit_bytes_strictly"],
    page: "\
A column of n characters (or bytes) takes no longer text: the statement that stores one fails, on some systems unless only blanks are too many, which are cut then. DuckDB and DataFusion know no limit, so that the value is tested where it is stored.",
    emit,
    examples: &[
        duckdb(
            "UPDATE t SET c = x",
            "UPDATE t\nSET c = CASE WHEN rtrim(substr(x, 6), ' ') <> '' THEN error('22001: value too long') ELSE left(x, 5) END",
        ),
        datafusion(
            "INSERT INTO t (c) SELECT x FROM t",
            "INSERT INTO t (c)\nSELECT CASE WHEN 1 / CASE WHEN rtrim(substr(x, 6), ' ') <> '' THEN 0 ELSE 1 END = 1 THEN left(x, 5) END AS c\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let Some(most) = call.args.last().and_then(Expr::integer) else { return Ok(None) };
    let text = emitter.args(call.args.get(..1).unwrap_or_default())?;
    let bytes = if emitter.target() == Target::DuckDb { "strlen" } else { "octet_length" };
    let filled = |template: &str| fill(template, &text).text;
    let (too_long, stored) = match call.name {
        "fit" => (
            filled(&format!("rtrim(substr({{0}}, {}), ' ') <> ''", most + 1)),
            filled(&format!("left({{0}}, {most})")),
        ),
        "fit_strictly" => (filled(&format!("length({{0}}) > {most}")), filled("{0}")),
        "fit_bytes" => (
            filled(&format!("{bytes}(rtrim({{0}}, ' ')) > {most}")),
            filled(&format!(
                "CASE WHEN {bytes}({{0}}) <= {most} THEN {{0}} ELSE rtrim({{0}}, ' ') || \
                 repeat(' ', {most} - {bytes}(rtrim({{0}}, ' '))) END"
            )),
        ),
        _ => (filled(&format!("{bytes}({{0}}) > {most}")), filled("{0}")),
    };
    let guarded = emitter.raise_if(&too_long, "22001: value too long", &stored);
    Ok(Some(Fragment::atom(guarded)))
}
