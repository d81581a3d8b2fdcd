//! How a run is paced and bounded, as its users meet it.

use crate::shop::Shop;
use serde_json::{Value, json};
use std::fs;

const RUN: [&str; 5] = ["run", "-c", "gnomon.toml", "--format", "json"];

fn report(out: &str) -> Value {
    serde_json::from_str(out).unwrap()
}

/// Makes the workload of `shop` one of a PostgreSQL log: two sessions that ask in turn, 400 ms apart.
fn captured(shop: &Shop) {
    let line = |(number, session): (i64, &str)| {
        let time = chrono::DateTime::from_timestamp_millis(1_800_000_000_000 + 400 * number);
        let time = time.unwrap().format("%Y-%m-%d %H:%M:%S%.3f UTC").to_string();
        let message = format!("duration: 1.000 ms  statement: SELECT {number} FROM sales LIMIT 1");
        let line = json!({
            "timestamp": time, "user": "reader", "dbname": "gnomon", "pid": 7,
            "session_id": session, "line_num": number + 1, "ps": "SELECT",
            "error_severity": "LOG", "message": message,
        });
        line.to_string()
    };
    let lines: Vec<String> =
        [(0, "a"), (1, "b"), (2, "a"), (3, "b")].into_iter().map(line).collect();
    fs::write(shop.path("pg.json"), lines.join("\n")).unwrap();
    let words = ["capture", "import", "--source", "postgres-jsonlog", "pg.json", "--out", "log"];
    let (code, _, err) = shop.gnomon(&words);
    assert_eq!(code, 0, "{err}");
    shop.edit("sql_files = \"queries\"", "path = \"log\"");
}

fn milliseconds(report: &Value) -> i64 {
    let time = |key: &str| report["run"][key].as_str().unwrap().parse().unwrap();
    let (started, finished): (chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>) =
        (time("started"), time("finished"));
    (finished - started).num_milliseconds()
}

#[test]
fn a_recorded_pace_is_kept_and_its_lag_told() {
    let shop = Shop::open();
    captured(&shop);
    shop.append("\n[replay]\npace = \"recorded\"\nspeed = 1.5\n");
    let (code, out, err) = shop.gnomon(&RUN);
    assert_eq!(code, 0, "{err}");
    let report = report(&out);
    assert_eq!(report["totals"]["matched"], 4);
    // 1,200 ms at capture.
    assert!(milliseconds(&report) >= 800, "{}", milliseconds(&report));
    let item = &report["items"][3];
    assert_eq!(item["item"]["captured_latency_us"], 1_000);
    assert!(item["item"]["captured_time"].is_string() && item["lag"].is_object(), "{item:#}");
    assert_eq!(report["derived"]["lag"]["statements"], 4);
    assert_eq!(report["derived"]["fingerprints"][0]["statements"], 4);
    assert!(report["derived"]["latency"]["legacy"]["p99_us"].as_u64().unwrap() > 0);
}

#[test]
fn a_pace_needs_times_and_a_speed_needs_a_pace() {
    let shop = Shop::open();
    shop.append("\n[replay]\npace = \"closed\"\n");
    let (code, _, err) = shop.gnomon(&RUN);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("no statement of this workload tells when it ran"), "{err}");
    for (keys, what) in [
        ("pace = \"fast\"\nspeed = 2", "`speed` is given, but the pace is `fast`"),
        ("pace = \"closed\"\nspeed = 0", "must be from 0.001 to 1000"),
        ("pace = \"slow\"", "recorded"),
    ] {
        let shop = Shop::open();
        shop.append(&format!("\n[replay]\n{keys}\n"));
        let (code, _, err) = shop.gnomon(&RUN);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(what) && err.contains("gnomon.toml"), "{err}");
    }
}

#[test]
fn a_budget_of_credits_stops_each_start_and_the_next_goes_on() {
    let shop = Shop::open();
    shop.edit("sessions_max = 4", "sessions_max = 1\nrun_credits_max_milli = 2_000");
    let mut judged = Vec::new();
    let mut ids = Vec::new();
    loop {
        let (code, out, err) = shop.gnomon(&RUN);
        let report = report(&out);
        ids.push(report["run"]["run_id"].clone());
        judged.push(5 - report["totals"]["pending"].as_u64().unwrap());
        if code == 0 {
            break;
        }
        assert_eq!(code, 4, "{err}");
        assert!(
            err.contains(
                "the budget of credits is used up (`limits.run_credits_max_milli` = 2000)"
            ) && err.contains("--resume"),
            "{err}"
        );
        assert!(judged.len() < 5, "{judged:?}");
    }
    assert!(judged.len() > 1 && judged.is_sorted(), "{judged:?}");
    assert_eq!(judged.last(), Some(&5));
    ids.dedup();
    assert_eq!(ids.len(), 1, "one run in several starts");
}
