//! Constants that a definition's body reads: templates of texts (`format('{} has {}', a, b)`,
//! `printf('%s has %d', a, b)`) and numbers that a text may or may not be.

use super::{Binder, Bound, operator::predicate};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};
use std::{iter::Peekable, str::Chars};

/// A part of a template.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The argument behind the template, counted from zero, as a text.
    Shown(usize),
    /// The same of a whole number.
    Whole(usize),
    /// A number as Java formats it.
    Formatted(usize, Format),
}

/// `%,08.2f`: how Java formats a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Format {
    /// Are thousands told apart by commas?
    grouped: bool,
    /// Do zeros fill it up?
    zeros: bool,
    width: u32,
    /// How many digits are behind the point; none for a whole number.
    digits: Option<u32>,
}

impl Binder<'_> {
    /// `braced($texts)`, `printed($texts)`, `printed_by_java($texts)`, `whole_number($1)` in the body of a definition; nothing for
    /// any other name.
    pub(super) fn template(
        &mut self,
        name: &str,
        args: &[Expr],
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let texts = args.get(1..).unwrap_or_default();
        let constant = args.first().and_then(Expr::text);
        let (parts, null) = match name {
            "braced" => (constant.and_then(braced), None),
            "printed" => (constant.and_then(|text| printed(text, false)), Some("null")),
            "printed_by_java" => (constant.and_then(|text| printed(text, true)), Some("null")),
            "whole_number" => {
                // With a second argument, blanks around it do not count.
                let text = if args.len() > 1 {
                    constant.map(super::literal::without_blanks)
                } else {
                    constant
                };
                let kind = match text.and_then(whole_number) {
                    Some(number) => Literal::Number(number.to_string()),
                    None => Literal::Null,
                };
                let kind = ExprKind::Literal(kind);
                return Ok(Some(Expr { kind, ty: Type::Int8, span }));
            }
            _ => return Ok(None),
        };
        let Some(parts) = parts else { return self.unsupported("this template", span) };
        // NULL makes NULL of all, shown or not.
        let used = |at: usize| {
            parts.iter().any(|part| {
                matches!(part, Part::Shown(n) | Part::Whole(n) | Part::Formatted(n, _) if *n == at)
            })
        };
        if null.is_none() && !(0..texts.len()).all(used) {
            return self.unsupported("a template that leaves values out", span);
        }
        // What the texts were made of.
        let types: Vec<Type> = self
            .lowering
            .last()
            .map(|frame| frame.args.iter().skip(1).map(|arg| arg.ty.clone()).collect())
            .unwrap_or_default();
        let mut whole: Option<Expr> = None;
        for part in parts {
            let one = match part {
                Part::Text(text) => {
                    Expr { kind: ExprKind::Literal(Literal::Text(text)), ty: Type::Text, span }
                }
                Part::Formatted(at, format) => self.formatted(at, format, span)?,
                Part::Shown(at) | Part::Whole(at) => {
                    let (Some(text), Some(ty)) = (texts.get(at), types.get(at)) else {
                        return self.unsupported("a template with too few values", span);
                    };
                    let known = match part {
                        Part::Whole(_) => ty.is_integer(),
                        // Floats and small decimals are shown by Java there, not as a cast does it.
                        _ if name == "printed_by_java"
                            && (ty.is_float()
                                || matches!(ty, Type::Numeric(shape) if shape.is_none_or(|s| s.scale > 6))) =>
                        {
                            false
                        }
                        // Of dates, `printf` shows what they are inside.
                        _ if null.is_some() => {
                            ty.is_text()
                                || ty.is_number()
                                || matches!(ty, Type::Unknown | Type::Bool)
                        }
                        _ => true,
                    };
                    if !known {
                        return self.unsupported("a value of this type in a template", span);
                    }
                    match null {
                        None => text.clone(),
                        Some(shown) => {
                            let shown = Literal::Text(shown.to_owned());
                            let shown =
                                Expr { kind: ExprKind::Literal(shown), ty: Type::Text, span };
                            let mut known = predicate("coalesce", vec![text.clone(), shown], span);
                            known.ty = Type::Text;
                            known
                        }
                    }
                }
            };
            whole = Some(match whole {
                None => one,
                Some(before) => self.resolve("||", vec![before, one], span)?,
            });
        }
        match whole {
            Some(whole) => Ok(Some(whole)),
            None => self.unsupported("an empty template", span),
        }
    }
}

