//! `gnomon capture proxy` between real clients and a real server.

mod cancel;

use super::gnomon;
use engines::{
    Engine as _, SessionSettings,
    postgres::{ClusterOptions, Postgres, PostgresConfig, ThrowawayCluster, find_initdb},
};
use model::{Incomplete, Workload};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashSet},
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const SECRET: &str = "geheim-4711";

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

fn server() -> ThrowawayCluster {
    let settings = [("wal_level", "logical"), ("max_wal_senders", "2")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let options = ClusterOptions { listen_tcp: true, settings, ..ClusterOptions::default() };
    ThrowawayCluster::start_with(&options).unwrap()
}

/// A proxy that runs.
struct Recording {
    child: Child,
    port: u16,
    out: PathBuf,
    folder: tempfile::TempDir,
}

impl Recording {
    fn start(upstream: &str, options: &[&str]) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_gnomon")), upstream, options)
    }

    /// The same by a command that becomes the proxy.
    fn start_by(mut command: Command, upstream: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("workload");
        let mut child = command
            .args(["capture", "proxy", "--listen", "127.0.0.1:0", "--upstream", upstream])
            .args(["--format", "json", "--grace", "2", "--out"])
            .arg(&out)
            .args(options)
            .env_remove("LD_LIBRARY_PATH")
            .env_remove("PGPASSWORD")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // `recording what comes to 127.0.0.1:40000; …`
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let port = line.split(';').next().and_then(|line| line.rsplit(':').next());
        let port = port.and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("{line}"));
        // Whoever writes must be read.
        thread::spawn(move || lines.read_to_string(&mut String::new()));
        Self { child, port, out, folder }
    }

    fn of(server: &ThrowawayCluster) -> Self {
        Self::start(&direct(server), &["--digest"])
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// Ends it as a user does; the workload and what it says.
    fn stop(self) -> (Workload, Value) {
        let (workload, said, _) = self.stop_keeping();
        (workload, said)
    }

    /// The same, and the folder.
    fn stop_keeping(mut self) -> (Workload, Value, tempfile::TempDir) {
        self.signal("-TERM");
        let mut said = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {said}");
        assert!(!self.out.join("segments").exists());
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        let workload = capture::folder::read(&self.out).unwrap();
        (workload, serde_json::from_str(&said).unwrap(), folder)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn direct(server: &ThrowawayCluster) -> String {
    format!("postgres://127.0.0.1:{}?sslmode=disable", server.tcp_port().unwrap())
}

/// A connection as libpq reads it.
fn connection(server: &ThrowawayCluster, port: u16, options: &str) -> String {
    let password = server.password();
    format!(
        "host=localhost hostaddr=127.0.0.1 port={port} user=gnomon dbname=gnomon password={password} {options}"
    )
}

/// A program of PostgreSQL.
fn postgres(name: &str) -> Command {
    let program = find_initdb().unwrap().with_file_name(name);
    let mut command = Command::new(if program.exists() { program } else { name.into() });
    command.env("PGCONNECT_TIMEOUT", "20").stdin(Stdio::null());
    command
}

fn psql(connection: &str, script: &str) -> Output {
    let mut command = postgres("psql");
    command.args(["-X", "-d", connection]).stdin(Stdio::piped());
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("psql is installed");
    // Who answers before it has read all must not wait for a reader.
    let (mut stdin, script) = (child.stdin.take().unwrap(), script.to_owned());
    let writer = thread::spawn(move || stdin.write_all(script.as_bytes()));
    let output = child.wait_with_output().unwrap();
    // It may have gone before the end of the script.
    let _ = writer.join().unwrap();
    output
}

fn text(output: &Output) -> String {
    let both = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    both.join("\n--\n")
}

fn count(said: &Value, name: &str) -> u64 {
    said["seen"][name].as_u64().unwrap()
}

/// All that a script of psql can do with a connection.
const SCRIPT: &str = r"
SELECT 1, 'ü', NULL;
SELECT 2 \; SELECT 3 \; SELECT 1/0 \; SELECT 'never';
CREATE TEMP TABLE t (a int, b text);
COPY t FROM STDIN;
1	one
2	\N
\.
COPY t FROM STDIN;
x	no number
\.
COPY t TO STDOUT;
BEGIN;
SELECT count(*) FROM t;
SAVEPOINT s;
SELEC;
ROLLBACK TO s;
DECLARE c CURSOR FOR SELECT g FROM generate_series(1, 10) AS g;
FETCH 3 FROM c;
COMMIT;
LISTEN news;
NOTIFY news, 'payload';
SELECT repeat('x', 100000);
SELECT g, repeat('y', 200) FROM generate_series(1, 20000) AS g;
CREATE ROLE other LOGIN PASSWORD 'geheim-4711';
DROP ROLE other;
\set FETCH_COUNT 100
SELECT g FROM generate_series(1, 250) AS g;
SET client_min_messages = debug1;
SELECT 'last';
";

#[test]
fn psql_sees_the_server_and_all_is_recorded() {
    let server = server();
    let recording = Recording::of(&server);
    let without = psql(&connection(&server, server.tcp_port().unwrap(), ""), SCRIPT);
    let through = psql(&connection(&server, recording.port, ""), SCRIPT);
    // The process of the server is another one.
    let told = |output: &Output| {
        let text = text(output);
        let (before, after) = text.split_once("server process with PID ").unwrap();
        (before.to_owned(), after.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned())
    };
    assert_eq!(told(&without), told(&through));

    let out = recording.out.clone();
    let (workload, said, _folder) = recording.stop_keeping();
    let texts: Vec<&str> = workload.statements.iter().map(|s| s.sql.as_str()).collect();
    let with = |part: &str| {
        let found: Vec<_> = workload.statements.iter().filter(|s| s.sql.contains(part)).collect();
        assert_eq!(found.len(), 1, "`{part}` in {texts:?}");
        found[0].clone()
    };
    assert_eq!(with("SELECT 1, 'ü', NULL").rows, Some(1));
    assert_eq!((with("SELECT 2").rows, with("SELECT 3").rows), (Some(1), Some(1)));
    assert_eq!(with("SELECT 1/0").error.unwrap().as_str(), "22012");
    assert_eq!(texts.iter().filter(|text| text.contains("'never'")).count(), 0);
    assert_eq!(with("COPY t TO").rows, Some(2));
    assert_eq!(with("SELEC;").error.unwrap().as_str(), "42601");
    assert_eq!(with("20000").rows, Some(20_000));
    assert_eq!(with("CREATE ROLE").incomplete, Some(Incomplete::Redacted));
    assert!(workload.statements.iter().all(|s| s.user.as_deref() == Some("gnomon")));
    assert!(workload.statements.iter().all(|s| s.latency_us.is_some() && s.time.is_some()));
    for name in ["dropped", "unfollowed", "refused", "passed", "open"] {
        assert_eq!(count(&said, name), 0, "{name} in {said}");
    }
    assert_eq!(count(&said, "recorded"), workload.manifest.statements);
    for entry in fs::read_dir(out).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let bytes = zstd::decode_all(bytes.as_slice()).unwrap_or(bytes);
        assert!(!String::from_utf8_lossy(&bytes).contains(SECRET));
    }
}

#[test]
fn every_transaction_of_pgbench_is_recorded() {
    let server = server();
    let recording = Recording::of(&server);
    let pgbench = |words: &[&str]| {
        let port = recording.port.to_string();
        let output = postgres("pgbench")
            .args(words)
            .args(["-h", "127.0.0.1", "-p", &port, "-U", "gnomon", "gnomon"])
            .env("PGPASSWORD", server.password())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output));
    };
    pgbench(&["-i", "-s", "1", "-q"]);
    for mode in ["simple", "extended", "prepared"] {
        pgbench(&["-n", "-S", "-M", mode, "-c", "4", "-t", "100"]);
    }
    pgbench(&["-n", "-M", "prepared", "-c", "2", "-t", "50"]);
    let (workload, said) = recording.stop();
    let like = |start: &str| {
        let of = |s: &&model::Statement| s.sql.starts_with(start);
        workload.statements.iter().filter(of).count()
    };
    assert_eq!(like("SELECT abalance"), 3 * 400 + 100);
    let parts = [
        "BEGIN",
        "UPDATE pgbench_accounts",
        "UPDATE pgbench_tellers",
        "INSERT INTO pgbench_history",
    ];
    assert_eq!(parts.map(like), [100; 4]);
    assert_eq!((count(&said, "dropped"), count(&said, "unfollowed")), (0, 0));
    let read = workload.statements.iter().filter(|s| s.sql.starts_with("SELECT abalance"));
    let bound: Vec<usize> = read.map(|s| s.binds.len()).collect();
    assert_eq!(bound.iter().filter(|count| **count == 1).count(), 2 * 400 + 100);
}

