//! Rule `TR0303`, `text read as a date, a timestamp or a boolean`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0303",
    name: "text read as a date, a timestamp or a boolean",
    fidelity: Fidelity::Exact,
    constructs: &["cast"],
    page: "\
PostgreSQL reads dates in many spellings, by settings of the session; here `YYYY-MM-DD` and `YYYY-MM-DD HH:MM:SS` are read and anything else is raised. Booleans are read by PostgreSQL's words.",
    emit,
    examples: &[
        duckdb(
            "SELECT x::date AS d FROM t",
            "SELECT CASE WHEN x IS NULL OR regexp_full_match(x, '\\s*([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2}\\s*') THEN CAST(trim(x) AS DATE) ELSE error('22007: this spelling of a date is not known') END AS d\nFROM t",
        ),
        duckdb(
            "SELECT x::bool AS d FROM t",
            "SELECT CASE WHEN x IS NULL THEN NULL WHEN lower(trim(x)) IN ('t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1') THEN TRUE WHEN lower(trim(x)) IN ('f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0') THEN FALSE ELSE error('22P02: invalid input syntax for a boolean') END AS d\nFROM t",
        ),
        datafusion(
            "SELECT x::date AS d FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN NOT regexp_like(x, '^ *([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2} *$') OR TRY_CAST(btrim(x) AS DATE) IS NULL AND x IS NOT NULL THEN 0 ELSE 1 END = 1 THEN TRY_CAST(btrim(x) AS DATE) END AS d\nFROM t",
        ),
    ],
};

/// `YYYY-MM-DD` from the year 1 on.
const DAY: &str = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2}";
/// `HH:MM[:SS[.ffffff]]`
const TIME: &str = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?";

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let ExprKind::Cast { expr: inner } = &expr.kind else { return Ok(None) };
    if emitter.target() != Target::DuckDb || !inner.ty.is_text() {
        return Ok(None);
    }
    let pattern = match &expr.ty {
        Type::Date => format!("\\s*{DAY}\\s*"),
        Type::Timestamp => format!("\\s*{DAY}([ T]{TIME})?\\s*"),
        Type::Bool => {
            let text = emitter.expr(inner)?;
            return Ok(Some(fill(
                "CASE WHEN {0} IS NULL THEN NULL WHEN lower(trim({0})) IN ('t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1') THEN TRUE WHEN lower(trim({0})) IN ('f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0') THEN FALSE ELSE error('22P02: invalid input syntax for a boolean') END",
                &[text],
            )));
        }
        _ => return Ok(None),
    };
    let Some(name) = emitter.target().type_name(&expr.ty) else { return Ok(None) };
    let args = [emitter.expr(inner)?, Fragment::atom(text_literal(&pattern))];
    Ok(Some(fill(
        &format!(
            "CASE WHEN {{0}} IS NULL OR regexp_full_match({{0}}, {{1}}) THEN CAST(trim({{0}}) AS {name}) ELSE error('22007: this spelling of a date is not known') END"
        ),
        &args,
    )))
}
