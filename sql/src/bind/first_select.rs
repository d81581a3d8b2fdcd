//! Set operations whose columns have the types of the first SELECT: longer texts of the others are cut,
//! their numbers are converted.

use super::{Binder, Bound, small_integers::Small};
use crate::{
    tree::{Body, Expr, ExprKind, Literal, Query},
    types::Type,
};

impl Binder<'_> {
    /// Brings the columns of the right operand to the types of the left one.
    pub(super) fn as_in_first(
        &mut self,
        left: &Query,
        right: &mut Query,
        span: super::Span,
    ) -> Bound<()> {
        for (index, column) in left.columns.iter().enumerate() {
            let Some(two) = right.columns.get(index).map(|column| column.ty.clone()) else {
                return Ok(());
            };
            let first = first_item(left, index);
            // NULL without a type is an integer; one that is cast has the type that it is cast to.
            let untyped = column.ty == Type::Unknown && first.is_some_and(Expr::is_null);
            let one = if untyped { &Type::Int4 } else { &column.ty };
            let small = first.filter(|_| one.is_integer()).map(|first| self.small(first));
            let small = small.filter(|_| two.is_integer() || matches!(two, Type::Numeric(_)));
            // Of a SMALLINT that is one here, too, the lines below know.
            let small = small.filter(|small| *small == Small::Byteint || *one != Type::Int2);
            let cells = [first, first_item(right, index)];
            self.no_text_by_format(cells.into_iter().flatten())?;
            let padded = first.and_then(|first| self.char_length(first));
            let made = if let Some(length) = padded.filter(|_| is_text(&two)) {
                if two == *one && matches!(two, Type::Char(_)) {
                    continue;
                }
                let text = one.is_text();
                self.change(right, index, |binder, expr| {
                    let span = expr.span;
                    let expr = match expr.ty {
                        Type::Char(_) => binder.coerce(expr, &Type::Text)?,
                        _ => expr,
                    };
                    let padded = binder.cast_by("cast", expr, Type::Char(length), span)?;
                    if text { binder.kept_blanks(padded, &Type::Text) } else { Ok(padded) }
                })?;
                one.clone()
            } else if is_text(one) && is_text(&two) {
                let limit = first.and_then(text_limit);
                let longest = first_item(right, index).and_then(text_limit);
                let char = |e: &Expr| self.char_length(e).is_some();
                let becomes = first_item(right, index).is_some_and(char);
                let fits = limit.zip(longest).is_some_and(|(limit, longest)| longest <= limit);
                if fits && !becomes {
                    continue;
                }
                self.change(right, index, |binder, expr| binder.cut_to(expr, limit))?;
                Type::Text
            } else if let Some((small, form)) = small.and_then(|small| Some((small, small.form()?)))
            {
                // 1 is a BYTEINT, and so is the column.
                self.change(right, index, |binder, expr| {
                    if expr.ty.is_integer() && binder.small(&expr) <= small {
                        return Ok(expr);
                    }
                    let span = expr.span;
                    binder.cast_by(form, expr, Type::Int2, span)
                })?;
                Type::Int2
            } else if one.is_integer()
                && (matches!(two, Type::Numeric(_)) || (two.is_integer() && two > *one))
            {
                self.change(right, index, |binder, expr| {
                    let span = expr.span;
                    binder.cast_by("cast", expr, one.clone(), span)
                })?;
                one.clone()
            } else if let (Type::Numeric(Some(shape)), Type::Numeric(Some(other))) = (one, &two)
                && other.scale <= shape.scale
                && super::shape::holds(*shape, *other) != *shape
            {
                // Digits before the point that are too many are an error.
                self.change(right, index, |binder, expr| {
                    let span = expr.span;
                    binder.cast_by("cast", expr, one.clone(), span)
                })?;
                one.clone()
            } else if is_lossy(one, &two) || (untyped && !two.is_number()) {
                let what = format!("`{two}` under a first SELECT that has `{one}`");
                return self.unsupported(&what, span);
            } else {
                continue;
            };
            if let Some(column) = right.columns.get_mut(index) {
                column.ty = made;
            }
        }
        Ok(())
    }

    /// A text cut to the limit of another one; where that is not known, it is noted that it may be cut.
    fn cut_to(&mut self, expr: Expr, limit: Option<u32>) -> Bound<Expr> {
        if expr.is_null() {
            return Ok(expr);
        }
        let span = expr.span;
        if self.char_length(&expr).is_some() {
            // How much of the blanks stays depends on the limit.
            let Some(limit) = limit else {
                return self
                    .unsupported("padded text under a text of a length that is not known", span);
            };
            return self.cast_by("cast", expr, Type::Varchar(Some(limit)), span);
        }
        let (function, limit) = match limit {
            Some(limit) => ("left", limit),
            None => ("cut_text", 0),
        };
        let limit = self.number(&limit.to_string(), span);
        self.resolve(function, vec![expr, limit], span)
    }

    /// Changes an output column in each SELECT of a query.
    fn change(
        &mut self,
        query: &mut Query,
        index: usize,
        to: impl Fn(&mut Self, Expr) -> Bound<Expr> + Copy,
    ) -> Bound<()> {
        let mut all: Vec<&mut Expr> = match &mut query.body {
            Body::Select(select) => {
                select.items.get_mut(index).map(|item| &mut item.expr).into_iter().collect()
            }
            Body::Values(rows) => rows.iter_mut().filter_map(|row| row.get_mut(index)).collect(),
            Body::SetOperation { left, right, .. } => {
                self.change(left, index, to)?;
                return self.change(right, index, to);
            }
        };
        for expr in &mut all {
            **expr = to(self, expr.clone())?;
        }
        Ok(())
    }
}

