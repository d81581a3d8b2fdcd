//! Constants that a definition's body reads: templates of texts (`format('{} has {}', a, b)`,
//! `printf('%s has %d', a, b)`) and numbers that a text may or may not be.

use super::{Binder, Bound, operator::predicate};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

/// A part of a template.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The argument behind the template, counted from zero, as a text.
    Shown(usize),
    /// The same of a whole number.
    Whole(usize),
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
            "printed" | "printed_by_java" => (constant.and_then(printed), Some("null")),
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
            parts.iter().any(|part| matches!(part, Part::Shown(n) | Part::Whole(n) if *n == at))
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

/// `%s` and `%d`, and `%%` for a percent sign.
fn printed(template: &str) -> Option<Vec<Part>> {
    let mut parts = Parts::default();
    let mut chars = template.chars();
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
            _ => return None,
        }
    }
    Some(parts.done())
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
            printed("100%% %s: %d").unwrap(),
            [text("100% "), Part::Shown(0), text(": "), Part::Whole(1)]
        );
        for wrong in ["%", "%05d", "%.2f", "%1$s", "%n"] {
            assert_eq!(printed(wrong), None, "{wrong}");
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
