//! `DC0203`: texts that are cut.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0203",
        name: "truncated text",
        page: "\
Texts of one side are the first characters, always as many, of the other's. It is recognised by
that, in characters, or in bytes of UTF-8 where those are constant and the characters are not. The
number tells where it happens: 255, 256, 1,000, 4,000, 65,535 are limits of types and drivers; 30,
63 and 128 of names; `CAST(x AS varchar)` without a length cuts to 30 in SQL Server; a legacy tool
may have cut while it exported.

Widen the type, or correct the export. No tolerance is right here: what is cut is lost.",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 5 },
    explain,
    words,
    join: None,
};

const CHARACTERS: u8 = 0;
const BYTES: u8 = 1;
/// One character is the start of another text by chance.
const LENGTH_MIN: usize = 2;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some(texts) = pair.texts() else { return };
    for (side, short, long) in views(texts) {
        if !long.starts_with(short) || long.trim_end() == short.trim_end() {
            continue;
        }
        let characters = short.chars().count();
        if characters < LENGTH_MIN {
            continue;
        }
        for (form, length) in [(CHARACTERS, characters), (BYTES, short.len())] {
            let length = i64::try_from(length).unwrap_or(i64::MAX);
            found.push(Parameter::of_side(side).form(form).amount(length));
        }
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let unit = if parameter.form == BYTES { "bytes" } else { "characters" };
    let (length, side) = (parameter.amount, parameter.the_side());
    Words {
        parameter: parameter.told(&format!("{length} {unit}")),
        says: format!("cut to the first {length} {unit} on {side}"),
        remedy: format!(
            "widen the type, or correct the cast or export, that cuts to {length} {unit} on {side}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn the_constant_length_is_told() {
        let cells = [("abcdefgh", "abcde"), ("12345xyz", "12345"), ("ééééééé", "ééééé")];
        assert_told(&texts(&cells), &[("DC0203", "governed: 5 characters", 3)]);
        let cells = [("abcd", "abcdef"), ("éé", "ééxyz"), ("aéb", "aébbb")];
        assert_told(&texts(&cells), &[("DC0203", "legacy: 4 bytes", 3)]);
    }

    #[test]
    fn near_misses() {
        let cells = [("abcdef", "abcx"), ("ab", "ab   "), ("a", "abc"), ("", "abc"), ("ab", "Abc")];
        assert_silent("DC0203", &texts(&cells));
    }
}
