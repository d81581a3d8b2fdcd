//! Damaged files end in an error, or in rows; never in a panic, and never in much memory.

use arrow::{
    array::{
        ArrayRef, Decimal128Array, DictionaryArray, Float64Array, Int64Array, ListBuilder,
        StringArray, StringBuilder, StructArray, TimestampMicrosecondArray,
    },
    datatypes::{DataType, Field, Int32Type},
    ipc::{
        CompressionType,
        writer::{FileWriter, IpcWriteOptions, StreamWriter},
    },
    record_batch::RecordBatch,
};
use files::{CsvOptions, Format, Options, open};
use model::RowsError;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::{WriterProperties, WriterVersion},
};
use proptest::{prelude::*, sample::Index};
use std::{fs, path::Path, sync::Arc};

/// 200 rows in many types, with NULLs.
fn batch() -> RecordBatch {
    let some = |n: i64| n % 7 != 0;
    let rows = 0..200_i64;
    let numbers: Int64Array = rows.clone().map(|n| some(n).then_some(n * 1_000)).collect();
    let floats: Float64Array = rows
        .clone()
        .map(|n| some(n).then_some(f64::from(i32::try_from(n).unwrap()) / 3.0))
        .collect();
    let decimals: Decimal128Array = rows.clone().map(|n| Some(i128::from(n) * 101)).collect();
    let stamps: TimestampMicrosecondArray = rows.clone().map(|n| Some(n * 1_000_000)).collect();
    let texts: Vec<String> = rows.clone().map(|n| format!("text {}", n * n)).collect();
    let words: Vec<String> = rows.clone().map(|n| format!("word {}", n % 5)).collect();
    let words: DictionaryArray<Int32Type> = words.iter().map(String::as_str).collect();
    let mut lists = ListBuilder::new(StringBuilder::new());
    for n in rows {
        for item in 0..n % 4 {
            lists.values().append_value(format!("item {item}"));
        }
        lists.append(some(n));
    }
    let structs = StructArray::from(vec![(
        Arc::new(Field::new("inner", DataType::Int64, true)),
        Arc::new(numbers.clone()) as ArrayRef,
    )]);
    let columns: [(&str, ArrayRef); 8] = [
        ("n", Arc::new(numbers)),
        ("x", Arc::new(floats)),
        ("d", Arc::new(decimals.with_precision_and_scale(12, 2).unwrap())),
        ("t", Arc::new(stamps)),
        ("s", Arc::new(StringArray::from(texts))),
        ("w", Arc::new(words)),
        ("l", Arc::new(lists.finish())),
        ("o", Arc::new(structs)),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
        .unwrap()
}

fn parquet(properties: WriterProperties) -> Vec<u8> {
    let batch = batch();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn ipc_file(compression: Option<CompressionType>) -> Vec<u8> {
    let batch = batch();
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let mut writer =
        FileWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
    writer.write(&batch.slice(0, 100)).unwrap();
    writer.write(&batch.slice(100, 100)).unwrap();
    writer.into_inner().unwrap()
}

fn ipc_stream(compression: Option<CompressionType>) -> Vec<u8> {
    let batch = batch();
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let mut writer =
        StreamWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
    writer.write(&batch.slice(0, 100)).unwrap();
    writer.write(&batch.slice(100, 100)).unwrap();
    writer.into_inner().unwrap()
}

fn csv() -> Vec<u8> {
    let mut text = "n,x,s\r\n".to_owned();
    for n in 0..200 {
        let quoted = if n % 3 == 0 { format!("\"a, \"\"{n}\"\"\né\"") } else { format!("a{n}") };
        text.push_str(&format!("{n},{}.5,{quoted}\r\n", n * n));
    }
    text.into_bytes()
}

fn samples() -> Vec<(Format, Vec<u8>)> {
    let builder = WriterProperties::builder;
    let zstd = Compression::ZSTD(ZstdLevel::default());
    vec![
        (Format::Parquet, parquet(builder().build())),
        (Format::Parquet, parquet(builder().set_compression(Compression::SNAPPY).build())),
        (
            Format::Parquet,
            parquet(
                builder()
                    .set_writer_version(WriterVersion::PARQUET_2_0)
                    .set_dictionary_enabled(false)
                    .set_max_row_group_row_count(Some(64))
                    .set_data_page_row_count_limit(20)
                    .set_compression(zstd)
                    .build(),
            ),
        ),
        (Format::Arrow, ipc_file(None)),
        (Format::Arrow, ipc_file(Some(CompressionType::ZSTD))),
        (Format::ArrowStream, ipc_stream(None)),
        (Format::ArrowStream, ipc_stream(Some(CompressionType::LZ4_FRAME))),
        (Format::Csv, csv()),
    ]
}

/// Reads all of it: how many rows there are, or what is wrong.
fn read(format: Format, bytes: &[u8], folder: &Path) -> Result<u64, RowsError> {
    let path = folder.join("sample");
    fs::write(&path, bytes).unwrap();
    let options = Options { format: Some(format), csv: CsvOptions::default() };
    let rows = open(&path, &options)?;
    let columns: Vec<usize> = (0..rows.schema().fields().len()).collect();
    let mut count = 0;
    for part in 0..rows.parts() {
        for batch in rows.read(part, &columns, 64)? {
            count += batch?.num_rows() as u64;
        }
    }
    Ok(count)
}

/// The most memory that this process ever had, in kB, where the system tells.
fn memory_peak_kb() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn whole_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for (number, (format, bytes)) in samples().into_iter().enumerate() {
        assert_eq!(read(format, &bytes, folder.path()), Ok(200), "sample {number}");
    }
}

/// Every file that was cut off anywhere is refused: fewer rows would be another answer.
#[test]
fn truncated_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (number, (format, bytes)) in samples().into_iter().enumerate() {
        let tail = bytes.len() - 64..bytes.len();
        for length in (0..bytes.len()).step_by(bytes.len() / 150).chain(tail) {
            let cut = &bytes[..length];
            let found = read(format, cut, folder.path());
            if format == Format::Csv {
                // A text cut after a field is a text; a cut inside is an error or shows as a value.
                assert!(found.as_ref().is_ok_and(|rows| *rows <= 200) || found.is_err());
                continue;
            }
            let error = found.expect_err(&format!("sample {number} cut at {length}"));
            assert!(error.to_string().contains("sample`: "), "{error}");
        }
    }
}

