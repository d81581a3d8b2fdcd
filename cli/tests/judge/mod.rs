//! `gnomon judge` and the noise baseline, on recorded runs of the example.

use crate::shop::Shop;
use serde_json::Value;
use std::fs;

const TOLERANCE: &str = "\n[[tolerances]]\nkind = \"decimal_absolute\"\nmax = 0.05\n\
                         scope = { column = \"price\" }\nreason = \"cents are rounded late\"\n";

fn verdict<'a>(report: &'a Value, statement: &str) -> &'a str {
    judgement(report, statement)["verdict"].as_str().unwrap()
}

fn judgement<'a>(report: &'a Value, statement: &str) -> &'a Value {
    let mut items = report["items"].as_array().unwrap().iter();
    &items.find(|item| item["item"]["statement"] == statement).unwrap()["judgement"]
}

fn id(report: &Value) -> &str {
    report["run"]["run_id"].as_str().unwrap()
}

/// The example with a governed side that is a cent off, and spells a name in another way.
fn a_cent_off() -> Shop {
    let shop = Shop::open();
    shop.duckdb("UPDATE sales SET price = price + 0.01 WHERE id = 1");
    shop.duckdb("UPDATE customers SET name = 'Barbara' WHERE id = 4");
    shop.query("06-prices", "SELECT id, price FROM sales ORDER BY id");
    shop.query("07-names", "SELECT id, name FROM customers ORDER BY id");
    shop
}

fn json(shop: &Shop, words: &[&str], code: i32) -> (Value, String) {
    let all: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    let (found, out, err) = shop.gnomon(&all);
    assert_eq!(found, code, "{err}\n{out}");
    (serde_json::from_str(&out).unwrap(), err)
}

const RUN: [&str; 3] = ["run", "-c", "gnomon.toml"];

fn judge(run: &str) -> [&str; 4] {
    ["judge", run, "-c", "gnomon.toml"]
}

