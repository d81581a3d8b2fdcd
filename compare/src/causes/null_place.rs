//! `DC0602`: NULLs sorted to the other end.

use super::{
    cause::About,
    order::{Keys, OrderCause},
    rows::Told,
};

pub(crate) static CAUSE: OrderCause = OrderCause {
    about: About {
        code: "DC0602",
        name: "place of NULL",
        page: "\
Without the NULLs of the order key both sides are in one order: NULL stands at the start on one side
and at the end on the other. PostgreSQL, Oracle and Snowflake take NULL for the largest value, SQL
Server, MySQL, SQLite, BigQuery, Spark and DuckDB put it first or have a setting. The translation
says it outright (rule TR0401).

Write `NULLS FIRST` or `NULLS LAST` in the ORDER BY. No tolerance speaks for the order.",
    },
    find: |keys: &Keys<'_>| {
        let (legacy, governed) = (keys.nulls_first(0)?, keys.nulls_first(1)?);
        if legacy == governed || !keys.is_same_without_nulls() {
            return None;
        }
        let place = |first: bool| if first { "first" } else { "last" };
        Some(Told {
            parameter: format!("legacy: {}, governed: {}", place(legacy), place(governed)),
            columns: vec![keys.name.to_owned()],
            rows: keys.rows,
            sentence: format!(
                "NULLs of `{}` come {} on the legacy side and {} on the governed side",
                keys.name,
                place(legacy),
                place(governed)
            ),
            remedy: format!(
                "write `NULLS {}` in the ORDER BY, as the legacy side does",
                place(legacy).to_uppercase()
            ),
        })
    },
};

#[cfg(test)]
mod tests {
    use crate::causes::testing::ordered_values;
    use crate::value::Value;

    #[test]
    fn nulls_at_the_other_end() {
        let (null, one, two) = (Value::Null, Value::Int(1), Value::Int(2));
        let last = [one.clone(), two.clone(), null.clone()];
        let first = [null.clone(), one.clone(), two.clone()];
        let found = ordered_values(&last, &first, false).unwrap();
        assert_eq!((found.code.as_str(), found.rows), ("DC0602", 3));
        assert_eq!(found.parameter, "legacy: last, governed: first");
        let other = [null.clone(), two, one];
        assert_ne!(ordered_values(&last, &other, false).unwrap().code, "DC0602");
    }
}
