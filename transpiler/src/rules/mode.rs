//! Rule `TR0128`, `the most frequent value`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, FunctionKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0128",
    name: "the most frequent value",
    fidelity: Fidelity::Exact,
    constructs: &["mode"],
    page: "\
Of values that are equally frequent PostgreSQL takes the first in order; DuckDB's own function takes any. The values are counted in a map, whose keys are sorted.",
    emit,
    examples: &[
        duckdb(
            "SELECT mode() WITHIN GROUP (ORDER BY i) AS m FROM t",
            "SELECT map_keys(histogram(i))[list_position(map_values(histogram(i)), list_max(map_values(histogram(i))))] AS m\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT mode() WITHIN GROUP (ORDER BY i DESC) AS m FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let ([value], [key]) = (call.args.as_slice(), call.order_by.as_slice()) else {
        return Ok(None);
    };
    let plain = (value.ty.is_exact_number() && value.ty != Type::NUMERIC)
        || value.ty.is_text()
        || matches!(value.ty, Type::Date | Type::Timestamp | Type::Bool);
    if key.descending || !plain {
        return Ok(None);
    }
    let value = emitter.expr(value)?;
    let counting = Call { kind: FunctionKind::Aggregate, order_by: Vec::new(), ..(*call).clone() };
    let counts = emitter.function("histogram", &value.text, &counting)?;
    Ok(Some(fill(
        "map_keys({0})[list_position(map_values({0}), list_max(map_values({0})))]",
        &[counts],
    )))
}
