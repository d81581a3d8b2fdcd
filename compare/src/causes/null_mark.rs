//! `DC0402`: NULL for a zero, or for a word that says that there is nothing.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::Pair,
};
use crate::value::Value;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0402",
        name: "NULL and a default",
        page: "\
One side has NULL where the other has zero, false, or a word for nothing (`NULL`, `\\N`, `None`,
`NaN`, `N/A`, `-`). Zero and false are defaults: of a column, of a `coalesce` that one side lacks,
or of a sum of no rows (NULL in SQL, 0 in some engines). Words are NULLs of a file that were loaded
as text.

Write the default on both sides (`coalesce(x, 0)`), or name the file's word for NULL where it is
loaded (`NULL AS '\\N'`). No tolerance speaks for it.",
    },
    kinds: &[PairKind::Null],
    level: Level::General,
    support: Support::Share { cells_min: 1, percent_min: 1 },
    explain,
    words,
    join: None,
};

const NAMES: [&str; 3] = ["zero", "false", "a word for nothing"];

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    const NOTHING: [&str; 8] = ["null", "\\n", "none", "nan", "n/a", "na", "-", "(null)"];
    let Some((side, value)) = pair.beside_null() else { return };
    let form = match value {
        Value::Bool(false) => 1,
        Value::Text(text) if NOTHING.iter().any(|word| text.trim().eq_ignore_ascii_case(word)) => 2,
        value if value.as_float().is_some_and(|float| float.abs() <= 0.0) => 0,
        value if value.as_number() == Value::Int(0).as_number() => 0,
        _ => return,
    };
    found.push(Parameter::of_side(side).form(form));
}

fn words(parameter: Parameter, _: &str) -> Words {
    let what = NAMES.get(usize::from(parameter.form)).copied().unwrap_or_default();
    let (null, other) = (parameter.the_side(), parameter.the_other_side());
    let remedy = match parameter.form {
        2 => format!("name the word for NULL where the data of {other} is loaded"),
        _ => format!(
            "look for a default or a `coalesce` of {other} that {null} lacks, such as a sum of no rows"
        ),
    };
    Words {
        parameter: parameter.told(&format!("NULL for {what}")),
        says: format!("NULL on {null} and {what} on {other}"),
        remedy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::testing::{assert_silent, assert_told, number};

    #[test]
    fn zeros_and_words() {
        let cells = vec![
            (Value::Null, number("0.00")),
            (Value::Null, Value::Int(0)),
            (Value::Null, Value::Float(-0.0)),
        ];
        assert_told(&cells, &[("DC0402", "legacy: NULL for zero", 3)]);
        let cells = vec![(Value::Text("\\N"), Value::Null), (Value::Text("none"), Value::Null)];
        assert_told(&cells, &[("DC0402", "governed: NULL for a word for nothing", 2)]);
    }

    #[test]
    fn other_values_are_not() {
        assert_silent(
            "DC0402",
            &vec![
                (Value::Null, Value::Int(1)),
                (Value::Null, Value::Bool(true)),
                (Value::Null, Value::Float(f64::NAN)),
            ],
        );
    }
}
