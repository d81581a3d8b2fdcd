//! Date formats: a dialect's tokens become the core's, or the format is refused.

use super::{Binder, Bound, codes};
use crate::tree::Expr;

impl Binder<'_> {
    /// A vendor's format in the core's tokens.
    pub(super) fn core_format(&self, format: &str, span: super::Span) -> Bound<String> {
        let holds = self.spec.traits().fill_mode_holds;
        let core = to_core(format, self.spec.formats(), holds);
        core.map_or_else(|| self.unknown_format(format, span), Ok)
    }

    /// The constant format among the arguments, which is the first, and the others.
    pub(super) fn format_and(
        &self,
        mut args: Vec<Expr>,
        span: super::Span,
    ) -> Bound<(String, Vec<Expr>)> {
        let others = args.split_off(args.len().min(1));
        match args.first().and_then(Expr::text) {
            Some(format) => Ok((format.to_owned(), others)),
            None => self.unsupported("a format that is no constant", span),
        }
    }

    pub(super) fn unknown_format<T>(&self, format: &str, span: super::Span) -> Bound<T> {
        let what = format!("the format `{format}` has a part that is not known");
        self.refuse(codes::LITERAL, what, span)
    }
}

/// `format` with each token of `table` (longest first, in the table's own case) replaced. Letters
/// that are no token are refused; text in double quotes is text. Where every token begins with `%`,
/// as those of `strftime`, all else is text.
/// Where `fill_mode_holds`, `FM` is meant for all tokens up to the next one; the core wants it in front
/// of each.
fn to_core(
    format: &str,
    table: &[(&'static str, &'static str)],
    fill_mode_holds: bool,
) -> Option<String> {
    // Tokens that are of one length anyway.
    const FIXED: [&str; 12] =
        ["AM", "PM", "MON", "Mon", "mon", "DY", "Dy", "dy", "Q", "W", "J", "IYYY"];
    let mut fill_mode = false;
    let marked = table.iter().all(|(token, _)| token.starts_with('%'));
    let mut core = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        let mode = rest.get(..2).filter(|two| fill_mode_holds && two.eq_ignore_ascii_case("FM"));
        if mode.is_some() {
            fill_mode = !fill_mode;
            rest = rest.get(2..)?;
            continue;
        }
        if let Some((token, becomes)) = table.iter().find(|(token, _)| rest.starts_with(token)) {
            if becomes.starts_with('{') {
                // More than a token of `to_char`.
                return None;
            }
            if fill_mode && !FIXED.contains(becomes) {
                core.push_str("FM");
            }
            core.push_str(becomes);
            rest = rest.get(token.len()..)?;
        } else if marked && first.is_alphanumeric() {
            let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            core.push('"');
            core.push_str(rest.get(..end)?);
            core.push('"');
            rest = rest.get(end..)?;
        } else if first == '"' && !marked {
            let end = rest.get(1..)?.find('"')? + 2;
            core.push_str(rest.get(..end)?);
            rest = rest.get(end..)?;
        } else if first.is_alphanumeric() || first == '%' || first == '\\' || first == '"' {
            return None;
        } else {
            core.push(first);
            rest = rest.get(first.len_utf8()..)?;
        }
    }
    Some(core)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_or_nothing() {
        let table = [("yyyy", "YYYY"), ("MM", "MM"), ("dd", "DD"), ("%Y", "YYYY")];
        assert_eq!(to_core("yyyy-MM-dd", &table, false).as_deref(), Some("YYYY-MM-DD"));
        assert_eq!(to_core("%Y/x", &table, false), None);
        assert_eq!(to_core("yyyy \"at\" MM", &table, false).as_deref(), Some("YYYY \"at\" MM"));
        assert_eq!(to_core("YYYY", &table, false), None);
        assert_eq!(to_core("\"open", &table, false), None);
        let marked = [("%Y", "YYYY"), ("%%", "%"), ("%H", "HH24")];
        assert_eq!(
            to_core("%YT%HZ 1%%", &marked, false).as_deref(),
            Some("YYYY\"T\"HH24\"Z\" \"1\"%")
        );
        assert_eq!(to_core("%q", &marked, false), None);
        assert_eq!(to_core("\"%Y", &marked, false), None);
    }

    #[test]
    fn fill_mode_holds_until_the_next_one() {
        let table = [("Month", "Month"), ("DD", "DD"), ("YYYY", "YYYY"), ("AM", "AM")];
        let core = to_core("fmMonth DD, AM FMYYYY DD", &table, true);
        assert_eq!(core.as_deref(), Some("FMMonth FMDD, AM YYYY DD"));
        assert_eq!(to_core("fmDD", &table, false), None);
    }
}
