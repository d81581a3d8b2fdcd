//! A run that several processes share, as its users meet it.

use crate::shop::{Shop, finish};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path, process::Child, thread, time::Duration};

const SESSIONS: usize = 8;
const EACH: usize = 6;

/// Makes the workload of `shop` one of a PostgreSQL log: sessions that ask every 300 ms.
fn captured(shop: &Shop) {
    let lines: Vec<String> = (0..EACH * SESSIONS)
        .map(|number| {
            let time = 1_800_000_000_000 + 300 * i64::try_from(number / SESSIONS).unwrap();
            let time = chrono::DateTime::from_timestamp_millis(time).unwrap();
            let sql = format!("SELECT count(*) + {number} FROM sales");
            let line = json!({
                "timestamp": time.format("%Y-%m-%d %H:%M:%S%.3f UTC").to_string(),
                "user": "reader", "dbname": "gnomon", "pid": 7,
                "session_id": format!("s{}", number % SESSIONS), "line_num": number + 1, "ps": "SELECT",
                "error_severity": "LOG", "message": format!("duration: 1.000 ms  statement: {sql}"),
            });
            line.to_string()
        })
        .collect();
    fs::write(shop.path("pg.json"), lines.join("\n")).unwrap();
    let words = ["capture", "import", "--source", "postgres-jsonlog", "pg.json", "--out", "log"];
    let (code, _, err) = shop.gnomon(&words);
    assert_eq!(code, 0, "{err}");
    shop.edit("sql_files = \"queries\"", "path = \"log\"");
    shop.append("\n[replay]\npace = \"recorded\"\n");
}

fn report(out: &str) -> Value {
    serde_json::from_str(out).unwrap()
}

/// All statements matched, each with one verdict.
fn is_whole(report: &Value) {
    let expected = EACH * SESSIONS;
    assert_eq!(report["totals"]["matched"], expected, "{:#}", report["totals"]);
    assert_eq!(report["totals"]["pending"], 0);
    let items = report["items"].as_array().unwrap();
    assert_eq!(items.len(), expected);
    assert!(items.iter().all(|item| item["judgement"]["verdict"] == "match"));
}

fn worker(shop: &Shop, store: &str, name: &str) -> Child {
    shop.start(&["worker", "-c", "gnomon.toml", "--store", store, "--name", name, "--wait", "30"])
}

#[test]
fn two_of_four_processes_are_killed_and_the_run_is_whole() {
    let shop = Shop::open();
    let store = shop.store();
    captured(&shop);
    let run = ["run", "-c", "gnomon.toml", "--store", &store, "--format", "json"];
    let whole = shop.start(&run);
    let [first, second, third] = ["w1", "w2", "w3"].map(|name| worker(&shop, &store, name));
    // Somewhere in the time in which statements are due.
    for (mut doomed, name, after) in [(first, "w1", 500), (second, "w2", 300)] {
        let log = shop.path("runs").join(format!("audit-{name}.jsonl"));
        while !log.exists() {
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(Duration::from_millis(after));
        doomed.kill().unwrap();
        finish(doomed);
    }
    let (code, _, err) = finish(third);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains(" of the 48 statements of run "), "{err}");
    let (code, out, err) = finish(whole);
    assert_eq!(code, 0, "{err}");
    let found = report(&out);
    is_whole(&found);
    // Looked at once before and once after, by whoever.
    assert_eq!(found["data"].as_array().unwrap().len(), 2, "{:#}", found["data"]);
    // The copy is an ordinary run.
    let id = found["run"]["run_id"].as_str().unwrap();
    let (code, out, err) = shop.gnomon(&["report", id, "--format", "json"]);
    assert_eq!((code, report(&out)), (0, found.clone()), "{err}");
    let logs = fs::read_dir(shop.path("runs")).unwrap();
    let logs = logs.filter(|entry| {
        entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("audit-w")
    });
    assert_eq!(logs.count(), 3);
    // Nothing is left to do, and nothing is executed again.
    let (code, out, err) = shop.gnomon(&run);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("nothing was executed"), "{err}");
    assert_eq!(report(&out)["items"], found["items"]);
    let late = ["worker", "-c", "gnomon.toml", "--store", &store, "--wait", "0"];
    let (code, _, err) = shop.gnomon(&late);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("no unfinished run of this configuration"), "{err}");
    let again = ["worker", "-c", "gnomon.toml", "--store", &store, "--run", id];
    let (code, _, err) = shop.gnomon(&again);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("judged 0 of the 48 statements"), "{err}");
}

