//! `gnomon capture import`, on the log of a real PostgreSQL server and on files that are none.

mod proxy;

use engines::{
    Engine as _, Request, SessionSettings,
    postgres::{ClusterOptions, Postgres, ThrowawayCluster},
};
use model::{Bind, Dialect, Incomplete, Workload};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const SECRET: &str = "geheim-4711";

/// A server that logs each execution, as CSV and as JSON.
fn logging(statement: &str) -> ThrowawayCluster {
    let duration = if statement == "none" { "0" } else { "-1" };
    let settings = [
        ("logging_collector", "on"),
        ("log_destination", "csvlog,jsonlog"),
        ("log_directory", "log"),
        ("log_filename", "server.log"),
        ("log_timezone", "UTC"),
        ("log_statement", statement),
        ("log_duration", if statement == "none" { "off" } else { "on" }),
        ("log_min_duration_statement", duration),
        ("log_parameter_max_length_on_error", "-1"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    ThrowawayCluster::start_with(&ClusterOptions { settings, ..ClusterOptions::default() }).unwrap()
}

/// Two sessions of a client.
fn drive(server: &ThrowawayCluster) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let postgres = Postgres::new(server.config());
        for session in 1..=2 {
            let mut client = postgres.open(&SessionSettings::default()).await.unwrap();
            let binds = vec![
                Bind { type_oid: 25, value: Some(format!("it's {session}")) },
                Bind { type_oid: 25, value: None },
            ];
            let bound = Request::bound("SELECT $1 || ' and $2', $2", Dialect::Postgres, binds);
            for request in [
                Request::new(
                    "SELECT 'two\nlines', \"relname\" FROM pg_class LIMIT 2",
                    Dialect::Postgres,
                ),
                bound,
                Request::new("SELECT 1 / 0", Dialect::Postgres),
                Request::new("SELEC 1", Dialect::Postgres),
            ] {
                if let Ok(rows) = client.execute(request).await {
                    let _ = rows.collect(1 << 20).await;
                }
            }
            // By the simple protocol, which has no parameters.
            client.run_script("SELECT 'costs $5 each'").await.unwrap();
            let role = format!("CREATE ROLE u{session} LOGIN PASSWORD '{SECRET}'");
            client.run_script(&role).await.unwrap();
        }
    });
}

fn gnomon(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gnomon"))
        .args(words)
        .current_dir(folder)
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn imported(folder: &Path, source: &str, file: &Path) -> (Workload, Value) {
    let (file, out) = (file.display().to_string(), folder.join(source));
    let words = ["capture", "import", "--source", source, &file, "--format", "json", "--out"];
    let out_text = out.display().to_string();
    let (code, said, err) = gnomon(folder, &[&words[..], &[out_text.as_str()]].concat());
    assert_eq!(code, 0, "{err}");
    for entry in fs::read_dir(&out).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let bytes = zstd::decode_all(bytes.as_slice()).unwrap_or(bytes);
        assert!(!String::from_utf8_lossy(&bytes).contains(SECRET), "{said}");
    }
    (capture::folder::read(&out).unwrap(), serde_json::from_str(&said).unwrap())
}

/// The server's log once its collector has written what was executed last.
fn log(server: &ThrowawayCluster, ending: &str) -> PathBuf {
    let path = server.folder().join(format!("data/log/server.{ending}"));
    let deadline = Instant::now() + Duration::from_secs(20);
    while !fs::read_to_string(&path).is_ok_and(|text| text.contains("CREATE ROLE u2")) {
        assert!(Instant::now() < deadline, "{} is not complete", path.display());
        std::thread::sleep(Duration::from_millis(50));
    }
    path
}

/// What the client did in one of its sessions.
fn of_session<'w>(workload: &'w Workload, session: &str) -> Vec<&'w model::Statement> {
    let of = |s: &&model::Statement| s.session == session && !s.sql.starts_with("SET ");
    workload.statements.iter().filter(of).collect()
}

