//! What a value becomes when it is stored in a column, by the source dialect's rules.
//!
//! The value that is stored has the column's type when this is done: a target has nothing left to
//! round, cut or refuse by rules of its own, but the widening of a number that loses nothing.

use crate::{
    bind::{Binder, Bound, Span, codes, coerce::implicit, fold::fold},
    dialects::{Longer, Stored},
    tree::{Expr, ExprKind, Literal, TextLimit},
    types::{DecimalShape, Type},
};

impl Binder<'_> {
    /// The value of a bound expression as it is stored in a column of type `to`.
    pub(super) fn stored(&mut self, expr: Expr, to: &Type) -> Bound<Expr> {
        let span = expr.span;
        if *to == Type::Money {
            return self.stored(expr, &Type::Money.core());
        }
        if let Type::Other(name) = to {
            return self.refuse(codes::TYPES, format!("the type `{name}` is not known"), span);
        }
        if expr.is_null() {
            return Ok(Expr { kind: ExprKind::Literal(Literal::Null), ty: to.clone(), span });
        }
        // A condition is a truth value, or a number where the dialect has none.
        let expr = if *to == Type::Bool { expr } else { self.as_value(expr)? };
        let expr = self.told_parameter(expr, to)?;
        if expr.ty == Type::Unknown {
            return self.stored_constant(expr, to);
        }
        if to.is_character() {
            return self.stored_text(expr, to);
        }
        let expr = self.exact_point(expr, to);
        let expr = self.unzoned_clock(expr, to)?;
        if let Some(same) = kept(&expr, to) {
            return Ok(same);
        }
        let converted = match self.spec.traits().writing.stored {
            Stored::Core if core_stores(&expr.ty, to) => {
                if implicit(&expr.ty, to) && expr.ty.base() != to.base() && !shaped(to) {
                    self.coerce(expr, to)?
                } else {
                    self.cast_to(expr, to.clone(), span)?
                }
            }
            // Out of range is an error everywhere.
            Stored::Cast { .. } if expr.ty.is_integer() && to.is_integer() => {
                self.cast_to(expr, to.clone(), span)?
            }
            Stored::Cast { .. }
                if matches!(expr.ty, Type::Numeric(_))
                    && to.is_integer()
                    && self.spec.traits().writing.decimals_round =>
            {
                // A quotient is rounded once, from the digits that it was computed with.
                let expr = self.all_digits(expr)?;
                self.cast_to(expr, to.clone(), span)?
            }
            Stored::Cast { texts } if becomes(&expr.ty, to, texts) => {
                self.cast_by("cast", expr, to.clone(), span)?
            }
            Stored::Implicit if implicit(&expr.ty, to) => {
                let coerced = self.coerce(expr, to)?;
                match kept(&coerced, to) {
                    Some(same) => same,
                    None => self.cast_by("cast", coerced, to.clone(), span)?,
                }
            }
            _ => return self.not_stored(&expr.ty, to, span),
        };
        Ok(fold(converted))
    }

    /// The clock with its zone, in a column without one, is that of the wall: `SYSTIMESTAMP` loses the zone
    /// of the server, which is that of the session here.
    fn unzoned_clock(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        let clock = expr.call().is_some_and(|call| call.name == "now" && call.args.is_empty());
        if clock
            && *to == Type::Timestamp
            && matches!(self.spec.traits().writing.stored, Stored::Cast { .. })
        {
            return self.resolve("localtimestamp", Vec::new(), expr.span);
        }
        Ok(expr)
    }

    /// `1.5` as the decimal that it is, where it is one when it is stored.
    fn exact_point(&self, expr: Expr, to: &Type) -> Expr {
        if !self.spec.traits().writing.points_are_exact || !matches!(to, Type::Numeric(_)) {
            return expr;
        }
        match &expr.kind {
            ExprKind::Literal(Literal::Typed(digits))
                if expr.ty == Type::Float8
                    && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') =>
            {
                self.read_literal(digits, &Type::NUMERIC, expr.span).unwrap_or(expr)
            }
            ExprKind::Call(call) if call.name == "unary -" => match call.args.as_slice() {
                [inner] => {
                    let exact = self.exact_point(inner.clone(), to);
                    let ty = exact.ty.clone();
                    let call = crate::tree::Call { args: vec![exact], ..(**call).clone() };
                    Expr { kind: ExprKind::Call(Box::new(call)), ty, span: expr.span }
                }
                _ => expr,
            },
            _ => expr,
        }
    }

    fn not_stored<T>(&self, from: &Type, to: &Type, span: Span) -> Bound<T> {
        let what = format!("a value of type `{from}` is not stored in a column of type `{to}`");
        self.refuse(codes::TYPES, what, span)
    }

    /// A constant in quotes.
    fn stored_constant(&mut self, expr: Expr, to: &Type) -> Bound<Expr> {
        let span = expr.span;
        let Some(text) = expr.text().map(str::to_owned) else {
            return self.refuse(codes::TYPES, "the type of this value is not known", span);
        };
        if to.is_character() {
            let text = self.coerce(expr, &Type::Text)?;
            return self.stored_text(text, to);
        }
        let writing = self.spec.traits().writing;
        if writing.stored == Stored::Core {
            return self.core_constant(&text, to, span);
        }
        let dates =
            matches!(to, Type::Date | Type::Time | Type::Timestamp) || to.is_own_timestamp();
        let allowed = if dates {
            writing.constants.dates
        } else {
            writing.constants.numbers
                && (to.is_number() || matches!(to, Type::TimestampTz | Type::Uuid))
        };
        if !allowed {
            return self.not_stored(&Type::Text, to, span);
        }
        if let Some(number) = self.own_rounding("cast", &expr, to)? {
            return self.cast_by("cast", number, to.clone(), span);
        }
        if dates && is_iso(&text, to) || to.is_exact_number() {
            return self.core_constant(&text, to, span);
        }
        self.cast_by("cast", expr, to.clone(), span)
    }

    /// A constant as PostgreSQL reads it. A number is brought to the digits of its column.
    fn core_constant(&mut self, text: &str, to: &Type, span: Span) -> Bound<Expr> {
        let wanted = if matches!(to, Type::Numeric(_)) { &Type::NUMERIC } else { to };
        let read = self.read_literal(text, wanted, span)?;
        match kept(&read, to) {
            Some(same) => Ok(same),
            None => self.cast_to(read, to.clone(), span),
        }
    }

    /// A text, or what the dialect writes as one, in a text column.
    fn stored_text(&mut self, expr: Expr, to: &Type) -> Bound<Expr> {
        let span = expr.span;
        let writing = self.spec.traits().writing;
        let text = if expr.ty.is_character() {
            self.kept_blanks(expr, to)?
        } else if self.has_digits_of_its_own(&expr) {
            return self.unsupported("the text of a computed decimal in a column of texts", span);
        } else {
            match writing.stored {
                Stored::Core => self.cast_to(expr, Type::Text, span)?,
                Stored::Cast { .. } if !expr.ty.is_float() && expr.ty.element().is_none() => {
                    self.cast_by("cast", expr, Type::Text, span)?
                }
                _ => return self.not_stored(&expr.ty, to, span),
            }
        };
        let Some(limit) = self.text_limit(to) else {
            return self.unpadded(text, to);
        };
        let fits = match (&text.kind, &text.ty) {
            (ExprKind::Literal(Literal::Text(text)), _) => {
                let length = if limit.bytes { text.len() } else { text.chars().count() };
                u32::try_from(length).is_ok_and(|length| length <= limit.most)
            }
            // What was stored under the same limit, or a narrower one.
            (ExprKind::Column { .. }, Type::Varchar(Some(most)) | Type::Char(most)) => {
                *most <= limit.most
            }
            _ => false,
        };
        if fits {
            return self.unpadded(text, to);
        }
        let name = match (writing.texts.longer, limit.bytes) {
            (Longer::BlanksCut, false) => "fit",
            (Longer::Error, false) => "fit_strictly",
            (Longer::BlanksCut, true) => "fit_bytes",
            (Longer::Error, true) => "fit_bytes_strictly",
        };
        let text = self.coerce(text, &Type::Text)?;
        let most = self.number(&limit.most.to_string(), span);
        let most = Expr { ty: Type::Int4, ..most };
        self.resolve(name, vec![text, most], span)
    }

    /// A padded text loses its blanks in a column that pads nothing.
    fn unpadded(&self, text: Expr, to: &Type) -> Bound<Expr> {
        let padded = matches!(text.ty, Type::Char(_)) && !matches!(to, Type::Char(_));
        if padded { self.coerce(text, &Type::Text) } else { Ok(text) }
    }

    /// The limit of texts in a column of this type.
    pub(super) fn text_limit(&self, ty: &Type) -> Option<TextLimit> {
        match ty {
            Type::Varchar(Some(most)) | Type::Char(most) => {
                Some(TextLimit { most: *most, bytes: self.spec.traits().writing.texts.bytes })
            }
            _ => None,
        }
    }
}

