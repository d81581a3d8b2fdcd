//! Tolerances: one file each. Nothing is rounded into buckets.
//!
//! There are four ways in which a rule can work, and each has its place in the comparison:
//!
//! - A *normal form* ([`Form`]) says that several values are one value: an equivalence. The forms of
//!   a column compose. Rows are grouped by their bytes, so matching needs no search.
//! - A *distance* ([`Excuse`]) accepts a pair of unequal values that are near each other. Distances of
//!   a column are alternatives. They are no equivalences: matching searches for partners, on a line
//!   where it can.
//! - A *zone* ([`TimeZone`]) reads the sides in different ways; it composes with the distances.
//! - A *layout* ([`Layout`]) lays columns on each other before any value is looked at.

mod cells;
mod decimal_absolute;
mod decimal_relative;
mod decimal_scale;
mod distance;
mod float_absolute;
mod float_relative;
mod float_ulps;
mod json_value;
mod list_multiset;
mod margin;
mod nan_is_null;
mod normal;
mod null_is_empty;
mod struct_by_name;
mod text_case;
mod text_nfc;
mod text_trim;
mod time_precision;
mod time_zone;

pub(crate) use cells::{CellVerdict, compare_cells};
pub(crate) use margin::Margin;
pub(crate) use struct_by_name::{LaidOut, Layout};

use crate::{
    encode::encode,
    kind::Meet,
    position::{self, is_scalar},
    value::Value,
};
use model::{Scope, Side, Tolerance, ToleranceKind};
use normal::{Form, Forms, Leaf};
use std::fmt;
use time_zone::TimeZone;

/// A distance between values.
pub(crate) trait Excuse: fmt::Debug + Send + Sync {
    /// Does it say anything about values compared as `meet`?
    fn applies(&self, meet: &Meet) -> bool;

    /// How far the two values are apart, where that is accepted. The sides do not matter.
    ///
    /// On a line of finite values the accepted partners of a value are an interval around it, and
    /// its ends never fall when the value rises: matching relies on it.
    fn excuses(&self, legacy: &Value<'_>, governed: &Value<'_>) -> Option<Margin>;

    /// Do the values that it compares lie on such a line?
    fn lies_on_a_line(&self) -> bool {
        true
    }

    /// Appends bytes that are the same for all values that it excuses, and for equal ones, if it has
    /// such: rows with other bytes need not be tried. Bytes that are the same say nothing.
    fn group_key(&self, _value: &Value<'_>, _out: &mut Vec<u8>) -> bool {
        false
    }
}

/// How a rule works.
#[derive(Debug)]
pub(crate) enum Means {
    Form(Box<dyn Form>),
    Distance(Box<dyn Excuse>),
    Zone(TimeZone),
    /// The order of a list's elements means nothing.
    AnyOrder,
    /// Fields of a struct are found by name.
    ByName,
}

impl Means {
    /// Does it say anything about values compared as `meet`, or about values inside them? Which
    /// structs are laid out by name is not seen here.
    pub(crate) fn applies(&self, meet: &Meet) -> bool {
        let leaf = |test: &dyn Fn(&Meet) -> bool| meet.leaves().into_iter().any(test);
        match self {
            Self::Form(form) => leaf(&|meet| form.applies(meet)),
            Self::Distance(excuse) => leaf(&|meet| excuse.applies(meet)),
            Self::Zone(_) => leaf(&TimeZone::applies),
            Self::AnyOrder => meet.has_list(),
            Self::ByName => false,
        }
    }
}

