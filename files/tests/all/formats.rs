//! What is written to a file is read from it, in many types, by any columns and sizes of batches.

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array,
        Decimal256Array, DictionaryArray, DurationMillisecondArray, FixedSizeBinaryArray,
        Float16Array, Float32Array, Float64Array, Int8Array, Int64Array, LargeStringArray,
        ListBuilder, NullArray, StringArray, StringBuilder, StringViewArray, StructArray,
        Time64NanosecondArray, TimestampMillisecondArray, TimestampNanosecondArray, UInt64Array,
        new_null_array,
    },
    compute::{cast, concat_batches},
    datatypes::{DataType, Field, Int32Type, Schema, SchemaRef, TimeUnit, i256},
    ipc::{
        CompressionType,
        writer::{DictionaryHandling, FileWriter, IpcWriteOptions, StreamWriter},
    },
    record_batch::{RecordBatch, RecordBatchOptions},
};
use files::{Options, ParquetFile, open};
use model::{Rows, logical};
use parquet::{
    arrow::ArrowWriter,
    basic::Compression,
    data_type::{Int96, Int96Type},
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

fn batch(rows: i64) -> RecordBatch {
    let some = |n: i64| (n % 5 != 0).then_some(n);
    let all = || 0..rows;
    let texts: Vec<Option<String>> =
        all().map(|n| some(n).map(|n| "é".repeat(usize::try_from(n % 30).unwrap()))).collect();
    let words: Vec<String> = all().map(|n| format!("w{}", n % 3)).collect();
    let words: DictionaryArray<Int32Type> = words.iter().map(String::as_str).collect();
    let mut lists = ListBuilder::new(StringBuilder::new());
    for n in all() {
        for item in 0..n % 3 {
            lists.values().append_option(some(item).map(|item| item.to_string()));
        }
        lists.append(some(n).is_some());
    }
    let int: Int64Array = all().map(some).collect();
    let inner: StringViewArray = texts.iter().collect();
    let structs = StructArray::from(vec![
        (Arc::new(Field::new("a", DataType::Int64, true)), Arc::new(int.clone()) as ArrayRef),
        (Arc::new(Field::new("b", DataType::Utf8View, true)), Arc::new(inner) as ArrayRef),
    ]);
    let decimals: Decimal128Array = all().map(|n| some(n).map(i128::from)).collect();
    let wide: Decimal256Array = all().map(|n| some(n).map(|n| i256::from_i128(n.into()))).collect();
    let narrow = |n: i64| i8::try_from(n % 100).unwrap();
    let bytes: Vec<Option<Vec<u8>>> =
        all().map(|n| some(n).map(|n| vec![narrow(n).cast_unsigned(); 3])).collect();
    let fixed = FixedSizeBinaryArray::try_from_sparse_iter_with_size(bytes.iter().cloned(), 3);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("bool", Arc::new(all().map(|n| some(n).map(|n| n % 2 == 0)).collect::<BooleanArray>())),
        ("i8", Arc::new(all().map(|n| some(n).map(narrow)).collect::<Int8Array>())),
        (
            "u64",
            Arc::new(
                all()
                    .map(|n| some(n).map(|n| u64::MAX - n.cast_unsigned()))
                    .collect::<UInt64Array>(),
            ),
        ),
        (
            "f32",
            Arc::new(
                all()
                    .map(|n| some(n).map(|n| f32::from(narrow(n)) / 3.0))
                    .collect::<Float32Array>(),
            ),
        ),
        (
            "f64",
            Arc::new(
                all()
                    .map(|n| some(n).map(|n| f64::from(narrow(n)) / 3.0))
                    .collect::<Float64Array>(),
            ),
        ),
        ("d9", Arc::new(decimals.clone().with_precision_and_scale(9, 2).unwrap())),
        ("d18", Arc::new(decimals.clone().with_precision_and_scale(18, 2).unwrap())),
        ("d38", Arc::new(decimals.with_precision_and_scale(38, 10).unwrap())),
        ("d76", Arc::new(wide.with_precision_and_scale(76, 10).unwrap())),
        (
            "date",
            Arc::new(
                all().map(|n| some(n).map(|n| n.try_into().unwrap())).collect::<Date32Array>(),
            ),
        ),
        ("time", Arc::new(all().map(some).collect::<Time64NanosecondArray>())),
        ("ms", Arc::new(all().map(some).collect::<TimestampMillisecondArray>())),
        (
            "ns",
            Arc::new(all().map(some).collect::<TimestampNanosecondArray>().with_timezone("UTC")),
        ),
        ("text", Arc::new(texts.iter().collect::<StringArray>())),
        ("large", Arc::new(texts.iter().collect::<LargeStringArray>())),
        ("bytes", Arc::new(bytes.iter().map(Option::as_deref).collect::<BinaryArray>())),
        ("fixed", Arc::new(fixed.unwrap())),
        ("word", Arc::new(words)),
        ("list", Arc::new(lists.finish())),
        ("struct", Arc::new(structs)),
        ("i64", Arc::new(int)),
        ("null", Arc::new(NullArray::new(usize::try_from(rows).unwrap()))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true)))
        .unwrap()
}