impl Binder<'_> {
    /// The value behind the template at a place as Java formats it: rounded half up from the digits that are
    /// shown, with a sign also where zero is left. NULL is `null`, cut to as many letters as there were
    /// digits behind the point.
    ///
    /// Source: <https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Formatter.html>
    fn formatted(&mut self, at: usize, format: Format, span: super::Span) -> Bound<Expr> {
        let value = self.lowering.last().and_then(|frame| frame.args.get(at + 1)).cloned();
        let Some(value) = value else {
            return self.unsupported("a template with too few values", span);
        };
        let exact = match (&value.ty, format.digits) {
            (ty, None) if ty.is_integer() => "$1",
            (Type::Numeric(Some(_)), Some(_)) => "$1",
            // Its shortest digits, of which a larger one has too many to be told here.
            (Type::Float8, Some(_)) => {
                "CASE WHEN abs($1) < 1e15 THEN $1::text::numeric(38, 22) \
                 WHEN $1 IS NOT NULL THEN raise(0)::numeric(38, 22) END"
            }
            _ => return self.unsupported("a value of this type in a template", span),
        };
        let digits = format.digits.unwrap_or(0);
        let whole = if format.grouped { "FM999,999,999,999,999,999,990" } else { "" };
        let point = if digits > 0 { "." } else { "" };
        let behind = "0".repeat(usize::try_from(digits).unwrap_or(0));
        let rounded = match format.digits {
            Some(digits) => format!("round(abs({exact}), {digits})"),
            None => format!("abs({exact})"),
        };
        let shown = match (format.grouped, format.digits) {
            (true, _) => format!("to_char({rounded}, '{whole}{point}{behind}')"),
            (false, Some(digits)) => {
                format!("({rounded})::numeric(38, {digits})::text")
            }
            (false, None) => format!("({rounded})::text"),
        };
        let sign = if value.ty == Type::Float8 { "left($1::text, 1) = '-'" } else { "$1 < 0" };
        let Format { width, zeros, .. } = format;
        let filled = |shown: String, width: u32| {
            let fill = if zeros { '0' } else { ' ' };
            format!(
                "CASE WHEN length({shown}) < {width} THEN lpad({shown}, {width}, '{fill}') ELSE {shown} END"
            )
        };
        let core = match (width, zeros) {
            (0, _) => format!("CASE WHEN {sign} THEN '-' ELSE '' END || {shown}"),
            (_, true) => format!(
                "CASE WHEN {sign} THEN '-' || {} ELSE {} END",
                filled(shown.clone(), width.saturating_sub(1)),
                filled(shown.clone(), width)
            ),
            (_, false) => {
                filled(format!("(CASE WHEN {sign} THEN '-' ELSE '' END || {shown})"), width)
            }
        };
        let null: String =
            "null".chars().take(format.digits.map_or(4, |digits| digits.min(4) as usize)).collect();
        let null = format!("{null:>width$}", width = width as usize);
        let core = format!("CASE WHEN $1 IS NULL THEN '{null}' ELSE {core} END");
        self.core_text(&core, vec![value], span)
    }
}

/// `{}`, `{0}`, and `{{`, `}}` for braces.
fn braced(template: &str) -> Option<Vec<Part>> {
    let mut parts = Parts::default();
    let mut chars = template.chars().peekable();
    let mut next = 0;
    let mut numbered = None;
    while let Some(c) = chars.next() {
        match c {
            '{' if chars.next_if_eq(&'{').is_some() => parts.letter('{'),
            '}' if chars.next_if_eq(&'}').is_some() => parts.letter('}'),
            '{' => {
                let mut digits = String::new();
                while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                    digits.push(digit);
                }
                chars.next_if_eq(&'}')?;
                // Either all of them have numbers, or none.
                if numbered.replace(!digits.is_empty()).is_some_and(|n| n == digits.is_empty()) {
                    return None;
                }
                let at = if digits.is_empty() { next } else { digits.parse().ok()? };
                next += 1;
                parts.value(Part::Shown(at));
            }
            '}' => return None,
            other => parts.letter(other),
        }
    }
    Some(parts.done())
}

