//! `DC0202`: texts that differ in blanks at their ends.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    pair::{Pair, views},
    traits::Traits,
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0202",
        name: "padding",
        page: "\
Texts are equal once blanks at their ends are gone. Where every text of one side has the same number
of characters, it is a `CHAR(n)` that is filled up with blanks: Oracle, Db2, Teradata and PostgreSQL
return them, MySQL, Snowflake and most new engines do not. Leading blanks mostly come from numbers
that were formatted (`to_char(x, '999')`, `STR`).

Write `rtrim(x)` on one side, or type the column `varchar`. Or accept it:

    [[tolerances]]
    kind = \"text_trim\"
    blanks = \"trailing\"
    scope = { column = \"code\" }
    reason = \"the old table pads its codes\"",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

/// `CHAR(n)`: trailing blanks up to so many characters.
const FILLED: u8 = 0;
const TRAILING: u8 = 1;
const LEADING: u8 = 2;
const BOTH_ENDS: u8 = 3;
/// Added to a form where other white space than spaces is among the blanks: no tolerance speaks for it.
const OTHER_BLANKS: u8 = 8;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.texts() else { return };
    let [x, y] = pair.traits();
    if !x.or(y).has(Traits::BLANK.or(Traits::BEYOND_ASCII)) {
        return;
    }
    if a.trim() != b.trim() || a.trim().is_empty() {
        return;
    }
    let form = if a.trim_end() == b.trim_end() {
        TRAILING
    } else if a.trim_start() == b.trim_start() {
        LEADING
    } else {
        BOTH_ENDS
    };
    let of_spaces = a.trim_matches(' ') == b.trim_matches(' ');
    let form = if of_spaces { form } else { form | OTHER_BLANKS };
    let padded = views([a, b])
        .into_iter()
        .find(|(_, own, other)| *other == other.trim() && own.len() > other.len());
    match padded {
        Some((side, own, _)) => {
            let parameter = Parameter::of_side(side).form(form);
            found.push(parameter);
            // `CHAR(n)` fills up to n, whatever the text.
            if form == TRAILING && own.ends_with(' ') {
                let length = i64::try_from(own.chars().count()).unwrap_or(i64::MAX);
                found.push(parameter.form(FILLED).amount(length));
            }
        }
        None => found.push(Parameter::NONE.form(form)),
    }
}

fn words(parameter: Parameter, column: &str) -> Words {
    let of_spaces = parameter.form & OTHER_BLANKS == 0;
    let ends = match parameter.form & !OTHER_BLANKS {
        FILLED | TRAILING => "trailing",
        LEADING => "leading",
        _ => "leading and trailing",
    };
    let to = match parameter.amount {
        0 => String::new(),
        length => format!(" up to {length} characters"),
    };
    let on = match parameter.side {
        Some(_) => format!("on {}", parameter.the_side()),
        None => "that differ".to_owned(),
    };
    let blanks =
        if parameter.form <= TRAILING { "blanks = \"trailing\"" } else { "blanks = \"both\"" };
    let remedy = if of_spaces {
        with_tolerance(
            "trim the column on both sides, or type it as a text without padding",
            &["kind = \"text_trim\"", blanks],
            column,
            "blanks at the ends mean nothing here",
        )
    } else {
        "trim tabs, line ends and other white space too where the data is exported or loaded"
            .to_owned()
    };
    let what = if of_spaces { "blanks" } else { "white space" };
    Words {
        parameter: parameter.told(&format!("{ends} {what}{to}")),
        says: format!("equal but for {ends} {what}{to} {on}"),
        remedy,
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn a_char_of_one_length_is_told_with_it() {
        let cells = [("ab   ", "ab"), ("abcd ", "abcd"), ("a    ", "a")];
        let found = crate::causes::testing::told(&texts(&cells));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1, "legacy: trailing blanks up to 5 characters");
        assert_eq!(found[0].2, 3);
    }

    #[test]
    fn other_blanks_are_told_by_their_end() {
        let cells = [("ab ", "ab"), ("abcd ", "abcd")];
        assert_told(&texts(&cells), &[("DC0202", "legacy: trailing blanks", 2)]);
        let cells = [("12", "  12"), ("x", " x")];
        assert_told(&texts(&cells), &[("DC0202", "governed: leading blanks", 2)]);
        assert_told(&texts(&[(" a", "a ")]), &[("DC0202", "leading and trailing blanks", 1)]);
        let other = texts(&[("a\u{a0}", "a"), ("b\t", "b")]);
        assert_told(&other, &[("DC0202", "legacy: trailing white space", 2)]);
    }

    #[test]
    fn near_misses() {
        assert_silent("DC0202", &texts(&[("ab ", "abc"), ("a b", "ab"), (" ", ""), ("a ", "A")]));
    }
}