/// A driver's script, and what its statements leave in the workload.
struct Driver {
    name: &'static str,
    command: fn(&ThrowawayCluster, u16) -> Command,
    /// Texts and how often they were executed.
    executed: &'static [(&'static str, usize)],
    /// Statements with a parameter in binary whose type nobody tells.
    unbound: u64,
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/capture/clients").join(name)
}

const DRIVERS: [Driver; 3] = [
    Driver {
        name: "psycopg",
        command: |server, port| {
            let mut command = Command::new("/usr/bin/python3");
            command.arg(script("python.py")).arg(connection(server, port, ""));
            command
        },
        executed: &[
            ("SELECT $1::int + 1", 4),
            ("SELECT $1::int, 'ahead'", 5),
            ("SELECT 1 / $1::int", 1),
            ("SELECT 'never executed'", 0),
            ("COPY copied FROM STDIN", 2),
            ("SELECT $1::text", 2),
        ],
        unbound: 0,
    },
    Driver {
        name: "node-postgres",
        command: |server, port| {
            let url = format!("postgres://gnomon:{}@127.0.0.1:{port}/gnomon", server.password());
            let mut command = Command::new("node");
            command.arg(script("node.js")).arg(url);
            if let Some(clients) = std::env::var_os("GNOMON_CLIENTS") {
                command.env("NODE_PATH", Path::new(&clients).join("node_modules"));
            }
            command
        },
        executed: &[
            ("SELECT 'zwei' AS two", 1),
            ("SELECT $1::int + 1 AS next", 3),
            ("SELEC", 1),
            ("INSERT INTO t VALUES ($1), ($2) RETURNING a", 1),
            ("SELECT $1::int", 4),
        ],
        // It sends a Buffer as it is, and leaves its type to the server.
        unbound: 1,
    },
    Driver {
        name: "JDBC",
        command: |server, port| {
            let mut command = Command::new("java");
            command
                .args(["-XX:TieredStopAtLevel=1", "-cp", "/usr/share/java/postgresql.jar"])
                .arg(script("Jdbc.java"))
                .arg(format!("jdbc:postgresql://127.0.0.1:{port}/gnomon"))
                .args(["gnomon", server.password()]);
            command
        },
        executed: &[
            ("INSERT INTO t VALUES ($1, $2, $3, $4, $5)", 20),
            ("SELECT a, b, c FROM t WHERE a >= $1 ORDER BY a", 1),
            ("SELECT $1::bigint * 2, $2::text", 8),
            ("SELECT 1 / $1", 1),
        ],
        unbound: 0,
    },
];

