//! `DC0606`: the same rows in another order, and nothing more specific.

use super::{
    cause::About,
    order::{Keys, OrderCause},
    rows::Told,
};

pub(crate) static CAUSE: OrderCause = OrderCause {
    about: About {
        code: "DC0606",
        name: "order only",
        page:
            "\
The rows that both sides have stand in another order than the statement's ORDER BY asks for, by the
first order key that differs. Usual reasons: the ORDER BY stands in a query inside of the statement,
whose order nobody has to keep; the key is an expression that the sides compute in another way; a
collation that is not among those that are tried.

Put the ORDER BY outermost, with keys that make the order total. No tolerance speaks for the order.",
    },
    find: |keys: &Keys<'_>| {
        let unsorted = |side| keys.sorts(side, keys.descending).is_empty();
        let who = match (unsorted(0), unsorted(1)) {
            (false, true) => "; the governed side is not sorted by it",
            (true, false) => "; the legacy side is not sorted by it",
            _ => "",
        };
        Some(Told {
            parameter: String::new(),
            columns: vec![keys.name.to_owned()],
            rows: keys.rows,
            sentence: format!(
                "{} positions have another value of the order key `{}`{who}",
                keys.rows, keys.name
            ),
            remedy: "put the ORDER BY outermost, with keys that make the order total".to_owned(),
        })
    },
};

#[cfg(test)]
mod tests {
    use crate::causes::testing::ordered;

    #[test]
    fn an_unsorted_side_is_told() {
        let found = ordered(&["a", "b", "c"], &["b", "c", "a"], false).unwrap();
        assert_eq!((found.code.as_str(), found.rows), ("DC0606", 3));
        assert!(found.sentence.ends_with("; the governed side is not sorted by it"), "{found:?}");
        assert_eq!(ordered(&["a", "b"], &["a", "b"], false), None);
    }
}
