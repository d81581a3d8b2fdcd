//! `DC0207`: true and false in other words.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::Pair,
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0207",
        name: "spelling of booleans",
        page: "\
Texts say true and false in other words: t/f, true/false, 1/0, y/n, yes/no, on/off. It is recognised
where both sides mean the same. A boolean that is cast to text is `true` in PostgreSQL, DuckDB and
Snowflake, `1` in MySQL and SQL Server, `t` in what psql and older drivers print.

Keep the column a boolean, or spell it on both sides: `CASE WHEN x THEN 'true' ELSE 'false' END`. No
tolerance speaks for it.",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

const WORDS: [[&str; 2]; 6] =
    [["false", "true"], ["f", "t"], ["0", "1"], ["n", "y"], ["no", "yes"], ["off", "on"]];

/// The words that a text is of, and its value.
fn read(text: &str) -> Option<(usize, usize)> {
    if text.len() > 5 {
        return None;
    }
    WORDS.iter().enumerate().find_map(|(place, words)| {
        let value = words.iter().position(|word| word.eq_ignore_ascii_case(text))?;
        Some((place, value))
    })
}

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.texts() else { return };
    let (Some((words_a, a)), Some((words_b, b))) = (read(a), read(b)) else { return };
    if a == b && words_a != words_b {
        // Each pair of spellings has a number; the spelling of the legacy side is the higher digit.
        found.push(Parameter::NONE.amount(i64::try_from(words_a * 10 + words_b).unwrap_or(0)));
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let of = |place: i64| {
        let words = usize::try_from(place).ok().and_then(|place| WORDS.get(place));
        words.map_or(String::new(), |[no, yes]| format!("{yes}/{no}"))
    };
    let (legacy, governed) = (of(parameter.amount / 10), of(parameter.amount % 10));
    Words {
        parameter: format!("legacy: {legacy}, governed: {governed}"),
        says: format!("{legacy} on the legacy side and {governed} on the governed side"),
        remedy: "keep the column a boolean, or spell it alike on both sides by `CASE WHEN`"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, causes, texts};

    #[test]
    fn both_spellings_are_told() {
        let found = causes(&texts(&[("t", "TRUE"), ("f", "false"), ("F", "False")]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].parameter, "legacy: t/f, governed: true/false");
        assert_eq!(found[0].cells, 3);
    }

    #[test]
    fn other_values_and_words_are_not() {
        assert_silent("DC0207", &texts(&[("t", "false"), ("t", "T"), ("1", "01"), ("ja", "yes")]));
    }
}
