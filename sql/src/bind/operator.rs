//! Operators and comparisons.

use super::{Binder, Bound, KeyUse, said::unmarked};
use crate::{
    dialects::NumberLiteral,
    tokens::standard::SYMMETRIC,
    tree::{Expr, ExprKind, Literal},
    types::Type,
};
use sqlparser::ast::{self, BinaryOperator as B, UnaryOperator as U};

impl Binder<'_> {
    pub(super) fn unary(&mut self, op: U, expr: &ast::Expr, span: super::Span) -> Bound<Expr> {
        if matches!(op, U::Not | U::BangNot)
            && let Some(found) = self.not_in_query(expr, span)?
        {
            return Ok(found);
        }
        let name = match op {
            U::Minus => "unary -",
            U::Plus => "unary +",
            U::Not => "not",
            U::BangNot if !self.speaks_core() => "not",
            U::BitwiseNot => "~",
            U::PGAbs => "abs",
            U::PGSquareRoot => "sqrt",
            U::PGCubeRoot => "cbrt",
            _ => return self.unsupported(&format!("operator `{op}`"), span),
        };
        if op == U::Minus && self.types_lack_null() && is_least_constant(expr) {
            return self.unsupported("the negative of the least value of a type", span);
        }
        // PostgreSQL: `-a ^ b` is `(-a) ^ b`; the parser reads `-(a ^ b)`.
        if matches!(expr, ast::Expr::BinaryOp { op: B::PGExp, .. }) {
            return self.unsupported("a sign before `^` without parentheses", span);
        }
        if op == U::BitwiseNot
            && self.tight_prefixes()
            && matches!(expr, ast::Expr::BinaryOp { .. })
        {
            return self.unsupported("`~` before an operator without parentheses", span);
        }
        // The smallest integer is one constant: its digits alone would be a bigint.
        if let (U::Minus, ast::Expr::Value(value)) = (op, expr)
            && self.speaks_core()
            && matches!(&value.value, ast::Value::Number(digits, _) if digits == "2147483648")
        {
            let digits = self.number("2147483648", span);
            let negative = self.resolve("unary -", vec![digits], span)?;
            return self.cast_to(negative, Type::Int4, span);
        }
        if let (U::Minus, ast::Expr::Value(value)) = (op, expr)
            && !self.speaks_core()
            && self.spec.traits().point == NumberLiteral::Adapting
            && matches!(&value.value, ast::Value::Number(digits, _) if digits == "9223372036854775808")
        {
            let digits = self.number("9223372036854775808", span);
            let negative = self.resolve("unary -", vec![digits], span)?;
            return self.cast_to(negative, Type::Int8, span);
        }
        // `-3` is a constant of the type that 3 has.
        if let (U::Minus, ast::Expr::Value(value)) = (op, expr)
            && self.spec.traits().signed_constants
            && !self.speaks_core()
            && matches!(value.value, ast::Value::Number(..))
        {
            let number = self.value(&value.value, span)?;
            return self.resolve("unary -", vec![number], span);
        }
        let arg = self.expr(expr)?;
        // The root of `|/` is that of floats, whatever it is taken of.
        let root = op == U::PGSquareRoot && arg.ty != Type::Unknown;
        let arg = if root { self.coerce(arg, &Type::Float8)? } else { arg };
        // PostgreSQL: an unknown operand of `-` becomes double precision by preference.
        self.apply(name, vec![arg], span)
    }

    pub(super) fn binary(
        &mut self,
        left: &ast::Expr,
        op: &B,
        right: &ast::Expr,
        span: super::Span,
    ) -> Bound<Expr> {
        let comparison = match op {
            B::Eq => Some("="),
            B::NotEq => Some("<>"),
            B::Lt => Some("<"),
            B::LtEq => Some("<="),
            B::Gt => Some(">"),
            B::GtEq => Some(">="),
            _ => None,
        };
        if let Some(name) = comparison {
            return self.comparison(name, left, right, span);
        }
        if *op == B::Overlaps {
            return self.overlaps(left, right, span);
        }
        let name = match op {
            B::And => "and",
            B::Or => "or",
            B::Plus => "+",
            B::Minus => "-",
            B::Multiply => "*",
            B::Divide => "/",
            B::Modulo => "%",
            B::PGExp => "^",
            B::StringConcat => return self.concat(left, right, span),
            B::BitwiseAnd => "&",
            B::BitwiseOr => "|",
            B::PGBitwiseXor => "#",
            B::PGBitwiseShiftLeft => "<<",
            B::PGBitwiseShiftRight => ">>",
            B::PGRegexMatch => "~",
            B::PGRegexIMatch => "~*",
            B::PGRegexNotMatch => "!~",
            B::PGRegexNotIMatch => "!~*",
            B::PGLikeMatch => "like",
            B::PGILikeMatch => "ilike",
            B::PGNotLikeMatch => "not like",
            B::PGNotILikeMatch => "not ilike",
            B::PGStartsWith => "^@",
            B::Arrow => "->",
            B::LongArrow => "->>",
            B::HashArrow => "#>",
            B::HashLongArrow => "#>>",
            B::AtArrow => "@>",
            B::ArrowAt => "<@",
            B::Question => "?",
            B::PGOverlap => "&&",
            B::Spaceship => return self.comparison("is not distinct from", left, right, span),
            B::MyIntegerDivide => "div",
            B::DuckIntegerDivide => "//",
            B::BitwiseXor if !self.speaks_core() => "^",
            B::Xor => "xor",
            B::Regexp => "rlike",
            other => return self.unsupported(&format!("operator `{other}`"), span),
        };
        self.read_in_order(left, op, right, span)?;
        let args = vec![self.expr(left)?, self.expr(right)?];
        self.no_small_money(name, [left, right], &args, span)?;
        self.has_known_result(name, &args, span)?;
        let open = self.open_digits(name, &args);
        let args = self.as_long_as_numbers(name, args, span)?;
        if !open {
            let value = self.apply(name, args, span)?;
            return self.small_money(name, [left, right], value);
        }
        // `CAST(3 AS int)` is of ten digits.
        let written = |side: &ast::Expr| matches!(side, ast::Expr::Value(_));
        let args = args
            .into_iter()
            .zip([left, right])
            .map(|(arg, side)| if written(side) { own_digits(arg) } else { arg });
        let args = args.collect();
        let value = self.apply(name, args, span)?;
        self.resolve("left_open", vec![value], span)
    }

    /// A real that is calculated with beside an exact number, where it becomes a float of all digits.
    fn as_long_as_numbers(
        &self,
        name: &str,
        args: Vec<Expr>,
        span: super::Span,
    ) -> Bound<Vec<Expr>> {
        let meet = |ty: &Type| args.iter().any(|arg| arg.ty == *ty);
        let exact = args.iter().any(|arg| arg.ty.is_exact_number());
        if !matches!(name, "+" | "-" | "*")
            || !self.widens_reals()
            || !exact
            || !meet(&Type::Float4)
        {
            return Ok(args);
        }
        let common = self.common_type(args.iter().map(|arg| &arg.ty), span)?;
        args.into_iter().map(|arg| self.coerce(arg, &common)).collect()
    }

    /// Refuses what the parser groups in another way than the dialect does.
    fn read_in_order(
        &self,
        left: &ast::Expr,
        op: &B,
        right: &ast::Expr,
        span: super::Span,
    ) -> Bound<()> {
        let sum = |op: &B| {
            matches!(op, B::Plus | B::Minus | B::BitwiseAnd | B::BitwiseOr | B::BitwiseXor)
        };
        let flat = !self.speaks_core() && self.spec.traits().flat_sums;
        if flat && sum(op) && matches!(right, ast::Expr::BinaryOp { op, .. } if sum(op)) {
            let what = format!("`{op}` beside another operator without parentheses");
            return self.unsupported(&what, span);
        }
        // PostgreSQL: `@ a + b` is the absolute value of the sum.
        let arithmetic = matches!(op, B::Plus | B::Minus | B::Multiply | B::Divide | B::Modulo);
        if arithmetic && !self.tight_prefixes() && ends_with_prefix(left) {
            let what = format!("`{op}` behind a prefix operator without parentheses");
            return self.unsupported(&what, span);
        }
        Ok(())
    }

    /// Does `~` bind more tightly than `*`?
    fn tight_prefixes(&self) -> bool {
        !self.speaks_core() && self.spec.traits().tight_prefixes
    }

    /// `||`: text with anything that has one text form everywhere, arrays, bytes, JSON.
    fn concat(&mut self, left: &ast::Expr, right: &ast::Expr, span: super::Span) -> Bound<Expr> {
        let mut args = vec![self.expr(left)?, self.expr(right)?];
        if !self.speaks_core() {
            // A constant beside a number is a text, and no other number.
            if self.spec.traits().empty_text_is_null && args.iter().any(|arg| arg.ty.is_number()) {
                for arg in &mut args {
                    if arg.ty == Type::Unknown && arg.text().is_some() {
                        arg.ty = Type::Text;
                    }
                }
            }
            return self.apply("||", args, span);
        }
        let text = args.iter().any(|e| e.ty.is_character() || e.ty == Type::Unknown);
        let arrays = args.iter().any(|e| e.ty.element().is_some());
        if text && !arrays {
            for arg in &mut args {
                if !arg.ty.is_character() && arg.ty != Type::Unknown {
                    // PostgreSQL converts the other side by its output function, as a cast does.
                    let old = arg.clone();
                    *arg = self.cast_to(old, Type::Text, arg.span)?;
                }
            }
        }
        self.resolve("||", args, span)
    }

    pub(super) fn comparison(
        &mut self,
        name: &'static str,
        left: &ast::Expr,
        right: &ast::Expr,
        span: super::Span,
    ) -> Bound<Expr> {
        let left = self.operand_said(left)?;
        let left = self.as_value(left)?;
        let right = self.operand_said(right)?;
        let right = self.as_value(right)?;
        let array = |expr: &Expr| matches!(expr.ty, Type::Array(_));
        if self.spec.traits().arrays_with_null_open
            && !self.speaks_core()
            && !name.contains("distinct")
            && (array(&left) || array(&right))
        {
            return self.unsupported("arrays compared, which may hold NULL", span);
        }
        self.compare(name, left, right, span)
    }

    pub(super) fn compare(
        &mut self,
        name: &'static str,
        mut left: Expr,
        mut right: Expr,
        span: super::Span,
    ) -> Bound<Expr> {
        let said = unmarked([&mut left, &mut right]);
        self.under(said, |binder| binder.compare_unmarked(name, left, right, span))
    }

    fn compare_unmarked(
        &mut self,
        name: &'static str,
        left: Expr,
        right: Expr,
        span: super::Span,
    ) -> Bound<Expr> {
        if let (ExprKind::Row(one), ExprKind::Row(two)) = (&left.kind, &right.kind) {
            return self.compare_rows(name, one, two, span);
        }
        let (left, right) = self.adapted_pair(left, right)?;
        let (left, right) = match self.of_one_kind(name, left, right, span)? {
            Ok(told) => return Ok(told),
            Err(pair) => pair,
        };
        let (left, right) = self.variant_pair(left, right)?;
        let (left, right) = self.text_beside_number(left, right)?;
        let (left, right) = self.compared_loosely(name, left, right)?;
        let [left, right] = self.dates_beside_numbers([left, right], span)?;
        let (left, right) = self.joined_padded(left, right)?;
        let (left, right) = self.blanks_beside_text(left, right)?;
        let mut pair = [left, right];
        self.no_text_by_format(&pair)?;
        self.beside_dates(&mut pair);
        let [mut left, mut right] = self.as_numbers(pair);
        if !self.speaks_core() && self.spec.traits().constants_are_padded {
            // Two constants are of one length: blanks fill the shorter one.
            if let (ExprKind::Literal(Literal::Text(one)), ExprKind::Literal(Literal::Text(two))) =
                (&mut left.kind, &mut right.kind)
            {
                one.truncate(one.trim_end_matches(' ').len());
                two.truncate(two.trim_end_matches(' ').len());
            }
        }
        if let Some(told) = self.compared_quotients(name, &left, &right, span)? {
            return Ok(told);
        }
        self.compare_as_typed(name, left, right, span)
    }

    /// Two values that are compared as their types say.
    pub(super) fn compare_as_typed(
        &mut self,
        name: &'static str,
        left: Expr,
        right: Expr,
        span: super::Span,
    ) -> Bound<Expr> {
        let ty = self.comparison_type([&left.ty, &right.ty], span)?;
        if name.starts_with("is ") {
            self.keyed(&ty, KeyUse::ToldApart, left.span)?;
        }
        let args = vec![self.comparison_operand(left, &ty)?, self.comparison_operand(right, &ty)?];
        let args = self.compared(name, args, span)?;
        Ok(self.with_nan(name, args, span))
    }

    pub(super) fn between(
        &mut self,
        expr: &ast::Expr,
        negated: bool,
        low: &ast::Expr,
        high: &ast::Expr,
        span: super::Span,
    ) -> Bound<Expr> {
        if let Some(low) = symmetric(low) {
            // In either order of the bounds.
            let one = self.between(expr, false, low, high, span)?;
            let other = self.between(expr, false, high, low, span)?;
            let either = predicate("or", vec![one, other], span);
            return Ok(if negated { predicate("not", vec![either], span) } else { either });
        }
        let mut operands =
            [self.operand_said(expr)?, self.operand_said(low)?, self.operand_said(high)?];
        let said = unmarked(&mut operands);
        self.under(said, |binder| binder.between_unmarked(operands, negated, span))
    }

    fn between_unmarked(
        &mut self,
        [expr, low, high]: [Expr; 3],
        negated: bool,
        span: super::Span,
    ) -> Bound<Expr> {
        let [expr, low, high] = self.dates_beside_numbers([expr, low, high], span)?;
        let bounds = [low, high];
        let expr = self.text_before_numbers(expr, &bounds)?;
        let [low, high] = bounds;
        let quotients = [&expr, &low, &high].iter().any(|e| self.is_quotient(e));
        let unordered =
            self.nan_is_unordered() && [&expr, &low, &high].iter().any(|e| e.ty.is_float());
        let days = self.days_count(&[&expr.ty, &low.ty, &high.ty]);
        let by_kind = self.is_compared_by_kind(&expr, [&low, &high]);
        if unordered || days || by_kind || (quotients && !self.speaks_core()) {
            // NaN is neither below nor above; quotients are compared in a way of their own, and each bound
            // says alone whether a timestamp is a date.
            let above = self.compare(">=", expr.clone(), low, span)?;
            let below = self.compare("<=", expr, high, span)?;
            let both = predicate("and", vec![above, below], span);
            return Ok(if negated { predicate("not", vec![both], span) } else { both });
        }
        let mut args = vec![expr, low, high];
        self.no_text_by_format(&args)?;
        self.beside_dates(&mut args);
        let ty = self.comparison_type(args.iter().map(|arg| &arg.ty), span)?;
        let args: Vec<Expr> =
            args.into_iter().map(|arg| self.comparison_operand(arg, &ty)).collect::<Bound<_>>()?;
        let args = self.compared("between", args, span)?;
        Ok(predicate(if negated { "not between" } else { "between" }, args, span))
    }
}

