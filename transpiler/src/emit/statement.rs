//! Statements that write. One way of printing for every target: what differs is data
//! (`targets/writes.rs`), and how the pieces inside are printed (`pieces.rs`).

mod bare_numbers;
mod ddl;
mod dml;
mod merge;
mod pieces;
mod safe;

use super::{Emitter, loose_digits::LooseDigits, postgres};
use crate::{rule::Emit, targets::Target};
use model::{Diagnostic, Span};
use pieces::Pieces;
use sql::tree::{Query, Statement};

impl Emitter {
    /// Prints a query.
    pub(crate) fn whole_query(&mut self, query: &Query) -> Result<String, Diagnostic> {
        self.loose = LooseDigits::of_query(query);
        let text = match self.target {
            Target::Postgres => self.by_printer(|printer| printer.query(query)),
            Target::DuckDb | Target::DataFusion => self.query(query),
        };
        if self.begins_again() {
            return self.whole_query(query);
        }
        text.map_err(|diagnostic| *diagnostic)
    }

    /// Prints for PostgreSQL. The printer changes nothing, but keys of texts may say less than the
    /// source's collation.
    fn by_printer(
        &mut self,
        print: impl FnOnce(&mut postgres::Printer<'_>) -> Emit<String>,
    ) -> Emit<String> {
        let loose = self.loose.clone();
        let mut printer =
            postgres::Printer::new(self.source, loose, &mut self.lowered, &mut self.marks);
        let text = print(&mut printer);
        let approximate = printer.approximate().to_vec();
        for rule in approximate {
            self.count(rule);
        }
        text
    }

    /// Prints a statement of any kind.
    pub(crate) fn statement(&mut self, statement: &Statement) -> Result<String, Diagnostic> {
        self.loose = LooseDigits::of_statement(statement);
        self.inserts = matches!(statement, Statement::Insert(_));
        let text = match self.target {
            Target::Postgres => self.by_printer(|printer| written(printer, statement)),
            Target::DuckDb | Target::DataFusion => written(self, statement),
        };
        if self.begins_again() {
            return self.statement(statement);
        }
        let (columns, span) = match statement {
            Statement::Query(query) => (query.columns.as_slice(), query.span),
            _ => (&[] as &[_], Span::new(0, 0)),
        };
        text.and_then(|text| self.settled(&text, columns, span)).map_err(|diagnostic| *diagnostic)
    }
}

fn written(pieces: &mut impl Pieces, statement: &Statement) -> Emit<String> {
    match statement {
        Statement::Query(query) => pieces.query_text(query),
        Statement::Insert(insert) => dml::insert(pieces, insert),
        Statement::Update(update) => dml::update(pieces, update),
        Statement::Delete(delete) => dml::delete(pieces, delete),
        Statement::Merge(merge) => merge::merge(pieces, merge),
        Statement::CreateTable(table) => ddl::create_table(pieces, table),
        Statement::CreateView(view) => ddl::create_view(pieces, view),
        Statement::Drop(drop) => ddl::drop(pieces, drop),
        Statement::Truncate(target) => dml::truncate(pieces, target),
    }
}
