//! What must not be kept.

mod secrets;
mod values;

pub use values::{Key, Values};

use model::{Incomplete, Statement};
use std::borrow::Cow;

/// The statement without the secrets in its text, and with as much of its values as `values` lets; what
/// lacks something then is marked as redacted.
pub(crate) fn kept(statement: Statement, values: Values) -> Statement {
    values::kept(without_secrets(statement), values)
}

fn without_secrets(mut statement: Statement) -> Statement {
    if let Cow::Owned(kept) = secrets::without_secrets(&statement.sql) {
        statement.sql = kept;
        // The values may be the secret itself: `ALTER USER a PASSWORD $1` has one in its text only
        // where the server put it there, but nobody needs them any more.
        statement.binds.clear();
        statement.incomplete = Some(Incomplete::Redacted);
    }
    statement
}
