//! A copy of the example in a folder of its own, with both engines loaded.

use engines::{
    Engine, SessionSettings,
    duckdb::DuckDb,
    postgres::{Postgres, ThrowawayCluster},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const PASSWORD: &str = "s3cret-of-the-shop";

/// The example, ready to run.
pub(crate) struct Shop {
    folder: tempfile::TempDir,
    server: ThrowawayCluster,
}

impl Shop {
    pub(crate) fn open() -> Self {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/postgres-to-duckdb");
        let folder = tempfile::tempdir().unwrap();
        copy(&example, folder.path());
        let server = ThrowawayCluster::start().unwrap();
        let script = |name: &str| fs::read_to_string(example.join(name)).unwrap();
        let login = format!(
            "CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'; \
             GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;"
        );
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let postgres = Postgres::new(server.config());
            run(&postgres, &(script("shop.sql") + &login)).await;
            let duckdb = DuckDb::open(folder.path().join("shop.duckdb"), false).unwrap();
            run(&duckdb, &script("shop-duckdb.sql")).await;
        });
        let shop = Self { folder, server };
        let socket = shop.server.folder().display().to_string();
        shop.edit(
            "postgres://gnomon@localhost:5432/shop?sslmode=prefer",
            &format!("host={socket} port=5432 user=reader dbname=gnomon"),
        );
        shop
    }

    /// Where the PostgreSQL server is, with the password of its reader.
    pub(crate) fn url(&self) -> String {
        let socket = self.server.folder().display().to_string().replace('/', "%2F");
        format!("postgres://reader:{PASSWORD}@{socket}:5432/gnomon")
    }

    /// Runs statements on the governed database.
    pub(crate) fn duckdb(&self, sql: &str) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let duckdb = DuckDb::open(self.path("shop.duckdb"), false).unwrap();
        runtime.block_on(run(&duckdb, sql));
        drop(duckdb);
        until_closed(&fs::canonicalize(self.path("shop.duckdb")).unwrap());
    }

    /// Makes a database for shared runs on the legacy server, whose owner is the reader; gives its URL.
    pub(crate) fn store(&self) -> String {
        self.postgres("CREATE DATABASE runs OWNER reader");
        let socket = self.server.folder().display().to_string().replace('/', "%2F");
        self.edit("[store]\n", "[store]\npassword_env = \"SHOP_PASSWORD\"\nlease_seconds = 1\n");
        format!("postgres://reader@{socket}:5432/runs")
    }

    /// Runs statements on the legacy database, as its owner.
    pub(crate) fn postgres(&self, sql: &str) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(run(&Postgres::new(self.server.config()), sql));
    }

    /// Adds a statement to the workload.
    pub(crate) fn query(&self, name: &str, sql: &str) {
        fs::write(self.path("queries").join(name).with_extension("sql"), sql).unwrap();
    }

    /// Adds text to the end of the configuration.
    pub(crate) fn append(&self, text: &str) {
        let path = self.path("gnomon.toml");
        let before = fs::read_to_string(&path).unwrap();
        fs::write(path, before + text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Changes the configuration.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let path = self.path("gnomon.toml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    /// Runs the binary in the folder; gives exit code, stdout and stderr.
    pub(crate) fn gnomon(&self, words: &[&str]) -> (i32, String, String) {
        self.gnomon_with(PASSWORD, words)
    }

    pub(crate) fn gnomon_with(&self, password: &str, words: &[&str]) -> (i32, String, String) {
        finish(self.command(password, words).spawn().unwrap())
    }

    /// Starts the binary in the folder.
    pub(crate) fn start(&self, words: &[&str]) -> Child {
        self.command(PASSWORD, words).spawn().unwrap()
    }

    /// Starts a script that finds the binary by its name, with another environment variable.
    pub(crate) fn start_script(&self, words: &[PathBuf], (name, value): (&str, &str)) -> Child {
        self.scripted(words).env(name, value).spawn().unwrap()
    }

    /// Runs the binary, interrupts it as Ctrl-C does once `ready` holds, and waits for its end.
    pub(crate) fn interrupt(
        &self,
        words: &[&str],
        ready: impl Fn() -> bool,
    ) -> (i32, String, String) {
        let child = self.command(PASSWORD, words).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !ready() {
            assert!(Instant::now() < deadline, "the run did not get so far");
            std::thread::sleep(Duration::from_millis(50));
        }
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        finish(child)
    }

    /// Runs a script that finds the binary by its name.
    pub(crate) fn script(&self, words: &[PathBuf]) -> (i32, String, String) {
        finish(self.scripted(words).spawn().unwrap())
    }

    fn scripted(&self, words: &[PathBuf]) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_gnomon"));
        let path = std::env::var("PATH").unwrap();
        let mut command = self.prepared(Command::new("sh"), PASSWORD);
        command.args(words);
        command.env("PATH", format!("{}:{path}", binary.parent().unwrap().display()));
        command
    }

    fn command(&self, password: &str, words: &[&str]) -> Command {
        let mut command = self.prepared(Command::new(env!("CARGO_BIN_EXE_gnomon")), password);
        command.args(words);
        command
    }

    fn prepared(&self, mut command: Command, password: &str) -> Command {
        command
            .current_dir(self.folder.path())
            .env("SHOP_PASSWORD", password)
            .env_remove("LD_LIBRARY_PATH")
            .env_remove("PGPASSWORD")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// Waits for the end; gives exit code, stdout and stderr. What was killed has the code -1.
pub(crate) fn finish(child: Child) -> (i32, String, String) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

async fn run(engine: &dyn Engine, script: &str) {
    let mut session = engine.open(&SessionSettings::default()).await.unwrap();
    session.run_script(script).await.unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// Waits until this process holds the file no more: the thread of a session may end after its engine is
/// dropped, and the file's lock with it.
fn until_closed(file: &Path) {
    let deadline = Instant::now() + Duration::from_secs(10);
    let held = || {
        let open = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
        open.filter_map(|one| fs::read_link(one.path()).ok()).any(|target| target == file)
    };
    while held() {
        assert!(Instant::now() < deadline, "{} is not closed", file.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}
