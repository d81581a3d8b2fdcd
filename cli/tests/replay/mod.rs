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
fn times_that_are_far_apart_are_told_and_absurd_ones_refused() {
    let shop = Shop::open();
    captured(&shop);
    shop.append("\n[replay]\npace = \"recorded\"\nspeed = 0.1\n");
    let begun = std::time::Instant::now();
    let (code, _, err) = shop.interrupt(&RUN, || begun.elapsed().as_secs() >= 3);
    assert_eq!(code, 4, "{err}");
    assert!(err.contains("at this pace it takes 12s or longer"), "{err}");
    // A clock that was not set.
    let log = fs::read_to_string(shop.path("pg.json")).unwrap();
    let (first, rest) = log.split_once('\n').unwrap();
    fs::write(shop.path("pg.json"), first.replacen("2027-", "1970-", 1) + "\n" + rest).unwrap();
    let words = ["capture", "import", "--source", "postgres-jsonlog", "pg.json", "--out", "log"];
    assert_eq!(shop.gnomon(&words).0, 0);
    let (code, _, err) = shop.gnomon(&RUN);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("the workload begins 1970-") && err.contains("leave out"), "{err}");
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

/// What is known of each table, and how many tables are open, from the report.
fn data(report: &Value) -> Vec<(String, String)> {
    let open = report["derived"]["data"]["open"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    open.iter().map(|of| (text(&of["table"]), text(&of["state"]))).collect()
}

#[test]
fn data_that_differ_are_told_as_such_and_fail_the_gate() {
    let shop = Shop::open();
    shop.append("\n[replay]\npreflight = \"checksums\"\n");
    let (code, out, err) = shop.gnomon(&RUN);
    assert_eq!(code, 0, "{err}");
    let same = report(&out);
    assert_eq!(data(&same), []);
    let tables = same["derived"]["data"]["tables"].as_u64().unwrap();
    assert!(tables > 0, "{}", same["derived"]["data"]);
    assert_eq!(same["derived"]["data"]["same"].as_u64(), Some(tables));
    assert_eq!(same["data"].as_array().unwrap().len() as u64, 2 * tables, "before and after");

    // As many rows, another value.
    shop.duckdb("UPDATE sales SET quantity = quantity + 1000 WHERE sold_at = (SELECT min(sold_at) FROM sales)");
    let (code, out, err) = shop.gnomon(&[&RUN[..], &["--again"]].concat());
    assert_eq!(code, 1, "{err}");
    let drifted = report(&out);
    assert_eq!(data(&drifted), [("sales".to_owned(), "drifted".to_owned())]);
    assert_eq!(drifted["totals"]["mismatched"], 0, "{}", drifted["totals"]);
    let reasons: Vec<&Value> = drifted["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["judgement"]["verdict"] == "inconclusive")
        .map(|item| &item["judgement"]["reason"])
        .collect();
    let told = |reason: &&Value| reason.as_str().unwrap().contains("the data of `sales`");
    assert!(!reasons.is_empty() && reasons.iter().all(told), "{reasons:?}");

    // Counts alone do not see it, and so the engine is blamed.
    shop.edit("preflight = \"checksums\"", "preflight = \"counts\"");
    let (code, out, err) = shop.gnomon(&[&RUN[..], &["--again"]].concat());
    assert_eq!(code, 1, "{err}");
    assert_eq!(data(&report(&out)), []);
    assert!(report(&out)["totals"]["mismatched"].as_u64().unwrap() > 0);

    shop.edit("preflight = \"counts\"", "preflight = \"checksums\"");
    shop.edit("mismatches_max = 0", "mismatches_max = 0\ndrift = true");
    let (code, out, err) = shop.gnomon(&[&RUN[..], &["--again"]].concat());
    assert_eq!(code, 0, "{err}");
    assert_eq!(data(&report(&out)).len(), 1, "it is told all the same");
}

#[test]
fn rows_that_are_missing_are_counted_and_judging_again_knows() {
    let shop = Shop::open();
    shop.duckdb("DELETE FROM sales WHERE sold_at = (SELECT min(sold_at) FROM sales)");
    let (code, out, err) = shop.gnomon(&RUN);
    assert_eq!(code, 1, "{err}");
    let run = report(&out);
    assert_eq!(data(&run), [("sales".to_owned(), "drifted".to_owned())]);
    assert_eq!(run["totals"]["mismatched"], 0);

    shop.edit("max = 1e-9", "max = 1e-6");
    let id = run["run"]["run_id"].as_str().unwrap();
    let words = ["judge", id, "-c", "gnomon.toml", "--format", "json"];
    let (code, out, err) = shop.gnomon(&words);
    assert_eq!(code, 1, "{err}");
    let judged = report(&out);
    assert_eq!(data(&judged), data(&run));
    assert_eq!(judged["totals"], run["totals"]);
}

#[test]
fn data_that_change_in_between_are_noticed() {
    let shop = Shop::open();
    // The budget ends the first start half-way.
    shop.edit("sessions_max = 4", "sessions_max = 1\nrun_credits_max_milli = 1");
    let (code, _, err) = shop.gnomon(&RUN);
    assert_eq!(code, 4, "{err}");
    shop.postgres("DELETE FROM sales WHERE sold_at = (SELECT min(sold_at) FROM sales)");
    shop.duckdb("DELETE FROM sales WHERE sold_at = (SELECT min(sold_at) FROM sales)");
    shop.edit("\nrun_credits_max_milli = 1", "");
    let (code, out, err) = shop.gnomon(&RUN);
    assert_eq!(code, 1, "{err}");
    let run = report(&out);
    assert_eq!(data(&run), [("sales".to_owned(), "changed".to_owned())]);
    let told = run["derived"]["data"]["open"][0]["told"].as_str().unwrap();
    assert!(
        told.contains("the legacy side had") && told.contains("the governed side had"),
        "{told}"
    );
}

#[test]
fn stderr_is_json_lines_where_that_is_asked_for() {
    let shop = Shop::open();
    let (code, out, err) = shop.gnomon(&[&["--log-format", "json"], &RUN[..]].concat());
    assert_eq!(code, 0, "{err}");
    let lines: Vec<Value> = err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).collect::<Vec<_>>();
    assert_eq!((of("run_started").len(), of("run_ended").len()), (1, 1));
    let statements = of("statement");
    let items = report(&out)["items"].as_array().unwrap().len();
    assert_eq!(statements.len(), items);
    let ran = statements.iter().find(|line| line["statement"] == "01-half-quantities").unwrap();
    assert_eq!((&ran["verdict"], &ran["level"]), (&"match".into(), &"INFO".into()));
    assert!(ran["legacy_us"].as_u64().unwrap() > 0 && ran["lag_us"].is_u64(), "{ran}");

    let (code, _, err) = shop.gnomon(&["run", "-c", "none.toml", "--log-format", "json"]);
    assert_eq!(code, 2);
    let line: Value = serde_json::from_str(err.trim()).unwrap();
    assert_eq!((&line["event"], &line["exit"]), (&"error".into(), &2.into()), "{line}");
}

#[test]
fn metrics_can_be_scraped_while_it_runs() {
    use std::io::{Read as _, Write as _};
    let shop = Shop::open();
    shop.query("06-slow", "SELECT count(*) AS n FROM sales, pg_sleep(4)");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let listen = address.to_string();
    let words = [&RUN[..], &["--metrics", &listen]].concat();
    let get = |path: &str| {
        let mut stream = std::net::TcpStream::connect(address).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        Some(text)
    };
    // Two of them are judged while the slow one goes on.
    let scraped = || {
        let text = get("/metrics")?;
        let judged = text.lines().find_map(|line| line.strip_prefix("gnomon_statements_judged "));
        (judged?.parse::<u32>().ok()? >= 2).then_some(text)
    };
    let (code, _, err) = shop.interrupt(&words, || scraped().is_some());
    assert!(code == 0 || code == 4, "{code} {err}");
    assert!(err.contains(&format!("metrics at http://{address}/metrics")), "{err}");
    let taken = std::net::TcpListener::bind(address).unwrap();
    let (code, _, err) = shop.gnomon(&words);
    drop(taken);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("--metrics"), "{err}");
}

