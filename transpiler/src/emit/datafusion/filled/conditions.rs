//! Which columns conditions hold constant: by an equality, or between two bounds that may meet.

use super::{Inputs, Known, Name, columns_of};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, Literal, Query},
};
use std::collections::{HashMap, HashSet};

/// A list of IN of so many values is taken apart into equalities (`THRESHOLD_INLINE_INLIST`).
const EQUALITIES_MAX: usize = 3;

/// Further apart than this, in days, months of different lengths do not matter.
const DAYS_APART: f64 = 6.0;

/// A constant that a column is held above or below.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bound {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A day or a moment: days, if all months had 31.
    Days(f64),
    /// Something else.
    Other,
}

impl Bound {
    fn of(expr: &Expr) -> Self {
        match &expr.kind {
            ExprKind::Coerce { expr } => Self::of(expr),
            ExprKind::Literal(Literal::Number(digits)) => {
                digits.parse().map_or(Self::Other, Self::Number)
            }
            ExprKind::Literal(Literal::Text(text)) => Self::Text(text.clone()),
            ExprKind::Literal(Literal::Typed(text)) if expr.ty.is_date_or_timestamp() => {
                days(text).map_or(Self::Other, Self::Days)
            }
            _ => Self::Other,
        }
    }

    /// Is there surely more than one value from here to there?
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) => (one - two).abs() > 2.0,
            (Self::Text(one), Self::Text(two)) => one != two,
            (Self::Days(one), Self::Days(two)) => (one - two).abs() > DAYS_APART,
            _ => false,
        }
    }
}

