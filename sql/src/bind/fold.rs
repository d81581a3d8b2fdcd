//! Constants in the body of a definition.
//!
//! A definition tells cases apart (`CASE WHEN $2 > 0 THEN … END`) that a call with constants
//! decides already. What is decided here need not be asked again on the target, and many a target
//! only knows the form with constants.

use super::{operator::predicate, select::has_aggregate};
use crate::{
    json::Constant,
    tree::{Expr, ExprKind, Literal},
    types::Type,
};
use model::Span;

/// The expression with its outermost form decided, where constants decide it. Its parts have been
/// folded before.
pub(super) fn fold(expr: Expr) -> Expr {
    let folded = match &expr.kind {
        ExprKind::Call(call) => call_of(call.name, &call.args, &expr),
        ExprKind::Cast { expr: inner } | ExprKind::Coerce { expr: inner }
            if expr.ty.is_integer() =>
        {
            inner.integer().and_then(|value| integer(value, &expr.ty, expr.span))
        }
        ExprKind::Cast { expr: inner } if expr.ty == Type::Text && inner.ty.is_integer() => {
            inner.integer().map(|value| Expr {
                kind: ExprKind::Literal(Literal::Text(value.to_string())),
                ty: Type::Text,
                span: expr.span,
            })
        }
        ExprKind::Case { operand: None, branches, otherwise } => {
            case(branches, otherwise.as_deref(), &expr)
        }
        _ => None,
    };
    // An aggregate makes one row of all, also where its value does not count.
    match folded {
        Some(folded) if has_aggregate(&folded) || !has_aggregate(&expr) => folded,
        _ => expr,
    }
}

