//! A moment as text by a format of `strftime` tokens, piece by piece: what `to_char` has no token
//! for is an expression, written in braces in the dialect's table of formats.

use super::{Binder, Bound, core_text::quoted};
use crate::tree::Expr;

/// What a token shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    Text,
    Date,
    Clock,
    Zone,
}

/// What a value has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// A date without a clock.
    Date,
    /// A clock without a date.
    Clock,
    /// Both.
    Both,
    /// Both, and a time zone.
    Zoned,
}

impl Parts {
    /// The pseudo-function of bodies that shows such a value.
    pub(super) fn of(function: &str) -> Option<Self> {
        Some(match function {
            "date_by_tokens" => Self::Date,
            "clock_by_tokens" => Self::Clock,
            "moment_by_tokens" => Self::Both,
            "zoned_by_tokens" => Self::Zoned,
            _ => return None,
        })
    }

    const fn has(self, shows: Shows) -> bool {
        match shows {
            Shows::Text => true,
            Shows::Date => !matches!(self, Self::Clock),
            Shows::Clock => !matches!(self, Self::Date),
            Shows::Zone => matches!(self, Self::Zoned),
        }
    }
}

impl Binder<'_> {
    /// `moment_by_tokens(format, value)` inside a body; with a zone `zoned_by_tokens(format, local
    /// time, instant in UTC)`.
    pub(super) fn by_tokens(
        &mut self,
        parts: Parts,
        args: Vec<Expr>,
        span: super::Span,
    ) -> Bound<Expr> {
        let (format, values) = self.format_and(args, span)?;
        let in_utc = matches!(values.as_slice(), [local, utc] if local == utc);
        let Some(core) = pieces(&format, self.spec.formats(), parts, in_utc) else {
            return self.unknown_format(&format, span);
        };
        self.core_text(&core, values, span)
    }
}

/// The core expression that shows `$1` in a format. With a zone `$2` is the instant in UTC, which
/// `$u` of the table is, too; without one `$u` is the value.
fn pieces(
    format: &str,
    table: &[(&'static str, &'static str)],
    parts: Parts,
    in_utc: bool,
) -> Option<String> {
    let mut all = Pieces::default();
    let mut rest = format;
    let mut unpadded = false;
    while let Some(first) = rest.chars().next() {
        let token = table.iter().find(|(token, _)| rest.starts_with(token));
        let Some((token, becomes)) = token else {
            if first == '%' {
                return None;
            }
            rest = rest.get(first.len_utf8()..)?;
            all.text(first);
            continue;
        };
        rest = rest.get(token.len()..)?;
        let shows = shows(token);
        if !parts.has(shows) {
            return None;
        }
        if shows == Shows::Text {
            all.text(match *token {
                "%n" => '\n',
                "%t" => '\t',
                _ => '%',
            });
        } else if shows == Shows::Zone && in_utc {
            let name = match *token {
                "%Z" => "UTC",
                "%Ez" => "+00:00",
                "%E#z" => "+00",
                _ => "+0000",
            };
            name.chars().for_each(|c| all.text(c));
        } else if let Some(expr) = becomes.strip_prefix('{').and_then(|e| e.strip_suffix('}')) {
            let utc = if parts == Parts::Zoned { "$2" } else { "$1" };
            all.finish();
            all.out.push(format!("({})", expr.replace("$u", utc)));
        } else {
            unpadded |= *token == "%Y";
            all.token(becomes);
        }
    }
    all.finish();
    let out = all.out;
    if out.is_empty() {
        // NULL stays NULL.
        return Some("substring($1::text, 1, 0)".to_owned());
    }
    let mut core = out.join(" || ");
    if out.len() == 1 && out.first().is_some_and(|one| one.starts_with('\'')) {
        core = format!("CASE WHEN $1 IS NOT NULL THEN {core} END");
    }
    // A year of less than four digits is not padded there, so it is an error here.
    if unpadded {
        core = format!(
            "CASE WHEN $1 < TIMESTAMP '1000-01-01 00:00:00' THEN raise('') ELSE {core} END"
        );
    }
    Some(core)
}

/// The pieces of a text, which are joined.
#[derive(Debug, Default)]
struct Pieces {
    out: Vec<String>,
    /// A format of `to_char`, or a text alone as one.
    format: String,
    /// The text alone.
    text: String,
    /// Has the format a token?
    shown: bool,
    /// Has the text a character that formats had better not have?
    odd: bool,
}

impl Pieces {
    /// A character that stands for itself, as `to_char` and as a text constant write it.
    fn text(&mut self, c: char) {
        let odd = !c.is_alphanumeric() && !"-/:., _()".contains(c);
        if odd && self.shown {
            self.finish();
        }
        self.odd |= odd;
        self.text.push(c);
        if c.is_alphanumeric() {
            match self.format.strip_suffix('"') {
                // Text goes on.
                Some(open) => self.format = open.to_owned(),
                None => self.format.push('"'),
            }
            self.format.push(c);
            self.format.push('"');
        } else {
            self.format.push(c);
        }
    }

    fn token(&mut self, token: &str) {
        if self.odd {
            self.finish();
        }
        self.format.push_str(token);
        self.shown = true;
    }

    fn finish(&mut self) {
        if self.shown {
            self.out.push(format!("to_char($1, {})", quoted(&self.format)));
        } else if !self.text.is_empty() {
            self.out.push(quoted(&self.text));
        }
        *self = Self { out: std::mem::take(&mut self.out), ..Self::default() };
    }
}

/// What the last letter of a `strftime` token shows.
fn shows(token: &str) -> Shows {
    match token.chars().last() {
        Some('%' | 'n' | 't') => Shows::Text,
        Some('z' | 'Z') => Shows::Zone,
        Some('H' | 'I' | 'M' | 'S' | 'p' | 'P' | 'k' | 'l' | 'R' | 'T' | 'r' | 'X' | 's' | 'c') => {
            Shows::Clock
        }
        _ => Shows::Date,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: [(&str, &str); 6] = [
        ("%Y", "YYYY"),
        ("%m", "MM"),
        ("%H", "HH24"),
        ("%U", "{week($1)}"),
        ("%z", "{offset($1, $2)}"),
        ("%%", "%"),
    ];

    #[test]
    fn tokens_are_pieces() {
        for (format, parts, expected) in [
            ("%m at %H", Parts::Both, Some("to_char($1, 'MM \"at\" HH24')")),
            ("%m%U", Parts::Date, Some("to_char($1, 'MM') || (week($1))")),
            ("w%U", Parts::Date, Some("'w' || (week($1))")),
            ("it's %%", Parts::Date, Some("CASE WHEN $1 IS NOT NULL THEN 'it''s %' END")),
            ("%z", Parts::Zoned, Some("(offset($1, $2))")),
            ("%z", Parts::Both, None),
            ("%H", Parts::Date, None),
            ("%m", Parts::Clock, None),
            ("%q", Parts::Both, None),
        ] {
            assert_eq!(pieces(format, &TABLE, parts, false).as_deref(), expected, "{format}");
        }
        assert!(
            pieces("%Y", &TABLE, Parts::Date, false)
                .is_some_and(|core| core.contains("1000-01-01"))
        );
    }
}
