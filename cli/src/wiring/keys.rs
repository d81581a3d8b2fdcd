//! Keys that the catalog declares, for the rows of an answer.

use model::{
    ColumnOrigin, Judgement, KeyOrigin,
    catalog::{CatalogColumn, CatalogTable},
};
use sql::Parsed;

/// The 0-based output columns that hold a declared key of the one table whose rows a query gives;
/// `names` are those of its output. Of several keys, the first with the fewest columns.
pub(crate) fn declared(
    parsed: &Parsed,
    origins: &[Option<ColumnOrigin>],
    names: &[&str],
    catalog: &[CatalogTable],
) -> Option<Vec<usize>> {
    let rows = parsed.table_rows()?;
    let table = only(catalog.iter().filter(|table| is_named(table, &rows.table)))?;
    let all;
    let origins = if rows.all_columns {
        all = ColumnOrigin::whole_table(&rows.table, names.iter().copied());
        all.as_slice()
    } else {
        origins
    };
    let place = |column: &String| {
        origins.iter().take(names.len()).position(|origin| {
            origin.as_ref().is_some_and(|origin| {
                origin.table == rows.table && origin.column.eq_ignore_ascii_case(column)
            })
        })
    };
    let keys = table.keys.iter().filter(|key| key.iter().all(|column| is_one(table, column)));
    let places = keys.filter_map(|key| key.iter().map(&place).collect::<Option<Vec<_>>>());
    places.filter(|key| !key.is_empty()).min_by_key(Vec::len)
}

/// The places of the columns of a key that a verdict names, in an output with these names.
pub(crate) fn recorded(key: &[String], names: &[&str]) -> Option<Vec<usize>> {
    let place = |column: &String| {
        let own = names.iter().enumerate().filter(|(_, name)| *name == column);
        only(own.map(|(place, _)| place))
    };
    let key: Option<Vec<usize>> = key.iter().map(place).collect();
    key.filter(|key| !key.is_empty())
}

/// Says in the judgement that its key was not given by hand.
pub(crate) fn tell(judgement: &mut Judgement) {
    if let Some(key) = &mut judgement.differences.key {
        key.origin = KeyOrigin::Declared;
    }
}

/// Is the table called so in a query? Without its schema only where the search path leads there.
pub(crate) fn is_named(table: &CatalogTable, name: &str) -> bool {
    let own = [table.database.as_deref(), table.schema.as_deref(), Some(table.name.as_str())];
    let own: Vec<&str> = own.into_iter().flatten().collect();
    own.join(".").eq_ignore_ascii_case(name)
}

/// Names that differ in case alone are told apart by engines, and not here.
fn is_one(table: &CatalogTable, column: &str) -> bool {
    let same = |c: &&CatalogColumn| c.name.eq_ignore_ascii_case(column);
    only(table.columns.iter().filter(same)).is_some()
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Dialect;

    fn table(schema: Option<&str>, name: &str, columns: &[&str], keys: &[&[&str]]) -> CatalogTable {
        let column = |name: &&str| CatalogColumn {
            name: (*name).to_owned(),
            data_type: "integer".to_owned(),
            nullable: false,
        };
        CatalogTable {
            database: None,
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
            columns: columns.iter().map(column).collect(),
            keys: keys.iter().map(|key| key.iter().map(|c| (*c).to_owned()).collect()).collect(),
        }
    }

    fn key(text: &str, names: &[&str]) -> Option<Vec<usize>> {
        let catalog = [
            table(None, "o", &["id", "shop", "number", "city"], &[&["shop", "number"], &["id"]]),
            table(Some("s"), "p", &["a", "A", "b"], &[&["a"], &["b"]]),
            table(None, "q", &["x", "y"], &[&["*"]]),
            table(None, "r", &["x"], &[]),
        ];
        let parsed = sql::parse(text, Dialect::Postgres).unwrap();
        declared(&parsed, &parsed.facts().origins, names, &catalog)
    }

    #[test]
    fn a_key_that_the_output_holds_is_found() {
        for (text, names, expected) in [
            ("SELECT city, id FROM o", &["city", "id"][..], Some(vec![1])),
            ("SELECT number, city, shop FROM o", &["number", "city", "shop"], Some(vec![2, 0])),
            ("SELECT * FROM o", &["id", "shop", "number", "city"], Some(vec![0])),
            ("SELECT id AS n FROM o AS x", &["n"], Some(vec![0])),
            ("SELECT b FROM s.p", &["b"], Some(vec![0])),
            ("SELECT shop, city FROM o", &["shop", "city"], None),
            ("SELECT id + 1 AS id FROM o", &["id"], None),
            ("SELECT b FROM p", &["b"], None),
            ("SELECT x, y FROM q", &["x", "y"], None),
            ("SELECT x FROM r", &["x"], None),
            ("SELECT o.id FROM o JOIN o AS p ON true", &["id"], None),
            ("SELECT id FROM unknown", &["id"], None),
        ] {
            assert_eq!(key(text, names), expected, "{text}");
        }
    }

    #[test]
    fn a_recorded_key_is_found_where_each_name_is_there_once() {
        let of = |key: &[&str], names: &[&str]| {
            recorded(&key.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), names)
        };
        assert_eq!(of(&["b", "a"], &["a", "c", "b"]), Some(vec![2, 0]));
        assert_eq!(of(&["b"], &["b", "b"]), None);
        assert_eq!(of(&["B"], &["b"]), None);
        assert_eq!(of(&[], &["b"]), None);
    }

    #[test]
    fn names_that_only_case_tells_apart_are_left_alone() {
        assert_eq!(key("SELECT a FROM s.p", &["a"]), None);
    }
}
