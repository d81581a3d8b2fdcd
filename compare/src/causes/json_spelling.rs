//! `DC0212`: texts that are JSON of one value.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    pair::Pair,
};
use crate::json::Document;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0212",
        name: "spelling of JSON",
        page: "\
Both texts are JSON of one value, with other blanks, another order of members, other escapes, or
another spelling of its numbers. Engines write JSON in their own ways: PostgreSQL's `jsonb` sorts
members by length and name, others keep the order in which they came. JSON in columns of type JSON
is equal by its value anyway.

Cast the column to JSON on both sides. Or accept it:

    [[tolerances]]
    kind = \"json_value\"
    scope = { column = \"payload\" }
    reason = \"the engines write JSON in different ways\"",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

const BLANKS: u8 = 0;
const MEMBERS: u8 = 1;
const NUMBERS: u8 = 2;
/// Longer texts are not read.
const BYTES_MAX: usize = 1 << 20;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.texts() else { return };
    let is_near = |text: &str| text.trim_start().starts_with(['{', '[']) && text.len() <= BYTES_MAX;
    if !is_near(a) || !is_near(b) {
        return;
    }
    let (Some(x), Some(y)) = (Document::read(a), Document::read(b)) else { return };
    let bare =
        |text: &'_ str| text.chars().filter(|c| !c.is_ascii_whitespace()).collect::<String>();
    if x == y {
        let form = if bare(a) == bare(b) { BLANKS } else { MEMBERS };
        found.push(Parameter::NONE.form(form));
    } else if x.is_near(&y) {
        found.push(Parameter::NONE.form(NUMBERS));
    }
}

fn words(parameter: Parameter, column: &str) -> Words {
    let name = match parameter.form {
        BLANKS => "blanks",
        MEMBERS => "order or spelling of members",
        _ => "digits of numbers",
    };
    Words {
        parameter: name.to_owned(),
        says: format!("JSON of one value that differs in {name}"),
        remedy: with_tolerance(
            "cast the column to JSON on both sides",
            &["kind = \"json_value\""],
            column,
            "the engines write JSON in different ways",
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn each_form_is_told() {
        assert_told(&texts(&[(r#"{"a":1}"#, r#"{"a": 1}"#)]), &[("DC0212", "blanks", 1)]);
        let cells = [(r#"{"a":1,"b":[]}"#, r#"{"b":[],"a":1}"#), (r#"["\u00e9"]"#, r#"["é"]"#)];
        assert_told(&texts(&cells), &[("DC0212", "order or spelling of members", 2)]);
        let cells = [("[0.1]", "[0.1000000000000000055]")];
        assert_told(&texts(&cells), &[("DC0212", "digits of numbers", 1)]);
    }

    #[test]
    fn near_misses() {
        assert_silent(
            "DC0212",
            &texts(&[(r#"{"a":1}"#, r#"{"a":2}"#), ("[1,2]", "[2,1]"), ("{", "{ ")]),
        );
    }
}
