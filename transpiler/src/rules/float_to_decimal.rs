//! Rule `TR0115`, `float as a decimal`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use sql::{
    DecimalShape, Type,
    tree::{Call, Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0115",
    name: "float as a decimal",
    fidelity: Fidelity::Exact,
    constructs: &["cast"],
    page: "\
PostgreSQL turns a float into `numeric` by its text of 15 digits; DuckDB rounds the binary value: `1.005` becomes 1.01 and 1.00. The text is written and read, without an exponent: DuckDB reads `7e-05` as 0.01 where two digits are kept. On DataFusion the digits are counted; what lies so near to a half that its 15 digits decide is raised.",
    emit,
    examples: &[
        duckdb(
            "SELECT f::numeric(10,2) AS r FROM t",
            "SELECT CAST(printf('%.15g', CASE WHEN abs(f) < CAST('1e-4' AS DOUBLE) THEN 0 ELSE f END) AS DECIMAL(10, 2)) AS r\nFROM t",
        ),
        datafusion(
            "SELECT f::numeric(10,2) AS r FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN NOT abs(f * CAST('1e2' AS DOUBLE)) < CAST('1e14' AS DOUBLE) OR abs(abs(f * CAST('1e2' AS DOUBLE)) % 1 - CAST('0.5' AS DOUBLE)) BETWEEN abs(f * CAST('1e2' AS DOUBLE)) * CAST('3e-16' AS DOUBLE) AND abs(f * CAST('1e2' AS DOUBLE)) * CAST('1e-14' AS DOUBLE) THEN 0 ELSE 1 END = 1 THEN CAST(CAST(round(f * CAST('1e2' AS DOUBLE) * CAST('1.0000000000000009' AS DOUBLE)) AS DECIMAL(16, 0)) * CAST('0.01' AS DECIMAL(2, 2)) AS DECIMAL(10, 2)) END AS r\nFROM t",
        ),
        refused(Target::DataFusion, "SELECT f::numeric(38,20) AS r FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let (ExprKind::Cast { expr: inner }, Type::Numeric(Some(shape))) = (&expr.kind, &expr.ty)
    else {
        return Ok(None);
    };
    if inner.ty != Type::Float8 || shape.precision > 38 {
        return Ok(None);
    }
    let Some(name) = emitter.target().type_name(&expr.ty) else { return Ok(None) };
    if emitter.target() == Target::DataFusion {
        return on_datafusion(emitter, inner, *shape);
    }
    let value = emitter.expr(inner)?;
    // A value by chance is not compared, and must not be taken twice.
    let by_chance = |part: &Expr| part.call().is_some_and(Call::is_chance);
    let text = if inner.any_part(&by_chance) {
        "printf('%.15g', {0})".to_owned()
    } else {
        text_of_float("{0}", shape.scale)
    };
    Ok(Some(fill(&format!("CAST({text} AS {name})"), &[value])))
}

/// The text of a float by 15 digits, to be read as a decimal with so many digits behind the point.
pub(super) fn text_of_float(value: &str, scale: u32) -> String {
    if scale > 3 {
        return without_exponent(&format!("printf('%.15g', {value})"));
    }
    let is_small = format!("abs({value}) < CAST('1e-4' AS DOUBLE)");
    format!("printf('%.15g', CASE WHEN {is_small} THEN 0 ELSE {value} END)")
}

/// A text such as `-4.5e-05` without its exponent below zero: DuckDB 1.5 reads one as a decimal by
/// rounding its first digit, wherever it stands.
pub(super) fn without_exponent(text: &str) -> String {
    format!(
        "CASE WHEN contains({text}, 'e-') THEN CASE WHEN starts_with({text}, '-') THEN '-' ELSE '' END || '0.' || repeat('0', CAST(split_part({text}, 'e-', 2) AS INTEGER) - 1) || replace(ltrim(split_part({text}, 'e-', 1), '-'), '.', '') ELSE {text} END"
    )
}

/// Its digits as a whole number: a float as near to a half as the nearest float to it is that half.
/// Between there and what 15 digits tell apart nothing is known.
fn on_datafusion(
    emitter: &mut Emitter,
    inner: &Expr,
    shape: DecimalShape,
) -> Emit<Option<Fragment>> {
    let DecimalShape { precision, scale } = shape;
    if scale > 15 {
        return Ok(None);
    }
    let digits = match scale {
        0 => "{0}".to_owned(),
        scale => format!("{{0}} * CAST('1e{scale}' AS DOUBLE)"),
    };
    let size = format!("abs({digits})");
    let condition = format!(
        "NOT {size} < CAST('1e14' AS DOUBLE) OR abs({size} % 1 - CAST('0.5' AS DOUBLE)) BETWEEN {size} * CAST('3e-16' AS DOUBLE) AND {size} * CAST('1e-14' AS DOUBLE)"
    );
    // Such a half is moved over itself.
    let whole =
        format!("CAST(round({digits} * CAST('1.0000000000000009' AS DOUBLE)) AS DECIMAL(16, 0))");
    let value = match scale {
        0 => whole,
        scale => {
            let zeros = "0".repeat(scale as usize - 1);
            format!("{whole} * CAST('0.{zeros}1' AS DECIMAL({scale}, {scale}))")
        }
    };
    let value = format!("CAST({value} AS DECIMAL({precision}, {scale}))");
    let template = emitter.raise_if_of(std::slice::from_ref(inner), &condition, &value);
    Ok(Some(fill(&template, &[emitter.expr(inner)?])))
}
