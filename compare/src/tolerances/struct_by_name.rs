//! `TL0016`: structs of the same fields in another order.
//!
//! Which field stands where is a matter of the column's type, so the rule works before any value is
//! looked at: where both sides have the same names, the governed side's fields are laid out in the
//! legacy order, inside lists and maps too, and everything behind sees fields by position as ever.
//! A field that is missing on a side, or a name that comes twice, is never excused: such structs stay
//! as they are. The ledger counts every cell of a column that was laid out anew.

use super::Means;
use arrow::{
    array::{
        Array, ArrayRef, AsArray as _, FixedSizeListArray, GenericListArray, GenericListViewArray,
        MapArray, OffsetSizeTrait, RecordBatch, RecordBatchOptions, StructArray,
    },
    datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef},
};
use model::{Batches, Rows, RowsError};
use std::sync::Arc;

pub(super) const fn compile() -> Means {
    Means::ByName
}

/// How the governed side is laid out anew.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    schema: SchemaRef,
    /// The 0-based columns that change, each with the place of the rule that lets it.
    pub(crate) columns: Vec<(usize, usize)>,
}

impl Layout {
    /// The layout of `governed` after `legacy`; `rule` gives the place of the rule for a column.
    /// Nothing where no column changes.
    pub(crate) fn of(
        legacy: &Schema,
        governed: &Schema,
        rule: impl Fn(usize) -> Option<usize>,
    ) -> Option<Self> {
        let mut columns = Vec::new();
        let mut fields = Vec::with_capacity(governed.fields().len());
        for (index, (left, right)) in legacy.fields().iter().zip(governed.fields()).enumerate() {
            match rule(index).zip(field_after(left, right)) {
                Some((place, field)) => {
                    columns.push((index, place));
                    fields.push(field);
                }
                None => fields.push(Arc::clone(right)),
            }
        }
        let schema = || Schema::new_with_metadata(fields, governed.metadata().clone());
        (!columns.is_empty()).then(|| Self { schema: Arc::new(schema()), columns })
    }

    /// The schema of the governed side, laid out anew.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// A batch of some columns of the governed side, laid out anew; its values are not copied.
    fn batch(&self, batch: &RecordBatch, columns: &[usize]) -> Result<RecordBatch, RowsError> {
        let schema = self.schema.project(columns).map_err(|error| RowsError(error.to_string()))?;
        let arrays = batch.columns().iter().zip(schema.fields()).map(|(array, field)| {
            relaid(array, field.data_type()).ok_or_else(|| {
                RowsError(format!("column `{}` is no {}", field.name(), field.data_type()))
            })
        });
        let arrays = arrays.collect::<Result<Vec<_>, RowsError>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::new(schema), arrays, &options)
            .map_err(|error| RowsError(format!("structs cannot be laid out by name: {error}")))
    }
}

/// Rows of the governed side, laid out anew as they are read.
#[derive(Debug)]
pub(crate) struct LaidOut<'r> {
    pub(crate) rows: &'r dyn Rows,
    pub(crate) layout: &'r Layout,
}

impl Rows for LaidOut<'_> {
    fn schema(&self) -> &SchemaRef {
        &self.layout.schema
    }

    fn parts(&self) -> usize {
        self.rows.parts()
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        self.rows.part_rows(part)
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        let batches = self.rows.read(part, columns, batch_rows)?;
        let columns = columns.to_vec();
        Ok(Box::new(batches.map(move |batch| self.layout.batch(&batch?, &columns))))
    }
}

/// The governed field with its structs after those of the legacy field; nothing where none changes.
fn field_after(legacy: &Field, governed: &Field) -> Option<FieldRef> {
    let data_type = type_after(legacy.data_type(), governed.data_type())?;
    Some(Arc::new(governed.clone().with_data_type(data_type)))
}

fn type_after(legacy: &DataType, governed: &DataType) -> Option<DataType> {
    if let (DataType::Struct(left), DataType::Struct(right)) = (legacy, governed) {
        return struct_after(left, right).map(DataType::Struct);
    }
    if let (DataType::Map(left, _), DataType::Map(right, sorted)) = (legacy, governed) {
        return Some(DataType::Map(entries_after(left, right)?, *sorted));
    }
    let item = field_after(item_of(legacy)?, item_of(governed)?)?;
    Some(match governed {
        DataType::LargeList(_) => DataType::LargeList(item),
        DataType::ListView(_) => DataType::ListView(item),
        DataType::LargeListView(_) => DataType::LargeListView(item),
        DataType::FixedSizeList(_, width) => DataType::FixedSizeList(item, *width),
        _ => DataType::List(item),
    })
}

fn item_of(data_type: &DataType) -> Option<&FieldRef> {
    match data_type {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => Some(item),
        _ => None,
    }
}