/// The one place where tolerances are registered. An error says what is wrong with the limits.
pub(crate) fn compile(kind: &ToleranceKind, scope: &Scope) -> Result<Means, String> {
    fn distance<E: Excuse + 'static>(excuse: E) -> Means {
        Means::Distance(Box::new(excuse))
    }
    fn form<F: Form + 'static>(form: F) -> Means {
        Means::Form(Box::new(form))
    }
    // Integers are keys more often than measures.
    let integers = scope.column.is_some() || scope.data_type.is_some();
    Ok(match kind {
        ToleranceKind::FloatAbsolute { max } => distance(float_absolute::compile(*max)?),
        ToleranceKind::FloatRelative { max } => distance(float_relative::compile(*max)?),
        ToleranceKind::FloatUlps { max } => distance(float_ulps::compile(*max)?),
        ToleranceKind::DecimalAbsolute { max } => {
            distance(decimal_absolute::compile(*max, integers)?)
        }
        ToleranceKind::DecimalRelative { max } => {
            distance(decimal_relative::compile(*max, integers)?)
        }
        ToleranceKind::DecimalScale { digits } => distance(decimal_scale::compile(*digits)?),
        ToleranceKind::TimePrecision { micros } => distance(time_precision::compile(*micros)?),
        ToleranceKind::JsonValue => distance(json_value::JsonValue),
        ToleranceKind::TextTrim { blanks } => form(text_trim::TextTrim(*blanks)),
        ToleranceKind::TextCase => form(text_case::TextCase),
        ToleranceKind::TextNfc => form(text_nfc::TextNfc),
        ToleranceKind::NullIsEmpty => form(null_is_empty::NullIsEmpty),
        ToleranceKind::NanIsNull => form(nan_is_null::NanIsNull),
        ToleranceKind::TimeZone { legacy, governed } => {
            Means::Zone(time_zone::compile(legacy, governed)?)
        }
        ToleranceKind::ListMultiset => list_multiset::compile(),
        ToleranceKind::StructByName => struct_by_name::compile(),
    })
}

/// A tolerance of the settings, ready to use.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) tolerance: Tolerance,
    pub(crate) means: Means,
}

