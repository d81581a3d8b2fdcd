//! Constants.

use super::{Binder, Bound, codes, datetime};
use crate::{
    dialects::{DoubleQuotes, NumberLiteral},
    tree::{Expr, ExprKind, Literal},
    types::Type,
};
use sqlparser::ast::{self, Value};

impl Binder<'_> {
    pub(super) fn value(&self, value: &Value, span: super::Span) -> Bound<Expr> {
        let text = |text: &str| Expr {
            kind: ExprKind::Literal(Literal::Text(text.to_owned())),
            ty: Type::Unknown,
            span,
        };
        let empty = match value {
            Value::SingleQuotedString(s) | Value::NationalStringLiteral(s) => s.is_empty(),
            Value::QuoteDelimitedStringLiteral(s) => s.value.is_empty(),
            _ => false,
        };
        if empty && !self.speaks_core() && self.spec.traits().empty_text_is_null {
            return Ok(Expr { kind: ExprKind::Literal(Literal::Null), ty: Type::Unknown, span });
        }
        match value {
            Value::Number(digits, false)
                if self.spec.traits().numbers_of_c
                    && !self.speaks_core()
                    && digits.contains('_') =>
            {
                self.checked_number(&digits.replace('_', ""), span)
            }
            Value::Number(digits, false) => self.checked_number(digits, span),
            // `0xFF` is a number there, `x'FF'` a text.
            Value::HexStringLiteral(digits)
                if self.spec.traits().numbers_of_c
                    && !self.speaks_core()
                    && self.parsed.text.get(span.start..).is_some_and(|t| t.starts_with("0x")) =>
            {
                match i64::from_str_radix(digits, 16) {
                    Ok(value) => Ok(self.number(&value.to_string(), span)),
                    Err(_) => self.unsupported("a number of this size", span),
                }
            }
            // `10L` is a bigint; elsewhere the letter would be a name.
            Value::Number(digits, true) if self.spec.traits().long_suffix => {
                let number = self.checked_number(digits, span)?;
                Ok(if number.ty == Type::Int4 { Expr { ty: Type::Int8, ..number } } else { number })
            }
            Value::DoubleQuotedString(s)
            | Value::TripleDoubleQuotedString(s)
            | Value::TripleSingleQuotedString(s)
                if self.spec.traits().double_quotes == DoubleQuotes::Text =>
            {
                Ok(text(s))
            }
            Value::SingleQuotedRawStringLiteral(s)
            | Value::DoubleQuotedRawStringLiteral(s)
            | Value::TripleSingleQuotedRawStringLiteral(s)
            | Value::TripleDoubleQuotedRawStringLiteral(s)
            | Value::QuoteDelimitedStringLiteral(sqlparser::ast::QuoteDelimitedString {
                value: s,
                ..
            }) if !self.speaks_core() => Ok(text(s)),
            Value::NationalStringLiteral(s) if !self.speaks_core() => Ok(text(s)),
            Value::Placeholder(name) if !self.lowering.is_empty() => {
                match self.definition_argument(name).as_deref() {
                    Some([one]) => Ok(one.clone()),
                    _ => self.unsupported("this placeholder of a definition", span),
                }
            }
            // Bytes, as their digits: `b'…'` of BigQuery, `0x…` elsewhere.
            Value::HexStringLiteral(digits)
                if !self.speaks_core() && self.spec.traits().hex_bytes && digits.len() % 2 == 0 =>
            {
                let digits = digits.to_ascii_lowercase();
                let kind = ExprKind::Literal(Literal::Typed(format!("\\x{digits}")));
                Ok(Expr { kind, ty: Type::Bytea, span })
            }
            Value::SingleQuotedString(s)
            | Value::EscapedStringLiteral(s)
            | Value::UnicodeStringLiteral(s) => Ok(text(s)),
            Value::DollarQuotedString(s) => Ok(text(&s.value)),
            // A value of type Bool is no number there, and everything else that is true is one.
            Value::Boolean(_) if !self.spec.traits().bool_constants && !self.speaks_core() => {
                self.unsupported("a constant of type Bool", span)
            }
            Value::Boolean(b) => {
                Ok(Expr { kind: ExprKind::Literal(Literal::Bool(*b)), ty: Type::Bool, span })
            }
            Value::Null => {
                Ok(Expr { kind: ExprKind::Literal(Literal::Null), ty: Type::Unknown, span })
            }
            Value::Placeholder(name) => {
                let index = name.strip_prefix('$').and_then(|n| n.parse::<usize>().ok());
                match index.and_then(|n| n.checked_sub(1)) {
                    Some(index) => self.parameter(index, span),
                    None => self.unsupported("this placeholder", span),
                }
            }
            _ => self.unsupported("a literal of this form", span),
        }
    }

    pub(super) fn number(&self, digits: &str, span: super::Span) -> Expr {
        let _ = self;
        Expr {
            ty: number_type(digits),
            kind: ExprKind::Literal(Literal::Number(digits.to_owned())),
            span,
        }
    }

    fn checked_number(&self, digits: &str, span: super::Span) -> Bound<Expr> {
        let traits = self.spec.traits();
        let float = match (digits.contains(['e', 'E']), digits.contains('.')) {
            (true, _) => traits.exponent != NumberLiteral::Decimal,
            (false, point) => point && traits.point != NumberLiteral::Decimal,
        };
        if float && !self.speaks_core() {
            let ty = Type::Float8;
            if !digits.parse::<f64>().is_ok_and(f64::is_finite) {
                let what = format!("the number `{digits}` is not understood");
                return self.refuse(codes::LITERAL, what, span);
            }
            let kind = ExprKind::Literal(Literal::Typed(digits.to_owned()));
            return Ok(Expr { kind, ty, span });
        }
        match plain_digits(digits) {
            Some(plain) => {
                let mut number = match whole_decimal(digits, &plain) {
                    Some(whole) => Expr {
                        ty: Type::decimal(small(whole.len()), 0),
                        kind: ExprKind::Literal(Literal::Number(whole.to_owned())),
                        span,
                    },
                    None => self.number(&plain, span),
                };
                if !self.speaks_core()
                    && number.ty == Type::Int8
                    && self.spec.traits().long_integers_are_decimals
                {
                    number.ty = Type::decimal(small(plain.len()), 0);
                }
                if traits.point == NumberLiteral::Adapting
                    && matches!(number.ty, Type::Numeric(_))
                    && !self.speaks_core()
                {
                    let what = format!("the integer `{digits}` is too large");
                    return self.refuse(codes::LITERAL, what, span);
                }
                if traits.wide_integers && !self.speaks_core() && number.ty == Type::Int4 {
                    number.ty = Type::Int8;
                }
                Ok(number)
            }
            None => self.refuse(
                codes::LITERAL,
                format!("the number `{digits}` is not understood"),
                span,
            ),
        }
    }

    /// `DATE '2020-01-01'`
    pub(super) fn typed_string(
        &mut self,
        typed: &ast::TypedString,
        span: super::Span,
    ) -> Bound<Expr> {
        if typed.uses_odbc_syntax {
            return self.unsupported("an ODBC literal", span);
        }
        let inner = self.value(&typed.value.value, span)?;
        if self.speaks_core() {
            let ty = self.data_type(&typed.data_type, span)?;
            return self.cast_to(inner, ty, span);
        }
        // Only the plain spellings, which mean the same everywhere.
        let ty = self.literal_type(typed, inner.text(), span)?;
        let with_t = inner.text().is_some_and(|text| text.contains(['T', 't']));
        if matches!(ty, Type::Timestamp) && with_t && self.spec.traits().blank_before_clock {
            return self.refuse(codes::LITERAL, "a timestamp with `T` before its clock", span);
        }
        // `TIMESTAMP '2024-02-29 10:00:00 Europe/Berlin'`, by a line `zoned literal(timestamp, zone)`.
        if ty == Type::TimestampTz
            && let Some((local, zone)) = inner.text().and_then(|text| text.rsplit_once(' '))
            && zone.contains('/')
            && self.spec.knows("zoned literal")
        {
            let local = self.read_literal(local, &Type::Timestamp, span)?;
            let zone = self.value(&Value::SingleQuotedString(zone.to_owned()), span)?;
            return self.apply("zoned literal", vec![local, zone], span);
        }
        let literal = self.coerce(inner, &ty)?;
        Ok(Expr { span, ..literal })
    }

    /// The type of a typed constant. A dialect's table of types can have lines for it: `literal
    /// decimal` where the digits are those written, `literal timestamp zone` where a time zone at
    /// the end makes another type.
    fn literal_type(
        &self,
        typed: &ast::TypedString,
        text: Option<&str>,
        span: super::Span,
    ) -> Bound<Type> {
        let name = format!("literal {}", typed.data_type);
        let zoned = text.filter(|text| datetime::has_zone(text));
        zoned
            .and_then(|_| self.spec.types.find(&format!("{name} zone"), &self.settings))
            .or_else(|| self.spec.types.find(&name, &self.settings))
            .map_or_else(|| self.data_type(&typed.data_type, span), Ok)
    }

    /// `INTERVAL 1 DAY`, `INTERVAL n DAY`, `INTERVAL '1' DAY`
    pub(super) fn interval(&mut self, interval: &ast::Interval, span: super::Span) -> Bound<Expr> {
        if self.speaks_core() {
            return self.core_interval(interval, span);
        }
        if let (Some(first), Some(last), ast::Expr::Value(value)) =
            (&interval.leading_field, &interval.last_field, &*interval.value)
            && self.spec.traits().signed_interval_parts
            && let Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) = &value.value
            && let Some((months, days, micros)) =
                super::interval_range::read(text, &first.to_string(), &last.to_string())
        {
            let kind = ExprKind::Literal(Literal::Interval { months, days, micros });
            return Ok(Expr { kind, ty: Type::Interval, span });
        }
        if let (Some(first), Some(last), None, None) = (
            &interval.leading_field,
            &interval.last_field,
            interval.leading_precision,
            interval.fractional_seconds_precision,
        ) && let ast::Expr::Value(value) = &*interval.value
            && !self.spec.traits().signed_interval_parts
            && let Value::SingleQuotedString(text) = &value.value
            && let Some((months, days, micros)) = super::interval_fields::read(text, first, last)
        {
            let kind = ExprKind::Literal(Literal::Interval { months, days, micros });
            return Ok(Expr { kind, ty: Type::Interval, span });
        }
        let plain = interval.last_field.is_none()
            && interval.leading_precision.is_none()
            && interval.fractional_seconds_precision.is_none();
        let Some(field) = interval.leading_field.as_ref().filter(|_| plain) else {
            return self.core_interval(interval, span);
        };
        let unit = field.to_string().to_lowercase();
        let constant = match &*interval.value {
            ast::Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => {
                    Some(text.trim().to_owned())
                }
                Value::Number(digits, _) => Some(digits.clone()),
                _ => None,
            },
            ast::Expr::UnaryOp { op: ast::UnaryOperator::Minus, expr } => match &**expr {
                ast::Expr::Value(value) => match &value.value {
                    Value::Number(digits, _) => Some(format!("-{digits}")),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        if let Some((months, days, micros)) =
            constant.as_deref().and_then(|text| super::compound_interval::read(text, &unit))
        {
            if (months, days, micros) == (0, 0, 0) && is_of_clock(&unit) {
                return self.unsupported("an interval of no time", span);
            }
            let kind = ExprKind::Literal(Literal::Interval { months, days, micros });
            return Ok(Expr { kind, ty: Type::Interval, span });
        }
        if let Some(count) = constant.filter(|text| text.parse::<i64>().is_ok()) {
            return self.interval_literal(&format!("{count} {unit}"), span);
        }
        let value = self.expr(&interval.value)?;
        if !value.ty.is_integer() {
            return self.unsupported("an interval of this value", span);
        }
        // As many units as the expression says.
        let one = self.interval_literal(&format!("1 {unit}"), span)?;
        let count = self.coerce(value, &Type::Float8)?;
        self.resolve("*", vec![count, one], span)
    }

    /// `INTERVAL '1' DAY`, `INTERVAL '1 day 2 hours'`
    fn core_interval(&mut self, interval: &ast::Interval, span: super::Span) -> Bound<Expr> {
        if interval.last_field.is_some()
            || interval.leading_precision.is_some()
            || interval.fractional_seconds_precision.is_some()
        {
            return self.unsupported("an interval range or precision", span);
        }
        let ast::Expr::Value(value) = &*interval.value else {
            return self.unsupported("an interval of an expression", span);
        };
        let text = match &value.value {
            Value::SingleQuotedString(text) => text.clone(),
            _ => return self.unsupported("an interval of this form", span),
        };
        if !self.speaks_core() && !adds_up(&text) {
            return self.unsupported("an interval whose parts are added one by one", span);
        }
        let text = match &interval.leading_field {
            None => text,
            // `INTERVAL '90' DAY` is 90 days; with a unit of its own in the text PostgreSQL has
            // finer rules.
            Some(field) if text.trim().parse::<i64>().is_ok() => format!("{text} {field}"),
            Some(_) => return self.unsupported("an interval with two units", span),
        };
        self.interval_literal(&text, span)
    }

    pub(super) fn interval_literal(&self, text: &str, span: super::Span) -> Bound<Expr> {
        match datetime::interval(text) {
            // A date and no hours is no date any more in some dialects, a date and no days is.
            Some((0, 0, 0)) if !self.speaks_core() && is_of_clock(text) => {
                self.unsupported("an interval of no time", span)
            }
            Some((months, days, micros)) => Ok(Expr {
                kind: ExprKind::Literal(Literal::Interval { months, days, micros }),
                ty: Type::Interval,
                span,
            }),
            None => self.refuse(
                codes::LITERAL,
                format!("the interval `{text}` is not understood"),
                span,
            ),
        }
    }

    /// An unknown literal's text read as a value of `ty`.
    pub(super) fn read_literal(&self, text: &str, ty: &Type, span: super::Span) -> Bound<Expr> {
        let trimmed = without_blanks(text);
        let day = ty.is_date_or_timestamp() && *ty != Type::TimestampTz;
        let (compact, clock) = trimmed.split_once(' ').unwrap_or((trimmed, ""));
        let eight = compact.len() == 8 && compact.bytes().all(|b| b.is_ascii_digit());
        if day && eight && self.spec.traits().compact_dates {
            let parts = [compact.get(..4), compact.get(4..6), compact.get(6..)];
            let dashed: Vec<&str> = parts.into_iter().flatten().collect();
            let whole = format!("{} {clock}", dashed.join("-"));
            return self.read_literal(whole.trim_end(), ty, span);
        }
        // Decimals alone take no empty text there.
        if trimmed.is_empty() && self.spec.traits().empty_text_is_zero {
            let zero = match ty {
                Type::Int2 | Type::Int4 | Type::Int8 | Type::Money | Type::Float8 => Some("0"),
                Type::Time => Some("00:00:00"),
                Type::Date => Some("1900-01-01"),
                Type::Timestamp | Type::Ticks | Type::Minutes => Some("1900-01-01 00:00:00"),
                _ => None,
            };
            if let Some(zero) = zero {
                return self.read_literal(zero, ty, span);
            }
        }
        let literal = match ty {
            Type::Text | Type::Varchar(_) | Type::Unknown => Some(Literal::Text(text.to_owned())),
            Type::Bool => boolean(trimmed).map(Literal::Bool),
            Type::Int2 | Type::Int4 | Type::Int8 | Type::Numeric(_) | Type::Money => {
                return self.read_number(trimmed, ty, span);
            }
            Type::Float4 | Type::Float8 => float(trimmed).map(Literal::Typed),
            Type::Date => self.day_of(trimmed).map(Literal::Typed),
            Type::Time => datetime::time(trimmed).map(Literal::Typed),
            // PostgreSQL's name for it, which Redshift took over.
            Type::Timestamp
                if trimmed.eq_ignore_ascii_case("epoch")
                    && (self.speaks_core() || self.spec.traits().names_the_epoch) =>
            {
                Some(Literal::Typed("1970-01-01 00:00:00".to_owned()))
            }
            Type::Timestamp => datetime::timestamp(trimmed).map(Literal::Typed),
            Type::Seconds => datetime::timestamp(trimmed)
                .or_else(|| {
                    super::stamp::read_of_session(trimmed, self.settings.get("date_format")?)
                })
                .map(Literal::Typed),
            Type::Ticks => super::clock::rounded(trimmed, "datetime").map(Literal::Typed),
            Type::Minutes => super::clock::rounded(trimmed, "smalldatetime").map(Literal::Typed),
            Type::TimestampTz | Type::Zoned => datetime::timestamptz(trimmed).map(Literal::Typed),
            Type::Interval => return self.interval_literal(trimmed, span),
            Type::Uuid => uuid(trimmed).map(Literal::Typed),
            Type::Json | Type::Jsonb => Some(Literal::Typed(text.to_owned())),
            // Elsewhere the bytes of a constant are those of its characters, or something else again.
            Type::Bytea if self.speaks_core() => super::bytes::read(text).map(Literal::Typed),
            Type::Array(element) => return self.read_array(trimmed, element, span),
            _ => None,
        };
        match literal {
            Some(Literal::Typed(read)) => {
                let read = self.in_its_type(read, ty, span)?;
                Ok(Expr { kind: ExprKind::Literal(Literal::Typed(read)), ty: ty.clone(), span })
            }
            Some(literal) => Ok(Expr { kind: ExprKind::Literal(literal), ty: ty.clone(), span }),
            None => self.unread(text, ty, span),
        }
    }

    /// A date, also the one of a date and a time where the dialect takes that for one.
    fn day_of(&self, text: &str) -> Option<String> {
        let drops = self.speaks_core() || self.spec.traits().dates_drop_clocks;
        datetime::date(text).or_else(|| {
            let stamp = datetime::timestamp(text).filter(|_| drops)?;
            stamp.split_once(' ').map(|(day, _)| day.to_owned())
        })
    }

    fn read_number(&self, text: &str, ty: &Type, span: super::Span) -> Bound<Expr> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        let plain = plain_digits(digits);
        let plain = match plain {
            // In the body of a definition, too: COALESCE has one.
            Some(plain) if !self.spec.is_core() && self.spec.traits().texts_take_digits => {
                super::text_decimal::within(plain, text, ty)
            }
            plain => plain,
        };
        let fits = plain.as_ref().is_some_and(|plain| match ty {
            Type::Int2 => format!("{sign}{plain}").parse::<i16>().is_ok(),
            Type::Int4 => format!("{sign}{plain}").parse::<i32>().is_ok(),
            Type::Int8 => format!("{sign}{plain}").parse::<i64>().is_ok(),
            _ => true,
        });
        let Some(plain) = plain.filter(|_| fits) else {
            return self.unread(text, ty, span);
        };
        let shape = number_type(&plain).decimal_shape();
        let value_type = match (ty, shape) {
            (Type::Numeric(None), Some(_)) => match number_type(&plain) {
                Type::Numeric(shape) => Type::Numeric(shape),
                whole => Type::Numeric(whole.decimal_shape()),
            },
            _ => ty.clone(),
        };
        let number =
            Expr { kind: ExprKind::Literal(Literal::Number(plain)), ty: value_type.clone(), span };
        if sign.is_empty() {
            return Ok(number);
        }
        Ok(Expr::scalar("unary -", vec![number], value_type, span))
    }

    /// `'{1,2,NULL}'`: one dimension, without quotes or escapes.
    fn read_array(&self, text: &str, element: &Type, span: super::Span) -> Bound<Expr> {
        let inside = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
        let simple = inside.filter(|t| !t.contains(['{', '}', '"', '\\']));
        let Some(inside) = simple else {
            return self.refuse(
                codes::LITERAL,
                format!("the array literal `{text}` is not understood; write ARRAY[…]"),
                span,
            );
        };
        let mut elements = Vec::new();
        if !inside.trim().is_empty() {
            for part in inside.split(',') {
                let part = part.trim();
                elements.push(if part.eq_ignore_ascii_case("null") {
                    Expr { kind: ExprKind::Literal(Literal::Null), ty: element.clone(), span }
                } else {
                    self.read_literal(part, element, span)?
                });
            }
        }
        Ok(Expr {
            kind: ExprKind::Array(elements),
            ty: Type::Array(Box::new(element.clone())),
            span,
        })
    }
}

