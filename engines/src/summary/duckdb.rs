//! Summaries in DuckDB's SQL.
//!
//! Decimals, integers and dates are cast to text, which DuckDB writes digit by digit; floats and times
//! are hexadecimal words of their bits and of counts. `concat` leaves NULL out.

use super::{SummarySql, refused, shift_and_mask};
use arrow::datatypes::{DataType, Field, TimeUnit};
use model::{Buckets, Encoding, RowHash, logical};

pub(super) struct DuckDbSql;

/// The instant from which [`Encoding::Instant`] counts, in microseconds since 1970-01-01.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
/// The last count since 1970 that is none since 2000, or one that stands for an infinity.
const TOO_EARLY_MICROS: i64 = i64::MIN + EPOCH_MICROS;

/// The number of the bucket, out of the upper half of a hash.
fn bucket(upper: &str, bits: u32) -> String {
    let (shift, _) = shift_and_mask(bits);
    format!("({upper} >> {shift})")
}

fn is_within(upper: &str, buckets: &Buckets) -> String {
    let numbers: Vec<String> =
        buckets.numbers().iter().map(|number| format!("{number}::UBIGINT")).collect();
    format!("{} IN ({})", bucket(upper, buckets.bits()), numbers.join(","))
}

/// The half of an MD5 whose first digit, from 1, this is.
fn half(digest: &str, from: u32) -> String {
    format!("('0x' || substr({digest}, {from}, 16))::UBIGINT")
}

fn word(count: &str) -> String {
    format!("printf('%016x', {count})")
}

/// A timestamp in microseconds; `type_name` is what an infinity is cast to.
fn instant(c: &str, type_name: &str) -> String {
    format!(
        "CASE WHEN epoch_us({c}) > {TOO_EARLY_MICROS} THEN {} \
         WHEN isfinite({c}) THEN 'n' || (epoch_us({c})::HUGEINT * 1000)::VARCHAR {}",
        word(&format!("epoch_us({c}) - {EPOCH_MICROS}")),
        infinities(c, type_name),
    )
}

fn infinities(c: &str, type_name: &str) -> String {
    format!(
        "WHEN {c} = 'infinity'::{type_name} THEN '7fffffffffffffff' \
         WHEN {c} = '-infinity'::{type_name} THEN '8000000000000000' END"
    )
}

/// Years and months are one count, and so is what is below a day.
fn interval(c: &str) -> String {
    // `printf` writes every integer as one of 64 bits.
    let short = |count: &str| format!("right(printf('%08x', {count}), 8)");
    format!(
        "{} || {} || {}",
        word(&format!(
            "datepart('hour', {c}) * 3600000000 + datepart('minute', {c}) * 60000000 \
             + datepart('microsecond', {c})"
        )),
        short(&format!("datepart('day', {c})")),
        short(&format!("datepart('year', {c}) * 12 + datepart('month', {c})"))
    )
}

fn decimal(c: &str, precision: u8, scale: i8) -> String {
    if scale <= 0 {
        return c.to_owned();
    }
    // Where all digits stand behind the point, DuckDB writes none before it.
    let text = if i16::from(precision) == i16::from(scale) {
        format!(
            "CASE WHEN {c} < 0 THEN '-0' || substr({c}::VARCHAR, 2) ELSE '0' || {c}::VARCHAR END"
        )
    } else {
        format!("{c}::VARCHAR")
    };
    format!("rtrim(rtrim({text}, '0'), '.')")
}

