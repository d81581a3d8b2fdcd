//! Tables and columns by name and type: what type inference, loading and checks share.

use serde::{Deserialize, Serialize};

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogColumn {
    /// Name as the legacy engine stores it.
    pub name: String,
    /// Type in the spelling of the catalog's dialect, for example `numeric(12,2)`.
    pub data_type: String,
    /// May it be NULL? So it is taken where nobody says.
    #[serde(default = "may_be_null")]
    pub nullable: bool,
}

const fn may_be_null() -> bool {
    true
}

/// One table or view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogTable {
    /// Database (`BigQuery`: project, Trino and Spark: catalog), absent where nobody says which.
    #[serde(
        default,
        alias = "catalog",
        alias = "project",
        skip_serializing_if = "Option::is_none"
    )]
    pub database: Option<String>,
    /// Schema, absent when the table is found through the search path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Name.
    pub name: String,
    /// Columns in order.
    pub columns: Vec<CatalogColumn>,
    /// Sets of columns, each of which tells the rows apart and is never NULL: primary keys and the
    /// like. What is declared is believed, enforced or not. `*` stands for all columns of a table that
    /// stores no row twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Vec<String>>,
}