/// The type of an unsigned number as written: the first of `integer`, `bigint`, `numeric` that
/// holds it.
fn number_type(digits: &str) -> Type {
    if let Some((whole, fraction)) = digits.split_once('.') {
        let whole = whole.trim_start_matches('0').len();
        let scale = fraction.len();
        return Type::decimal(small(whole + scale).max(1), small(scale));
    }
    if digits.parse::<i32>().is_ok() {
        Type::Int4
    } else if digits.parse::<i64>().is_ok() {
        Type::Int8
    } else {
        Type::decimal(small(digits.len()), 0)
    }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Digits without an exponent: `1.5e2` is `150.0`, so that every target reads an exact number.
/// Nothing for text that is no number, or needs more than 1,000 digits.
pub(super) fn plain_digits(text: &str) -> Option<String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    if exponent.abs() > 1000 || whole.len() + fraction.len() > 1000 {
        return None;
    }
    let is_integer = !mantissa.contains('.') && !text.contains(['e', 'E']);
    if is_integer {
        let trimmed = whole.trim_start_matches('0');
        return Some(if trimmed.is_empty() { "0" } else { trimmed }.to_owned());
    }
    let digits = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).ok()? + exponent;
    let (whole, fraction) = if point <= 0 {
        let zeros = usize::try_from(-point).ok()?;
        (String::new(), format!("{}{digits}", "0".repeat(zeros)))
    } else {
        let point = usize::try_from(point).ok()?;
        match (digits.get(..point), digits.get(point..)) {
            (Some(whole), Some(fraction)) => (whole.to_owned(), fraction.to_owned()),
            _ => (format!("{digits}{}", "0".repeat(point - digits.len())), String::new()),
        }
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = if fraction.is_empty() { "0" } else { &fraction };
    Some(format!("{whole}.{fraction}"))
}

