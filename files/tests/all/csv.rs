//! CSV: what a text says, and where it says what it should not.

use arrow::{
    array::{Array, ArrayRef, AsArray, Int32Array, RecordBatch, StringArray},
    compute::concat_batches,
    datatypes::{DataType, Field, Int64Type, Schema, TimeUnit},
    util::display::array_value_to_string,
};
use files::{CsvFile, CsvOptions, CsvTypes, Options, infer, open, open_pair};
use model::{Rows, logical};
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use std::{fs, path::PathBuf, sync::Arc};
use tempfile::TempDir;

fn write(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn all(rows: &dyn Rows) -> RecordBatch {
    let columns: Vec<usize> = (0..rows.schema().fields().len()).collect();
    let batches = (0..rows.parts()).flat_map(|part| rows.read(part, &columns, 1_000).unwrap());
    let batches: Vec<RecordBatch> = batches.map(Result::unwrap).collect();
    concat_batches(rows.schema(), &batches).unwrap()
}

fn read(text: impl AsRef<[u8]>, options: &CsvOptions) -> Result<RecordBatch, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "t.csv", text);
    let file = CsvFile::open(&path, options).map_err(|error| error.to_string())?;
    let read = all(&file);
    assert_eq!(file.rows(), Some(read.num_rows() as u64));
    Ok(read)
}

fn texts() -> CsvOptions {
    CsvOptions { types: CsvTypes::Text, ..CsvOptions::default() }
}

/// Each value as it is shown, nothing for NULL.
fn shown(batch: &RecordBatch, column: usize) -> Vec<Option<String>> {
    let array = batch.column(column);
    (0..array.len())
        .map(|row| array.is_valid(row).then(|| array_value_to_string(array, row).unwrap()))
        .collect()
}

fn types(batch: &RecordBatch) -> Vec<String> {
    batch.schema().fields().iter().map(|field| logical::type_label(field)).collect()
}

fn some(values: &[&str]) -> Vec<Option<String>> {
    values.iter().map(|value| Some((*value).to_owned())).collect()
}

#[test]
fn null_and_the_empty_text_are_two() {
    let read_as = |null: &str| {
        let options = CsvOptions { null: null.to_owned(), ..texts() };
        shown(&read("a,b\n,1\n\"\",1\nNULL,1\n\"NULL\",1\n", &options).unwrap(), 0)
    };
    let text = |value: &str| Some(value.to_owned());
    assert_eq!(read_as(""), [None, text(""), text("NULL"), text("NULL")]);
    assert_eq!(read_as("NULL"), [text(""), text(""), None, text("NULL")]);
}

#[test]
fn names_marks_and_delimiters() {
    let batch = read("\u{feff}a,\"b\"\"\n\",a\r\n1,2,3\r\n", &texts()).unwrap();
    let schema = batch.schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["a", "b\"\n", "a"]);
    let headless = CsvOptions { header: false, delimiter: Some(b';'), ..texts() };
    let batch = read("1;2\n3;4", &headless).unwrap();
    assert_eq!(batch.schema().field(1).name(), "column2");
    assert_eq!(shown(&batch, 1), some(&["2", "4"]));
    let folder = tempfile::tempdir().unwrap();
    let rows = open(&write(&folder, "t.tsv", "a\tb\n1\t2\n"), &Options::default()).unwrap();
    assert_eq!(types(&all(rows.as_ref())), ["Int64", "Int64"]);
    let text = write(&folder, "t.txt", "a;b\n1;2\n");
    let error = open(&text, &Options::default()).unwrap_err().to_string();
    assert!(error.contains("say the delimiter"), "{error}");
    let csv = CsvOptions { delimiter: Some(b';'), ..CsvOptions::default() };
    open(&text, &Options { csv, ..Options::default() }).unwrap();
}

#[test]
fn what_is_wrong_is_placed() {
    let ragged = format!("a,b\n{}1,2,3\n", "1,\"2\n\"\n".repeat(300_000));
    for (text, says) in [
        ("a,b\n1,2\n3\n".as_bytes(), "line 3: 1 field, where 2 are expected"),
        (b"a,b\n1,\"2\n\n\"\n\n", "line 5: an empty line, where 2 fields are expected"),
        (b"a,b\n1,2,3\n", "line 2, field 3: a field too many: there are 2 columns"),
        (ragged.as_bytes(), "line 600002, field 3: a field too many"),
        (b"a,b\n1,\"2\n3,4\n", "line 2, field 2: the quote is not closed"),
        (b"a,b\n1,\"2\"x\n", "line 2, field 2: text after the closing quote"),
        (b"a,b\n1,2\n3,\xff\n", "line 3: bytes that are not UTF-8"),
        (b"\xff\xfea\0", "the file is UTF-16; convert it to UTF-8"),
        (b"\xef\xbb\xbf", "nothing but a byte order mark"),
    ] {
        let error = read(text, &CsvOptions::default()).unwrap_err();
        assert!(error.contains(says), "{error}");
    }
    let error = read("a", &CsvOptions { delimiter: Some(b'"'), ..texts() }).unwrap_err();
    assert!(error.contains("the delimiter must be one ASCII character"), "{error}");
    // A quote that is never closed is not looked for in the whole of a large file.
    let open_quote = format!("a\n\"{}", "x\n".repeat(40 << 20));
    let error = read(open_quote, &texts()).unwrap_err();
    assert!(error.contains("line 2: the record has more than 64 MiB"), "{error}");
}

