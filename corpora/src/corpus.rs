//! A corpus: tables, rows, statements, and where they come from.

use crate::{CorpusError, CorpusStatement, column::field, copy, manifest::malformed, tpcds, tpch};
use arrow::{
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatchReader,
};
use model::{Dialect, Statement, Workload, catalog::CatalogTable};
use std::sync::Arc;

/// A table's rows as Arrow batches.
pub type Rows = Box<dyn RecordBatchReader + Send>;

/// Sessions that the statements are spread over, so that replaying them is concurrent.
const SESSIONS: usize = 4;

/// A workload shipped with the project.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// `tpch`, `tpcds` or `traps`.
    pub name: &'static str,
    /// Who made it, and from what.
    pub origin: String,
    /// Under which terms it is here.
    pub licence: String,
    /// What it is, in a sentence.
    pub description: String,
    /// Its tables, with PostgreSQL types, in an order in which they can be loaded.
    pub tables: Vec<CatalogTable>,
    /// Its statements.
    pub statements: Vec<CorpusStatement>,
    /// Statements to run on PostgreSQL once the rows are loaded: indexes, without which some
    /// queries would take minutes there, and statistics. Empty where nothing is needed.
    pub postgres_setup: &'static str,
    pub(crate) data: Data,
}

/// Where the rows of a corpus come from.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    /// Generated at this scale factor.
    Tpch(f64),
    /// Generated as planned.
    Tpcds(Arc<tpcds::Plan>),
    /// Table name and rows in PostgreSQL's COPY text format.
    Copy(&'static [(&'static str, &'static str)]),
}

impl Corpus {
    /// The table called `name`.
    ///
    /// # Errors
    /// No such table; the message names those that exist.
    pub fn table(&self, name: &str) -> Result<&CatalogTable, CorpusError> {
        self.tables.iter().find(|table| table.name == name).ok_or_else(|| {
            let known: Vec<_> = self.tables.iter().map(|table| table.name.as_str()).collect();
            CorpusError::UnknownTable {
                corpus: self.name,
                table: name.to_owned(),
                known: known.join(", "),
            }
        })
    }

    /// The Arrow schema of a table: for each column the type in which PostgreSQL's rows arrive.
    ///
    /// # Errors
    /// No such table.
    pub fn schema(&self, table: &str) -> Result<SchemaRef, CorpusError> {
        let fields: Result<Vec<_>, _> = self.table(table)?.columns.iter().map(field).collect();
        let fields = fields.map_err(|message| malformed(self.name, "schema.toml", message))?;
        Ok(Arc::new(Schema::new(fields)))
    }

    /// The rows of a table, made while they are read. Two readers give the same rows.
    ///
    /// # Errors
    /// No such table. Malformed rows are errors of the reader.
    pub fn rows(&self, table: &str) -> Result<Rows, CorpusError> {
        let schema = self.schema(table)?;
        match &self.data {
            Data::Tpch(scale) => tpch::rows(table, schema, *scale),
            Data::Tpcds(plan) => tpcds::rows(&self.tables, self.table(table)?, schema, plan),
            Data::Copy(files) => {
                let text = files.iter().find(|(name, _)| *name == table).map(|(_, text)| *text);
                let text = text.ok_or_else(|| {
                    malformed(self.name, format!("data/{table}.copy"), "it is not compiled in")
                })?;
                copy::rows(self.table(table)?, schema, text)
                    .map_err(|message| malformed(self.name, format!("data/{table}.copy"), message))
            }
        }
    }

    /// The statements as a workload with the source `corpus:<name>`.
    ///
    /// They are dealt to a few sessions in turn, so that replaying them needs concurrency.
    ///
    /// # Errors
    /// Two statements with one id.
    pub fn workload(&self) -> Result<Workload, CorpusError> {
        Ok(Workload::new(&format!("corpus:{}", self.name), self.statements_for_workload())?)
    }

    pub(crate) fn statements_for_workload(&self) -> Vec<Statement> {
        let statement = |(index, statement): (usize, &CorpusStatement)| {
            let session = format!("{}-{}", self.name, index % SESSIONS + 1);
            let place = (session, (index / SESSIONS) as u64 + 1);
            Statement::new(&statement.id, place, Dialect::Postgres, &statement.sql)
        };
        self.statements.iter().enumerate().map(statement).collect()
    }
}