#[test]
fn the_log_of_a_server_becomes_a_workload() {
    for statement in ["none", "all"] {
        let server = logging(statement);
        drive(&server);
        let folder = tempfile::tempdir().unwrap();
        let (csv, said) = imported(folder.path(), "postgres-csvlog", &log(&server, "csv"));
        let (json, _) = imported(folder.path(), "postgres-jsonlog", &log(&server, "json"));
        assert_eq!(csv.statements, json.statements, "log_statement = {statement}");
        assert_eq!(said["found"]["unreadable"], 0, "{said}");
        let parts = said["found"]["left_out"].as_object().unwrap().values();
        let parts: u64 = parts.map(|count| count.as_u64().unwrap()).sum();
        let number = |name: &str| said["found"][name].as_u64().unwrap();
        assert_eq!(parts + number("statements") + number("joined"), number("records"), "{said}");

        let role =
            |n: u32| move |s: &&model::Statement| s.sql.starts_with(&format!("CREATE ROLE u{n}"));
        for session in [1, 2] {
            let own = csv.statements.iter().find(role(session)).unwrap();
            assert_eq!(own.incomplete, Some(Incomplete::Redacted));
            let own = of_session(&csv, &own.session);
            let with = |part: &str| {
                let found: Vec<_> = own.iter().filter(|s| s.sql.contains(part)).collect();
                assert_eq!(found.len(), 1, "{statement}: `{part}` in {own:?}");
                *found[0]
            };
            let plain = with("two\nlines");
            assert_eq!((plain.error, plain.incomplete), (None, None));
            assert!(plain.latency_us.is_some() && plain.time.is_some(), "{plain:?}");
            assert_eq!(plain.user.as_deref(), Some("gnomon"));
            assert_eq!(with("costs $5").incomplete, None);
            let bound = with("and $2");
            let values: Vec<_> = bound.binds.iter().map(|bind| bind.value.as_deref()).collect();
            assert_eq!(values, [Some(format!("it's {session}").as_str()), None]);
            assert_eq!(
                with("1 / 0").error.map(|state| state.to_string()).as_deref(),
                Some("22012")
            );
            assert_eq!(
                with("SELEC 1").error.map(|state| state.to_string()).as_deref(),
                Some("42601")
            );
        }
    }
}

#[test]
fn what_is_no_log_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let import = |file: &str| {
        gnomon(folder.path(), &["capture", "import", "--source", "snowflake", file, "--out", "w"])
    };
    let (code, _, err) = import("none.csv");
    assert!(code == 3 && err.contains("none.csv"), "{err}");
    fs::write(path("other.csv"), "a,b\n1,2\n").unwrap();
    let (code, _, err) = import("other.csv");
    assert!(code == 2 && err.contains("no column `query_id`"), "{err}");
    assert!(!folder.path().join("w/manifest.json").exists());
    let (code, _, err) =
        gnomon(folder.path(), &["capture", "import", "--source", "db2", "x", "--out", "w"]);
    assert!(code == 2 && err.contains("`db2`") && err.contains("snowflake"), "{err}");

    // Bad records are counted and end nothing; those in no order get the one of time.
    let text = "QUERY_ID,QUERY_TEXT,START_TIME,SESSION_ID\n\
                b,SELECT 2,2023-01-01 00:00:02 Z,7\nbroken\na,SELECT 1,2023-01-01 00:00:01 Z,7\n\
                b,SELECT 2,2023-01-01 00:00:02 Z,7\n";
    fs::write(path("history.csv"), text).unwrap();
    let (code, out, err) = import("history.csv");
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("2 statements of 1 session in w, from 4 records"), "{out}");
    assert!(out.contains("1 × the same record again"), "{out}");
    assert!(out.contains("history.csv:3: it has 1 fields, not 4"), "{out}");
    let workload = capture::folder::read(&folder.path().join("w")).unwrap();
    let found: Vec<_> = workload.statements.iter().map(|s| (s.id.as_str(), s.sequence)).collect();
    assert_eq!(found, [("a", 1), ("b", 2)]);
    assert_eq!(workload.manifest.unreadable, 1);
}

#[test]
fn values_are_scrubbed_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/history/postgres/server.csv");
    let log = log.display().to_string();
    let import = |scrub: &[&str], out: &str| {
        let words = ["capture", "import", "--source", "postgres-csvlog", &log, "--out", out];
        gnomon(folder.path(), &[&words[..], scrub].concat())
    };
    assert_eq!(import(&[], "whole").0, 0);
    let (code, out, err) = import(&["--scrub", "redact"], "bare");
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("with parts that were taken out, and not replayed"), "{out}");
    let read = |name: &str| capture::folder::read(&folder.path().join(name)).unwrap();
    let (whole, bare) = (read("whole"), read("bare"));
    assert_eq!(whole.statements.len(), bare.statements.len());
    assert!(bare.manifest.redacted > whole.manifest.redacted);
    for (scrub, what) in [
        (&["--scrub", "hash"][..], "--scrub-key-env"),
        (&["--scrub", "hash", "--scrub-key-env", "NO_SUCH_KEY"], "`NO_SUCH_KEY`"),
        (&["--scrub-key-env", "PATH"], "is for `--scrub hash`"),
    ] {
        let (code, _, err) = import(scrub, "none");
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(what), "{err}");
    }
    // `PATH` is as good a key as any.
    for out in ["one", "same"] {
        let (code, _, err) = import(&["--scrub", "hash", "--scrub-key-env", "PATH"], out);
        assert_eq!(code, 0, "{err}");
    }
    assert_eq!(read("one").manifest.content, read("same").manifest.content);
    assert_ne!(read("one").manifest.content, bare.manifest.content);
}