/// All rows, read from the parts in their order.
fn all(rows: &dyn Rows, columns: &[usize], batch_rows: usize) -> RecordBatch {
    let schema: SchemaRef = Arc::new(rows.schema().project(columns).unwrap());
    let mut batches = Vec::new();
    for part in 0..rows.parts() {
        let mut count = 0;
        for batch in rows.read(part, columns, batch_rows).unwrap() {
            let batch = batch.unwrap();
            assert_eq!(batch.schema(), schema);
            assert!(batch.num_rows() <= batch_rows);
            count += batch.num_rows() as u64;
            batches.push(batch);
        }
        assert_eq!(rows.part_rows(part), Some(count));
    }
    concat_batches(&schema, &batches).unwrap()
}

/// The same values, whatever their encoding.
fn assert_same(found: &RecordBatch, expected: &RecordBatch) {
    assert_eq!(found.num_rows(), expected.num_rows());
    for (column, array) in expected.columns().iter().enumerate() {
        let cast = cast(found.column(column), array.data_type()).unwrap();
        assert_eq!(&cast, array, "column {column}");
    }
}

fn check(path: &Path, expected: &RecordBatch) {
    let rows = open(path, &Options::default()).unwrap();
    assert_eq!(rows.rows(), Some(expected.num_rows() as u64));
    let columns: Vec<usize> = (0..expected.num_columns()).collect();
    for batch_rows in [1, 7, usize::MAX] {
        assert_same(&all(rows.as_ref(), &columns, batch_rows), expected);
    }
    for some in [vec![1, 13], vec![18, 19], vec![17]] {
        assert_same(&all(rows.as_ref(), &some, 64), &expected.project(&some).unwrap());
    }
    let counted: usize = (0..rows.parts())
        .flat_map(|part| rows.read(part, &[], 10).unwrap())
        .map(|batch| batch.unwrap().num_rows())
        .sum();
    assert_eq!(counted, expected.num_rows());
    // No such part is no rows.
    assert_eq!(rows.read(rows.parts(), &[0], 10).unwrap().count(), 0);
    // Parts at the same time.
    std::thread::scope(|scope| {
        for part in 0..rows.parts() {
            let (rows, columns) = (&rows, &columns);
            scope.spawn(move || {
                let count: usize =
                    rows.read(part, columns, 16).unwrap().map(|b| b.unwrap().num_rows()).sum();
                assert_eq!(rows.part_rows(part), Some(count as u64));
            });
        }
    });
}

fn file(folder: &TempDir, bytes: &[u8]) -> PathBuf {
    // The name says nothing: the content does.
    let path = folder.path().join("rows.csv");
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn parquet_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let batch = batch(500);
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::LZ4_RAW] {
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .set_max_row_group_row_count(Some(120))
            .build();
        let mut writer =
            ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        check(&file(&folder, &writer.into_inner().unwrap()), &batch);
    }
}

#[test]
fn arrow_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let batch = batch(500);
    for compression in [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)] {
        let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
        let mut writer =
            FileWriter::try_new_with_options(Vec::new(), &batch.schema(), options.clone()).unwrap();
        let mut stream =
            StreamWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
        for start in (0..500).step_by(100) {
            writer.write(&batch.slice(start, 100)).unwrap();
            stream.write(&batch.slice(start, 100)).unwrap();
        }
        check(&file(&folder, &writer.into_inner().unwrap()), &batch);
        check(&file(&folder, &stream.into_inner().unwrap()), &batch);
    }
}

