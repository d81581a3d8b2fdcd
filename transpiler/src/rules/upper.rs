//! Rule `TR0205`, `upper case of ß`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0205",
    name: "upper case of ß",
    fidelity: Fidelity::Exact,
    constructs: &["upper"],
    page: "\
PostgreSQL keeps `ß` in upper case; DuckDB writes `ẞ`. The letter is taken out and put back; the private character U+10FFFD stands in for it meanwhile.",
    emit,
    examples: &[
        duckdb(
            "SELECT upper(x) AS u FROM t",
            "SELECT replace(upper(replace(x, 'ß', chr(1114109))), chr(1114109), 'ß') AS u\nFROM t",
        ),
        datafusion(
            "SELECT upper(x) AS u FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN regexp_like(x, '[^\\x00-\\x{148}\\x{14A}-\\x{17F}\\x{391}-\\x{3A9}\\x{3B1}-\\x{3C9}\\x{400}-\\x{45F}\\x{2000}-\\x{206F}\\x{20A0}-\\x{20BF}\\x{3000}-\\x{9FFF}\\x{AC00}-\\x{D7A3}]') THEN 0 ELSE 1 END = 1 THEN replace(upper(replace(x, 'ß', chr(1114109))), chr(1114109), 'ß') END AS u\nFROM t",
        ),
    ],
};

/// `ß` has no upper case on PostgreSQL: it is kept out of the way.
const SHARP: &str = "replace(upper(replace({0}, 'ß', chr(1114109))), chr(1114109), 'ß')";

/// Characters with the same upper case on PostgreSQL and DataFusion, which knows letters that become
/// several.
const ALIKE: &str = r"\x00-\x{148}\x{14A}-\x{17F}\x{391}-\x{3A9}\x{3B1}-\x{3C9}\x{400}-\x{45F}\x{2000}-\x{206F}\x{20A0}-\x{20BF}\x{3000}-\x{9FFF}\x{AC00}-\x{D7A3}";

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let args = emitter.args(&call.args)?;
    if emitter.target() == Target::DataFusion {
        let condition = format!("regexp_like({{0}}, '[^{ALIKE}]')");
        let template = emitter.raise_if(&condition, "", SHARP);
        return Ok(Some(fill(&template, &args)));
    }
    Ok(Some(fill(SHARP, &args)))
}
