//! What causes give to copy is a file of tolerances, and settles the differences that they explain.
//! That it does so for any values is a law of the comparer; here it is read as users have it read.

use super::ToleranceFile;
use arrow::array::{
    ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use compare::{Settings, SideResult, StatementRef, judge};
use model::{Judgement, StatementFacts, Verdict};
use std::path::Path;
use std::sync::Arc;

fn texts(values: [Option<&str>; 2]) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}

fn times(values: [i64; 2]) -> ArrayRef {
    Arc::new(values.into_iter().map(Some).collect::<TimestampMicrosecondArray>())
}

fn floats(values: [Option<f64>; 2]) -> ArrayRef {
    Arc::new(values.into_iter().collect::<Float64Array>())
}

fn decimals(values: [i128; 2], scale: i8) -> ArrayRef {
    let array: Decimal128Array = values.into_iter().map(Some).collect();
    Arc::new(array.with_precision_and_scale(20, scale).unwrap())
}

/// A name that TOML must escape, the legacy values and the governed ones.
fn columns() -> Vec<(&'static str, ArrayRef, ArrayRef)> {
    vec![
        ("id", Arc::new(Int64Array::from(vec![1, 2])), Arc::new(Int64Array::from(vec![1, 2]))),
        ("net \"€\"", decimals([12_537, 99_990], 4), decimals([125, 1_000], 2)),
        ("cut", decimals([12_599, 10_099], 4), decimals([125, 100], 2)),
        ("rate", floats([Some(0.125), Some(1.2537)]), floats([Some(0.13), Some(1.25)])),
        ("sum", floats([Some(0.1 + 0.2), Some(1.0)]), floats([Some(0.3), Some(1.0)])),
        ("zero", floats([Some(0.0), Some(1.0)]), floats([Some(-0.0), Some(1.0)])),
        ("nan", floats([Some(f64::NAN), Some(1.0)]), floats([None, Some(1.0)])),
        ("a\\b\n", texts([Some("ab  "), Some("c  ")]), texts([Some("ab"), Some("c")])),
        ("case", texts([Some("Ab"), Some("cD")]), texts([Some("ab"), Some("cd")])),
        ("form", texts([Some("\u{e9}"), None]), texts([Some("e\u{301}"), None])),
        ("empty", texts([Some(""), Some("x")]), texts([None, Some("x")])),
        ("json", texts([Some(r#"{"a":1}"#), None]), texts([Some(r#"{ "a": 1 }"#), None])),
        ("at", times([0, 90_000_000]), times([3_600_000_000, 3_690_000_000])),
        ("fine", times([1_234_567, 7_654_321]), times([1_234_000, 7_654_000])),
    ]
}

fn judged(settings: &Settings) -> Judgement {
    let facts = StatementFacts::plain_read();
    let side = |pick: fn(&(&'static str, ArrayRef, ArrayRef)) -> ArrayRef| {
        let columns = columns();
        let named = columns.iter().map(|column| (column.0, pick(column), true));
        RecordBatch::try_from_iter_with_nullable(named).unwrap()
    };
    let (legacy, governed) = (side(|column| column.1.clone()), side(|column| column.2.clone()));
    let rows = |batch: &RecordBatch| (batch.schema(), [batch.clone()]);
    let ((left, legacy), (right, governed)) = (rows(&legacy), rows(&governed));
    judge(
        StatementRef { id: "s", fingerprint: "f", facts: &facts },
        SideResult::Rows { schema: &left, batches: &legacy },
        SideResult::Rows { schema: &right, batches: &governed },
        settings,
    )
}

#[test]
fn what_causes_give_to_copy_settles_them() {
    let found = judged(&Settings::new(Vec::new()).unwrap());
    assert_eq!(found.verdict, Verdict::Mismatch);
    let blocks: Vec<&str> =
        found.differences.causes.iter().map(|cause| cause.remedy_parts().1).collect();
    assert_eq!(blocks.len(), columns().len() - 1, "{:#?}", found.differences.causes);
    let read = |text: &str| ToleranceFile::parse(Path::new("copied.toml"), text.to_owned());
    for block in &blocks {
        let file = read(block).unwrap_or_else(|error| panic!("{}", error.render(false)));
        assert_eq!(file.settings.tolerances().count(), 1, "{block}");
    }
    let all = read(&blocks.join("\n\n")).unwrap();
    let settled = judged(&all.settings);
    assert_eq!(settled.verdict, Verdict::Tolerated, "{:#?}", settled.differences);
    assert!(settled.differences.unused.is_empty(), "{:?}", settled.differences.unused);
    // One of another kind is caught.
    let spoiled = blocks.join("\n\n").replace("\"text_case\"", "\"text_nfc\"");
    assert_eq!(judged(&read(&spoiled).unwrap().settings).verdict, Verdict::Mismatch);
}