/// `%s` and `%d`, and `%%` for a percent sign; of Java's, with what stands before `d` and `f`.
fn printed(template: &str, java: bool) -> Option<Vec<Part>> {
    let mut parts = Parts::default();
    let mut chars = template.chars().peekable();
    let mut next = 0;
    while let Some(c) = chars.next() {
        if c != '%' {
            parts.letter(c);
            continue;
        }
        match chars.next()? {
            '%' => parts.letter('%'),
            's' => {
                parts.value(Part::Shown(next));
                next += 1;
            }
            'd' => {
                parts.value(Part::Whole(next));
                next += 1;
            }
            first if java => {
                parts.value(Part::Formatted(next, java_format(first, &mut chars)?));
                next += 1;
            }
            _ => return None,
        }
    }
    Some(parts.done())
}

/// What stands between `%` and `d` or `f`.
fn java_format(first: char, rest: &mut Peekable<Chars<'_>>) -> Option<Format> {
    let mut format = Format { grouped: false, zeros: false, width: 0, digits: None };
    let mut next = Some(first);
    loop {
        match next {
            Some(',') if !format.grouped => format.grouped = true,
            Some('0') if !format.zeros => format.zeros = true,
            _ => break,
        }
        next = rest.next();
    }
    while let Some(digit) = next.and_then(|c| c.to_digit(10)) {
        format.width = format.width * 10 + digit;
        if format.width > 99 {
            return None;
        }
        next = rest.next();
    }
    let mut point = None;
    if next == Some('.') {
        point = Some(rest.next()?.to_digit(10)?);
        next = rest.next();
    }
    match next? {
        'd' if point.is_none() => {}
        'f' => format.digits = Some(point.unwrap_or(6)),
        _ => return None,
    }
    // Zeros fill up to a width, and commas among them are another matter.
    let known = !format.zeros || format.width > 0 && !format.grouped;
    known.then_some(format)
}

#[derive(Default)]
struct Parts {
    done: Vec<Part>,
    open: String,
}

impl Parts {
    fn letter(&mut self, letter: char) {
        self.open.push(letter);
    }

    fn value(&mut self, value: Part) {
        let open = std::mem::take(&mut self.open);
        if !open.is_empty() || self.done.is_empty() {
            self.done.push(Part::Text(open));
        }
        self.done.push(value);
    }

    fn done(mut self) -> Vec<Part> {
        if !self.open.is_empty() || self.done.is_empty() {
            self.done.push(Part::Text(self.open));
        }
        self.done
    }
}

/// The number that digits with or without a sign stand for.
fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    #[test]
    fn braces_stand_for_values() {
        assert_eq!(
            braced("{} has {}").unwrap(),
            [text(""), Part::Shown(0), text(" has "), Part::Shown(1)]
        );
        assert_eq!(
            braced("{1}{{{0}").unwrap(),
            [text(""), Part::Shown(1), text("{"), Part::Shown(0)]
        );
        assert_eq!(braced("x").unwrap(), [text("x")]);
        for wrong in ["{", "}", "{x}", "{} {0}", "{0} {}", "{:>5}"] {
            assert_eq!(braced(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn percent_signs_stand_for_values() {
        assert_eq!(
            printed("100%% %s: %d", false).unwrap(),
            [text("100% "), Part::Shown(0), text(": "), Part::Whole(1)]
        );
        for wrong in ["%", "%05d", "%.2f", "%1$s", "%n"] {
            assert_eq!(printed(wrong, false), None, "{wrong}");
        }
        let format = |grouped, zeros, width, digits| {
            Part::Formatted(0, Format { grouped, zeros, width, digits })
        };
        assert_eq!(printed("%05d", true).unwrap(), [text(""), format(false, true, 5, None)]);
        assert_eq!(printed("%,.2f", true).unwrap(), [text(""), format(true, false, 0, Some(2))]);
        assert_eq!(printed("%8f", true).unwrap(), [text(""), format(false, false, 8, Some(6))]);
        for wrong in ["%", "%0d", "%0,9d", "%.2d", "%.f", "%-5d", "%1$s", "%n", "%999d"] {
            assert_eq!(printed(wrong, true), None, "{wrong}");
        }
    }

    #[test]
    fn a_text_is_a_number_or_none() {
        assert_eq!(whole_number("-12"), Some(-12));
        for none in ["", "-", "4.5", "abc", " 5", "1e3", "99999999999999999999", "--5"] {
            assert_eq!(whole_number(none), None, "{none}");
        }
    }
}