#[test]
fn the_nightly_script_goes_on_with_what_is_unfinished_and_then_begins_anew() {
    let shop = Shop::open();
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/nightly");
    let night = || {
        let words = [examples.join("nightly.sh"), shop.path("")];
        let (code, _, err) = shop.script(&words);
        (code, fs::read_dir(shop.path("runs")).unwrap().count() - 1, err)
    };
    let (code, runs, err) = night();
    assert_eq!((code, runs), (0, 1), "{err}");
    shop.edit("sessions_max = 4", "sessions_max = 1\nrun_credits_max_milli = 1");
    let (code, runs, err) = night();
    assert_eq!((code, runs), (4, 2), "{err}");
    let (code, runs, err) = night();
    assert_eq!((code, runs), (4, 2), "it goes on: {err}");
    shop.edit("\nrun_credits_max_milli = 1", "");
    let (code, runs, err) = night();
    assert_eq!((code, runs), (0, 2), "{err}");
    let (code, runs, err) = night();
    assert_eq!((code, runs), (0, 3), "{err}");
    // An unfinished run of another configuration is left alone.
    fs::write(shop.path("unfinished-run"), "none").unwrap();
    let (code, runs, err) = night();
    assert_eq!((code, runs), (0, 4), "{err}");
}

#[test]
fn the_nightly_configuration_is_valid() {
    let shop = Shop::open();
    let example = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    captured(&shop);
    fs::copy(example.join("../examples/nightly/gnomon.toml"), shop.path("gnomon.toml")).unwrap();
    fs::rename(shop.path("log"), shop.path("workload")).unwrap();
    let (code, _, err) = shop.gnomon(&RUN);
    assert_eq!(code, 3, "only its warehouse is missing: {err}");
    assert!(err.contains("warehouse"), "{err}");
}
