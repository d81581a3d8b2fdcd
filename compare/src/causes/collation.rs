//! `DC0601`: texts sorted by another collation.

use super::{
    cause::About,
    order::{OrderCause, Sort},
    rows::Told,
};

pub(crate) static CAUSE: OrderCause = OrderCause {
    about: About {
        code: "DC0601",
        name: "collation",
        page: "\
Both sides are sorted by the texts of the order key, each by another collation: by bytes (`C`: all
capitals before all small letters), without regard to case, or as a dictionary does, with
punctuation or without. It is recognised by trying these orders on both sides. MySQL and SQL Server
sort without regard to case, PostgreSQL as its database was created, DuckDB, Snowflake, BigQuery and
Spark by bytes.

Name the collation where the order matters: `ORDER BY name COLLATE \"C\"` (PostgreSQL), `COLLATE
Latin1_General_BIN2` (SQL Server). No tolerance speaks for the order.",
    },
    find: |keys| {
        if !keys.are_texts() {
            return None;
        }
        let first =
            |side| keys.sorts(side, keys.descending).into_iter().find(|sort| *sort != Sort::Number);
        let (legacy, governed) = (first(0)?, first(1)?);
        (legacy != governed).then(|| Told {
            parameter: format!("legacy: {}, governed: {}", legacy.told(), governed.told()),
            columns: vec![keys.name.to_owned()],
            rows: keys.rows,
            sentence: format!(
                "the legacy side sorts `{}` {}, the governed side {}: {} positions have another value",
                keys.name,
                legacy.told(),
                governed.told(),
                keys.rows
            ),
            remedy: "name one collation in the ORDER BY, for example `COLLATE \"C\"`".to_owned(),
        })
    },
};

#[cfg(test)]
mod tests {
    use crate::causes::testing::ordered;

    #[test]
    fn capitals_before_small_letters() {
        let found = ordered(&["B", "a", "c"], &["a", "B", "c"], false).unwrap();
        assert_eq!((found.code.as_str(), found.rows), ("DC0601", 2));
        assert_eq!(found.parameter, "legacy: by bytes, governed: without regard to case");
        let found = ordered(&["Öl", "P"], &["P", "Öl"], false).unwrap();
        assert_eq!(found.parameter, "legacy: as a dictionary does, governed: by bytes");
        let found = ordered(&["co-op", "coop a", "coops"], &["coop a", "coops", "co-op"], true);
        assert_ne!(found.unwrap().code, "DC0601", "ascending is not descending");
        let found = ordered(&["co op", "coa"], &["coa", "co op"], false).unwrap();
        let parameter =
            "legacy: by bytes, governed: as a dictionary does, without regard to punctuation";
        assert_eq!(found.parameter, parameter);
    }

    #[test]
    fn a_side_in_no_order_is_no_collation() {
        let found = ordered(&["a", "b", "c"], &["b", "c", "a"], false).unwrap();
        assert_ne!(found.code, "DC0601");
    }
}
