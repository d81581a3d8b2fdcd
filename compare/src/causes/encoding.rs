//! `DC0204`: texts that were read in another encoding.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
    traits::Traits,
};
use std::iter::Peekable;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0204",
        name: "encoding",
        page: "\
One side has characters that come of reading bytes in the wrong encoding. Three forms are
recognised: UTF-8 that was read as Latin-1 or Windows-1252 (`Ã©` for `é`: turning its characters
back to bytes gives the other side's UTF-8 exactly); characters that were lost to `?`, U+FFFD or
U+001A, all others being equal; and C1 control characters where the other side has what Windows-1252
has at their place (`\\u{80}` for `€`).

Find the step that names an encoding: the driver's client encoding, the load (`ENCODING`, `CHARACTER
SET`), or an export. Mojibake can be turned back, lost characters must be loaded again. No tolerance
is right here.",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

const MOJIBAKE: u8 = 0;
const REPLACED: u8 = 1;
const CONTROLS: u8 = 2;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some(texts) = pair.texts() else { return };
    let [x, y] = pair.traits();
    if !x.or(y).has(Traits::BEYOND_ASCII) {
        return;
    }
    for (side, own, other) in views(texts) {
        let form = if is_mojibake(own, other) {
            MOJIBAKE
        } else if is_replaced(own, other) {
            REPLACED
        } else if has_controls(own, other) {
            CONTROLS
        } else {
            continue;
        };
        found.push(Parameter::of_side(side).form(form));
    }
}

/// Are the characters of `own`, each a byte of Windows-1252 or Latin-1, the UTF-8 of `other`?
fn is_mojibake(own: &str, other: &str) -> bool {
    own.len() > other.len() && own.chars().map(byte).eq(other.bytes().map(Some))
}

/// The byte that Windows-1252 reads as this character, or Latin-1 where that has none.
fn byte(c: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(u32::from(c)) {
        return Some(byte);
    }
    let place = WINDOWS_1252.iter().position(|known| *known == c)?;
    u8::try_from(place + 0x80).ok()
}

/// What Windows-1252 has from 0x80 on; NUL where it has nothing. Source: the WHATWG encoding standard.
const WINDOWS_1252: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘',
    '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// Has `own` replacement characters where `other` has characters beyond ASCII, and all else alike?
fn is_replaced(own: &str, other: &str) -> bool {
    let replacement = |c: char| matches!(c, '?' | '\u{fffd}' | '\u{1a}');
    let (mut own, mut other) = (own.chars().peekable(), other.chars().peekable());
    let mut replaced = false;
    loop {
        match (own.peek().copied(), other.peek().copied()) {
            (None, None) => return replaced,
            (Some(a), Some(b)) if a == b => {
                own.next();
                other.next();
            }
            (Some(a), Some(b)) if replacement(a) && !b.is_ascii() && b != '\u{fffd}' => {
                // One for each character or for each of its bytes.
                let lost = run(&mut other, |c| !c.is_ascii());
                let marks = run(&mut own, replacement).0;
                if marks < lost.0 || marks > lost.1 {
                    return false;
                }
                replaced = true;
            }
            _ => return false,
        }
    }
}

/// Takes the characters that are such ones: how many, and their bytes.
fn run<I: Iterator<Item = char>>(
    chars: &mut Peekable<I>,
    is_such: impl Fn(char) -> bool,
) -> (usize, usize) {
    let (mut characters, mut bytes) = (0, 0);
    while let Some(c) = chars.next_if(|c| is_such(*c)) {
        characters += 1;
        bytes += c.len_utf8();
    }
    (characters, bytes)
}

fn has_controls(own: &str, other: &str) -> bool {
    let mut chars = other.chars();
    let mut controls = false;
    let alike = own.chars().all(|a| {
        let Some(b) = chars.next() else { return false };
        let control = ('\u{80}'..'\u{a0}').contains(&a) && a != b && byte(b) == byte(a);
        controls |= control;
        a == b || control
    });
    alike && controls && chars.next().is_none()
}

fn words(parameter: Parameter, _: &str) -> Words {
    let (name, says, remedy) = match parameter.form {
        MOJIBAKE => (
            "UTF-8 read as Latin-1",
            "UTF-8 that was read as Latin-1 or Windows-1252",
            "name UTF-8 as the encoding where the data is loaded or the driver connects",
        ),
        REPLACED => (
            "characters lost",
            "texts whose characters beyond ASCII were lost to replacement characters",
            "load the data again in an encoding that has these characters",
        ),
        _ => (
            "Windows-1252 read as Latin-1",
            "Windows-1252 that was read as Latin-1",
            "name Windows-1252 as the encoding where the data is loaded",
        ),
    };
    let side = parameter.the_side();
    Words {
        parameter: parameter.told(name),
        says: format!("{says} on {side}"),
        remedy: format!("{remedy} ({side})"),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn mojibake_is_told_with_its_side() {
        let cells = [("CafÃ©", "Café"), ("MÃ¼ller â‚¬5", "Müller €5"), ("Ã\u{a0}", "à")];
        assert_told(&texts(&cells), &[("DC0204", "legacy: UTF-8 read as Latin-1", 3)]);
    }

    #[test]
    fn lost_characters_and_controls() {
        let cells = [("Café", "Caf?"), ("日本", "??"), ("日本", "??????"), ("à la", "\u{fffd} la")];
        assert_told(&texts(&cells), &[("DC0204", "governed: characters lost", 4)]);
        let cells = [("\u{80} 5", "€ 5"), ("\u{93}a\u{94}", "“a”")];
        assert_told(&texts(&cells), &[("DC0204", "legacy: Windows-1252 read as Latin-1", 2)]);
    }

    #[test]
    fn near_misses() {
        let cells =
            [("CafÃ©", "Cafè"), ("Caf?", "Cafe"), ("Caf?s", "Café"), ("?", "éé"), ("é", "e")];
        assert_silent("DC0204", &texts(&cells));
    }
}
