//! Texts that come in pieces, numbered from 0.

use model::Statement;
use std::collections::BTreeMap;

/// Cut texts with their pieces. Of others no piece is kept.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// By the id of the query.
    queries: BTreeMap<String, Query>,
}

#[derive(Debug, Default)]
struct Query {
    statements: Vec<Statement>,
    texts: BTreeMap<u32, String>,
}

impl Pieces {
    /// The pieces of this query will be needed.
    pub(super) fn want(&mut self, id: &str) {
        if !self.queries.contains_key(id) {
            self.queries.insert(id.to_owned(), Query::default());
        }
    }

    /// A piece of a query.
    pub(super) fn add(&mut self, id: &str, number: u32, text: &str) {
        if let Some(query) = self.queries.get_mut(id) {
            query.texts.entry(number).or_insert_with(|| text.to_owned());
        }
    }

    /// The statement whose text is cut.
    pub(super) fn keep(&mut self, statement: Statement) {
        self.queries.entry(statement.id.clone()).or_default().statements.push(statement);
    }

    /// The statements with their whole texts; without one where a piece is missing.
    pub(super) fn joined(self) -> impl Iterator<Item = (Statement, Option<String>)> {
        self.queries.into_values().flat_map(|Query { statements, texts }| {
            let is_whole = !texts.is_empty() && (0..).zip(texts.keys()).all(|(n, key)| n == *key);
            let whole: String = texts.into_values().collect();
            // The last piece may be missing without a gap; a whole is longer than what was cut.
            statements.into_iter().map(move |statement| {
                let is_longer = whole.len() >= statement.sql.len();
                let whole = (is_whole && is_longer).then(|| whole.clone());
                (statement, whole)
            })
        })
    }
}
