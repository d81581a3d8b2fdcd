//! A corpus as users of another warehouse write it: statements and types of columns.

use crate::{CorpusError, manifest::malformed};
use model::{
    Dialect,
    catalog::{CatalogColumn, CatalogTable},
};

/// A corpus in another dialect. The rows of its tables are those of the corpus itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorpusForms {
    /// The tables of the corpus, in its order, with types as the dialect spells them.
    pub tables: Vec<CatalogTable>,
    /// A form of every statement of the corpus, in its order.
    pub statements: Vec<CorpusForm>,
}

/// A statement of a corpus as users of another warehouse write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorpusForm {
    /// The id of the statement whose form it is, for example `tpch-01`.
    pub id: String,
    /// One statement in the dialect asked for, without the header of its file.
    pub sql: String,
}

/// The tables with types as `dialect` spells them.
///
/// # Errors
/// A dialect, or a type, for which no spelling is known.
pub(crate) fn tables(
    corpus: &'static str,
    tables: Vec<CatalogTable>,
    dialect: Dialect,
) -> Result<Vec<CatalogTable>, CorpusError> {
    let column = |column: CatalogColumn| {
        let data_type = spelled(&column.data_type, dialect).ok_or_else(|| {
            let message = format!("no spelling of `{}` is known in {dialect}", column.data_type);
            malformed(corpus, "schema.toml", message)
        })?;
        Ok::<_, CorpusError>(CatalogColumn { data_type, ..column })
    };
    let table = |table: CatalogTable| {
        let columns = table.columns.into_iter().map(column).collect::<Result<_, _>>()?;
        Ok::<_, CorpusError>(CatalogTable { columns, ..table })
    };
    tables.into_iter().map(table).collect()
}

/// The type of a column that was `data_type` on PostgreSQL.
fn spelled(data_type: &str, dialect: Dialect) -> Option<String> {
    let (name, digits) = match data_type.split_once('(') {
        Some((name, rest)) => (name, format!("({rest}")),
        None => (data_type, String::new()),
    };
    let (name, has_digits) = match (dialect, name) {
        (Dialect::Postgres, _) => return Some(data_type.to_owned()),
        (Dialect::Redshift, "int4") => ("INTEGER", false),
        (Dialect::Redshift, "int8") => ("BIGINT", false),
        (Dialect::Redshift, "numeric") => ("DECIMAL", true),
        (Dialect::Redshift | Dialect::Snowflake, "varchar") => ("VARCHAR", true),
        // All whole numbers are NUMBER(38, 0) on Snowflake.
        (Dialect::Snowflake, "int4" | "int8") => ("INTEGER", false),
        (Dialect::Snowflake, "numeric") => ("NUMBER", true),
        (Dialect::BigQuery, "int4" | "int8") => ("INT64", false),
        (Dialect::BigQuery, "numeric") => ("NUMERIC", true),
        (Dialect::BigQuery | Dialect::Spark, "varchar") => ("STRING", false),
        (Dialect::Spark, "int4") => ("INT", false),
        (Dialect::Spark, "int8") => ("BIGINT", false),
        (Dialect::Spark, "numeric") => ("DECIMAL", true),
        (Dialect::Redshift | Dialect::Snowflake | Dialect::BigQuery | Dialect::Spark, "date") => {
            ("DATE", false)
        }
        _ => return None,
    };
    Some(if has_digits { format!("{name}{digits}") } else { name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_spelled_as_the_dialect_does() {
        for (dialect, key, money, text) in [
            (Dialect::Postgres, "int4", "numeric(7,2)", "varchar(16)"),
            (Dialect::Redshift, "INTEGER", "DECIMAL(7,2)", "VARCHAR(16)"),
            (Dialect::Snowflake, "INTEGER", "NUMBER(7,2)", "VARCHAR(16)"),
            (Dialect::BigQuery, "INT64", "NUMERIC(7,2)", "STRING"),
            (Dialect::Spark, "INT", "DECIMAL(7,2)", "STRING"),
        ] {
            for (from, to) in [("int4", key), ("numeric(7,2)", money), ("varchar(16)", text)] {
                assert_eq!(spelled(from, dialect).as_deref(), Some(to), "{from} in {dialect}");
            }
        }
        assert_eq!(spelled("uuid", Dialect::Spark), None);
        assert_eq!(spelled("int4", Dialect::Trino), None);
    }
}