/// Direct and through the proxy each driver prints the same, byte by byte, and all that it executed is in the
/// workload with its values.
fn drives(driver: &Driver) {
    let server = server();
    let recording = Recording::of(&server);
    let run = |port| {
        let output = (driver.command)(&server, port).output();
        let hint = "`cargo xtask test` installs the drivers of other languages";
        let output = output.unwrap_or_else(|error| panic!("{}: {error}; {hint}", driver.name));
        assert!(output.status.success(), "{}: {hint}\n{}", driver.name, text(&output));
        output.stdout
    };
    let (without, through) = (run(server.tcp_port().unwrap()), run(recording.port));
    assert_eq!(String::from_utf8_lossy(&without), String::from_utf8_lossy(&through));
    let (workload, said) = recording.stop();
    let mut executed: BTreeMap<&str, usize> = BTreeMap::new();
    for statement in &workload.statements {
        *executed.entry(statement.sql.trim_end_matches(';')).or_default() += 1;
    }
    let manifest = &workload.manifest;
    assert_eq!((manifest.unbound, manifest.truncated), (driver.unbound, 0), "{executed:?}");
    for (sql, times) in driver.executed {
        let found = executed.get(sql).copied().unwrap_or_default();
        assert_eq!(found, *times, "`{sql}` of {} in {executed:?}", driver.name);
    }
    assert_eq!((count(&said, "dropped"), count(&said, "unfollowed")), (0, 0), "{executed:?}");
}

#[test]
fn psycopg_is_served() {
    drives(&DRIVERS[0]);
}

#[test]
fn node_postgres_is_served() {
    drives(&DRIVERS[1]);
}

#[test]
fn jdbc_is_served() {
    drives(&DRIVERS[2]);
}

/// A certificate that signs itself, and its key.
fn certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (certificate, key) =
        (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    let output = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2", "-subj", "/CN=localhost", "-sha256"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-out"])
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .output()
        .expect("openssl is installed");
    assert!(output.status.success(), "{}", text(&output));
    (certificate, key)
}

