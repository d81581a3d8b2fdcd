//! Quotients of a dialect that goes on with more digits than it shows (a line `guard digits(numeric)`):
//! `2 / 3 * 3` is 2.0000 in MySQL, not 2.0001.
//!
//! MySQL keeps digits behind the point in groups of nine. A quotient has so many groups as hold those of
//! both operands, each filled up to whole groups, and four digits more where they are not there already;
//! what comes behind is cut. It is shown with four digits more than the dividend has. Source: MySQL 8.0,
//! `strings/decimal.cc` (`do_div_mod`), and the manual, 5.1.8 (`div_precision_increment`).
//!
//! So a quotient that is calculated with is cut at these digits here, and what comes of it is rounded to
//! the digits that are shown: a call of `round` whose first argument is marked by a conversion to its own
//! type. Where more is calculated with that, the mark gives back what is behind it.

use super::{Binder, Bound, marks::Mark};
use crate::{
    dialects::Definition,
    tree::{
        Body, Call, Distinct, Expr, ExprKind, FunctionKind, Item, Literal, Query, SortKey,
        SortTarget,
    },
    types::Type,
};

/// What looks at the digits that are shown.
const SHOWN: [&str; 16] = [
    "coalesce",
    "ifnull",
    "if",
    "is null",
    "is not null",
    "truth value",
    "count",
    "isnull",
    "row_number",
    "any_value",
    "abs",
    "unary -",
    "min",
    "max",
    "concat",
    "concat_ws",
];

/// What calculates with all digits, and shows those of its operands.
const CALCULATES: [&str; 6] = ["+", "-", "*", "%", "mod", "sum"];

/// What is a quotient again.
const DIVIDES: [&str; 2] = ["/", "avg"];

/// What takes all digits, and whose value is no longer a quotient.
const TAKES: [&str; 16] = [
    "round", "floor", "ceil", "ceiling", "truncate", "div", "format", "sign", "sqrt", "pow",
    "power", "exp", "ln", "log", "log2", "log10",
];

