//! Texts that the source cuts at a number of bytes, with a warning.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Example, Fidelity, Rule},
    targets::Target,
};
use model::{Caveat, Dialect};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0232",
    name: "text that the source cuts",
    fidelity: Fidelity::Approximate(Caveat::CutText),
    constructs: &["cut_text"],
    page: "\
MySQL cuts what GROUP_CONCAT joins at `group_concat_max_len` bytes, 1,024 if nobody says another number, and warns where few look. No target has such a limit, so the text is whole here. Say the source's number in the setting `group_concat_max_len`: from 1,073,741,824 on nothing is cut, and the translation is exact. Teradata cuts the texts of a set operation at the length of those of its first SELECT; where no type says that length, they are whole here.",
    emit,
    examples: &[
        example(
            "SELECT GROUP_CONCAT(x ORDER BY i) AS a FROM t",
            Target::DuckDb,
            "SELECT string_agg(x, ',' ORDER BY i NULLS FIRST) AS a\nFROM t",
        ),
        example(
            "SELECT GROUP_CONCAT(x ORDER BY i) AS a FROM t",
            Target::DataFusion,
            "SELECT string_agg(x, ',' ORDER BY i NULLS FIRST) AS a\nFROM t",
        ),
    ],
};

const fn example(sql: &'static str, target: Target, becomes: &'static str) -> Example {
    Example { from: Dialect::MySql, sql, target, becomes: Some(becomes) }
}

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(whole) = expr.call().and_then(|call| call.args.first()) else { return Ok(None) };
    emitter.expr(whole).map(Some)
}
