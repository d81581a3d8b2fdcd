//! Tables of random rows with many edge values.

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
        StringArray, TimestampMicrosecondArray,
    },
    datatypes::{DataType, Field, Schema, TimeUnit},
    error::ArrowError,
    record_batch::RecordBatch,
};
use model::catalog::{CatalogColumn, CatalogTable};
use std::sync::Arc;

/// Name, PostgreSQL type and Arrow type of each column.
fn columns() -> Vec<(&'static str, &'static str, DataType)> {
    vec![
        ("i", "integer", DataType::Int32),
        ("j", "integer", DataType::Int32),
        ("b", "bigint", DataType::Int64),
        ("n", "numeric(12,2)", DataType::Decimal128(12, 2)),
        ("m", "numeric(10,4)", DataType::Decimal128(10, 4)),
        ("f", "double precision", DataType::Float64),
        ("x", "text", DataType::Utf8),
        ("y", "text", DataType::Utf8),
        ("d", "date", DataType::Date32),
        ("ts", "timestamp", DataType::Timestamp(TimeUnit::Microsecond, None)),
        ("k", "boolean", DataType::Boolean),
    ]
}

/// The table `name` for a catalog.
pub fn table(name: &str) -> CatalogTable {
    let columns = columns().into_iter().map(|(name, data_type, _)| CatalogColumn {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        nullable: true,
    });
    CatalogTable {
        database: None,
        schema: None,
        name: name.to_owned(),
        columns: columns.collect(),
        keys: Vec::new(),
    }
}

/// A small generator of numbers: the same seed gives the same data on every machine (splitmix64,
/// Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// A generator from a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not zero.
    pub const fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// One of `values`, or NULL one time in eight.
    fn pick<T: Clone>(&mut self, values: &[T]) -> Option<T> {
        if self.below(8) == 0 {
            return None;
        }
        let index = usize::try_from(self.below(values.len() as u64)).unwrap_or(0);
        values.get(index).cloned()
    }
}

/// `rows` rows. Values repeat often, so that joins, groups and ties happen.
///
/// # Errors
/// None that a fixed schema can cause; Arrow's constructor returns a result.
pub fn batch(seed: u64, rows: usize) -> Result<RecordBatch, ArrowError> {
    let mut rng = Rng::new(seed);
    let mut column = |name: &str| -> Result<ArrayRef, ArrowError> {
        Ok(match name {
            "i" | "j" => {
                let values = [0, 1, 2, 3, -1, -7, 10, 1000, 46340];
                Arc::new((0..rows).map(|_| rng.pick(&values)).collect::<Int32Array>())
            }
            "b" => {
                let values = [0, 1, -1, 5_000_000_000, 9_007_199_254_740_993, -12];
                Arc::new((0..rows).map(|_| rng.pick(&values)).collect::<Int64Array>())
            }
            "n" => {
                let values = [0, 1, -50, 150, 250, 999_999_999_999, -12345];
                let array: Decimal128Array = (0..rows).map(|_| rng.pick(&values)).collect();
                Arc::new(array.with_precision_and_scale(12, 2)?)
            }
            "m" => {
                let values = [0, 1, -5000, 12_500, 25_000, 33_333, 10_000];
                let array: Decimal128Array = (0..rows).map(|_| rng.pick(&values)).collect();
                Arc::new(array.with_precision_and_scale(10, 4)?)
            }
            "f" => {
                let values = [0.0, 0.5, 1.5, 2.5, -2.5, 0.1, 1e10, -3.75];
                Arc::new((0..rows).map(|_| rng.pick(&values)).collect::<Float64Array>())
            }
            "x" | "y" => {
                let values =
                    ["", "a", "A", "ab", "a_b", "a%b", " pad ", "straße", "日本", "a\\b", "b\na"];
                Arc::new((0..rows).map(|_| rng.pick(&values)).collect::<StringArray>())
            }
            "d" => {
                // 2024-02-29, 2023-12-31, 1970-01-01, 2000-01-01, 1969-12-31, 2021-01-03
                let values = [19782, 19722, 0, 10957, -1, 18630];
                Arc::new((0..rows).map(|_| rng.pick(&values)).collect::<Date32Array>())
            }
            "ts" => {
                let values = [0, -1, 1_709_251_199_500_000, 978_267_015_250_000, 86_400_000_000];
                Arc::new(
                    (0..rows).map(|_| rng.pick(&values)).collect::<TimestampMicrosecondArray>(),
                )
            }
            _ => {
                let values = [true, false];
                Arc::new((0..rows).map(|_| rng.pick(&values)).collect::<BooleanArray>())
            }
        })
    };
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (name, _, ty) in columns() {
        fields.push(Field::new(name, ty, true));
        arrays.push(column(name)?);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}
