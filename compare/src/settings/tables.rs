//! Holds tolerances against the tables that there are, before any statement runs.

use super::{Settings, SettingsError, columns::wanted};
use crate::scope::is_table;
use model::catalog::CatalogTable;

/// Names that a message lists.
const LISTED_MAX: usize = 20;

impl Settings {
    /// Holds the team's tolerances that name a table against a catalog: a name with a slip of the pen
    /// would excuse nothing, and nobody would see why.
    ///
    /// # Errors
    /// A scope that names a table, or a column of one, that the catalog does not have.
    pub fn check_tables(&self, tables: &[CatalogTable]) -> Result<(), SettingsError> {
        for (index, rule) in self.rules.iter().take(self.given).enumerate() {
            let (scope, code) = (&rule.tolerance.scope, rule.tolerance.kind.code());
            let position = index + 1;
            let Some(table) = &scope.table else { continue };
            let named: Vec<&CatalogTable> =
                tables.iter().filter(|have| is_table(table, &full_name(have))).collect();
            let error = |names: Vec<String>| SettingsError::UnknownTable {
                position,
                code,
                wanted: wanted(scope),
                known: listed(&names),
            };
            if named.is_empty() {
                return Err(error(tables.iter().map(full_name).collect()));
            }
            let columns = || named.iter().flat_map(|table| &table.columns);
            if let Some(column) = &scope.column
                && !columns().any(|have| have.name == *column)
            {
                return Err(error(columns().map(|have| have.name.clone()).collect()));
            }
        }
        Ok(())
    }
}

fn full_name(table: &CatalogTable) -> String {
    let parts = [table.database.as_deref(), table.schema.as_deref(), Some(table.name.as_str())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(".")
}

fn listed(names: &[String]) -> String {
    let more = if names.len() > LISTED_MAX { ", …" } else { "" };
    let names: Vec<_> = names.iter().take(LISTED_MAX).map(|name| format!("`{name}`")).collect();
    names.join(", ") + more
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Scope, Tolerance, ToleranceKind, catalog::CatalogColumn};

    #[test]
    fn tables_and_their_columns_are_those_of_the_catalog() {
        let column = CatalogColumn {
            name: "at".to_owned(),
            data_type: "timestamp".to_owned(),
            nullable: true,
        };
        let tables = [CatalogTable {
            database: None,
            schema: Some("shop".to_owned()),
            name: "orders".to_owned(),
            columns: vec![column],
            keys: Vec::new(),
        }];
        let check = |table: &str, column: Option<&str>| {
            let (table, column) = (Some(table.to_owned()), column.map(str::to_owned));
            let scope = Scope { table, column, ..Scope::default() };
            let kind = ToleranceKind::TextCase;
            let rule = Tolerance { kind, scope, reason: "r".to_owned() };
            Settings::new(vec![rule]).unwrap().check_tables(&tables).map_err(|e| e.to_string())
        };
        assert_eq!(check("orders", None), Ok(()));
        assert_eq!(check("shop.orders", Some("at")), Ok(()));
        let error = check("order", Some("at")).unwrap_err();
        assert!(
            error.contains("the table `order`, which") && error.contains("`shop.orders`"),
            "{error}"
        );
        let error = check("orders", Some("made")).unwrap_err();
        assert!(error.contains("`made`") && error.ends_with("there are `at`"), "{error}");
    }
}
