//! The Arrow columns of the engines inside this process into the forms that PostgreSQL's columns
//! take, without changing a value.
//!
//! DuckDB marks what Arrow lacks as `arrow.opaque` with the type's name
//! (<https://arrow.apache.org/docs/format/CanonicalExtensions.html#opaque>); DataFusion chooses
//! among the layouts that Arrow has for one and the same type (views, dictionaries, large offsets).

use crate::{decimal::MAX_38_DIGITS, failure};
use arrow::{
    array::{
        Array, ArrayRef, AsArray as _, Decimal128Array, FixedSizeBinaryArray, ListArray, MapArray,
        StringArray, StructArray,
    },
    compute::{CastOptions, cast_with_options},
    datatypes::{
        DataType, Field, FieldRef, Fields, Int8Type, IntervalUnit, Schema, SchemaRef, TimeUnit,
    },
    error::ArrowError,
    record_batch::{RecordBatch, RecordBatchOptions},
};
use model::{Failure, logical};
use serde_json::Value;
use std::sync::Arc;

const EXTENSION_METADATA: &str = "ARROW:extension:metadata";

/// How the columns of one result are brought into form.
pub(crate) struct Forms {
    schema: SchemaRef,
    columns: Vec<Form>,
}

impl Forms {
    /// Decides from the schema, and for 128-bit integers from the first batch.
    ///
    /// # Errors
    /// A column whose type cannot be carried.
    pub(crate) fn decide(
        schema: &Schema,
        first: Option<&RecordBatch>,
        engine_type: EngineType,
    ) -> Result<Self, Failure> {
        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for (index, field) in schema.fields().iter().enumerate() {
            let array = first.map(|batch| Arc::clone(batch.column(index)));
            let (formed, form) =
                Decider { column: field.name(), engine_type }.decide(field, array.as_ref())?;
            let mut metadata = formed.metadata().clone();
            metadata.insert(logical::ENGINE_TYPE.to_owned(), engine_type(field));
            fields.push(formed.with_metadata(metadata));
            columns.push(form);
        }
        Ok(Self { schema: Arc::new(Schema::new(fields)), columns })
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    pub(crate) fn apply(&self, batch: &RecordBatch) -> Result<RecordBatch, Failure> {
        let columns = self
            .columns
            .iter()
            .zip(self.schema.fields())
            .zip(batch.columns())
            .map(|((form, field), array)| {
                form.apply(array).map_err(|error| problem(field.name(), &error))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
            .map_err(|error| failure::internal(error.to_string()))
    }
}

fn problem(column: &str, error: &ArrowError) -> Failure {
    match error {
        ArrowError::ComputeError(message) | ArrowError::CastError(message) => {
            failure::unrepresentable(format!(
                "column `{column}` holds a value that cannot be carried without loss: {message}; \
                 cast it in the statement, for example to text"
            ))
        }
        other => failure::internal(format!("column `{column}`: {other}")),
    }
}

enum Form {
    Keep,
    /// A cast that keeps every value or fails.
    Cast(DataType),
    Bool8,
    Huge {
        signed: bool,
        as_text: bool,
    },
    List(FieldRef, Box<Form>),
    /// Another layout of the same values first.
    Plain {
        plain: DataType,
        then: Box<Form>,
    },
    Struct(Fields, Vec<Form>),
    Map {
        entries: FieldRef,
        form: Box<Form>,
        sorted: bool,
    },
}

/// The engine's own name of a field's type.
pub(crate) type EngineType = fn(&Field) -> String;

/// Decides for one column of a result, and for what is inside it.
#[derive(Clone, Copy)]
struct Decider<'a> {
    column: &'a str,
    engine_type: EngineType,
}

impl Decider<'_> {
    fn refused<T>(self, field: &Field) -> Result<T, Failure> {
        Err(failure::unknown_type(self.column, &(self.engine_type)(field)))
    }

    /// The formed field, named as before, and how to get there.
    fn decide(self, field: &Field, first: Option<&ArrayRef>) -> Result<(Field, Form), Failure> {
        let named = |data_type: DataType| Field::new(field.name(), data_type, field.is_nullable());
        let extended = |storage: DataType, extension: &str| {
            logical::extension_field(field.name(), storage, extension, field.is_nullable())
        };
        let uuid = DataType::FixedSizeBinary(16);
        match logical::extension_name(field) {
            Some(logical::UUID) if *field.data_type() == uuid => {
                return Ok((extended(uuid, logical::UUID), Form::Keep));
            }
            Some(name @ (logical::JSON | logical::NUMERIC)) if is_text(field.data_type()) => {
                return Ok((extended(DataType::Utf8, name), Form::Cast(DataType::Utf8)));
            }
            Some("arrow.bool8") if *field.data_type() == DataType::Int8 => {
                return Ok((named(DataType::Boolean), Form::Bool8));
            }
            Some("arrow.opaque") => {
                let signed = match opaque_type(field).as_deref() {
                    Some("hugeint") => true,
                    Some("uhugeint") => false,
                    _ => return self.refused(field),
                };
                let as_text = first.is_some_and(|array| exceeds_38_digits(array, signed));
                let formed = if as_text {
                    extended(DataType::Utf8, logical::NUMERIC)
                } else {
                    named(DataType::Decimal128(38, 0))
                };
                return Ok((formed, Form::Huge { signed, as_text }));
            }
            // An expression over such a column may keep the mark but change the type.
            Some(logical::UUID | logical::JSON | logical::NUMERIC) | None => {}
            Some(_) => return self.refused(field),
        }
        let cast = |wanted: DataType| Ok((named(wanted.clone()), Form::Cast(wanted)));
        let micros = TimeUnit::Microsecond;
        match field.data_type() {
            text if is_text(text) => cast(DataType::Utf8),
            DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::FixedSizeBinary(_) => cast(DataType::Binary),
            DataType::Dictionary(_, value) => {
                let value = Field::new(field.name(), (**value).clone(), true);
                let (formed, form) = self.decide(&value, None)?;
                let plain = value.data_type().clone();
                Ok((formed, Form::Plain { plain, then: Box::new(form) }))
            }
            DataType::Float16 => cast(DataType::Float32),
            DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
                cast(DataType::Decimal128(*precision, *scale))
            }
            DataType::Decimal256(..) => {
                Ok((extended(DataType::Utf8, logical::NUMERIC), Form::Cast(DataType::Utf8)))
            }
            DataType::Time32(_) => cast(DataType::Time64(micros)),
            DataType::Timestamp(TimeUnit::Second | TimeUnit::Millisecond, None) => {
                cast(DataType::Timestamp(micros, None))
            }
            DataType::Timestamp(TimeUnit::Second | TimeUnit::Millisecond, Some(_)) => {
                cast(DataType::Timestamp(micros, Some("UTC".into())))
            }
            DataType::Timestamp(unit, Some(_)) => {
                let wanted = DataType::Timestamp(*unit, Some("UTC".into()));
                Ok((named(wanted.clone()), Form::Cast(wanted)))
            }
            DataType::Interval(_) | DataType::Duration(_) => {
                cast(DataType::Interval(IntervalUnit::MonthDayNano))
            }
            DataType::List(item) => {
                let values = first.map(|array| Arc::clone(array.as_list::<i32>().values()));
                let (item, form) = self.decide_item(item, values.as_ref())?;
                Ok((named(DataType::List(Arc::clone(&item))), Form::List(item, Box::new(form))))
            }
            DataType::LargeList(item)
            | DataType::ListView(item)
            | DataType::LargeListView(item)
            | DataType::FixedSizeList(item, _) => {
                let plain = DataType::List(Arc::clone(item));
                let first = first.and_then(|array| cast_array(array, &plain).ok());
                let (formed, form) = self.decide(&named(plain.clone()), first.as_ref())?;
                Ok((formed, Form::Plain { plain, then: Box::new(form) }))
            }
            DataType::Struct(fields) => {
                let mut formed = Vec::new();
                let mut forms = Vec::new();
                for (index, child) in fields.iter().enumerate() {
                    let array = first.map(|array| Arc::clone(array.as_struct().column(index)));
                    let (field, form) = self.decide(child, array.as_ref())?;
                    formed.push(field);
                    forms.push(form);
                }
                let formed = Fields::from(formed);
                Ok((named(DataType::Struct(formed.clone())), Form::Struct(formed, forms)))
            }
            DataType::Map(entries, sorted) => {
                let array: Option<ArrayRef> =
                    first.map(|array| Arc::new(array.as_map().entries().clone()) as ArrayRef);
                let (formed, form) = self.decide(entries, array.as_ref())?;
                let formed = Arc::new(formed);
                let map = DataType::Map(Arc::clone(&formed), *sorted);
                let form = Form::Map { entries: formed, form: Box::new(form), sorted: *sorted };
                Ok((named(map), form))
            }
            kept @ (DataType::Null
            | DataType::Boolean
            | DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64
            | DataType::Float32
            | DataType::Float64
            | DataType::Decimal128(..)
            | DataType::Date32
            | DataType::Time64(_)
            | DataType::Timestamp(_, None)) => Ok((named(kept.clone()), Form::Keep)),
            _ => self.refused(field),
        }
    }