/// The value where storing it changes nothing: it is of the type, or a number that the type holds.
fn kept(expr: &Expr, to: &Type) -> Option<Expr> {
    if expr.ty == *to {
        return Some(expr.clone());
    }
    let holds = match (expr.integer(), &expr.ty, to) {
        (Some(value), from, to) if from.is_integer() && to.is_integer() => match to {
            Type::Int2 => i16::try_from(value).is_ok(),
            Type::Int4 => i32::try_from(value).is_ok(),
            _ => true,
        },
        (Some(value), from, Type::Numeric(Some(shape))) if from.is_integer() => {
            let digits = u32::try_from(value.unsigned_abs().to_string().len()).unwrap_or(u32::MAX);
            digits + shape.scale <= shape.precision
        }
        (_, Type::Int2, Type::Int4 | Type::Int8) | (_, Type::Int4, Type::Int8) => true,
        (_, from, Type::Numeric(Some(wide))) if from.is_exact_number() => {
            from.decimal_shape().is_some_and(|narrow| fits(narrow, *wide))
        }
        (_, from, Type::Numeric(None)) => from.is_exact_number(),
        (_, Type::Array(one), Type::Array(two)) => one.base() == two.base() && !shaped(two),
        _ => false,
    };
    if !holds {
        return None;
    }
    // A constant takes the type as it is.
    let integers = expr.ty.is_integer() && to.is_integer();
    let numbers = matches!((&expr.ty, to), (Type::Numeric(_), Type::Numeric(_)));
    if matches!(expr.kind, ExprKind::Literal(_)) && (integers || numbers) {
        return Some(Expr { ty: to.clone(), ..expr.clone() });
    }
    Some(expr.clone())
}