fn struct_after(legacy: &Fields, governed: &Fields) -> Option<Fields> {
    if legacy.len() != governed.len() || has_twins(legacy) {
        return None;
    }
    let mut changed = false;
    let mut fields = Vec::with_capacity(governed.len());
    for (left, right) in legacy.iter().zip(governed) {
        let (_, found) = governed.find(left.name())?;
        changed |= left.name() != right.name();
        match field_after(left, found) {
            Some(inner) => {
                changed = true;
                fields.push(inner);
            }
            None => fields.push(Arc::clone(found)),
        }
    }
    changed.then(|| fields.into())
}

fn has_twins(fields: &Fields) -> bool {
    let mut names: Vec<&String> = fields.iter().map(|field| field.name()).collect();
    names.sort_unstable();
    let before = names.len();
    names.dedup();
    names.len() < before
}

/// Entries are a struct of key and value, whose names mean nothing.
fn entries_after(legacy: &Field, governed: &Field) -> Option<FieldRef> {
    let (DataType::Struct(left), DataType::Struct(right)) =
        (legacy.data_type(), governed.data_type())
    else {
        return None;
    };
    let inner: Vec<_> = left.iter().zip(right).map(|(l, r)| field_after(l, r)).collect();
    inner.iter().any(Option::is_some).then_some(())?;
    let fields = inner.into_iter().zip(right);
    let fields: Fields = fields.map(|(new, old)| new.unwrap_or_else(|| Arc::clone(old))).collect();
    Some(Arc::new(governed.clone().with_data_type(DataType::Struct(fields))))
}

/// The array with its structs as `to` has them; nothing where it does not hold those.
fn relaid(array: &ArrayRef, to: &DataType) -> Option<ArrayRef> {
    if array.data_type() == to {
        return Some(Arc::clone(array));
    }
    let nulls = array.nulls().cloned();
    Some(match to {
        DataType::Struct(fields) => {
            let old = array.as_struct_opt()?;
            let columns = fields
                .iter()
                .map(|field| relaid(old.column_by_name(field.name())?, field.data_type()));
            let columns = columns.collect::<Option<Vec<_>>>()?;
            Arc::new(StructArray::try_new(fields.clone(), columns, nulls).ok()?)
        }
        DataType::List(item) => list::<i32>(array, item)?,
        DataType::LargeList(item) => list::<i64>(array, item)?,
        DataType::ListView(item) => list_view::<i32>(array, item)?,
        DataType::LargeListView(item) => list_view::<i64>(array, item)?,
        DataType::FixedSizeList(item, width) => {
            let old = array.as_fixed_size_list_opt()?;
            let values = relaid(old.values(), item.data_type())?;
            Arc::new(FixedSizeListArray::try_new(Arc::clone(item), *width, values, nulls).ok()?)
        }
        DataType::Map(entries, sorted) => {
            let old = array.as_map_opt()?;
            let DataType::Struct(fields) = entries.data_type() else { return None };
            let columns = fields
                .iter()
                .zip(old.entries().columns())
                .map(|(field, column)| relaid(column, field.data_type()));
            let columns = columns.collect::<Option<Vec<_>>>()?;
            let inner = old.entries().nulls().cloned();
            let new = StructArray::try_new(fields.clone(), columns, inner).ok()?;
            let (field, offsets) = (Arc::clone(entries), old.offsets().clone());
            Arc::new(MapArray::try_new(field, offsets, new, nulls, *sorted).ok()?)
        }
        _ => return None,
    })
}

fn list<O: OffsetSizeTrait>(array: &ArrayRef, item: &FieldRef) -> Option<ArrayRef> {
    let old = array.as_list_opt::<O>()?;
    let values = relaid(old.values(), item.data_type())?;
    let (offsets, nulls) = (old.offsets().clone(), old.nulls().cloned());
    Some(Arc::new(GenericListArray::try_new(Arc::clone(item), offsets, values, nulls).ok()?))
}

