//! Rows a second: reading all columns of a table in each format, its parts on two threads.
//!
//! `cargo bench -p files`. The table: `bigint` key, `int`, two `double`, `decimal(12,2)`, `date`,
//! `timestamp`, a text of 12 characters; 2,000,000 rows.

use arrow::{
    array::{
        ArrayRef, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, RecordBatch,
        StringArray, TimestampMicrosecondArray,
    },
    csv::WriterBuilder,
    error::ArrowError,
    ipc::{
        CompressionType,
        writer::{FileWriter, IpcWriteOptions},
    },
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use files::{CsvFile, CsvOptions, CsvTypes, Options, SpoolOptions, SpoolWriter, open};
use model::Rows;
use parquet::{
    arrow::ArrowWriter, basic::Compression, errors::ParquetError,
    file::properties::WriterProperties,
};
use std::{
    error::Error,
    fs::File,
    hint::black_box,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// The allocator of `gnomon` itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROWS: i64 = 2_000_000;
const BATCH_ROWS: i64 = 8_192;
const GROUP_ROWS: usize = 122_880;

/// Rows from `start`. Values are spread by a multiplication, so that little of them repeats.
fn batch(start: i64) -> Result<RecordBatch, ArrowError> {
    let rows = || start..ROWS.min(start + BATCH_ROWS);
    let spread = |n: i64, below: i64| {
        n.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()).rem_euclid(below)
    };
    let int = |n: i64, below: i64| i32::try_from(spread(n, below)).unwrap_or_default();
    let double = |n: i64| f64::from(int(n, 1_000_000_007)) / 997.0;
    let amounts: Decimal128Array =
        rows().map(|n| Some(i128::from(spread(n, 10_000_000_000)))).collect();
    let texts = rows().map(|n| format!("{:012}", spread(n, 1_000_000_000_000)));
    let at = rows().map(|n| 1_500_000_000_000_000 + spread(n, 200_000_000_000_000));
    let columns: [(&str, ArrayRef); 8] = [
        ("id", Arc::new(Int64Array::from_iter_values(rows()))),
        ("n", Arc::new(Int32Array::from_iter_values(rows().map(|n| int(n, 1_000_000))))),
        ("x", Arc::new(Float64Array::from_iter_values(rows().map(double)))),
        ("y", Arc::new(Float64Array::from_iter_values(rows().map(|n| double(n + 1).sqrt())))),
        ("amount", Arc::new(amounts.with_precision_and_scale(12, 2)?)),
        ("day", Arc::new(Date32Array::from_iter_values(rows().map(|n| int(n, 20_000))))),
        ("at", Arc::new(TimestampMicrosecondArray::from_iter_values(at))),
        ("code", Arc::new(StringArray::from_iter_values(texts))),
    ];
    RecordBatch::try_from_iter(columns)
}

fn batches() -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
    (0..ROWS).step_by(usize::try_from(BATCH_ROWS).unwrap_or(1)).map(batch)
}

fn parquet(path: &Path) -> Result<(), ParquetError> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .build();
    let schema = batch(0)?.schema();
    let mut writer = ArrowWriter::try_new(File::create(path)?, schema, Some(properties))?;
    for batch in batches() {
        writer.write(&batch?)?;
    }
    writer.close().map(drop)
}

fn arrow(path: &Path, compression: Option<CompressionType>) -> Result<(), ArrowError> {
    let options = IpcWriteOptions::default().try_with_compression(compression)?;
    let schema = batch(0)?.schema();
    let mut writer = FileWriter::try_new_with_options(File::create(path)?, &schema, options)?;
    for batch in batches() {
        writer.write(&batch?)?;
    }
    writer.finish()
}

fn csv(path: &Path) -> Result<(), ArrowError> {
    let mut writer = WriterBuilder::new().build(File::create(path)?);
    for batch in batches() {
        writer.write(&batch?)?;
    }
    Ok(())
}

/// Reads all parts on two threads; gives the number of rows.
fn read(rows: &dyn Rows) -> usize {
    let columns: Vec<usize> = (0..rows.schema().fields().len()).collect();
    let (next, count) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= rows.parts() {
                return;
            }
            let Ok(batches) = rows.read(part, &columns, 8_192) else { return };
            for batch in batches.map_while(Result::ok) {
                count.fetch_add(black_box(batch).num_rows(), Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    count.into_inner()
}

fn decode(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    parquet(&at("snappy.parquet"))?;
    arrow(&at("plain.arrow"), None)?;
    arrow(&at("lz4.arrow"), Some(CompressionType::LZ4_FRAME))?;
    csv(&at("table.csv"))?;
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(10);
    group.throughput(Throughput::Elements(ROWS.unsigned_abs()));
    for name in ["snappy.parquet", "plain.arrow", "lz4.arrow", "table.csv"] {
        let rows = open(&at(name), &Options::default())?;
        // What stops early would be fast.
        assert_eq!(read(rows.as_ref()) as u64, ROWS.unsigned_abs(), "{name}");
        group.bench_function(name, |bench| bench.iter(|| read(rows.as_ref())));
    }
    for (name, types) in [("shape", CsvTypes::Text), ("shape and types", CsvTypes::Inferred)] {
        let options = CsvOptions { types, ..CsvOptions::default() };
        group.bench_function(format!("open table.csv: {name}"), |bench| {
            bench.iter(|| black_box(CsvFile::open(&at("table.csv"), &options)).is_ok());
        });
    }
    let kept: Vec<RecordBatch> = batches().collect::<Result<_, _>>()?;
    let schema = batch(0)?.schema();
    group.bench_function("spool to disk and read", |bench| {
        bench.iter(|| {
            let options = SpoolOptions { memory_bytes_max: 0, folder: None };
            let mut writer = SpoolWriter::new(Arc::clone(&schema), &options);
            for batch in &kept {
                writer.push(batch.clone()).ok();
            }
            writer.finish().map(|spool| read(&spool)).ok()
        });
    });
    group.finish();
    Ok(())
}

fn all(criterion: &mut Criterion) {
    let done = decode(criterion);
    assert!(done.is_ok(), "{done:?}");
}

criterion_group!(benches, all);
criterion_main!(benches);