/// The digits before the point of a number that is `numeric` and shows none behind it: `1e3`, `5.`.
fn whole_decimal<'t>(text: &str, plain: &'t str) -> Option<&'t str> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let shown = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let shows_none = i64::try_from(shown).is_ok_and(|shown| shown <= exponent);
    plain.strip_suffix(".0").filter(|_| shows_none)
}

/// PostgreSQL reads any unambiguous prefix of these words.
fn boolean(text: &str) -> Option<bool> {
    let word = text.to_ascii_lowercase();
    match word.as_str() {
        "" | "o" => None,
        "1" | "on" => Some(true),
        "0" | "of" | "off" => Some(false),
        w if "true".starts_with(w) || "yes".starts_with(w) => Some(true),
        w if "false".starts_with(w) || "no".starts_with(w) => Some(false),
        _ => None,
    }
}

/// A float in a spelling that every engine reads.
fn float(text: &str) -> Option<String> {
    match text.to_ascii_lowercase().as_str() {
        "nan" => Some("NaN".to_owned()),
        "infinity" | "inf" | "+infinity" | "+inf" => Some("Infinity".to_owned()),
        "-infinity" | "-inf" => Some("-Infinity".to_owned()),
        // Rust would also read words such as `nan(1)`; only digits pass here.
        t if t.bytes().all(|b| b.is_ascii_digit() || b"+-.e".contains(&b)) => {
            let value: f64 = t.parse().ok()?;
            value.is_finite().then(|| t.to_owned())
        }
        _ => None,
    }
}