/// Damages of one run; `GNOMON_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("GNOMON_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1_500)
}

/// What happens to the bytes of a file. Places are taken from its end, where metadata is, or from
/// all of it.
#[derive(Debug, Clone)]
enum Damage {
    Set(Index, u8),
    /// A number of so many bytes becomes an extreme one: lengths, offsets and counts.
    Extreme(Index, usize, i64),
    Delete(Index, usize),
    Double(Index, usize),
    /// Bytes of another place.
    Copy(Index, Index, usize),
    /// The rest is that of another sample.
    Splice(Index, usize, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    let extreme = prop::sample::select(vec![
        0,
        1,
        -1,
        i64::MAX,
        i64::MIN,
        i32::MAX.into(),
        i32::MIN.into(),
        1 << 20,
        // As the digits of a varint: many, and a negative length.
        i64::from_le_bytes([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0]),
        i64::from_le_bytes([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
    ]);
    prop_oneof![
        3 => (index(), any::<u8>()).prop_map(|(at, value)| Damage::Set(at, value)),
        2 => (index(), prop::sample::select(vec![1_usize, 2, 4, 8]), extreme)
            .prop_map(|(at, width, value)| Damage::Extreme(at, width, value)),
        1 => (index(), 1_usize..40).prop_map(|(at, length)| Damage::Delete(at, length)),
        1 => (index(), 1_usize..40).prop_map(|(at, length)| Damage::Double(at, length)),
        1 => (index(), index(), 1_usize..40).prop_map(|(to, from, length)| Damage::Copy(to, from, length)),
        1 => (index(), 0..8_usize, index()).prop_map(|(at, other, from)| Damage::Splice(at, other, from)),
    ]
}

fn apply(damage: &Damage, bytes: &mut Vec<u8>, near_the_end: bool) {
    let length = bytes.len().max(1);
    bytes.resize(length, 0);
    let first = if near_the_end { length - length.min(2_000) } else { 0 };
    let place = |index: &Index| first + index.index(length - first);
    let range = |at: usize, count: usize| at..(at + count).min(length);
    match damage {
        Damage::Set(at, value) => bytes[place(at)] = *value,
        Damage::Extreme(at, width, value) => {
            let range = range(place(at), *width);
            let value = value.to_le_bytes();
            bytes[range.clone()].copy_from_slice(&value[..range.len()]);
        }
        Damage::Delete(at, count) => drop(bytes.drain(range(place(at), *count))),
        Damage::Double(at, count) => {
            let range = range(place(at), *count);
            let (end, copy) = (range.end, bytes[range].to_vec());
            bytes.splice(end..end, copy);
        }
        Damage::Copy(to, from, count) => {
            let (to, from) = (range(place(to), *count), range(place(from), *count));
            let count = to.len().min(from.len());
            let copy = bytes[from][..count].to_vec();
            bytes[to][..count].copy_from_slice(&copy);
        }
        Damage::Splice(at, other, from) => {
            let (_, other) = samples().swap_remove(*other);
            let at = place(at);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from.index(other.len())..]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    /// Either rows or an error is right, which names the file; a second reading gives the same.
    #[test]
    fn damages_do_no_harm(
        sample in 0_usize..8,
        damages in prop::collection::vec(damage(), 1..4),
        near_the_end: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (format, mut bytes) = samples().swap_remove(sample);
        for damage in &damages {
            apply(damage, &mut bytes, near_the_end);
        }
        let found = read(format, &bytes, folder.path());
        if let Err(error) = &found {
            prop_assert!(error.to_string().contains("sample"), "{}", error);
        }
        prop_assert_eq!(&read(format, &bytes, folder.path()), &found);
        prop_assert!(memory_peak_kb().is_none_or(|peak| peak < 3 << 20));
    }
}

/// A list in the footer that says that it has 2^31 - 1 elements ends the decoder's process, unless
/// it is found before.
#[test]
fn impossible_counts_take_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = parquet(WriterProperties::builder().build());
    let footer_bytes =
        u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap());
    let start = bytes.len() - 8 - footer_bytes as usize;
    // The version, then the field with the list of the schema's elements: its header, and a count
    // of its own bytes in the place of the first elements.
    let mut changed = bytes.clone();
    assert_eq!(changed[start], 0x15);
    let list = start + 3;
    changed[list..list + 6].copy_from_slice(&[0xfc, 0xff, 0xff, 0xff, 0xff, 0x07]);
    let error = read(Format::Parquet, &changed, folder.path()).unwrap_err().to_string();
    assert!(error.contains("its footer is no Parquet metadata"), "{error}");
}

/// With checksums, a changed byte in the pages is always found.
#[test]
fn checksums_are_verified() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = include_bytes!("../data/checksums.parquet");
    assert_eq!(read(Format::Parquet, bytes, folder.path()), Ok(200));
    // The page's 1,600 bytes of values follow the magic and the header of the page.
    for at in (100..1_600).step_by(37) {
        let mut changed = bytes.to_vec();
        changed[at] ^= 1;
        let error = read(Format::Parquet, &changed, folder.path()).unwrap_err().to_string();
        assert!(error.contains("checksum"), "{at}: {error}");
    }
}
