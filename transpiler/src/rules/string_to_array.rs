//! Rule `TR0218`, `text cut into an array`.

use crate::{
    emit::{Emitter, text_literal},
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0218",
    name: "text cut into an array",
    fidelity: Fidelity::Exact,
    constructs: &["string_to_array", "regexp_split_to_array"],
    page: "\
The parts of an empty text are none on PostgreSQL and one empty part on DuckDB. The delimiter must be a constant that is not empty, a pattern one that both engines find at the same places.",
    emit,
    examples: &[
        duckdb(
            "SELECT string_to_array(x, ',') AS p FROM t",
            "SELECT CASE WHEN x = '' THEN CAST([] AS VARCHAR[]) ELSE string_split(x, ',') END AS p\nFROM t",
        ),
        duckdb(
            "SELECT regexp_split_to_array(x, ' +') AS p FROM t",
            "SELECT string_split_regex(x, ' +', 's') AS p\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT string_to_array(x, x) AS p FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [value, delimiter] = call.args.as_slice() else { return Ok(None) };
    if emitter.target() == Target::DataFusion {
        return match call.name {
            "regexp_split_to_array" => super::regex_rows::pieces(emitter, value, delimiter),
            _ => Ok(None),
        };
    }
    let splits = call.name == "string_to_array";
    if splits && delimiter.is_null() {
        let args = [emitter.expr(value)?];
        return Ok(Some(fill("regexp_extract_all({0}, '.', 0, 's')", &args)));
    }
    let Some(text) = delimiter.text() else { return Ok(None) };
    if splits && text.is_empty() {
        let args = [emitter.expr(value)?];
        let template =
            "CASE WHEN {0} = '' THEN CAST([] AS VARCHAR[]) WHEN {0} IS NOT NULL THEN [{0}] END";
        return Ok(Some(fill(template, &args)));
    }
    let (template, delimiter) = if splits {
        (
            "CASE WHEN {0} = '' THEN CAST([] AS VARCHAR[]) ELSE string_split({0}, {1}) END",
            text.to_owned(),
        )
    } else {
        match super::regex::read(text) {
            Some(regex) if regex.one_match && !regex.empty && !regex.words && regex.groups == 0 => {
                ("string_split_regex({0}, {1}, 's')", regex.text)
            }
            _ => return Ok(None),
        }
    };
    let args = [emitter.expr(value)?, Fragment::atom(text_literal(&delimiter))];
    Ok(Some(fill(template, &args)))
}
