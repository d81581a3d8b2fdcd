//! `DC0308`: dates and times in texts, in another spelling.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::Pair,
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0308",
        name: "spelling of times",
        page: "\
Texts are one date or timestamp in two spellings: `2024-01-31T10:00:00Z` and `2024-01-31
10:00:00+00`, with or without zeros of a fraction, with or without a midnight, `31.01.2024`,
`01/31/2024` or `20240131`. It is recognised by reading both. A cast of a time to text has its own
form in every engine.

Keep the column a date or timestamp, or format it on both sides by one pattern (`to_char(x,
'YYYY-MM-DD')`). No tolerance speaks for it, but `time_zone` (TL0014) where an offset differs too.",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words: |parameter, _| {
        let name = NAMES.get(usize::from(parameter.form)).copied().unwrap_or_default();
        Words {
            parameter: name.to_owned(),
            says: format!("the same times, spelled with another {name}"),
            remedy:
                "keep the column a date or timestamp, or format it on both sides by one pattern"
                    .to_owned(),
        }
    },
    join: None,
};

const NAMES: [&str; 4] =
    ["separator `T` or blank", "fraction of a second", "offset", "form of the date or time"];

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.texts() else { return };
    if pair.nanos().is_none_or(|[a, b]| a != b) || a.trim() == b.trim() {
        return;
    }
    let alike = |f: fn(&str) -> String| f(a) == f(b);
    let form = if alike(|text| text.replace('T', " ")) {
        0
    } else if alike(fraction) {
        1
    } else if alike(|text| offset(text).to_owned()) {
        2
    } else {
        3
    };
    found.push(Parameter::NONE.form(form));
}

/// The text without zeros at the end of its fraction, and a blank for its `T`.
fn fraction(text: &str) -> String {
    let text = text.replace('T', " ");
    match text.split_once('.') {
        Some((head, tail)) => {
            let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
            let (digits, rest) = tail.split_at_checked(end).unwrap_or((tail, ""));
            let digits = digits.trim_end_matches('0');
            let point = if digits.is_empty() { "" } else { "." };
            format!("{head}{point}{digits}{rest}")
        }
        None => text,
    }
}

/// The text before its offset.
fn offset(text: &str) -> &str {
    let clock = text.find(':').unwrap_or(text.len());
    let (head, tail) = text.split_at_checked(clock).unwrap_or((text, ""));
    let length = head.len() + tail.find(['Z', '+', '-']).unwrap_or(tail.len());
    text.get(..length).unwrap_or(text).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn each_form_is_told() {
        for (cell, form) in [
            (("2024-01-31 10:00:00", "2024-01-31T10:00:00"), 0),
            (("2024-01-31 10:00:00.500", "2024-01-31 10:00:00.5"), 1),
            (("2024-01-31T10:00:00.000Z", "2024-01-31 10:00:00Z"), 1),
            (("2024-01-31 10:00:00+00", "2024-01-31 10:00:00Z"), 2),
            (("31.01.2024", "2024-01-31"), 3),
            (("2024-01-31 00:00:00", "2024-01-31"), 3),
        ] {
            assert_told(&texts(&[cell]), &[("DC0308", NAMES[form], 1)]);
        }
    }

    #[test]
    fn near_misses() {
        let cells = [
            ("2024-01-31 10:00", "2024-01-31 10:01"),
            ("2024-01-31", "2024-01-31 "),
            ("2024", "2024.0"),
        ];
        assert_silent("DC0308", &texts(&cells));
    }
}
