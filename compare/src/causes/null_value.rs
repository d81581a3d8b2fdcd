//! `DC0403`: NULL for a value, and nothing more specific.

use super::cause::{About, CellCause, Level, PairKind, Parameter, Support, Words};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0403",
        name: "NULL and a value",
        page: "\
One side has NULL where the other has a value, and no other cause explains which. Usual reasons: an
outer join that finds no partner on one side (keys that differ in padding, case or type), a cast
that gives NULL for what it cannot read (`TRY_CAST`, MySQL) where the other side converts it, a
division by zero, a function that ignores NULL on one side only (`greatest`, `concat`), a `coalesce`
that one side lacks.

Look at the examples, and follow the column back to the expression that makes it. No tolerance
speaks for it.",
    },
    kinds: &[PairKind::Null],
    level: Level::Last,
    support: Support::Any,
    explain: |pair, found| {
        found.extend(pair.beside_null().map(|(side, _)| Parameter::of_side(side)));
    },
    words: |parameter, _| {
        let (null, other) = (parameter.the_side(), parameter.the_other_side());
        Words {
            parameter: parameter.told("NULL"),
            says: format!("NULL on {null} and a value on {other}"),
            remedy: format!(
                "look on {null} for an outer join without a partner, a cast that gives NULL, or a missing `coalesce`"
            ),
        }
    },
    join: None,
};

#[cfg(test)]
mod tests {
    use crate::{
        causes::testing::{assert_silent, assert_told},
        value::Value,
    };

    #[test]
    fn it_is_told_after_what_says_more() {
        let cells = vec![
            (Value::Text("abc"), Value::Null),
            (Value::Text(""), Value::Null),
            (Value::Text("def"), Value::Null),
        ];
        assert_told(
            &cells,
            &[("DC0401", "governed: NULL for the empty text", 1), ("DC0403", "governed: NULL", 2)],
        );
    }

    #[test]
    fn two_values_are_not() {
        assert_silent("DC0403", &vec![(Value::Int(1), Value::Int(2))]);
    }
}
