//! Rule `TR0202`, `SIMILAR TO`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0202",
    name: "SIMILAR TO",
    fidelity: Fidelity::Exact,
    constructs: &["similar to", "not similar to"],
    page: "\
A SQL pattern is not a regular expression: `%` and `_` are its wildcards and `.` is a plain dot. DuckDB reads it as a regular expression; the pattern is converted. Only constant patterns are translated.",
    emit,
    examples: &[duckdb(
        "SELECT x SIMILAR TO 'a.%' AS m FROM t",
        "SELECT regexp_full_match(x, 'a\\..*', 's') AS m\nFROM t",
    )],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [value, pattern] = call.args.as_slice() else { return Ok(None) };
    let Some(regex) = pattern.text().and_then(convert) else { return Ok(None) };
    let value = emitter.expr(value)?;
    if emitter.target() == Target::DataFusion {
        let pattern = Fragment::atom(text_literal(&format!("(?s)^(?:{regex})$")));
        let template = if call.name == "similar to" {
            "regexp_like({0}, {1})"
        } else {
            "(NOT regexp_like({0}, {1}))"
        };
        return Ok(Some(fill(template, &[value, pattern])));
    }
    let pattern = Fragment::atom(text_literal(&regex));
    let template = if call.name == "similar to" {
        "regexp_full_match({0}, {1}, 's')"
    } else {
        "(NOT regexp_full_match({0}, {1}, 's'))"
    };
    Ok(Some(fill(template, &[value, pattern])))
}

/// The regular expression of a SQL pattern; nothing where it uses brackets or an odd escape.
fn convert(pattern: &str) -> Option<String> {
    let mut regex = String::with_capacity(pattern.len() * 2);
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            '\\' => {
                let literal = chars.next()?;
                // A letter or digit would be a class or a back-reference.
                if literal.is_alphanumeric() {
                    return None;
                }
                regex.push('\\');
                regex.push(literal);
            }
            '|' | '*' | '+' | '?' | '(' | ')' => regex.push(c),
            '[' | ']' | '{' | '}' => return None,
            '.' | '^' | '$' => {
                regex.push('\\');
                regex.push(c);
            }
            other => regex.push(other),
        }
    }
    // PostgreSQL wraps the whole, so that `|` reaches to both ends.
    Some(if regex.contains('|') { format!("(?:{regex})") } else { regex })
}
