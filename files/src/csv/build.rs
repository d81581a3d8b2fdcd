//! Arrays of a kind from the fields of a column.

use super::{
    kind::{self, Kind},
    number,
    records::{Field, text},
    time,
};
use arrow::{
    array::{
        ArrayRef, ArrowPrimitiveType, BooleanArray, FixedSizeBinaryBuilder, PrimitiveArray,
        PrimitiveBuilder, StringBuilder,
    },
    datatypes::{
        DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
        Int32Type, Int64Type, Time64MicrosecondType, Time64NanosecondType, TimeUnit,
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
        TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};
use std::sync::Arc;

/// The fields of a column in a buffer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column<'a> {
    pub(super) buffer: &'a str,
    /// Fields of all read columns, record by record.
    pub(super) fields: &'a [Field],
    /// How many columns were read, and which of them this is.
    pub(super) width: usize,
    pub(super) number: usize,
    pub(super) null: &'a str,
}

impl<'a> Column<'a> {
    pub(super) fn fields(self) -> impl ExactSizeIterator<Item = Field> + 'a {
        let fields = self.fields.get(self.number..).unwrap_or_default();
        fields.iter().step_by(self.width.max(1)).copied()
    }

    /// Calls with each value in turn, nothing for NULL, until an error.
    pub(super) fn each<E>(
        self,
        mut value: impl FnMut(Option<&str>, Field) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut scratch = String::new();
        for field in self.fields() {
            let text = text(self.buffer, field, &mut scratch);
            value(text.filter(|text| field.quoted || *text != self.null), field)?;
        }
        Ok(())
    }

    /// An array of the kind.
    ///
    /// # Errors
    /// A value that is not of the kind; as all were looked at before, the file has changed.
    pub(super) fn array(self, kind: &Kind) -> Result<ArrayRef, String> {
        Ok(match kind {
            Kind::Text | Kind::Json | Kind::Numeric => self.texts()?,
            Kind::Bool => {
                let mut values = Vec::with_capacity(self.fields().len());
                self.each(|text, _| {
                    values.push(text.map(|text| parsed(text, kind::boolean)).transpose()?);
                    Ok::<_, String>(())
                })?;
                Arc::new(BooleanArray::from(values))
            }
            Kind::Int(int) => match int {
                DataType::Int8 => self.primitive::<Int8Type>(kind::int_of)?,
                DataType::Int16 => self.primitive::<Int16Type>(kind::int_of)?,
                DataType::Int32 => self.primitive::<Int32Type>(kind::int_of)?,
                DataType::UInt8 => self.primitive::<UInt8Type>(kind::int_of)?,
                DataType::UInt16 => self.primitive::<UInt16Type>(kind::int_of)?,
                DataType::UInt32 => self.primitive::<UInt32Type>(kind::int_of)?,
                DataType::UInt64 => self.primitive::<UInt64Type>(kind::unsigned)?,
                _ => self.primitive::<Int64Type>(number::integer)?,
            },
            Kind::Decimal128(precision, scale) => {
                let array = self.array_of::<Decimal128Type>(|text| {
                    kind::decimal128(text, *precision, *scale)
                })?;
                let array = array.with_precision_and_scale(*precision, *scale);
                Arc::new(array.map_err(|error| error.to_string())?)
            }
            Kind::Float32 => self.primitive::<Float32Type>(number::float32)?,
            Kind::Float64 => self.primitive::<Float64Type>(number::float64)?,
            Kind::Date => self.primitive::<Date32Type>(time::date)?,
            Kind::Time(unit) => match unit {
                TimeUnit::Nanosecond => {
                    self.primitive::<Time64NanosecondType>(|text| kind::time_of_day(text, *unit))?
                }
                _ => self.primitive::<Time64MicrosecondType>(|text| {
                    kind::time_of_day(text, TimeUnit::Microsecond)
                })?,
            },
            Kind::Timestamp(unit, zone) => {
                let parse = |text: &str| kind::timestamp(text, *unit, zone.is_some());
                let zone = zone.clone();
                match unit {
                    TimeUnit::Second => Arc::new(
                        self.array_of::<TimestampSecondType>(parse)?.with_timezone_opt(zone),
                    ),
                    TimeUnit::Millisecond => Arc::new(
                        self.array_of::<TimestampMillisecondType>(parse)?.with_timezone_opt(zone),
                    ),
                    TimeUnit::Microsecond => Arc::new(
                        self.array_of::<TimestampMicrosecondType>(parse)?.with_timezone_opt(zone),
                    ),
                    TimeUnit::Nanosecond => Arc::new(
                        self.array_of::<TimestampNanosecondType>(parse)?.with_timezone_opt(zone),
                    ),
                }
            }
            Kind::Uuid => {
                let mut builder = FixedSizeBinaryBuilder::with_capacity(self.fields().len(), 16);
                self.each(|text, _| {
                    let Some(text) = text else {
                        builder.append_null();
                        return Ok(());
                    };
                    let value = parsed(text, kind::uuid)?;
                    builder.append_value(value).map_err(|error| error.to_string())
                })?;
                Arc::new(builder.finish())
            }
        })
    }

    fn texts(self) -> Result<ArrayRef, String> {
        let bytes = self.fields().map(|field| field.range().len()).sum();
        let mut builder = StringBuilder::with_capacity(self.fields().len(), bytes);
        self.each(|text, _| {
            builder.append_option(text);
            Ok::<_, String>(())
        })?;
        Ok(Arc::new(builder.finish()))
    }

    fn primitive<T: ArrowPrimitiveType>(
        self,
        parse: impl Fn(&str) -> Option<T::Native>,
    ) -> Result<ArrayRef, String> {
        Ok(Arc::new(self.array_of::<T>(parse)?))
    }

    fn array_of<T: ArrowPrimitiveType>(
        self,
        parse: impl Fn(&str) -> Option<T::Native>,
    ) -> Result<PrimitiveArray<T>, String> {
        let mut builder = PrimitiveBuilder::<T>::with_capacity(self.fields().len());
        self.each(|text, _| {
            builder.append_option(text.map(|text| parsed(text, &parse)).transpose()?);
            Ok::<_, String>(())
        })?;
        Ok(builder.finish())
    }
}

fn parsed<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, String> {
    parse(text).ok_or_else(|| {
        format!("`{}` was not there when the file was first looked at", clipped(text))
    })
}

/// The beginning of a text, for a message.
pub(super) fn clipped(text: &str) -> String {
    const CHARS_MAX: usize = 40;
    let mut clipped: String = text.chars().take(CHARS_MAX).collect();
    if clipped.len() < text.len() {
        clipped.push('…');
    }
    clipped
}
