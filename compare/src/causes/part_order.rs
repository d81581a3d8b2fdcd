//! `DC0213`: the same parts in another order.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    pair::Pair,
    traits::Traits,
};
use crate::{encode::encoded, kind::Meet, value::Value};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0213",
        name: "order of collected parts",
        page: "\
Lists have the same elements in another order, or texts the same parts around commas or other
separators. It comes of an aggregate without an order (`string_agg`, `LISTAGG`, `GROUP_CONCAT`,
`array_agg`), whose order the statement leaves open: another run may give another one on the same
engine.

Give the aggregate an order: `string_agg(x, ',' ORDER BY x)`. For lists, it can be accepted:

    [[tolerances]]
    kind = \"list_multiset\"
    scope = { column = \"tags\" }
    reason = \"the statement gives the list no order\"",
    },
    kinds: &[PairKind::Text, PairKind::Other],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

const LIST: u8 = 9;
/// Separators of parts; the place is the form.
const SEPARATORS: [char; 6] = [',', ';', '|', '\n', '/', ' '];
/// Parts that are sorted.
const PARTS_MAX: usize = 100_000;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    match (pair.legacy, pair.governed, pair.meet) {
        (Value::List(a), Value::List(b), Meet::List(meet))
            if a.len() == b.len() && a.len() <= PARTS_MAX =>
        {
            let sorted = |items: &[Value<'_>]| {
                let mut items: Vec<_> = items.iter().map(|item| encoded(item, meet)).collect();
                items.sort_unstable();
                items
            };
            if sorted(a) == sorted(b) {
                found.push(Parameter::NONE.form(LIST));
            }
        }
        (Value::Text(a), Value::Text(b), _)
            if pair.traits().into_iter().all(|traits| traits.has(Traits::SEPARATOR)) =>
        {
            of_texts(a, b, found);
        }
        _ => {}
    }
}

fn of_texts(a: &str, b: &str, found: &mut Vec<Parameter>) {
    // Parts in another order have the same bytes, but for the blanks around them.
    if a.len() != b.len() {
        return;
    }
    // In any order, the bytes add up to the same. Blanks may lie elsewhere, and count as nothing.
    let sum = |text: &str| {
        let bytes = text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != 0x0b);
        bytes.fold(0_u64, |sum, byte| sum.wrapping_add(u64::from(byte) * u64::from(byte)))
    };
    if a.is_ascii() && b.is_ascii() && sum(a) != sum(b) {
        return;
    }
    for (form, separator) in (0_u8..).zip(SEPARATORS) {
        if !a.contains(separator) || !b.contains(separator) {
            continue;
        }
        if sorted_parts(a, separator) == sorted_parts(b, separator) {
            found.push(Parameter::NONE.form(form));
            return;
        }
    }
}

fn sorted_parts(text: &str, separator: char) -> Vec<&str> {
    let mut parts: Vec<&str> = text.split(separator).take(PARTS_MAX).map(str::trim).collect();
    parts.sort_unstable();
    parts
}

fn words(parameter: Parameter, column: &str) -> Words {
    let text = "give the aggregate an order, for example `string_agg(x, ',' ORDER BY x)`";
    let separator = SEPARATORS.get(usize::from(parameter.form));
    let (name, says, remedy) = match separator {
        Some(separator) => (
            format!("separator {separator:?}"),
            "texts of the same parts in another order",
            text.to_owned(),
        ),
        None => (
            "list".to_owned(),
            "lists of the same elements in another order",
            with_tolerance(
                text,
                &["kind = \"list_multiset\""],
                column,
                "the statement gives the list no order",
            ),
        ),
    };
    Words { parameter: name, says: says.to_owned(), remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn texts_and_lists() {
        let cells = [("b, a, c", "c, b, a"), ("x,y", "y,x")];
        assert_told(&texts(&cells), &[("DC0213", "separator ','", 2)]);
        let list =
            |items: &[&'static str]| Value::List(items.iter().map(|t| Value::Text(t)).collect());
        let cells = vec![(list(&["a", "b", "a"]), list(&["a", "a", "b"]))];
        assert_told(&cells, &[("DC0213", "list", 1)]);
        assert_told(&vec![(list(&["a", "b", "a"]), list(&["b", "a", "b"]))], &[]);
    }

    #[test]
    fn near_misses() {
        assert_silent(
            "DC0213",
            &texts(&[("a,b", "b,c"), ("ab", "ba"), ("a,b", "b;a"), ("a,a,b", "b,b,a")]),
        );
    }
}