#[test]
fn types_are_what_all_values_are() {
    let text = "i,n,x,b,l,d,t,z,s,e\n\
        1,1.50,1e-7,true,t,2024-02-29,2024-01-01 00:00:00,2024-01-01 02:00:00+02,007,\n\
        ,,,,,,,,,\n\
        -2,12345678901234567890,2,false,f,1999-12-31,2024-01-01T00:00:00.5,2024-01-01T00:00:00Z,7,\n";
    let batch = read(text, &CsvOptions::default()).unwrap();
    assert_eq!(
        types(&batch),
        [
            "Int64",
            "numeric",
            "Float64",
            "Boolean",
            "Boolean",
            "Date32",
            "Timestamp(µs)",
            "Timestamp(µs, \"UTC\")",
            "Utf8",
            "Utf8"
        ]
    );
    assert!((0..10).all(|column| batch.column(column).is_null(1)));
    assert_eq!(shown(&batch, 1)[2].as_deref(), Some("12345678901234567890"));
    assert_eq!(shown(&batch, 6)[2].as_deref(), Some("2024-01-01T00:00:00.500"));
    assert_eq!(shown(&batch, 7)[0], shown(&batch, 7)[2]);
    assert_eq!(shown(&batch, 8)[0].as_deref(), Some("007"));
}

#[test]
fn the_last_value_counts_too() {
    let text = format!("a\n{}x\n", "123456\n".repeat(3_000_000));
    let folder = tempfile::tempdir().unwrap();
    let file = CsvFile::open(&write(&folder, "t.csv", text), &CsvOptions::default()).unwrap();
    assert!(file.parts() > 2);
    assert_eq!(file.schema().field(0).data_type(), &DataType::Utf8);
    assert_eq!(file.rows(), Some(3_000_001));
}

/// Line ends inside quotes are everywhere, so a cut at the wrong one would show.
#[test]
fn parts_are_cut_between_records() {
    let record = |n: usize| format!("{n},\"a\n{n},\"\"\nb\"\n");
    let text: String = (0..700_000).map(record).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "t.csv", format!("n,s\n{text}"));
    let file = CsvFile::open(&path, &CsvOptions::default()).unwrap();
    assert!(file.parts() > 1);
    let mut next = 0;
    for part in 0..file.parts() {
        for batch in file.read(part, &[0, 1], 8_192).unwrap().map(Result::unwrap) {
            let numbers = batch.column(0).as_primitive::<Int64Type>().values();
            for (number, text) in numbers.iter().zip(batch.column(1).as_string::<i32>()) {
                assert_eq!(*number, next);
                assert_eq!(text, Some(format!("a\n{next},\"\nb").as_str()));
                next += 1;
            }
        }
    }
    assert_eq!(next, 700_000);
}

#[test]
fn two_texts_have_common_types() {
    let folder = tempfile::tempdir().unwrap();
    let open =
        |name: &str, text: &str| CsvFile::open(&write(&folder, name, text), &texts()).unwrap();
    let mut left = open("l.csv", "a,b,c\n1,1,2024-01-01\n");
    let mut right = open("r.csv", "a,b\n1.0,007\n");
    infer(&mut [&mut left, &mut right]).unwrap();
    assert_eq!(types(&all(&left)), ["numeric", "Utf8", "Date32"]);
    assert_eq!(types(&all(&right)), ["numeric", "Utf8"]);
}