#[test]
fn tls_on_both_legs_and_logins_that_are_bound_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let own = certificate(folder.path(), "own");
    let other = certificate(folder.path(), "other");
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let options = ClusterOptions {
        listen_tcp: true,
        tls: Some((read(&own.0), read(&own.1))),
        ..ClusterOptions::default()
    };
    let server = ThrowawayCluster::start_with(&options).unwrap();
    let port = server.tcp_port().unwrap();
    let upstream = format!("host=127.0.0.1 port={port} sslmode=require");
    let asked = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let is_served = |recording: &Recording, options: &str| {
        let output = psql(&connection(&server, recording.port, options), asked);
        (output.status.success() && text(&output).contains("\n t\n"), text(&output))
    };
    let paths =
        |pair: &(PathBuf, PathBuf)| [pair.0.display().to_string(), pair.1.display().to_string()];
    for (pair, bound) in [(&own, true), (&other, false)] {
        let [chain, key] = paths(pair);
        let recording = Recording::start(&upstream, &["--tls-cert", &chain, "--tls-key", &key]);
        let verified = format!("sslmode=verify-full sslrootcert={chain} channel_binding=disable");
        for options in [verified.as_str(), "sslmode=require channel_binding=disable"] {
            let (is_served, said) = is_served(&recording, options);
            assert!(is_served, "{options}: {said}");
        }
        // With another certificate than the server's somebody stands between: the login notices.
        let (is_served, said) = is_served(&recording, "sslmode=require channel_binding=require");
        assert_eq!(is_served, bound, "{said}");
        // Without a request for it, as PostgreSQL 17 clients may begin.
        let output = Command::new("openssl")
            .args(["s_client", "-brief", "-alpn", "postgresql", "-connect"])
            .arg(format!("127.0.0.1:{}", recording.port))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(text(&output).contains("CONNECTION ESTABLISHED"), "{}", text(&output));
        // Plain text behind the request for TLS came from somebody else.
        let mut stream = TcpStream::connect(("127.0.0.1", recording.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47, 0, 0, 0, 9]).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty(), "{answer:?}");
        let (workload, said) = recording.stop();
        assert_eq!(workload.manifest.statements, 2 + u64::from(bound), "{said}");
        assert!(count(&said, "refused") >= 1, "{said}");
    }
    // A client without TLS is offered what it cannot do; that is taken out where the user says so.
    for allowed in [true, false] {
        let options: &[&str] = if allowed { &["--without-channel-binding"] } else { &[] };
        let recording = Recording::start(&upstream, options);
        let (is_served_plain, said) = is_served(&recording, "sslmode=prefer");
        assert_eq!(is_served_plain, allowed, "{said}");
        assert!(allowed || said.contains("--without-channel-binding"), "{said}");
        let (is_served_tls, said) = is_served(&recording, "sslmode=require");
        assert!(!is_served_tls && said.contains("does not support SSL"), "{said}");
        let (workload, _) = recording.stop();
        assert_eq!(workload.manifest.statements, u64::from(allowed));
    }
}

#[test]
fn a_server_that_is_not_there_is_named_to_clients() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let recording = Recording::start(&format!("postgres://127.0.0.1:{port}"), &[]);
    let to = format!("host=127.0.0.1 port={} user=a dbname=a sslmode=disable", recording.port);
    let output = psql(&to, "SELECT 1;");
    assert!(text(&output).contains("cannot reach the server"), "{}", text(&output));
    let (workload, said) = recording.stop();
    assert_eq!((workload.manifest.statements, count(&said, "refused")), (0, 1));
}