fn fits(narrow: DecimalShape, wide: DecimalShape) -> bool {
    narrow.scale <= wide.scale
        && narrow.precision.saturating_sub(narrow.scale)
            <= wide.precision.saturating_sub(wide.scale)
}

/// Does the type say more than its base: digits, a limit?
fn shaped(ty: &Type) -> bool {
    *ty != ty.base()
}

/// Is `text` a date or time in the form that every dialect reads in the same way?
fn is_iso(text: &str, ty: &Type) -> bool {
    let digits = |part: &str, widths: &[usize], separator: char| {
        let parts: Vec<&str> = part.split(separator).collect();
        parts.len() == widths.len()
            && parts.iter().zip(widths).all(|(part, width)| {
                part.len() == *width && part.bytes().all(|b| b.is_ascii_digit())
            })
    };
    let date = |part: &str| digits(part, &[4, 2, 2], '-');
    let time = |part: &str| digits(part, &[2, 2, 2], ':');
    match ty {
        Type::Date => date(text),
        Type::Time => time(text),
        _ => date(text) || text.split_once(' ').is_some_and(|(d, t)| date(d) && time(t)),
    }
}

/// Source: `pg_cast` of PostgreSQL 15, contexts `i` and `a`.
fn core_stores(from: &Type, to: &Type) -> bool {
    use Type as T;
    implicit(from, to)
        || (from.is_number() && to.is_number())
        || matches!(
            (from, to),
            (T::TimestampTz, T::Timestamp | T::Date | T::Time)
                | (T::Timestamp, T::Date | T::Time)
                | (T::Interval, T::Time)
                | (T::Json, T::Jsonb)
                | (T::Jsonb, T::Json)
        )
}

/// Does a value become another type by itself where the dialect stores what a cast gives?
fn becomes(from: &Type, to: &Type, texts: bool) -> bool {
    let days = Type::is_date_or_timestamp;
    (from.is_number() && to.is_number())
        || (days(from) && days(to))
        || (texts && from.is_text() && (to.is_number() || days(to) || *to == Type::Time))
        // A number as a truth value, where a cast does that too.
        || (from.is_integer() && *to == Type::Bool)
        || from.base() == to.base()
}
