//! `DC0401`: NULL for the empty text.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    pair::Pair,
};
use crate::value::Value;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0401",
        name: "NULL and empty text",
        page: "\
One side has NULL where the other has the empty text, or nothing but blanks. To Oracle the empty
text is NULL; CSV files and their loads mix the two up; `concat` takes NULL for the empty text where
`||` does not.

Say `coalesce(x, '')` or `nullif(x, '')` on one side. Or accept it:

    [[tolerances]]
    kind = \"null_is_empty\"
    scope = { column = \"note\" }
    reason = \"Oracle has no empty text\"",
    },
    kinds: &[PairKind::Null],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

const EMPTY: u8 = 0;
const BLANK: u8 = 1;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    if let Some((side, Value::Text(text))) = pair.beside_null()
        && text.trim().is_empty()
    {
        let form = if text.is_empty() { EMPTY } else { BLANK };
        found.push(Parameter::of_side(side).form(form));
    }
}

fn words(parameter: Parameter, column: &str) -> Words {
    let (null, text) = (parameter.the_side(), parameter.the_other_side());
    let what = if parameter.form == BLANK { "blanks" } else { "the empty text" };
    let advice = format!("write `coalesce(x, '')` on {null} or `nullif(x, '')` on {text}");
    Words {
        parameter: parameter.told(&format!("NULL for {what}")),
        says: format!("NULL on {null} and {what} on {text}"),
        remedy: if parameter.form == BLANK {
            advice
        } else {
            with_tolerance(
                &advice,
                &["kind = \"null_is_empty\""],
                column,
                "one side takes the empty text for NULL",
            )
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::testing::{assert_silent, assert_told};

    #[test]
    fn the_side_with_null_is_told() {
        let cells = vec![(Value::Null, Value::Text("")), (Value::Null, Value::Text(""))];
        assert_told(&cells, &[("DC0401", "legacy: NULL for the empty text", 2)]);
        let cells = vec![(Value::Text("  "), Value::Null)];
        assert_told(&cells, &[("DC0401", "governed: NULL for blanks", 1)]);
    }

    #[test]
    fn other_texts_are_not() {
        assert_silent(
            "DC0401",
            &vec![(Value::Null, Value::Text("x")), (Value::Null, Value::Int(0))],
        );
    }
}
