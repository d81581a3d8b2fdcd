//! Rule `TR0605`, `parts of arrays`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, datafusion, duckdb},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0605",
    name: "parts of arrays",
    fidelity: Fidelity::Exact,
    constructs: &[
        "slice",
        "slice from",
        "slice to",
        "array_remove",
        "array_replace",
        "array_to_string",
        "array_lower",
        "@>",
        "<@",
        "&&",
    ],
    page: "\
Slices are the same from 1 on; below, DuckDB counts from the end. Elements are removed, replaced and joined by DuckDB's list functions. A NULL element is contained in nothing on PostgreSQL: it is looked for first.",
    emit,
    examples: &[
        duckdb("SELECT a[2:3] AS v FROM t", "SELECT a[2:3] AS v\nFROM t"),
        duckdb(
            "SELECT array_remove(a, 5) AS v FROM t",
            "SELECT list_filter(a, lambda _item: _item IS DISTINCT FROM 5) AS v\nFROM t",
        ),
        duckdb(
            "SELECT a @> ARRAY[1] AS v FROM t",
            "SELECT CASE WHEN a IS NOT NULL AND len(list_filter(CAST([1] AS INTEGER[]), lambda _item: _item IS NULL)) > 0 THEN FALSE ELSE list_has_all(a, CAST([1] AS INTEGER[])) END AS v\nFROM t",
        ),
        duckdb(
            "SELECT a[i:3] AS v FROM t",
            "SELECT a[CASE WHEN i < 1 THEN 1 ELSE i END:CASE WHEN 3 < 0 THEN 0 ELSE 3 END] AS v\nFROM t",
        ),
        datafusion(
            "SELECT a[i:3] AS v FROM t",
            "SELECT array_slice(a, CASE WHEN i < 1 THEN 1 ELSE i END, CASE WHEN 3 < 0 THEN 0 ELSE 3 END) AS v\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    if emitter.target() == Target::DataFusion {
        return slice_on_datafusion(emitter, call);
    }
    let constant = |index: usize| {
        call.args.get(index).and_then(Expr::integer).is_some_and(|n| (1..1_000_000).contains(&n))
    };
    let element = call.args.first().and_then(|arg| arg.ty.element());
    let separator = call.args.get(1).is_some_and(|separator| separator.literal().is_some());
    let template = match (call.name, call.args.len()) {
        ("slice", 3) if constant(1) && constant(2) => "{0}[{1}:{2}]",
        // Below 1 DuckDB counts from the end.
        ("slice", 3) => {
            "{0}[CASE WHEN {1} < 1 THEN 1 ELSE {1} END:CASE WHEN {2} < 0 THEN 0 ELSE {2} END]"
        }
        ("slice from", 2) if !constant(1) => "{0}[CASE WHEN {1} < 1 THEN 1 ELSE {1} END:]",
        ("slice to", 2) if !constant(1) => "{0}[:CASE WHEN {1} < 0 THEN 0 ELSE {1} END]",
        ("slice from", 2) if constant(1) => "{0}[{1}:]",
        ("slice to", 2) if constant(1) => "{0}[:{1}]",
        ("array_remove", 2) => "list_filter({0}, lambda _item: _item IS DISTINCT FROM {1})",
        ("array_replace", 3) => {
            "list_transform({0}, lambda _item: CASE WHEN _item IS NOT DISTINCT FROM {1} THEN {2} ELSE _item END)"
        }
        ("array_lower", 2) if call.args.get(1).and_then(Expr::integer) == Some(1) => {
            "CASE WHEN len({0}) > 0 THEN 1 END"
        }
        ("array_to_string", 2 | 3)
            if !element.is_some_and(|e| e.is_text() || matches!(e, Type::Int4 | Type::Int8)) =>
        {
            return Ok(None);
        }
        // `string_agg`, which is behind the function, wants a constant.
        ("array_to_string", 2) if !separator => {
            "CASE WHEN {1} IS NOT NULL AND len(list_filter({0}, lambda _item: _item IS NOT NULL)) > 0 THEN list_reduce(list_transform(list_filter({0}, lambda _item: _item IS NOT NULL), lambda _item: CAST(_item AS VARCHAR)), lambda _all, _item: _all || {1} || _item) WHEN {1} IS NOT NULL AND {0} IS NOT NULL THEN '' END"
        }
        ("array_to_string", 3) if !separator => return Ok(None),
        ("array_to_string", 2) => {
            "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN coalesce(array_to_string({0}, {1}), '') END"
        }
        ("array_to_string", 3) => {
            "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN coalesce(array_to_string(list_transform({0}, lambda _item: coalesce(CAST(_item AS VARCHAR), {2})), {1}), '') END"
        }
        // Where the element sought is NULL nothing contains it; `list_has_any` skips NULLs itself.
        ("@>", 2) if element.is_some() => {
            "CASE WHEN {0} IS NOT NULL AND len(list_filter({1}, lambda _item: _item IS NULL)) > 0 THEN FALSE ELSE list_has_all({0}, {1}) END"
        }
        ("<@", 2) if element.is_some() => {
            "CASE WHEN {1} IS NOT NULL AND len(list_filter({0}, lambda _item: _item IS NULL)) > 0 THEN FALSE ELSE list_has_all({1}, {0}) END"
        }
        ("&&", 2) if element.is_some() => "list_has_any({0}, {1})",
        _ => return Ok(None),
    };
    let args = emitter.args(&call.args)?;
    let mut filled = fill(template, &args);
    if call.name.starts_with("slice") {
        filled.level = Level::Atom;
    }
    Ok(Some(filled))
}

