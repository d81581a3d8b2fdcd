//! The kind of a statement from its outermost node.

use model::StatementKind;
use sqlparser::ast::Statement;

pub(super) struct KindOf {
    pub(super) kind: StatementKind,
    pub(super) by: Option<String>,
}

pub(super) fn kind_of(statement: &Statement) -> KindOf {
    let kind = match statement {
        Statement::Query(_) => StatementKind::Read,
        Statement::Set(_)
        | Statement::Reset(_)
        | Statement::Use(_)
        | Statement::Pragma { .. }
        | Statement::Discard { .. }
        | Statement::ShowVariable { .. }
        | Statement::ShowVariables { .. }
        | Statement::ShowTables { .. }
        | Statement::ShowColumns { .. }
        | Statement::ShowSchemas { .. }
        | Statement::ShowDatabases { .. }
        | Statement::ShowFunctions { .. } => StatementKind::Session,
        Statement::StartTransaction { .. }
        | Statement::Commit { .. }
        | Statement::Rollback { .. }
        | Statement::Savepoint { .. }
        | Statement::ReleaseSavepoint { .. } => StatementKind::Transaction,
        Statement::Explain { .. }
        | Statement::ExplainTable { .. }
        | Statement::Declare { .. }
        | Statement::Fetch { .. }
        | Statement::Open(_)
        | Statement::Close { .. }
        | Statement::Prepare { .. }
        | Statement::Execute { .. }
        | Statement::Deallocate { .. }
        | Statement::LISTEN { .. }
        | Statement::UNLISTEN { .. } => StatementKind::Utility,
        // What is not known to be harmless counts as a write.
        _ => StatementKind::Write,
    };
    let first_word = || {
        let text = statement.to_string();
        text.split_whitespace().next().unwrap_or("statement").to_ascii_uppercase()
    };
    KindOf { kind, by: (kind != StatementKind::Read).then(first_word) }
}
