//! Rule `TR0111`, `rounding to digits`.

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
    if emitter.target() == Target::DataFusion
        && call.name == "round"
        && let Some(rounded) = round_on_datafusion(emitter, &call.args)?
    {
        return Ok(Some(rounded));
    }
    let [value, digits] = call.args.as_slice() else { return Ok(None) };
    // DataFusion cuts decimals as floats.
    if emitter.target() == Target::DataFusion && call.name == "trunc" {
        return cut_on_datafusion(emitter, value, digits.integer());
    }
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
        // Of a constant with fewer digits than its type has it gives zero for NULL, too.
        (Type::Numeric(Some(_)), Some(..0)) if emitter.target() == Target::DuckDb => {
            let Some(name) = emitter.target().type_name(&value.ty) else { return Ok(None) };
            let args = emitter.args(&call.args)?;
            let template = format!("{}(CAST({{0}} AS {name}), {{1}})", call.name);
            Ok(Some(fill(&template, &args)))
        }
        (Type::Numeric(Some(_)), Some(_)) => {
            let args = emitter.args(&call.args)?;
            Ok(Some(Fragment::call(call.name, &args)))
        }
        _ => Ok(None),
    }
}

/// It says that a decimal keeps its type and gives one of another: without a cast they do not compare.
fn round_on_datafusion(emitter: &mut Emitter, args: &[Expr]) -> Emit<Option<Fragment>> {
    let (value, digits) = match args {
        [value] => (value, Some(0)),
        [value, digits] => (value, digits.integer().and_then(|n| u32::try_from(n).ok())),
        _ => return Ok(None),
    };
    let (Type::Numeric(Some(shape)), Some(digits)) = (&value.ty, digits) else { return Ok(None) };
    if digits >= shape.scale || shape.precision > 38 {
        return Ok(None);
    }
    let rounded = emitter.expr(value)?;
    // It has one digit more than it says, which 38 of them leave no room for.
    let wide = if shape.precision == 38 {
        rounded
    } else {
        Fragment::atom(format!("CAST({} AS DECIMAL(38, {}))", rounded.text, shape.scale))
    };
    let ty = format!("DECIMAL({}, {digits})", (shape.precision + 1).min(38));
    Ok(Some(fill(&format!("CAST(round({{0}}, {digits}) AS {ty})"), &[wide])))
}

/// What stands behind the digits is the remainder of their unit.
fn cut_on_datafusion(
    emitter: &mut Emitter,
    value: &Expr,
    digits: Option<i64>,
) -> Emit<Option<Fragment>> {
    let Some(shape) = value.ty.decimal_shape() else { return Ok(None) };
    if shape.precision >= 38 {
        return Ok(None);
    }
    if let Some(digits @ -30..=0) = digits {
        let zeros = usize::try_from(digits.unsigned_abs()).unwrap_or_default();
        let whole = shape.precision - shape.scale;
        let value = emitter.expr(value)?;
        // A remainder of 1 is taken for none.
        let unit = if zeros == 0 { "-1".to_owned() } else { format!("1{}", "0".repeat(zeros)) };
        return Ok(Some(fill(
            &format!(
                "CAST({{0}} - {{0}} % CAST('{unit}' AS DECIMAL({}, 0)) AS DECIMAL({}, 0))",
                zeros + 1,
                whole + 1
            ),
            &[value],
        )));
    }
    let Some(digits @ 1..) = digits.and_then(|n| u32::try_from(n).ok()) else { return Ok(None) };
    let value = emitter.expr(value)?;
    if digits >= shape.scale {
        return Ok(Some(value));
    }
    let unit = format!("0.{}1", "0".repeat(digits as usize - 1));
    // `round` says that it has this precision and has one more: without that they do not compare.
    let (precision, scale) = (shape.precision + 1, shape.scale);
    Ok(Some(fill(
        &format!(
            "CAST({{0}} - {{0}} % CAST('{unit}' AS DECIMAL({scale}, {digits})) AS DECIMAL({precision}, {digits}))"
        ),
        &[value],
    )))
}