/// A constant without the blanks around it: those of C, no others of Unicode.
pub(super) fn without_blanks(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r'])
}

/// Is the text no value of the type in any spelling? Letters other than an exponent's make no number,
/// and ISO text of a day that does not exist makes no date.
pub(super) fn is_none_of(text: &str, ty: &Type) -> bool {
    let text = without_blanks(text);
    if ty.is_number() {
        return text.chars().any(|c| c.is_ascii_alphabetic() && !"eEdDxX".contains(c));
    }
    let iso: Vec<usize> = text.split('-').map(str::len).collect();
    let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    ty.is_date_or_timestamp()
        && *ty != Type::TimestampTz
        && iso == [4, 2, 2]
        && digits
        && datetime::date(text).is_none()
}

/// `8-4-4-4-12` lower-case digits.
fn uuid(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let groups: Vec<&str> = lower.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    let hex = groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_hexdigit()));
    (lengths == [8, 4, 4, 4, 12] && hex).then_some(lower)
}

/// Are the parts of `1 month, 2 days` (Snowflake), which are added one by one, what they are together?
/// A second number of months, or months behind days, could begin at another day of a month.
fn adds_up(text: &str) -> bool {
    let mut pieces = text.split(',').filter_map(|piece| datetime::interval(piece.trim()));
    pieces.next();
    pieces.all(|(months, _, _)| months == 0)
}