impl Binder<'_> {
    /// Does the dialect go on with more digits than it shows, and is it speaking?
    pub(super) fn guards_digits(&self) -> bool {
        !self.speaks_core() && self.spec.knows("guard digits")
    }

    /// The arguments with all digits that the dialect calculates with, and how many the value shows,
    /// where that is fewer than it has.
    pub(super) fn with_all_digits(
        &mut self,
        name: &str,
        args: Vec<Expr>,
    ) -> Bound<(Vec<Expr>, Option<u32>)> {
        if !self.guards_digits()
            || SHOWN.contains(&name)
            || !args.iter().any(|arg| self.is_quotient(arg))
        {
            return Ok((args, None));
        }
        args.iter().try_for_each(|arg| self.is_of_rows(arg))?;
        if name == "round" && self.rounded_at_once(&args).is_some() {
            return Ok((args, None));
        }
        let scale = |arg: &Expr| arg.ty.decimal_shape().map_or(0, |shape| shape.scale);
        let shown = match (name, args.as_slice()) {
            ("*", [one, two]) => Some(scale(one) + scale(two)),
            (name, [one, ..]) if DIVIDES.contains(&name) => Some(scale(one) + 4),
            (name, _) if CALCULATES.contains(&name) => args.iter().map(scale).max(),
            (name, _) if TAKES.contains(&name) => None,
            _ => {
                let place = args.iter().find(|arg| self.is_quotient(arg)).map(|arg| arg.span);
                let place = place.unwrap_or(self.place);
                return self.unsupported("a quotient that is calculated with", place);
            }
        };
        let args: Bound<Vec<Expr>> = args.into_iter().map(|arg| self.all_digits(arg)).collect();
        Ok((args?, shown))
    }

    /// A value of all digits as one that shows so many.
    pub(super) fn showing(&self, expr: Expr, shown: Option<u32>) -> Bound<Expr> {
        let (Some(shown), Type::Numeric(Some(shape))) = (shown, &expr.ty) else { return Ok(expr) };
        if shape.scale <= shown {
            return Ok(expr);
        }
        if self.is_quotient(&expr) {
            let span = expr.span;
            return match with_digits(&expr, shown, false) {
                Some(quotient) => Ok(quotient),
                None => self.unsupported("a quotient that is calculated with", span),
            };
        }
        let whole = shape.precision.saturating_sub(shape.scale);
        let (ty, span) = (Type::decimal((whole + 1 + shown).min(38), shown), expr.span);
        let marked =
            Expr { ty: expr.ty.clone(), span, kind: ExprKind::Coerce { expr: Box::new(expr) } };
        let digits = self.number(&shown.to_string(), span);
        let rounded = self.core_call("round", vec![marked, digits], span)?;
        Ok(Expr { ty, ..rounded })
    }

    /// `a / b > c`: what it is with the digits that are shown, and an error where that differs from what
    /// it is with all of them. Which of the two counts depends on how the server stores it.
    pub(super) fn compared_quotients(
        &mut self,
        name: &'static str,
        left: &Expr,
        right: &Expr,
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        if !self.guards_digits() || ![left, right].iter().any(|side| self.is_quotient(side)) {
            return Ok(None);
        }
        let told = if self.is_quotient(left) { left.clone() } else { right.clone() };
        let all = [self.all_digits(left.clone())?, self.all_digits(right.clone())?];
        let [all_left, all_right] = all;
        let shown = self.compare_as_typed(name, left.clone(), right.clone(), span)?;
        let exact = self.compare_as_typed(name, all_left, all_right, span)?;
        let core = "CASE WHEN $1 IS NULL OR $1 = $2 THEN $1 \
                    ELSE ('it depends on digits that are not shown: ' || $3::int8::text)::int4 = 0 END";
        self.core_text(core, vec![shown, exact, told], span).map(Some)
    }

    /// Refuses a quotient here.
    pub(super) fn no_quotients<'e>(
        &self,
        mut exprs: impl Iterator<Item = &'e Expr>,
        span: super::Span,
    ) -> Bound<()> {
        let guards = self.guards_digits();
        match exprs.find(|expr| guards && self.is_quotient(expr)) {
            Some(_) => self.unsupported("a quotient in a list", span),
            None => Ok(()),
        }
    }

    /// The quotients among the columns of a query that the server may take into the one around it, where
    /// they have all their digits: it stores neither groups nor distinct, limited or united rows.
    pub(super) fn quotients_of(&self, query: &Query) -> Vec<usize> {
        let Body::Select(select) = &query.body else { return Vec::new() };
        let gathered = |expr: &Expr| {
            expr.any_call(&|call| call.kind == FunctionKind::Aggregate || call.over.is_some())
        };
        if !self.guards_digits()
            || select.distinct != Distinct::No
            || !select.group_by.is_empty()
            || select.having.is_some()
            || query.limit.is_some()
            || query.offset.is_some()
            || select.items.iter().any(|item| gathered(&item.expr))
        {
            return Vec::new();
        }
        let items = select.items.iter().enumerate();
        items.filter(|(_, item)| self.is_quotient(&item.expr)).map(|(at, _)| at).collect()
    }

    /// Has the text of a decimal, where it is stored, the digits that it was computed with (`0.500000000`,
    /// `0`), though an expression shows those of its type? `MariaDB` 10.11 was seen to store such texts.
    pub(super) fn has_digits_of_its_own(&self, expr: &Expr) -> bool {
        let column = matches!(expr.kind, ExprKind::Column { .. });
        let computed = || self.is_quotient(expr) || self.marked.is_marked(expr, Mark::Computed);
        let rounded = || expr.call().is_some_and(|call| call.name == "round");
        self.guards_digits()
            && matches!(expr.ty, Type::Numeric(_))
            && if column { computed() } else { !expr.is_signed_literal() && !rounded() }
    }

    /// Those among the columns of a query, which the server may take into the one around it.
    pub(super) fn computed_of(&self, query: &Query) -> Vec<usize> {
        let Body::Select(select) = &query.body else { return Vec::new() };
        let items = select.items.iter().enumerate();
        items.filter(|(_, item)| self.has_digits_of_its_own(&item.expr)).map(|(at, _)| at).collect()
    }

    /// `ROUND(a / b, 2)`: the quotient rounded once.
    pub(super) fn rounds_quotient(&self, definition: &Definition, args: &[Expr]) -> Option<Expr> {
        (definition.name == "round" && self.guards_digits())
            .then(|| self.rounded_at_once(args))
            .flatten()
    }

    fn rounded_at_once(&self, args: &[Expr]) -> Option<Expr> {
        let (value, digits) = match args {
            [value] => (value, 0),
            [value, digits] => (value, digits.integer()?),
            _ => return None,
        };
        if self.is_merged(value) {
            return None;
        }
        // There are nine digits at least; more are not asked for here.
        let digits = u32::try_from(digits).ok().filter(|digits| *digits <= 6)?;
        with_digits(value, digits, true)
    }

    /// `CAST(a / b AS DECIMAL(10, 2))`: the quotient rounded once. As a text it shows its own digits; as
    /// a float it has all of them.
    pub(super) fn cast_quotient(&mut self, expr: Expr, to: &Type) -> Bound<Expr> {
        if !self.guards_digits() || to.is_character() || !self.is_quotient(&expr) {
            return Ok(expr);
        }
        self.is_of_rows(&expr)?;
        let digits = match to {
            Type::Numeric(Some(shape)) => Some(shape.scale),
            ty if ty.is_integer() => Some(0),
            _ => None,
        };
        let at_once = digits.filter(|digits| *digits <= 6 && !self.is_merged(&expr));
        match at_once.and_then(|digits| with_digits(&expr, digits, true)) {
            Some(rounded) => Ok(rounded),
            None => self.all_digits(expr),
        }
    }

    /// Refuses what is gathered of quotients: where the server stores groups it has the digits that are
    /// shown, and all of them where it does not.
    fn is_of_rows(&self, expr: &Expr) -> Bound<()> {
        let gathers = |call: &Call| {
            let aggregate = matches!(call.kind, FunctionKind::Aggregate | FunctionKind::OrderedSet);
            (aggregate || call.over.is_some()) && call.args.iter().any(|arg| arg.any_call(&divides))
        };
        let mut gives = |query: &Query| match &query.body {
            Body::Select(select) => select.items.iter().any(|item| item.expr.any_call(&gathers)),
            Body::SetOperation { .. } | Body::Values(_) => false,
        };
        if expr.any_call(&gathers) || expr.any_query(&mut gives) {
            return self.unsupported("a total of quotients that is calculated with", expr.span);
        }
        Ok(())
    }

    /// Leaves the last digit of totals of quotients open in a query with groups, and of totals of distinct
    /// ones: where the server stores groups in a table of its own, it adds up what is shown of each, and
    /// which queries are done so is for its optimizer to say. Source: MySQL 8.0 manual, 10.3.15 (GROUP BY
    /// optimization), 10.4.4 (internal temporary tables).
    pub(super) fn totals_of_quotients(
        &self,
        grouped: bool,
        items: &mut [Item],
        having: &mut Option<Expr>,
    ) -> Bound<()> {
        self.totals_left_open(grouped, items.iter_mut().map(|item| &mut item.expr).chain(having))
    }

    fn totals_left_open<'e>(
        &self,
        grouped: bool,
        totals: impl Iterator<Item = &'e mut Expr>,
    ) -> Bound<()> {
        if !self.guards_digits() {
            return Ok(());
        }
        let open = |call: &Call| {
            call.name == "sum"
                && call.over.is_none()
                && (grouped || call.distinct)
                && call.args.iter().any(has_more_digits)
        };
        for total in totals.filter(|total| total.any_call(&open)) {
            let span = total.span;
            *total = self.core_call("left_open", vec![total.clone()], span)?;
        }
        Ok(())
    }

    /// The same of what the rows are sorted by.
    pub(super) fn sorted_by_totals_of_quotients(
        &self,
        body: &Body,
        keys: &mut [SortKey],
    ) -> Bound<()> {
        let grouped = matches!(body, Body::Select(select) if !select.group_by.is_empty());
        for key in keys {
            if let SortTarget::Expr(expr) = &mut key.target {
                self.totals_left_open(grouped, std::iter::once(expr))?;
            }
        }
        Ok(())
    }

    /// Is the value a quotient, which has more digits than it shows?
    pub(super) fn is_quotient(&self, expr: &Expr) -> bool {
        is_quotient(expr) || self.is_merged(expr)
    }

    /// Is it one of a query that may have been taken in?
    fn is_merged(&self, expr: &Expr) -> bool {
        self.marked.any(Mark::Quotient)
            && any_value(expr, &|part| self.marked.is_marked(part, Mark::Quotient))
    }

    /// The value with all the digits that the server calculates with.
    pub(super) fn all_digits(&mut self, expr: Expr) -> Bound<Expr> {
        if !self.guards_digits() || !self.is_quotient(&expr) {
            return Ok(expr);
        }
        if let Some(behind) = behind_mark(&expr) {
            return Ok(behind.clone());
        }
        let Expr { kind, ty, span } = expr;
        match kind {
            ExprKind::Call(mut call) if call.name == "quotient" => {
                let constant = |part: &Expr| {
                    !part.any_part(&|p| matches!(p.kind, ExprKind::Column { .. }))
                        && !part.any_call(&|call| call.kind == FunctionKind::Aggregate)
                };
                let digits = match call.args.as_slice() {
                    [one, two, _] if !(constant(one) && constant(two)) => kept_digits(one, two),
                    _ => None,
                };
                let shape = ty.decimal_shape();
                let (Some(digits), Some(shape)) = (digits.filter(|d| *d <= 18), shape) else {
                    return self.unsupported("a quotient that is calculated with", span);
                };
                call.name = "quotient_trunc";
                if let Some(count) = call.args.get_mut(2) {
                    count.kind = ExprKind::Literal(Literal::Number(digits.to_string()));
                }
                let whole = shape.precision.saturating_sub(shape.scale);
                let ty = Type::decimal((whole + digits).min(38), digits);
                Ok(Expr { kind: ExprKind::Call(call), ty, span })
            }
            ExprKind::Call(mut call) if call.over.is_none() => {
                let args: Bound<Vec<Expr>> = std::mem::take(&mut call.args)
                    .into_iter()
                    .map(|e| self.all_digits(e))
                    .collect();
                let args = args?;
                let ty = self.common_type(args.iter().map(|arg| &arg.ty), span)?;
                call.args = args.into_iter().map(|e| self.unify(e, &ty)).collect::<Bound<_>>()?;
                Ok(Expr { kind: ExprKind::Call(call), ty, span })
            }
            ExprKind::Case { operand, branches, otherwise } => {
                let mut all = Vec::with_capacity(branches.len());
                for (when, then) in branches {
                    all.push((when, self.all_digits(then)?));
                }
                let otherwise = otherwise.map(|other| self.all_digits(*other)).transpose()?;
                let types = all.iter().map(|(_, then)| &then.ty);
                let ty = self.common_type(types.chain(otherwise.iter().map(|e| &e.ty)), span)?;
                let mut branches = Vec::with_capacity(all.len());
                for (when, then) in all {
                    branches.push((when, self.unify(then, &ty)?));
                }
                let otherwise = otherwise.map(|other| self.unify(other, &ty)).transpose()?;
                let otherwise = otherwise.map(Box::new);
                Ok(Expr { kind: ExprKind::Case { operand, branches, otherwise }, ty, span })
            }
            ExprKind::Coerce { expr } | ExprKind::Cast { expr } => self.all_digits(*expr),
            ExprKind::Scalar(mut query) => {
                let item = match &mut query.body {
                    Body::Select(select) => select.items.first_mut(),
                    _ => None,
                };
                let Some(item) = item else {
                    return self.unsupported("a quotient that is calculated with", span);
                };
                item.expr = self.all_digits(item.expr.clone())?;
                let ty = item.expr.ty.clone();
                if let Some(column) = query.columns.first_mut() {
                    column.ty = ty.clone();
                }
                Ok(Expr { kind: ExprKind::Scalar(query), ty, span })
            }
            _ => self.unsupported("a quotient that is calculated with", span),
        }
    }
}

