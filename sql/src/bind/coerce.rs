//! Which types go together, and conversions between them.
//!
//! Source: PostgreSQL 15 manual, chapter 10 (type conversion).

use super::{Binder, Bound, codes};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::{DecimalShape, Type},
};

/// Can `from` become `to` without being asked, as an argument of a function?
pub(super) fn implicit(from: &Type, to: &Type) -> bool {
    use Type as T;
    if from.is_same_base(to) {
        return true;
    }
    match (from, to) {
        (T::Unknown, _) => true,
        (T::Int2, T::Int4 | T::Int8) | (T::Int4, T::Int8) => true,
        (T::Int2 | T::Int4 | T::Int8, T::Numeric(_) | T::Float4 | T::Float8) => true,
        (T::Numeric(_), T::Float4 | T::Float8) | (T::Float4, T::Float8) => true,
        (from, to) if from.is_character() && to.is_character() => true,
        (T::Date, T::Timestamp | T::TimestampTz) | (T::Timestamp, T::TimestampTz) => true,
        (T::Int2 | T::Int4 | T::Int8, T::Money) => true,
        (T::Money, T::Numeric(_) | T::Float4 | T::Float8) => true,
        (T::Date | T::Timestamp | T::TimestampTz, T::Zoned) => true,
        (T::Date, T::Ticks | T::Minutes) | (T::Minutes, T::Ticks) => true,
        (from, T::Timestamp | T::TimestampTz) if from.is_own_timestamp() => true,
        (T::Time, T::Interval) => true,
        (T::Array(a), T::Array(b)) => {
            **a == T::Unknown || a.is_same_base(b) || (a.is_text() && b.is_text())
        }
        _ => false,
    }
}

/// The digits of a number as it is written, with or without a sign.
fn constant_digits(expr: &Expr) -> Option<&str> {
    match (expr.literal(), expr.call()) {
        (Some(Literal::Number(digits)), _) => Some(digits),
        (_, Some(call)) if call.name == "unary -" => match call.args.first()?.literal()? {
            Literal::Number(digits) => Some(digits),
            _ => None,
        },
        _ => None,
    }
}

const VARIANT: &str = "floats and other numbers as one value";

/// Has `ClickHouse` no number that is both, an exact one of many digits and a float?
fn are_variant(one: &Type, two: &Type) -> bool {
    let exact = |ty: &Type| matches!(ty, Type::Numeric(_) | Type::Int8);
    (exact(one) && two.is_float()) || (one.is_float() && exact(two))
}

/// The preferred type of its category.
pub(super) fn preferred(ty: &Type) -> bool {
    matches!(ty, Type::Bool | Type::Float8 | Type::Text | Type::TimestampTz | Type::Interval)
}