/// Does the text of an interval, or its unit, speak of parts of a day?
fn is_of_clock(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["hour", "minute", "second", ":"].iter().any(|part| text.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_written_out() {
        for (text, expected) in [
            ("7", Some("7")),
            ("007", Some("7")),
            ("1.50", Some("1.50")),
            (".5", Some("0.5")),
            ("5.", Some("5.0")),
            ("1e3", Some("1000.0")),
            ("1.25e1", Some("12.5")),
            ("12e-4", Some("0.0012")),
            ("1e-2000", None),
            ("", None),
            (".", None),
            ("1x", None),
        ] {
            assert_eq!(plain_digits(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn numbers_take_the_first_type_that_holds_them() {
        assert_eq!(number_type("2147483647"), Type::Int4);
        assert_eq!(number_type("2147483648"), Type::Int8);
        assert_eq!(number_type("9223372036854775808"), Type::decimal(19, 0));
        assert_eq!(number_type("0.06"), Type::decimal(2, 2));
        assert_eq!(number_type("12.5"), Type::decimal(3, 1));
    }

    #[test]
    fn whole_decimals_show_no_fraction() {
        assert_eq!(whole_decimal("1e3", "1000.0"), Some("1000"));
        assert_eq!(whole_decimal("1.5e1", "15.0"), Some("15"));
        assert_eq!(whole_decimal("5.", "5.0"), Some("5"));
        assert_eq!(whole_decimal("5.0", "5.0"), None);
        assert_eq!(whole_decimal("7", "7"), None);
    }

    #[test]
    fn booleans_by_prefix() {
        for (text, value) in
            [("t", Some(true)), ("YE", Some(true)), ("of", Some(false)), ("o", None), ("x", None)]
        {
            assert_eq!(boolean(text), value, "{text}");
        }
    }
}
