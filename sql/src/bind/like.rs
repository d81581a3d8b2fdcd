//! LIKE, and LIKE with one of several patterns.

use super::{
    Binder, Bound,
    fold::plain_text,
    operator::predicate,
    said::{Said, unmarked},
};
use crate::{
    tree::{Call, Expr, ExprKind, Literal},
    types::Type,
};
use sqlparser::ast::{self, FunctionArg, FunctionArgExpr, FunctionArguments};

/// The patterns behind ANY or ALL.
pub(super) struct Quantified<'a> {
    all: bool,
    patterns: Vec<&'a ast::Expr>,
}

impl<'a> Quantified<'a> {
    /// The patterns, if they are quantified: `LIKE ANY ('a', 'b')`. The parser takes `ALL (…)` and
    /// `SOME (…)` for calls.
    pub(super) fn of(any: bool, pattern: &'a ast::Expr) -> Option<Self> {
        match pattern {
            ast::Expr::Tuple(patterns) if any => {
                Some(Self { all: false, patterns: patterns.iter().collect() })
            }
            ast::Expr::Nested(pattern) if any => Some(Self { all: false, patterns: vec![pattern] }),
            ast::Expr::Function(call) if !any => {
                let name = call.name.to_string().to_lowercase();
                if name != "all" && name != "some" {
                    return None;
                }
                let FunctionArguments::List(list) = &call.args else { return None };
                let patterns = list.args.iter().map(|arg| match arg {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                    _ => None,
                });
                Some(Self { all: name == "all", patterns: patterns.collect::<Option<_>>()? })
            }
            _ => None,
        }
    }
}

impl Binder<'_> {
    pub(super) fn like(
        &mut self,
        name: &str,
        negated: bool,
        expr: &ast::Expr,
        pattern: &ast::Expr,
        escape: Option<&ast::ValueWithSpan>,
        span: super::Span,
    ) -> Bound<Expr> {
        let mut args = vec![self.operand_said(expr)?, self.operand_said(pattern)?];
        // Blanks count wherever a pattern is.
        let said = unmarked(&mut args).map(|_| Said { padded: false });
        if !self.speaks_core() && self.spec.traits().brackets {
            let blanks = self.blanks_in(expr, pattern);
            if let Some(escape) = escape {
                args.push(self.value(&escape.value, span)?);
            }
            return self.under(said, |binder| binder.bracket_like(negated, args, blanks, span));
        }
        self.under(said, |binder| binder.like_unmarked(name, negated, args, escape, span))
    }

    fn like_unmarked(
        &mut self,
        name: &str,
        negated: bool,
        mut args: Vec<Expr>,
        escape: Option<&ast::ValueWithSpan>,
        span: super::Span,
    ) -> Bound<Expr> {
        if let Some(pattern) = args.last_mut()
            && self.spec.traits().stray_backslashes
            && !self.speaks_core()
        {
            *pattern = self.with_stray_backslashes(pattern, span)?;
        }
        let mut name = if negated { format!("not {name}") } else { name.to_owned() };
        if let Some(escape) = escape {
            name.push_str(" escape");
            args.push(self.value(&escape.value, span)?);
        }
        self.apply(&name, args, span)
    }

    /// A pattern with the backslashes doubled that escape nothing. In one that is no constant any backslash is
    /// an error.
    fn with_stray_backslashes(&self, pattern: &Expr, span: super::Span) -> Bound<Expr> {
        if let Some(text) = plain_text(pattern) {
            let mut core = String::with_capacity(text.len());
            let mut chars = text.chars().peekable();
            while let Some(c) = chars.next() {
                core.push(c);
                if c == '\\' {
                    match chars.peek() {
                        Some('%' | '_' | '\\') => core.extend(chars.next()),
                        Some(_) => core.push('\\'),
                        None => {
                            return self.unsupported("a pattern that ends in a backslash", span);
                        }
                    }
                }
            }
            return Ok(Expr { kind: ExprKind::Literal(Literal::Text(core)), ..pattern.clone() });
        }
        if !pattern.ty.is_text() {
            return Ok(pattern.clone());
        }
        let place = pattern.span;
        let constant =
            |literal: Literal, ty: Type| Expr { kind: ExprKind::Literal(literal), ty, span: place };
        let backslash = constant(Literal::Text("\\".to_owned()), Type::Text);
        let zero = constant(Literal::Number("0".to_owned()), Type::Int4);
        let at = self.core_call("strpos", vec![pattern.clone(), backslash], place)?;
        let strays = predicate(">", vec![at, zero], place);
        let error = Expr::scalar("raise", vec![pattern.clone()], pattern.ty.clone(), place);
        let kind = ExprKind::Case {
            operand: None,
            branches: vec![(strays, error)],
            otherwise: Some(Box::new(pattern.clone())),
        };
        Ok(Expr { kind, ..pattern.clone() })
    }

    /// `x LIKE ANY ('a%', 'b%')`: each pattern by itself. What NULL among the patterns means is
    /// told differently by the vendors, so they have to be constants.
    pub(super) fn like_list(&mut self, like: &ast::Expr, span: super::Span) -> Bound<Expr> {
        let (name, negated, any, expr, pattern, escape) = match like {
            ast::Expr::Like { negated, any, expr, pattern, escape_char } => {
                ("like", *negated, *any, expr, pattern, escape_char.as_ref())
            }
            ast::Expr::ILike { negated, any, expr, pattern, escape_char } => {
                ("ilike", *negated, *any, expr, pattern, escape_char.as_ref())
            }
            _ => return self.unsupported("this LIKE", span),
        };
        let Some(list) = Quantified::of(any, pattern) else {
            return self.unsupported("this list of patterns", span);
        };
        if negated && !self.spec.traits().not_like_each {
            return self.unsupported("NOT LIKE with ANY or ALL", span);
        }
        let mut whole: Option<Expr> = None;
        for pattern in list.patterns {
            let matched = self.like(name, negated, expr, pattern, escape, span)?;
            let tried = self.expr(pattern)?;
            if plain_text(&tried).is_none() {
                return self.unsupported("ANY and ALL of patterns that are no constants", span);
            }
            if matched.any_call(&Call::is_chance) {
                return self.unsupported("LIKE ANY of a value that differs each time", span);
            }
            whole = Some(match whole {
                None => matched,
                Some(before) => {
                    predicate(if list.all { "and" } else { "or" }, vec![before, matched], span)
                }
            });
        }
        match whole {
            Some(whole) => Ok(whole),
            None => self.unsupported("LIKE without patterns", span),
        }
    }
}

/// `x LIKE 'a!%' ESCAPE '!'` with constants, as the core writes it without ESCAPE: a backslash
/// escapes.
pub(super) fn without_escape(name: &str, args: &[Expr], span: super::Span) -> Option<Expr> {
    let name = match name {
        "like escape" => "like",
        "not like escape" => "not like",
        "ilike escape" => "ilike",
        "not ilike escape" => "not ilike",
        _ => return None,
    };
    let [value, pattern, escape] = args else { return None };
    let (text, escape) = (plain_text(pattern)?, plain_text(escape)?);
    let mut of_escape = escape.chars();
    let escape = of_escape.next();
    if of_escape.next().is_some() {
        return None;
    }
    let mut core = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if Some(c) == escape {
            core.push('\\');
            core.push(chars.next()?);
        } else {
            if c == '\\' {
                core.push('\\');
            }
            core.push(c);
        }
    }
    let core =
        Expr { kind: ExprKind::Literal(Literal::Text(core)), ty: Type::Text, span: pattern.span };
    Some(predicate(name, vec![value.clone(), core], span))
}