/// Is the test true of the value itself, or of one that it may be?
fn any_value(expr: &Expr, test: &impl Fn(&Expr) -> bool) -> bool {
    test(expr)
        || match &expr.kind {
            ExprKind::Call(call) => match call.name {
                "coalesce" | "greatest" | "least" | "unary -" | "abs" | "min" | "max"
                | "nullif" => call.args.iter().any(|arg| any_value(arg, test)),
                _ => false,
            },
            ExprKind::Case { branches, otherwise, .. } => {
                branches.iter().any(|(_, then)| any_value(then, test))
                    || otherwise.as_deref().is_some_and(|other| any_value(other, test))
            }
            ExprKind::Coerce { expr } => any_value(expr, test),
            // One of the same digits is of a definition: it says how wide the quotient is.
            ExprKind::Cast { expr: inner } => {
                let scale = |ty: &Type| ty.decimal_shape().map(|shape| shape.scale);
                scale(&expr.ty) == scale(&inner.ty) && any_value(inner, test)
            }
            ExprKind::Scalar(query) => match &query.body {
                Body::Select(select) => select.items.iter().any(|item| any_value(&item.expr, test)),
                _ => false,
            },
            _ => false,
        }
}

fn divides(call: &Call) -> bool {
    ["quotient", "quotient_trunc"].contains(&call.name)
}

