//! What a statement costs.

use crate::credits::Credits;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// Prices in thousandths of a credit. The statement's part is known before it runs, the rows' part
/// after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PriceList {
    /// For any statement.
    pub base_milli: Credits,
    /// For each table beyond the first.
    pub extra_table_milli: Credits,
    /// For a statement that reads tables and filters none of them.
    pub full_scan_milli: Credits,
    /// For a statement with a `*` in a select list.
    pub select_star_milli: Credits,
    /// For each block of rows returned beyond the first; a block counts once it is started.
    pub rows_block_milli: Credits,
    /// Rows in a block.
    pub rows_block: NonZeroU64,
}

impl Default for PriceList {
    fn default() -> Self {
        Self {
            base_milli: Credits::from_milli(1_000),
            extra_table_milli: Credits::from_milli(500),
            full_scan_milli: Credits::from_milli(2_000),
            select_star_milli: Credits::from_milli(1_000),
            rows_block_milli: Credits::from_milli(1_000),
            rows_block: NonZeroU64::MIN.saturating_add(9_999),
        }
    }
}

/// What of a statement has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Tables that it reads, each counted once.
    pub tables: u64,
    /// Does it read tables without restricting their rows?
    pub full_scan: bool,
    /// Does a select list hold a `*`?
    pub selects_star: bool,
}

impl PriceList {
    /// The price of the statement itself, whatever it returns.
    pub fn statement(&self, shape: Shape) -> Credits {
        let tables = self.extra_table_milli.saturating_mul(shape.tables.saturating_sub(1));
        let scan = if shape.full_scan { self.full_scan_milli } else { Credits::ZERO };
        let star = if shape.selects_star { self.select_star_milli } else { Credits::ZERO };
        self.base_milli.saturating_add(tables).saturating_add(scan).saturating_add(star)
    }

    /// The price of returning `rows` rows.
    pub fn rows(&self, rows: u64) -> Credits {
        let beyond = rows.saturating_sub(self.rows_block.get());
        self.rows_block_milli.saturating_mul(beyond.div_ceil(self.rows_block.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Shape = Shape { tables: 1, full_scan: false, selects_star: false };

    #[test]
    fn the_default_list_is_the_documented_one() {
        let prices = PriceList::default();
        let price = |tables, full_scan, selects_star| {
            prices.statement(Shape { tables, full_scan, selects_star }).milli()
        };
        assert_eq!(price(0, false, false), 1_000);
        assert_eq!(price(1, false, false), 1_000);
        assert_eq!(price(3, false, false), 2_000);
        assert_eq!(price(1, true, false), 3_000);
        assert_eq!(price(1, true, true), 4_000);
    }

    #[test]
    fn rows_cost_from_the_first_beyond_ten_thousand() {
        let prices = PriceList::default();
        let rows = |rows| prices.rows(rows).milli();
        assert_eq!([0, 10_000, 10_001, 20_000, 20_001].map(rows), [0, 0, 1_000, 1_000, 2_000]);
    }

    #[test]
    fn unknown_prices_are_errors_and_missing_ones_are_the_default() {
        let list: PriceList = serde_json::from_str(r#"{"base_milli": 7}"#).unwrap();
        assert_eq!(list.statement(PLAIN).milli(), 7);
        assert_eq!(list.full_scan_milli.milli(), 2_000);
        assert!(serde_json::from_str::<PriceList>(r#"{"bas_milli": 7}"#).is_err());
        assert!(serde_json::from_str::<PriceList>(r#"{"rows_block": 0}"#).is_err());
    }

    #[test]
    fn absurd_prices_do_not_wrap() {
        let prices = PriceList {
            extra_table_milli: Credits::from_milli(u64::MAX),
            rows_block_milli: Credits::from_milli(u64::MAX),
            ..PriceList::default()
        };
        assert_eq!(prices.statement(Shape { tables: 9, ..PLAIN }).milli(), u64::MAX);
        assert_eq!(prices.rows(u64::MAX).milli(), u64::MAX);
    }
}