    /// Items are called `item` whatever the engine calls them, so that schemas compare.
    fn decide_item(
        self,
        item: &Field,
        values: Option<&ArrayRef>,
    ) -> Result<(FieldRef, Form), Failure> {
        let (field, form) = self.decide(item, values)?;
        Ok((Arc::new(field.with_name("item").with_nullable(true)), form))
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

impl Form {
    fn apply(&self, array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Keep => Arc::clone(array),
            Self::Cast(wanted) if array.data_type() == wanted => Arc::clone(array),
            Self::Cast(wanted) => cast_array(array, wanted)?,
            Self::Bool8 => {
                let values = array.as_primitive::<Int8Type>().iter();
                Arc::new(
                    values
                        .map(|value| value.map(|value| value != 0))
                        .collect::<arrow::array::BooleanArray>(),
                )
            }
            Self::Huge { signed, as_text } => {
                huge(array.as_fixed_size_binary(), *signed, *as_text)?
            }
            Self::List(item, form) => {
                let list = array.as_list::<i32>();
                Arc::new(ListArray::try_new(
                    Arc::clone(item),
                    list.offsets().clone(),
                    form.apply(list.values())?,
                    list.nulls().cloned(),
                )?)
            }
            Self::Plain { plain, then } => then.apply(&cast_array(array, plain)?)?,
            Self::Struct(fields, forms) => {
                let columns = array.as_struct().columns().iter().zip(forms);
                let columns = columns
                    .map(|(column, form)| form.apply(column))
                    .collect::<Result<Vec<_>, _>>()?;
                Arc::new(StructArray::try_new(fields.clone(), columns, array.nulls().cloned())?)
            }
            Self::Map { entries, form, sorted } => {
                let map = array.as_map();
                let formed = form.apply(&(Arc::new(map.entries().clone()) as ArrayRef))?;
                Arc::new(MapArray::try_new(
                    Arc::clone(entries),
                    map.offsets().clone(),
                    formed.as_struct().clone(),
                    map.nulls().cloned(),
                    *sorted,
                )?)
            }
        })
    }
}