impl Binder<'_> {
    /// A truth value beside a number is the number 0 or 1, where the dialect has no truth values of
    /// its own.
    fn as_numbers(&self, pair: [Expr; 2]) -> [Expr; 2] {
        if self.speaks_core() || !self.bits_meet_numbers(&pair) {
            return pair;
        }
        pair.map(bit_as_number)
    }

    /// The same of several values of which one is taken, or with which one is compared.
    pub(super) fn bits_as_numbers(&self, values: Vec<Expr>) -> Vec<Expr> {
        if !self.bits_meet_numbers(&values) {
            return values;
        }
        values.into_iter().map(bit_as_number).collect()
    }

    fn bits_meet_numbers(&self, values: &[Expr]) -> bool {
        self.spec.traits().bits
            && values.iter().any(|e| e.ty == Type::Bool)
            && values.iter().any(|e| e.ty.is_number())
    }
}

/// A truth value as the number that it is.
fn bit_as_number(expr: Expr) -> Expr {
    if expr.ty != Type::Bool {
        return expr;
    }
    let span = expr.span;
    Expr { kind: ExprKind::Cast { expr: Box::new(expr) }, ty: Type::Int4, span }
}

/// A call that gives a boolean.
pub(super) fn predicate(name: &'static str, args: Vec<Expr>, span: super::Span) -> Expr {
    Expr::scalar(name, args, Type::Bool, span)
}

