//! Errors raised at run time, where an engine would answer what PostgreSQL does not.

use super::Emitter;
use crate::targets::Target;

impl Emitter {
    /// `value`, or an error where `condition` holds. `DataFusion` has no function that raises: a
    /// division by zero does.
    pub(crate) fn raise_if(&self, condition: &str, message: &str, value: &str) -> String {
        if self.target() == Target::DuckDb {
            format!("CASE WHEN {condition} THEN error('{message}') ELSE {value} END")
        } else {
            format!("CASE WHEN 1 / CASE WHEN {condition} THEN 0 ELSE 1 END = 1 THEN {value} END")
        }
    }
}