#[test]
fn a_text_beside_a_typed_file_is_like_it_as_far_as_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int32Array::from(vec![1, 2]))),
        ("n", Arc::new(Int32Array::from(vec![1, 2]))),
        ("s", Arc::new(StringArray::from(vec!["1", "2"]))),
        ("l", Arc::new(arrow::array::BinaryArray::from(vec![b"1".as_slice(), b"2"]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    let typed = write(&folder, "t.parquet", writer.into_inner().unwrap());
    let text = write(&folder, "t.csv", "id,n,s,l,more\n1,1,1,1,1\n2,\"\n2\",2,2,2\n");
    let options = Options::default();
    for turned in [false, true] {
        let paths = if turned { [typed.as_path(), &text] } else { [text.as_path(), &typed] };
        let [left, right] = open_pair(paths, [&options; 2]).unwrap();
        let (csv, parquet) = if turned { (right, left) } else { (left, right) };
        assert!(parquet.notes().is_empty());
        assert_eq!(types(&all(&csv)), ["Int32", "Utf8", "Utf8", "Utf8", "Utf8"]);
        let notes: Vec<String> = csv.notes().iter().map(ToString::to_string).collect();
        assert_eq!(
            notes,
            [
                "column `n` is read as text: `\n2` in line 3 is no value of type Int32",
                "column `l` is read as text: values of type BinaryView are not read from a text",
            ]
        );
    }
}

#[test]
fn wanted_types_are_given() {
    let fields = vec![
        Field::new("a", DataType::Decimal128(12, 2), true),
        Field::new("b", DataType::Timestamp(TimeUnit::Millisecond, None), true),
        Field::new("c", DataType::Float32, true),
        logical::extension_field("d", DataType::FixedSizeBinary(16), logical::UUID, true),
    ];
    let schema = Arc::new(Schema::new(fields));
    let options =
        CsvOptions { types: CsvTypes::Like(Arc::clone(&schema)), ..CsvOptions::default() };
    let text =
        "a,b,c,d\n1.5,2024-01-01 00:00:00.123,0.1,00000000-0000-0000-0000-0000000000ff\n,,,\n";
    let batch = read(text, &options).unwrap();
    assert_eq!(batch.schema().fields(), schema.fields());
    assert_eq!(shown(&batch, 0), [Some("1.50".to_owned()), None]);
    assert_eq!(shown(&batch, 2), [Some("0.1".to_owned()), None]);
}

#[test]
fn odd_shapes_are_read() {
    // A header alone, in one column and in several.
    let batch = read("a,b\n", &CsvOptions::default()).unwrap();
    assert_eq!((batch.num_rows(), batch.num_columns()), (0, 2));
    assert_eq!(read("a", &CsvOptions::default()).unwrap().num_rows(), 0);
    // In one column an empty line is a NULL.
    assert_eq!(
        shown(&read("a\n\n1\n", &CsvOptions::default()).unwrap(), 0),
        [None, Some("1".into())]
    );
    let wide: Vec<String> = (0..2_000).map(|n| format!("{n}")).collect();
    let wide = format!("{0}\n{0}\n{0}\n", wide.join(","));
    let batch = read(wide, &CsvOptions::default()).unwrap();
    assert_eq!((batch.num_rows(), batch.num_columns()), (2, 2_000));
    let long = "é".repeat(5 << 20);
    let batch = read(format!("a,b\n1,\"{long}\"\n2,x\n"), &CsvOptions::default()).unwrap();
    assert_eq!(batch.column(1).as_string::<i32>().value(0).len(), 10 << 20);
}

#[test]
fn columns_are_read_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "t.csv", "a,b,c\n1,\"x\"\"y\",2.5\n2,z,3.5\n");
    let file = CsvFile::open(&path, &CsvOptions::default()).unwrap();
    let read = |columns: &[usize], rows| {
        file.read(0, columns, rows).unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    assert_eq!(shown(&read(&[1], 10)[0], 0), some(&["x\"y", "z"]));
    assert_eq!(shown(&read(&[0, 2], 1)[1], 1), some(&["3.5"]));
    assert_eq!(read(&[], 10)[0].num_rows(), 2);
}

#[test]
fn a_text_that_changes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "t.csv", "a\n1\n");
    let file = CsvFile::open(&path, &CsvOptions::default()).unwrap();
    write(&folder, "t.csv", "a\nxyz\n");
    let error = file.read(0, &[0], 10).err().unwrap().to_string();
    assert!(error.contains("changed while it was read"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// Whatever is inferred, no two values of a file become equal that were not the same number or
    /// time, and none becomes another: as text the file says the same.
    #[test]
    fn nothing_is_lost(
        values in prop::collection::vec(
            prop::option::of("-?[0-9]{1,19}|-?[0-9]{1,4}\\.[0-9]{1,3}|[0-9]e-?[0-9]|0[0-9]|[tf]|2024-0[1-9]-0[1-9]|\\+1|NaN|| 1"),
            1..5,
        ),
    ) {
        let field = |value: &Option<String>| match value.as_deref() {
            None => "\n".to_owned(),
            Some(value) => format!("\"{value}\"\n"),
        };
        let text = format!("a\n{}", values.iter().map(field).collect::<String>());
        let typed = read(&text, &CsvOptions::default()).unwrap();
        let plain = read(&text, &texts()).unwrap();
        prop_assert_eq!(shown(&plain, 0), values.clone());
        for (found, value) in shown(&typed, 0).iter().zip(&values) {
            prop_assert_eq!(found.is_some(), value.is_some());
            let (Some(found), Some(value)) = (found, value) else { continue };
            match types(&typed)[0].as_str() {
                "Float64" => prop_assert_eq!(
                    found.parse::<f64>().unwrap().to_bits(),
                    value.parse::<f64>().unwrap().to_bits()
                ),
                "Boolean" => prop_assert!(found.starts_with(value)),
                _ => prop_assert_eq!(found, value),
            }
        }
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(prop_oneof![
        Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(b'1'), any::<u8>()
    ], 1..60)) {
        read(bytes, &CsvOptions::default()).ok();
    }
}
