//! Bytes as text, and back: DuckDB's `hex` writes capitals, PostgreSQL's `encode` does not and breaks base 64 into lines of 76 characters; DuckDB reads an odd number of hexadecimal digits, where PostgreSQL raises. The format `escape` is refused.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0290",
    name: "bytes as text",
    fidelity: Fidelity::Exact,
    constructs: &["encode", "decode", "convert_to", "convert_from"],
    page: "\
Bytes as text, and back: DuckDB's `hex` writes capitals, PostgreSQL's `encode` does not and breaks base 64 into lines of 76 characters; DuckDB reads an odd number of hexadecimal digits, where PostgreSQL raises. The format `escape`, and character sets other than UTF-8, are refused.",
    emit,
    examples: &[
        duckdb(
            "SELECT encode(decode(x, 'hex'), 'hex') AS h FROM t",
            "SELECT lower(hex(CASE WHEN length(x) % 2 = 1 THEN error('22023: odd number of hexadecimal digits') ELSE unhex(x) END)) AS h\nFROM t",
        ),
        duckdb(
            "SELECT encode(convert_to(x, 'UTF8'), 'base64') AS b FROM t",
            "SELECT rtrim(regexp_replace(base64(encode(x)), '(.{76})', '\\1' || chr(10), 'g'), chr(10)) || CASE WHEN octet_length(encode(x)) % 57 = 0 AND octet_length(encode(x)) > 0 THEN chr(10) ELSE '' END AS b\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT decode(x, 'escape') AS b FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [value, format] = call.args.as_slice() else { return Ok(None) };
    let Some(format) = format.text().map(str::to_lowercase) else { return Ok(None) };
    let template = match (call.name, format.as_str()) {
        ("encode", "hex") if emitter.target() == Target::DataFusion => "encode({0}, 'hex')",
        _ if emitter.target() == Target::DataFusion => {
            return on_datafusion(emitter, (call.name, &format), value);
        }
        ("encode", "hex") => "lower(hex({0}))",
        ("decode", "hex") => {
            "CASE WHEN length({0}) % 2 = 1 THEN error('22023: odd number of hexadecimal digits') ELSE unhex({0}) END"
        }
        // A line that whole groups of three bytes fill ends with a line break, the last one too.
        ("encode", "base64") => {
            "rtrim(regexp_replace(base64({0}), '(.{76})', '\\1' || chr(10), 'g'), chr(10)) || CASE WHEN octet_length({0}) % 57 = 0 AND octet_length({0}) > 0 THEN chr(10) ELSE '' END"
        }
        // Blanks and line ends do not count.
        ("decode", "base64") => {
            "CASE WHEN NOT regexp_full_match(translate({0}, ' ' || chr(9) || chr(10) || chr(13), ''), '([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?') THEN error('22023: invalid base64 text') ELSE from_base64(translate({0}, ' ' || chr(9) || chr(10) || chr(13), '')) END"
        }
        ("convert_to", "utf8" | "utf-8") => "encode({0})",
        // A text of PostgreSQL has no zero byte.
        ("convert_from", "utf8" | "utf-8") => {
            "CASE WHEN strpos(decode({0}), chr(0)) > 0 THEN error('22021: a zero byte in a text') ELSE decode({0}) END"
        }
        _ => return Ok(None),
    };
    Ok(Some(fill(template, &[emitter.expr(value)?])))
}

/// Bytes are text there by their digits alone.
fn on_datafusion(
    emitter: &mut Emitter,
    (name, format): (&str, &str),
    value: &Expr,
) -> Emit<Option<Fragment>> {
    let blanks = "translate({0}, concat(' ', chr(9), chr(10), chr(13)), '')";
    let (template, condition) = match (name, format) {
        ("decode", "hex") => (
            "decode({0}, 'hex')".to_owned(),
            Some("NOT regexp_like({0}, '^([0-9A-Fa-f]{2})*$')".to_owned()),
        ),
        ("encode", "base64") => (
            "rtrim(regexp_replace(encode({0}, 'base64pad'), '(.{76})', concat('${1}', chr(10)), 'g'), chr(10)) || CASE WHEN regexp_like(encode({0}, 'base64pad'), '^(.{76})*.{75}[^=]$') THEN chr(10) ELSE '' END"
                .to_owned(),
            None,
        ),
        ("decode", "base64") => (
            format!("decode({blanks}, 'base64pad')"),
            Some(format!(
                "NOT regexp_like({blanks}, '^([A-Za-z0-9+/]{{4}})*([A-Za-z0-9+/]{{2}}==|[A-Za-z0-9+/]{{3}}=)?$')"
            )),
        ),
        ("convert_to", "utf8" | "utf-8") => ("CAST({0} AS BYTEA)".to_owned(), None),
        _ => return Ok(None),
    };
    let template = match condition {
        Some(condition) => emitter.raise_if_of(std::slice::from_ref(value), &condition, &template),
        None => template,
    };
    Ok(Some(fill(&template, &[emitter.expr(value)?])))
}
