//! Collations that a text says itself: `s COLLATE Latin1_General_BIN`, `BINARY s`.
//!
//! Such a value is marked in the tree. Whoever compares, groups, sorts, searches or matches it takes
//! the mark away and works by code points, on both sides: what is said goes before what a column has.
//! A function gives its text the mark of what it was made of. No target has a form for the mark, so
//! that a place that does not know of it is refused, and never falls back on the usual collation.

use super::{Binder, Bound};
use crate::{
    tree::{Body, Expr, ExprKind, Query, SetOp},
    types::Type,
};
use sqlparser::ast::{self, DataType};
use std::borrow::Cow;

/// The mark of a text that is compared by its code points.
const EXACT: &str = "COLLATE";
/// The same where blanks at the end do not count.
const PADDED: &str = "COLLATE padded";

/// Functions and operators whose text has the collation of the texts that it is made of.
const KEEPING: &[&str] = &[
    "+",
    "||",
    "concat",
    "concat_ws",
    "upper",
    "ucase",
    "lower",
    "lcase",
    "left",
    "right",
    "substring",
    "substr",
    "mid",
    "trim",
    "btrim",
    "ltrim",
    "rtrim",
    "replace",
    "reverse",
    "min",
    "max",
    "nullif",
    "isnull",
    "ifnull",
    "coalesce",
    "greatest",
    "least",
    "group_concat",
    "string_agg",
];

/// Is it the name of a mark?
pub(crate) fn is_mark(name: &str) -> bool {
    [EXACT, PADDED].contains(&name)
}

/// How a text said that it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    /// Blanks at the end do not count.
    pub(super) padded: bool,
}

/// What a collation is beside the usual one of its dialect.
enum Named {
    Usual,
    CodePoints(Said),
}

impl Said {
    /// The mark of an expression.
    fn of(expr: &Expr) -> Option<Self> {
        match expr.call()?.name {
            EXACT => Some(Self { padded: false }),
            PADDED => Some(Self { padded: true }),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        if self.padded { PADDED } else { EXACT }
    }

    /// The text with the mark.
    fn on(self, expr: Expr) -> Expr {
        let (ty, span) = (expr.ty.clone(), expr.span);
        Expr::scalar(self.name(), vec![expr], ty, span)
    }
}

/// Has it a mark?
pub(super) fn is_marked(expr: &Expr) -> bool {
    Said::of(expr).is_some()
}

/// Takes the marks off, and says what they were.
pub(super) fn unmarked<'e>(exprs: impl IntoIterator<Item = &'e mut Expr>) -> Option<Said> {
    let mut found: Option<Said> = None;
    for expr in exprs {
        if let Some(said) = Said::of(expr) {
            if let ExprKind::Call(call) = &mut expr.kind
                && let Some(inner) = call.args.pop()
            {
                *expr = inner;
            }
            // Where both are said the vendor compares by neither, or by the one that pads.
            let padded = said.padded || found.is_some_and(|found| found.padded);
            found = Some(Said { padded });
        }
    }
    found
}

