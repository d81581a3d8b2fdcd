//! Columns that hold less than their core type: what a vendor's spelling says beside it.

use super::spec::Spec;
use crate::types::Type;
use model::Dialect;

/// What a column holds less than its core type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Narrow {
    /// Whole numbers from the first to the second.
    Whole(i64, i64),
    /// Times to a coarser unit than microseconds.
    Coarse,
    /// Blanks at the end are added, or taken away.
    Blanks,
}

impl Spec {
    /// What a column of this type, as the vendor spells it, holds less than `core`.
    pub(crate) fn narrow(&self, spelling: &str, core: &Type) -> Option<Narrow> {
        let text = spelling.trim().to_ascii_lowercase();
        let text = ["nullable(", "lowcardinality(nullable(", "lowcardinality("]
            .iter()
            .find_map(|wrapper| text.strip_prefix(wrapper))
            .map_or(text.as_str(), |inside| inside.trim_end_matches(')'));
        let name = text.split(['(', ' ']).next().unwrap_or_default();
        let dialect = self.source.dialect;
        match core {
            Type::Int2 | Type::Int4 | Type::Int8 | Type::Numeric(_) => {
                whole(dialect, name, text.contains("unsigned"))
            }
            Type::Time | Type::Timestamp | Type::TimestampTz => {
                let open = text.find('(').map(|at| text.split_at(at + 1).1);
                let digits: String =
                    open.unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
                let precision = digits.parse().unwrap_or_else(|_| precision(dialect, name));
                (precision < 6).then_some(Narrow::Coarse)
            }
            _ if core.is_character() && matches!(dialect, Dialect::TSql | Dialect::MySql) => {
                ["char", "nchar", "character"].contains(&name).then_some(Narrow::Blanks)
            }
            _ => None,
        }
    }

    /// The type of a column, with the limit of its texts where a query does not know it.
    pub(crate) fn declared(spelling: &str, core: Type) -> Type {
        let lower = spelling.trim().to_ascii_lowercase();
        let inside = lower.strip_prefix("varchar(").and_then(|rest| rest.strip_suffix(')'));
        match inside.and_then(|digits| digits.trim().parse().ok()) {
            Some(most) if core == Type::Text => Type::Varchar(Some(most)),
            _ => core,
        }
    }
}

/// Whole numbers of a type that the core has no type for.
fn whole(dialect: Dialect, name: &str, unsigned: bool) -> Option<Narrow> {
    let (low, high) = match (dialect, name) {
        (Dialect::ClickHouse, "int8") => (-128, 127),
        (Dialect::ClickHouse, "uint8") => (0, 255),
        (Dialect::ClickHouse, "uint16") => (0, 65_535),
        (Dialect::ClickHouse, "uint32") => (0, 4_294_967_295),
        (Dialect::ClickHouse, "uint64") => (0, i64::MAX),
        (Dialect::TSql, "tinyint") => (0, 255),
        (Dialect::BigQuery | Dialect::Snowflake, _) => return None,
        (_, "tinyint" | "byteint" | "byte") => (-128, 127),
        (_, "mediumint") => (-8_388_608, 8_388_607),
        (Dialect::MySql, "year") => (1901, 2155),
        _ if unsigned => (0, 0),
        _ => return None,
    };
    if !unsigned {
        return Some(Narrow::Whole(low, high));
    }
    let high = match name {
        "tinyint" => 255,
        "smallint" => 65_535,
        "mediumint" => 16_777_215,
        "int" | "integer" => 4_294_967_295,
        _ => i64::MAX,
    };
    Some(Narrow::Whole(0, high))
}

/// Digits behind the second of a type that is written without them.
const fn precision(dialect: Dialect, name: &str) -> u32 {
    match (dialect, name.as_bytes()) {
        (Dialect::MySql, _) => 0,
        (Dialect::Oracle, b"date") => 0,
        (Dialect::ClickHouse, b"datetime") => 0,
        (Dialect::TSql, b"datetime" | b"smalldatetime") => 0,
        (Dialect::Trino, _) => 3,
        _ => 6,
    }
}