/// An integer constant as a decimal of the digits that it shows, which it has unless the server makes a
/// parameter of it.
fn own_digits(expr: Expr) -> Expr {
    let Some(Literal::Number(digits)) = expr.literal() else { return expr };
    match u32::try_from(digits.len()) {
        Ok(precision) if expr.ty.is_integer() => Expr { ty: Type::decimal(precision, 0), ..expr },
        _ => expr,
    }
}

/// The lower bound of `BETWEEN SYMMETRIC`.
fn symmetric(low: &ast::Expr) -> Option<&ast::Expr> {
    let ast::Expr::Function(function) = low else { return None };
    let [ast::ObjectNamePart::Identifier(name)] = function.name.0.as_slice() else { return None };
    let ast::FunctionArguments::List(list) = &function.args else { return None };
    match list.args.as_slice() {
        [ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(low))]
            if name.value == SYMMETRIC && name.quote_style.is_none() =>
        {
            Some(low)
        }
        _ => None,
    }
}

/// Is it `-128`, or the least of another type that a constant has by its value?
fn is_least_constant(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Nested(inner) => is_least_constant(inner),
        ast::Expr::UnaryOp { op: U::Minus, expr } => {
            ["128", "32768", "2147483648"].contains(&expr.to_string().as_str())
        }
        _ => false,
    }
}

