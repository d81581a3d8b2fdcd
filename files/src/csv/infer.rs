//! Which kind a column of texts is, from all of its values.

use super::{kind::Kind, kind::numeric, number, time};
use arrow::datatypes::{DataType, TimeUnit};
use std::sync::Arc;

/// Bits of the kinds that every value so far was one of.
mod bit {
    pub(super) const INT: u16 = 1;
    pub(super) const NUMERIC: u16 = 1 << 1;
    pub(super) const FLOAT: u16 = 1 << 2;
    pub(super) const BOOL_WORDS: u16 = 1 << 3;
    pub(super) const BOOL_LETTERS: u16 = 1 << 4;
    pub(super) const DATE: u16 = 1 << 5;
    pub(super) const TIMESTAMP: u16 = 1 << 6;
    pub(super) const INSTANT: u16 = 1 << 7;
    pub(super) const MICROS: u16 = 1 << 8;
    pub(super) const NANOS: u16 = 1 << 9;
    pub(super) const NUMBERS: u16 = INT | NUMERIC | FLOAT;
    pub(super) const TIMES: u16 = DATE | TIMESTAMP | INSTANT;
}

/// What the values of a column, so far, can all be read as.
///
/// Values of files, of parts of them, of columns that are compared: what is seen is united by
/// [`Self::and`] in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidates {
    kinds: u16,
    /// A number with digits, not only `NaN` and the like.
    number: bool,
    /// `t`, and `f`.
    letters: [bool; 2],
    values: bool,
    /// A plain decimal that may be no float: to find out is dear, and of use only if another value
    /// has an exponent.
    floats_unsure: bool,
}

impl Default for Candidates {
    fn default() -> Self {
        Self {
            kinds: u16::MAX,
            number: false,
            letters: [false; 2],
            values: false,
            floats_unsure: false,
        }
    }
}

impl Candidates {
    /// Takes a value into account.
    pub(super) fn value(&mut self, text: &str) {
        self.values = true;
        if self.kinds == 0 {
            return;
        }
        self.kinds &= match text.as_bytes() {
            [b'0'..=b'9', ..] if self.kinds & (bit::TIMES | bit::NUMBERS) != 0 => {
                let numbers = self.numbers(text);
                numbers | if numbers == 0 { times(text) } else { 0 }
            }
            [b'-' | b'N' | b'I' | b'n' | b'i', ..] => self.numbers(text),
            b"true" | b"false" => bit::BOOL_WORDS,
            b"t" => {
                self.letters = [true, self.letters[1]];
                bit::BOOL_LETTERS
            }
            b"f" => {
                self.letters = [self.letters[0], true];
                bit::BOOL_LETTERS
            }
            _ => 0,
        };
    }

    fn numbers(&mut self, text: &str) -> u16 {
        let mut kinds = 0;
        if number::integer(text).is_some() {
            kinds |= bit::INT;
        }
        if kinds != 0 || numeric(text) {
            kinds |= bit::NUMERIC;
        }
        if kinds & bit::NUMERIC != 0 && self.kinds & bit::NUMERIC != 0 {
            kinds |= bit::FLOAT;
            self.floats_unsure = true;
        } else if self.kinds & bit::FLOAT != 0 && number::float64(text).is_some() {
            kinds |= bit::FLOAT;
        }
        self.number |= kinds != 0 && text.bytes().any(|byte| byte.is_ascii_digit());
        kinds
    }

