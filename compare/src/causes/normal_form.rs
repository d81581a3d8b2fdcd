//! `DC0205`: the same characters in other code points.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    pair::{Pair, views},
    traits::Traits,
};
use unicode_normalization::UnicodeNormalization as _;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0205",
        name: "Unicode normal form",
        page: "\
Texts are equal by Unicode's canonical equivalence (UAX #15): `é` as one code point on one side, and
as `e` with a combining accent on the other. They look alike and are not equal to any engine. Files
of macOS, some keyboards and ICU tools write the decomposed form.

Normalise where the data is loaded (`normalize(x, NFC)` in PostgreSQL, Snowflake and BigQuery). Or
accept it:

    [[tolerances]]
    kind = \"text_nfc\"
    scope = { column = \"name\" }
    reason = \"the old system normalises texts\"

Characters that are only compatible (full-width letters, ligatures, superscripts) are told as
`compatible`, and no tolerance excuses them.",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

const CANONICAL: u8 = 0;
const COMPATIBLE: u8 = 1;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.texts() else { return };
    let [x, y] = pair.traits();
    if !x.or(y).has(Traits::BEYOND_ASCII) {
        return;
    }
    let form = if a.nfc().eq(b.nfc()) {
        CANONICAL
    } else if a.nfkc().eq(b.nfkc()) {
        COMPATIBLE
    } else {
        return;
    };
    let plain = |text: &str| match form {
        CANONICAL => text.nfc().eq(text.chars()),
        _ => text.nfkc().eq(text.chars()),
    };
    let strange = views([a, b]).into_iter().find(|(_, own, other)| !plain(own) && plain(other));
    let side = strange.map(|(side, ..)| side);
    found.push(Parameter { side, ..Parameter::NONE }.form(form));
}

fn words(parameter: Parameter, column: &str) -> Words {
    let on = parameter.side.map(|_| format!(" on {}", parameter.the_side())).unwrap_or_default();
    let text = "normalise the texts where they are loaded, `normalize(x, NFC)`";
    if parameter.form == COMPATIBLE {
        return Words {
            parameter: parameter.told("compatible"),
            says: format!(
                "texts with compatible characters, such as ligatures or full-width letters,{on}"
            ),
            remedy: "fold the texts where they are loaded, `normalize(x, NFKC)`".to_owned(),
        };
    }
    Words {
        parameter: parameter.told("decomposed"),
        says: format!("the same characters in other code points, decomposed{on}"),
        remedy: with_tolerance(
            text,
            &["kind = \"text_nfc\""],
            column,
            "the characters are the same",
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn accents_beside_their_letter() {
        let cells = [("Café", "Cafe\u{301}"), ("ü", "u\u{308}")];
        assert_told(&texts(&cells), &[("DC0205", "governed: decomposed", 2)]);
        assert_told(&texts(&[("ﬁne", "fine")]), &[("DC0205", "legacy: compatible", 1)]);
    }

    #[test]
    fn near_misses() {
        assert_silent("DC0205", &texts(&[("Café", "Cafe"), ("Café", "cafe\u{301}"), ("é", "è")]));
    }
}
