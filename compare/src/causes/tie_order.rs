//! `DC0605`: rows that stand in another order where the order takes them for equal.

use super::{
    cause::About,
    order::{Keys, OrderCause, Sort},
    rows::Told,
};

pub(crate) static CAUSE: OrderCause = OrderCause {
    about: About {
        code: "DC0605",
        name: "order inside of ties",
        page: "\
Both sides are sorted by one collation that takes some texts for equal (`a` and `A`, `co-op` and
`coop`), and differ only in the order of these. The statement leaves that open. Rows whose order
keys are equal to the byte are never told as another order.

Add a key that makes the order total, or a collation that tells the texts apart. No tolerance speaks
for the order.",
    },
    find: |keys: &Keys<'_>| {
        if !keys.are_texts() {
            return None;
        }
        let first = |side| keys.sorts(side, keys.descending).first().copied();
        let (legacy, governed) = (first(0)?, first(1)?);
        (legacy == governed && legacy != Sort::Own).then(|| Told {
            parameter: legacy.told().to_owned(),
            columns: vec![keys.name.to_owned()],
            rows: keys.rows,
            sentence: format!(
                "both sides sort `{}` {}, and {} positions differ only among what is equal so",
                keys.name,
                legacy.told(),
                keys.rows
            ),
            remedy: "add a key to the ORDER BY that makes the order total".to_owned(),
        })
    },
};

#[cfg(test)]
mod tests {
    use crate::causes::testing::ordered;

    #[test]
    fn letters_that_are_alike() {
        let found = ordered(&["a", "B", "b", "C"], &["a", "b", "B", "C"], false).unwrap();
        assert_eq!((found.code.as_str(), found.rows), ("DC0605", 2));
        assert_eq!(found.parameter, "without regard to case");
    }
}
