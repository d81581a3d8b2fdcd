//! Ties at a limit in runs on real engines: settled by asking for more rows, and judged again.

use crate::shop::Shop;
use serde_json::Value;
use std::fs;

const RUN: [&str; 3] = ["run", "-c", "gnomon.toml"];

fn json(shop: &Shop, words: &[&str], code: i32) -> Value {
    let all: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    let (found, out, err) = shop.gnomon(&all);
    assert_eq!(found, code, "{err}\n{out}");
    serde_json::from_str(&out).unwrap()
}

fn item<'a>(report: &'a Value, statement: &str) -> &'a Value {
    let mut items = report["items"].as_array().unwrap().iter();
    items.find(|item| item["item"]["statement"] == statement).unwrap()
}

fn verdict<'a>(report: &'a Value, statement: &str) -> &'a str {
    item(report, statement)["judgement"]["verdict"].as_str().unwrap()
}

/// A table in which all rows are tied two by two thousand, filled from both ends.
fn with_ties() -> Shop {
    let shop = Shop::open();
    let table = "CREATE TABLE visits (day int4, guest int4); \
                 INSERT INTO visits SELECT CAST(n / 2000 AS integer), CAST(n AS integer) FROM";
    shop.postgres(&format!(
        "{table} generate_series(0, 5999) AS r(n) ORDER BY n; GRANT SELECT ON visits TO reader;"
    ));
    shop.duckdb(
        &format!("{table} (SELECT n FROM range(0, 6000) AS r(n)) AS q ORDER BY n DESC")
            .replace("n / 2000", "n // 2000"),
    );
    shop.query("06-first", "SELECT day, guest FROM visits ORDER BY day LIMIT 5");
    shop.query("07-next", "SELECT day, guest FROM visits ORDER BY day LIMIT 5 OFFSET 1998");
    shop.query("08-any", "SELECT guest FROM visits LIMIT 7");
    shop.query("09-hidden", "SELECT guest FROM visits ORDER BY day LIMIT 5");
    shop
}

const STATEMENTS: [&str; 4] = ["06-first", "07-next", "08-any", "09-hidden"];

fn verdicts(report: &Value) -> [&str; 4] {
    STATEMENTS.map(|statement| verdict(report, statement))
}

#[test]
fn rows_of_one_tie_match_and_the_evidence_is_shown() {
    let shop = with_ties();
    shop.edit("retention = \"mismatches\"", "retention = \"all\"");
    let report = json(&shop, &RUN, 0);
    assert_eq!(verdicts(&report), ["match", "match", "match", "inconclusive"], "{report:#}");
    let first = item(&report, "06-first");
    let asked = &first["judgement"]["differences"]["cut"]["asked"];
    // A thousand more rows do not show the end of the tie.
    assert_eq!((&asked["wider"]["asked"], &asked["end"]), (&16_005.into(), &"seen".into()));
    assert_eq!((&asked["legacy_tied"], &asked["governed_tied"]), (&2_000.into(), &2_000.into()));
    let sent = first["governed"]["wide"]["outcome"]["executed_sql"].as_str().unwrap();
    assert!(sent.contains("16005"), "{sent}");
    assert_eq!(first["legacy"]["wide"]["outcome"]["result"]["rows"], 6_000);
    let hidden = item(&report, "09-hidden")["judgement"]["reason"].as_str().unwrap();
    assert!(hidden.contains("not in the output"), "{hidden}");
    let page = fs::read_to_string(shop.path("reports/report.html")).unwrap();
    assert!(page.contains("The rows that the limit may take"));
    assert!(page.contains("Each side took other rows of the same tie"));

    // What was recorded settles it again, without an engine.
    let run = report["run"]["run_id"].as_str().unwrap();
    fs::remove_file(shop.path("shop.duckdb")).unwrap();
    shop.append("\n[[tolerances]]\nkind = \"text_case\"\nreason = \"names\"\n");
    let judged = json(&shop, &["judge", run, "-c", "gnomon.toml"], 0);
    assert_eq!(verdicts(&judged), verdicts(&report));
    let again = item(&judged, "06-first");
    assert_eq!(&again["judgement"]["differences"]["cut"]["asked"], asked);
}

#[test]
fn another_row_of_the_tie_is_a_mismatch_unless_nobody_asks() {
    let shop = with_ties();
    // In neither first answer.
    shop.duckdb("UPDATE visits SET guest = -1 WHERE guest = 1000");
    let report = json(&shop, &RUN, 1);
    assert_eq!(verdicts(&report), ["mismatch", "mismatch", "mismatch", "inconclusive"]);
    let found = &item(&report, "06-first")["judgement"]["differences"];
    assert_eq!(found["changed_rows"], 1, "{found:#}");
    assert!(found["notes"][0].as_str().unwrap().contains("asked again for 16005 rows"));
    let first = report["run"]["run_id"].as_str().unwrap();

    // Wide answers of mismatches are kept by default.
    let judged = json(&shop, &["judge", first, "-c", "gnomon.toml"], 1);
    assert_eq!(verdicts(&judged), verdicts(&report));

    shop.append("\n[replay]\nties = false\n");
    let plain = json(&shop, &RUN, 0);
    assert_ne!(plain["run"]["run_id"], report["run"]["run_id"], "it is another run");
    assert_eq!(verdicts(&plain), ["inconclusive"; 4]);
    assert!(item(&plain, "06-first")["legacy"].get("wide").is_none());
}
