//! `DC0206`: letters without their accents.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::views,
    traits::Traits,
};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The characters of a text without their marks.
fn plain(text: &str) -> impl Iterator<Item = char> {
    text.nfd().filter(|c| !is_combining_mark(*c))
}

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0206",
        name: "accents",
        page:
            "\
Texts are equal but for the accents of their letters, which one side lacks: `Café` and `Cafe`. It
comes from an `unaccent`, from exports to ASCII, or from a collation that ignores accents (MySQL,
SQL Server) and has put spellings together, of which each side shows another one.

Load the texts in an encoding that has the letters, or fold both sides. No tolerance is right here.",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain: |pair, found| {
        let Some([a, b]) = pair.texts() else { return };
        let [x, y] = pair.traits();
        if !x.or(y).has(Traits::BEYOND_ASCII) {
            return;
        }
        // Character by character, so that most texts are refused at their first one.
        if !plain(a).eq(plain(b)) || a.nfd().eq(b.nfd()) {
            return;
        }
        let marks = |text: &str| text.nfd().filter(|c| is_combining_mark(*c)).count();
        let marks = [marks(a), marks(b)];
        let fewer = views(marks).into_iter().find(|(_, own, other)| own < other);
        found.push(Parameter { side: fewer.map(|(side, ..)| side), ..Parameter::NONE });
    },
    words: |parameter, _| Words {
        parameter: parameter.told(if parameter.side.is_some() { "without" } else { "others" }),
        says: match parameter.side {
            Some(_) => format!("without accents on {}", parameter.the_side()),
            None => "equal but for the accents of their letters".to_owned(),
        },
        remedy: "look for an export to ASCII or a collation that ignores accents".to_owned(),
    },
    join: None,
};

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn the_side_without_them_is_told() {
        let cells = [("Café", "Cafe"), ("Ångström", "Angstrom")];
        assert_told(&texts(&cells), &[("DC0206", "governed: without", 2)]);
        assert_told(&texts(&[("pêche", "péche")]), &[("DC0206", "others", 1)]);
    }

    #[test]
    fn near_misses() {
        assert_silent("DC0206", &texts(&[("Café", "cafe"), ("Café", "Cafe\u{301}"), ("ø", "o")]));
    }
}
