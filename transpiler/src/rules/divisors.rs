//! Rule `TR0119`, `divisors and multiples`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0119",
    name: "divisors and multiples",
    fidelity: Fidelity::Exact,
    constructs: &["gcd", "lcm", "factorial"],
    page: "\
The smallest integer has no positive counterpart: PostgreSQL raises, DuckDB answers. A factorial is of a number from 0.",
    emit,
    examples: &[
        duckdb(
            "SELECT gcd(i, j) AS g FROM t",
            "SELECT CASE WHEN i = -2147483648 OR j = -2147483648 THEN error('22003: integer out of range') ELSE gcd(i, j) END AS g\nFROM t",
        ),
        datafusion("SELECT gcd(i, j) AS g FROM t", "SELECT CAST(gcd(i, j) AS INT) AS g\nFROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let args = emitter.args(&call.args)?;
    let template = match (call.name, args.len()) {
        ("factorial", 1) => {
            "CASE WHEN {0} < 0 THEN error('22003: factorial of a negative number is undefined') ELSE CAST(factorial(CAST({0} AS INTEGER)) AS DECIMAL(38, 0)) END"
        }
        ("gcd", 2) if expr.ty == Type::Int4 => {
            "CASE WHEN {0} = -2147483648 OR {1} = -2147483648 THEN error('22003: integer out of range') ELSE gcd({0}, {1}) END"
        }
        ("lcm", 2) if expr.ty == Type::Int4 => {
            "CASE WHEN {0} = -2147483648 OR {1} = -2147483648 THEN error('22003: integer out of range') ELSE CAST(lcm(CAST({0} AS BIGINT), CAST({1} AS BIGINT)) AS INTEGER) END"
        }
        _ => return Ok(None),
    };
    Ok(Some(fill(template, &args)))
}