fn call_of(name: &str, args: &[Expr], whole: &Expr) -> Option<Expr> {
    let span = whole.span;
    match (name, args) {
        // Rounding to digits that every value has anyway.
        ("round", [value, digits]) => {
            let scale = value.ty.decimal_shape().filter(|_| !value.ty.is_integer())?.scale;
            (digits.integer()? >= i64::from(scale)).then(|| value.clone())
        }
        ("is null" | "is not null", [arg]) => {
            let known = match &arg.kind {
                ExprKind::Literal(literal) => Some(*literal == Literal::Null),
                _ => arg.integer().map(|_| false),
            };
            known.map(|null| boolean(null == (name == "is null"), span))
        }
        ("not", [arg]) => truth(arg).map(|value| boolean(!value, span)),
        ("and" | "or", [left, right]) => {
            // FALSE decides an AND, TRUE an OR; the other one leaves it to the other operand.
            let decides = name == "or";
            match (truth(left), truth(right)) {
                (Some(value), _) | (_, Some(value)) if value == decides => {
                    Some(boolean(decides, span))
                }
                (Some(_), _) => Some(right.clone()),
                (_, Some(_)) => Some(left.clone()),
                _ => None,
            }
        }
        ("=" | "<>" | "<" | "<=" | ">" | ">=", [left, right]) => {
            let order = match (left.integer(), right.integer()) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => match (plain_text(left)?, plain_text(right)?) {
                    (a, b) if a == b => std::cmp::Ordering::Equal,
                    // Which of two texts is greater is the collation's business.
                    _ if name == "=" || name == "<>" => std::cmp::Ordering::Less,
                    _ => return None,
                },
            };
            let holds = match name {
                "=" => order.is_eq(),
                "<>" => order.is_ne(),
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                _ => order.is_ge(),
            };
            Some(boolean(holds, span))
        }
        ("between" | "not between", [value, low, high]) => {
            let (value, low, high) = (value.integer()?, low.integer()?, high.integer()?);
            Some(boolean((low..=high).contains(&value) == (name == "between"), span))
        }
        ("+" | "-" | "*" | "%" | "/", [left, right]) if whole.ty.is_integer() => {
            let (a, b) = (left.integer()?, right.integer()?);
            let value = match name {
                "+" => a.checked_add(b),
                "-" => a.checked_sub(b),
                "*" => a.checked_mul(b),
                "%" => a.checked_rem(b),
                _ => a.checked_div(b),
            };
            integer(value?, &whole.ty, span)
        }
        ("greatest" | "least", [_, ..]) if whole.ty.is_integer() => {
            let values: Option<Vec<i64>> = args.iter().map(Expr::integer).collect();
            let values = values?.into_iter();
            integer(if name == "greatest" { values.max() } else { values.min() }?, &whole.ty, span)
        }
        ("||", [left, right]) if whole.ty.is_text() => {
            let text = format!("{}{}", plain_text(left)?, plain_text(right)?);
            Some(Expr { kind: ExprKind::Literal(Literal::Text(text)), ty: whole.ty.clone(), span })
        }
        ("strpos", [text, part]) => {
            let (text, part) = (plain_text(text)?, plain_text(part)?);
            let at = text
                .find(part)
                .map_or(0, |at| text.get(..at).map_or(0, |before| before.chars().count() + 1));
            integer(i64::try_from(at).ok()?, &whole.ty, span)
        }
        (_, [_, _, _]) if name.ends_with("like escape") => {
            super::like::without_escape(name, args, span)
        }
        ("left", [text, count]) if whole.ty.is_text() => {
            let count = usize::try_from(count.integer()?).ok()?;
            let text = plain_text(text)?.chars().take(count).collect();
            Some(Expr { kind: ExprKind::Literal(Literal::Text(text)), ty: whole.ty.clone(), span })
        }
        ("translate", [text, from, to]) if whole.ty.is_text() => {
            let (from, to): (Vec<char>, Vec<char>) =
                (plain_text(from)?.chars().collect(), plain_text(to)?.chars().collect());
            let kept = plain_text(text)?.chars().filter_map(|c| {
                match from.iter().position(|known| *known == c) {
                    Some(at) => to.get(at).copied(),
                    None => Some(c),
                }
            });
            let kind = ExprKind::Literal(Literal::Text(kept.collect()));
            Some(Expr { kind, ty: whole.ty.clone(), span })
        }
        ("repeat", [text, count]) if whole.ty.is_text() => {
            let count = usize::try_from(count.integer()?).ok().filter(|count| *count <= 100)?;
            let text = plain_text(text)?.repeat(count);
            Some(Expr { kind: ExprKind::Literal(Literal::Text(text)), ty: whole.ty.clone(), span })
        }
        // A value of SQL as JSON is of a known kind.
        ("jsonb_typeof", [arg]) => {
            let value = plain_json(arg)?;
            let kind = match &value.ty {
                ty if ty.is_text() => "string",
                ty if ty.is_integer() => "number",
                Type::Bool => "boolean",
                _ => return None,
            };
            // NULL is no JSON.
            value.literal().filter(|literal| **literal != Literal::Null)?;
            let kind = ExprKind::Literal(Literal::Text(kind.to_owned()));
            Some(Expr { kind, ty: whole.ty.clone(), span })
        }
        ("#>>", [arg, path]) if matches!(&path.kind, ExprKind::Array(steps) if steps.is_empty()) => {
            plain_json(arg).filter(|value| value.ty.is_text()).cloned()
        }
        ("json_valid", [arg]) => match crate::json::read(plain_text(arg)?) {
            Constant::Value(_) => Some(boolean(true, span)),
            Constant::Invalid => Some(boolean(false, span)),
            Constant::Unknown => None,
        },
        (
            "lower" | "upper" | "lower_or_open" | "upper_or_open" | "fold_case" | "fold_letters",
            [arg],
        ) if whole.ty.is_text() => {
            let text = plain_text(arg).filter(|text| text.is_ascii())?;
            let changed = if name.starts_with("upper") {
                text.to_ascii_uppercase()
            } else {
                text.to_ascii_lowercase()
            };
            let kind = ExprKind::Literal(Literal::Text(changed));
            Some(Expr { kind, ty: whole.ty.clone(), span })
        }
        // No text is so long.
        ("left_open", [value]) if is_whole(value) => Some(value.clone()),
        ("cut_text", [text, limit]) => (limit.integer()? >= 1 << 30).then(|| text.clone()),
        ("number_prefix" | "leading_number", [arg]) => {
            super::text_number::folded(name, plain_text(arg)?)
                .map(|found| super::text_number::constant(found, span))
        }
        ("coalesce", [first, ..]) => match &first.kind {
            ExprKind::Literal(Literal::Null) => {
                let rest = args.get(1..).filter(|rest| !rest.is_empty())?;
                let [only] = rest else { return None };
                (only.ty == whole.ty).then(|| only.clone())
            }
            ExprKind::Literal(_) if first.ty == whole.ty => Some(first.clone()),
            _ => None,
        },
        ("letters_differ", [arg]) => {
            let text = plain_text(arg)?;
            let mut seen = std::collections::BTreeSet::new();
            Some(boolean(text.chars().all(|letter| seen.insert(letter)), span))
        }
        ("length", [arg]) => {
            let length = i64::try_from(plain_text(arg)?.chars().count()).ok()?;
            integer(length, &whole.ty, span)
        }
        _ => None,
    }
}

fn case(branches: &[(Expr, Expr)], otherwise: Option<&Expr>, whole: &Expr) -> Option<Expr> {
    let open = |(when, _): &&(Expr, Expr)| truth(when).is_none() && !when.is_null();
    let decided = branches.iter().position(|(when, _)| truth(when) == Some(true));
    let before = branches.get(..decided.unwrap_or(branches.len()))?;
    if decided.is_none() && before.iter().all(|branch| open(&branch)) {
        return None;
    }
    let rest: Vec<(Expr, Expr)> = before.iter().filter(open).cloned().collect();
    let last = match decided.and_then(|at| branches.get(at)) {
        Some((_, then)) => Some(then.clone()),
        None => otherwise.cloned(),
    };
    if rest.is_empty() {
        let null = Expr { kind: ExprKind::Literal(Literal::Null), ..whole.clone() };
        let last = last.unwrap_or(null);
        // A NULL takes the type of the whole.
        return Some(if last.is_null() { Expr { ty: whole.ty.clone(), ..last } } else { last });
    }
    let kind = ExprKind::Case { operand: None, branches: rest, otherwise: last.map(Box::new) };
    Some(Expr { kind, ..whole.clone() })
}

