//! Timestamps that nanoseconds of 64 bits do not reach, compared with what may be counted in them.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind, Literal},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0525",
    name: "timestamps beyond nanoseconds",
    fidelity: Fidelity::Exact,
    constructs: &["=", "<>", "<", "<=", ">", ">=", "between", "not between"],
    page: "\
A timestamp of DataFusion counts nanoseconds where its type says nothing else, which reach from the year 1677 to 2262. Compared with a later one, such as the end of all time, `9999-12-31`, the other is converted to nanoseconds and becomes NULL, without an error. What is compared with such a constant counts microseconds first; a cast alone would be moved to the constant.",
    emit,
    examples: &[
        datafusion(
            "SELECT ts < '9999-12-31' AS b FROM t",
            "SELECT (to_timestamp_micros(ts) < CAST('9999-12-31 00:00:00' AS TIMESTAMP(6))) AS b\nFROM t",
        ),
        datafusion(
            "SELECT ts BETWEEN '0001-01-01' AND '2024-01-01' AS b FROM t",
            "SELECT (to_timestamp_micros(ts) BETWEEN CAST('0001-01-01 00:00:00' AS TIMESTAMP(6)) AND CAST('2024-01-01 00:00:00' AS TIMESTAMP(6))) AS b\nFROM t",
        ),
        datafusion(
            "SELECT ts < '2024-01-01' AS b FROM t",
            "SELECT ts < CAST('2024-01-01 00:00:00' AS TIMESTAMP(6)) AS b\nFROM t",
        ),
    ],
};

/// The years that nanoseconds reach as a whole.
const REACHED: std::ops::Range<i32> = 1678..2262;

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DataFusion) else {
        return Ok(None);
    };
    let stamps = |arg: &Expr| matches!(arg.ty, Type::Timestamp | Type::TimestampTz);
    if !call.args.iter().all(stamps) || !call.args.iter().any(is_far) {
        return Ok(None);
    }
    let template = match call.args.len() {
        2 => format!("({{0}} {} {{1}})", call.name),
        3 => format!("({{0}} {} {{1}} AND {{2}})", call.name.to_ascii_uppercase()),
        _ => return Ok(None),
    };
    let mut args = emitter.args(&call.args)?;
    for (arg, expr) in args.iter_mut().zip(&call.args) {
        if expr.is_constant() {
            continue;
        }
        *arg = match expr.ty {
            Type::TimestampTz => {
                let Some(ty) = emitter.target().type_name(&expr.ty) else { continue };
                fill(&format!("CAST({{0}} AS {ty}) + INTERVAL '0 days'"), std::slice::from_ref(arg))
            }
            _ => Fragment::atom(format!("to_timestamp_micros({})", arg.text)),
        };
    }
    Ok(Some(Fragment::atom(fill(&template, &args).text)))
}

/// Is it a constant that nanoseconds do not reach?
fn is_far(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => is_far(expr),
        ExprKind::Literal(Literal::Typed(text)) => {
            let year = text.split('-').next().and_then(|year| year.trim().parse().ok());
            year.is_some_and(|year: i32| !REACHED.contains(&year))
        }
        _ => false,
    }
}
