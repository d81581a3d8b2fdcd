//! Numbers as texts by a FORMAT of Teradata: `amt (FORMAT '$ZZ,ZZ9.99')`, `-(10)9`, `---,--9.99`, `99`.
//!
//! `9` is a digit, `Z` one that is a blank where only zeros stand before it, a run of `-` or `$` the same
//! with the sign or the currency behind the blanks. A number is rounded to the digits behind the point,
//! from a half to the even digit. One with more digits before it, and a negative one where no sign is shown,
//! are errors here.
//!
//! Source: <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Data-Types-and-Literals/Data-Type-Formats-and-Format-Phrases/FORMAT-Phrase-and-NUMERIC-Formats>

use super::{Binder, Bound, lower::text};
use crate::{
    tree::Expr,
    types::{DecimalShape, Type},
};

/// Most digits of a format.
const DIGITS_MAX: usize = 30;

/// Where a sign or a currency stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Nowhere,
    /// In front of all.
    First,
    /// In front of the first digit.
    Floating,
    /// Behind all.
    Last,
}

/// A format of a number.
#[derive(Debug, PartialEq, Eq)]
struct Picture {
    /// The digits, as the core's `to_char` writes them.
    core: String,
    /// Digits before the point and behind it.
    whole: usize,
    scale: usize,
    sign: Place,
    currency: Place,
    /// Is zero nothing but blanks?
    blank: bool,
    percent: bool,
    width: usize,
}

/// A format with each character as often as it counts: `9(3)` is `999`.
fn spelled(format: &str) -> Option<String> {
    let mut out = String::new();
    let upper = format.to_ascii_uppercase();
    let mut rest = upper.as_str();
    while let Some(first) = rest.chars().next() {
        rest = rest.get(first.len_utf8()..)?;
        let mut count = 1;
        if let Some((inside, behind)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
            count = inside.trim().parse().ok().filter(|n| (1..=DIGITS_MAX).contains(n))?;
            rest = behind;
        }
        (out.len() + count <= 2 * DIGITS_MAX).then_some(())?;
        out.extend(std::iter::repeat_n(first, count));
    }
    Some(out)
}

/// Takes a sign or a currency off the beginning: where it stands, and the rest, with nines for those of a run
/// but the first.
fn prefixed(body: &str, mark: char) -> Option<(Place, String)> {
    let Some(rest) = body.strip_prefix(mark) else {
        return Some((Place::Nowhere, body.to_owned()));
    };
    if !rest.contains(mark) {
        return Some((Place::First, rest.to_owned()));
    }
    let end = rest.rfind(mark)? + 1;
    let (run, behind) = rest.split_at_checked(end)?;
    let pure = run.chars().all(|c| c == mark || c == ',');
    // Behind it only digits that are always shown.
    let digits = behind.starts_with('9') || behind.starts_with(",9");
    (pure && digits).then(|| (Place::Floating, format!("{}{behind}", run.replace(mark, "Z"))))
}

fn read(format: &str) -> Option<Picture> {
    let spelled = spelled(format)?;
    let width = spelled.chars().count();
    let (percent, body) = match spelled.strip_suffix('%') {
        Some(body) => (true, body),
        None => (false, spelled.as_str()),
    };
    let (last, body) = match body.strip_suffix('-') {
        Some(body) => (true, body),
        None => (false, body),
    };
    let (currency, body) = prefixed(body, '$')?;
    let (sign, body) = prefixed(&body, '-')?;
    let sign = match (last, sign) {
        (true, Place::Nowhere) => Place::Last,
        (false, sign) => sign,
        _ => return None,
    };
    let (before, behind) = body.split_once('.').unwrap_or((&body, ""));
    let digit = |c: char| c == '9' || c == 'Z';
    let whole = before.chars().filter(|c| digit(*c)).count();
    let blank = whole > 0 && !body.contains('9');
    let suppressed =
        before.rfind('Z').is_none_or(|last| before.find('9').is_none_or(|first| first > last));
    let fine = before.chars().all(|c| digit(c) || c == ',')
        && behind.chars().all(|c| if blank { c == 'Z' } else { c == '9' })
        && suppressed
        && whole > 0
        && whole + behind.len() <= DIGITS_MAX
        && before.starts_with(digit)
        && before.ends_with(digit)
        && (!body.contains('.') || !behind.is_empty())
        // Commas each three digits are those that the core knows.
        && before.split(',').skip(1).all(|group| group.len() == 3)
        && !(currency != Place::Nowhere && sign != Place::Nowhere);
    let shown = |c: char| match c {
        '9' => '0',
        'Z' => '9',
        other => other,
    };
    let core: String = before.chars().map(shown).collect();
    let core =
        if behind.is_empty() { core } else { format!("{core}.{}", "9".repeat(behind.len())) };
    fine.then_some(Picture {
        core,
        whole,
        scale: behind.len(),
        sign,
        currency,
        blank,
        percent,
        width,
    })
}

