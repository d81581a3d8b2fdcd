//! Rule `TR0507`, `date_part`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0507",
    name: "date_part",
    fidelity: Fidelity::Exact,
    constructs: &[
        "date_part century",
        "date_part day",
        "date_part decade",
        "date_part dow",
        "date_part doy",
        "date_part epoch",
        "date_part hour",
        "date_part isodow",
        "date_part isoyear",
        "date_part microseconds",
        "date_part millennium",
        "date_part milliseconds",
        "date_part minute",
        "date_part month",
        "date_part quarter",
        "date_part second",
        "date_part week",
        "date_part year",
    ],
    page: "\
`date_part` is `extract` as a float.",
    emit,
    examples: &[
        duckdb(
            "SELECT date_part('year', d) AS y FROM t",
            "SELECT CAST(extract(year FROM d) AS DOUBLE) AS y\nFROM t",
        ),
        datafusion(
            "SELECT date_part('year', d) AS y FROM t",
            "SELECT CAST(extract(year FROM d) AS DOUBLE) AS y\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let Some(name) = EXTRACT
        .iter()
        .find(|name| name.strip_prefix("extract ") == call.name.strip_prefix("date_part "))
    else {
        return Ok(None);
    };
    let inner = Call { name, ..(*call).clone() };
    let kind = ExprKind::Call(Box::new(inner));
    let part = emitter.expr(&Expr { kind, ty: Type::decimal(20, 6), span: expr.span })?;
    Ok(Some(Fragment::atom(format!("CAST({} AS DOUBLE)", part.text))))
}

/// The fields by their names in `extract`.
const EXTRACT: [&str; 18] = [
    "extract century",
    "extract day",
    "extract decade",
    "extract dow",
    "extract doy",
    "extract epoch",
    "extract hour",
    "extract isodow",
    "extract isoyear",
    "extract microseconds",
    "extract millennium",
    "extract milliseconds",
    "extract minute",
    "extract month",
    "extract quarter",
    "extract second",
    "extract week",
    "extract year",
];
