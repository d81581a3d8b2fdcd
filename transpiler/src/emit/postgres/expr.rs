//! Expressions.

use super::{Printer, quoted};
use crate::{
    emit::{
        alike::{Print, not},
        convert::fixed_scale,
        is_too_long,
        lowered::{Lowerings, Marking},
    },
    fragment::{Fragment, Level},
    marks::Marks,
    rule::Emit,
};
use sql::{
    Type,
    tree::{Expr, ExprKind, Literal, QuantifiedSource},
};

impl Marking for Printer<'_> {
    fn marking(&mut self) -> (&mut Lowerings, &mut Marks) {
        (self.lowered, self.marks)
    }

    fn unmarked(&mut self, expr: &Expr) -> Emit<Fragment> {
        match &expr.kind {
            ExprKind::Literal(literal) => Ok(Self::literal(literal, &expr.ty)),
            ExprKind::Column { relation, name, qualified } => {
                let column = quoted(name);
                Ok(Fragment::atom(match relation {
                    Some(relation) if *qualified || self.qualify => {
                        format!("{}.{column}", quoted(relation))
                    }
                    _ => column,
                }))
            }
            ExprKind::Parameter(index) => {
                Ok(Fragment::atom(format!("CAST(${} AS {})", index + 1, expr.ty)))
            }
            ExprKind::Call(call) => self.call(call, expr),
            ExprKind::Cast { expr: inner } => self.cast(inner, &expr.ty),
            ExprKind::Coerce { expr: inner }
                if self.explicit && inner.ty != expr.ty && is_told(inner, &expr.ty) =>
            {
                self.cast(inner, &expr.ty)
            }
            // PostgreSQL makes it again by itself.
            ExprKind::Coerce { expr: inner } => self.expr(inner),
            ExprKind::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref())
            }
            ExprKind::InList { expr: left, list, negated } => {
                let left = self.expr(left)?.at(Level::Add);
                let text = format!("{left} {}IN ({})", not(*negated), self.list(list)?);
                Ok(Fragment::new(text, Level::Compare))
            }
            ExprKind::InQuery { expr: left, query, negated, .. } => {
                let left = self.expr(left)?.at(Level::Add);
                let text = format!("{left} {}IN ({})", not(*negated), self.query(query)?);
                Ok(Fragment::new(text, Level::Compare))
            }
            ExprKind::Exists { query, negated } => {
                let text = format!("{}EXISTS ({})", not(*negated), self.query(query)?);
                Ok(Fragment::new(text, if *negated { Level::Not } else { Level::Atom }))
            }
            ExprKind::Scalar(query) => Ok(Fragment::atom(format!("({})", self.query(query)?))),
            ExprKind::Quantified { op, all, expr: left, source } => {
                let left = self.expr(left)?.at(Level::Add);
                let source = match source {
                    QuantifiedSource::Query(query) => self.query(query)?,
                    QuantifiedSource::Array(array) => self.expr(array)?.text,
                };
                let word = if *all { "ALL" } else { "ANY" };
                Ok(Fragment::new(format!("{left} {op} {word} ({source})"), Level::Compare))
            }
            ExprKind::Row(items) => Ok(Fragment::atom(format!("({})", self.list(items)?))),
            ExprKind::Array(items) if items.is_empty() => {
                Ok(Fragment::atom(format!("CAST(ARRAY[] AS {})", expr.ty)))
            }
            ExprKind::Array(items) => {
                let element = expr.ty.element().filter(|ty| matches!(ty, Type::Numeric(Some(_))));
                let items: Emit<Vec<String>> =
                    items.iter().map(|item| self.element(item, element)).collect();
                Ok(Fragment::atom(format!("ARRAY[{}]", items?.join(", "))))
            }
            ExprKind::Subscript { base, index } => {
                let column = matches!(base.kind, ExprKind::Column { .. });
                let (base, index) = (self.expr(base)?, self.expr(index)?);
                let base = if column { base.text } else { format!("({})", base.text) };
                Ok(Fragment::atom(format!("{base}[{}]", index.text)))
            }
        }
    }
}

impl Printer<'_> {
    pub(in crate::emit) fn expr(&mut self, expr: &Expr) -> Emit<Fragment> {
        let fragment = self.marked(expr)?;
        if is_too_long(&fragment.text, expr) {
            return Self::refuse("a translation this long is not done", expr.span);
        }
        Ok(fragment)
    }

    /// An element of an array. Elsewhere all decimals of one have the digits of its type.
    fn element(&mut self, item: &Expr, decimal: Option<&Type>) -> Emit<String> {
        let text = self.expr(item)?.text;
        let scale = |ty: &Type| ty.decimal_shape().map(|shape| shape.scale);
        Ok(match decimal.filter(|_| self.explicit) {
            Some(ty) if fixed_scale(item, &self.loose) != scale(ty) => {
                format!("CAST({text} AS {ty})")
            }
            _ => text,
        })
    }

    fn cast(&mut self, inner: &Expr, to: &Type) -> Emit<Fragment> {
        let value = match inner.literal() {
            // The outer type is enough for it, whatever it became on the way.
            _ if inner.is_null() => Fragment::atom("NULL"),
            // A bare constant would be read at once, in a branch of CASE that is never taken too.
            Some(Literal::Text(_)) if inner.ty == Type::Text && !to.is_character() => {
                Fragment::atom(format!("CAST({} AS text)", self.expr(inner)?.text))
            }
            _ => self.expr(inner)?,
        };
        // The text shows the digits that the value has here, and those of the type elsewhere.
        let digits = inner.ty.decimal_shape().filter(|shape| shape.scale > 0);
        let value = match digits {
            Some(shape)
                if self.explicit
                    && to.is_character()
                    && !inner.ty.is_integer()
                    && fixed_scale(inner, &self.loose) != Some(shape.scale) =>
            {
                Fragment::atom(format!("CAST({} AS {})", value.text, inner.ty))
            }
            _ => value,
        };
        // An integer has no digits to lose: `numeric` alone is what was written, most often.
        let plain = inner.ty.is_integer() && to.decimal_shape() == inner.ty.decimal_shape();
        let to = if plain && matches!(to, Type::Numeric(_)) { &Type::NUMERIC } else { to };
        let cast = Fragment::atom(format!("CAST({} AS {to})", value.text));
        Ok(match self.strict_pattern(inner, to) {
            Some(pattern) => Self::if_it_follows(inner, &value, &pattern, &cast),
            None => cast,
        })
    }
}

/// Must the type that the expression becomes be written down? A constant text takes any type, a
/// whole number becomes a longer or an exact one by itself; `round(2.5)` would not become that of
/// floats, nor `7 / 2` their quotient.
fn is_told(inner: &Expr, becomes: &Type) -> bool {
    inner.literal().is_none()
        || inner.ty != Type::Unknown
            && (matches!(becomes, Type::Float4 | Type::Float8) || !inner.ty.is_exact_number())
}