#[test]
fn what_an_interrupted_run_leaves_a_worker_does() {
    let shop = Shop::open();
    let store = shop.store();
    captured(&shop);
    shop.append("speed = 0.25\n");
    // Longer than the test: what leaves must give back what it has.
    shop.edit("lease_seconds = 1", "lease_seconds = 600");
    let run = ["run", "-c", "gnomon.toml", "--store", &store, "--format", "json"];
    // Once something was executed.
    let is_going_on = || {
        let logs = fs::read_dir(shop.path("runs")).into_iter().flatten().flatten();
        logs.filter_map(|entry| entry.metadata().ok()).any(|log| log.is_file() && log.len() > 0)
    };
    let (code, out, err) = shop.interrupt(&run, is_going_on);
    assert_eq!(code, 4, "{err}");
    let pending = report(&out)["totals"]["pending"].as_u64().unwrap();
    assert!(pending > 0 && err.contains("--resume"), "{pending}: {err}");
    let (code, _, err) = finish(worker(&shop, &store, "w"));
    assert_eq!(code, 0, "{err}");
    assert!(err.contains(&format!("judged {pending} of the 48 statements")), "{err}");
    let id = report(&out)["run"]["run_id"].as_str().unwrap().to_owned();
    let resumed =
        ["run", "-c", "gnomon.toml", "--store", &store, "--resume", &id, "--format", "json"];
    let (code, out, err) = shop.gnomon(&resumed);
    assert_eq!(code, 0, "{err}");
    is_whole(&report(&out));
}

#[test]
fn the_script_for_pods_shares_a_run_of_its_label() {
    let shop = Shop::open();
    let store = shop.store();
    captured(&shop);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/kubernetes/fleet.sh");
    let mut ids = BTreeMap::new();
    for label in ["replay-1", "replay-1", "replay-2"] {
        let mut words = vec![script.clone(), "gnomon.toml".into(), label.into()];
        words.extend(["--store".into(), store.clone().into()]);
        let pods: Vec<Child> = ["0", "1", "2"]
            .into_iter()
            .map(|index| shop.start_script(&words, ("JOB_COMPLETION_INDEX", index)))
            .collect();
        for (index, pod) in pods.into_iter().enumerate() {
            let (code, out, err) = finish(pod);
            assert_eq!(code, 0, "{label}, pod {index}: {err}");
            if index == 0 {
                assert!(out.contains("48 match") || out.contains("48 of 48"), "{out}");
                let (_, after) = err.split_once("run ").unwrap();
                let id = after.split_whitespace().next().unwrap().to_owned();
                ids.entry(label).or_insert_with(Vec::new).push(id);
            }
        }
    }
    // A label is a run.
    assert_eq!(ids["replay-1"][0], ids["replay-1"][1]);
    assert_ne!(ids["replay-1"][0], ids["replay-2"][0]);
}

#[test]
fn the_manifest_gives_what_the_configuration_names() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/kubernetes");
    let read = |name: &str| fs::read_to_string(example.join(name)).unwrap();
    let (manifest, config) = (read("job.yaml"), read("gnomon.toml"));
    let variables: Vec<&str> = config
        .lines()
        .filter_map(|line| line.split_once("_env = \"")?.1.split('"').next())
        .collect();
    assert_eq!(variables.len(), 2);
    for variable in variables {
        assert!(manifest.contains(&format!("- name: {variable}\n")), "{variable}");
    }
    let files = read("kustomization.yaml");
    for file in ["fleet.sh", "gnomon.toml"] {
        assert!(manifest.contains(&format!("/config/{file}")) && files.contains(file), "{file}");
    }
    for mount in ["/data", "/runs"] {
        assert!(manifest.contains(&format!("mountPath: {mount}\n")) && config.contains(mount));
    }
}

#[test]
fn what_is_wrong_with_a_fleet_is_said() {
    let shop = Shop::open();
    let store = shop.store();
    let with_password = store.replace("reader@", "reader:hunter2@");
    let unreachable = "postgres://reader@127.0.0.1:1/runs?connect_timeout=1";
    for (words, expected, what) in [
        (vec!["worker"], 2, "a worker needs the server that the run is shared by"),
        (vec!["run", "--name", "x"], 2, "`--name` is for runs that are shared"),
        (vec!["run", "--store", &with_password], 2, "holds a password"),
        (vec!["worker", "--store", "nonsense"], 2, "`store.url`"),
        (vec!["worker", "--store", &store, "--again"], 2, "begins no run anew"),
        (vec!["run", "--store", &store, "--resume", "none"], 2, "there is no run `none`"),
        (vec!["run", "--store", &store, "--resume", "../x"], 2, "is not a run id"),
        (vec!["worker", "--store", &store, "--wait", "0"], 3, "gnomon run"),
        (vec!["worker", "--store", &store, "--run", "none", "--wait", "0"], 3, "no run `none`"),
        (vec!["run", "--store", unreachable], 3, "127.0.0.1:1"),
    ] {
        let words: Vec<&str> = words.into_iter().chain(["-c", "gnomon.toml"]).collect();
        let (code, _, err) = shop.gnomon(&words);
        assert_eq!(code, expected, "{words:?}: {err}");
        assert!(err.contains(what) && !err.contains("hunter2"), "{words:?}: {err}");
    }
    shop.edit("lease_seconds = 1", "lease_seconds = 0");
    let (code, _, err) = shop.gnomon(&["run", "-c", "gnomon.toml"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("must be from 1 to 3600") && err.contains("gnomon.toml:"), "{err}");
}
