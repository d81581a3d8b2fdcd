//! `->>` along a path of constant keys and positions is `json_extract_string`. DuckDB writes numbers with a fraction, objects and arrays in another way than they stand in the document: they are cut out of it where that is sure, else raised. Where a key stands twice PostgreSQL takes the last and DuckDB the first: that is raised too. Keys of `#>>` that are numbers are positions too.

use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR0701",
    name: "text out of JSON",
    fidelity: Fidelity::Exact,
    constructs: &["->>", "#>>"],
    page: "\
`->>` along a path of constant keys and positions is `json_extract_string`. DuckDB writes numbers with a fraction, objects and arrays in another way than they stand in the document: they are cut out of it where that is sure, else raised. Where a key stands twice PostgreSQL takes the last and DuckDB the first: that is raised too. Keys of `#>>` that are numbers are positions too.",
    emit,
    examples: &[
        duckdb(
            "SELECT jb ->> 'a' AS v FROM t",
            "SELECT CASE WHEN json_type(jb, '$.\"a\"') IN ('OBJECT', 'ARRAY', 'DOUBLE') THEN CASE WHEN len(regexp_extract_all(CAST(jb AS VARCHAR), '\"a\"\\s*:')) = 1 AND regexp_matches(CAST(jb AS VARCHAR), '\"a\"\\s*:\\s*(-?[0-9][0-9.eE+-]*|\\[[^\\[\\]{}\"]*\\])') THEN regexp_extract(CAST(jb AS VARCHAR), '\"a\"\\s*:\\s*(-?[0-9][0-9.eE+-]*|\\[[^\\[\\]{}\"]*\\])', 1) ELSE error('the text of such JSON is not known') END ELSE json_extract_string(jb, '$.\"a\"') END AS v\nFROM t",
        ),
        duckdb(
            "SELECT jb #>> '{a,0}' AS v FROM t",
            "SELECT CASE WHEN coalesce(json_type(jb, '$.\"a\"[0]'), json_type(jb, '$.\"a\".\"0\"')) IN ('OBJECT', 'ARRAY', 'DOUBLE') THEN error('the text of such JSON is not known') ELSE coalesce(json_extract_string(jb, '$.\"a\"[0]'), json_extract_string(jb, '$.\"a\".\"0\"')) END AS v\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT jb ->> x AS v FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    if emitter.target() != Target::DuckDb {
        return Ok(None);
    }
    let Some(place) = super::json_path::of(emitter, expr)? else { return Ok(None) };
    let cases = format!(
        "WHEN {} IN ('OBJECT', 'ARRAY', 'DOUBLE') THEN {}",
        place.kind(),
        place.as_written()
    );
    let value = place.guarded(&cases, &place.text());
    Ok(Some(value))
}