impl Binder<'_> {
    /// The type that all of `types` become in UNION, CASE, IN, VALUES and arrays.
    pub(super) fn common_type<'t>(
        &self,
        types: impl IntoIterator<Item = &'t Type>,
        span: super::Span,
    ) -> Bound<Type> {
        let mut common = Type::Unknown;
        for ty in types {
            common = match (&common, ty) {
                (_, Type::Unknown) => common,
                (Type::Unknown, _) => ty.clone(),
                (one, two) if one == two => common,
                (one, two) if self.types_lack_null() && are_variant(one, two) => {
                    return self.unsupported(VARIANT, span);
                }
                (Type::Money, two @ Type::Numeric(_)) | (two @ Type::Numeric(_), Type::Money) => {
                    return self.common_type([&Type::Money.core(), two], span);
                }
                (Type::Float4, exact) | (exact, Type::Float4)
                    if exact.is_exact_number() && self.widens_reals() =>
                {
                    if exact.is_integer() && !self.settings.is("ansi", "on") {
                        return self.unsupported("a real beside whole numbers", span);
                    }
                    Type::Float8
                }
                (Type::Numeric(one), Type::Numeric(two)) => {
                    Type::Numeric(one.zip(*two).map(|(a, b)| super::shape::holds(a, b)))
                }
                (one, two) if one.is_integer() && matches!(two, Type::Numeric(_)) => Type::Numeric(
                    one.decimal_shape()
                        .zip(two.decimal_shape())
                        .map(|(a, b)| super::shape::holds(a, b)),
                ),
                (one, two) if matches!(one, Type::Numeric(_)) && two.is_integer() => Type::Numeric(
                    one.decimal_shape()
                        .zip(two.decimal_shape())
                        .map(|(a, b)| super::shape::holds(a, b)),
                ),
                (one, two) if one.is_text() && two.is_text() => Type::Text,
                (Type::Array(one), Type::Array(two)) if one.is_text() && two.is_text() => {
                    Type::Array(Box::new(Type::Text))
                }
                // Padding does not count where two padded texts meet.
                (Type::Char(a), Type::Char(b)) => Type::Char(*a.max(b)),
                // Which of the two wins depends on their order, and their padding with it.
                (one, two) if one.is_character() && two.is_character() => {
                    return self.refuse(
                        codes::TYPES,
                        format!("`{one}` and `{two}` are padded in different ways"),
                        span,
                    );
                }
                (one, two) if implicit(one, two) && !implicit(two, one) => ty.clone(),
                (one, two) if implicit(two, one) && !implicit(one, two) => common,
                (one, two) => {
                    return self.refuse(
                        codes::TYPES,
                        format!("`{one}` and `{two}` do not go together"),
                        span,
                    );
                }
            };
        }
        Ok(if common == Type::Unknown { Type::Text } else { common })
    }

    /// Is a real beside an exact number a float of all digits?
    pub(super) fn widens_reals(&self) -> bool {
        self.spec.traits().reals_widen
    }

    /// The type of one of several expressions: the branches of CASE, the arguments of COALESCE, the
    /// elements of an array. Where the source makes a variant of them, whose values keep their types,
    /// it is refused, in a definition too.
    pub(super) fn alternatives_type<'t>(
        &self,
        types: impl IntoIterator<Item = &'t Type> + Clone,
        span: super::Span,
    ) -> Bound<Type> {
        if self.spec.traits().types_lack_null {
            let all: Vec<&Type> = types.clone().into_iter().collect();
            if all.iter().any(|one| all.iter().any(|two| are_variant(one, two))) {
                return self.unsupported(VARIANT, span);
            }
        }
        self.common_type(types, span)
    }

    /// Refuses types without an equality that is known to be the same everywhere.
    pub(super) fn comparable(&self, ty: &Type, span: super::Span) -> Bound<()> {
        match ty.innermost() {
            Type::Json | Type::Jsonb | Type::Record | Type::Internal(_) => self.refuse(
                codes::TYPES,
                format!("comparing values of type `{ty}` is not supported"),
                span,
            ),
            unknown @ Type::Other(_) => self.needs_type(unknown, span),
            _ => Ok(()),
        }
    }

    /// The type that values are compared in: padded text is compared without its padding, which is
    /// what text is converted to.
    pub(super) fn comparison_type<'t>(
        &self,
        types: impl IntoIterator<Item = &'t Type>,
        span: super::Span,
    ) -> Bound<Type> {
        let types: Vec<&Type> = types.into_iter().collect();
        if self.days_count(&types) {
            return self.compared_days(&types, span);
        }
        // Padded and plain text meet as plain text.
        let texts = types.iter().filter(|ty| ty.is_character());
        let padded = types.iter().any(|ty| matches!(ty, Type::Char(_)));
        if padded
            && texts.clone().any(|ty| ty.is_text())
            && !self.speaks_core()
            && self.spec.traits().keeps_blanks
        {
            return self.refuse(codes::TYPES, "padded text beside other text", span);
        }
        if texts.clone().any(|ty| ty.is_text())
            && types.iter().all(|ty| ty.is_character() || **ty == Type::Unknown)
        {
            return Ok(Type::Text);
        }
        let exact = types.iter().any(|ty| ty.is_exact_number());
        let ty = self.common_type(types, span)?;
        self.comparable(&ty, span)?;
        // No operator compares a real with an exact number: both become floats of all digits.
        if ty == Type::Float4
            && exact
            && !self.speaks_core()
            && self.spec.traits().reals_compared_as_floats
        {
            return Ok(Type::Float8);
        }
        Ok(ty)
    }

    /// Refuses NULLIF of a real and an exact number where they are compared as floats of all digits.
    pub(super) fn no_real_beside_exact(&self, name: &str, args: &[Expr]) -> Bound<()> {
        let real = args.iter().any(|arg| arg.ty == Type::Float4);
        let exact = args.iter().any(|arg| arg.ty.is_exact_number());
        let widely = !self.speaks_core() && self.spec.traits().reals_compared_as_floats;
        if name == "nullif" && widely && real && exact {
            return self.unsupported("NULLIF of a real and an exact number", self.place);
        }
        Ok(())
    }

    /// Converts an operand of a comparison to the comparison's type.
    pub(super) fn comparison_operand(&self, expr: Expr, ty: &Type) -> Bound<Expr> {
        let expr = self.compared_day(expr, ty)?;
        if !matches!(ty, Type::Char(_)) {
            return self.coerce(self.of_ticks(expr, ty)?, ty);
        }
        let expr = self.told_parameter(expr, ty)?;
        if expr.ty == Type::Unknown {
            let mut literal = self.coerce(expr, &Type::Text)?;
            if let ExprKind::Literal(Literal::Text(text)) = &mut literal.kind {
                text.truncate(text.trim_end_matches(' ').len());
            }
            return Ok(literal);
        }
        // Text of a padded value, without its padding.
        let span = expr.span;
        Ok(Expr { kind: ExprKind::Coerce { expr: Box::new(expr) }, ty: Type::Text, span })
    }

    /// Converts an expression as the dialect does by itself.
    pub(super) fn coerce(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        let span = expr.span;
        if expr.ty == *to {
            return Ok(expr);
        }
        if expr.ty == Type::Unknown {
            return match expr.kind {
                ExprKind::Literal(Literal::Null) => {
                    Ok(Expr { kind: ExprKind::Literal(Literal::Null), ty: to.clone(), span })
                }
                ExprKind::Literal(Literal::Text(text)) if *to == Type::Jsonb => {
                    self.text_as_document(text, span)
                }
                ExprKind::Literal(Literal::Text(text)) => self.read_literal(&text, to, span),
                ExprKind::Parameter(_) => {
                    let told = self.told_parameter(expr, to)?;
                    self.coerce(told, to)
                }
                _ => self.refuse(codes::TYPES, "the type of this expression is not known", span),
            };
        }
        if *to == Type::Zoned {
            // Its offset is then that of the session.
            let instant = self.coerce(expr, &Type::TimestampTz)?;
            return Ok(Expr { ty: to.clone(), ..instant });
        }
        // An empty array takes the type that is wanted.
        if expr.ty.element() == Some(&Type::Unknown) && to.element().is_some() {
            return Ok(Expr { ty: to.clone(), ..expr });
        }
        // Neither limits nor shapes change a value here.
        let texts = |ty: &Type| ty.is_text() || ty.element().is_some_and(Type::is_text);
        let same_depth = expr.ty.element().is_some() == to.element().is_some();
        if expr.ty.is_same_base(to) || (same_depth && texts(&expr.ty) && texts(to)) {
            return Ok(expr);
        }
        if expr.ty.is_own_timestamp() && to.is_own_timestamp() && implicit(&expr.ty, to) {
            return Ok(Expr { ty: to.clone(), ..expr });
        }
        if expr.ty.is_own() {
            // In the tree it is of that type.
            return self.coerce(Expr { ty: expr.ty.clone().core(), ..expr }, to);
        }
        self.known(std::slice::from_ref(&expr))?;
        if !implicit(&expr.ty, to) {
            return self.refuse(
                codes::TYPES,
                format!("`{}` does not become `{to}` by itself", expr.ty),
                span,
            );
        }
        if let Some(float) = long_float(&expr, to) {
            return Ok(float);
        }
        // A number of known digits keeps them as numeric.
        let shape = match constant_digits(&expr) {
            Some(digits)
                if expr.ty.is_integer() && self.spec.traits().constants_have_their_digits =>
            {
                u32::try_from(digits.len())
                    .ok()
                    .map(|precision| DecimalShape { precision, scale: 0 })
            }
            _ if expr.ty == Type::Int8 => {
                Some(DecimalShape { precision: self.spec.traits().bigint_digits, scale: 0 })
            }
            _ => expr.ty.decimal_shape(),
        };
        let ty = match (to, shape) {
            (Type::Numeric(None), shape @ Some(_)) => Type::Numeric(shape),
            _ => to.clone(),
        };
        Ok(Expr { kind: ExprKind::Coerce { expr: Box::new(expr) }, ty, span })
    }

    /// Converts an alternative (a branch, a row, an operand of a set operation) to the common type.
    /// Exact numbers of different digits are brought to one shape explicitly: a target that finds
    /// a common type of its own could drop digits.
    pub(super) fn unify(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        if let (Type::Char(one), Type::Char(other)) = (&expr.ty, to)
            && one != other
            && !self.speaks_core()
            && self.spec.traits().keeps_blanks
        {
            // Each keeps its own blanks there, and all of them count.
            return self.refuse(codes::TYPES, "texts of different padding", expr.span);
        }
        let day = expr.ty == Type::Date && matches!(to, Type::Ticks | Type::Minutes);
        let expr = self.with_scale(expr, to)?;
        let expr = self.coerce(self.of_ticks(expr, to)?, to)?;
        let expr = if day { self.in_range(expr, to)? } else { expr };
        match (&expr.ty, to) {
            (Type::Numeric(Some(from)), Type::Numeric(Some(wanted)))
                if from != wanted && !expr.is_null() =>
            {
                let span = expr.span;
                let kind = ExprKind::Coerce { expr: Box::new(expr) };
                Ok(Expr { kind, ty: to.clone(), span })
            }
            _ => Ok(expr),
        }
    }

    /// One of several expressions that give a value of type `to` together: the branches of CASE, the
    /// arguments of COALESCE, the columns of UNION.
    pub(super) fn as_result(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        if self.spec.traits().texts_stay
            && expr.ty == Type::Unknown
            && expr.text().is_some()
            && (to.is_number() || matches!(to, Type::Date | Type::Timestamp | Type::Time))
        {
            return self.unsupported("a text that makes a text of other values", expr.span);
        }
        self.unify(expr, to)
    }

    /// A cast that the text asks for.
    pub(super) fn cast_to(&self, expr: Expr, to: Type, span: super::Span) -> Bound<Expr> {
        let expr = self.told_parameter(expr, &to)?;
        self.known(std::slice::from_ref(&expr))?;
        if to.is_own_timestamp() && expr.ty != Type::Unknown {
            // What is said to count seconds does.
            return Ok(Expr { ty: to, ..self.cast_to(expr, Type::Timestamp, span)? });
        }
        if [Type::Money, Type::Zoned].contains(&to) && expr.ty == to {
            return Ok(Expr { span, ..expr });
        }
        if to == Type::Zoned && expr.ty != Type::Unknown {
            return Ok(Expr { ty: to, ..self.cast_to(expr, Type::TimestampTz, span)? });
        }
        let expr = match expr.ty {
            ref own if own.is_own() => Expr { ty: expr.ty.clone().core(), ..expr },
            _ => expr,
        };
        if to == Type::Money && expr.ty != Type::Unknown {
            // By its digits.
            return Ok(Expr { ty: to, ..self.cast_to(expr, Type::Money.core(), span)? });
        }
        if expr.ty == Type::Unknown
            && matches!(expr.kind, ExprKind::Literal(_))
            && !matches!(to, Type::Varchar(Some(_)) | Type::Char(_) | Type::Numeric(Some(_)))
        {
            let literal = match expr.text() {
                Some(text) if to == Type::Jsonb => self.read_literal(text, &to, span)?,
                _ => self.coerce(expr, &to)?,
            };
            return Ok(Expr { span, ..literal });
        }
        if !self.lowering.is_empty()
            && expr.ty == Type::Unknown
            && expr.is_null()
            && matches!(to, Type::Numeric(_))
        {
            return Ok(Expr { ty: to, span, ..expr });
        }
        let expr = match (&expr.ty, &to) {
            (Type::Unknown, Type::Numeric(_)) => self.coerce(expr, &Type::NUMERIC)?,
            (Type::Unknown, _) => self.coerce(expr, &Type::Text)?,
            _ => expr,
        };
        if expr.ty.element() == Some(&Type::Unknown) && to.element().is_some() {
            return Ok(Expr { ty: to, span, ..expr });
        }
        // An expression that mixes scales has a shape that not each of its values shows, and so has a
        // column of a query that gives one.
        let shown =
            !matches!(to, Type::Numeric(Some(_))) || matches!(expr.kind, ExprKind::Cast { .. });
        let same = (expr.ty == to && shown) || (expr.ty.is_text() && to == Type::Text);
        if same || (matches!(expr.ty, Type::Numeric(_)) && to == Type::NUMERIC) {
            return Ok(Expr { span, ..expr });
        }
        if let Some(float) = long_float(&expr, &to) {
            return Ok(Expr { span, ..float });
        }
        let ty = match (&to, expr.ty.decimal_shape()) {
            (Type::Numeric(None), shape @ Some(_)) => Type::Numeric(shape),
            _ => to,
        };
        Ok(Expr { kind: ExprKind::Cast { expr: Box::new(expr) }, ty, span })
    }
}

/// A number of more digits than exact types have, where a float is wanted: `1e300` is read as one. Out
/// of the range of floats it is an error on the source.
fn long_float(expr: &Expr, to: &Type) -> Option<Expr> {
    let Some(Literal::Number(digits)) = expr.literal() else { return None };
    let long = expr.ty.decimal_shape().is_some_and(|shape| shape.precision > 38);
    let zero = digits.bytes().all(|digit| matches!(digit, b'0' | b'.'));
    let within = digits.parse().is_ok_and(|value: f64| value.is_finite() && (value != 0.0 || zero));
    (*to == Type::Float8 && long && within).then(|| Expr { ty: Type::Float8, ..expr.clone() })
}
