//! Small files of each format, encoding and compression: `corpus/read_parquet`, `corpus/read_ipc`, `corpus/read_csv`.

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
        Int64Array, ListBuilder, MapBuilder, RecordBatch, StringArray, StringBuilder, StructArray,
        TimestampMicrosecondArray, builder::Int64Builder,
    },
    datatypes::{DataType, Field, Int8Type},
    ipc::{
        CompressionType,
        writer::{FileWriter, IpcWriteOptions, StreamWriter},
    },
};
use fuzz::seed;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::{WriterProperties, WriterVersion},
};
use std::{error::Error, path::Path, sync::Arc};

/// A few rows of all that the formats encode in ways of their own.
fn batch() -> Result<RecordBatch, Box<dyn Error>> {
    let some = |n: i64| (n != 2).then_some(n);
    let numbers: Int64Array = (0..5).map(some).collect();
    let (mut lists, mut maps) = (
        ListBuilder::new(StringBuilder::new()),
        MapBuilder::new(None, StringBuilder::new(), Int64Builder::new()),
    );
    for n in 0..5_i64 {
        for item in 0..n {
            lists.values().append_value(format!("item {item}"));
            maps.keys().append_value(format!("key {item}"));
            maps.values().append_value(item);
        }
        lists.append(n != 1);
        maps.append(true)?;
    }
    let structs = StructArray::from(vec![(
        Arc::new(Field::new("inner", DataType::Int64, true)),
        Arc::new(numbers.clone()) as ArrayRef,
    )]);
    let words: DictionaryArray<Int8Type> = ["a", "b", "a", "b", "c"].into_iter().collect();
    let decimals: Decimal128Array = (0..5).map(|n| Some(n * 101)).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("n", Arc::new(numbers)),
        ("b", Arc::new(BooleanArray::from(vec![true, false, true, true, false]))),
        ("x", Arc::new(Float64Array::from(vec![0.5, -0.0, f64::NAN, 1e300, 2.0]))),
        ("d", Arc::new(decimals.with_precision_and_scale(12, 2)?)),
        ("y", Arc::new(Date32Array::from(vec![0, 1, -1, 19_000, 20_000]))),
        ("t", Arc::new(TimestampMicrosecondArray::from(vec![0, 1, 2, 3, 4]).with_timezone("UTC"))),
        (
            "s",
            Arc::new(StringArray::from(vec![
                Some(""),
                Some("ä"),
                None,
                Some("long enough not to be inlined"),
                Some("x"),
            ])),
        ),
        ("w", Arc::new(words)),
        ("l", Arc::new(lists.finish())),
        ("m", Arc::new(maps.finish())),
        ("o", Arc::new(structs)),
    ];
    Ok(RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )?)
}

pub fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    let batch = batch()?;
    let builder = WriterProperties::builder;
    for (name, properties) in [
        ("plain", builder().build()),
        ("snappy", builder().set_compression(Compression::SNAPPY).build()),
        ("gzip", builder().set_compression(Compression::GZIP(Default::default())).build()),
        ("lz4", builder().set_compression(Compression::LZ4_RAW).build()),
        (
            "second",
            builder()
                .set_writer_version(WriterVersion::PARQUET_2_0)
                .set_dictionary_enabled(false)
                .set_max_row_group_row_count(Some(2))
                .set_compression(Compression::ZSTD(ZstdLevel::default()))
                .build(),
        ),
    ] {
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties))?;
        writer.write(&batch)?;
        seed(folder, "read_parquet", name, &writer.into_inner()?)?;
    }
    for name in ["duckdb", "checksums"] {
        let bytes = std::fs::read(folder.join(format!("../files/tests/data/{name}.parquet")))?;
        seed(folder, "read_parquet", name, &bytes)?;
    }
    for (name, compression) in [
        ("plain", None),
        ("zstd", Some(CompressionType::ZSTD)),
        ("lz4", Some(CompressionType::LZ4_FRAME)),
    ] {
        let options = || IpcWriteOptions::default().try_with_compression(compression);
        let mut writer = FileWriter::try_new_with_options(Vec::new(), &batch.schema(), options()?)?;
        writer.write(&batch)?;
        seed(folder, "read_ipc", &format!("file-{name}"), &writer.into_inner()?)?;
        let mut writer =
            StreamWriter::try_new_with_options(Vec::new(), &batch.schema(), options()?)?;
        writer.write(&batch)?;
        writer.write(&batch.slice(1, 2))?;
        seed(folder, "read_ipc", &format!("stream-{name}"), &writer.into_inner()?)?;
    }
    for (name, options, text) in [
        ("plain", 0, "n,x,s\n1,0.5,a\n2,,b\n3,-1e3,\"\"\n"),
        ("quoted", 0, "\u{feff}a,b\r\n\"x, \"\"y\"\"\r\nz\",1\r\n,2\r\n"),
        (
            "times",
            0,
            "d,t,b\n2024-01-31,2024-01-31 10:00:00.5,true\n1999-12-31,2024-01-31T10:00:00+02:00,false\n",
        ),
        ("semicolons", 1, "1;2\n3;4"),
        ("tabs", 2 | 4 | 8, "NULL\t1\nx\tNULL\n"),
        ("text", 16, "007,1.50\n"),
    ] {
        seed(folder, "read_csv", name, &[&[options], text.as_bytes()].concat())?;
    }
    Ok(())
}
