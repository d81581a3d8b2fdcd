//! Tolerances: one file each. A tolerance looks at one pair of unequal values and says by how much
//! they differ when it excuses them. Nothing is rounded into buckets.

mod decimal_scale;
mod distance;
mod float_absolute;
mod float_relative;
mod json_value;
mod time_precision;

use crate::{encode::encoded, kind::Meet, value::Value};
use bigdecimal::BigDecimal;
use model::{Tolerance, ToleranceKind};
use std::{cmp::Ordering, fmt};

/// What every tolerance can do.
pub(crate) trait Excuse: fmt::Debug + Send + Sync {
    /// Does it say anything about values compared as `meet`?
    fn applies(&self, meet: &Meet) -> bool;

    /// How far the two values are apart, where that is accepted.
    ///
    /// On a line of finite values the accepted partners of a value are an interval around it, and
    /// its ends never fall when the value rises: matching relies on it.
    fn excuses(&self, legacy: &Value<'_>, governed: &Value<'_>) -> Option<Margin>;
}

/// The one place where tolerances are registered. An error says what is wrong with the numbers.
pub(crate) fn compile(kind: &ToleranceKind) -> Result<Box<dyn Excuse>, String> {
    Ok(match kind {
        ToleranceKind::FloatAbsolute { max } => Box::new(float_absolute::compile(*max)?),
        ToleranceKind::FloatRelative { max } => Box::new(float_relative::compile(*max)?),
        ToleranceKind::DecimalScale { digits } => Box::new(decimal_scale::compile(*digits)?),
        ToleranceKind::TimePrecision { micros } => Box::new(time_precision::compile(*micros)?),
        ToleranceKind::JsonValue => Box::new(json_value::JsonValue),
    })
}

/// How far two excused values are apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Margin {
    /// A difference of numbers.
    Absolute(f64),
    /// A difference over the larger magnitude.
    Relative(f64),
    /// A difference of exact numbers.
    Exact(BigDecimal),
    /// A difference in time, in nanoseconds.
    Nanos(u128),
    /// One value, written in two ways.
    Spelling,
}

impl Margin {
    /// Is this further apart? Margins of one tolerance are of one kind.
    pub(crate) fn exceeds(&self, other: &Self) -> bool {
        let order = match (self, other) {
            (Self::Absolute(a), Self::Absolute(b)) | (Self::Relative(a), Self::Relative(b)) => {
                a.total_cmp(b)
            }
            (Self::Exact(a), Self::Exact(b)) => a.cmp(b),
            (Self::Nanos(a), Self::Nanos(b)) => a.cmp(b),
            _ => Ordering::Equal,
        };
        order == Ordering::Greater
    }
}

impl fmt::Display for Margin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(size) => write!(f, "{size:?} absolute"),
            Self::Relative(size) => write!(f, "{size:?} relative"),
            Self::Exact(size) => write!(f, "{} absolute", size.normalized().to_plain_string()),
            Self::Nanos(nanos) if nanos.is_multiple_of(1_000) => write!(f, "{} µs", nanos / 1_000),
            Self::Nanos(nanos) => write!(f, "{nanos} ns"),
            Self::Spelling => f.write_str("the spelling"),
        }
    }
}

/// A tolerance of the settings, ready to use.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) tolerance: Tolerance,
    pub(crate) excuse: Box<dyn Excuse>,
}

/// The tolerances that hold for one column, by their place in the settings, in that order.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnRules<'a>(pub(crate) Vec<(usize, &'a Rule)>);

impl ColumnRules<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a comparison of two cells finds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CellVerdict {
    Equal,
    /// Unequal, and every unequal part is excused; the tolerance by its place in the settings, each
    /// once with its largest margin.
    Excused(Vec<(usize, Margin)>),
    Different,
}

impl CellVerdict {
    pub(crate) fn is_different(&self) -> bool {
        *self == Self::Different
    }
}

/// Compares two cells. Where several tolerances excuse a pair, the first of the settings counts.
pub(crate) fn compare_cells(
    legacy: &Value<'_>,
    governed: &Value<'_>,
    meet: &Meet,
    rules: &ColumnRules<'_>,
) -> CellVerdict {
    if encoded(legacy, meet) == encoded(governed, meet) {
        return CellVerdict::Equal;
    }
    let mut excused = Vec::new();
    if !rules.is_empty() && excuse_parts(legacy, governed, meet, rules, &mut excused) {
        return CellVerdict::Excused(excused);
    }
    CellVerdict::Different
}

