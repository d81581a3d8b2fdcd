//! Where a tolerance holds: its scope against statements and columns.

use crate::{
    StatementRef,
    kind::Kind,
    tolerances::{Means, Rule},
};
use model::{ColumnOrigin, Scope};

/// What a scope is held against: one column of the two sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScopedColumn<'a> {
    /// Its name on the legacy and the governed side.
    pub(crate) names: [&'a str; 2],
    pub(crate) kinds: [&'a Kind; 2],
    pub(crate) origin: Option<&'a ColumnOrigin>,
}

/// Does a scope hold for this statement?
pub(crate) fn holds_for_statement(scope: &Scope, statement: &StatementRef<'_>) -> bool {
    let fits = |wanted: &Option<String>, have: &str| wanted.as_deref().is_none_or(|w| w == have);
    fits(&scope.statement, statement.id) && fits(&scope.fingerprint, statement.fingerprint)
}

impl ScopedColumn<'_> {
    /// Does a scope hold for this column, by name and by type?
    pub(crate) fn fits(&self, scope: &Scope) -> bool {
        self.is_named(scope) && self.is_of_type(scope)
    }

    /// Without a table the scope's column is an output column, by its name on either side; with one
    /// it is the table's own.
    pub(crate) fn is_named(&self, scope: &Scope) -> bool {
        match (&scope.table, &scope.column) {
            (None, None) => true,
            (None, Some(column)) => self.names.contains(&column.as_str()),
            (Some(table), column) => self.origin.is_some_and(|origin| {
                is_table(table, &origin.table)
                    && column.as_ref().is_none_or(|column| *column == origin.column)
            }),
        }
    }

    fn is_of_type(&self, scope: &Scope) -> bool {
        scope.data_type.as_deref().is_none_or(|name| self.kinds.iter().any(|k| k.is_called(name)))
    }
}

/// Is `have`, perhaps with its schema, the table that a scope names, perhaps without?
pub(crate) fn is_table(wanted: &str, have: &str) -> bool {
    have.strip_suffix(wanted).is_some_and(|schema| schema.is_empty() || schema.ends_with('.'))
}

impl Rule {
    /// Does the rule say anything about values of these kinds, whatever its scope?
    pub(crate) fn touches(&self, legacy: &Kind, governed: &Kind) -> bool {
        match self.means {
            Means::ByName => legacy.has_struct() && governed.has_struct(),
            _ => self.means.applies(&legacy.meet(governed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::datatypes::{DataType, Field};

    fn fits(scope: &Scope, data_type: DataType, origin: Option<(&str, &str)>) -> bool {
        let kind = Kind::of(&Field::new("c", data_type, true)).unwrap();
        let origin =
            origin.map(|(t, c)| ColumnOrigin { table: t.to_owned(), column: c.to_owned() });
        let kinds = [&kind, &Kind::Null];
        ScopedColumn { names: ["x", "y"], kinds, origin: origin.as_ref() }.fits(scope)
    }

    #[test]
    fn an_output_column_fits_by_the_name_of_either_side() {
        let column = |name: &str| Scope { column: Some(name.to_owned()), ..Scope::default() };
        for (name, expected) in [("x", true), ("y", true), ("X", false), ("z", false)] {
            assert_eq!(fits(&column(name), DataType::Int32, None), expected, "{name}");
        }
    }

    #[test]
    fn a_table_fits_by_its_own_column() {
        let scope = |table: &str, column: Option<&str>| Scope {
            table: Some(table.to_owned()),
            column: column.map(str::to_owned),
            ..Scope::default()
        };
        let amount = Some(("sales.orders", "amount"));
        let of = |scope: &Scope, origin| fits(scope, DataType::Int32, origin);
        assert!(of(&scope("orders", Some("amount")), amount));
        assert!(of(&scope("sales.orders", None), amount));
        assert!(!of(&scope("orders", Some("x")), amount));
        assert!(!of(&scope("rders", Some("amount")), amount));
        assert!(!of(&scope("old.orders", Some("amount")), amount));
        assert!(!of(&scope("orders", Some("amount")), None));
    }

    #[test]
    fn a_type_fits_by_its_label_its_family_and_inside_lists() {
        let scope = |name: &str| Scope { data_type: Some(name.to_owned()), ..Scope::default() };
        let list = DataType::new_list(DataType::Float32, true);
        for (name, data_type, expected) in [
            ("decimal", DataType::Decimal128(12, 2), true),
            ("float32", DataType::Float32, true),
            ("float", DataType::Float32, true),
            ("float64", DataType::Float32, false),
            ("int", DataType::UInt8, true),
            ("int", DataType::Decimal128(12, 0), false),
            ("list", list.clone(), true),
            ("float", list, true),
            ("timestamp", DataType::Date32, false),
        ] {
            assert_eq!(fits(&scope(name), data_type, None), expected, "{name}");
        }
    }
}
