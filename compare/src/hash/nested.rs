//! Hashes lists, structs and maps array by array, as [`super::value`] says.

use super::{
    column::Sink,
    form::Form,
    state::{HashKey, State, Tag, length},
};
use crate::reader::ReadError;
use arrow::{
    array::{
        Array, ArrayRef, AsArray as _, GenericListArray, MapArray, OffsetSizeTrait, StructArray,
    },
    buffer::NullBuffer,
    datatypes::{DataType, Field},
};
use std::ops::Range;

/// The hashes of parts of rows, each begun anew.
struct Parts {
    states: Vec<State>,
    /// The first part, by its place in the array.
    first: usize,
}

impl Parts {
    fn new(range: &Range<usize>, key: &HashKey) -> Self {
        Self { states: vec![key.start(); range.len()], first: range.start }
    }

    /// Takes in the values of an array at the places of the parts.
    fn array(
        &mut self,
        field: &Field,
        values: &ArrayRef,
        form: &Form,
        key: &HashKey,
    ) -> Result<(), ReadError> {
        let values = values.slice(self.first, self.states.len());
        let mut sink = Sink { states: &mut self.states, key };
        sink.array(field, &values, form).map_err(|(_, error)| error)
    }

    /// The parts at these places.
    fn at(&self, range: &Range<usize>) -> &[State] {
        let place = |at: usize| at.saturating_sub(self.first);
        self.states.get(place(range.start)..place(range.end)).unwrap_or_default()
    }
}

impl Sink<'_> {
    /// Is there a way for this array in this form, and has it been gone?
    ///
    /// An error names no row: the slow way finds it.
    pub(super) fn nested(&mut self, array: &dyn Array, form: &Form) -> Result<bool, ReadError> {
        match (array.data_type(), form) {
            (DataType::List(item), Form::List(form)) => {
                self.list(array.as_list::<i32>(), item, form)?;
            }
            (DataType::LargeList(item), Form::List(form)) => {
                self.list(array.as_list::<i64>(), item, form)?;
            }
            (DataType::Struct(_), Form::Struct(forms)) => {
                return self.fields(array.as_struct(), forms);
            }
            (DataType::Map(entries, _), Form::Map(of_key, of_value)) => {
                return self.map(array.as_map(), entries, [of_key, of_value]);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn list<O: OffsetSizeTrait>(
        &mut self,
        list: &GenericListArray<O>,
        item: &Field,
        form: &Form,
    ) -> Result<(), ReadError> {
        let rows = ranges(list.value_offsets());
        let mut items = Parts::new(&span(&rows), self.key);
        items.array(item, list.values(), form, self.key)?;
        self.parts(&rows, list.nulls(), |state, range, key| {
            for item in items.at(range) {
                state.part(item.finish(key), key);
            }
        });
        Ok(())
    }

    /// The fields of a row, one after the other.
    fn fields(&mut self, rows: &StructArray, forms: &[Form]) -> Result<bool, ReadError> {
        if rows.columns().len() != forms.len() {
            return Ok(false);
        }
        let mut states = self.states.to_vec();
        for ((field, values), form) in rows.fields().iter().zip(rows.columns()).zip(forms) {
            let mut sink = Sink { states: &mut states, key: self.key };
            sink.array(field, values, form).map_err(|(_, error)| error)?;
        }
        let nulls = rows.nulls();
        for (row, (state, with_fields)) in self.states.iter_mut().zip(states).enumerate() {
            // What lies below NULL does not count.
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                state.tag(Tag::Null, self.key);
            } else {
                *state = with_fields;
            }
        }
        Ok(true)
    }

    fn map(
        &mut self,
        map: &MapArray,
        entries: &Field,
        forms: [&Form; 2],
    ) -> Result<bool, ReadError> {
        let DataType::Struct(fields) = entries.data_type() else { return Ok(false) };
        let rows = ranges(map.value_offsets());
        let mut of_entries = Parts::new(&span(&rows), self.key);
        for ((field, values), form) in fields.iter().zip([map.keys(), map.values()]).zip(forms) {
            of_entries.array(field, values, form, self.key)?;
        }
        self.parts(&rows, map.nulls(), |state, range, key| {
            // A sum, since the order of entries means nothing.
            let entries = of_entries.at(range).iter();
            let sum = entries.fold(0_u128, |sum, entry| sum.wrapping_add(entry.finish(key)));
            state.part(sum, key);
        });
        Ok(true)
    }

    /// Takes in how many parts each row has, and then the parts.
    fn parts(
        &mut self,
        rows: &[Range<usize>],
        nulls: Option<&NullBuffer>,
        fold: impl Fn(&mut State, &Range<usize>, &HashKey),
    ) {
        for (row, (state, range)) in self.states.iter_mut().zip(rows).enumerate() {
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                state.tag(Tag::Null, self.key);
            } else {
                state.word(length(range.len()), self.key);
                fold(state, range, self.key);
            }
        }
    }
}

fn ranges<O: OffsetSizeTrait>(offsets: &[O]) -> Vec<Range<usize>> {
    let starts = offsets.iter().map(|offset| offset.as_usize());
    starts.clone().zip(starts.skip(1)).map(|(start, end)| start..end).collect()
}

/// From the first part of all rows to the last one.
fn span(rows: &[Range<usize>]) -> Range<usize> {
    rows.first().map_or(0, |range| range.start)..rows.last().map_or(0, |range| range.end)
}

#[cfg(test)]
mod tests {
    use crate::{
        hash::{HashKey, column::Sink, form::Form, value::fold},
        laws::samples,
        reader::Reader,
    };
    use model::Side;

    /// Array by array and value by value give one hash, wherever a slice begins.
    #[test]
    fn both_ways_give_the_same() {
        let key = HashKey::random();
        let mut rows = 0;
        for sample in samples::all() {
            let (schema, column) = (sample.schema(), sample.column(0));
            let field = schema.field(0);
            let meet = crate::kind::Kind::of(field).unwrap();
            let form = Form::of(Side::Legacy, &meet.meet(&meet), [field, field]);
            for start in 0..column.len() {
                let slice = column.slice(start, column.len() - start);
                let mut states = vec![key.start(); slice.len()];
                let mut sink = Sink { states: &mut states, key: &key };
                if !sink.nested(&slice, &form).unwrap() {
                    continue;
                }
                let reader = Reader::new(field, &slice).unwrap();
                for (row, state) in states.iter().enumerate() {
                    let mut expected = key.start();
                    fold(&reader.value(row).unwrap(), &form, &mut expected, &key);
                    assert_eq!(expected.finish(&key), state.finish(&key), "{slice:?} {row}");
                    rows += 1;
                }
            }
        }
        assert!(rows > 20, "{rows}");
    }
}