/// An output column of the first SELECT of a query.
pub(super) fn first_item(query: &Query, index: usize) -> Option<&Expr> {
    match &query.body {
        Body::Select(select) => select.items.get(index).map(|item| &item.expr),
        Body::SetOperation { left, .. } => first_item(left, index),
        Body::Values(rows) => rows.first().and_then(|row| row.get(index)),
    }
}

/// The characters that a text has at most, if its type or it itself says so.
fn text_limit(expr: &Expr) -> Option<u32> {
    match (&expr.ty, &expr.kind) {
        (Type::Varchar(Some(limit)) | Type::Char(limit), _) => Some(*limit),
        (_, ExprKind::Literal(Literal::Text(text))) => text.chars().count().try_into().ok(),
        (_, ExprKind::Coerce { expr }) => text_limit(expr),
        _ => None,
    }
}

fn is_text(ty: &Type) -> bool {
    ty.is_character() || *ty == Type::Unknown
}

/// Does a value of the second type lose something as one of the first?
fn is_lossy(one: &Type, two: &Type) -> bool {
    let float = |ty: &Type| matches!(ty, Type::Float4 | Type::Float8);
    let exact = one.is_integer() || matches!(one, Type::Numeric(_));
    match (one, two) {
        (Type::Numeric(Some(one)), Type::Numeric(Some(two))) => two.scale > one.scale,
        (Type::Numeric(_), Type::Numeric(_)) => true,
        (Type::Date, Type::Timestamp | Type::TimestampTz) => true,
        _ => exact && float(two),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse};
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    /// The names of the functions that the second SELECT calls for its first column, or the refusal.
    fn second(dialect: Dialect, text: &str) -> Result<Option<&'static str>, String> {
        let settings = SourceSettings::of(dialect);
        let column = |name: &str, data_type: &str| CatalogColumn {
            name: name.to_owned(),
            data_type: data_type.to_owned(),
            nullable: true,
        };
        let types = ["varchar(3)", "varchar(9)", "int", "decimal(9,2)", "float", "date"];
        let names = ["a", "b", "i", "n", "f", "d"];
        let columns = names.iter().zip(types).map(|(name, ty)| column(name, ty)).collect();
        let table = CatalogTable {
            database: None,
            schema: None,
            name: "t".to_owned(),
            columns,
            keys: Vec::new(),
        };
        let catalog = Catalog::under(&settings, &[table]);
        let bound = parse(text, dialect)
            .and_then(|parsed| parsed.bind_under(&catalog, &[], &settings))
            .map_err(|refused| refused.message)?;
        let crate::tree::Statement::Query(query) = bound.statement else { return Ok(None) };
        let crate::tree::Body::SetOperation { right, .. } = query.body else { return Ok(None) };
        let crate::tree::Body::Select(select) = right.body else { return Ok(None) };
        Ok(select.items[0].expr.call().map(|call| call.name))
    }

    #[test]
    fn texts_are_cut_to_the_first() {
        for (text, call) in [
            ("SELECT a FROM t UNION ALL SELECT b FROM t", Some("left")),
            ("SELECT b FROM t UNION ALL SELECT a FROM t", None),
            ("SELECT a FROM t UNION ALL SELECT 'abc'", None),
            ("SELECT a FROM t UNION ALL SELECT trim(b) FROM t", Some("left")),
            // How long it can be is not known.
            ("SELECT trim(a) FROM t UNION ALL SELECT b FROM t", Some("cut_text")),
            ("SELECT a FROM t UNION ALL SELECT NULL", None),
        ] {
            assert_eq!(second(Dialect::Teradata, text).unwrap(), call, "{text}");
        }
        let text = "SELECT a FROM t UNION ALL SELECT b FROM t";
        assert_eq!(second(Dialect::Trino, text).unwrap(), None);
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        for text in [
            "SELECT i FROM t UNION ALL SELECT f FROM t",
            "SELECT n FROM t UNION ALL SELECT n * n FROM t",
            "SELECT NULL UNION ALL SELECT b FROM t",
            "SELECT NULL UNION ALL SELECT d FROM t",
            "SELECT d FROM t UNION ALL SELECT CURRENT_TIMESTAMP",
        ] {
            let why = second(Dialect::Teradata, text).unwrap_err();
            assert!(why.contains("under a first SELECT"), "{text}: {why}");
        }
        for text in [
            "SELECT f FROM t UNION ALL SELECT i FROM t",
            "SELECT n FROM t UNION SELECT i FROM t",
            "SELECT CAST(NULL AS DATE) UNION ALL SELECT d FROM t",
            "SELECT CAST(NULL AS VARCHAR(9)) UNION ALL SELECT b FROM t",
        ] {
            assert!(second(Dialect::Teradata, text).is_ok(), "{text}");
        }
    }
}