impl Binder<'_> {
    /// `expr COLLATE name`
    pub(super) fn said_collation(
        &mut self,
        expr: &ast::Expr,
        name: &ast::ObjectName,
        span: super::Span,
    ) -> Bound<Expr> {
        let mut arg = self.expr(expr)?;
        if arg.ty == Type::Unknown {
            arg = self.coerce(arg, &Type::Text)?;
        }
        let named = if arg.ty.is_character() { self.named_collation(name) } else { None };
        match named {
            None => self.unsupported("this COLLATE", span),
            Some(Named::Usual) => {
                unmarked([&mut arg]);
                Ok(arg)
            }
            Some(Named::CodePoints(said)) => {
                unmarked([&mut arg]);
                Ok(said.on(Expr { span, ..arg }))
            }
        }
    }

    fn named_collation(&self, name: &ast::ObjectName) -> Option<Named> {
        let traits = self.spec.traits();
        let text = traits.text;
        let name = name.0.last()?.as_ident()?.value.to_ascii_lowercase();
        let folds = text.folds && !self.settings.is("collation", "binary");
        if traits.usual_collations.contains(&name.as_str()) {
            return Some(Named::Usual);
        }
        if !text.folds {
            return None;
        }
        if name.ends_with("_bin") || name.ends_with("_bin2") {
            // Those of MySQL pad, but for the newest.
            let padded =
                !text.pads && !name.ends_with("_0900_bin") && !name.ends_with("_nopad_bin");
            let said = Said { padded };
            return match (folds, padded) {
                (true, _) => Some(Named::CodePoints(said)),
                (false, false) => Some(Named::Usual),
                (false, true) => None,
            };
        }
        let usual = crate::dialects::collations::is_one_of(&name, traits.folding_collations);
        (folds && text.pads && usual).then_some(Named::Usual)
    }

    /// An operand of a comparison; one behind `BINARY` says that it is compared by its code points.
    pub(super) fn operand_said(&mut self, expr: &ast::Expr) -> Bound<Expr> {
        let folds = self.keys().is_some_and(super::collation::Keys::folds);
        if !folds || !self.spec.traits().binary_texts {
            return self.expr(expr);
        }
        let mut inner = expr;
        while let ast::Expr::Nested(nested) = inner {
            inner = nested;
        }
        let ast::Expr::Cast { expr: text, data_type: DataType::Binary(None), .. } = inner else {
            return self.expr(expr);
        };
        let mut text = self.expr(text)?;
        if text.ty == Type::Unknown {
            text = self.coerce(text, &Type::Text)?;
        }
        if !text.ty.is_character() {
            return self.expr(expr);
        }
        unmarked([&mut text]);
        Ok(Said { padded: false }.on(text))
    }

    /// Does `work` under the collation that was said, if any was.
    pub(super) fn under<T>(
        &mut self,
        said: Option<Said>,
        work: impl FnOnce(&mut Self) -> Bound<T>,
    ) -> Bound<T> {
        let Some(said) = said else { return work(self) };
        let exact = Cow::Owned(self.settings.by_code_points());
        let settings = std::mem::replace(&mut self.settings, exact);
        let before = self.said.replace(said);
        let done = work(self);
        self.said = before;
        self.settings = settings;
        done
    }

    /// What a function made of texts of which one had said its collation.
    pub(super) fn made_of(
        &self,
        name: &str,
        said: Option<Said>,
        made: Expr,
        span: super::Span,
    ) -> Bound<Expr> {
        let Some(said) = said else { return Ok(made) };
        if made.ty.element().is_some() || made.ty == Type::Record {
            return self.unsupported(&format!("COLLATE inside `{name}`"), span);
        }
        if !made.ty.is_character() {
            return Ok(made);
        }
        if !KEEPING.contains(&name) {
            return self.unsupported(&format!("COLLATE inside `{name}`"), span);
        }
        Ok(said.on(made))
    }

    /// Texts that are shown have no collation any more.
    pub(super) fn shown(query: &mut Query) {
        match &mut query.body {
            Body::Select(select) => {
                unmarked(select.items.iter_mut().map(|item| &mut item.expr));
            }
            Body::SetOperation { op: SetOp::Union, all: true, left, right } => {
                Self::shown(left);
                Self::shown(right);
            }
            Body::SetOperation { .. } | Body::Values(_) => {}
        }
    }

    /// Some text of a group, with the mark that its key has.
    pub(super) fn one_of_group(&self, expr: &Expr, span: super::Span) -> Bound<Expr> {
        let mut inner = expr.clone();
        let said = unmarked([&mut inner]);
        let one = self.resolve("one_text", vec![inner], span)?;
        Ok(match said {
            Some(said) => said.on(one),
            None => one,
        })
    }
}
