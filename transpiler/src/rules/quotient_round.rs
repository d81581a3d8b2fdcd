//! Rule `TR0114`, `rounded quotient`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb, refused},
    targets::Target,
};
use model::Caveat;
use sql::{
    Type,
    tree::{Call, Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0114",
    name: "rounded quotient",
    fidelity: Fidelity::Approximate(Caveat::Halves),
    constructs: &["round", "cast"],
    page: "\
A quotient or an average that is rounded to digits is computed in whole numbers and rounded half away from zero, as `numeric` is; a float could fall on the other side of a half. PostgreSQL cuts the quotient to 16 digits or more before it rounds once more, which could only show within 1e-16 of a half.",
    emit,
    examples: &[
        duckdb(
            "SELECT round(n / 3, 1) AS r FROM t",
            "SELECT CAST((CAST(CAST(n AS DECIMAL(38, 2)) * 100 AS HUGEINT) * 2 // (CAST(3 AS HUGEINT) * 10) + sign(CAST(CAST(n AS DECIMAL(38, 2)) * 100 AS HUGEINT)) * sign((CAST(3 AS HUGEINT) * 10))) // 2 AS DECIMAL(35, 0)) * 0.1 AS r\nFROM t",
        ),
        datafusion(
            "SELECT round(avg(n), 1) AS r FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN abs(CAST(CAST(sum(n) AS DECIMAL(38, 2)) / CAST(count(n) AS DECIMAL(31, 0)) AS DECIMAL(38, 1))) >= CAST('10000000000000000' AS DECIMAL(38, 0)) THEN 0 ELSE 1 END = 1 THEN CAST(CAST(sum(n) AS DECIMAL(38, 2)) / CAST(count(n) AS DECIMAL(31, 0)) AS DECIMAL(38, 1)) END AS r\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT round(n / 3, i) AS r FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let (value, digits, name) = match &expr.kind {
        ExprKind::Call(call) => match call.args.as_slice() {
            [value] => (value, Some(0), None),
            [value, digits] => (value, digits.integer(), None),
            _ => return Ok(None),
        },
        ExprKind::Cast { expr: value } => match &expr.ty {
            Type::Numeric(Some(shape)) => {
                (&**value, Some(shape.scale.into()), emitter.target().type_name(&expr.ty))
            }
            ty if ty.is_integer() => (&**value, Some(0), emitter.target().type_name(ty)),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    let digits = match digits.map(u32::try_from) {
        Some(Ok(digits)) if digits <= 12 && value.ty == Type::NUMERIC => digits,
        _ => return Ok(None),
    };
    let Some((dividend, divisor)) = quotient(value) else { return Ok(None) };
    let (Some(top), Some(bottom)) = (scale(&dividend), scale(&divisor)) else { return Ok(None) };
    // Whole operands give halves that a float holds: `TR0302` has a shorter form.
    let short = match &expr.kind {
        ExprKind::Call(call) => call.args.len() == 1,
        _ => matches!(expr.ty, Type::Int2 | Type::Int4),
    };
    if short && top + bottom == 0 && emitter.target() == Target::DuckDb {
        return Ok(None);
    }
    // PostgreSQL gives a quotient 16 digits, in groups of four: fewer than asked for behind a long
    // whole part, which is refused at run time where the types do not rule it out.
    let limit = 4 * ((16 - digits) / 4 + 1);
    let longest = dividend.ty.decimal_shape().map_or(38, |a| a.precision.saturating_sub(a.scale));
    let most_digits = (longest + bottom > limit).then_some(limit);
    if emitter.target() == Target::DataFusion {
        // It divides to four digits more than the dividend has and cuts the rest: one digit more
        // than asked for is enough to round by.
        let first = top.max(digits.saturating_sub(3));
        let fits = first + bottom + 4 < 38;
        if !fits {
            return Ok(None);
        }
        let args = [uncoerced(emitter, &dividend)?, uncoerced(emitter, &divisor)?];
        let divisor = format!("CAST({{1}} AS DECIMAL({}, {bottom}))", 37 - first - 4);
        let template = format!(
            "CAST(CAST({{0}} AS DECIMAL(38, {first})) / {divisor} AS DECIMAL(38, {digits}))"
        );
        let template = match most_digits {
            None => template,
            Some(digits) => {
                let most = format!("CAST('1{}' AS DECIMAL(38, 0))", "0".repeat(digits as usize));
                emitter.raise_if(&format!("abs({template}) >= {most}"), "", &template)
            }
        };
        // A cast to an integer would cut what a cast to a decimal rounds.
        let template = match name {
            Some(name) => format!("CAST({template} AS {name})"),
            None => template,
        };
        return Ok(Some(fill(&template, &args)));
    }
    // Both become whole numbers whose quotient is `dividend / divisor * 10^digits`.
    let up = bottom + digits;
    let args = [
        whole(emitter, &dividend, up.max(top))?,
        whole(emitter, &divisor, bottom + top.saturating_sub(up))?,
    ];
    let unit = match digits {
        0 => "1".to_owned(),
        digits => format!("0.{}1", "0".repeat(digits as usize - 1)),
    };
    // Twice the quotient, one further from zero, halved: both divisions cut.
    let mut template = format!(
        "CAST(({{0}} * 2 // {{1}} + sign({{0}}) * sign({{1}})) // 2 AS DECIMAL({}, 0)) * {unit}",
        36 - digits
    );
    let zero = "WHEN {1} = 0 AND {0} IS NOT NULL THEN error('22012: division by zero') ";
    let zero = if divisor.integer().is_some_and(|n| n != 0) { "" } else { zero };
    let long = most_digits.map_or_else(String::new, |most| {
        format!(
            "WHEN abs({{0}} // {{1}}) >= 1{} THEN error('a quotient of so many digits is not known') ",
            "0".repeat((most + digits) as usize)
        )
    });
    if !(zero.is_empty() && long.is_empty()) {
        template = format!("CASE {zero}{long}ELSE {template} END");
    }
    if let Some(name) = name {
        template = format!("CAST({template} AS {name})");
    }
    Ok(Some(fill(&template, &args)))
}

/// Dividend and divisor of a quotient, also behind a factor; an average is a sum over a count.
fn quotient(expr: &Expr) -> Option<(Expr, Expr)> {
    let call = expr.call()?;
    match (call.name, call.args.as_slice()) {
        // `a / b / c` is `a / (b * c)`.
        ("/", [inner, divisor]) if inner.ty == Type::NUMERIC => {
            let (dividend, first) = quotient(inner)?;
            Some((dividend, product(first, divisor)?))
        }
        ("/", [dividend, divisor]) => Some((dividend.clone(), divisor.clone())),
        ("*", [one, two]) => {
            let (inner, factor) = if one.ty == Type::NUMERIC { (one, two) } else { (two, one) };
            let (dividend, divisor) = quotient(inner)?;
            Some((product(dividend, factor)?, divisor))
        }
        ("avg", [arg]) if arg.ty.is_exact_number() => {
            let part = |name: &'static str, ty: Type| {
                let call = Call { name, args: vec![arg.clone()], ..call.clone() };
                Expr { kind: ExprKind::Call(Box::new(call)), ty, span: expr.span }
            };
            let scale = scale(arg)?;
            Some((part("sum", Type::decimal(38, scale)), part("count", Type::Int8)))
        }
        _ => None,
    }
}

/// Two exact numbers multiplied.
fn product(one: Expr, two: &Expr) -> Option<Expr> {
    let (a, b) = one.ty.decimal_shape().zip(two.ty.decimal_shape())?;
    let ty = Type::decimal((a.precision + b.precision).min(38), a.scale + b.scale);
    let span = one.span;
    Some(Expr::scalar("*", vec![one, two.clone()], ty, span))
}

/// Digits behind the point, where they are known.
fn scale(expr: &Expr) -> Option<u32> {
    expr.ty.decimal_shape().map(|shape| shape.scale).filter(|scale| *scale <= 18)
}

/// `expr * 10^power` as a whole number; `power` is at least the scale.
pub(super) fn whole(emitter: &mut Emitter, expr: &Expr, power: u32) -> Emit<Fragment> {
    let inner = plain(expr);
    let text = emitter.expr(inner)?;
    let factor = format!("1{}", "0".repeat(power as usize));
    Ok(Fragment::atom(match (scale(inner), power) {
        (_, 0) => format!("CAST({} AS HUGEINT)", text.text),
        (Some(0), _) => format!("(CAST({} AS HUGEINT) * {factor})", text.text),
        (Some(scale), _) => {
            format!("CAST(CAST({} AS DECIMAL(38, {scale})) * {factor} AS HUGEINT)", text.text)
        }
        (None, _) => text.text,
    }))
}

/// The expression behind a conversion that PostgreSQL makes by itself.
fn plain(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Coerce { expr } => expr,
        _ => expr,
    }
}

fn uncoerced(emitter: &mut Emitter, expr: &Expr) -> Emit<Fragment> {
    emitter.expr(plain(expr))
}
