//! Rule `TR0201`, `LIKE with a backslash`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0201",
    name: "LIKE with a backslash",
    fidelity: Fidelity::Exact,
    constructs: &["like", "not like", "ilike", "not ilike"],
    page: "\
A backslash escapes in a PostgreSQL pattern without being declared; DuckDB has no escape unless one is named: `ESCAPE` is written. A pattern that ends with the escape is an error on PostgreSQL and refused.",
    emit,
    examples: &[
        duckdb("SELECT x LIKE 'a%' AS m FROM t", "SELECT x LIKE 'a%' AS m\nFROM t"),
        duckdb(
            "SELECT x LIKE 'a\\_%' AS m FROM t",
            "SELECT x LIKE 'a\\_%' ESCAPE '\\' AS m\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT x LIKE 'a\\' AS m FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [_, pattern] = call.args.as_slice() else { return Ok(None) };
    let escape = match pattern.text() {
        Some(text) => {
            let trailing = text.chars().rev().take_while(|c| *c == '\\').count();
            if trailing % 2 == 1 {
                return emitter.refuse("a pattern that ends with its escape", pattern.span);
            }
            text.contains('\\')
        }
        None => true,
    };
    if !escape || emitter.target() != Target::DuckDb {
        return Ok(None);
    }
    let args = emitter.args(&call.args)?;
    let [value, pattern] = args.as_slice() else { return Ok(None) };
    let mut text = format!(
        "{} {} {}",
        value.at(Level::Add),
        call.name.to_ascii_uppercase(),
        pattern.at(Level::Add)
    );
    text.push_str(" ESCAPE '\\'");
    Ok(Some(Fragment::new(text, Level::Compare)))
}