#[test]
fn a_recorded_run_is_judged_under_other_tolerances_without_an_engine() {
    let shop = a_cent_off();
    let (recorded, _) = json(&shop, &RUN, 1);
    assert_eq!(verdict(&recorded, "06-prices"), "mismatch");
    assert_eq!(judgement(&recorded, "06-prices")["class"], "rows");
    assert_eq!(verdict(&recorded, "07-names"), "mismatch");
    assert!(recorded["run"].get("judged_from").is_none());

    // No engine is at hand any more.
    fs::remove_file(shop.path("shop.duckdb")).unwrap();
    shop.edit("host=", "host=/nowhere application_name=");
    shop.append(TOLERANCE);
    let run = id(&recorded);
    let (judged, err) = json(&shop, &judge(run), 1);
    assert_ne!(id(&judged), run);
    assert_eq!(judged["run"]["judged_from"], run);
    assert_eq!(verdict(&judged, "06-prices"), "tolerated");
    assert_eq!(verdict(&judged, "07-names"), "mismatch");
    assert_eq!(verdict(&judged, "01-half-quantities"), "match");
    assert_eq!(verdict(&judged, "05-write"), "skipped");
    assert!(err.contains("1 mismatch → tolerated: 06-prices"), "{err}");
    let ledger = &judgement(&judged, "06-prices")["differences"]["ledger"];
    assert_eq!((&ledger[0]["code"], &ledger[0]["cells"]), (&"TL0007".into(), &1.into()));
    // The key of the legacy's catalog, which nobody can ask any more.
    let key = |report: &Value| judgement(report, "07-names")["differences"]["key"].clone();
    assert_eq!(key(&recorded)["origin"], "declared", "{}", key(&recorded));
    assert_eq!(key(&judged), key(&recorded));
    let written: Value =
        serde_json::from_slice(&fs::read(shop.path("reports/report.json")).unwrap()).unwrap();
    assert_eq!(id(&written), id(&judged), "the reports are written as by a run");

    // The recorded run is as it was, and both have reports.
    let (again, _) = json(&shop, &["report", run], 0);
    assert_eq!(again, recorded);
    let (again, _) = json(&shop, &["report", id(&judged)], 0);
    assert_eq!(again, judged);
    let (code, out, _) = shop.gnomon(&["report", id(&judged)]);
    assert!(code == 0 && out.contains(&format!("from run {run}")), "{out}");

    // The same rules are the same run; the gate is that of now.
    shop.edit("mismatches_max = 0", "mismatches_max = 9");
    let (code, _, err) =
        shop.gnomon(&["judge", run, "-c", "gnomon.toml", "--format", "html", "--out", "j.html"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("judged by these rules already") && err.contains(id(&judged)), "{err}");
    assert!(fs::read_to_string(shop.path("j.html")).unwrap().contains(run));
    let runs = fs::read_dir(shop.path("runs")).unwrap().filter(|entry| {
        entry.as_ref().is_ok_and(|entry| entry.path().join("run.sqlite").is_file())
    });
    assert_eq!(runs.count(), 2);

    // Judging a judged run without the tolerance finds the mismatch again.
    shop.edit(TOLERANCE, "");
    let (back, err) = json(&shop, &judge(id(&judged)), 0);
    assert_eq!(verdict(&back, "06-prices"), "mismatch");
    assert!(err.contains("1 tolerated → mismatch: 06-prices"), "{err}");
}

#[test]
fn what_was_not_kept_is_not_guessed() {
    let shop = a_cent_off();
    shop.edit("retention = \"mismatches\"", "retention = \"none\"");
    let (recorded, _) = json(&shop, &RUN, 1);
    // By the same rules the verdicts hold.
    let (same, err) = json(&shop, &judge(id(&recorded)), 1);
    assert_eq!(verdict(&same, "06-prices"), "mismatch");
    assert!(err.contains("verdicts are as recorded"), "{err}");

    shop.append(TOLERANCE);
    let (judged, err) = json(&shop, &judge(id(&recorded)), 4);
    let open = judgement(&judged, "06-prices");
    assert_eq!(open["verdict"], "inconclusive");
    assert!(open["reason"].as_str().unwrap().contains("`retention`"), "{open}");
    assert_eq!(verdict(&judged, "01-half-quantities"), "match", "a match stands");
    assert!(err.contains("could not be judged again without their rows"), "{err}");
}

/// Removes all runs but this one.
fn forget_judged(shop: &Shop, run: &str) {
    for entry in fs::read_dir(shop.path("runs")).unwrap() {
        let folder = entry.unwrap().path();
        if folder.is_dir() && !folder.ends_with(run) {
            fs::remove_dir_all(folder).unwrap();
        }
    }
}

#[test]
fn a_store_that_cannot_be_read_is_a_clear_error() {
    let shop = a_cent_off();
    let (code, _, err) = shop.gnomon(&judge("0123456789abcdef"));
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("there is no run at"), "{err}");
    let (code, _, err) = shop.gnomon(&["judge", "x", "-c", "none.toml"]);
    assert!(code == 2 && err.contains("none.toml"), "{err}");

    let (recorded, _) = json(&shop, &RUN, 1);
    let run = id(&recorded);
    let store = shop.path("runs").join(run).join("run.sqlite");
    let whole = fs::read(&store).unwrap();
    // SQLite keeps `user_version` at byte 60 of the file.
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&store, newer).unwrap();
    let (code, out, err) = shop.gnomon(&judge(run));
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("version 99"), "{err}");
    fs::write(&store, "this is a letter, not a database".repeat(200)).unwrap();
    let (code, _, err) = shop.gnomon(&judge(run));
    assert!(code == 3 && err.contains("not a run store"), "{err}");
    fs::write(&store, whole).unwrap();

    shop.append(TOLERANCE);
    let results = shop.path("runs").join(run).join("results");
    let kept = fs::read_dir(&results).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&kept).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 16) {
        let mut bad = whole.clone();
        bad[at] ^= 0x5a;
        fs::write(&kept, bad).unwrap();
        // Damaged, or other rows; the process never ends by itself.
        let (code, _, err) = shop.gnomon(&judge(run));
        assert!([1, 3].contains(&code), "{at}: {code} {err}");
        forget_judged(&shop, run);
    }
    fs::write(&kept, "no rows").unwrap();
    let (code, out, err) = shop.gnomon(&judge(run));
    assert_eq!((code, out.as_str()), (3, ""), "{err}");
    assert!(err.contains(kept.file_name().unwrap().to_str().unwrap()), "{err}");
}