impl SummarySql for DuckDbSql {
    fn begin(&self) -> &'static str {
        "BEGIN TRANSACTION READ ONLY"
    }

    fn value(&self, column: &str, field: &Field, encoding: Encoding) -> Result<String, String> {
        let c = column;
        let data_type = field.data_type();
        let extension = logical::extension_name(field);
        let is_uuid = extension == Some(logical::UUID);
        if *data_type == DataType::Null {
            return Ok(if encoding == Encoding::Text { "':'" } else { "NULL" }.to_owned());
        }
        Ok(match (encoding, data_type) {
            (Encoding::Bool, DataType::Boolean) => {
                format!("CASE {c} WHEN true THEN 't' WHEN false THEN 'f' END")
            }
            (Encoding::Exact, DataType::Decimal128(precision, scale)) => {
                decimal(c, *precision, *scale)
            }
            // 128-bit integers.
            (Encoding::Exact, DataType::Utf8) if extension == Some(logical::NUMERIC) => {
                c.to_owned()
            }
            (
                Encoding::Exact,
                DataType::Int8
                | DataType::Int16
                | DataType::Int32
                | DataType::Int64
                | DataType::UInt8
                | DataType::UInt16
                | DataType::UInt32
                | DataType::UInt64,
            ) => c.to_owned(),
            (Encoding::Float, DataType::Float32 | DataType::Float64) => format!(
                "CASE WHEN isnan({c}) THEN 'NaN' ELSE {} END",
                word(&format!("{c}::DOUBLE::BIT::BIGINT"))
            ),
            (Encoding::Text, DataType::Utf8) if extension != Some(logical::NUMERIC) => text(c),
            (Encoding::Text, DataType::FixedSizeBinary(16)) if is_uuid => text(c),
            (Encoding::Bytes, DataType::Binary) => format!("'x' || lower(hex({c}))"),
            (Encoding::Bytes, DataType::FixedSizeBinary(16)) if is_uuid => {
                format!("'x' || replace({c}::VARCHAR, '-', '')")
            }
            (Encoding::Uuid, DataType::FixedSizeBinary(16)) if is_uuid => format!("{c}::VARCHAR"),
            (Encoding::Date, DataType::Date32) => format!(
                "CASE WHEN isfinite({c}) THEN ({c} - DATE '1970-01-01')::VARCHAR ELSE {c}::VARCHAR END"
            ),
            (Encoding::Time, DataType::Time64(TimeUnit::Microsecond)) => {
                word(&format!("epoch_us({c})"))
            }
            (Encoding::Time, DataType::Time64(TimeUnit::Nanosecond)) => format!(
                "CASE WHEN epoch_ns({c}) % 1000 = 0 THEN {} ELSE 'n' || epoch_ns({c})::VARCHAR END",
                word(&format!("epoch_ns({c}) // 1000"))
            ),
            // Seconds and milliseconds arrive as microseconds, too.
            (
                Encoding::Instant,
                DataType::Timestamp(TimeUnit::Microsecond, None) | DataType::Date32,
            ) => instant(&format!("{c}::TIMESTAMP"), "TIMESTAMP"),
            (Encoding::Instant, DataType::Timestamp(TimeUnit::Microsecond, Some(_))) => {
                instant(c, "TIMESTAMPTZ")
            }
            (Encoding::Instant, DataType::Timestamp(TimeUnit::Nanosecond, None)) => format!(
                "CASE WHEN NOT isfinite({c}) THEN CASE {} \
                 WHEN epoch_ns({c}) % 1000 = 0 THEN {} ELSE 'n' || epoch_ns({c})::VARCHAR END",
                infinities(c, "TIMESTAMP_NS"),
                word(&format!("epoch_ns({c}) // 1000 - {EPOCH_MICROS}"))
            ),
            (Encoding::Interval, DataType::Interval(_)) => interval(c),
            _ => return Err(refused(field, encoding)),
        })
    }

    fn summaries(&self, source: &str, row: &str, within: &Buckets, bits: u32) -> String {
        let filter = if within.bits() == 0 {
            String::new()
        } else {
            format!(" WHERE {}", is_within("h", within))
        };
        let number = bucket("h", bits);
        let (upper, lower) = (half("d", 1), half("d", 17));
        format!(
            "SELECT {number}::VARCHAR, count(*)::VARCHAR, sum(h)::VARCHAR, sum(l)::VARCHAR FROM \
             (SELECT {upper} AS h, {lower} AS l FROM (SELECT md5({row}) AS d FROM {source}) AS x) \
             AS y{filter} GROUP BY {number}"
        )
    }

    fn lies_in(&self, row: &str, buckets: &Buckets) -> String {
        is_within(&half(&format!("md5({row})"), 1), buckets)
    }

    fn is_one_of(&self, text: &str, hashes: &[RowHash]) -> String {
        let hashes: Vec<String> = hashes.iter().map(|hash| format!("'{hash}'")).collect();
        format!("md5({text}) IN ({})", hashes.join(","))
    }
}

fn text(column: &str) -> String {
    format!("strlen({column}::VARCHAR), ':', {column}::VARCHAR")
}
