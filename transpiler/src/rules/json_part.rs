//! A part of a document is cut out of it. Numbers with a fraction, arrays and objects are written in another way by DuckDB, and so are texts with an escape: they are taken as they stand where that is sure, else raised.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0704",
    name: "part of a JSON document",
    fidelity: Fidelity::Exact,
    constructs: &["->", "#>"],
    page: "\
A part of a document is cut out of it. Numbers with a fraction, arrays and objects are written in another way by DuckDB, and so are texts with an escape: they are taken as they stand where that is sure, else raised.",
    emit,
    examples: &[
        duckdb(
            "SELECT jb -> 'a' AS v FROM t",
            "SELECT CASE WHEN json_type(jb, '$.\"a\"') = 'VARCHAR' AND contains(CAST(jb AS VARCHAR), '\\') THEN error('a JSON text with an escape is not known') WHEN json_type(jb, '$.\"a\"') IN ('OBJECT', 'ARRAY', 'DOUBLE') THEN CAST(CASE WHEN len(regexp_extract_all(CAST(jb AS VARCHAR), '\"a\"\\s*:')) = 1 AND regexp_matches(CAST(jb AS VARCHAR), '\"a\"\\s*:\\s*(-?[0-9][0-9.eE+-]*|\\[[^\\[\\]{}\"]*\\])') THEN regexp_extract(CAST(jb AS VARCHAR), '\"a\"\\s*:\\s*(-?[0-9][0-9.eE+-]*|\\[[^\\[\\]{}\"]*\\])', 1) ELSE error('the text of such JSON is not known') END AS JSON) ELSE json_extract(jb, '$.\"a\"') END AS v\nFROM t",
        ),
        refused(Target::DataFusion, "SELECT jb -> 'a' AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    if emitter.target() != Target::DuckDb {
        return Ok(None);
    }
    let Some(place) = super::json_path::of(emitter, expr)? else { return Ok(None) };
    let cases = format!(
        "WHEN {kind} = 'VARCHAR' AND contains({document}, '\\') THEN error('a JSON text with an escape is not known') WHEN {kind} IN ('OBJECT', 'ARRAY', 'DOUBLE') THEN CAST({written} AS JSON)",
        kind = place.kind(),
        document = place.document_text(),
        written = place.as_written()
    );
    Ok(Some(place.guarded(&cases, &place.applied("json_extract"))))
}
