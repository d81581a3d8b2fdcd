//! Rows in text, one row a line, as Arrow columns.
//!
//! - The text format of PostgreSQL's COPY, <https://www.postgresql.org/docs/15/sql-copy.html>: tabs
//!   between values, `\N` for NULL, backslash escapes.
//! - The format of TPC-DS's dsdgen: a `|` after every value, nothing for NULL, no escapes.

mod interval;
mod value;

use crate::{
    batches::{Batches, Chunks},
    column::ColumnType,
    corpus::Rows,
};
use arrow::{array::ArrayRef, datatypes::SchemaRef, error::ArrowError};
use model::catalog::CatalogTable;
use value::ColumnBuilder;

/// Reads `text` as rows of `table` in the format of COPY.
pub(crate) fn rows(
    table: &CatalogTable,
    schema: SchemaRef,
    text: &'static str,
) -> Result<Rows, String> {
    lined(table, schema, text.lines(), append)
}

/// Reads lines as rows of `table` in the format of dsdgen.
pub(crate) fn dsdgen_rows(
    table: &CatalogTable,
    schema: SchemaRef,
    lines: impl Iterator<Item = String> + Send + 'static,
) -> Result<Rows, String> {
    lined(table, schema, lines, append_dsdgen)
}

fn lined<I>(
    table: &CatalogTable,
    schema: SchemaRef,
    lines: I,
    append: Append,
) -> Result<Rows, String>
where
    I: Iterator<Item: AsRef<str>> + Send + 'static,
{
    let types = table.columns.iter().map(|column| {
        ColumnType::parse(&column.data_type)
            .ok_or_else(|| format!("column `{}` is of an unknown type", column.name))
    });
    let types = types.collect::<Result<_, _>>()?;
    Ok(Box::new(Batches::new(schema, Lined { types, lines, append, number: 0 })))
}

/// Appends the values of a line to the columns, or says what is wrong with them.
type Append = fn(&mut [ColumnBuilder], &str) -> Result<(), String>;

struct Lined<I> {
    types: Vec<ColumnType>,
    lines: I,
    append: Append,
    number: usize,
}

impl<I: Iterator<Item: AsRef<str>>> Chunks for Lined<I> {
    fn next_chunk(&mut self, rows_max: usize) -> Option<Result<Vec<ArrayRef>, ArrowError>> {
        let mut columns: Vec<_> = self.types.iter().copied().map(ColumnBuilder::new).collect();
        let mut rows = 0;
        while rows < rows_max
            && let Some(line) = self.lines.next()
        {
            self.number += 1;
            rows += 1;
            if let Err(message) = (self.append)(&mut columns, line.as_ref()) {
                let message = format!("line {}: {message}", self.number);
                return Some(Err(ArrowError::ParseError(message)));
            }
        }
        (rows > 0).then(|| columns.iter_mut().map(ColumnBuilder::finish).collect())
    }
}

fn append(columns: &mut [ColumnBuilder], line: &str) -> Result<(), String> {
    let values = line.split('\t').count();
    if values != columns.len() {
        return Err(format!("{values} values for {} columns", columns.len()));
    }
    for (column, value) in columns.iter_mut().zip(line.split('\t')) {
        if value == r"\N" {
            column.append_null();
        } else {
            let value = unescape(value)?;
            column.append(&value).map_err(|message| format!("`{value}`: {message}"))?;
        }
    }
    Ok(())
}

fn append_dsdgen(columns: &mut [ColumnBuilder], line: &str) -> Result<(), String> {
    let line = line.strip_suffix('|').ok_or("the line does not end in `|`")?;
    let values = line.split('|').count();
    if values != columns.len() {
        return Err(format!("{values} values for {} columns", columns.len()));
    }
    for (column, value) in columns.iter_mut().zip(line.split('|')) {
        if value.is_empty() {
            column.append_null();
        } else {
            column.append(value).map_err(|message| format!("`{value}`: {message}"))?;
        }
    }
    Ok(())
}

fn unescape(value: &str) -> Result<String, String> {
    let mut text = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(character) = rest.next() {
        text.push(match character {
            '\\' => match rest.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                other => {
                    let other = other.map(String::from).unwrap_or_default();
                    return Err(format!("the escape `\\{other}` is not supported"));
                }
            },
            other => other,
        });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::{
        array::{Array as _, AsArray as _},
        datatypes::Schema,
    };
    use model::catalog::CatalogColumn;
    use std::sync::Arc;

    fn table(types: &[&str]) -> (CatalogTable, SchemaRef) {
        let column = |data_type: &&str| CatalogColumn {
            name: (*data_type).to_owned(),
            data_type: (*data_type).to_owned(),
            nullable: true,
        };
        let columns: Vec<_> = types.iter().map(column).collect();
        let fields: Vec<_> = columns.iter().map(|c| crate::field(c).unwrap()).collect();
        let table = CatalogTable {
            database: None,
            schema: None,
            name: "t".into(),
            columns,
            keys: Vec::new(),
        };
        (table, Arc::new(Schema::new(fields)))
    }

    fn read(types: &[&str], text: &'static str) -> Result<Vec<ArrayRef>, ArrowError> {
        let (table, schema) = table(types);
        let mut rows = rows(&table, schema, text).unwrap();
        rows.next().unwrap().map(|batch| batch.columns().to_vec())
    }

    #[test]
    fn null_and_empty_text_differ() {
        let columns = read(&["text"], "\\N\n\nC:\\\\a\\tb\n").unwrap();
        let texts: Vec<_> = columns[0].as_string::<i32>().iter().collect();
        assert_eq!(texts, [None, Some(""), Some("C:\\a\tb")]);
    }

    #[test]
    fn dsdgen_writes_nothing_for_null_and_escapes_nothing() {
        let (table, schema) = table(&["int4", "text"]);
        let read = |text: &'static str| {
            let lines = text.lines().map(str::to_owned);
            dsdgen_rows(&table, SchemaRef::clone(&schema), lines).unwrap().next().unwrap()
        };
        let batch = read("1|a\\n\tb|\n||\n").unwrap();
        assert_eq!(batch.column(0).null_count(), 1);
        let texts: Vec<_> = batch.column(1).as_string::<i32>().iter().collect();
        assert_eq!(texts, [Some("a\\n\tb"), None]);
        for (text, message) in
            [("1|a", "end in `|`"), ("1|a|\n1|", "line 2: 1 values"), ("x|a|", "`x`")]
        {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn a_broken_row_is_named_by_line() {
        for (types, text, message) in [
            (&["int4", "int4"][..], "1\t2\n3", "line 2: 1 values for 2 columns"),
            (&["int4"], "1\n2\nx", "line 3: `x`"),
            (&["text"], "a\\qb", "the escape `\\q`"),
            (&["text"], "a\\", "the escape `\\`"),
        ] {
            let error = read(types, text).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