/// Files may not grow beyond 64 KiB: the same as a disk that is full.
#[test]
fn a_full_disk_ends_the_recording_and_not_the_traffic() {
    let server = server();
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "trap '' XFSZ; ulimit -f 128; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_gnomon"),
    ]);
    let mut recording = Recording::start_by(command, &direct(&server), &[]);
    let script = |number: usize| format!("SELECT 'number {number} {}';\n", "x".repeat(100));
    let all: String = (0..1500).map(script).collect();
    for _ in 0..2 {
        let output = psql(&connection(&server, recording.port, ""), &all);
        assert_eq!(text(&output).matches("(1 row)").count(), 1500);
        // Until the recorder has noticed.
        thread::sleep(Duration::from_millis(100));
    }
    recording.signal("-TERM");
    let mut said = String::new();
    recording.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(recording.child.wait().unwrap().code(), Some(3), "{said}");
    let said: Value = serde_json::from_str(&said).unwrap();
    assert!(said["seen"]["stopped"].as_str().unwrap().contains("could not be written"), "{said}");
    let workload = capture::folder::read(&recording.out).unwrap();
    let (kept, dropped) = (workload.manifest.statements, count(&said, "dropped"));
    assert!(kept > 100 && dropped > 1500, "{kept} and {dropped}: {said}");
    assert_eq!((kept + dropped, workload.manifest.dropped), (3000, dropped), "{said}");
    assert_eq!(count(&said, "recorded"), kept);
    let texts = workload.statements.iter().zip(0..);
    assert!(texts.clone().all(|(s, number)| format!("{}\n", s.sql) == script(number)), "{said}");
}

#[test]
fn bad_settings_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        let all = [&["capture", "proxy", "--out", "w", "--upstream"][..], words].concat();
        let (code, _, err) = gnomon(folder.path(), &all);
        (code, err)
    };
    let (code, err) = run(&["mysql://h", "--listen", "127.0.0.1:0"]);
    assert!(code == 2 && err.contains("connection string"), "{err}");
    let (code, err) = run(&["postgres://h", "--listen", "nowhere:port"]);
    assert!(code == 3 && err.contains("nowhere:port"), "{err}");
    let tls =
        ["postgres://h", "--listen", "127.0.0.1:0", "--tls-cert", "no.pem", "--tls-key", "no.key"];
    let (code, err) = run(&tls);
    assert!(code == 2 && err.contains("no.pem"), "{err}");
    fs::create_dir(folder.path().join("w")).unwrap();
    fs::write(folder.path().join("w/manifest.json"), "{}").unwrap();
    let (code, err) = run(&["postgres://h", "--listen", "127.0.0.1:0"]);
    assert!(code == 2 && err.contains("holds a workload already"), "{err}");
    let (code, _, err) = gnomon(folder.path(), &["capture", "recover", "w"]);
    assert!(code == 2 && err.contains("holds no recording"), "{err}");
}

/// So many times the proxy is killed; more by `GNOMON_KILL_POINTS`.
fn kill_points() -> u64 {
    std::env::var("GNOMON_KILL_POINTS").ok().and_then(|text| text.parse().ok()).unwrap_or(4)
}

/// Whenever the proxy is killed, all that was answered a moment before is recovered, once, in order.
#[test]
fn a_kill_loses_nothing_that_was_answered_before() {
    const CLIENTS: u64 = 4;
    /// How often what waits is taken to the system, and much more.
    const MOMENT: Duration = Duration::from_millis(500);
    let server = server();
    for point in 0..kill_points() {
        let mut recording = Recording::start(&direct(&server), &[]);
        let text = connection(&server, recording.port, "sslmode=disable");
        let config = PostgresConfig::parse(&text).unwrap();
        let (answered, is_over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
        thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (config, answered, is_over) = (config.clone(), &answered, &is_over);
                scope.spawn(move || {
                    let runtime = tokio::runtime::Runtime::new().unwrap();
                    runtime.block_on(async {
                        let settings = SessionSettings::default();
                        let mut session = Postgres::new(config).open(&settings).await.unwrap();
                        for number in 0.. {
                            let sql = format!("SELECT 'client {client} number {number}'");
                            if session.run_script(&sql).await.is_err() {
                                break;
                            }
                            answered.lock().unwrap().push((sql, Instant::now()));
                            if is_over.load(Ordering::Relaxed) {
                                break;
                            }
                        }
                    });
                });
            }
            // Seeded: another moment each time, over more than one second.
            thread::sleep(MOMENT + Duration::from_millis(300 + point * 7919 % 900));
            recording.signal("-KILL");
            recording.child.wait().unwrap();
            is_over.store(true, Ordering::Relaxed);
        });
        let killed = Instant::now();
        let folder = recording.out.parent().unwrap();
        let (code, said, err) =
            gnomon(folder, &["capture", "recover", "workload", "--format", "json"]);
        assert_eq!(code, 0, "{err}");
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["unsealed"], 1, "{said}");
        // That it can be read says that no id is there twice and sessions ascend.
        let workload = capture::folder::read(&recording.out).unwrap();
        let mut last: BTreeMap<&str, u64> = BTreeMap::new();
        for statement in &workload.statements {
            let before = last.insert(&statement.session, statement.sequence).unwrap_or_default();
            assert_eq!(
                statement.sequence,
                before + 1,
                "point {point}: a gap in {}",
                statement.session
            );
        }
        let ours = workload.statements.iter().map(|s| s.sql.as_str());
        let ours: Vec<&str> = ours.filter(|sql| sql.contains("client")).collect();
        let recovered: HashSet<&str> = ours.iter().copied().collect();
        let answered = answered.into_inner().unwrap();
        let early = answered.iter().filter(|(_, at)| killed - *at > MOMENT);
        let missing: Vec<_> =
            early.clone().filter(|(sql, _)| !recovered.contains(sql.as_str())).collect();
        assert!(
            missing.is_empty(),
            "point {point}: {} of {}, {missing:?}",
            missing.len(),
            answered.len()
        );
        assert!(early.count() > 100, "point {point}: too few");
        assert_eq!(recovered.len(), ours.len(), "point {point}: twice");
        // There is nothing left to recover.
        assert_eq!(gnomon(folder, &["capture", "recover", "workload"]).0, 2);
    }
}