/// Excuses every unequal leaf of two values of one structure, or gives up.
fn excuse_parts(
    legacy: &Value<'_>,
    governed: &Value<'_>,
    meet: &Meet,
    rules: &ColumnRules<'_>,
    excused: &mut Vec<(usize, Margin)>,
) -> bool {
    match (legacy, governed, meet) {
        (Value::List(a), Value::List(b), Meet::List(meet)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| excuse_part(a, b, meet, rules, excused))
        }
        (Value::Struct(a), Value::Struct(b), Meet::Struct(meets)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .zip(meets)
                    .all(|(((_, a), (_, b)), meet)| excuse_part(a, b, meet, rules, excused))
        }
        (Value::Map(a), Value::Map(b), Meet::Map(key, value)) => {
            let by_key = |entries: &[(Value<'_>, Value<'_>)]| {
                let mut order: Vec<_> =
                    entries.iter().enumerate().map(|(i, (k, _))| (encoded(k, key), i)).collect();
                order.sort_unstable();
                order
            };
            let (first, second) = (by_key(a), by_key(b));
            a.len() == b.len()
                && first.iter().zip(&second).all(|((k, i), (l, j))| {
                    k == l
                        && matches!((a.get(*i), b.get(*j)), (Some((_, x)), Some((_, y)))
                            if excuse_part(x, y, value, rules, excused))
                })
        }
        _ => rules.0.iter().any(|(index, rule)| {
            let margin =
                rule.excuse.applies(meet).then(|| rule.excuse.excuses(legacy, governed)).flatten();
            margin.is_some_and(|margin| {
                match excused.iter_mut().find(|(known, _)| known == index) {
                    Some((_, worst)) if margin.exceeds(worst) => *worst = margin,
                    Some(_) => {}
                    None => excused.push((*index, margin)),
                }
                true
            })
        }),
    }
}

fn excuse_part(
    legacy: &Value<'_>,
    governed: &Value<'_>,
    meet: &Meet,
    rules: &ColumnRules<'_>,
    excused: &mut Vec<(usize, Margin)>,
) -> bool {
    encoded(legacy, meet) == encoded(governed, meet)
        || excuse_parts(legacy, governed, meet, rules, excused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(kind: ToleranceKind) -> Rule {
        let excuse = compile(&kind).unwrap();
        let tolerance =
            Tolerance { kind, scope: model::Scope::default(), reason: "test".to_owned() };
        Rule { tolerance, excuse }
    }

    #[test]
    fn the_first_tolerance_that_excuses_is_named() {
        let tight = rule(ToleranceKind::FloatAbsolute { max: 0.25 });
        let wide = rule(ToleranceKind::FloatAbsolute { max: 4.0 });
        let rules = ColumnRules(vec![(0, &tight), (1, &wide)]);
        let cells = |a, b| compare_cells(&Value::Float(a), &Value::Float(b), &Meet::Float, &rules);
        assert_eq!(cells(1.0, 1.25), CellVerdict::Excused(vec![(0, Margin::Absolute(0.25))]));
        assert_eq!(cells(1.0, 3.0), CellVerdict::Excused(vec![(1, Margin::Absolute(2.0))]));
        assert_eq!(cells(1.0, 1.0), CellVerdict::Equal);
        assert_eq!(cells(1.0, 6.0), CellVerdict::Different);
    }

    #[test]
    fn lists_are_excused_element_by_element() {
        let rule = rule(ToleranceKind::FloatAbsolute { max: 0.5 });
        let rules = ColumnRules(vec![(3, &rule)]);
        let meet = Meet::List(Box::new(Meet::Float));
        let list = |items: &[f64]| Value::List(items.iter().map(|v| Value::Float(*v)).collect());
        let cells = |a: &[f64], b: &[f64]| compare_cells(&list(a), &list(b), &meet, &rules);
        assert_eq!(
            cells(&[1.0, 2.0, 3.0], &[1.25, 2.0, 2.5]),
            CellVerdict::Excused(vec![(3, Margin::Absolute(0.5))])
        );
        assert_eq!(cells(&[1.0, 2.0], &[1.25, 4.0]), CellVerdict::Different);
        assert_eq!(cells(&[1.0], &[1.0, 1.0]), CellVerdict::Different);
    }

    #[test]
    fn maps_are_excused_by_key() {
        let rule = rule(ToleranceKind::FloatAbsolute { max: 0.5 });
        let rules = ColumnRules(vec![(0, &rule)]);
        let meet = Meet::Map(Box::new(Meet::Text), Box::new(Meet::Float));
        let map = |entries: &[(&'static str, f64)]| {
            Value::Map(entries.iter().map(|(k, v)| (Value::Text(k), Value::Float(*v))).collect())
        };
        let cells = |a: &[_], b: &[_]| compare_cells(&map(a), &map(b), &meet, &rules);
        assert!(!cells(&[("a", 1.0), ("b", 9.0)], &[("b", 9.0), ("a", 1.5)]).is_different());
        assert!(cells(&[("a", 1.0)], &[("b", 1.0)]).is_different());
    }

    #[test]
    fn a_value_never_excuses_null() {
        let rule = rule(ToleranceKind::FloatAbsolute { max: 1e9 });
        let rules = ColumnRules(vec![(0, &rule)]);
        let cells = |a, b| compare_cells(&a, &b, &Meet::Float, &rules);
        assert!(cells(Value::Null, Value::Float(0.0)).is_different());
        assert!(cells(Value::Float(f64::NAN), Value::Float(0.0)).is_different());
        assert!(cells(Value::Float(f64::INFINITY), Value::Float(f64::MAX)).is_different());
    }
}