fn is_quotient(expr: &Expr) -> bool {
    any_value(expr, &|part| {
        behind_mark(part).is_some()
            || part.call().is_some_and(|call| call.name == "quotient" && !is_rounded(call))
    })
}

/// Does the server calculate with more digits of the value than it shows?
fn has_more_digits(value: &Expr) -> bool {
    let cut = value.call().is_some_and(|call| call.name == "round" && behind_mark(value).is_none());
    !cut && value.ty.decimal_shape().is_some_and(|shape| shape.scale > 0)
        && value.any_call(&|call| call.name == "quotient_trunc")
}

/// What is behind the mark of a value that shows fewer digits than it has.
fn behind_mark(expr: &Expr) -> Option<&Expr> {
    let call = expr.call().filter(|call| call.name == "round")?;
    let marked = call.args.first()?;
    match &marked.kind {
        ExprKind::Coerce { expr: behind } if behind.ty == marked.ty => Some(behind),
        _ => None,
    }
}

/// Was the quotient rounded to the digits that it has? Then these are all of it, and they stand behind
/// a conversion: `ROUND(ROUND(a / b, 1), 2)` rounds what has one digit.
fn is_rounded(quotient: &Call) -> bool {
    quotient.args.get(2).is_some_and(|digits| matches!(digits.kind, ExprKind::Coerce { .. }))
}

