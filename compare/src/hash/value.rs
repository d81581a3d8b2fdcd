//! What of a value is hashed: equal values, whatever array or type they came from, give equal words.
//!
//! This is the definition; `column` has loops for the arrays that most columns are of.

use super::{
    form::Form,
    state::{HashKey, State, Tag, length},
};
use crate::{
    json::Document,
    number::{Exact, Number},
    render::uuid_text,
    value::{Instant, Value},
};
use model::Side;

/// Takes a value in.
pub(super) fn fold(value: &Value<'_>, form: &Form, state: &mut State, key: &HashKey) {
    match (value, form) {
        (Value::Null, _) => state.tag(Tag::Null, key),
        (_, Form::Stranger(side)) => {
            state.tag(Tag::Stranger, key);
            state.word(u64::from(*side == Side::Legacy), key);
        }
        (Value::Bool(value), _) => state.word(u64::from(*value), key),
        (Value::Int(value), Form::Exact(_) | Form::Number(_)) => {
            fold_exact(&Exact::from_scaled(*value, 0), form, state, key);
        }
        (Value::Int(value), _) => state.integer(*value, key),
        (Value::Number(number), _) => fold_number(number, form, state, key),
        (Value::Float(value), _) => state.word(float_word(*value), key),
        (Value::Single(value), _) => state.word(float_word(f64::from(*value)), key),
        (Value::Half(value), _) => state.word(float_word(f64::from(*value)), key),
        (Value::Text(text), Form::Json) => fold_json(text, state, key),
        (Value::Text(text), _) => state.bytes(text.as_bytes(), key),
        (Value::Bytes(bytes), _) => state.bytes(bytes, key),
        (Value::Uuid(bytes), Form::Text) => state.bytes(uuid_text(bytes).as_bytes(), key),
        (Value::Uuid(bytes), _) => state.bytes(bytes, key),
        (Value::Date(at) | Value::Timestamp { at, .. }, _) => fold_instant(*at, state, key),
        (Value::Time(nanos), _) => state.integer((*nanos).into(), key),
        (Value::Interval { months, days, nanos }, _) => {
            fold_interval((*months, *days, *nanos), state, key);
        }
        (Value::List(items), form) => {
            let item_form = if let Form::List(item) = form { item } else { form };
            state.word(length(items.len()), key);
            for item in items {
                let mut part = key.start();
                fold(item, item_form, &mut part, key);
                state.part(part.finish(key), key);
            }
        }
        (Value::Struct(fields), form) => {
            let forms: &[Form] = if let Form::Struct(forms) = form { forms } else { &[] };
            for (index, (_, value)) in fields.iter().enumerate() {
                fold(value, forms.get(index).unwrap_or(form), state, key);
            }
        }
        (Value::Map(entries), form) => {
            let (of_key, of_value) =
                if let Form::Map(k, v) = form { (&**k, &**v) } else { (form, form) };
            state.word(length(entries.len()), key);
            // A sum, since the order of entries means nothing.
            let sum = entries.iter().fold(0_u128, |sum, (name, value)| {
                let mut entry = key.start();
                fold(name, of_key, &mut entry, key);
                fold(value, of_value, &mut entry, key);
                sum.wrapping_add(entry.finish(key))
            });
            state.part(sum, key);
        }
    }
}

fn fold_json(text: &str, state: &mut State, key: &HashKey) {
    // What is no document equals the same text only.
    let Some(document) = Document::read(text) else { return state.bytes(text.as_bytes(), key) };
    let mut bytes = Vec::new();
    document.encode(&mut bytes);
    state.tag(Tag::Json, key);
    state.bytes(&bytes, key);
}

/// Three independent parts: months, days, nanoseconds.
pub(super) fn fold_interval(parts: (i64, i64, i128), state: &mut State, key: &HashKey) {
    state.integer(parts.0.into(), key);
    state.integer(parts.1.into(), key);
    state.integer(parts.2, key);
}

/// The bits of a float; every NaN is the same.
#[inline]
pub(super) fn float_word(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

/// An exact number as an integer at the scale of its column, which most are; beside floats, as the
/// float that it is, if it is one.
#[inline]
pub(super) fn fold_scaled(scaled: i128, form: &Form, state: &mut State, key: &HashKey) {
    if let Form::Number(scale) = form {
        if let Some(float) = scale.exact_float(scaled) {
            return state.word(float_word(float), key);
        }
        state.tag(Tag::Exact, key);
    }
    state.integer(scaled, key);
}

/// An exact number of any scale.
pub(super) fn fold_exact(exact: &Exact, form: &Form, state: &mut State, key: &HashKey) {
    if let Form::Exact(scale) | Form::Number(scale) = form
        && let Some(scaled) = exact.at_scale(scale.digits)
    {
        return fold_scaled(scaled, form, state, key);
    }
    if let Form::Number(_) = form
        && let Some(float) = exact.as_exact_f64()
    {
        return state.word(float_word(float), key);
    }
    let mut bytes = Vec::new();
    exact.encode(&mut bytes);
    state.tag(Tag::Digits, key);
    state.bytes(&bytes, key);
}

fn fold_number(number: &Number, form: &Form, state: &mut State, key: &HashKey) {
    let (tag, float) = match number {
        Number::Finite(exact) => return fold_exact(exact, form, state, key),
        Number::NaN => (Tag::NaN, f64::NAN),
        Number::Infinity => (Tag::Infinity, f64::INFINITY),
        Number::NegativeInfinity => (Tag::NegativeInfinity, f64::NEG_INFINITY),
    };
    match form {
        Form::Number(_) => state.word(float_word(float), key),
        _ => state.tag(tag, key),
    }
}

/// A point in time; most are whole microseconds of the years that 64 bits hold.
pub(super) fn fold_instant(at: Instant, state: &mut State, key: &HashKey) {
    const MICRO: i128 = 1_000;
    match at {
        Instant::At(nanos) if nanos % MICRO == 0 => state.integer(nanos / MICRO, key),
        Instant::At(nanos) => {
            state.tag(Tag::Nanos, key);
            state.integer(nanos, key);
        }
        Instant::Infinity => state.tag(Tag::Infinity, key),
        Instant::NegativeInfinity => state.tag(Tag::NegativeInfinity, key),
    }
}