/// What was recorded gives the same rows when it is replayed: against the server that it was recorded from,
/// on both sides, and against the engine that is to replace it.
#[test]
fn what_was_recorded_replays_as_it_was() {
    let shop = crate::shop::Shop::open();
    let recording = Recording::start(&shop.url(), &["--digest"]);
    let (login, _) =
        shop.url().rsplit_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let through = format!("{login}@127.0.0.1:{}/gnomon", recording.port);
    let mut queries = 0;
    for entry in fs::read_dir(shop.path("queries")).unwrap() {
        let output = psql(&through, &fs::read_to_string(entry.unwrap().path()).unwrap());
        assert!(output.status.success(), "{}", text(&output));
        queries += 1;
    }
    // With parameters, and on different protocols.
    let python = "
import datetime, decimal, psycopg, sys
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    for binary in (False, True):
        for number in range(3):
            values = (number, decimal.Decimal('1.50'), datetime.date(2024, 2, 29), 'text')
            sql = 'SELECT %s::int + 1, %s::numeric(5,2), %s::date, %s::text'
            connection.execute(sql, values, binary=binary).fetchall()
";
    let output = Command::new("/usr/bin/python3").args(["-c", python, &through]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let (workload, _, folder) = recording.stop_keeping();
    assert_eq!(workload.manifest.statements, queries + 6);
    let is_known = |s: &&model::Statement| s.rows_digest.is_some() || s.error.is_some();
    let unknown: Vec<_> = workload.statements.iter().filter(|s| !is_known(s)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");

    let path = folder.path().join("workload").display().to_string();
    shop.edit("sql_files = \"queries\"", &format!("path = '{path}'"));
    let run = |folder: &str| {
        shop.edit("dir = \"runs\"", &format!("dir = \"{folder}\""));
        let (code, out, err) = shop.gnomon(&["run", "-c", "gnomon.toml"]);
        shop.edit(&format!("dir = \"{folder}\""), "dir = \"runs\"");
        assert_eq!(code, 0, "{out}\n{err}");
        let report = fs::read_to_string(shop.path("reports/report.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        let items = report["items"].as_array().unwrap().clone();
        let verdicts =
            items.iter().map(|item| item["judgement"]["verdict"].as_str().unwrap().to_owned());
        verdicts.collect::<Vec<String>>()
    };
    let governed = run("runs-governed");
    assert_eq!(governed.len() as u64, workload.manifest.statements);
    // One of the queries writes, and its user may not.
    let of = |all: &[String], verdict: &str| all.iter().filter(|one| *one == verdict).count();
    let all = governed.len();
    assert_eq!(of(&governed, "skipped"), 1, "{governed:?}");
    assert_eq!(of(&governed, "match") + of(&governed, "tolerated"), all - 1, "{governed:?}");
    // The same server on both sides.
    let config = fs::read_to_string(shop.path("gnomon.toml")).unwrap();
    let url = config.lines().find(|line| line.starts_with("url")).unwrap().to_owned();
    shop.edit(
        "kind = \"duckdb\"",
        &format!("kind = \"postgres\"\n{url}\npassword_env = \"SHOP_PASSWORD\""),
    );
    shop.edit("path = \"shop.duckdb\"", "#");
    shop.edit("transpile = \"auto\"", "#");
    let same = run("runs-same");
    assert_eq!((of(&same, "skipped"), of(&same, "match")), (1, all - 1), "{same:?}");
}