#[test]
fn no_rows_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let batch = batch(0);
    let writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    check(&file(&folder, &writer.into_inner().unwrap()), &batch);
    let mut writer = FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.finish().unwrap();
    check(&file(&folder, &writer.into_inner().unwrap()), &batch);
}

/// A stream may replace a dictionary, or add to it, between batches.
#[test]
fn dictionaries_of_a_stream_are_those_of_the_batch() {
    let folder = tempfile::tempdir().unwrap();
    let words = |words: &[&str]| {
        let array: DictionaryArray<Int32Type> = words.iter().copied().collect();
        RecordBatch::try_from_iter([("w", Arc::new(array) as ArrayRef)]).unwrap()
    };
    let growing = [words(&["a", "b"]), words(&["a", "b", "c"]), words(&["a", "b", "c", "d"])];
    let other = [words(&["a", "b"]), words(&["x"]), words(&["b", "a", "b"])];
    for (handling, batches) in [
        (DictionaryHandling::Delta, growing.clone()),
        (DictionaryHandling::Resend, growing),
        (DictionaryHandling::Resend, other),
    ] {
        let options = IpcWriteOptions::default().with_dictionary_handling(handling);
        let schema = batches[0].schema();
        let mut stream = StreamWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
        for batch in &batches {
            stream.write(batch).unwrap();
        }
        let rows =
            open(&file(&folder, &stream.into_inner().unwrap()), &Options::default()).unwrap();
        let read: Vec<RecordBatch> = rows.read(0, &[0], 100).unwrap().map(Result::unwrap).collect();
        for (found, expected) in read.iter().zip(&batches) {
            let texts = |batch: &RecordBatch| cast(batch.column(0), &DataType::Utf8).unwrap();
            assert_eq!(&texts(found), &texts(expected));
        }
        assert_eq!(read.len(), 3);
    }
}

#[test]
fn a_file_that_changes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let batch = batch(500);
    let write = |rows: usize| {
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
        writer.write(&batch.slice(0, rows)).unwrap();
        file(&folder, &writer.into_inner().unwrap())
    };
    let path = write(500);
    let rows = open(&path, &Options::default()).unwrap();
    let mut reading = rows.read(0, &[0], 100).unwrap();
    reading.next().unwrap().unwrap();
    write(400);
    let error = reading.find_map(Result::err).unwrap().to_string();
    assert!(error.contains("changed while it was read"), "{error}");
    let error = rows.read(0, &[0], 100).err().unwrap().to_string();
    assert!(error.contains("changed while it was read"), "{error}");
}

/// A file as Spark and Hive wrote it.
fn int96(folder: &TempDir, values: &[(i32, u64)]) -> Result<ParquetFile, String> {
    let schema = parse_message_type("message m { optional int96 t; }").unwrap();
    let mut writer =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::default()).unwrap();
    let values: Vec<Int96> = values
        .iter()
        .map(|(day, nanos)| {
            let mut value = Int96::new();
            let [low, high] =
                [nanos & 0xffff_ffff, nanos >> 32].map(|half| half.try_into().unwrap());
            value.set_data(low, high, day.cast_unsigned());
            value
        })
        .collect();
    let levels: Vec<i16> = std::iter::once(0).chain(values.iter().map(|_| 1)).collect();
    let mut group: SerializedRowGroupWriter<'_, _> = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int96Type>().write_batch(&values, Some(&levels), None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    let path = file(folder, &writer.into_inner().unwrap());
    ParquetFile::open(&path).map_err(|error| error.to_string())
}

#[test]
fn int96_keeps_every_instant_or_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let unit = |file: &ParquetFile| file.schema().field(0).data_type().clone();
    // 9999-12-31 23:59:59.999999, which 64 bits of nanoseconds do not hold.
    let far = int96(&folder, &[(5_373_484, 86_399_999_999_000)]).unwrap();
    assert_eq!(unit(&far), DataType::Timestamp(TimeUnit::Microsecond, None));
    let read = all(&far, &[0], 10);
    assert!(read.column(0).is_null(0));
    let micros = read.column(0).as_primitive::<arrow::datatypes::TimestampMicrosecondType>();
    assert_eq!(micros.value(1), 253_402_300_799_999_999);
    let fine = int96(&folder, &[(2_440_588, 1)]).unwrap();
    assert_eq!(unit(&fine), DataType::Timestamp(TimeUnit::Nanosecond, None));
    let error = int96(&folder, &[(2_440_588, 1), (5_373_484, 0)]).unwrap_err();
    assert!(
        error.contains("column `t` holds timestamps (INT96) finer than microseconds"),
        "{error}"
    );
}

