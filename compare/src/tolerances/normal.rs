//! Normal forms: rules that say which values are one value, an equivalence.
//!
//! Every rule of this family brings a value to a form and accepts two values whose forms are equal.
//! Rules of a column compose: the forms are taken one after the other, in the order of [`Step`],
//! whatever order the configuration has, so `"ABC "` is `"abc"` under `text_trim` and `text_case`
//! together. What any of the rules accepts alone is accepted by all of them together, which the laws
//! check. As equality of forms is an equivalence, the bytes of the form are an exact key to group rows
//! by: no search is needed.

use super::margin::Margin;
use crate::{encode::encode, frame::length, kind::Meet, number::Number, value::Value};
use std::{borrow::Cow, fmt};

/// A value without values inside, on its way to its normal form.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Leaf<'v> {
    Null,
    Text(Cow<'v, str>),
    /// Any other value.
    Value(&'v Value<'v>),
}

/// The order in which forms are taken. Later ones see what earlier ones made: a text of blanks that
/// is trimmed is empty, and then may be NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Case,
    Nfc,
    Trim,
    Null,
}

/// A rule that brings values to a form.
///
/// `bring` is a function of the value alone, the same on both sides. So that rules compose, a form
/// keeps equal what the forms of earlier steps made equal, and bringing a value whose form was taken
/// by any other rule of the family first ends in the same form.
pub(crate) trait Form: fmt::Debug + Send + Sync {
    /// Its place among the forms.
    fn step(&self) -> Step;

    /// Does it say anything about values compared as `meet`?
    fn applies(&self, meet: &Meet) -> bool;

    /// The form of a value.
    fn bring<'v>(&self, leaf: Leaf<'v>) -> Leaf<'v>;

    /// How far two values are apart that it makes equal.
    fn margin(&self, legacy: &Leaf<'_>, governed: &Leaf<'_>) -> Margin;
}

impl<'v> Leaf<'v> {
    pub(crate) fn of(value: &'v Value<'v>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text(Cow::Borrowed(text)),
            other => Self::Value(other),
        }
    }

    /// Is it no number in its family's sense?
    pub(crate) fn is_nan(&self) -> bool {
        match self {
            Self::Value(Value::Number(Number::NaN)) => true,
            Self::Value(value) => value.as_float().is_some_and(f64::is_nan),
            _ => false,
        }
    }

    fn encode(&self, meet: &Meet, out: &mut Vec<u8>) {
        match self {
            Self::Null => encode(&Value::Null, meet, out),
            Self::Text(text) => encode(&Value::Text(text), meet, out),
            Self::Value(value) => encode(value, meet, out),
        }
    }
}

/// The rules of a column that make values one, ready to be taken one after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forms<'a> {
    /// With their places in the settings, sorted by [`Step`].
    forms: Vec<(usize, &'a dyn Form)>,
    /// The rule by which the order of a list's elements means nothing.
    any_order: Option<usize>,
}

impl<'a> Forms<'a> {
    pub(crate) fn add(&mut self, place: usize, form: &'a dyn Form) {
        let at = self.forms.partition_point(|(_, other)| other.step() <= form.step());
        self.forms.insert(at, (place, form));
    }

    /// Of several such rules the first counts.
    pub(crate) fn forget_order(&mut self, place: usize) {
        self.any_order.get_or_insert(place);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.forms.is_empty() && self.any_order.is_none()
    }

    /// The places of the rules.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        self.forms.iter().map(|(place, _)| *place).chain(self.any_order)
    }

    pub(crate) fn any_order(&self) -> Option<usize> {
        self.any_order
    }

    /// The normal form of a value without values inside.
    pub(crate) fn bring<'v>(&self, value: &'v Value<'v>, meet: &Meet) -> Leaf<'v> {
        let applying = self.forms.iter().filter(|(_, form)| form.applies(meet));
        applying.fold(Leaf::of(value), |leaf, (_, form)| form.bring(leaf))
    }

    /// Appends the canonical bytes of the normal form: equal exactly where the forms are.
    pub(crate) fn encode(&self, value: &Value<'_>, meet: &Meet, out: &mut Vec<u8>) {
        const LIST: u8 = 0xf0;
        const STRUCT: u8 = 0xf1;
        const MAP: u8 = 0xf2;
        match (value, meet) {
            (Value::List(items), Meet::List(inner)) => {
                out.push(LIST);
                length(items.len(), out);
                if self.any_order.is_some() {
                    let mut all: Vec<_> = items.iter().map(|v| self.encoded(v, inner)).collect();
                    all.sort_unstable();
                    out.extend(all.into_iter().flatten());
                } else {
                    for item in items {
                        self.encode(item, inner, out);
                    }
                }
            }
            (Value::Struct(fields), Meet::Struct(meets)) => {
                out.push(STRUCT);
                length(fields.len(), out);
                for ((_, field), meet) in fields.iter().zip(meets) {
                    self.encode(field, meet, out);
                }
            }
            (Value::Map(entries), Meet::Map(key_meet, value_meet)) => {
                out.push(MAP);
                length(entries.len(), out);
                let entry = |(key, value): &(Value<'_>, Value<'_>)| {
                    let mut bytes = Vec::new();
                    // Keys identify: no rule makes two of them one.
                    encode(key, key_meet, &mut bytes);
                    self.encode(value, value_meet, &mut bytes);
                    bytes
                };
                let mut all: Vec<_> = entries.iter().map(entry).collect();
                all.sort_unstable();
                out.extend(all.into_iter().flatten());
            }
            _ => self.bring(value, meet).encode(meet, out),
        }
    }

    pub(crate) fn encoded(&self, value: &Value<'_>, meet: &Meet) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(value, meet, &mut out);
        out
    }

    /// Are the normal forms equal?
    pub(crate) fn agree(&self, legacy: &Value<'_>, governed: &Value<'_>, meet: &Meet) -> bool {
        self.encoded(legacy, meet) == self.encoded(governed, meet)
    }

    /// The rules that `test` cannot do without, each with its margin for the pair. What stands first
    /// in the settings is kept where either of two would do.
    pub(crate) fn needed(
        &self,
        legacy: &Value<'_>,
        governed: &Value<'_>,
        test: impl Fn(&Self) -> bool,
    ) -> Vec<(usize, Margin)> {
        let mut kept = self.clone();
        let mut places: Vec<usize> = self.places().collect();
        places.sort_unstable();
        for place in places.into_iter().rev() {
            let mut fewer = kept.clone();
            fewer.forms.retain(|(other, _)| *other != place);
            fewer.any_order = fewer.any_order.filter(|other| *other != place);
            if test(&fewer) {
                kept = fewer;
            }
        }
        let margin = |(place, form): &(usize, &dyn Form)| {
            (*place, form.margin(&Leaf::of(legacy), &Leaf::of(governed)))
        };
        let order = kept.any_order.map(|place| (place, Margin::Form("the order")));
        let mut all: Vec<_> = kept.forms.iter().map(margin).chain(order).collect();
        all.sort_by_key(|(place, _)| *place);
        all
    }
}
