//! `DC0604`: rows sorted the other way round.

use super::{
    cause::About,
    order::{Keys, OrderCause},
    rows::Told,
};

pub(crate) static CAUSE: OrderCause = OrderCause {
    about: About {
        code: "DC0604",
        name: "direction of the order",
        page: "\
One side is sorted in ascending and the other in descending order of the same key. A `DESC` was
lost, or was put to another key of a list (`ORDER BY a, b DESC` sorts `a` in ascending order).

Correct the direction of the key. No tolerance speaks for the order.",
    },
    find: |keys: &Keys<'_>| {
        let common = |legacy_descends: bool| {
            let governed = keys.sorts(1, !legacy_descends);
            keys.sorts(0, legacy_descends).iter().any(|sort| governed.contains(sort))
        };
        let told = |legacy, governed| Told {
            parameter: format!("legacy: {legacy}, governed: {governed}"),
            columns: vec![keys.name.to_owned()],
            rows: keys.rows,
            sentence: format!(
                "`{}` is {legacy} on the legacy side and {governed} on the governed side",
                keys.name
            ),
            remedy: "correct the direction of the key in the ORDER BY".to_owned(),
        };
        if common(false) {
            Some(told("ascending", "descending"))
        } else {
            common(true).then(|| told("descending", "ascending"))
        }
    },
};

#[cfg(test)]
mod tests {
    use crate::{causes::testing::ordered_values, value::Value};

    #[test]
    fn a_lost_desc() {
        let of = |numbers: [i128; 3]| numbers.map(Value::Int);
        let found = ordered_values(&of([3, 2, 1]), &of([1, 2, 3]), true).unwrap();
        assert_eq!((found.code.as_str(), found.rows), ("DC0604", 2));
        assert_eq!(found.parameter, "legacy: descending, governed: ascending");
        assert_ne!(ordered_values(&of([3, 2, 1]), &of([1, 3, 2]), true).unwrap().code, "DC0604");
    }
}
