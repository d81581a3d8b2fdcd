//! Why do the results differ? Causes in words that somebody can act on, one file each.
//!
//! A cause of cells looks at one pair of unequal values and says with which parameter it explains
//! them ([`cause`]); a collector counts that over the changed cells of a column ([`collector`]), and
//! few causes are chosen that explain the most ([`choice`]).

mod cause;
mod choice;
mod collector;
mod decimal;
mod pair;
mod spelled_time;
#[cfg(test)]
mod testing;

mod accents;
mod blanks;
mod boolean_words;
mod century;
mod day_month;
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
mod normal_form;
mod not_a_number;
mod null_mark;
mod null_value;
mod number_words;
mod offset;
mod opposite_sign;
mod padding;
mod part_order;
mod rounding;
mod scaled;
mod second_fraction;
mod sign_of_zero;
mod time_part;
mod time_words;
mod truncated;
mod unit;
mod whole_days;
mod wrap;
mod zone_shift;

pub(crate) use collector::Collector;

use cause::{About, CellCause};

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
    let mut pages: Vec<_> = CELLS.iter().map(|cause| page(&cause.about)).collect();
    pages.sort_by_key(|page| page.code);
    pages
}
