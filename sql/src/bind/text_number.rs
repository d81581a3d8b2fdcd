//! Texts where numbers are wanted, in a dialect that reads a number from their beginning.
//!
//! A line `text number(text)` says what number a text is (MySQL: `'5 apples' + 1` is 6). Without such
//! a line nothing happens here. Where only a whole text is a number there is no line `compared text(text)`.

use super::{Binder, Bound, resolve::accepts};
use crate::{
    dialects::{ArgType, Definition, Returned},
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

/// The definition that reads a number from a text.
const NUMBER: &str = "text number";
/// The definition for a text that is compared with a number.
const COMPARED: &str = "compared text";
/// The definition of the exact number that a whole text is beside an exact one.
const BESIDE: &str = "text beside number";

/// Functions that look at the texts among their arguments in a way of their own.
const MIXED: [&str; 4] = ["greatest", "least", "nullif", "interval"];

impl Binder<'_> {
    /// The arguments, with a number for each text where only numbers are wanted.
    pub(super) fn numbers_of_texts(
        &mut self,
        definitions: &[&Definition],
        args: Vec<Expr>,
    ) -> Bound<Vec<Expr>> {
        let args = self.first_of_decode(definitions, args)?;
        if self.speaks_core() || !self.spec.knows(NUMBER) || !args.iter().any(is_text) {
            return Ok(args);
        }
        let fits = |d: &&&Definition| {
            let others = args.iter().enumerate().filter(|(_, arg)| !is_text(arg));
            d.takes(args.len()) && others.into_iter().all(|(i, arg)| accepts(**d, i, &arg.ty))
        };
        let fitting: Vec<&&Definition> = definitions.iter().filter(fits).collect();
        self.first_value_decides(&fitting, &args)?;
        if fitting.iter().any(|d| MIXED.contains(&d.name)) {
            // Where only a whole text is a number, the first argument decides.
            let first = args.first().is_some_and(|arg| arg.ty.is_number());
            if self.spec.knows(COMPARED) {
                return Ok(args);
            }
            if !first {
                let number = args.iter().find(|arg| arg.ty.is_number());
                return match number.filter(|_| args.first().is_some_and(is_text)) {
                    Some(number) => self.unsupported("a number behind a text", number.span),
                    None => Ok(args),
                };
            }
            let each = args.into_iter();
            return each
                .map(|arg| if is_text(&arg) { self.number_of(arg) } else { Ok(arg) })
                .collect();
        }
        // Two texts are not one beside an interval, which a line of a constant wants.
        let texts_alone = args.iter().all(is_text);
        let wants_number = |index: usize| {
            let number =
                |d: &&&Definition| matches!(d.arg(index), Some(ArgType::Is(ty)) if ty.is_number());
            // A date would be one among several, a text is what is given.
            let text = |d: &&Definition| match d.arg(index) {
                Some(ArgType::Is(ty)) => ty.is_text(),
                Some(ArgType::Unsigned) => false,
                Some(ArgType::Constant) => !texts_alone,
                _ => true,
            };
            fitting.iter().any(number) && !fitting.iter().any(|d| text(d))
        };
        let wanted: Vec<bool> = (0..args.len()).map(wants_number).collect();
        let mut out = Vec::with_capacity(args.len());
        for (arg, wanted) in args.into_iter().zip(wanted) {
            out.push(if wanted && is_text(&arg) { self.number_of(arg)? } else { arg });
        }
        Ok(out)
    }

    /// Refuses a choice between values of which the first is a text and another a number: where only a
    /// whole text is a number, the first one decides, and the number becomes a text.
    fn first_value_decides(&self, definitions: &[&&Definition], args: &[Expr]) -> Bound<()> {
        let Some(name) = definitions.first().map(|definition| definition.name) else {
            return Ok(());
        };
        let mut values =
            args.iter().enumerate().filter(|(index, _)| is_value(name, *index, args.len()));
        let first = values.next().is_some_and(|(_, value)| is_text(value));
        let number = values.find(|(_, value)| value.ty.is_number());
        match number.filter(|_| first && !self.spec.knows(COMPARED)) {
            Some((_, number)) => self.unsupported("a number behind a text", number.span),
            None => Ok(()),
        }
    }

    /// A text beside a number in a comparison: the number that it begins with.
    pub(super) fn text_beside_number(&mut self, left: Expr, right: Expr) -> Bound<(Expr, Expr)> {
        if self.speaks_core() {
            return Ok((left, right));
        }
        if self.spec.knows(BESIDE) {
            let left_is_number = left.ty.is_exact_number();
            return Ok(match (left_is_number, right.ty.is_exact_number()) {
                (true, false) => {
                    let number = self.number_beside(right, &left)?;
                    (left, number)
                }
                (false, true) => (self.number_beside(left, &right)?, right),
                _ => (left, right),
            });
        }
        if !self.spec.knows(COMPARED) {
            return Ok((left, right));
        }
        Ok(match (left.ty.is_number(), right.ty.is_number()) {
            (true, false) if is_text(&right) => {
                let right = self.comparable_number(right, &left)?;
                (left, right)
            }
            (false, true) if is_text(&left) => (self.comparable_number(left, &right)?, right),
            _ => (left, right),
        })
    }

    /// A text before a list of numbers: a number.
    pub(super) fn text_before_numbers(&mut self, expr: Expr, list: &[Expr]) -> Bound<Expr> {
        let numbers = list.iter().all(|one| one.ty.is_exact_number());
        if self.speaks_core() || !self.spec.knows(BESIDE) || !numbers || list.is_empty() {
            return Ok(expr);
        }
        let [first, rest @ ..] = list else { return Ok(expr) };
        if self.type_beside_counts() && rest.iter().any(|one| one.ty != first.ty) {
            return Ok(expr);
        }
        self.number_beside(expr, first)
    }

    /// A text that is no constant and stands beside an exact number, by the line for it.
    fn number_beside(&mut self, text: Expr, beside: &Expr) -> Bound<Expr> {
        let span = text.span;
        let text = match text.ty {
            Type::Char(_) => self.coerce(text, &Type::Text)?,
            _ => text,
        };
        match self.spec.definitions(BESIDE).first() {
            Some(_) if text.ty.is_text() && self.type_beside_counts() => {
                self.apply(BESIDE, vec![text, beside.clone()], span)
            }
            Some(line) if text.ty.is_text() => self.expand(line, vec![text], None, span),
            _ => Ok(text),
        }
    }

    /// Does a text become a number of the type that stands beside it?
    fn type_beside_counts(&self) -> bool {
        self.spec.definitions(BESIDE).first().is_some_and(|line| line.args.len() == 2)
    }

    /// Both are compared as floats. With up to 15 digits exact numbers are as far apart as their floats
    /// are, so that a constant beside an exact number stays one.
    fn comparable_number(&mut self, text: Expr, beside: &Expr) -> Bound<Expr> {
        let span = text.span;
        self.no_list_number(&text)?;
        let Some(constant) = text.text() else {
            if matches!(beside.ty, Type::Numeric(shape) if shape.is_none_or(|s| s.precision > 15)) {
                return self.unsupported("a text beside a number of so many digits", span);
            }
            return self.number_of(text);
        };
        if beside.ty.is_float() {
            return self.number_of(text);
        }
        let digits = prefix(constant).unwrap_or("0").trim_start_matches('+');
        let count = digits.bytes().filter(u8::is_ascii_digit).count();
        let wide =
            matches!(beside.ty, Type::Numeric(shape) if shape.is_none_or(|s| s.precision > 20));
        if digits.contains(['e', 'E']) || count > 15 || wide {
            return self.unsupported("a text beside a number of so many digits", span);
        }
        let whole = digits.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit());
        let ty = if whole { Type::Int8 } else { Type::NUMERIC };
        self.read_literal(digits, &ty, span)
    }

    fn number_of(&mut self, text: Expr) -> Bound<Expr> {
        let span = text.span;
        self.no_list_number(&text)?;
        // Where only a whole text is a number, one that is needs no conversion, unless that is a float.
        let float = |d: &Definition| matches!(&d.returns, Some(Returned::Is(ty)) if ty.is_float());
        if !self.spec.knows(COMPARED)
            && !self.spec.definitions(NUMBER).first().is_some_and(float)
            && let Some(constant) = text.text()
            && prefix(constant) == Some(constant.trim())
        {
            return self.read_literal(constant.trim(), &Type::NUMERIC, span);
        }
        match self.spec.definitions(NUMBER).first() {
            Some(definition) => self.expand(definition, vec![text], None, span),
            None => Ok(text),
        }
    }
}

