//! An exact number of known scale is rounded half away from zero, or cut, to a fixed count of digits on both. A quotient or an average is a float on the targets and could fall on the other side of a half: `TR0114` looks at it.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0111",
    name: "rounding to digits",
    fidelity: Fidelity::Exact,
    constructs: &["round", "trunc"],
    page: "\
An exact number of known scale is rounded half away from zero, or cut, to a fixed count of digits on both. A quotient or an average is a float on the targets and could fall on the other side of a half: `TR0114` looks at it.",
    emit,
    examples: &[
        duckdb("SELECT round(n, 1) AS r FROM t", "SELECT round(n, 1) AS r\nFROM t"),
        refused(Target::DuckDb, "SELECT round(n, i) AS r FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    // DataFusion cuts decimals as floats.
    if emitter.target() == Target::DataFusion && call.name == "trunc" {
        return Ok(None);
    }
    let [value, digits] = call.args.as_slice() else { return Ok(None) };
    match (&value.ty, digits.integer()) {
        // It takes what has fewer digits before the point than are rounded away for zero: 748 to
        // thousands.
        (Type::Numeric(Some(shape)), Some(digits))
            if digits < 0
                && digits.unsigned_abs()
                    >= u64::from(shape.precision.saturating_sub(shape.scale)) =>
        {
            let wide = digits.unsigned_abs() + 1 + u64::from(shape.scale);
            if wide > 38 {
                return Ok(None);
            }
            let args = emitter.args(&call.args)?;
            let template =
                format!("{}(CAST({{0}} AS DECIMAL({wide}, {})), {{1}})", call.name, shape.scale);
            Ok(Some(fill(&template, &args)))
        }
        (Type::Numeric(Some(_)), Some(_)) => {
            let args = emitter.args(&call.args)?;
            Ok(Some(Fragment::call(call.name, &args)))
        }
        _ => Ok(None),
    }
}