/// What `to_jsonb` makes a JSON value of.
fn plain_json(expr: &Expr) -> Option<&Expr> {
    let call = expr.call().filter(|call| call.name == "to_jsonb")?;
    call.args.first()
}

/// The value of a constant condition.
const fn truth(expr: &Expr) -> Option<bool> {
    match &expr.kind {
        ExprKind::Literal(Literal::Bool(value)) => Some(*value),
        _ => None,
    }
}

/// A text constant, unless its padding could count.
pub(super) fn plain_text(expr: &Expr) -> Option<&str> {
    if matches!(expr.ty, Type::Text | Type::Varchar(_) | Type::Unknown) {
        expr.text()
    } else {
        None
    }
}

const fn boolean(value: bool, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Literal::Bool(value)), ty: Type::Bool, span }
}

/// An integer constant of a type, if the type holds it.
fn integer(value: i64, ty: &Type, span: Span) -> Option<Expr> {
    let fits = match ty {
        Type::Int2 => i16::try_from(value).is_ok(),
        Type::Int4 => i32::try_from(value).is_ok(),
        Type::Int8 => true,
        _ => false,
    };
    if !fits {
        return None;
    }
    let digits = Literal::Number(value.unsigned_abs().to_string());
    let plain = Expr { kind: ExprKind::Literal(digits), ty: ty.clone(), span };
    if value >= 0 {
        return Some(plain);
    }
    Some(Expr { ty: ty.clone(), ..predicate("unary -", vec![plain], span) })
}

/// Is it a whole number, which nothing rounds?
fn is_whole(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => {
            expr.ty.is_integer() || is_whole(expr)
        }
        ExprKind::Call(call) => match call.name {
            "floor" | "ceil" | "ceiling" | "trunc" | "round" => call.args.len() == 1,
            name => name
                .strip_prefix("extract ")
                .is_some_and(|part| !matches!(part, "second" | "seconds" | "epoch" | "julian")),
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: i64) -> Expr {
        integer(value, &Type::Int4, Span::new(0, 0)).unwrap()
    }

    fn call(name: &'static str, args: Vec<Expr>, ty: Type) -> Expr {
        fold(Expr { ty, ..predicate(name, args, Span::new(0, 0)) })
    }

    fn column() -> Expr {
        let kind = ExprKind::Column { relation: None, name: "x".to_owned(), qualified: false };
        Expr { kind, ty: Type::Bool, span: Span::new(0, 0) }
    }

    #[test]
    fn numbers_and_texts() {
        let sum = call("+", vec![number(2), number(-5)], Type::Int4);
        assert_eq!(sum.integer(), Some(-3));
        assert_eq!(call("least", vec![number(8), number(12)], Type::Int4).integer(), Some(8));
        assert_eq!(call("/", vec![number(7), number(0)], Type::Int4).integer(), None);
        let big = call("+", vec![number(i64::from(i32::MAX)), number(1)], Type::Int4);
        assert_eq!(big.integer(), None, "an overflow stays an overflow");
        let less = call("<", vec![number(2), number(3)], Type::Bool);
        assert_eq!(truth(&less), Some(true));
    }

    #[test]
    fn three_valued_logic() {
        let (yes, no) = (boolean(true, Span::new(0, 0)), boolean(false, Span::new(0, 0)));
        assert_eq!(truth(&call("and", vec![column(), no.clone()], Type::Bool)), Some(false));
        assert_eq!(call("and", vec![yes.clone(), column()], Type::Bool), column());
        assert_eq!(truth(&call("or", vec![yes, column()], Type::Bool)), Some(true));
        assert_eq!(call("or", vec![column(), no], Type::Bool), column());
    }

    #[test]
    fn a_case_keeps_what_is_open() {
        let (yes, no) = (boolean(true, Span::new(0, 0)), boolean(false, Span::new(0, 0)));
        let case = |branches: Vec<(Expr, Expr)>, otherwise: Option<Expr>| {
            let kind =
                ExprKind::Case { operand: None, branches, otherwise: otherwise.map(Box::new) };
            fold(Expr { kind, ty: Type::Int4, span: Span::new(0, 0) })
        };
        let decided = case(vec![(no.clone(), number(1)), (yes.clone(), number(2))], None);
        assert_eq!(decided, number(2));
        assert!(case(vec![(no, number(1))], None).is_null());
        let open = case(vec![(column(), number(1)), (yes, number(2))], Some(number(3)));
        let ExprKind::Case { branches, otherwise, .. } = open.kind else { panic!() };
        assert_eq!((branches.len(), otherwise), (1, Some(Box::new(number(2)))));
    }
}