/// Is the argument at this place one of the values that a function of so many chooses between?
pub(super) fn is_value(name: &str, index: usize, count: usize) -> bool {
    match name {
        "nvl" | "coalesce" => true,
        "nvl2" => index > 0,
        "decode" => index > 0 && (index.is_multiple_of(2) || index + 1 == count),
        _ => false,
    }
}

fn is_text(expr: &Expr) -> bool {
    expr.ty.is_text() || (expr.ty == Type::Unknown && expr.text().is_some())
}

/// The number that a text begins with, behind blanks.
pub(super) fn prefix(text: &str) -> Option<&str> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count() + from;
    let is = |at: usize, set: &[u8]| bytes.get(at).is_some_and(|b| set.contains(b));
    let start = usize::from(is(0, b"+-"));
    let whole = digits(start);
    let mut end = whole;
    if is(whole, b".") {
        let fraction = digits(whole + 1);
        if whole > start || fraction > whole + 1 {
            end = fraction;
        }
    }
    if end == start {
        return None;
    }
    if is(end, b"eE") {
        let from = end + 1 + usize::from(is(end + 1, b"+-"));
        if digits(from) > from {
            end = digits(from);
        }
    }
    text.get(..end)
}

/// `number_prefix` and `leading_number` of a constant.
pub(super) fn folded(name: &str, text: &str) -> Option<(Literal, Type)> {
    let found = prefix(text);
    if name == "number_prefix" {
        let literal = found.map_or(Literal::Null, |digits| Literal::Text(digits.to_owned()));
        return Some((literal, Type::Unknown));
    }
    let digits = found.unwrap_or("0").trim_start_matches('+');
    digits.parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some((Literal::Typed(digits.to_owned()), Type::Float8))
}

/// A constant that [`folded`] gave.
pub(super) fn constant(found: (Literal, Type), span: super::Span) -> Expr {
    Expr { kind: ExprKind::Literal(found.0), ty: found.1, span }
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn numbers_at_the_beginning() {
        for (text, expected) in [
            ("5 apples", Some("5")),
            (" \t-1.5e3x", Some("-1.5e3")),
            ("1e", Some("1")),
            ("1e+", Some("1")),
            (".5.5", Some(".5")),
            ("5.", Some("5.")),
            (".", None),
            ("-", None),
            ("- 5", None),
            ("abc", None),
            ("", None),
            ("0x1A", Some("0")),
        ] {
            assert_eq!(prefix(text), expected, "{text}");
        }
    }
}
