//! Conversions between types that give the same value on both sides.

use super::{Emitter, common_forms::is_inexact, loose_digits::LooseDigits};
use crate::{
    fragment::{Fragment, fill},
    rule::Emit,
    rules::{cast_left_out, json_by_pattern},
    targets::Target,
};
use sql::{
    Type,
    tree::{Expr, ExprKind, Literal},
};

impl Emitter {
    /// A conversion that PostgreSQL makes by itself.
    pub(super) fn coerce(&mut self, inner: &Expr, outer: &Expr) -> Emit<Fragment> {
        // A mark of the binder, which converts nothing.
        if inner.ty == outer.ty {
            return self.expr(inner);
        }
        if let Some(done) = self.cast_by_line(inner, outer)? {
            return Ok(done);
        }
        let value = self.expr(inner)?;
        match (&inner.ty, &outer.ty) {
            // The targets widen these by themselves, in the same way.
            (from, to)
                if from.is_integer() && (to.is_integer() || matches!(to, Type::Numeric(_))) =>
            {
                Ok(value)
            }
            (Type::Numeric(Some(_)), Type::Numeric(Some(shape))) => {
                if shape.precision > 38 {
                    return self.refuse(
                        format!("alternatives that need {} digits", shape.precision),
                        outer.span,
                    );
                }
                self.converted(&value, inner, outer)
            }
            (from, Type::Float8) if from.is_number() => self.converted(&value, inner, outer),
            (Type::Char(_), to) if to.is_text() => {
                let plain = match &inner.kind {
                    // What the rows are grouped by is known as it stands there alone.
                    ExprKind::Column { .. } if !self.is_key_already(inner) => {
                        self.expr(&Expr { ty: Type::Text, ..inner.clone() })?
                    }
                    _ => value,
                };
                Ok(Fragment::atom(format!("rtrim({}, ' ')", plain.text)))
            }
            (Type::Date, Type::Timestamp) => self.converted(&value, inner, outer),
            (Type::Date | Type::Timestamp, Type::TimestampTz)
                if self.target() == Target::DuckDb =>
            {
                self.converted(&value, inner, outer)
            }
            _ => self.unknown(inner, outer),
        }
    }

    /// A cast that the text asks for and that no rule changes.
    pub(super) fn cast(&mut self, inner: &Expr, outer: &Expr) -> Emit<Fragment> {
        if let Some(done) = self.cast_by_line(inner, outer)? {
            return Ok(done);
        }
        let duckdb = self.target() == Target::DuckDb;
        let known = match (&inner.ty, &outer.ty) {
            (from, to) if from.is_integer() && to.is_integer() => true,
            (from, Type::Numeric(Some(_))) if from.is_integer() => true,
            (from, Type::Float8) if from.is_number() => true,
            (from, Type::Text) if from.is_integer() => true,
            (Type::Numeric(Some(_)), Type::Numeric(Some(_))) => true,
            (Type::Numeric(Some(_)), to) if to.is_integer() && duckdb => true,
            // DataFusion cuts the fraction; it rounds to whole decimals as PostgreSQL does.
            (Type::Numeric(Some(shape)), to) if to.is_integer() && shape.precision < 38 => {
                let name = self.target().type_name(to).unwrap_or_default();
                let value = self.expr(inner)?;
                let digits = (shape.precision + 1).saturating_sub(shape.scale).max(1);
                let value = self.rounded_first(&value, inner, 0);
                let whole = format!("CAST({} AS DECIMAL({digits}, 0))", value.text);
                return Ok(self.narrowed(&Fragment::atom(whole), &name, inner));
            }
            (Type::Numeric(Some(shape)), to) if to.is_integer() => {
                let name = self.target().type_name(to).unwrap_or_default();
                let value = self.expr(inner)?;
                // Whole numbers already, or all digits are taken: nothing can carry unnoticed.
                let whole =
                    if shape.scale == 0 { value } else { Fragment::call("round", &[value]) };
                return Ok(self.narrowed(&whole, &name, inner));
            }
            // Without a digit before its point a decimal has none in its text there: `.05`.
            (Type::Numeric(Some(shape)), Type::Text)
                if duckdb && shape.scale == shape.precision && shape.precision == 38 =>
            {
                false
            }
            // The text of a number shows the scale of the value itself on PostgreSQL, and that of its type
            // at the others.
            (Type::Numeric(Some(shape)), Type::Text)
                if matches!(inner.kind, ExprKind::Column { .. })
                    && fixed_scale(inner, &self.loose).is_some()
                    && !(duckdb && shape.scale == shape.precision) =>
            {
                true
            }
            (Type::Numeric(Some(shape)), Type::Text)
                if shape.scale < 38
                    && (!self.is_postgres() && !is_inexact(inner)
                        || self.target().type_name(&inner.ty).is_some()
                            && fixed_scale(inner, &self.loose) == Some(shape.scale)) =>
            {
                let value = self.expr(inner)?;
                return Ok(self.digits(&value, inner));
            }
            (from, Type::Jsonb)
                if from.is_text() && self.target() == Target::DataFusion && !self.is_postgres() =>
            {
                return json_by_pattern::read(self, inner);
            }
            // Both round half to even.
            (Type::Float8, to) if to.is_integer() => duckdb,
            (Type::Bool, Type::Int4 | Type::Text) => true,
            (Type::Int4, Type::Bool) => duckdb,
            (Type::Date, Type::Timestamp) => true,
            // DataFusion puts a sign before years of more than four digits.
            (Type::Date, Type::Text) => duckdb,
            (Type::Timestamp, Type::Date) => true,
            (Type::Timestamp, Type::Text | Type::Time) => duckdb,
            (Type::Date | Type::Timestamp, Type::TimestampTz) => duckdb,
            (Type::TimestampTz, Type::Timestamp | Type::Date) => duckdb,
            (Type::Uuid, Type::Text) => true,
            (Type::Array(from), Type::Array(to)) => {
                duckdb && from.is_integer() && (to.is_integer() || **to == Type::Float8)
            }
            (Type::Char(_), Type::Text) => return self.coerce(inner, outer),
            (from, Type::Varchar(None)) if from.is_text() => return self.expr(inner),
            _ => false,
        };
        if !known {
            return self.unknown(inner, outer);
        }
        let value = self.expr(inner)?;
        self.converted(&value, inner, outer)
    }

