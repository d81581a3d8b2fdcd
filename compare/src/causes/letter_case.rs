//! `DC0201`: texts that differ in upper and lower case.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    pair::{Pair, views},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0201",
        name: "upper and lower case",
        page: "\
Texts are equal once both are in lower case. It is recognised letter by letter, for all letters of
Unicode. One side may be all in lower or upper case: a name of a column or a type that came out of a
catalogue, or an `upper` that one side lacks. Else a case-insensitive collation (MySQL, SQL Server,
Teradata) has put spellings together, of which each side shows another one.

Fold both sides by `lower`, or group by the folded text. Or accept it:

    [[tolerances]]
    kind = \"text_case\"
    scope = { column = \"country\" }
    reason = \"the old collation ignores case\"",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

const LOWER: u8 = 0;
const UPPER: u8 = 1;
const MIXED: u8 = 2;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.texts() else { return };
    if !is_same_letters(a, b) {
        return;
    }
    let lower = |text: &str| !text.chars().any(char::is_uppercase);
    let upper = |text: &str| !text.chars().any(char::is_lowercase);
    for (form, is_plain) in [(LOWER, lower as fn(&str) -> bool), (UPPER, upper)] {
        if let Some((side, ..)) = views([a, b]).into_iter().find(|(_, own, _)| is_plain(own)) {
            found.push(Parameter::of_side(side).form(form));
            return;
        }
    }
    found.push(Parameter::NONE.form(MIXED));
}

/// Are the texts equal in lower case?
pub(super) fn is_same_letters(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    let folded = |text: &'_ str| text.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    // Lower case rarely changes the length of a text by more than half.
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    long <= short * 2 && folded(a) == folded(b)
}

fn words(parameter: Parameter, column: &str) -> Words {
    let (name, says) = match parameter.form {
        LOWER => ("lower case", format!("in lower case on {}", parameter.the_side())),
        UPPER => ("upper case", format!("in upper case on {}", parameter.the_side())),
        _ => ("mixed case", "the same texts in another case".to_owned()),
    };
    Words {
        parameter: parameter.told(name),
        says,
        remedy: with_tolerance(
            "fold both sides by `lower`, or look for an `upper`, `lower` or collation that one side lacks",
            &["kind = \"text_case\""],
            column,
            "upper and lower case mean the same here",
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn the_side_that_is_folded_is_told() {
        let cells = [("Berlin", "berlin"), ("ÉTÉ", "été"), ("A1", "a1")];
        assert_told(&texts(&cells), &[("DC0201", "governed: lower case", 3)]);
        assert_told(&texts(&[("DE", "De"), ("FR", "Fr")]), &[("DC0201", "legacy: upper case", 2)]);
        assert_told(&texts(&[("mcDonald", "McDonald")]), &[("DC0201", "mixed case", 1)]);
    }

    #[test]
    fn near_misses() {
        assert_silent(
            "DC0201",
            &texts(&[("Berlin", "berlin "), ("é", "E"), ("a", "b"), ("", "A")]),
        );
    }
}
