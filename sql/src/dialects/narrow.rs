//! Columns that hold less than their core type: what a vendor's spelling says beside it.

use crate::types::Type;

/// What a column holds less than its core type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Narrow {
    /// Whole numbers from the first to the second.
    Whole(i64, i64),
    /// Times to so many digits behind the second, fewer than microseconds have.
    Coarse(u32),
    /// Blanks at the end are added, or taken away.
    Blanks,
    /// Money of fewer digits.
    SmallMoney,
}

/// What the columns of a dialect hold less than their core type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Columns {
    /// Types of whole numbers that the core has none for, with the first and the last of them.
    pub(crate) whole: &'static [(&'static str, i64, i64)],
    /// Digits behind the second of a type that is written without them.
    pub(crate) second_digits: u32,
    /// Types that are written without digits behind the second, and have none.
    pub(crate) whole_seconds: &'static [&'static str],
    /// Are the blanks at the end of `char(n)` added, or taken away?
    pub(crate) char_blanks: bool,
    /// Are they taken away? Then a text without such blanks is stored as it is.
    pub(crate) char_blanks_go: bool,
}

impl Columns {
    /// Small integers as most dialects call them, and times to the microsecond.
    pub(crate) const CORE: Self = Self {
        whole: &[
            ("tinyint", -128, 127),
            ("byteint", -128, 127),
            ("byte", -128, 127),
            ("mediumint", -8_388_608, 8_388_607),
        ],
        second_digits: 6,
        whole_seconds: &[],
        char_blanks: false,
        char_blanks_go: false,
    };

    /// What a column of this type, as the vendor spells it, holds less than `core`.
    pub(crate) fn narrow(&self, spelling: &str, core: &Type) -> Option<Narrow> {
        let text = spelling.trim().to_ascii_lowercase();
        let text = ["nullable(", "lowcardinality(nullable(", "lowcardinality("]
            .iter()
            .find_map(|wrapper| text.strip_prefix(wrapper))
            .map_or(text.as_str(), |inside| inside.trim_end_matches(')'));
        let name = text.split(['(', ' ']).next().unwrap_or_default();
        match core {
            Type::Int2 | Type::Int4 | Type::Int8 | Type::Numeric(_) => {
                self.whole(name, text.contains("unsigned"))
            }
            Type::Time | Type::Timestamp | Type::TimestampTz => {
                let open = text.find('(').map(|at| text.split_at(at + 1).1);
                let digits: String =
                    open.unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
                let without =
                    if self.whole_seconds.contains(&name) { 0 } else { self.second_digits };
                let digits = digits.parse().unwrap_or(without);
                (digits < 6).then_some(Narrow::Coarse(digits))
            }
            Type::Money => (name == "smallmoney").then_some(Narrow::SmallMoney),
            _ if core.is_character() && self.char_blanks => {
                ["char", "nchar", "character"].contains(&name).then_some(Narrow::Blanks)
            }
            _ => None,
        }
    }

    /// Whole numbers of a type that the core has no type for.
    fn whole(&self, name: &str, unsigned: bool) -> Option<Narrow> {
        if unsigned {
            let high = match name {
                "tinyint" => 255,
                "smallint" => 65_535,
                "mediumint" => 16_777_215,
                "int" | "integer" => 4_294_967_295,
                _ => i64::MAX,
            };
            return Some(Narrow::Whole(0, high));
        }
        let known = self.whole.iter().find(|(known, ..)| *known == name);
        known.map(|(_, low, high)| Narrow::Whole(*low, *high))
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
