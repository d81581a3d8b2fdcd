//! Why do the results differ? Causes in words that somebody can act on, one file each.
//!
//! A cause of cells looks at one pair of unequal values and says with which parameter it explains
//! them ([`cause`]); a collector counts that over the changed cells of a column ([`collector`]), and
//! few causes are chosen that explain the most ([`choice`]). Causes of rows look at those that one
//! side alone has ([`rows`]), causes of order at the first order key that differs ([`order`]).

mod cause;
mod choice;
mod collector;
mod decimal;
mod order;
mod pair;
mod rows;
mod spelled_time;
#[cfg(test)]
mod testing;
mod traits;

mod accents;
mod blanks;
mod boolean_words;
mod century;
mod collation;
mod copies;
mod cut_by_limit;
mod day_month;
mod direction;
mod empty_text;
mod encoding;
mod epoch_unit;
mod escapes;
mod far_date;
mod float_noise;
mod hex_spelling;
mod integer_division;
mod json_spelling;
mod julian;
mod letter_case;
mod limit_of_type;
mod limit_ties;
mod lone;
mod no_rows;
mod normal_form;
mod not_a_number;
mod null_mark;
mod null_place;
mod null_value;
mod number_words;
mod numbers_as_text;
mod offset;
mod opposite_sign;
mod order_only;
mod padding;
mod part_order;
mod rounding;
mod scaled;
mod second_fraction;
mod shared_value;
mod sign_of_zero;
mod tie_order;
mod time_part;
mod time_words;
mod truncated;
mod unit;
mod whole_days;
mod wrap;
mod zone_shift;

pub(crate) use collector::Collector;
pub(crate) use limit_ties::cause as of_limit_ties;
pub(crate) use lone::{Hashers, Lone};
pub(crate) use rows::Unpaired;

use crate::shape::Column;
use cause::{About, CellCause};
use model::{Cause, OrderKey};
use order::{Kept, OrderCause};
use rows::RowCause;

/// The one place where causes of cells are registered. Of two that explain the same cells, the
/// first is told.
static CELLS: [&CellCause; 37] = [
    &sign_of_zero::CAUSE,
    &not_a_number::CAUSE,
    &float_noise::CAUSE,
    &integer_division::CAUSE,
    &epoch_unit::CAUSE,
    &limit_of_type::CAUSE,
    &wrap::CAUSE,
    &scaled::CAUSE,
    &opposite_sign::CAUSE,
    &rounding::CAUSE,
    &boolean_words::CAUSE,
    &padding::CAUSE,
    &hex_spelling::CAUSE,
    &letter_case::CAUSE,
    &json_spelling::CAUSE,
    &encoding::CAUSE,
    &normal_form::CAUSE,
    &accents::CAUSE,
    &escapes::CAUSE,
    &number_words::CAUSE,
    &time_words::CAUSE,
    &part_order::CAUSE,
    &blanks::CAUSE,
    &truncated::CAUSE,
    &far_date::CAUSE,
    &julian::CAUSE,
    &century::CAUSE,
    &day_month::CAUSE,
    &time_part::CAUSE,
    &second_fraction::CAUSE,
    &zone_shift::CAUSE,
    &whole_days::CAUSE,
    &empty_text::CAUSE,
    &null_mark::CAUSE,
    &unit::CAUSE,
    &offset::CAUSE,
    &null_value::CAUSE,
];

/// Causes of rows that one side alone has; the first that explains some is told.
static ROWS: [&RowCause; 4] =
    [&no_rows::CAUSE, &copies::CAUSE, &cut_by_limit::CAUSE, &shared_value::CAUSE];

/// Causes of another order; the first that explains it is told.
static ORDERS: [&OrderCause; 6] = [
    &null_place::CAUSE,
    &numbers_as_text::CAUSE,
    &collation::CAUSE,
    &direction::CAUSE,
    &tie_order::CAUSE,
    &order_only::CAUSE,
];

/// Why one side alone has rows.
///
/// An error is the reason why the rows cannot be read again.
pub(crate) fn of_rows(unpaired: &Unpaired<'_>) -> Result<Vec<Cause>, String> {
    rows::find(unpaired, &ROWS)
}

/// Why the kept rows (legacy, governed), equal as multisets, have these order keys in another order.
pub(crate) fn of_order(
    keys: &[&Column<'_>],
    order_by: &[OrderKey],
    kept: [Kept<'_>; 2],
) -> Result<Option<Cause>, String> {
    order::find(keys, order_by, kept, &ORDERS)
}

/// What is known of the code of a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CausePage {
    /// `DC0101` and so on.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// What it is, how it is recognised, what settles it.
    pub text: &'static str,
}

/// The pages of all causes, in the order of their codes.
pub fn cause_pages() -> Vec<CausePage> {
    let page =
        |about: &'static About| CausePage { code: about.code, title: about.name, text: about.page };
    let cells = CELLS.iter().map(|cause| &cause.about);
    let rows = ROWS.iter().map(|cause| &cause.about).chain([&limit_ties::ABOUT]);
    let orders = ORDERS.iter().map(|cause| &cause.about);
    let mut pages: Vec<_> = cells.chain(rows).chain(orders).map(page).collect();
    pages.sort_by_key(|page| page.code);
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_says_what_settles_it() {
        let pages = cause_pages();
        assert!(pages.is_sorted_by(|a, b| a.code < b.code), "codes are unique");
        for page in &pages {
            assert!(page.code.starts_with("DC") && page.code.len() == 6, "{}", page.code);
            let settles = page.text.contains("olerance") || page.text.contains("[[tolerances]]");
            assert!(settles && !page.title.is_empty(), "{}", page.code);
            assert!(page.text.lines().all(|line| line.chars().count() <= 100), "{}", page.code);
        }
    }
}
