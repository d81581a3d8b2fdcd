//! Rule `TR0107`, `product of decimals`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0107",
    name: "product of decimals",
    fidelity: Fidelity::Exact,
    constructs: &["*"],
    page: "\
DuckDB multiplies decimals in 64 bits where both fit 18 digits and fails when the product does not: one factor is widened so that the product has room. A product beyond 38 digits is an error, never a wrong value.",
    emit,
    examples: &[duckdb(
        "SELECT n * n AS p FROM t",
        "SELECT CAST(n AS DECIMAL(26, 2)) * n AS p\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [left, right] = call.args.as_slice() else { return Ok(None) };
    let (Type::Numeric(Some(a)), Some(b)) = (&left.ty, right.ty.decimal_shape()) else {
        return Ok(None);
    };
    if a.scale + b.scale > 38 {
        return emitter.refuse("a product with more than 38 digits after the point", expr.span);
    }
    if emitter.target() == Target::DataFusion {
        return Ok(None);
    }
    let narrow = a.precision <= 18 && b.precision <= 18;
    if !narrow || a.precision + b.precision <= 18 {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    let [l, r] = args.as_slice() else { return Ok(None) };
    let wide = 38_u32.saturating_sub(b.precision).max(a.precision);
    let l = Fragment::atom(format!("CAST({} AS DECIMAL({wide}, {}))", l.text, a.scale));
    Ok(Some(Fragment::infix(&l, "*", r, Level::Multiply)))
}