/// The day of `2024-02-29` or `2024-02-29 10:00:00`.
fn days(text: &str) -> Option<f64> {
    let mut parts = text.get(..10)?.splitn(3, '-').map(str::parse::<f64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Some((year * 12.0 + month).mul_add(31.0, day))
}

/// The columns that are no NULL and one value where a condition holds: `kind = 'x'`.
pub(super) fn values(condition: &Expr) -> Vec<Name> {
    let Some(call) = condition.call() else { return Vec::new() };
    match (call.name, call.args.as_slice()) {
        ("and", parts) => parts.iter().flat_map(values).collect(),
        ("=", [one, two]) => {
            let is_column = |expr: &Expr| matches!(expr.kind, ExprKind::Column { .. });
            let column = [(one, two), (two, one)]
                .into_iter()
                .find(|(column, value)| is_column(column) && value.is_constant());
            column.map(|(column, _)| columns_of(column)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Notes what a condition holds constant, or, `negated`, what holds where it does not. Says whether
/// something is new. `inside` says of queries in it whether they give a constant.
pub(super) fn hold(
    condition: &Expr,
    negated: bool,
    inputs: &mut Inputs,
    inside: &HashMap<*const Query, bool>,
) -> bool {
    match &condition.kind {
        ExprKind::Column { .. } => all_constant(condition, inputs),
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => hold(expr, negated, inputs, inside),
        ExprKind::Call(call) => holds_of_call(call, negated, inputs, inside),
        ExprKind::InList { expr, list, negated: not } if *not == negated => {
            // One of several values is no constant; a list of few values becomes equalities.
            let values: HashSet<Option<&str>> = list.iter().map(written).collect();
            let several = !values.contains(&None) && values.len() > 1;
            list.len() <= EQUALITIES_MAX
                && !several
                && list.iter().all(|item| inputs.is_constant(item))
                && all_constant(expr, inputs)
        }
        ExprKind::InQuery { expr, query, negated: not, .. } if *not == negated => {
            let constant = inside.get(&std::ptr::from_ref(&**query)).copied().unwrap_or_default();
            constant && all_constant(expr, inputs)
        }
        ExprKind::Quantified { expr, .. } => all_constant(expr, inputs),
        _ => false,
    }
}

fn holds_of_call(
    call: &Call,
    negated: bool,
    inputs: &mut Inputs,
    inside: &HashMap<*const Query, bool>,
) -> bool {
    match (call.name, call.args.as_slice(), negated) {
        ("not", [one], _) => hold(one, !negated, inputs, inside),
        ("is true", [one], _) => hold(one, negated, inputs, inside),
        ("is false", [one], _) => hold(one, !negated, inputs, inside),
        ("and", parts, false) | ("or", parts, true) => {
            let mut new = false;
            for part in parts {
                new |= hold(part, negated, inputs, inside);
            }
            new
        }
        ("or", parts, false) | ("and", parts, true) => held_by_all(parts, negated, inputs, inside),
        ("=" | "is not distinct from", [one, two], false)
        | ("<>" | "is distinct from", [one, two], true) => equal(one, two, inputs),
        ("like", [one, pattern], false) => {
            let open = written(pattern).is_some_and(|text| text.contains(['%', '_']));
            !open && equal(one, pattern, inputs)
        }
        ("between", [one, low, high], false) | ("not between", [one, low, high], true) => {
            let low = bounded(one, low, true, inputs);
            bounded(one, high, false, inputs) || low
        }
        (">" | ">=", [one, two], false) | ("<" | "<=", [one, two], true) => {
            let low = bounded(one, two, true, inputs);
            bounded(two, one, false, inputs) || low
        }
        ("<" | "<=", [one, two], false) | (">" | ">=", [one, two], true) => {
            let high = bounded(one, two, false, inputs);
            bounded(two, one, true, inputs) || high
        }
        _ => false,
    }
}

/// What is held constant whichever of the parts holds.
fn held_by_all(
    parts: &[Expr],
    negated: bool,
    inputs: &mut Inputs,
    inside: &HashMap<*const Query, bool>,
) -> bool {
    let mut ways = parts.iter().map(|part| {
        let mut way = inputs.clone();
        hold(part, negated, &mut way, inside);
        way
    });
    let Some(first) = ways.next() else { return false };
    let others: Vec<Inputs> = ways.collect();
    let mut new = false;
    for input in &first.0 {
        for (column, _) in input.columns.iter().filter(|(_, known)| known.is_constant()) {
            let name = (Some(input.name.clone()), column.clone());
            let all: Vec<Known> =
                others.iter().chain([&first]).map(|way| way.of_column(&name)).collect();
            let values: HashSet<&Option<String>> = all.iter().map(|known| &known.value).collect();
            // One of several values is no constant.
            let several = values.len() > 1 && !values.contains(&None);
            if !several && all.iter().all(Known::is_constant) {
                new |= inputs.note(&name, &|known| known.constant = true);
            }
        }
    }
    new
}

/// Of two equal values one is a constant where the other is.
fn equal(one: &Expr, two: &Expr, inputs: &mut Inputs) -> bool {
    let (first, second) = (inputs.is_constant(one), inputs.is_constant(two));
    let new = second && are_constant(one, written(two), inputs);
    (first && are_constant(two, written(one), inputs)) || new
}

/// Takes all columns of an expression for constants.
fn all_constant(expr: &Expr, inputs: &mut Inputs) -> bool {
    are_constant(expr, None, inputs)
}

/// The same, where the value that the expression equals is written.
fn are_constant(expr: &Expr, value: Option<&str>, inputs: &mut Inputs) -> bool {
    let set = |known: &mut Known| {
        known.value = match (known.constant, &known.value) {
            (true, before) => before.clone(),
            (false, _) => value.map(str::to_owned),
        };
        known.constant = true;
    };
    let mut new = false;
    for name in columns_of(expr) {
        new |= inputs.note(&name, &set);
    }
    new
}

/// Notes that `expr` is not below, or not above, a constant. Of a sum or a product that says
/// something of each of its columns, on either side.
fn bounded(expr: &Expr, by: &Expr, low: bool, inputs: &mut Inputs) -> bool {
    if !inputs.is_constant(by) || inputs.is_constant(expr) {
        return false;
    }
    let set = |known: &mut Known, low: bool, bound: Bound| {
        let side = if low { &mut known.low } else { &mut known.high };
        if side.as_ref().is_none_or(|before| *before != bound) {
            // Several bounds: which of them counts is not looked at.
            *side = Some(if side.is_some() { Bound::Other } else { bound });
        }
    };
    if let Some(column) = bare(expr) {
        return inputs.note(&column, &|known| set(known, low, Bound::of(by)));
    }
    let is_sum = |part: &Expr| match &part.kind {
        ExprKind::Call(call) => ["+", "-", "*", "/", "unary -"].contains(&call.name),
        ExprKind::Column { .. }
        | ExprKind::Literal(_)
        | ExprKind::Cast { .. }
        | ExprKind::Coerce { .. } => true,
        _ => false,
    };
    if expr.any_part(&|part| !is_sum(part)) || expr.ty == Type::Bool {
        return false;
    }
    let both = |known: &mut Known| {
        set(known, true, Bound::Other);
        set(known, false, Bound::Other);
    };
    let mut new = false;
    for name in columns_of(expr) {
        new |= inputs.note(&name, &both);
    }
    new
}

/// The column that an expression is, perhaps converted.
fn bare(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Column { .. } => columns_of(expr).pop(),
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => bare(expr),
        _ => None,
    }
}

/// The text of a literal, whatever its type.
pub(super) fn written(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Number(text) | Literal::Text(text) | Literal::Typed(text)) => {
            Some(text)
        }
        ExprKind::Coerce { expr } => written(expr),
        _ => None,
    }
}
