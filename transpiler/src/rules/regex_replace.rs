//! PostgreSQL takes the longest match, DuckDB the first: only patterns with one repeated part and no alternatives are the same. `\\&` and `\\0` in the replacement differ and are refused.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0212",
    name: "regexp_replace",
    fidelity: Fidelity::Exact,
    constructs: &["regexp_replace"],
    page: "\
PostgreSQL takes the longest match, DuckDB the first: only patterns with one repeated part and no alternatives are the same. `\\&` and `\\0` in the replacement differ and are refused.",
    emit,
    examples: &[
        duckdb(
            "SELECT regexp_replace(x, '[0-9]+', '') AS r FROM t",
            "SELECT regexp_replace(x, '[0-9]+', '', 's') AS r\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT regexp_replace(x, 'a|ab', '') AS r FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let (Some(pattern), Some(with)) =
        (call.args.get(1).and_then(Expr::text), call.args.get(2).and_then(Expr::text))
    else {
        return Ok(None);
    };
    let flags = match call.args.get(3) {
        None => "s",
        Some(flags) => match flags.text() {
            Some("") => "s",
            Some("g") => "gs",
            Some("i") => "is",
            Some("gi" | "ig") => "gis",
            _ => return Ok(None),
        },
    };
    // A pattern that can match nothing does so at other places on the two engines.
    if pattern.is_empty() || pattern.contains(['*', '?']) {
        return Ok(None);
    }
    let repeats = pattern.matches('+').count();
    let plain = repeats <= 1
        && !pattern.contains(['|', '('])
        && !pattern.contains('\\')
        && super::regex_match::is_portable(pattern);
    let folds = flags.contains('i');
    if !plain || with.contains('\\') || (folds && !super::regex_match::folds_alike(pattern)) {
        return Ok(None);
    }
    let args: Vec<Fragment> =
        call.args.iter().take(3).map(|arg| emitter.expr(arg)).collect::<Emit<_>>()?;
    let text: Vec<&str> = args.iter().map(|a| a.text.as_str()).collect();
    Ok(Some(Fragment::atom(format!("regexp_replace({}, '{flags}')", text.join(", ")))))
}