/// A quotient with so many digits, rounded once; for good, or to be calculated with.
fn with_digits(expr: &Expr, digits: u32, for_good: bool) -> Option<Expr> {
    let shape = |ty: &Type| {
        let shape = ty.decimal_shape()?;
        let whole = shape.precision.checked_sub(shape.scale)?;
        Some(Type::decimal((whole + 1 + digits).min(38), digits))
    };
    let kind = match &expr.kind {
        ExprKind::Call(call) if call.name == "quotient" && !is_rounded(call) => {
            let mut call = call.clone();
            let count = call.args.get_mut(2)?;
            let literal = ExprKind::Literal(Literal::Number(digits.to_string()));
            count.kind = if for_good {
                ExprKind::Coerce { expr: Box::new(Expr { kind: literal, ..count.clone() }) }
            } else {
                literal
            };
            ExprKind::Call(call)
        }
        ExprKind::Case { operand: None, branches, otherwise } => {
            let branches: Option<Vec<(Expr, Expr)>> = branches
                .iter()
                .map(|(when, then)| Some((when.clone(), with_digits(then, digits, for_good)?)))
                .collect();
            let otherwise = match otherwise.as_deref() {
                None => None,
                Some(other) => Some(Box::new(with_digits(other, digits, for_good)?)),
            };
            ExprKind::Case { operand: None, branches: branches?, otherwise }
        }
        ExprKind::Literal(Literal::Null) => ExprKind::Literal(Literal::Null),
        // A definition's own width.
        ExprKind::Cast { expr: inner } if is_quotient(expr) => {
            return with_digits(inner, digits, for_good);
        }
        _ => return None,
    };
    Some(Expr { kind, ty: shape(&expr.ty)?, span: expr.span })
}