fn cast_array(array: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, ArrowError> {
    cast_with_options(array, wanted, &CastOptions { safe: false, ..CastOptions::default() })
}

/// What the opaque type is called in DuckDB.
pub(crate) fn opaque_type(field: &Field) -> Option<String> {
    let metadata: Value = serde_json::from_str(field.metadata().get(EXTENSION_METADATA)?).ok()?;
    Some(metadata.get("type_name")?.as_str()?.to_owned())
}

/// A 128-bit integer: its magnitude, and whether it is negative.
fn parts(bytes: &[u8], signed: bool) -> Option<(u128, bool)> {
    let bytes: [u8; 16] = bytes.try_into().ok()?;
    if signed {
        let value = i128::from_le_bytes(bytes);
        Some((value.unsigned_abs(), value < 0))
    } else {
        Some((u128::from_le_bytes(bytes), false))
    }
}

fn exceeds_38_digits(array: &ArrayRef, signed: bool) -> bool {
    let Some(array) = array.as_any().downcast_ref::<FixedSizeBinaryArray>() else { return false };
    array.iter().flatten().any(|bytes| {
        parts(bytes, signed).is_some_and(|(magnitude, _)| magnitude > MAX_38_DIGITS.unsigned_abs())
    })
}

fn huge(array: &FixedSizeBinaryArray, signed: bool, as_text: bool) -> Result<ArrayRef, ArrowError> {
    let malformed = || ArrowError::InvalidArgumentError("a 128-bit integer has no 16 bytes".into());
    let mut texts = Vec::new();
    let mut integers = Vec::new();
    for bytes in array {
        let Some(bytes) = bytes else {
            texts.push(None);
            integers.push(None);
            continue;
        };
        let (magnitude, negative) = parts(bytes, signed).ok_or_else(malformed)?;
        let sign = if negative { "-" } else { "" };
        if as_text {
            texts.push(Some(format!("{sign}{magnitude}")));
            continue;
        }
        let value = i128::try_from(magnitude).ok().filter(|value| *value <= MAX_38_DIGITS);
        let value = value.ok_or_else(|| {
            ArrowError::ComputeError(format!("{sign}{magnitude} has more than 38 digits"))
        })?;
        integers.push(Some(if negative { -value } else { value }));
    }
    if as_text {
        return Ok(Arc::new(StringArray::from(texts)));
    }
    Ok(Arc::new(Decimal128Array::from(integers).with_precision_and_scale(38, 0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opaque(name: &str, storage: DataType) -> Field {
        let metadata = format!("{{\"type_name\":\"{name}\",\"vendor_name\":\"DuckDB\"}}");
        Field::new("h", storage, true).with_metadata(
            [
                (logical::EXTENSION_NAME.to_owned(), "arrow.opaque".to_owned()),
                (EXTENSION_METADATA.to_owned(), metadata),
            ]
            .into(),
        )
    }

    fn decider() -> Decider<'static> {
        Decider { column: "h", engine_type: |field| opaque_type(field).unwrap_or_default() }
    }

    fn hugeints(values: &[i128]) -> ArrayRef {
        let bytes: Vec<[u8; 16]> = values.iter().map(|value| value.to_le_bytes()).collect();
        Arc::new(FixedSizeBinaryArray::try_from_iter(bytes.iter()).unwrap())
    }

    #[test]
    fn hugeints_are_decimals_while_38_digits_hold_them() {
        let field = opaque("hugeint", DataType::FixedSizeBinary(16));
        let small = hugeints(&[MAX_38_DIGITS, -1]);
        let (formed, form) = decider().decide(&field, Some(&small)).unwrap();
        assert_eq!(formed.data_type(), &DataType::Decimal128(38, 0));
        let array = form.apply(&small).unwrap();
        let array = array.as_primitive::<arrow::datatypes::Decimal128Type>();
        assert_eq!(array.value(0), MAX_38_DIGITS);

        let large = hugeints(&[i128::MIN, 7]);
        // A later batch that does not fit any more is an error, never a wrong value.
        assert!(matches!(form.apply(&large), Err(ArrowError::ComputeError(_))));
        let (formed, form) = decider().decide(&field, Some(&large)).unwrap();
        assert_eq!(logical::extension_name(&formed), Some(logical::NUMERIC));
        let array = form.apply(&large).unwrap();
        assert_eq!(array.as_string::<i32>().value(0), i128::MIN.to_string());
    }

    #[test]
    fn other_opaque_types_are_refused_by_name() {
        let failure = decider().decide(&opaque("bit", DataType::Binary), None).err().unwrap();
        assert!(failure.message.contains("`h`") && failure.message.contains("bit"), "{failure}");
    }
}
