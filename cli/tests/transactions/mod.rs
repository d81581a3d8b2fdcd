//! Captured transactions, as users meet them: changes are run on scratch copies, behind the pipeline, and
//! undone.

use crate::shop::Shop;
use serde_json::Value;

const RUN: [&str; 5] = ["run", "-c", "gnomon.toml", "--format", "json"];

const TRANSACTION: &str = "BEGIN;
INSERT INTO sales VALUES (100, 1, '2024-05-01 08:00:00', 2, 3.50, NULL);
SELECT count(*), sum(quantity * price) FROM sales;
UPDATE customers SET city = upper(city) WHERE city LIKE 'Lon%';
SELECT id, city FROM customers ORDER BY id;
DELETE FROM sales WHERE quantity >= 7 RETURNING id, price;
SELECT count(*) FROM sales;
COMMIT;
SELECT count(*), min(city) FROM sales, customers;
";

/// A shop whose workload changes rows.
fn changing() -> Shop {
    let shop = Shop::open();
    shop.query("transaction.sql", TRANSACTION);
    shop.postgres("GRANT INSERT, UPDATE, DELETE ON sales, customers TO reader");
    shop.append("\n[replay]\nwrites = \"rolled-back\"\n");
    shop
}

fn scratch(shop: &Shop) {
    for section in ["legacy", "governed"] {
        shop.edit(&format!("[{section}]\n"), &format!("[{section}]\nscratch = true\n"));
    }
}

/// Verdict and rows of the statements of the transaction's file.
fn found(report: &Value) -> Vec<(String, String, u64)> {
    let items = report["items"].as_array().unwrap();
    let of_file = items
        .iter()
        .filter(|item| item["item"]["statement"].as_str().unwrap().contains("transaction"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    of_file
        .map(|item| {
            let sql = text(&item["item"]["sql"]);
            let verb = sql.split_whitespace().next().unwrap().to_owned();
            let rows = item["legacy"]["result"]["rows"].as_u64().unwrap_or_default();
            (verb, text(&item["judgement"]["verdict"]), rows)
        })
        .collect()
}

#[test]
fn changes_are_proved_and_undone() {
    let shop = changing();
    scratch(&shop);
    let (code, out, err) = shop.gnomon(&["run", "-c", "gnomon.toml", "--dry-run"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("1 captured transaction\n"), "{out}");
    assert!(out.contains("4 statements change rows and are rolled back"), "{out}");
    // Twice the same: nothing was left behind.
    for again in [None, Some("--again")] {
        let (code, out, err) = shop.gnomon(&RUN.into_iter().chain(again).collect::<Vec<_>>());
        assert_eq!(code, 0, "{err}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let expected = [
            ("BEGIN", "skipped", 0),
            ("INSERT", "match", 1),
            ("SELECT", "match", 1),
            ("UPDATE", "match", 1),
            ("SELECT", "match", 4),
            ("DELETE", "match", 2),
            ("SELECT", "match", 1),
            ("COMMIT", "skipped", 0),
            ("SELECT", "match", 1),
        ];
        let found = found(&report);
        let found: Vec<_> =
            found.iter().map(|(verb, verdict, rows)| (&**verb, &**verdict, *rows)).collect();
        assert_eq!(found, expected, "{out}");
    }
}

#[test]
fn a_change_that_reaches_other_rows_is_a_mismatch() {
    let shop = changing();
    scratch(&shop);
    shop.append("preflight = \"off\"\n");
    shop.duckdb("UPDATE customers SET city = 'Longyearbyen' WHERE id = 2");
    let (code, out, err) = shop.gnomon(&RUN);
    assert_eq!(code, 1, "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let found = found(&report);
    assert_eq!((&*found[3].0, &*found[3].1), ("UPDATE", "mismatch"), "{found:?}");
}

#[test]
fn changes_need_copies_that_nobody_needs() {
    let shop = changing();
    for section in ["legacy", "governed"] {
        let (code, _, err) = shop.gnomon(&RUN);
        assert_eq!(code, 2, "{err}");
        let what = format!("the {section} side is no scratch copy");
        assert!(err.contains(&what) && err.contains("gnomon.toml"), "{err}");
        shop.edit(&format!("[{section}]\n"), &format!("[{section}]\nscratch = true\n"));
    }
    let words = ["--store", "postgres://reader@127.0.0.1:1/runs"];
    let (code, _, err) = shop.gnomon(&RUN.into_iter().chain(words).collect::<Vec<_>>());
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("one process"), "{err}");
    // Without the setting nothing is changed, scratch copies or not.
    shop.edit("writes = \"rolled-back\"", "writes = \"refused\"");
    let (code, out, err) = shop.gnomon(&RUN);
    assert_eq!(code, 0, "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    for (verb, verdict, _) in found(&report) {
        let expected = if verb == "SELECT" { "match" } else { "skipped" };
        assert_eq!(verdict, expected, "{verb}");
    }
}
