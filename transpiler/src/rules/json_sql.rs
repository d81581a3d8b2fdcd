//! Pieces of DuckDB's SQL over documents, which the rules on JSON share.
//!
//! DuckDB reads a number with a fraction as a float and writes another one. So before a document is
//! taken apart, its numbers are made texts behind a mark, and numbers again behind it.

/// A string, or a number, as a regular expression.
const TOKEN: &str = r#"("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*)"#;

/// The document with each number as a text behind a mark.
pub(super) fn marked(document: &str) -> String {
    format!(
        r#"replace(regexp_replace(regexp_replace(CAST({document} AS VARCHAR), '{TOKEN}', '\1' || chr(2), 'g'), '(-?[0-9][0-9.eE+-]*)\x02', '"\\u0001\1"', 'g'), chr(2), '')"#
    )
}

/// The text of JSON that was marked, with its numbers as they were.
pub(super) fn unmarked(json: &str) -> String {
    format!(
        r#"regexp_replace(CAST({json} AS VARCHAR), '"\\u0001(-?[0-9][0-9.eE+-]*)"', '\1', 'g')"#
    )
}

/// A number that every engine writes in this way.
const PLAIN: &str = r"0|-?[1-9][0-9]{0,17}|-?[1-9][0-9]{0,6}\.[0-9]{0,7}[1-9]|-?0\.0{0,2}(?:[1-9]|[1-9][0-9]{0,5}[1-9])";

/// As [`unmarked`], raised where a number or a control character can be written in another way.
pub(super) fn plain(json: &str) -> String {
    let text =
        format!(r#"regexp_replace(CAST({json} AS VARCHAR), '"\\u0001({PLAIN})"', '\1', 'g')"#);
    known(&text)
}

/// The text, raised where it has control characters, which engines write in different ways.
pub(super) fn known(text: &str) -> String {
    with(
        text,
        "_text",
        r"CASE WHEN contains(_text, '\u00') THEN error('the text of such JSON is not known') ELSE _text END",
    )
}

/// Are the keys of an object of the text in another order than that of their bytes?
pub(super) fn is_unsorted(text: &str) -> String {
    format!(
        "(SELECT coalesce(bool_or(_keys <> list_sort(_keys)), FALSE) FROM (SELECT list(key ORDER BY id) AS _keys FROM json_tree({text}) WHERE fullkey NOT LIKE '%]' GROUP BY parent))"
    )
}

/// The text with a blank after each `,` and `:`, as `jsonb` shows it.
pub(super) fn spaced(text: &str) -> String {
    format!(
        r#"replace(regexp_replace(regexp_replace({text}, '("(?:[^"\\]|\\.)*"|[,:])', '\1' || chr(2), 'g'), '([,:])\x02', '\1 ', 'g'), chr(2), '')"#
    )
}

/// The text with its strings empty.
fn bare(text: &str) -> String {
    format!(r#"regexp_replace({text}, '"(?:[^"\\]|\\.)*"', '""', 'g')"#)
}

/// Is the text JSON? DuckDB alone would take `NaN` and a last comma too.
pub(super) fn is_valid(text: &str) -> String {
    let bare = bare(text);
    format!(r"(json_valid({text}) AND NOT regexp_matches({bare}, '(?i)nan|inf|,\s*[\]}}]'))")
}

/// Has the text numbers that `jsonb` writes in another way?
pub(super) fn has_other_numbers(text: &str) -> String {
    let bare = bare(text);
    format!(r"regexp_matches({bare}, '[0-9][eE]|-0(?:\.0*)?(?:[^.0-9]|$)')")
}

/// Stands a key twice in an object of the text?
pub(super) fn has_a_key_twice(text: &str) -> String {
    format!(
        "(SELECT count(*) <> count(DISTINCT (parent, key)) FROM json_tree(CASE WHEN json_valid({text}) THEN {text} END))"
    )
}

/// `body` over a variable that stands for `value`.
pub(super) fn with(value: &str, variable: &str, body: &str) -> String {
    format!("list_transform([{value}], lambda {variable}: {body})[1]")
}