    /// What the values of both can be read as.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            kinds: self.kinds & other.kinds,
            number: self.number || other.number,
            letters: [self.letters[0] || other.letters[0], self.letters[1] || other.letters[1]],
            values: self.values || other.values,
            floats_unsure: self.floats_unsure || other.floats_unsure,
        }
    }

    /// Whether the column's values must still be held against [`Kind::Float64`], where the values of
    /// all compared columns are `all`.
    pub(super) fn needs_floats(self, all: Self) -> bool {
        self.floats_unsure && self.kinds & bit::FLOAT != 0 && all.kinds & bit::NUMERIC == 0
    }

    /// What was found when they were.
    pub(super) fn with_floats(self, are: bool) -> Self {
        let kinds = if are { self.kinds } else { self.kinds & !bit::FLOAT };
        Self { kinds, floats_unsure: false, ..self }
    }

    /// The kind. Without any value, text. Floats must be sure.
    pub(super) fn kind(self) -> Kind {
        let is = |bits: u16| self.values && self.kinds & bits == bits;
        let unit = if is(bit::MICROS) { TimeUnit::Microsecond } else { TimeUnit::Nanosecond };
        let unit_fits = is(bit::MICROS) || is(bit::NANOS);
        if is(bit::INT) {
            Kind::Int(DataType::Int64)
        } else if is(bit::NUMERIC) && self.number {
            Kind::Numeric
        } else if is(bit::FLOAT) && self.number {
            Kind::Float64
        } else if is(bit::BOOL_WORDS) || (is(bit::BOOL_LETTERS) && self.letters == [true; 2]) {
            Kind::Bool
        } else if is(bit::DATE) {
            Kind::Date
        } else if is(bit::TIMESTAMP) && unit_fits {
            Kind::Timestamp(unit, None)
        } else if is(bit::INSTANT) && unit_fits {
            Kind::Timestamp(unit, Some(Arc::from("UTC")))
        } else {
            Kind::Text
        }
    }
}

fn times(text: &str) -> u16 {
    if time::date(text).is_some() {
        return bit::DATE | bit::MICROS | bit::NANOS;
    }
    let Some(stamp) = time::timestamp(text) else { return 0 };
    let fits = |unit| super::kind::count(stamp.seconds, stamp.nanos, stamp.digits, unit).is_some();
    let mut kinds = if stamp.offset { bit::INSTANT } else { bit::TIMESTAMP };
    if fits(TimeUnit::Microsecond) {
        kinds |= bit::MICROS;
    }
    if fits(TimeUnit::Nanosecond) {
        kinds |= bit::NANOS;
    }
    kinds
}

