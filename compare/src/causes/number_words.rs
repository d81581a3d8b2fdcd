//! `DC0208`: numbers in texts, in another spelling.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
    traits::Traits,
};
use crate::number::Number;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0208",
        name: "spelling of numbers",
        page: "\
Texts are one number in two spellings: `1.50` and `1.5`, `007` and `7`, `1E3` and `1000`, `+1`,
`.5`, `1,5` and `1.5`, `1,000.5` and `1000.5`. It is recognised by reading both. Casting a number to
text depends on the engine, formatting on the locale of the server.

Compare numbers and not texts: leave the cast to the reader, or format on both sides with a fixed
pattern (`to_char(x, 'FM999990.00')`). No tolerance speaks for texts.",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

/// What a side has that the other has not, in the order of looking.
const FORMS: [&str; 6] = [
    "an exponent",
    "a decimal comma",
    "thousands separators",
    "a sign or zeros at the start",
    "no zero before the point",
    "zeros at the end",
];
/// No number that people write is longer.
const BYTES_MAX: usize = 60;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.texts() else { return };
    let is_near = |text: &str, traits: Traits| {
        text.len() <= BYTES_MAX && traits.has(Traits::DIGIT) && !traits.has(Traits::NOT_OF_NUMBERS)
    };
    let [x, y] = pair.traits();
    if !is_near(a, x) || !is_near(b, y) || a.trim() == b.trim() {
        return;
    }
    match (finite(a), finite(b)) {
        (Some(x), Some(y)) if x == y => {
            let strange = views([a, b]).map(|(side, own, other)| (form(own, other), side));
            let first = strange.into_iter().filter_map(|(form, side)| Some((form?, side)));
            if let Some((form, side)) = first.min_by_key(|(form, _)| *form) {
                found.push(Parameter::of_side(side).form(form));
            }
        }
        _ => {
            for (side, own, other) in views([a, b]) {
                let form = finite(other).and_then(|number| separators(own, &number));
                found.extend(form.map(|form| Parameter::of_side(side).form(form)));
            }
        }
    }
}

/// What `own` has that `other` has not, where both are the same number.
fn form(own: &str, other: &str) -> Option<u8> {
    let has_exponent = |text: &str| text.contains(['e', 'E']);
    let has_no_zero = |text: &str| text.trim_start_matches('-').starts_with('.');
    if has_exponent(own) && !has_exponent(other) {
        Some(0)
    } else if starts(own) > starts(other) {
        Some(3)
    } else if has_no_zero(own) && !has_no_zero(other) {
        Some(4)
    } else {
        (own.len() > other.len()).then_some(5)
    }
}

/// Does the text say the number with a decimal comma, or with separators of thousands? A comma may
/// be one or the other: the number tells.
fn separators(text: &str, number: &Number) -> Option<u8> {
    let says = |text: String| finite(&text).as_ref() == Some(number);
    if text.contains(',') && says(text.replace(['.', ' ', '\''], "").replace(',', ".")) {
        return Some(1);
    }
    (text.contains([',', ' ', '\'']) && says(text.replace([',', ' ', '\''], ""))).then_some(2)
}

fn finite(text: &str) -> Option<Number> {
    Number::parse(text).filter(|number| matches!(number, Number::Finite(_)))
}

/// Signs and zeros in front of the number.
fn starts(text: &str) -> usize {
    let digits = text.trim_start_matches('-').trim_start_matches('+');
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    // The zero of `0` and `0.5` belongs to the number.
    let own = usize::from(
        digits.trim_start_matches('0').is_empty()
            || digits.trim_start_matches('0').starts_with('.'),
    );
    zeros.saturating_sub(own) + usize::from(text.starts_with('+'))
}

fn words(parameter: Parameter, _: &str) -> Words {
    let form = FORMS.get(usize::from(parameter.form)).copied().unwrap_or_default();
    Words {
        parameter: parameter.told(form),
        says: format!("numbers in text with {form} on {}", parameter.the_side()),
        remedy: "compare numbers and not texts, or format on both sides with a fixed pattern"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn each_spelling_is_told() {
        for (cell, parameter) in [
            (("1.50", "1.5"), "legacy: zeros at the end"),
            (("1", "1.0"), "governed: zeros at the end"),
            (("007", "7"), "legacy: a sign or zeros at the start"),
            (("+7", "7"), "legacy: a sign or zeros at the start"),
            (("1000", "1E3"), "governed: an exponent"),
            (("0.5", ".5"), "governed: no zero before the point"),
            (("1,5", "1.5"), "legacy: a decimal comma"),
            (("1.234,5", "1234.5"), "legacy: a decimal comma"),
            (("1234567.8", "1,234,567.8"), "governed: thousands separators"),
            (("1 000", "1000"), "legacy: thousands separators"),
        ] {
            assert_told(&texts(&[cell]), &[("DC0208", parameter, 1)]);
        }
    }

    #[test]
    fn near_misses() {
        let cells = [("1.50", "1.51"), ("1,5", "15.1"), ("7", "x7"), ("1-2", "1"), ("1.5 ", "1.5")];
        assert_silent("DC0208", &texts(&cells));
    }
}