/// Does the expression end with what a prefix operator stands before?
fn ends_with_prefix(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::UnaryOp {
            op: U::BitwiseNot | U::PGAbs | U::PGSquareRoot | U::PGCubeRoot,
            ..
        } => true,
        ast::Expr::UnaryOp { expr, .. } => ends_with_prefix(expr),
        ast::Expr::BinaryOp { right, .. } => ends_with_prefix(right),
        _ => false,
    }
}

impl Binder<'_> {
    /// Refuses an operator of the dialect whose result is not the core's: months that stop at the end of
    /// none, and numbers of seven digits that are calculated with.
    fn has_known_result(&self, name: &str, args: &[Expr], span: super::Span) -> Bound<()> {
        if self.speaks_core() {
            return Ok(());
        }
        let months = |e: &Expr| matches!(e.literal(), Some(Literal::Interval { months, .. }) if *months != 0);
        if self.spec.traits().strict_months
            && matches!(name, "+" | "-")
            && args.iter().any(months)
            && self.months_definition(name, args).is_none()
        {
            return self.unsupported("months that do not move to the last day", span);
        }
        let real = |ty: Type| args.iter().any(|arg| arg.ty == ty);
        if self.spec.traits().keeps_reals
            && ["+", "-", "*", "/", "%"].contains(&name)
            && real(Type::Float4)
            && !real(Type::Float8)
        {
            return self.unsupported("the few digits of a computed real", span);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    fn refusal(dialect: model::Dialect, text: &str) -> Option<String> {
        let settings = crate::SourceSettings::of(dialect);
        let catalog = crate::Catalog::under(&settings, &[]);
        let parsed = crate::parse(text, dialect).unwrap();
        parsed.bind_under(&catalog, &[], &settings).err().map(|refused| refused.message)
    }

    #[test]
    fn what_the_parser_groups_otherwise_is_refused() {
        use model::Dialect::{BigQuery, Oracle, Postgres, Spark, TSql};
        for (dialect, text) in [
            (Postgres, "SELECT ~ 1 + 1"),
            (Postgres, "SELECT @ -5 + 2"),
            (Postgres, "SELECT 2 * @ -5 - 2"),
            (Postgres, "SELECT |/ 16.0 + 9"),
            (TSql, "SELECT 2 | 1 + 1"),
            (TSql, "SELECT 1 | 2 & 4"),
            (TSql, "SELECT ~ 2 * 3"),
            (Spark, "SELECT ~ 2 * 3"),
            (BigQuery, "SELECT ~ 2 * 3"),
        ] {
            let why = refusal(dialect, text).unwrap_or_default();
            assert!(why.contains("without parentheses"), "{dialect}: {text}: {why}");
        }
        let why = refusal(
            Oracle,
            "SELECT 1 FROM dual UNION SELECT 2 FROM dual INTERSECT SELECT 3 FROM dual",
        );
        assert!(why.unwrap_or_default().contains("INTERSECT behind"));
        for (dialect, text) in [
            (Postgres, "SELECT (~ 1) + 1, ~ (1 + 1), ~ 2 * 3, @ -5 < 3, 1 + 2 - 3"),
            (TSql, "SELECT (2 | 1) + 1, 2 | (1 + 1), 6 - 4 & 1, 1 ^ 3 * 2, ~ 1 + 1"),
            (Spark, "SELECT ~ 1 + 1, 2 | 1 + 1"),
            (Oracle, "SELECT 1 FROM dual INTERSECT SELECT 2 FROM dual UNION SELECT 3 FROM dual"),
            (Oracle, "SELECT 1 FROM dual UNION (SELECT 2 FROM dual INTERSECT SELECT 3 FROM dual)"),
            (Postgres, "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3"),
        ] {
            assert_eq!(refusal(dialect, text), None, "{dialect}: {text}");
        }
    }
}