#[test]
fn workloads_are_sampled_and_merged() {
    let folder = tempfile::tempdir().unwrap();
    let history = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/history");
    for (source, file) in
        [("postgres-csvlog", "postgres/server.csv"), ("snowflake", "snowflake/query_history.csv")]
    {
        imported(folder.path(), source, &history.join(file));
    }
    let read = |name: &str| capture::folder::read(&folder.path().join(name)).unwrap();
    let workload = |words: &[&str]| gnomon(folder.path(), &[&["workload"], words].concat());
    let whole = read("postgres-csvlog");
    let sample = [
        "sample",
        "postgres-csvlog",
        "--statements",
        "5",
        "--seed",
        "3",
        "--out",
        "part",
        "--format",
        "json",
    ];
    let (code, out, err) = workload(&sample);
    assert_eq!(code, 0, "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (told["statements"].as_u64(), told["of"].as_u64()),
        (Some(5), Some(whole.manifest.statements))
    );
    let part = read("part");
    assert!(part.statements.iter().all(|statement| whole.statements.contains(statement)));
    assert!(part.manifest.source.contains("a sample of 5 of"), "{}", part.manifest.source);
    let (_, text, _) =
        workload(&["sample", "postgres-csvlog", "--statements", "3", "--out", "part"]);
    assert!(text.contains("took 3 statements of ") && text.contains("more --statements"), "{text}");

    let (code, out, err) = workload(&["merge", "snowflake", "postgres-csvlog", "--out", "both"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("from 2 workloads into both"), "{out}");
    let (both, other) = (read("both"), read("snowflake"));
    assert_eq!(both.manifest.statements, whole.manifest.statements + other.manifest.statements);
    assert_eq!(both.manifest.sessions, whole.manifest.sessions + other.manifest.sessions);
    assert!(both.statements.iter().any(|statement| statement.id.starts_with("snowflake/")));
    for (words, what) in [
        (&["merge", "snowflake", "snowflake", "--out", "x"][..], "hold the same statements"),
        (&["merge", "snowflake", "none", "--out", "x"], "there is no workload folder `none`"),
        (&["merge", "snowflake", "--out", "x"], "2 values required"),
        (&["merge", "snowflake", "both", "--out", "both"], "cannot be written over"),
        (
            &["sample", "snowflake", "--statements", "1", "--out", "./snowflake/"],
            "cannot be written over",
        ),
        (&["sample", "none", "--statements", "1", "--out", "x"], "there is no workload folder"),
    ] {
        let (code, _, err) = workload(words);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(what), "{words:?}: {err}");
    }
    assert_eq!(read("postgres-csvlog"), whole);
    assert!(!folder.path().join("x/manifest.json").exists());
}

#[test]
fn what_a_workload_consists_of_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/history/postgres/server.csv");
    let (workload, _) = imported(folder.path(), "postgres-csvlog", &log);
    let tables = "CREATE TABLE orders (id int4 PRIMARY KEY, region text, amount numeric(12,2));";
    fs::write(folder.path().join("orders.sql"), tables).unwrap();
    let run = |words: &[&str]| {
        let (code, out, err) = gnomon(folder.path(), &[&["workload"], words].concat());
        assert_eq!(code, 0, "{err}");
        out
    };
    let asked = ["stats", "postgres-csvlog", "--to", "duckdb", "--catalog", "orders.sql"];
    let stats: Value =
        serde_json::from_str(&run(&[&asked[..], &["--format", "json", "--top", "99"]].concat()))
            .unwrap();
    let count = |value: &Value| value["statements"].as_u64().unwrap();
    let kinds: u64 = stats["kinds"].as_object().unwrap().values().map(count).sum();
    assert_eq!(kinds, workload.manifest.statements, "{stats}");
    assert_eq!(count(&stats["kinds"]["incomplete"]), 1, "{stats}");
    // That, and a CREATE ROLE with a password in it.
    assert_eq!(count(&stats["incomplete"]), 2, "{stats}");
    // A text with a fault, and a block of PL/pgSQL.
    assert_eq!(count(&stats["kinds"]["unparsable"]), 2, "{stats}");
    assert_eq!(count(&stats["kinds"]["write"]), 3, "{stats}");
    let covered = &stats["covered"];
    let reads = ["exact", "approximate", "refused"].map(|how| count(&covered[how]));
    assert_eq!(reads.iter().sum::<u64>(), count(&stats["kinds"]["read"]), "{stats}");
    assert!(reads[0] > 0, "{stats}");
    // The same question with other values is one group.
    let groups = stats["groups"].as_array().unwrap();
    let amount = groups.iter().find(|g| g["example"].as_str().unwrap().contains("amount FROM"));
    let amount = amount.unwrap();
    assert_eq!(count(&amount["weight"]), 6);
    let text = run(&asked);
    assert!(text.contains("16 statements of") && text.contains("translated to duckdb"), "{text}");

    let fingerprint = amount["fingerprint"].as_str().unwrap();
    let shown = run(&["show", "postgres-csvlog", "--fingerprint", fingerprint, "--limit", "2"]);
    let shown: Vec<model::Statement> =
        shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(shown.len(), 2);
    assert!(shown.iter().all(|s| workload.statements.contains(s)), "{shown:?}");
    let (code, _, err) = gnomon(folder.path(), &["workload", "stats", "none"]);
    assert!(code == 2 && err.contains("no workload folder"), "{err}");
}
