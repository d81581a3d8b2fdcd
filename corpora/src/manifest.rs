//! `corpus.toml` and `schema.toml`: what a corpus says of itself, and its tables.

use crate::CorpusError;
use model::catalog::{CatalogColumn, CatalogTable};
use serde::Deserialize;

/// `corpus.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    pub(crate) name: String,
    pub(crate) origin: String,
    pub(crate) licence: String,
    pub(crate) description: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Schema {
    table: Vec<Table>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    columns: Vec<Column>,
    /// Columns that tell the rows apart.
    #[serde(default)]
    key: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    data_type: String,
    #[serde(default = "nullable")]
    nullable: bool,
}

const fn nullable() -> bool {
    true
}

/// Reads `corpus.toml`, which must be that of `corpus`.
pub(crate) fn about(corpus: &'static str, text: &str) -> Result<About, CorpusError> {
    let about: About = parse(corpus, "corpus.toml", text)?;
    if about.name == corpus {
        Ok(about)
    } else {
        Err(malformed(corpus, "corpus.toml", format!("its name is `{}`", about.name)))
    }
}

/// Reads `schema.toml`.
pub(crate) fn tables(corpus: &'static str, text: &str) -> Result<Vec<CatalogTable>, CorpusError> {
    let schema: Schema = parse(corpus, "schema.toml", text)?;
    let mut tables = Vec::with_capacity(schema.table.len());
    for table in schema.table {
        let columns = table.columns.into_iter().map(|column| CatalogColumn {
            name: column.name,
            data_type: column.data_type,
            nullable: column.nullable,
        });
        let columns = columns.collect::<Vec<_>>();
        let keys = table.key.into_iter().collect();
        let table = CatalogTable { database: None, schema: None, name: table.name, columns, keys };
        for column in &table.columns {
            crate::column::field(column)
                .map_err(|message| malformed(corpus, "schema.toml", message))?;
        }
        tables.push(table);
    }
    Ok(tables)
}

pub(crate) fn parse<T: for<'de> Deserialize<'de>>(
    corpus: &'static str,
    file: &str,
    text: &str,
) -> Result<T, CorpusError> {
    toml::from_str(text).map_err(|error| malformed(corpus, file, error.to_string()))
}

pub(crate) fn malformed(
    corpus: &'static str,
    file: impl Into<String>,
    message: impl Into<String>,
) -> CorpusError {
    CorpusError::Malformed { corpus, file: file.into(), message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_and_types_are_named() {
        let error = about("x", "name = 'x'\nlicense = 'y'").unwrap_err().to_string();
        assert!(error.contains("license"), "{error}");
        let text = "[[table]]\nname = 't'\ncolumns = [{ name = 'a', type = 'money' }]";
        let error = tables("x", text).unwrap_err().to_string();
        assert!(error.contains("`money`") && error.contains("schema.toml"), "{error}");
    }
}
