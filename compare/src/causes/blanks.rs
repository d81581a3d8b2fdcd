//! `DC0211`: texts that differ in blanks and line ends inside.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
    traits::Traits,
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0211",
        name: "blanks and line ends",
        page: "\
Texts have the same words with other blanks between them: line ends of Windows (CR LF) for those of
Unix, no-break spaces or tabs for spaces, several spaces for one, or none. It is recognised by
comparing the texts without their blanks. Exports and editors turn line ends; HTML and spreadsheets
bring no-break spaces.

Write `replace(x, chr(13), '')`, or correct the load. No tolerance speaks for blanks inside;
`text_trim` (TL0009) does for those at the ends.",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

const LINE_ENDS: u8 = 0;
const OTHER_BLANKS: u8 = 1;
const MORE: u8 = 2;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.texts() else { return };
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}');
    let [x, y] = pair.traits();
    if !x.or(y).has(Traits::BLANK.or(Traits::BEYOND_ASCII)) {
        return;
    }
    if !a.contains(blank) && !b.contains(blank) || a.trim() == b.trim() {
        return;
    }
    let bare = |text: &'_ str| text.bytes().filter(|byte| *byte != b'\r').collect::<Vec<_>>();
    if a.contains('\r') != b.contains('\r') && bare(a) == bare(b) {
        let with = views([a, b]).into_iter().find(|(_, own, _)| own.contains('\r'));
        found.extend(with.map(|(side, ..)| Parameter::of_side(side).form(LINE_ENDS)));
    } else if a.split(blank).eq(b.split(blank)) {
        found.push(Parameter::NONE.form(OTHER_BLANKS));
    } else if a.chars().filter(|c| !blank(*c)).eq(b.chars().filter(|c| !blank(*c))) {
        let longer = views([a, b]).into_iter().find(|(_, own, other)| own.len() > other.len());
        let side = longer.map(|(side, ..)| side);
        found.push(Parameter { side, ..Parameter::NONE }.form(MORE));
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let side = parameter.the_side();
    let (name, says) = match parameter.form {
        LINE_ENDS => ("CR LF", format!("the same lines, which end with CR LF on {side}")),
        OTHER_BLANKS => {
            ("other blanks", "the same words with other blanks between them".to_owned())
        }
        _ => {
            ("blanks", format!("the same characters with additional blanks between them on {side}"))
        }
    };
    Words {
        parameter: parameter.told(name),
        says,
        remedy: "replace the blanks or line ends where the data is exported or loaded".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn each_form_is_told() {
        assert_told(&texts(&[("a\r\nb", "a\nb")]), &[("DC0211", "legacy: CR LF", 1)]);
        assert_told(
            &texts(&[("a b", "a\u{a0}b"), ("a\tb", "a b")]),
            &[("DC0211", "other blanks", 2)],
        );
        assert_told(
            &texts(&[("a b", "a  b"), ("1234", "1 234 ")][..1]),
            &[("DC0211", "governed: blanks", 1)],
        );
    }

    #[test]
    fn near_misses() {
        assert_silent(
            "DC0211",
            &texts(&[("a b ", "a b"), ("a b", "a c"), ("ab", "ac"), ("", " ")]),
        );
    }
}
