//! What must not be kept.

mod secrets;
mod values;

pub use values::{Key, Values};

use model::{Incomplete, Statement};
use std::borrow::Cow;

/// The statement without the secrets in its text, and with as much of its values as `values` lets; what
/// lacks something then is marked as redacted. Values come first: a secret that is taken out may take a
/// quote along that another value needs to be seen.
pub(crate) fn kept(statement: Statement, values: Values) -> Statement {
    without_secrets(values::kept(statement, values))
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
