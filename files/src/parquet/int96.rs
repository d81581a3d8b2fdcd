//! Timestamps of physical type INT96, which Spark, Hive and Impala wrote for years.
//!
//! A value is a day and the nanoseconds in it, a far wider range than 64 bits of nanoseconds hold
//! (years 1677 to 2262), and the decoder wraps around silently beyond. Spark's values are whole
//! microseconds. So the values are looked at before the unit is chosen: microseconds where none is
//! finer, else nanoseconds where all of them fit, else the column is refused.
//! Source: <https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#deprecated-timestamps>.

use super::chunks::Chunks;
use crate::source::Opened;
use arrow::datatypes::TimeUnit;
use parquet::{
    basic::Type,
    column::reader::ColumnReader,
    data_type::Int96,
    errors::ParquetError,
    file::{
        metadata::ParquetMetaData, properties::ReaderProperties, reader::RowGroupReader,
        serialized_reader::SerializedRowGroupReader,
    },
};
use std::sync::Arc;

/// The Julian day of 1970-01-01.
const EPOCH_JULIAN_DAY: i64 = 2_440_588;
const DAY_NANOS: i128 = 86_400_000_000_000;
const BATCH_VALUES: usize = 8_192;

/// What is known of the values of a column.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    finer_than_micros: bool,
    beyond_nanos: bool,
    beyond_micros: bool,
}

impl Seen {
    fn value(&mut self, value: &Int96) {
        let &[low, high, day] = value.data() else { return };
        let nanos = (i128::from(high) << 32) | i128::from(low);
        // The day is a signed number in the format; the decoder reads it as one too.
        let days = i64::from(i32::from_ne_bytes(day.to_ne_bytes())) - EPOCH_JULIAN_DAY;
        let nanos = i128::from(days) * DAY_NANOS + nanos;
        self.finer_than_micros |= nanos % 1_000 != 0;
        self.beyond_nanos |= i64::try_from(nanos).is_err();
        self.beyond_micros |= i64::try_from(nanos / 1_000).is_err();
    }

    fn unit(self) -> Option<TimeUnit> {
        if !self.finer_than_micros && !self.beyond_micros {
            return Some(TimeUnit::Microsecond);
        }
        (!self.beyond_nanos).then_some(TimeUnit::Nanosecond)
    }
}

/// The unit of each leaf that is INT96; nothing for the others.
///
/// Reads these columns whole, in batches; a file without such columns is not read.
///
/// # Errors
/// What cannot be decoded, or a column for which no unit holds all values.
pub(super) fn units(
    opened: &Opened,
    metadata: &ParquetMetaData,
) -> Result<Vec<Option<TimeUnit>>, String> {
    let schema = metadata.file_metadata().schema_descr();
    let columns = schema.columns().iter().enumerate();
    columns
        .map(|(leaf, column)| {
            if column.physical_type() != Type::INT96 {
                return Ok(None);
            }
            let name = column.path().string();
            let seen = look(opened, metadata, leaf)
                .map_err(|error| format!("column `{name}`: {error}"))?;
            seen.unit().map(Some).ok_or_else(|| {
                format!(
                    "column `{name}` holds timestamps (INT96) finer than microseconds and others \
                     outside of the years 1677 to 2262, which no 64-bit timestamp holds together; \
                     write the column as text, or leave it out"
                )
            })
        })
        .collect()
}

fn look(opened: &Opened, metadata: &ParquetMetaData, leaf: usize) -> Result<Seen, ParquetError> {
    let mut seen = Seen::default();
    let chunks = Arc::new(Chunks(opened.clone()));
    let properties = Arc::new(ReaderProperties::builder().build());
    for group in metadata.row_groups() {
        let reader = SerializedRowGroupReader::new(
            Arc::clone(&chunks),
            group,
            None,
            Arc::clone(&properties),
        )?;
        let ColumnReader::Int96ColumnReader(mut column) = reader.get_column_reader(leaf)? else {
            continue;
        };
        let (mut definitions, mut repetitions) = (Vec::new(), Vec::new());
        let mut values = Vec::with_capacity(BATCH_VALUES);
        loop {
            definitions.clear();
            repetitions.clear();
            values.clear();
            let (records, _, levels) = column.read_records(
                BATCH_VALUES,
                Some(&mut definitions),
                Some(&mut repetitions),
                &mut values,
            )?;
            for value in &values {
                seen.value(value);
            }
            if records == 0 && levels == 0 {
                break;
            }
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(values: &[(i32, u64)]) -> Option<TimeUnit> {
        let mut seen = Seen::default();
        for (day, nanos) in values {
            let mut value = Int96::new();
            let low = u32::try_from(nanos & 0xffff_ffff).unwrap();
            let high = u32::try_from(nanos >> 32).unwrap();
            value.set_data(low, high, u32::from_ne_bytes(day.to_ne_bytes()));
            seen.value(&value);
        }
        seen.unit()
    }

    #[test]
    fn the_unit_holds_every_value() {
        assert_eq!(unit(&[]), Some(TimeUnit::Microsecond));
        // The years 1970, 9999 and 1.
        let far = [(2_440_588, 1_000), (5_373_484, 86_399_999_999_000), (1_721_426, 0)];
        assert_eq!(unit(&far), Some(TimeUnit::Microsecond));
        assert_eq!(unit(&[(2_440_588, 1)]), Some(TimeUnit::Nanosecond));
        assert_eq!(unit(&[(2_440_588, 1), (5_373_484, 0)]), None);
        assert_eq!(unit(&[(5_373_484, 1)]), None);
        assert_eq!(unit(&[(i32::MAX, 0)]), None);
    }

    #[test]
    fn the_ends_of_nanoseconds_are_exact() {
        // 2262-04-11 23:47:16.854775807 is the last instant of 64 bits of nanoseconds.
        let last = 23 * 3_600_000_000_000 + 47 * 60_000_000_000 + 16_854_775_807;
        assert_eq!(unit(&[(2_547_339, last)]), Some(TimeUnit::Nanosecond));
        assert_eq!(unit(&[(2_547_339, last + 1)]), None);
    }
}
