//! The throw-away PostgreSQL: its TLS, and that nothing stays of it.

use crate::support::{fails, row};
use engines::{
    Engine as _, SessionSettings,
    postgres::{ClusterOptions, Postgres, PostgresConfig, ThrowawayCluster},
};
use model::{FailureClass, SqlState};
use std::{
    os::unix::process::CommandExt as _,
    process::Stdio,
    time::{Duration, Instant},
};

/// TLS in every mode, against a server with a certificate of a small authority of our own.
#[tokio::test(flavor = "multi_thread")]
async fn tls_in_every_mode() {
    let pki = tempfile::tempdir().unwrap();
    let authority = Pki::make(pki.path(), "localhost");
    let options = ClusterOptions {
        listen_tcp: true,
        tls: Some((authority.certificate, authority.key)),
        ..ClusterOptions::default()
    };
    let cluster = tokio::task::spawn_blocking(move || ThrowawayCluster::start_with(&options))
        .await
        .unwrap()
        .unwrap();
    let root = authority.root;
    let open = async |options: &str| {
        let config = cluster.tcp_config(options).unwrap().unwrap();
        Postgres::new(config).open(&SessionSettings::default()).await
    };
    for (options, transport) in [
        ("sslmode=disable".to_owned(), "plain"),
        ("sslmode=prefer".to_owned(), "tls"),
        ("sslmode=require".to_owned(), "tls"),
        (format!("sslmode=verify-ca sslrootcert={root}"), "tls"),
        (format!("sslmode=verify-full sslrootcert={root}"), "tls"),
    ] {
        let mut session = open(&options).await.unwrap();
        assert_eq!(session.info().settings["transport"], transport, "{options}");
        let texts =
            row(session.as_mut(), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").await;
        assert_eq!(texts, [(transport == "tls").to_string()], "{options}");
        // A cancel travels the same way.
        let canceller = session.canceller();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            canceller.cancel().await;
        });
        let failure = fails(session.as_mut(), "SELECT pg_sleep(30)").await;
        assert_eq!(failure.sqlstate, SqlState::QUERY_CANCELED, "{options}");
        assert_eq!(row(session.as_mut(), "SELECT 1").await, ["1"]);
    }
    // The built-in roots do not know our authority.
    for options in ["sslmode=verify-full", "sslmode=verify-ca"] {
        let failure = open(options).await.err().unwrap();
        assert_eq!(failure.class, FailureClass::Unreachable);
        assert!(failure.message.contains("sslrootcert"), "{failure}");
    }
    // The chain holds but the name is another.
    let port = cluster.tcp_config("").unwrap().unwrap().to_string();
    let port = port.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    let by_address = |mode: &str| {
        let text = format!("host=127.0.0.1 port={port} user=u sslmode={mode} sslrootcert={root}");
        Postgres::new(PostgresConfig::parse(&text).unwrap())
    };
    let failure = by_address("verify-full").open(&SessionSettings::default()).await.err().unwrap();
    assert!(failure.message.contains("certificate"), "{failure}");
    let failure = by_address("verify-ca").open(&SessionSettings::default()).await.err().unwrap();
    assert!(!failure.message.contains("certificate"), "{failure}");
}

/// A server whose TLS is too old for us: `prefer` goes on without, `require` does not.
#[tokio::test(flavor = "multi_thread")]
async fn prefer_falls_back_to_plain() {
    let pki = tempfile::tempdir().unwrap();
    let authority = Pki::make(pki.path(), "localhost");
    let options = ClusterOptions {
        listen_tcp: true,
        tls: Some((authority.certificate, authority.key)),
        settings: vec![
            ("ssl_min_protocol_version".to_owned(), "TLSv1".to_owned()),
            ("ssl_max_protocol_version".to_owned(), "TLSv1.1".to_owned()),
        ],
        ..ClusterOptions::default()
    };
    let cluster = tokio::task::spawn_blocking(move || ThrowawayCluster::start_with(&options))
        .await
        .unwrap()
        .unwrap();
    let open = async |options: &str| {
        let config = cluster.tcp_config(options).unwrap().unwrap();
        Postgres::new(config).open(&SessionSettings::default()).await
    };
    let session = open("sslmode=prefer").await.unwrap();
    assert_eq!(session.info().settings["transport"], "plain");
    let failure = open("sslmode=require").await.err().unwrap();
    assert_eq!(failure.class, FailureClass::Unreachable);
    assert!(failure.message.contains("sslmode"), "{failure}");
}

struct Pki {
    root: String,
    certificate: String,
    key: String,
}

impl Pki {
    /// A certificate authority and a server certificate for `name`, by the openssl program.
    fn make(folder: &std::path::Path, name: &str) -> Self {
        let openssl = |arguments: &[&str]| {
            let output = std::process::Command::new("openssl")
                .args(arguments)
                .current_dir(folder)
                .output()
                .expect("this test needs the `openssl` program");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
        let request = |subject: &'static str, rest: &[&'static str]| {
            let mut arguments = vec!["req", "-subj", subject];
            arguments.extend(curve);
            arguments.extend(rest);
            openssl(&arguments);
        };
        request(
            "/CN=test authority",
            &["-x509", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem"],
        );
        request("/CN=server", &["-keyout", "server.key", "-out", "server.csr"]);
        std::fs::write(folder.join("ext"), format!("subjectAltName=DNS:{name}\n")).unwrap();
        openssl(&[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "ext",
            "-out",
            "server.pem",
        ]);
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
        Self {
            root: folder.join("ca.pem").display().to_string(),
            certificate: read("server.pem"),
            key: read("server.key"),
        }
    }
}

const CHILD: &str = "GNOMON_TEST_CLUSTER_CHILD";

/// SIGKILL: no destructor, no handler.
#[test]
fn a_killed_owner_leaves_nothing_behind() {
    owner_dies("a_killed_owner_leaves_nothing_behind", |child| {
        send("-KILL", &child.id().to_string());
    });
}

/// Ctrl-C in a terminal goes to the whole process group; the watchdog must not be in it.
#[test]
fn an_interrupted_owner_leaves_nothing_behind() {
    owner_dies("an_interrupted_owner_leaves_nothing_behind", |child| {
        send("-INT", &format!("-{}", child.id()));
    });
}

fn send(signal: &str, target: &str) {
    let status = std::process::Command::new("kill").args([signal, "--", target]).status();
    assert!(status.unwrap().success());
}

/// The calling test in two roles: the child starts a server and waits; the parent stops it.
fn owner_dies(test: &str, stop: impl Fn(&std::process::Child)) {
    if std::env::var_os(CHILD).is_some() {
        let cluster = ThrowawayCluster::start().unwrap();
        println!("\nready {} {}", cluster.server_pid().unwrap(), cluster.folder().display());
        std::thread::sleep(Duration::from_mins(2));
        return;
    }
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([&format!("cluster::{test}"), "--exact", "--nocapture"])
        .env(CHILD, "1")
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let line = lines
        .find_map(|line| line.unwrap().strip_prefix("ready ").map(str::to_owned))
        .expect("the child starts a server");
    let (pid, folder) = line.split_once(' ').unwrap();
    let command_line = std::path::PathBuf::from(format!("/proc/{pid}/cmdline"));
    // A process that has ended but was not yet waited for has an empty command line.
    let alive = || std::fs::read(&command_line).is_ok_and(|text| !text.is_empty());
    assert!(alive() && std::path::Path::new(folder).exists());
    stop(&child);
    child.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(15);
    while (alive() || std::path::Path::new(folder).exists()) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!alive(), "the server still runs");
    assert!(!std::path::Path::new(folder).exists(), "{folder} is still there");
}