fn list_view<O: OffsetSizeTrait>(array: &ArrayRef, item: &FieldRef) -> Option<ArrayRef> {
    let old = array.as_list_view_opt::<O>()?;
    let values = relaid(old.values(), item.data_type())?;
    let (offsets, sizes) = (old.offsets().clone(), old.sizes().clone());
    let nulls = old.nulls().cloned();
    let item = Arc::clone(item);
    Some(Arc::new(GenericListViewArray::try_new(item, offsets, sizes, values, nulls).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::{
        array::{Int32Array, ListArray, StringArray},
        buffer::{NullBuffer, OffsetBuffer},
    };

    type Nested = Box<dyn Fn(Fields) -> DataType>;

    fn fields(names: &[(&str, DataType)]) -> Fields {
        names.iter().map(|(name, t)| Field::new(*name, t.clone(), true)).collect()
    }

    fn ab() -> Fields {
        fields(&[("a", DataType::Int32), ("b", DataType::Utf8)])
    }

    fn ba() -> Fields {
        fields(&[("b", DataType::Utf8), ("a", DataType::Int32)])
    }

    fn column(data_type: DataType) -> Schema {
        Schema::new(vec![Field::new("s", data_type, true)])
    }

    fn layout(legacy: DataType, governed: DataType) -> Option<Layout> {
        Layout::of(&column(legacy), &column(governed), |_| Some(7))
    }

    fn values() -> StructArray {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(vec!["x", "y", "z"])),
            Arc::new(Int32Array::from(vec![1, 2, 3])),
        ];
        let nulls = NullBuffer::from(vec![true, false, true]);
        StructArray::try_new(ba(), columns, Some(nulls)).unwrap()
    }

    #[test]
    fn fields_come_in_the_legacy_order_with_their_nulls() {
        let layout = layout(DataType::Struct(ab()), DataType::Struct(ba())).unwrap();
        assert_eq!(layout.columns, [(0, 7)]);
        let schema = Arc::new(column(DataType::Struct(ba())));
        let batch = RecordBatch::try_new(schema, vec![Arc::new(values())]).unwrap();
        let found = layout.batch(&batch, &[0]).unwrap();
        let array = found.column(0).as_struct();
        assert_eq!(array.column_names(), ["a", "b"]);
        assert_eq!(array.column(0).as_ref(), &Int32Array::from(vec![1, 2, 3]));
        assert!(array.is_null(1));
        // Sliced batches keep their rows.
        let found = layout.batch(&batch.slice(1, 2), &[0]).unwrap();
        assert_eq!(found.column(0).as_struct().column(0).as_ref(), &Int32Array::from(vec![2, 3]));
    }

    #[test]
    fn structs_inside_lists_too() {
        let list =
            |inner| DataType::List(Arc::new(Field::new("item", DataType::Struct(inner), true)));
        let layout = layout(list(ab()), list(ba())).unwrap();
        let item = Arc::new(Field::new("item", DataType::Struct(ba()), true));
        let offsets = OffsetBuffer::from_lengths([2, 1]);
        let array = ListArray::try_new(item, offsets, Arc::new(values()), None).unwrap();
        let schema = Arc::new(column(list(ba())));
        let batch = RecordBatch::try_new(schema, vec![Arc::new(array)]).unwrap();
        let found = layout.batch(&batch.slice(1, 1), &[0]).unwrap();
        let row = found.column(0).as_list::<i32>().value(0);
        assert_eq!(row.as_struct().column(0).as_ref(), &Int32Array::from(vec![3]));
    }

    #[test]
    fn missing_fields_and_twins_stay_as_they_are() {
        let ac = fields(&[("c", DataType::Int32), ("a", DataType::Int32)]);
        let three =
            fields(&[("b", DataType::Utf8), ("a", DataType::Int32), ("c", DataType::Int32)]);
        let twins = fields(&[("a", DataType::Int32), ("a", DataType::Int32)]);
        for (legacy, governed) in [(ab(), ac), (ab(), three), (twins, ba()), (ab(), ab())] {
            assert!(layout(DataType::Struct(legacy), DataType::Struct(governed)).is_none());
        }
        assert!(
            Layout::of(&column(DataType::Struct(ab())), &column(DataType::Struct(ba())), |_| None)
                .is_none()
        );
        assert!(layout(DataType::Int32, DataType::Struct(ba())).is_none());
    }

    #[test]
    fn maps_and_the_other_kinds_of_lists() {
        let item = |inner| Arc::new(Field::new("item", DataType::Struct(inner), true));
        let entries = |inner| {
            let both = fields(&[("key", DataType::Int32), ("value", DataType::Struct(inner))]);
            Arc::new(Field::new("entries", DataType::Struct(both), false))
        };
        let kinds: Vec<Nested> = vec![
            Box::new(move |inner| DataType::LargeList(item(inner))),
            Box::new(move |inner| DataType::ListView(item(inner))),
            Box::new(move |inner| DataType::LargeListView(item(inner))),
            Box::new(move |inner| DataType::FixedSizeList(item(inner), 2)),
            Box::new(move |inner| DataType::Map(entries(inner), false)),
        ];
        for kind in kinds {
            let layout = layout(kind(ab()), kind(ba())).unwrap();
            assert_eq!(layout.schema().field(0).data_type(), &kind(ab()));
            let empty = RecordBatch::new_empty(Arc::new(column(kind(ba()))));
            assert_eq!(
                layout.batch(&empty, &[0]).unwrap().schema().field(0).data_type(),
                &kind(ab())
            );
        }
    }
}