    /// A conversion by its line in the tables of forms: `cast int4(text)`.
    fn cast_by_line(&mut self, inner: &Expr, outer: &Expr) -> Emit<Option<Fragment>> {
        // A time that the clocks leave out or give twice is an error there.
        let local = outer.ty == Type::TimestampTz && inner.ty != Type::TimestampTz;
        if local && !self.steady_clock() {
            return Ok(None);
        }
        let name = format!("cast {}", crate::targets::short(&outer.ty));
        self.by_line(&name, std::slice::from_ref(inner), outer)
    }

    /// The text that PostgreSQL's output of a value shows, which `concat` and `format` join;
    /// nothing where it is not known.
    pub(crate) fn output_text(&mut self, value: &Expr) -> Emit<Option<Fragment>> {
        let shown = match &value.ty {
            Type::Char(_) => true,
            ty if ty.is_character() || ty.is_integer() || *ty == Type::Date => true,
            Type::Numeric(Some(shape)) => {
                fixed_scale(value, &self.loose) == Some(shape.scale) && shape.scale < 38
            }
            Type::Bool | Type::Timestamp | Type::Float8 => true,
            _ => false,
        };
        if !shown {
            return Ok(None);
        }
        if value.ty == Type::Float8 || value.ty == Type::Timestamp {
            let kind = ExprKind::Cast { expr: Box::new(value.clone()) };
            let cast = Expr { kind, ty: Type::Text, span: value.span };
            return self.expr(&cast).map(Some);
        }
        let text = self.expr(value)?;
        Ok(Some(match &value.ty {
            Type::Bool => fill("CASE WHEN {0} THEN 't' WHEN NOT {0} THEN 'f' END", &[text]),
            Type::Numeric(shape)
                if !matches!(value.kind, ExprKind::Column { .. })
                    || shape.is_some_and(|s| s.scale == s.precision) =>
            {
                self.digits(&text, value)
            }
            _ => text,
        }))
    }

    /// The text of a decimal with exactly the digits of its shape, and one before the point.
    fn digits(&self, value: &Fragment, expr: &Expr) -> Fragment {
        let ty = match &expr.ty {
            // With a digit before its point, and no more than there are.
            Type::Numeric(Some(shape)) => {
                Type::decimal(shape.precision.max(shape.scale + 1).min(38), shape.scale)
            }
            ty => ty.clone(),
        };
        let name = self.target().type_name(&ty).unwrap_or_default();
        Fragment::atom(format!("CAST(CAST({} AS {name}) AS VARCHAR)", value.text))
    }

    /// A number as an integer that may be too narrow for it. Of a constant `DataFusion` would fail
    /// while it plans, also where no row gets there.
    fn narrowed(&self, value: &Fragment, name: &str, inner: &Expr) -> Fragment {
        if self.target() != Target::DataFusion || inner.literal().is_some() || !inner.is_constant()
        {
            return Fragment::atom(format!("CAST({} AS {name})", value.text));
        }
        let tried = format!("TRY_CAST({{0}} AS {name})");
        let condition = format!("{tried} IS NULL AND {{0}} IS NOT NULL");
        let guarded = self.raise_if_of(std::slice::from_ref(inner), &condition, &tried);
        fill(&guarded, std::slice::from_ref(value))
    }

