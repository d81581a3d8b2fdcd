//! Where transactions begin and end.

use crate::parse::Parsed;
use sqlparser::ast::Statement;

/// What a statement does to the transaction of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionControl {
    /// Begins one: BEGIN, START TRANSACTION.
    Begin,
    /// Ends it: COMMIT, END, ROLLBACK.
    End,
    /// Ends it and begins the next: AND CHAIN.
    Chain,
    /// Stays inside: SAVEPOINT, RELEASE, ROLLBACK TO.
    Inside,
}

impl Parsed {
    /// What the statement does to the transaction of its session; absent for all others.
    pub fn transaction_control(&self) -> Option<TransactionControl> {
        Some(match &self.statement {
            // A block of a script has statements of its own.
            Statement::StartTransaction { statements, .. } if statements.is_empty() => {
                TransactionControl::Begin
            }
            Statement::Commit { chain, .. } | Statement::Rollback { chain, savepoint: None }
                if *chain =>
            {
                TransactionControl::Chain
            }
            Statement::Commit { .. } | Statement::Rollback { savepoint: None, .. } => {
                TransactionControl::End
            }
            Statement::Rollback { .. }
            | Statement::Savepoint { .. }
            | Statement::ReleaseSavepoint { .. } => TransactionControl::Inside,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::TransactionControl::{self, Begin, Chain, End, Inside};
    use crate::parse;
    use model::Dialect;

    fn control(text: &str, dialect: Dialect) -> Option<TransactionControl> {
        parse(text, dialect)
            .unwrap_or_else(|error| panic!("{text}: {error:?}"))
            .transaction_control()
    }

    #[test]
    fn begins_ends_and_what_is_between() {
        for (text, expected) in [
            ("BEGIN", Some(Begin)),
            ("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY", Some(Begin)),
            ("START TRANSACTION", Some(Begin)),
            ("COMMIT", Some(End)),
            ("END", Some(End)),
            ("ROLLBACK", Some(End)),
            ("COMMIT AND NO CHAIN", Some(End)),
            ("COMMIT AND CHAIN", Some(Chain)),
            ("ROLLBACK AND CHAIN", Some(Chain)),
            ("SAVEPOINT a", Some(Inside)),
            ("RELEASE SAVEPOINT a", Some(Inside)),
            ("ROLLBACK TO SAVEPOINT a", Some(Inside)),
            ("SELECT 1", None),
            ("SET x = 1", None),
        ] {
            assert_eq!(control(text, Dialect::Postgres), expected, "{text}");
        }
        assert_eq!(control("BEGIN TRANSACTION", Dialect::Snowflake), Some(Begin));
        assert_eq!(control("BEGIN TRANSACTION", Dialect::BigQuery), Some(Begin));
    }
}