/// How many digits the quotient of the two keeps; nothing where that is not the same for all their
/// values.
fn kept_digits(dividend: &Expr, divisor: &Expr) -> Option<u32> {
    let (one, two) = (fraction(dividend)?, fraction(divisor)?);
    let groups = |digits: u32| digits.div_ceil(9) * 9;
    let mut kept = None;
    for one in one.0..=one.1 {
        for two in two.0..=two.1 {
            let there = (groups(one) - one) + (groups(two) - two);
            let digits = groups(groups(one) + groups(two) + 4_u32.saturating_sub(there));
            if *kept.get_or_insert(digits) != digits {
                return None;
            }
        }
    }
    kept
}

/// How many digits behind the point a value has, at least and at most: a value of CASE has those of the
/// branch that it comes from. Zero is zero whatever it is divided by.
fn fraction(expr: &Expr) -> Option<(u32, u32)> {
    spread(expr).map(|found| found.unwrap_or((0, 0)))
}

/// The same; the inner nothing for NULL and zero.
#[expect(clippy::option_option, reason = "not known, of any digits, or of these")]
fn spread(expr: &Expr) -> Option<Option<(u32, u32)>> {
    let scale = expr.ty.decimal_shape()?.scale;
    let of_all = |args: &mut dyn Iterator<Item = &Expr>| {
        let mut all: Option<(u32, u32)> = None;
        for arg in args {
            let Some((low, high)) = spread(arg)? else { continue };
            all = Some(all.map_or((low, high), |(l, h)| (l.min(low), h.max(high))));
        }
        Some(all)
    };
    match &expr.kind {
        ExprKind::Literal(Literal::Null) => Some(None),
        ExprKind::Literal(Literal::Number(digits))
            if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) =>
        {
            Some(None)
        }
        _ if expr.ty.is_integer() => Some(Some((0, 0))),
        ExprKind::Literal(_) | ExprKind::Column { .. } => Some(Some((scale, scale))),
        ExprKind::Coerce { expr } => spread(expr),
        ExprKind::Cast { expr } => {
            Some(spread(expr)?.map(|(low, high)| (low.min(scale), high.min(scale))))
        }
        ExprKind::Case { branches, otherwise, .. } => {
            let mut values = branches.iter().map(|(_, then)| then).chain(otherwise.as_deref());
            of_all(&mut values)
        }
        ExprKind::Call(call) => match (call.name, call.args.as_slice()) {
            _ if call.over.is_some() => Some(Some((scale, scale))),
            ("+" | "-", [one, two]) => {
                let (one, two) = (fraction(one)?, fraction(two)?);
                Some(Some((one.0.max(two.0), one.1.max(two.1))))
            }
            ("*", [one, two]) => {
                let (one, two) = (fraction(one)?, fraction(two)?);
                Some(Some((one.0 + two.0, one.1 + two.1)))
            }
            ("unary -" | "unary +" | "abs" | "sum" | "min" | "max" | "nullif", [one, ..]) => {
                spread(one)
            }
            ("coalesce" | "greatest" | "least", args) => of_all(&mut args.iter()),
            ("quotient" | "quotient_trunc", [_, _, digits]) => {
                let digits = u32::try_from(digits.integer()?).ok()?;
                Some(Some((digits, digits)))
            }
            ("round" | "trunc", [one, ..]) => {
                Some(spread(one)?.map(|(low, high)| (low.min(scale), high.min(scale))))
            }
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse, tables_of_ddl};
    use model::Dialect;

    /// The bound statement, or why it is refused.
    fn bound(text: &str) -> Result<String, String> {
        let ddl = "CREATE TABLE t (a INT, b INT, d DECIMAL(10, 2), e DECIMAL(12, 5))";
        let catalog = Catalog::of(Dialect::MySql, &tables_of_ddl(ddl, Dialect::MySql).unwrap());
        let bound = parse(text, Dialect::MySql).unwrap().bind(&catalog, &[]);
        bound.map(|bound| format!("{bound:?}")).map_err(|refused| refused.message)
    }

    #[test]
    fn what_is_calculated_with_has_all_digits() {
        for text in [
            "SELECT a / b * 100 FROM t",
            "SELECT a / b BETWEEN 0.3333 AND 0.3333 FROM t",
            "SELECT a FROM t WHERE a / b > 0.5",
            "SELECT IF(a / b, 1, 0) FROM t",
            "SELECT a FROM t WHERE d > (SELECT AVG(d) FROM t)",
        ] {
            assert!(bound(text).unwrap().contains("quotient_trunc"), "{text}");
        }
        assert!(!bound("SELECT a / b, AVG(a), ROUND(a / b, 2) FROM t").unwrap().contains("_trunc"));
    }

    #[test]
    fn digits_that_are_not_known_are_refused() {
        for text in [
            "SELECT 1 / 3 * 3 FROM t",
            "SELECT a / b IN (0.3333, 1) FROM t",
            "SELECT CASE a / b WHEN 0.3333 THEN 1 END FROM t",
            "SELECT r * 100 FROM (SELECT a / b AS r FROM t) x",
            "SELECT r * 100 FROM (SELECT r FROM (SELECT a / b AS r FROM t) x) y",
            "WITH x AS (SELECT a / b AS r FROM t) SELECT SUM(r) FROM x",
            "SELECT SUM(a / b) OVER () FROM t",
        ] {
            assert!(bound(text).unwrap_err().contains("a quotient"), "{text}");
        }
        for text in [
            "SELECT SUM(a / b) * 2 FROM t",
            "SELECT ROUND(SUM(a / b), 2) FROM t GROUP BY b",
            "SELECT CAST(MAX(a / b) AS DOUBLE) FROM t GROUP BY b",
            "SELECT AVG(a / b) / 7 FROM t GROUP BY b",
            "SELECT d * (SELECT SUM(a / b) FROM t) FROM t",
        ] {
            assert!(bound(text).unwrap_err().contains("a total of quotients"), "{text}");
        }
        assert!(bound("SELECT SUM(a / b), AVG(a / b), MAX(a / b) FROM t GROUP BY b").is_ok());
        for text in [
            "SELECT r * 100 FROM (SELECT a / b AS r FROM t LIMIT 3) x",
            "SELECT r * 100 FROM (SELECT DISTINCT a / b AS r FROM t) x",
            "SELECT r FROM (SELECT a / b AS r FROM t) x",
        ] {
            assert!(bound(text).is_ok(), "{text}");
        }
    }
}
