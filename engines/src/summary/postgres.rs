//! Summaries in PostgreSQL's SQL (version 13 or later).
//!
//! Values are encoded by what the server sends anyway: the `*_send` functions give the bytes of floats
//! and of times, `concat` calls the output function of the type, which for `char(n)` keeps the blanks
//! that a cast to text loses, and leaves NULL out.

use super::{SummarySql, refused, shift_and_mask};
use arrow::datatypes::{DataType, Field, TimeUnit};
use model::{Buckets, Encoding, RowHash, logical};

pub(super) struct PostgresSql;

/// The hash of a text as a bit string.
fn digest(text: &str) -> String {
    format!("('x' || md5({text}))::bit(128)")
}

/// The number of the bucket, out of the upper half of a hash.
fn bucket(upper: &str, bits: u32) -> String {
    let (shift, mask) = shift_and_mask(bits);
    format!("(({upper} >> {shift}) & ({})::int8)", mask.cast_signed())
}

/// A condition on the upper half of a hash.
fn is_within(upper: &str, buckets: &Buckets) -> String {
    let numbers = buckets.numbers().iter().map(|number| number.cast_signed().to_string());
    let numbers: Vec<String> = numbers.collect();
    format!("{} = ANY ('{{{}}}'::int8[])", bucket(upper, buckets.bits()), numbers.join(","))
}

impl SummarySql for PostgresSql {
    fn begin(&self) -> &'static str {
        // All groups fit into this memory, a hundred bytes each. Hashing costs far more than handing a
        // row from a worker to its leader, which the planner does not know.
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; \
         SET LOCAL work_mem = '128MB'; SET LOCAL parallel_tuple_cost = 0"
    }

    fn value(&self, column: &str, field: &Field, encoding: Encoding) -> Result<String, String> {
        let c = column;
        let data_type = field.data_type();
        let extension = logical::extension_name(field);
        if *data_type == DataType::Null {
            return Ok(if encoding == Encoding::Text { "':'" } else { "NULL" }.to_owned());
        }
        Ok(match (encoding, data_type) {
            (Encoding::Bool, DataType::Boolean) => c.to_owned(),
            (Encoding::Exact, DataType::Utf8) if extension == Some(logical::NUMERIC) => {
                format!("trim_scale({c})")
            }
            (
                Encoding::Exact,
                DataType::Int16 | DataType::Int32 | DataType::Int64 | DataType::UInt32,
            ) => c.to_owned(),
            (Encoding::Float, DataType::Float32 | DataType::Float64) => format!(
                "CASE WHEN {c} = 'NaN' THEN 'NaN' ELSE encode(float8send({c}::float8), 'hex') END"
            ),
            (Encoding::Text, DataType::Utf8) if extension != Some(logical::NUMERIC) => text(c),
            (Encoding::Text, DataType::FixedSizeBinary(16)) if extension == Some(logical::UUID) => {
                text(c)
            }
            (Encoding::Bytes, DataType::Binary) => format!("'x' || encode({c}, 'hex')"),
            (Encoding::Bytes, DataType::FixedSizeBinary(16))
                if extension == Some(logical::UUID) =>
            {
                format!("'x' || replace({c}::text, '-', '')")
            }
            (Encoding::Uuid, DataType::FixedSizeBinary(16)) if extension == Some(logical::UUID) => {
                c.to_owned()
            }
            (Encoding::Date, DataType::Date32) => format!(
                "CASE WHEN isfinite({c}) THEN concat({c} - '1970-01-01'::date) ELSE concat({c}) END"
            ),
            (Encoding::Time, DataType::Time64(TimeUnit::Microsecond)) => {
                format!("encode(time_send({c}), 'hex')")
            }
            (Encoding::Instant, DataType::Timestamp(TimeUnit::Microsecond, None)) => {
                format!("encode(timestamp_send({c}), 'hex')")
            }
            (Encoding::Instant, DataType::Timestamp(TimeUnit::Microsecond, Some(_))) => {
                format!("encode(timestamptz_send({c}), 'hex')")
            }
            (Encoding::Instant, DataType::Date32) => {
                format!("encode(timestamp_send({c}::timestamp), 'hex')")
            }
            (Encoding::Interval, DataType::Interval(_)) => {
                format!("encode(interval_send({c}), 'hex')")
            }
            _ => return Err(refused(field, encoding)),
        })
    }

    fn summaries(&self, source: &str, row: &str, within: &Buckets, bits: u32) -> String {
        // OFFSET 0 keeps the planner from writing out the hash wherever it is used, which would compute
        // it each time. A half with its first bit turned over and read with a sign is that half less
        // 2⁶³, which comes back with the count.
        let sum = |half: &str| {
            format!(
                "(sum({half} # '-9223372036854775808'::int8) + count(*) * 9223372036854775808)::text"
            )
        };
        let filter = if within.bits() == 0 {
            String::new()
        } else {
            format!(" WHERE {}", is_within("h", within))
        };
        let (number, digest) = (bucket("h", bits), digest(row));
        format!(
            "SELECT {number}::text, count(*)::text, {}, {} FROM \
             (SELECT d, d::bit(64)::int8 AS h FROM (SELECT {digest} AS d FROM {source} OFFSET 0) AS x \
             OFFSET 0) AS y{filter} GROUP BY {number}",
            sum("h"),
            sum("substring(d FROM 65 FOR 64)::bit(64)::int8"),
        )
    }

    fn lies_in(&self, row: &str, buckets: &Buckets) -> String {
        is_within(&format!("({})::bit(64)::int8", digest(row)), buckets)
    }

    fn is_one_of(&self, text: &str, hashes: &[RowHash]) -> String {
        let hashes: Vec<String> = hashes.iter().map(RowHash::to_string).collect();
        format!("md5({text}) = ANY ('{{{}}}'::text[])", hashes.join(","))
    }
}

/// `concat` of NULL is the empty text, which has a length.
fn text(column: &str) -> String {
    format!("CASE WHEN {column} IS NOT NULL THEN octet_length(concat({column})) END, ':', {column}")
}
