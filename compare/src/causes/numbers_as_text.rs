//! `DC0603`: numbers sorted as texts.

use super::{
    cause::About,
    order::{Keys, OrderCause, Sort},
    rows::Told,
};

pub(crate) static CAUSE: OrderCause = OrderCause {
    about: About {
        code: "DC0603",
        name: "numbers sorted as text",
        page: "\
The order key holds numbers in texts, which one side sorts by their values (2, 10) and the other as
texts (10, 2). It is recognised by trying both orders. The type of the column was changed, or one
side converts texts before it sorts.

Sort by a number on both sides: `ORDER BY CAST(code AS integer)`. No tolerance speaks for the order.",
    },
    find: |keys: &Keys<'_>| {
        if !keys.are_texts() {
            return None;
        }
        let numbers = [0, 1].map(|side| keys.sorts(side, keys.descending).contains(&Sort::Number));
        let texts = [0, 1].map(|side| keys.sorts(side, keys.descending).contains(&Sort::Own));
        let side = match (numbers, texts) {
            ([true, false], [_, true]) => "legacy",
            ([false, true], [true, _]) => "governed",
            _ => return None,
        };
        Some(Told {
            parameter: side.to_owned(),
            columns: vec![keys.name.to_owned()],
            rows: keys.rows,
            sentence: format!("the texts of `{}` are sorted as numbers on the {side} side only", keys.name),
            remedy: "sort by a number on both sides, for example by a cast in the ORDER BY".to_owned(),
        })
    },
};

#[cfg(test)]
mod tests {
    use crate::causes::testing::ordered;

    #[test]
    fn ten_before_two() {
        let found = ordered(&["2", "10", "30"], &["10", "2", "30"], false).unwrap();
        assert_eq!((found.code.as_str(), found.parameter.as_str()), ("DC0603", "legacy"));
        let found = ordered(&["9", "10x"], &["10x", "9"], false).unwrap();
        assert_ne!(found.code, "DC0603");
    }
}
