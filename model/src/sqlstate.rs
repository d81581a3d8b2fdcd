//! SQLSTATE: the five-character condition codes of ISO/IEC 9075-2, with PostgreSQL's additions
//! (<https://www.postgresql.org/docs/15/errcodes-appendix.html>).

use serde::{Deserialize, Serialize};
use std::fmt;

/// A five-character SQLSTATE. Its first two characters are the class.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SqlState([u8; 5]);

impl SqlState {
    /// `08006`: the connection broke.
    pub const CONNECTION_FAILURE: Self = Self(*b"08006");
    /// `08001`: the connection could not be made.
    pub const CANNOT_CONNECT: Self = Self(*b"08001");
    /// `0A000`: the engine does not do this.
    pub const FEATURE_NOT_SUPPORTED: Self = Self(*b"0A000");
    /// `22000`: a data error of no better known kind.
    pub const DATA_EXCEPTION: Self = Self(*b"22000");
    /// `22003`: a number does not fit its type.
    pub const NUMERIC_VALUE_OUT_OF_RANGE: Self = Self(*b"22003");
    /// `22008`: a date or time does not fit its type.
    pub const DATETIME_FIELD_OVERFLOW: Self = Self(*b"22008");
    /// `22012`: division by zero.
    pub const DIVISION_BY_ZERO: Self = Self(*b"22012");
    /// `22P02`: text that is no value of the wanted type.
    pub const INVALID_TEXT_REPRESENTATION: Self = Self(*b"22P02");
    /// `21000`: a scalar subquery gave more than one row.
    pub const CARDINALITY_VIOLATION: Self = Self(*b"21000");
    /// `25006`: a write in a read-only transaction.
    pub const READ_ONLY_SQL_TRANSACTION: Self = Self(*b"25006");
    /// `28P01`: wrong password.
    pub const INVALID_PASSWORD: Self = Self(*b"28P01");
    /// `42000`: syntax error or access rule violation, kind unknown.
    pub const SYNTAX_OR_ACCESS: Self = Self(*b"42000");
    /// `42601`: syntax error.
    pub const SYNTAX_ERROR: Self = Self(*b"42601");
    /// `42501`: not allowed.
    pub const INSUFFICIENT_PRIVILEGE: Self = Self(*b"42501");
    /// `42703`: unknown column.
    pub const UNDEFINED_COLUMN: Self = Self(*b"42703");
    /// `42804`: types that do not go together.
    pub const DATATYPE_MISMATCH: Self = Self(*b"42804");
    /// `42883`: unknown function or operator for these types.
    pub const UNDEFINED_FUNCTION: Self = Self(*b"42883");
    /// `42P01`: unknown table.
    pub const UNDEFINED_TABLE: Self = Self(*b"42P01");
    /// `53100`: disk full.
    pub const DISK_FULL: Self = Self(*b"53100");
    /// `53200`: out of memory.
    pub const OUT_OF_MEMORY: Self = Self(*b"53200");
    /// `53400`: a configured limit is reached.
    pub const CONFIGURATION_LIMIT_EXCEEDED: Self = Self(*b"53400");
    /// `57014`: cancelled, by a timeout or on request.
    pub const QUERY_CANCELED: Self = Self(*b"57014");
    /// `58030`: reading or writing a file failed outside the engine.
    pub const IO_ERROR: Self = Self(*b"58030");
    /// `XX000`: the engine failed inside.
    pub const INTERNAL_ERROR: Self = Self(*b"XX000");

    /// Reads five characters out of `0-9A-Z`; anything else is no SQLSTATE.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 5] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()).then_some(Self(bytes))
    }

    /// The five characters.
    pub fn as_str(&self) -> &str {
        // Only ASCII passes `parse`, and the constants are ASCII.
        std::str::from_utf8(&self.0).unwrap_or("XX000")
    }

    /// The class: the first two characters, for example `22` for data errors.
    pub fn class(&self) -> &str {
        self.as_str().get(..2).unwrap_or("XX")
    }
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlState({self})")
    }
}

impl Serialize for SqlState {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SqlState {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is no SQLSTATE: five of 0-9 and A-Z"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_five_and_only_five() {
        assert_eq!(SqlState::parse("22012"), Some(SqlState::DIVISION_BY_ZERO));
        for bad in ["", "2201", "220123", "22o12", "22012 "] {
            assert_eq!(SqlState::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn class_is_the_first_two() {
        assert_eq!(SqlState::UNDEFINED_TABLE.class(), "42");
    }
}