impl Binder<'_> {
    /// The text of a number by a format; nothing for a format that is not known here, or a float.
    pub(super) fn pictured(
        &mut self,
        value: Expr,
        format: &str,
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let Some(picture) = read(format) else { return Ok(None) };
        let Some(shape) = value.ty.decimal_shape() else { return Ok(None) };
        let Ok(scale) = u32::try_from(picture.scale) else { return Ok(None) };
        let value = if shape.scale > scale {
            let precision = (shape.precision + 1).min(38);
            let to = Type::Numeric(Some(DecimalShape { precision, scale }));
            self.cast_by("cast", value, to, span)?
        } else {
            value
        };
        let limit = format!("1{}", "0".repeat(picture.whole));
        let width = self.number(&picture.width.to_string(), span);
        let form = match (picture.currency, picture.sign) {
            (Place::First, _) => "picture money",
            (Place::Floating, _) => "picture floating money",
            (_, Place::First) => "picture signed",
            (_, Place::Last) => "picture signed behind",
            (_, Place::Floating) => "picture floating",
            _ if picture.blank => "picture blank",
            _ => "picture",
        };
        // What a zero would look like there is not known.
        if picture.blank && form != "picture blank" {
            return Ok(None);
        }
        let limit = self.read_literal(&limit, &Type::NUMERIC, span)?;
        let args = vec![value, text(picture.core, span), limit, width];
        let shown = self.apply(form, args, span)?;
        if !picture.percent {
            return Ok(Some(shown));
        }
        self.apply("||", vec![shown, text("%".to_owned(), span)], span).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_become_those_of_the_core() {
        for (format, core, sign, currency) in [
            ("zz9.99", "990.99", Place::Nowhere, Place::Nowhere),
            ("Z(9)9.99", "9999999990.99", Place::Nowhere, Place::Nowhere),
            ("$ZZ,ZZ9.99", "99,990.99", Place::Nowhere, Place::First),
            ("$$$,$$9.99", "99,990.99", Place::Nowhere, Place::Floating),
            ("-(10)9", "9999999990", Place::Floating, Place::Nowhere),
            ("---,---,--9.99", "99,999,990.99", Place::Floating, Place::Nowhere),
            ("-99999", "00000", Place::First, Place::Nowhere),
            ("ZZ9-", "990", Place::Last, Place::Nowhere),
            ("99%", "00", Place::Nowhere, Place::Nowhere),
            ("ZZZ.ZZ", "999.99", Place::Nowhere, Place::Nowhere),
        ] {
            let picture = read(format).unwrap();
            assert_eq!(
                (picture.core.as_str(), picture.sign, picture.currency),
                (core, sign, currency),
                "{format}"
            );
        }
        for other in [
            "",
            "9Z",
            "-",
            "--",
            "----",
            "Z,ZZ",
            "9V99",
            "9.99E99",
            "+9",
            "-$9",
            "9(99)",
            "(",
            "é",
            "ZZ.9Z",
            ".99",
            "9.",
            "999-99-9999",
            "$Z-",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