/// It counts from the end below 1, too.
fn slice_on_datafusion(emitter: &mut Emitter, call: &Call) -> Emit<Option<Fragment>> {
    if call.args.first().and_then(|arg| arg.ty.element()).is_none_or(|ty| ty.element().is_some()) {
        return Ok(None);
    }
    let element = call.args.first().and_then(|arg| arg.ty.element());
    // Floats have two zeros.
    let alike =
        element.is_some_and(|ty| ty.is_integer() || ty.is_text() || matches!(ty, Type::Date));
    let template = match (call.name, call.args.len()) {
        ("slice", 3) => {
            "array_slice({0}, CASE WHEN {1} < 1 THEN 1 ELSE {1} END, CASE WHEN {2} < 0 THEN 0 ELSE {2} END)"
        }
        ("slice from", 2) => {
            "array_slice({0}, CASE WHEN {1} < 1 THEN 1 ELSE {1} END, CAST(cardinality({0}) AS BIGINT))"
        }
        ("slice to", 2) => "array_slice({0}, 1, CASE WHEN {1} < 0 THEN 0 ELSE {1} END)",
        // With a NULL to remove nothing would be left.
        ("array_remove", 2) if call.args.get(1).is_some_and(Expr::is_null) => "array_compact({0})",
        ("array_remove", 2)
            if call.args.get(1).is_some_and(|item| {
                item.literal().is_some() && !item.is_null() && !item.ty.is_float()
            }) =>
        {
            "array_remove_all({0}, {1})"
        }
        ("array_remove", 2) if alike => {
            "CASE WHEN {1} IS NULL THEN array_compact({0}) ELSE array_remove_all({0}, {1}) END"
        }
        ("array_replace", 3) if alike => "array_replace_all({0}, {1}, {2})",
        ("array_lower", 2) if call.args.get(1).and_then(Expr::integer) == Some(1) => {
            "CASE WHEN cardinality({0}) > 0 THEN 1 END"
        }
        // Where the element sought is NULL nothing contains it.
        ("@>", 2) if alike => {
            "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN array_position({1}, NULL) IS NOT NULL THEN FALSE ELSE array_has_all({0}, {1}) END"
        }
        ("<@", 2) if alike => {
            "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN array_position({0}, NULL) IS NOT NULL THEN FALSE ELSE array_has_all({1}, {0}) END"
        }
        ("&&", 2) if alike => {
            "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN array_has_any({0}, array_compact({1})) END"
        }
        _ => return Ok(None),
    };
    let args = emitter.args(&call.args)?;
    Ok(Some(fill(template, &args)))
}
