//! Rule `TR0108`, `integer overflow`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0108",
    name: "integer overflow",
    fidelity: Fidelity::Exact,
    constructs: &["+", "-", "*", "/"],
    page: "\
Integer overflow is an error on PostgreSQL; DataFusion wraps around in silence. The operation is done in a wider type and narrowed with a check.",
    emit,
    examples: &[datafusion(
        "SELECT i + 1 AS n FROM t",
        "SELECT CAST(CAST(i AS BIGINT) + CAST(1 AS BIGINT) AS INT) AS n\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    if !(left.ty.is_integer() && right.ty.is_integer() && expr.ty.is_integer()) {
        return Ok(None);
    }
    let (wide, narrow) = match expr.ty {
        // Only the smallest number divided by -1 overflows; decimals would not truncate.
        Type::Int8 if call.name == "/" => {
            if right.integer().is_none_or(|n| n == -1) {
                let args = emitter.args(&call.args)?;
                // Both are errors: out of range, and division by zero.
                return Ok(Some(fill(
                    "{0} / CASE WHEN {0} = -9223372036854775808 AND {1} = -1 THEN 0 ELSE {1} END",
                    &args,
                )));
            }
            ("BIGINT", "BIGINT")
        }
        Type::Int8 => ("DECIMAL(19, 0)", "BIGINT"),
        Type::Int4 => ("BIGINT", "INT"),
        _ => ("INT", "SMALLINT"),
    };
    let args = emitter.args(&call.args)?;
    let [l, r] = args.as_slice() else { return Ok(None) };
    Ok(Some(Fragment::atom(format!(
        "CAST(CAST({} AS {wide}) {} CAST({} AS {wide}) AS {narrow})",
        l.text, call.name, r.text
    ))))
}
