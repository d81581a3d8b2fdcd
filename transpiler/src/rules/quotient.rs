//! The exact quotient of dialects whose division has a fixed scale.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, snowflake},
    targets::Target,
};
use sql::{DecimalShape, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0117",
    name: "quotient of fixed digits",
    fidelity: Fidelity::Exact,
    constructs: &["quotient", "quotient_trunc"],
    page: "\
Many warehouses divide exact numbers to a scale that follows from the operands' types, and round the last digit half away from zero. DuckDB divides decimals as floats; the quotient is computed in whole numbers of 128 bits instead: for a scale of 6, ten to the sixth times the dividend, divided with `//`. DataFusion divides decimals to four digits more than the dividend has and cuts the rest, so the dividend gets enough digits first. What does not fit 38 digits is an error on both. A divisor of zero stays an error.",
    emit,
    examples: &[
        snowflake(
            Target::DuckDb,
            "SELECT j / 3 AS q FROM t",
            "SELECT CAST(CAST(((CAST(j AS HUGEINT) * CAST('1000000' AS HUGEINT)) * 2 // CAST(3 AS HUGEINT) + sign(j) * sign(3)) // 2 AS DECIMAL(32, 0)) * CAST('0.000001' AS DECIMAL(6, 6)) AS DECIMAL(38, 6)) AS q\nFROM t",
        ),
        snowflake(
            Target::DataFusion,
            "SELECT j / b AS q FROM t",
            "SELECT CAST(round(CAST(j AS DECIMAL(38, 3)) / b, 6) AS DECIMAL(38, 6)) AS q\nFROM t",
        ),
    ],
};

pub(super) fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [left, right, digits] = call.args.as_slice() else { return Ok(None) };
    let shapes = left.ty.decimal_shape().zip(right.ty.decimal_shape());
    let scale = digits.integer().and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= 37);
    let (Some((one, two)), Some(scale)) = (shapes, scale) else { return Ok(None) };
    let cut = call.name == "quotient_trunc";
    let args = [emitter.expr(left)?, emitter.expr(right)?];
    let template = if emitter.target() == Target::DuckDb {
        let value = whole_numbers(one, two, scale, cut);
        if right.integer().is_some_and(|n| n != 0) {
            value
        } else {
            format!(
                "CASE WHEN {{1}} = 0 AND {{0}} IS NOT NULL THEN error('22012: division by zero') ELSE {value} END"
            )
        }
    } else {
        // Four digits more than the dividend's, of which one decides how to round.
        let first = one.scale.max(scale.saturating_sub(3));
        if first + two.scale + 4 >= 38 {
            return emitter.refuse("a quotient of this many digits", expr.span);
        }
        let quotient = format!("CAST({{0}} AS DECIMAL(38, {first})) / {{1}}");
        // Its `trunc` computes in floats.
        // A cast that rounds would be left out of a comparison (`TR0398`).
        let quotient = if !cut && first + 4 > scale {
            format!("round({quotient}, {scale})")
        } else if cut && first + 4 > scale {
            let unit = match scale {
                // A remainder of 1 is taken for none, whatever stands behind the point.
                0 => "-1".to_owned(),
                some => format!("0.{}1", "0".repeat(some as usize - 1)),
            };
            format!("{quotient} - {quotient} % CAST('{unit}' AS DECIMAL(38, {scale}))")
        } else {
            quotient
        };
        format!("CAST({quotient} AS DECIMAL(38, {scale}))")
    };
    Ok(Some(fill(&template, &args)))
}

/// Both operands as whole numbers, divided as such, and brought back to `scale` digits.
fn whole_numbers(one: DecimalShape, two: DecimalShape, scale: u32, cut: bool) -> String {
    let power = |digits: u32| format!("CAST('1{}' AS HUGEINT)", "0".repeat(digits as usize));
    let (mut dividend, mut divisor) = (whole("{0}", one), whole("{1}", two));
    let shift = i64::from(scale) + i64::from(two.scale) - i64::from(one.scale);
    if let Ok(up @ 1..) = u32::try_from(shift) {
        dividend = format!("({dividend} * {})", power(up));
    } else if let Ok(down @ 1..) = u32::try_from(-shift) {
        divisor = format!("({divisor} * {})", power(down));
    }
    let quotient = if cut {
        format!("{dividend} // {divisor}")
    } else {
        // Twice the quotient, one further from zero, halved: both divisions cut.
        format!("({dividend} * 2 // {divisor} + sign({{0}}) * sign({{1}})) // 2")
    };
    if scale == 0 {
        return format!("CAST({quotient} AS DECIMAL(38, 0))");
    }
    if scale > 12 {
        // A product of decimals would leave too few digits for the whole part: the point is put
        // into the text.
        return format!(
            "CAST(regexp_replace(format('{{:0{}d}}', {quotient}), '(.{{{scale}}})$', '.\\1') AS DECIMAL(38, {scale}))",
            scale + 2
        );
    }
    let unit = format!("0.{}1", "0".repeat(scale as usize - 1));
    format!(
        "CAST(CAST({quotient} AS DECIMAL({}, 0)) * CAST('{unit}' AS DECIMAL({scale}, {scale})) AS DECIMAL(38, {scale}))",
        38 - scale
    )
}

/// All digits of a decimal as a whole number.
fn whole(slot: &str, shape: DecimalShape) -> String {
    if shape.scale == 0 {
        return format!("CAST({slot} AS HUGEINT)");
    }
    if shape.precision + shape.scale < 38 {
        let power = format!("1{}", "0".repeat(shape.scale as usize));
        // The product of two decimals of up to 18 digits has no more than 18.
        let wide = shape.precision + shape.scale >= 18;
        let digits = if wide { 19.max(shape.scale + 1) } else { shape.scale + 1 };
        let type_name = format!("DECIMAL({digits}, 0)");
        return format!("CAST({slot} * CAST({power} AS {type_name}) AS HUGEINT)");
    }
    // The product of decimals would be too wide for its type. A constant may show fewer digits
    // than its type has.
    let type_name = format!("DECIMAL({}, {})", shape.precision.min(38), shape.scale);
    format!("CAST(replace(CAST(CAST({slot} AS {type_name}) AS VARCHAR), '.', '') AS HUGEINT)")
}