/// The kinds of columns at the same position in several files.
///
/// One kind for all where there is one. Where there is none, but each is numbers or each is times,
/// each keeps its own: such values can be compared, and that they are written differently is a
/// finding. Otherwise all are text.
pub(super) fn jointly(columns: &[Candidates]) -> Vec<Kind> {
    let all = columns.iter().fold(Candidates::default(), |all, column| all.and(*column));
    let kind = all.kind();
    let own: Vec<Kind> = columns.iter().map(|column| column.kind()).collect();
    let family = |of: fn(&Kind) -> bool| {
        columns.iter().zip(&own).all(|(column, kind)| !column.values || of(kind))
    };
    let apart = kind == Kind::Text
        && all.values
        && (family(|kind| matches!(kind, Kind::Int(_) | Kind::Numeric | Kind::Float64))
            || family(|kind| matches!(kind, Kind::Date | Kind::Timestamp(..))));
    if apart { own } else { vec![kind; columns.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unsure(texts: &[&str]) -> Candidates {
        let mut candidates = Candidates::default();
        for text in texts {
            candidates.value(text);
        }
        candidates
    }

    /// With the look at floats that files take, where these values are compared with `other`.
    fn seen_beside(texts: &[&str], other: &[&str]) -> Candidates {
        let candidates = unsure(texts);
        if !candidates.needs_floats(candidates.and(unsure(other))) {
            return candidates;
        }
        candidates.with_floats(texts.iter().all(|text| Kind::Float64.accepts(text)))
    }

    fn seen(texts: &[&str]) -> Candidates {
        seen_beside(texts, &[])
    }

    fn kind(texts: &[&str]) -> String {
        seen(texts).kind().to_string()
    }

    #[test]
    fn every_value_counts() {
        assert_eq!(kind(&[]), "Utf8");
        assert_eq!(kind(&["1", "-20"]), "Int64");
        assert_eq!(kind(&["1", "9223372036854775808"]), "numeric");
        assert_eq!(kind(&["1", "2.50", "NaN"]), "numeric");
        assert_eq!(kind(&["1.5", "1e-7", "-0.0", "inf"]), "Float64");
        assert_eq!(kind(&["1", "007"]), "Utf8");
        assert_eq!(kind(&["1", "+1"]), "Utf8");
        assert_eq!(kind(&["NaN"]), "Utf8");
        assert_eq!(kind(&["1e5", "0.12345678901234567890"]), "Utf8");
        assert_eq!(kind(&["true", "false"]), "Boolean");
        assert_eq!(kind(&["t", "f"]), "Boolean");
        assert_eq!(kind(&["t", "t"]), "Utf8");
        assert_eq!(kind(&["true", "t"]), "Utf8");
        assert_eq!(kind(&["2024-01-01"]), "Date32");
        assert_eq!(kind(&["2024-01-01", "2024-01-01 00:00:00"]), "Utf8");
        assert_eq!(kind(&["2024-01-01 00:00:00", "9999-01-01T00:00:00.5"]), "Timestamp(µs)");
        assert_eq!(kind(&["2024-01-01 00:00:00.123456789"]), "Timestamp(ns)");
        assert_eq!(kind(&["2024-01-01 00:00:00.123456789", "9999-01-01 00:00:00"]), "Utf8");
        assert_eq!(
            kind(&["2024-01-01 00:00:00Z", "2024-01-01 00:00:00+02"]),
            "Timestamp(µs, \"UTC\")"
        );
        assert_eq!(kind(&["2024-01-01 00:00:00Z", "2024-01-01 00:00:00"]), "Utf8");
        assert_eq!(kind(&["1", ""]), "Utf8");
    }

    #[test]
    fn files_agree_on_a_kind() {
        let joint = |left: &[&str], right: &[&str]| {
            let columns = [seen_beside(left, right), seen_beside(right, left)];
            jointly(&columns).iter().map(Kind::to_string).collect::<Vec<_>>()
        };
        assert_eq!(joint(&["1"], &["1.0"]), ["numeric"; 2]);
        assert_eq!(joint(&["1"], &["007"]), ["Utf8"; 2]);
        assert_eq!(joint(&["1"], &[]), ["Int64"; 2]);
        assert_eq!(joint(&["t"], &["f"]), ["Boolean"; 2]);
        assert_eq!(joint(&["1.5"], &["1e5"]), ["Float64"; 2]);
        // Each keeps its own: they can still be compared.
        assert_eq!(joint(&["0.12345678901234567890"], &["1e5"]), ["numeric", "Float64"]);
        assert_eq!(joint(&["2024-01-01"], &["2024-01-01 00:00:00"]), ["Date32", "Timestamp(µs)"]);
        assert_eq!(joint(&["true"], &["1"]), ["Utf8"; 2]);
    }

    proptest! {
        /// What a column is said to be, each of its values is.
        #[test]
        fn the_kind_accepts_every_value(
            texts in prop::collection::vec(
                "-?[0-9]{1,3}(\\.[0-9]{1,2})?(e[0-9])?|[tf]|true|false|NaN|2024-0[1-9]-1[0-9]( 00:00:0[0-9](\\.[0-9]{6,7})?(Z|\\+02)?)?",
                1..4,
            ),
        ) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let kind = seen(&texts).kind();
            prop_assert!(texts.iter().all(|text| kind.accepts(text)), "{kind}");
            // In any order, and in any parts.
            let (first, second) = texts.split_at(texts.len() / 2);
            let parts = seen_beside(second, first).and(seen_beside(first, second));
            prop_assert_eq!(parts.kind(), kind);
        }
    }
}