/// The tolerances that hold for one column, with their places in the settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnRules<'a> {
    forms: Forms<'a>,
    /// In the order of the settings.
    distances: Vec<(usize, &'a dyn Excuse)>,
    zones: Vec<(usize, &'a TimeZone)>,
}

impl<'a> ColumnRules<'a> {
    /// Those of `rules`, all in scope, that say anything about a column compared as `meet`.
    pub(crate) fn of(rules: impl IntoIterator<Item = (usize, &'a Rule)>, meet: &Meet) -> Self {
        let mut all = Self::default();
        for (place, rule) in rules.into_iter().filter(|(_, rule)| rule.means.applies(meet)) {
            match &rule.means {
                Means::Form(form) => all.forms.add(place, &**form),
                Means::Distance(excuse) => all.distances.push((place, &**excuse)),
                Means::Zone(zone) => all.zones.push((place, zone)),
                Means::AnyOrder => all.forms.forget_order(place),
                Means::ByName => {}
            }
        }
        all
    }

    /// Must values be equal?
    pub(crate) fn is_empty(&self) -> bool {
        self.forms.is_empty() && self.distances.is_empty() && self.zones.is_empty()
    }

    /// Are values looked at in a normal form?
    pub(crate) fn has_forms(&self) -> bool {
        !self.forms.is_empty()
    }

    /// The first distance that excuses a pair of values without parts.
    fn distance(
        &self,
        legacy: &Value<'_>,
        governed: &Value<'_>,
        meet: &Meet,
    ) -> Option<(usize, Margin)> {
        let mut applying = self.distances.iter().filter(|(_, excuse)| excuse.applies(meet));
        applying.find_map(|(place, excuse)| Some((*place, excuse.excuses(legacy, governed)?)))
    }

    /// The zones that speak of values of this meet.
    fn zones_of(&self, meet: &Meet) -> &[(usize, &'a TimeZone)] {
        if TimeZone::applies(meet) { &self.zones } else { &[] }
    }

    /// Does an equal [`group_key`](Self::group_key) mean that the cells are accepted? Otherwise they
    /// are still to be compared.
    pub(crate) fn key_decides(&self, meet: &Meet) -> bool {
        meet.leaves().into_iter().all(|leaf| {
            !self.distances.iter().any(|(_, excuse)| excuse.applies(leaf))
                && self.zones_of(leaf).is_empty()
        })
    }

    /// Appends bytes that are the same for all values of both sides that the rules accept for each
    /// other: rows with other bytes never match. They end by themselves.
    pub(crate) fn group_key(&self, value: &Value<'_>, meet: &Meet, out: &mut Vec<u8>) {
        if self.key_decides(meet) {
            return self.forms.encode(value, meet, out);
        }
        if let ([(_, only)], [], true) = (&*self.distances, &*self.zones, self.forms.is_empty())
            && only.applies(meet)
            && only.group_key(value, out)
        {
            return;
        }
        out.push(self.class(value, meet));
    }

    /// The class of a value or its normal form: what no rule of the column bridges.
    pub(crate) fn class(&self, value: &Value<'_>, meet: &Meet) -> u8 {
        match self.forms.bring(value, meet) {
            Leaf::Null => position::NULL_CLASS,
            Leaf::Text(_) => position::class(&Value::Text("")),
            Leaf::Value(value) => position::class(value),
        }
    }

    /// Are the accepted partners of a value of this meet an interval on a line?
    pub(crate) fn on_a_line(&self, meet: &Meet) -> bool {
        let off =
            |(_, excuse): &(usize, &dyn Excuse)| excuse.applies(meet) && !excuse.lies_on_a_line();
        is_scalar(meet) && !self.distances.iter().any(off) && self.zones_of(meet).is_empty()
    }

    /// Appends bytes that are mostly the same for values that a rule accepts for each other although
    /// no key can say so: rows with the same bytes are worth trying first.
    pub(crate) fn likely_key(&self, side: Side, value: &Value<'_>, meet: &Meet, out: &mut Vec<u8>) {
        match self.zones_of(meet).first().and_then(|(_, zone)| zone.read(side, value)) {
            Some(reading) => out.extend_from_slice(&reading.first.to_be_bytes()),
            None => encode(value, meet, out),
        }
    }

    /// Is there a rule for which [`likely_key`](Self::likely_key) says something?
    pub(crate) fn has_likely_key(&self) -> bool {
        !self.zones.is_empty()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A rule that holds everywhere.
    pub(crate) fn rule(kind: ToleranceKind) -> Rule {
        let scope = Scope::default();
        let means = compile(&kind, &scope).unwrap();
        Rule { tolerance: Tolerance { kind, scope, reason: "test".to_owned() }, means }
    }

    /// The rules of a column, placed from 0.
    pub(crate) fn ruled<'a>(rules: &'a [Rule], meet: &Meet) -> ColumnRules<'a> {
        ColumnRules::of(rules.iter().enumerate(), meet)
    }

    fn key(kinds: &[ToleranceKind], value: &Value<'_>, meet: &Meet) -> Vec<u8> {
        let rules: Vec<_> = kinds.iter().map(|kind| rule(kind.clone())).collect();
        let mut out = Vec::new();
        ruled(&rules, meet).group_key(value, meet, &mut out);
        out
    }

    #[test]
    fn a_form_alone_is_the_key_and_a_distance_leaves_the_class() {
        let text = |text: &'static str| Value::Text(text);
        let case = [ToleranceKind::TextCase];
        assert_eq!(key(&case, &text("A"), &Meet::Text), key(&case, &text("a"), &Meet::Text));
        assert_ne!(key(&case, &text("a"), &Meet::Text), key(&case, &text("b"), &Meet::Text));
        let near = [ToleranceKind::FloatAbsolute { max: 1.0 }];
        let of = |kinds: &[_], v| key(kinds, &v, &Meet::Float);
        assert_eq!(of(&near, Value::Float(1.0)), of(&near, Value::Float(9.0)));
        assert_ne!(of(&near, Value::Float(f64::NAN)), of(&near, Value::Null));
        let both = [near[0].clone(), ToleranceKind::NanIsNull];
        assert_eq!(of(&both, Value::Float(f64::NAN)), of(&both, Value::Null));
        assert_ne!(of(&both, Value::Float(1.0)), of(&both, Value::Null));
    }

    #[test]
    fn json_alone_is_grouped_by_its_value_as_floats() {
        let json = [ToleranceKind::JsonValue];
        let of = |text: &'static str| key(&json, &Value::Text(text), &Meet::Text);
        assert_eq!(of(r#"{"a": 1.50}"#), of(r#"{"a":1.5}"#));
        assert_ne!(of(r#"{"a": 1.50}"#), of(r#"{"a":2.5}"#));
        assert_ne!(of("a"), of("b"));
    }
}
