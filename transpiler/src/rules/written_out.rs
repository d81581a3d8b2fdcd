//! Functions that the target does not have by that name and types, but can say in its own words: a template around the arguments, from the target's table of forms.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0801",
    name: "functions in other words",
    fidelity: Fidelity::Exact,
    constructs: &[
        "-",
        "acosh",
        "bin",
        "bit_count",
        "c_format",
        "from_base",
        "from_base64",
        "from_utf8",
        "gcd",
        "grouped",
        "justify_days",
        "justify_hours",
        "justify_interval",
        "lcm",
        "leading_number",
        "length",
        "levenshtein",
        "min_scale",
        "number_prefix",
        "occurrence",
        "quote_ident",
        "quote_literal",
        "read_back",
        "sha1",
        "sha256",
        "soundex",
        "soundex_long",
        "substring",
        "to_base",
        "to_base64",
        "to_utf8",
        "trim_scale",
        "width_bucket",
        "without_prefix",
        "without_suffix",
    ],
    page: "\
Functions that the target does not have by that name and types, but can say in its own words: a template around the arguments, from the target's table of forms. What raises on PostgreSQL raises here too.",
    emit,
    examples: &[
        duckdb(
            "SELECT min_scale(n) AS s FROM t",
            "SELECT CAST(length(rtrim(split_part(CAST(n AS VARCHAR), '.', 2), '0')) AS INTEGER) AS s\nFROM t",
        ),
        duckdb(
            "SELECT acosh(f) AS a FROM t",
            "SELECT CASE WHEN f < 1 THEN error('22003: input is out of range') ELSE acosh(f) END AS a\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let types: Vec<Type> = call.args.iter().map(|arg| arg.ty.clone()).collect();
    let Some(template) = emitter.target().form(call.name, &types) else { return Ok(None) };
    Ok(Some(fill(template, &emitter.args(&call.args)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::Target;

    #[test]
    fn the_rule_looks_at_every_form() {
        for target in [Target::DuckDb, Target::DataFusion] {
            for signature in target.forms_for_tests() {
                let name = signature.split('(').next().unwrap();
                assert!(RULE.constructs.contains(&name), "{signature}");
            }
        }
    }
}
