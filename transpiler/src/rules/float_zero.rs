//! Zero has two signs, and so has NaN. PostgreSQL takes them for equal; DataFusion compares, sorts and groups floats by their total order, where `-0.0` is less than `0.0` and `-NaN` than all numbers. Zero is added to what is no constant, which makes the sign plus, and NaN is written anew.

use crate::{
    emit::{Emitter, is_float},
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0390",
    name: "zeros of both signs",
    fidelity: Fidelity::Exact,
    constructs: &["=", "<>", "<", "<=", ">", ">=", "between", "not between"],
    page: "\
Zero has two signs, and so has NaN: arithmetic makes both, and tables hold both. PostgreSQL takes them for equal; DataFusion compares, sorts and groups floats by their total order, where `-0.0` is less than `0.0`, and a NaN with a sign less than all numbers. What is compared, sorted by or grouped by and is no constant gets a zero added, which makes the sign of zero plus, and any NaN in it is replaced by the one without a sign. Beside constants only that is done of which the result depends.",
    emit,
    examples: &[
        datafusion(
            "SELECT f < 0 AS b FROM t",
            "SELECT (nanvl(f + CAST(0 AS DOUBLE), CAST('NaN' AS DOUBLE)) < CAST(0 AS DOUBLE)) AS b\nFROM t",
        ),
        datafusion(
            "SELECT f FROM t ORDER BY f, i",
            "SELECT f\nFROM t\nORDER BY nanvl(f + CAST(0 AS DOUBLE), CAST('NaN' AS DOUBLE)) NULLS LAST, t.i NULLS LAST",
        ),
        datafusion(
            "SELECT f FROM t GROUP BY f",
            "SELECT nanvl(f + CAST(0 AS DOUBLE), CAST('NaN' AS DOUBLE)) AS f\nFROM t\nGROUP BY nanvl(t.f + CAST(0 AS DOUBLE), CAST('NaN' AS DOUBLE))",
        ),
        datafusion(
            "SELECT count(DISTINCT f) AS n FROM t",
            "SELECT count(DISTINCT nanvl(f + CAST(0 AS DOUBLE), CAST('NaN' AS DOUBLE))) AS n\nFROM t",
        ),
        datafusion(
            "SELECT i FROM t ORDER BY f - g",
            "SELECT i\nFROM t\nORDER BY nanvl(t.f - t.g + CAST(0 AS DOUBLE), CAST('NaN' AS DOUBLE)) NULLS LAST",
        ),
        datafusion(
            "SELECT f < 1.5 AS b FROM t",
            "SELECT (nanvl(f, CAST('NaN' AS DOUBLE)) < CAST(CAST('1.5' AS DECIMAL(2, 1)) AS DOUBLE)) AS b\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    let inside = emitter.floats_inside();
    let equality = ["=", "<>"].contains(&call.name);
    let (template, among) = match call.args.as_slice() {
        [left, right] => (
            format!("{{0}} {} {{1}}", call.name),
            Signs {
                zero: !is_beside_zero(left) && !is_beside_zero(right),
                // Either NaN is another value than any number.
                nan: !(equality && (is_number(left) || is_number(right))),
            },
        ),
        [_, low, high] => (
            format!("({{0}}) {} ({{1}}) AND ({{2}})", call.name.to_ascii_uppercase()),
            Signs {
                zero: !(is_beside_zero(low) && is_beside_zero(high)),
                // Either NaN is outside.
                nan: !(is_number(low) && is_number(high)),
            },
        ),
        _ => return Ok(None),
    };
    let signs: Vec<Signs> = call.args.iter().map(|arg| signs(arg, inside).and(among)).collect();
    if !signs.iter().any(|signs| signs.zero || signs.nan) {
        return Ok(None);
    }
    if equality {
        // A quotient of decimals is a float here.
        call.args.iter().try_for_each(|arg| emitter.must_be_exact(arg))?;
    }
    let mut args = emitter.args(&call.args)?;
    for ((arg, expr), signs) in args.iter_mut().zip(&call.args).zip(signs) {
        if !emitter.is_key_already(expr) {
            *arg = signs.settled(arg, expr);
        }
    }
    let mut compared = fill(&template, &args);
    compared.text = format!("({})", compared.text);
    Ok(Some(Fragment::atom(compared.text)))
}

/// The value with one zero and one NaN only.
pub(crate) fn settled(value: &Fragment, expr: &Expr, inside: bool) -> Fragment {
    signs(expr, inside).settled(value, expr)
}

/// The value with one NaN only, where it may be another: what is greater or less than others.
pub(crate) fn with_one_nan(value: &Fragment, expr: &Expr) -> Option<Fragment> {
    let signs = Signs { zero: false, ..signs(expr, false) };
    signs.nan.then(|| signs.settled(value, expr))
}

/// Can two values of the expression be equal and yet be told apart?
pub(crate) fn may_differ(expr: &Expr, inside: bool) -> bool {
    let signs = signs(expr, inside);
    signs.zero || signs.nan
}

/// Which values of an expression may have either sign. Tables hold both of NaN, too.
#[derive(Debug, Clone, Copy)]
struct Signs {
    zero: bool,
    nan: bool,
}

impl Signs {
    const NONE: Self = Self { zero: false, nan: false };

    fn and(self, other: Self) -> Self {
        Self { zero: self.zero && other.zero, nan: self.nan && other.nan }
    }

    fn settled(self, value: &Fragment, expr: &Expr) -> Fragment {
        let ty = if expr.ty == Type::Float4 { "REAL" } else { "DOUBLE" };
        let mut value = value.clone();
        if self.zero {
            let zero = Fragment::atom(format!("CAST(0 AS {ty})"));
            value = Fragment::infix(&value, "+", &zero, Level::Add);
        }
        if self.nan {
            let nan = Fragment::atom(format!("CAST('NaN' AS {ty})"));
            value = Fragment::call("nanvl", &[value, nan]);
        }
        value
    }
}

/// `inside`: is what is exact on PostgreSQL computed in floats by a query inside?
fn signs(expr: &Expr, inside: bool) -> Signs {
    if expr.ty.is_float() {
        return signs_of_float(expr);
    }
    let divides = |call: &Call| ["/", "*", "unary -"].contains(&call.name);
    let zero = is_float(expr, inside)
        && (expr.any_call(&divides) || matches!(expr.kind, ExprKind::Column { .. }));
    // A division by zero is an error.
    Signs { zero, nan: false }
}

/// Constants have no sign of their own, nor have exact numbers and counts.
fn signs_of_float(expr: &Expr) -> Signs {
    if is_constant(expr, |number| number.is_some_and(|value| value != 0.0)) {
        return Signs::NONE;
    }
    match &expr.kind {
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => {
            if expr.ty.is_integer() || matches!(expr.ty, Type::Numeric(Some(_))) {
                Signs::NONE
            } else {
                signs_of_float(expr)
            }
        }
        // `'-0'::float8`
        ExprKind::Literal(Literal::Text(text) | Literal::Typed(text)) => {
            let value = text.trim().parse::<f64>();
            let minus = |is: fn(f64) -> bool| {
                value.as_ref().map_or(true, |&value| is(value) && value.is_sign_negative())
            };
            Signs { zero: minus(|value| value == 0.0), nan: minus(f64::is_nan) }
        }
        ExprKind::Literal(_) => Signs::NONE,
        ExprKind::Call(call) => Signs { zero: call.name != "abs", nan: true },
        _ => Signs { zero: true, nan: true },
    }
}

/// Is it a constant that either zero is on the same side of?
fn is_beside_zero(expr: &Expr) -> bool {
    is_constant(expr, |digits| digits.is_none_or(|value| value != 0.0))
}

/// Is it a constant that is a number?
fn is_number(expr: &Expr) -> bool {
    is_constant(expr, |digits| digits.is_some())
}

/// Is it NULL, or a number that is written out, for which the condition holds?
fn is_constant(expr: &Expr, holds: fn(Option<f64>) -> bool) -> bool {
    match &expr.kind {
        // As another number it may be cut.
        ExprKind::Coerce { expr: inner } | ExprKind::Cast { expr: inner } => {
            expr.ty.is_float() && is_constant(inner, holds)
        }
        ExprKind::Call(call) if call.name == "unary -" => {
            call.args.iter().all(|arg| is_constant(arg, holds))
        }
        ExprKind::Literal(Literal::Number(digits)) => {
            digits.parse::<f64>().is_ok_and(|value| holds(Some(value)))
        }
        ExprKind::Literal(Literal::Null) => holds(None),
        _ => false,
    }
}
