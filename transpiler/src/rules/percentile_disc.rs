//! Rule `TR0126`, `discrete percentile`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, FunctionKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0126",
    name: "discrete percentile",
    fidelity: Fidelity::Exact,
    constructs: &["percentile_disc"],
    page: "\
The first value at or above a fraction of the sorted values is the same on DuckDB, under another name. Only ascending order and a constant fraction are translated.",
    emit,
    examples: &[
        duckdb(
            "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY i) AS m FROM t",
            "SELECT quantile_disc(i, CAST(0.5 AS DOUBLE)) AS m\nFROM t",
        ),
        refused(
            Target::DuckDb,
            "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY i DESC) AS m FROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let ([fraction, value], [key]) = (call.args.as_slice(), call.order_by.as_slice()) else {
        return Ok(None);
    };
    let constant = fraction.literal().is_some()
        || matches!(&fraction.kind, ExprKind::Coerce { expr } if expr.literal().is_some());
    let plain = value.ty.is_exact_number() && value.ty != Type::NUMERIC
        || value.ty == Type::Float8
        || value.ty.is_text()
        || value.ty.is_date_or_timestamp();
    if key.descending || !constant || !plain {
        return Ok(None);
    }
    if emitter.target() == Target::DataFusion {
        if call.over.is_some() || call.distinct || call.filter.is_some() {
            return Ok(None);
        }
        let args = [emitter.ranked(value)?, emitter.expr(fraction)?, emitter.expr(value)?];
        let place = "array_element(array_sort(array_agg({0}) FILTER (WHERE {2} IS NOT NULL)), greatest(CAST(ceil({1} * count({2})) AS BIGINT), 1))";
        return Ok(Some(fill(place, &args)));
    }
    let (fraction, value) = (emitter.expr(fraction)?, emitter.expr(value)?);
    let plain = Call { kind: FunctionKind::Aggregate, order_by: Vec::new(), ..(*call).clone() };
    let args = format!("{}, {}", value.text, fraction.text);
    emitter.function("quantile_disc", &args, &plain).map(Some)
}