/// What DuckDB writes has no schema of Arrow's in it.
#[test]
fn logical_types_are_kept_without_an_arrow_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/duckdb.parquet");
    let file = ParquetFile::open(&path).unwrap();
    let schema = file.schema();
    let extension = |name: &str| logical::extension_name(schema.field_with_name(name).unwrap());
    assert_eq!(extension("u"), Some(logical::UUID));
    assert_eq!(extension("j"), Some(logical::JSON));
    assert_eq!(extension("s"), None);
    let columns: Vec<usize> = (0..schema.fields().len()).collect();
    let read = all(&file, &columns, 10);
    let column = |name: &str| read.column_by_name(name).unwrap();
    let shown = |name: &str| arrow::util::display::array_value_to_string(column(name), 0).unwrap();
    assert_eq!(shown("u"), "000000000000000000000000000000ff");
    assert_eq!(shown("j"), "{\"a\": 1}");
    assert_eq!(shown("i"), "1 mons 2 days 3.000000000 secs");
    for name in ["d4", "d9", "d18", "d38"] {
        assert_eq!(shown(name), "12.34");
    }
    assert_eq!(shown("t"), "01:02:03");
    assert_eq!(shown("ts"), "2024-01-02T03:04:05.678901");
    assert_eq!(shown("tz"), "2024-01-02T03:04:05Z");
    assert_eq!(shown("l"), "[1, 2]");
    assert!((0..read.num_columns()).all(|column| read.column(column).is_null(1)));
}

#[test]
fn intervals_inside_of_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let schema = "message m { optional group g {
        optional fixed_len_byte_array(12) i (INTERVAL);
    } }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let path = file(&folder, &writer.into_inner().unwrap());
    let error = ParquetFile::open(&path).unwrap_err().to_string();
    assert!(error.contains("column `g.i` holds intervals inside of a list"), "{error}");
}

#[test]
fn wide_tables_and_equal_names_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let fields: Vec<Field> =
        (0..2_000).map(|n| Field::new(format!("c{}", n / 2), DataType::Int64, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let columns = (0..2_000).map(|n| Arc::new(Int64Array::from(vec![n])) as ArrayRef);
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap();
    let mut parquet = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), None).unwrap();
    parquet.write(&batch).unwrap();
    let mut arrow = FileWriter::try_new(Vec::new(), &schema).unwrap();
    arrow.write(&batch).unwrap();
    for bytes in [parquet.into_inner().unwrap(), arrow.into_inner().unwrap()] {
        let rows = open(&file(&folder, &bytes), &Options::default()).unwrap();
        let read = all(rows.as_ref(), &[3, 1_999], 10);
        assert_same(&read, &batch.project(&[3, 1_999]).unwrap());
    }
}

#[test]
fn types_that_have_no_place_in_parquet_come_through_arrow() {
    let folder = tempfile::tempdir().unwrap();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("d", Arc::new(DurationMillisecondArray::from(vec![Some(1), None]))),
        ("h", new_null_array(&DataType::Float16, 2)),
        ("g", Arc::new(Float16Array::from(vec![None, None]))),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let mut arrow = FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    arrow.write(&batch).unwrap();
    // A batch without columns still has rows.
    let empty = RecordBatch::try_new_with_options(
        Arc::new(Schema::empty()),
        Vec::new(),
        &RecordBatchOptions::new().with_row_count(Some(3)),
    )
    .unwrap();
    let rows = open(&file(&folder, &arrow.into_inner().unwrap()), &Options::default()).unwrap();
    assert_same(&all(rows.as_ref(), &[0, 1, 2], 10), &batch);
    let mut arrow = FileWriter::try_new(Vec::new(), &empty.schema()).unwrap();
    arrow.write(&empty).unwrap();
    let rows = open(&file(&folder, &arrow.into_inner().unwrap()), &Options::default()).unwrap();
    assert_eq!(rows.rows(), Some(3));
}
