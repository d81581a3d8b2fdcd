//! Rule `TR0217`, `initcap`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
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
            "SELECT CASE WHEN regexp_matches(x, '[\\pM\\x{24B6}-\\x{24E9}\\x{10000}-\\x{10FFFF}]|[^\\PN0-9]') THEN error('initcap of such a letter is not known') ELSE coalesce(array_to_string(list_transform(regexp_extract_all(x, '[\\pL0-9]+|[^\\pL0-9]+'), lambda _w: CASE WHEN _w[1] = 'ß' THEN 'ß' ELSE upper(left(_w, 1)) END || lower(substr(_w, 2))), ''), x) END AS c\nFROM t",
        ),
        datafusion(
            "SELECT initcap(x) AS c FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN regexp_like(x, '[^\\x00-\\x7F\\x{C0}-\\x{12F}\\x{131}-\\x{148}\\x{14A}-\\x{17E}\\x{391}-\\x{3A1}\\x{3A4}-\\x{3A9}\\x{3B1}-\\x{3C9}\\x{400}-\\x{45F}\\x{4E00}-\\x{9FFF}\\x{AC00}-\\x{D7A3}]|(^|[^\\pL\\pN])ß') THEN 0 ELSE 1 END = 1 THEN initcap(x) END AS c\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(
        &format!(
            r"CASE WHEN regexp_matches({{0}}, '{}') THEN error('initcap of such a letter is not known') ELSE coalesce(array_to_string(list_transform(regexp_extract_all({{0}}, '[\pL0-9]+|[^\pL0-9]+'), lambda _w: CASE WHEN _w[1] = 'ß' THEN 'ß' ELSE upper(left(_w, 1)) END || lower(substr(_w, 2))), ''), {{0}}) END",
            super::regex::AMBIGUOUS
        ),
        &args,
    )))
}
