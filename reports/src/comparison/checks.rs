//! What holds for every format and every comparison.

mod schema;

use super::*;
use crate::comparison_fixture::{Case, all};
use model::{AskedWider, Cut, CutEnd, CutKind, Window};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

fn console(case: &Case, color: bool, width: usize) -> String {
    let mut out = Vec::new();
    write_console(&case.comparison(), Style { color, width }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn json(case: &Case) -> String {
    let mut out = Vec::new();
    write_json(&case.comparison(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn markdown(case: &Case) -> String {
    let mut out = Vec::new();
    write_markdown(&case.comparison(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn named(name: &str) -> Case {
    all().into_iter().find(|case| case.name == name).unwrap()
}

#[test]
fn the_text_is_as_agreed() {
    for case in all() {
        insta::assert_snapshot!(format!("console_{}", case.name), console(&case, false, 100));
    }
    insta::assert_snapshot!("console_mismatch_80", console(&named("mismatch"), false, 80));
    insta::assert_snapshot!("console_mismatch_60", console(&named("mismatch"), false, 60));
    insta::assert_snapshot!("console_mismatch_160", console(&named("mismatch"), false, 160));
}

#[test]
fn the_markdown_is_as_agreed() {
    for name in ["match", "mismatch", "unicode"] {
        insta::assert_snapshot!(format!("markdown_{name}"), markdown(&named(name)));
    }
}

#[test]
fn the_document_is_as_agreed() {
    for name in ["match", "mismatch", "without_a_key", "shape", "tolerated"] {
        insta::assert_snapshot!(format!("json_{name}"), json(&named(name)));
    }
    insta::assert_snapshot!("json_schema", json_schema());
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [40, 60, 80, 100, 120, 160] {
        for case in all() {
            for line in console(&case, false, width).lines() {
                assert!(line.width() <= width, "{} at {width}: {line}", case.name);
            }
        }
    }
}

#[test]
fn color_changes_nothing_but_color() {
    for case in all() {
        let colored = console(&case, true, 100);
        assert!(colored.contains('\u{1b}'));
        let plain = console(&case, false, 100);
        assert!(!plain.contains('\u{1b}'), "{}", case.name);
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
    }
}

#[test]
fn a_match_is_two_lines() {
    for name in ["match", "empty", "without_columns"] {
        let text = console(&named(name), false, 120);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.starts_with("MATCH  "));
    }
}

#[test]
fn the_end_of_a_long_path_is_shown() {
    let mut case = named("shape");
    case.legacy_label = format!("s3://bucket/{}orders.parquet", "year=2024/".repeat(200));
    let text = console(&case, false, 60);
    assert!(text.contains("  legacy    …"), "{text}");
    assert!(text.contains("/year=2024/orders.parquet:\n"), "{text}");
}

#[test]
fn a_message_without_end_is_cut() {
    let mut case = named("shape");
    let names = "`a_column`, ".repeat(100_000);
    case.judgement.differences.examples = vec![model::Difference::Shape { message: names.clone() }];
    case.judgement.differences.notes = vec![names];
    assert!(console(&case, false, 100).len() < 6_000);
    assert!(markdown(&case).len() < 60_000);
}

#[test]
fn causes_go_before_what_they_explain() {
    let mut mismatch = named("mismatch");
    for (text, next) in
        [(console(&mismatch, false, 100), "Changed columns"), (markdown(&mismatch), "| column |")]
    {
        let found = text.find("988 of 990 changed cells").unwrap();
        assert!(found < text.find(next).unwrap(), "{text}");
        assert!(text.contains("[[tolerances]]\n"), "{text}");
    }
    let cause = mismatch.judgement.differences.causes[0].clone();
    mismatch.judgement.differences.causes = vec![cause; 40];
    for text in [console(&mismatch, false, 100), markdown(&mismatch)] {
        assert!(text.contains("and 28 more causes"), "{text}");
    }
}

#[test]
fn the_counts_are_exact_everywhere() {
    let case = named("mismatch");
    let flat = console(&case, false, 60).split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "MISMATCH 500 rows are missing, 300 rows are extra, 1,000 rows changed in 1,002 cells;",
        "9,998,500 rows are equal or within tolerances, of 10,000,000 legacy and 9,999,800 governed rows",
        "and 997 more rows",
        "and 498 more rows",
        "and 297 more rows",
    ] {
        assert!(flat.contains(wanted), "{wanted}: {flat}");
    }
    assert!(markdown(&case).contains("9,998,500 rows are equal"));
}

#[test]
fn every_text_is_bounded() {
    for case in all() {
        for width in [40, 160] {
            let lines = console(&case, false, width).lines().count();
            assert!(lines < 250, "{}: {lines} lines", case.name);
        }
        let length = markdown(&case).chars().count();
        assert!(length < 65_536, "{}: {length} characters", case.name);
    }
    let text = console(&named("wide"), false, 100);
    assert!(text.contains("and 1,978 more columns with 3,956 changed cells"), "{text}");
    assert!(text.contains("1,988 columns not shown"), "{text}");
    assert!(text.contains("and 1,990 more cells"), "{text}");
}

#[test]
fn a_diff_in_markdown_cannot_be_left() {
    let mut case = named("without_a_key");
    if let Some(model::Difference::Changed { cells, row }) =
        case.judgement.differences.examples.first_mut()
    {
        row[0] = Some("```\n```".to_owned());
        cells[0].legacy = Some("```".to_owned());
    }
    let text = markdown(&case);
    assert_eq!(text.lines().filter(|line| line.trim_start().starts_with("```")).count(), 2);
    for line in text.lines().filter(|line| line.starts_with('|')) {
        assert!([4, 5, 6, 10].contains(&line.matches('|').count()), "{line}");
    }
}

#[test]
fn the_document_follows_its_schema() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    let check = |case: &Case| {
        let document: serde_json::Value = serde_json::from_str(&json(case)).unwrap();
        schema::check(&schema, &document).unwrap_or_else(|wrong| panic!("{}: {wrong}", case.name));
    };
    for case in all() {
        check(&case);
    }
    // With a limit that cuts through a tie, before and after both sides were asked for more.
    let wider = Window { skipped: 1, taken: Some(5) }.wider(10, 100).unwrap();
    let asked = AskedWider {
        wider,
        end: CutEnd::Unknown,
        legacy_rows: Some(16),
        governed_rows: None,
        legacy_tied: None,
        governed_tied: None,
    };
    for asked in [None, Some(asked)] {
        let mut case = named("mismatch");
        case.judgement.differences.cut = Some(Cut { kind: CutKind::Tied, asked });
        check(&case);
    }
}

#[test]
fn what_does_not_follow_the_schema_is_found() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    let good: serde_json::Value = serde_json::from_str(&json(&named("mismatch"))).unwrap();
    let broken = |spoil: &dyn Fn(&mut serde_json::Value)| {
        let mut document = good.clone();
        spoil(&mut document);
        schema::check(&schema, &document).unwrap_err()
    };
    assert!(broken(&|d| d["more"] = 1.into()).contains("more"));
    assert!(broken(&|d| d["missing_rows"] = "500".into()).contains("missing_rows"));
    assert!(broken(&|d| d["missing_rows"] = (-1).into()).contains("missing_rows"));
    assert!(broken(&|d| d["verdict"] = "equal".into()).contains("verdict"));
    assert!(broken(&|d| d["columns"][0]["name"] = serde_json::Value::Null).contains("name"));
    assert!(broken(&|d| d["examples"][0]["kind"] = "gone".into()).contains("examples"));
    let removed = broken(&|d| {
        d.as_object_mut().unwrap().remove("verdict");
    });
    assert!(removed.contains("verdict"));
    let without_null = broken(&|d| {
        d.as_object_mut().unwrap().remove("reason");
    });
    assert!(without_null.contains("reason"));
}

#[test]
fn a_float_that_json_does_not_have_is_null() {
    let mut case = named("mismatch");
    case.judgement.differences.columns[0].max_relative = Some(f64::NAN);
    let document: serde_json::Value = serde_json::from_str(&json(&case)).unwrap();
    assert!(document["columns"][2]["max_relative"].is_null());
    assert_eq!(document["columns"][2]["max_ulps"], 1);
    assert_eq!(document["columns"][0]["changed_cells"], 0);
    assert_eq!(document["columns"].as_array().unwrap().len(), 8);
}

#[test]
fn a_failing_writer_is_an_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("no space left"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let case = named("match");
    let comparison = case.comparison();
    let style = Style { color: false, width: 80 };
    for (result, format) in [
        (write_console(&comparison, style, Full), "console"),
        (write_json(&comparison, Full), "json"),
        (write_markdown(&comparison, Full), "markdown"),
    ] {
        let wanted = format!("the {format} report could not be written: no space left");
        assert_eq!(result.unwrap_err().to_string(), wanted);
    }
}

fn hostile() -> impl Strategy<Value = String> {
    "(\\PC|[ \u{0}-\u{1f}\u{202e}\u{300}\u{5d0}\u{fe0f}❤漢`|]){0,120}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever names, values and messages hold: lines fit, and no control character is written.
    #[test]
    fn text_from_outside_stays_inside(
        text in hostile(),
        width in 40_usize..=160,
    ) {
        let mut case = named("mismatch");
        case.legacy_label.clone_from(&text);
        case.legacy_columns[7].name.clone_from(&text);
        case.legacy_columns[2].data_type.clone_from(&text);
        let found = &mut case.judgement.differences;
        found.notes = vec![text.clone()];
        found.causes[0].sentence.clone_from(&text);
        found.causes[1].remedy = format!("{text}\n\n{text}\n{text}");
        found.ledger[0].worst.clone_from(&text);
        found.columns[0].name.clone_from(&text);
        found.columns[1].max_absolute = Some(text.clone());
        for difference in &mut found.examples {
            match difference {
                model::Difference::Changed { row, cells } => {
                    row[0] = Some(text.clone());
                    cells[0].name.clone_from(&text);
                    cells[0].governed = Some(text.clone());
                }
                model::Difference::Missing { row, .. } => row[7] = Some(text.clone()),
                _ => {}
            }
        }
        let shown = console(&case, false, width);
        for line in shown.lines() {
            prop_assert!(line.width() <= width, "{} > {width}: {line:?}", line.width());
        }
        for shown in [shown, markdown(&case)] {
            prop_assert!(!shown.contains(|c: char| c.is_control() && c != '\n'));
            let turned = shown.contains('\u{202e}');
            prop_assert!(!turned);
        }
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json(&case)).is_ok());
    }
}
