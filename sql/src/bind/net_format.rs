//! Number formats of .NET: `FORMAT(x, '#,##0.00')`.
//!
//! Source: <https://learn.microsoft.com/en-us/dotnet/standard/base-types/custom-numeric-format-strings>.
//! Only zeros, groups of three digits, a point and a percent sign at the end are read here.

use super::{Binder, Bound};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

/// A format of digits.
struct Format {
    /// As the core writes it.
    core: String,
    /// Digits behind the point.
    scale: usize,
    percent: bool,
}

/// So many digits before the point a number can have.
const WHOLE: usize = 15;

fn read(format: &str) -> Option<Format> {
    let (body, percent) = match format.strip_suffix('%') {
        Some(body) => (body, true),
        None => (format, false),
    };
    let (before, behind) = body.split_once('.').unwrap_or((body, ""));
    let (groups, zeros) = match before.strip_prefix("#,##") {
        Some(zeros) => (true, zeros),
        None => (false, before),
    };
    let digits = |text: &str| text.bytes().all(|b| b == b'0');
    let fine = digits(zeros)
        && digits(behind)
        && (1..=WHOLE).contains(&zeros.len())
        && (!groups || zeros.len() == 1)
        && (!body.contains('.') || !behind.is_empty());
    let mut whole = String::new();
    for place in (1..=WHOLE).rev() {
        whole.push(if place <= zeros.len() { '0' } else { '9' });
        if groups && place % 3 == 1 && place > 1 {
            whole.push(',');
        }
    }
    let point = if behind.is_empty() { "" } else { "." };
    fine.then(|| Format { core: format!("FM{whole}{point}{behind}"), scale: behind.len(), percent })
}

impl Binder<'_> {
    /// What a body asks of a format: `net_text($2)` is the core's, `net_scale($2)` counts the digits
    /// behind the point, `net_factor($2)` is what the number is multiplied by and `net_sign($2)` what
    /// stands behind it.
    pub(super) fn net_format(&self, name: &str, args: &[Expr], span: super::Span) -> Bound<Expr> {
        let written = args.last().and_then(Expr::text);
        let Some(format) = written.and_then(read) else {
            return self.unknown_format(written.unwrap_or(""), span);
        };
        let text = |text: String| Expr {
            kind: ExprKind::Literal(Literal::Text(text)),
            ty: Type::Text,
            span,
        };
        Ok(match name {
            "net_text" => text(format.core),
            "net_sign" => text(if format.percent { "%".to_owned() } else { String::new() }),
            "net_factor" => self.number(if format.percent { "100" } else { "1" }, span),
            _ => self.number(&format.scale.to_string(), span),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn formats_of_digits_are_read() {
        let shown = |format: &str| read(format).map(|f| (f.core, f.scale, f.percent));
        let core = |core: &str, scale, percent| Some((core.to_owned(), scale, percent));
        assert_eq!(shown("#,##0.00"), core("FM999,999,999,999,990.00", 2, false));
        assert_eq!(shown("0000"), core("FM999999999990000", 0, false));
        assert_eq!(shown("0.0%"), core("FM999999999999990.0", 1, true));
        for other in ["#.##", "0.", "", "%", "N2", "#,##00", "0.00;(0.00)", "0.0#"] {
            assert!(read(other).is_none(), "{other}");
        }
    }
}