    fn converted(&mut self, value: &Fragment, inner: &Expr, outer: &Expr) -> Emit<Fragment> {
        // The targets divide the digits as a float by a power of ten, which rounds twice where
        // there are more than a float has.
        let digits = inner.ty.decimal_shape().filter(|s| s.precision > 15 && s.scale > 0);
        let by_text =
            outer.ty.is_float() && digits.is_some() && !matches!(inner.kind, ExprKind::Literal(_));
        match self.target().type_name(&outer.ty) {
            Some(name) if by_text => {
                Ok(Fragment::atom(format!("CAST(CAST({} AS VARCHAR) AS {name})", value.text)))
            }
            Some(name) => {
                let kept = outer.ty.decimal_shape().map_or(u32::MAX, |shape| shape.scale);
                let value = self.rounded_first(value, inner, kept);
                Ok(Fragment::atom(format!("CAST({} AS {name})", value.text)))
            }
            None => self.unknown(inner, outer),
        }
    }

    /// A decimal with no more digits behind the point than `scale`, where a cast would take some away:
    /// `DataFusion` leaves that cast out of a comparison with a constant.
    pub(crate) fn rounded_first(&mut self, value: &Fragment, inner: &Expr, scale: u32) -> Fragment {
        let Type::Numeric(Some(shape)) = inner.ty else { return value.clone() };
        if self.target() != Target::DataFusion || shape.scale <= scale || inner.is_constant() {
            return value.clone();
        }
        // `round` says that it has this precision and has one more, which 38 digits leave no room for.
        let wide = format!("CAST({} AS DECIMAL(38, {}))", value.text, shape.scale);
        let rounded = format!("round({wide}, {scale})");
        Fragment::atom(self.made_by(&cast_left_out::RULE, inner.span, &rounded))
    }

    fn unknown<T>(&self, inner: &Expr, outer: &Expr) -> Emit<T> {
        self.refuse(
            format!("no conversion from `{}` to `{}` is known", inner.ty, outer.ty),
            outer.span,
        )
    }
}

/// Digits behind the point that every value of the expression shows.
pub(crate) fn fixed_scale(expr: &Expr, loose: &LooseDigits) -> Option<u32> {
    let shape = expr.ty.decimal_shape()?;
    match &expr.kind {
        ExprKind::Column { relation, name, .. } => {
            (!loose.has(relation.as_deref(), name)).then_some(shape.scale)
        }
        ExprKind::Literal(Literal::Number(_)) => Some(shape.scale),
        // A cast brings each value to its scale.
        ExprKind::Cast { .. } => Some(shape.scale),
        // A conversion that PostgreSQL makes by itself leaves the digits as they are.
        ExprKind::Coerce { expr: inner } => {
            let scale = if inner.ty.is_integer() { Some(0) } else { fixed_scale(inner, loose) };
            scale.filter(|scale| *scale == shape.scale)
        }
        ExprKind::Call(call) => match (call.name, call.args.as_slice()) {
            ("+" | "-", [one, two]) => Some(fixed_scale(one, loose)?.max(fixed_scale(two, loose)?)),
            ("*", [one, two]) => Some(fixed_scale(one, loose)? + fixed_scale(two, loose)?),
            ("unary -" | "unary +" | "abs" | "sum" | "min" | "max", [one]) => {
                fixed_scale(one, loose)
            }
            ("round" | "trunc", [one, digits]) => {
                let digits = digits.integer().and_then(|n| u32::try_from(n).ok())?;
                fixed_scale(one, loose).filter(|scale| digits <= *scale).map(|_| digits)
            }
            ("quotient" | "quotient_trunc", [_, _, digits]) => {
                let digits = digits.integer().and_then(|n| u32::try_from(n).ok());
                digits.filter(|digits| *digits == shape.scale)
            }
            ("coalesce" | "greatest" | "least" | "nullif", all) => {
                all.iter().try_fold(shape.scale, |scale, one| {
                    (fixed_scale(one, loose)? == scale).then_some(scale)
                })
            }
            _ => None,
        },
        // NULL has no digits.
        ExprKind::Case { branches, otherwise, .. } if !expr.ty.is_integer() => branches
            .iter()
            .map(|(_, then)| then)
            .chain(otherwise.as_deref())
            .filter(|value| !value.is_null())
            .all(|value| fixed_scale(value, loose) == Some(shape.scale))
            .then_some(shape.scale),
        _ if expr.ty.is_integer() => Some(0),
        _ => None,
    }
}