/// A view of the legacy whose scores are drawn by a function that claims to be constant: nothing
/// in a statement's text tells.
fn with_scores() -> Shop {
    let shop = Shop::open();
    // Its rows come and go, which is what a check of the data would tell of it.
    shop.edit("[limits]", "[replay]\npreflight = \"off\"\n\n[limits]");
    shop.postgres(
        "CREATE FUNCTION score_of(id int4) RETURNS int4 LANGUAGE plpgsql IMMUTABLE AS \
         $$ BEGIN RETURN (random() * 1000000000)::int4; END $$; \
         CREATE VIEW scores AS SELECT id, customer_id, score_of(id) AS score FROM sales; \
         CREATE VIEW draws AS SELECT n, score_of(n) < 500000000 AS drawn \
         FROM generate_series(1, 400) AS n; \
         CREATE VIEW picked AS SELECT n FROM draws WHERE drawn; \
         GRANT SELECT ON scores, picked TO reader;",
    );
    shop.duckdb(
        "CREATE TABLE scores AS SELECT id, customer_id, CAST(0 AS integer) AS score FROM sales; \
         CREATE TABLE picked AS SELECT CAST(n AS integer) AS n FROM range(1000, 1100) AS r(n);",
    );
    shop.query("06-scores", "SELECT id, customer_id, score FROM scores ORDER BY id");
    let best = "SELECT customer_id, max(score) AS best FROM scores GROUP BY customer_id";
    shop.query("07-best", best);
    shop.query("08-picked", "SELECT n FROM picked");
    shop
}

#[test]
fn what_the_legacy_has_with_itself_is_inconclusive_and_shown() {
    let shop = with_scores();
    let (plain, _) = json(&shop, &RUN, 1);
    assert_eq!(verdict(&plain, "06-scores"), "mismatch");
    let words = ["run", "-c", "gnomon.toml", "--noise"];
    let (noisy, _) = json(&shop, &words, 0);
    assert_ne!(id(&noisy), id(&plain), "it is another run");
    for (statement, column) in [("06-scores", "score"), ("07-best", "best")] {
        let found = judgement(&noisy, statement);
        assert_eq!(found["verdict"], "inconclusive", "{found:#}");
        let reason = found["reason"].as_str().unwrap();
        assert!(reason.starts_with("nondeterministic: "), "{reason}");
        let itself = &found["differences"]["noise"];
        assert_eq!(itself["reach"]["columns"][0], column, "{itself:#}");
        assert_eq!(itself["judgement"]["verdict"], "mismatch");
        assert!(itself["judgement"]["differences"]["changed_cells"].as_u64().unwrap() > 0);
    }
    let picked = judgement(&noisy, "08-picked");
    assert_eq!(picked["verdict"], "inconclusive", "rows come and go");
    assert_eq!(picked["differences"]["noise"]["reach"]["kind"], "everything");
    assert!(judgement(&noisy, "02-cities")["differences"].get("noise").is_none());
    let page = fs::read_to_string(shop.path("reports/report.html")).unwrap();
    assert!(page.contains("The legacy against itself"));

    // The setting is the flag, and the second answer is judged again with the run.
    shop.edit("[replay]", "[replay]\nnoise = true");
    let (same, err) = json(&shop, &RUN, 0);
    assert_eq!(id(&same), id(&noisy), "{err}");
    shop.append(TOLERANCE);
    let (judged, _) = json(&shop, &judge(id(&noisy)), 0);
    assert_eq!(judgement(&judged, "06-scores"), judgement(&noisy, "06-scores"));
}

#[test]
fn what_the_noise_does_not_reach_is_a_mismatch() {
    let shop = with_scores();
    shop.duckdb("UPDATE scores SET customer_id = 9 WHERE id = 3");
    let words = ["run", "-c", "gnomon.toml", "--noise"];
    let (report, _) = json(&shop, &words, 1);
    let found = judgement(&report, "06-scores");
    assert_eq!((&found["verdict"], &found["class"]), (&"mismatch".into(), &"rows".into()));
    assert_eq!(found["differences"]["noise"]["reach"]["columns"][0], "score");
}
