//! Rule `TR0124`, `continuous percentile`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, ROUNDED, Rule, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, FunctionKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0124",
    name: "continuous percentile",
    fidelity: ROUNDED,
    constructs: &["percentile_cont"],
    page: "\
DuckDB interpolates decimals as decimals and rounds; PostgreSQL gives a float: the values become floats. Only ascending order and a constant fraction are translated.",
    emit,
    examples: &[duckdb(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY f) AS m FROM t",
        "SELECT quantile_cont(f, CAST(0.5 AS DOUBLE)) AS m\nFROM t",
    )],
};

/// The value at or before the place.
macro_rules! lower {
    () => {
        "array_element(array_sort(array_agg({0}) FILTER (WHERE {2} IS NOT NULL)), CAST(floor({1} * (count({2}) - 1)) AS BIGINT) + 1)"
    };
}

/// The values beside the place, of which the second counts as much as the place is behind the first.
const INTERPOLATED: &str = concat!(
    "CASE WHEN floor({1} * (count({2}) - 1)) = ceil({1} * (count({2}) - 1)) THEN ",
    lower!(),
    " ELSE ",
    lower!(),
    " + ({1} * (count({2}) - 1) - floor({1} * (count({2}) - 1))) * (array_element(array_sort(array_agg({0}) FILTER (WHERE {2} IS NOT NULL)), CAST(ceil({1} * (count({2}) - 1)) AS BIGINT) + 1) - ",
    lower!(),
    ") END"
);

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let ([fraction, value], [key]) = (call.args.as_slice(), call.order_by.as_slice()) else {
        return Ok(None);
    };
    let constant = matches!(fraction.kind, ExprKind::Literal(_))
        || matches!(&fraction.kind, ExprKind::Coerce { expr } if expr.literal().is_some());
    if value.ty != Type::Float8 || key.descending || !constant || call.filter.is_some() {
        return Ok(None);
    }
    // DataFusion's own interpolates with fewer digits.
    if emitter.target() == Target::DataFusion {
        if call.over.is_some() || call.distinct {
            return Ok(None);
        }
        let args = [emitter.ranked(value)?, emitter.expr(fraction)?, emitter.expr(counted(value))?];
        return Ok(Some(fill(INTERPOLATED, &args)));
    }
    let (fraction, value) = (emitter.expr(fraction)?, emitter.expr(value)?);
    let plain = Call { kind: FunctionKind::Aggregate, order_by: Vec::new(), ..(*call).clone() };
    let args = format!("{}, {}", value.text, fraction.text);
    emitter.function("quantile_cont", &args, &plain).map(Some)
}

/// The number before a conversion that makes no NULL: DataFusion would give two counts one name.
fn counted(value: &Expr) -> &Expr {
    match &value.kind {
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } if expr.ty.is_number() => counted(expr),
        _ => value,
    }
}
