//! Rule `TR0222`, `format`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::Fragment,
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{Type, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0222",
    name: "format",
    fidelity: Fidelity::Exact,
    constructs: &["format"],
    page: "\
`format` with `%s` alone joins its parts, with nothing for NULL. DuckDB's function of that name has other marks.",
    emit,
    examples: &[
        duckdb(
            "SELECT format('%s: %s', x, i) AS f FROM t",
            "SELECT (coalesce(x, '') || ': ' || coalesce(CAST(i AS VARCHAR), '')) AS f\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT format('%I', x) AS f FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let Some((format, values)) = call.args.split_first() else { return Ok(None) };
    let Some(pieces) = format.text().and_then(cut) else { return Ok(None) };
    if pieces.len() != values.len() + 1 {
        return Ok(None);
    }
    let mut parts = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        if let Some(value) = index.checked_sub(1).and_then(|before| values.get(before)) {
            let Some(text) = emitter.output_text(value)? else { return Ok(None) };
            let text = if value.ty.is_character() || value.ty == Type::Bool {
                text.text
            } else {
                format!("CAST({} AS VARCHAR)", text.text)
            };
            parts.push(format!("coalesce({text}, '')"));
        }
        if !piece.is_empty() {
            parts.push(text_literal(piece));
        }
    }
    if parts.is_empty() {
        parts.push("''".to_owned());
    }
    Ok(Some(Fragment::atom(format!("({})", parts.join(" || ")))))
}

/// The text around each `%s`.
fn cut(format: &str) -> Option<Vec<String>> {
    let mut pieces = vec![String::new()];
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => match chars.next()? {
                's' => pieces.push(String::new()),
                '%' => pieces.last_mut()?.push('%'),
                _ => return None,
            },
            other => pieces.last_mut()?.push(other),
        }
    }
    Some(pieces)
}
