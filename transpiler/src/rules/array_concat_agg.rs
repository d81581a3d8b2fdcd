//! Rule `TR1003`, `arrays of a group joined`.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, google},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR1003",
    name: "arrays of a group joined",
    fidelity: Fidelity::Exact,
    constructs: &["array_concat_agg"],
    page: "\
Arrays of a group joined to one: a list of lists, flattened. NULL arrays do not count.",
    emit,
    examples: &[google(
        Target::DuckDb,
        "SELECT array_concat_agg(x) AS a FROM (SELECT [1, 2] AS x) AS t",
        "SELECT flatten(array_agg(x) FILTER (WHERE x IS NOT NULL)) AS a\nFROM (SELECT CAST([1, 2] AS BIGINT[]) AS x) AS t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [value] = call.args.as_slice() else { return Ok(None) };
    let predicate = |name, args| Expr::scalar(name, args, Type::Bool, expr.span);
    let not_null = predicate("is not null", vec![value.clone()]);
    let filter = match &call.filter {
        None => not_null,
        Some(filter) => predicate("and", vec![filter.clone(), not_null]),
    };
    if call.distinct {
        return Ok(None);
    }
    let text = emitter.expr(value)?.text;
    let inner = Call { filter: Some(filter), ..call.clone() };
    let listed = emitter.function("array_agg", &text, &inner)?;
    Ok(Some(Fragment::call("flatten", &[listed])))
}
