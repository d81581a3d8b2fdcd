//! A PostgreSQL server of our own for a while: made by `initdb` in a temporary folder, gone with
//! us, even when we are killed.
//!
//! A small shell process (see `watchdog.sh`) holds the other end of a pipe of ours. When the pipe
//! closes, by our drop or by our death, it stops the server and removes the folder. It is in a
//! process group of its own, so that a Ctrl-C in the terminal does not reach it first.

mod account;
mod find;

pub use find::find_initdb;

use super::config::PostgresConfig;
use account::Account;
use std::{
    fmt,
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    hash::{BuildHasher as _, RandomState},
    io::{self, Read as _, Write as _},
    net::TcpListener,
    os::unix::{
        fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

const WATCHDOG: &str = include_str!("cluster/watchdog.sh");
const START_TIMEOUT: Duration = Duration::from_mins(1);
const STOP_TIMEOUT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);
/// Longest path of a Unix socket, with room for its name (`sun_path` holds 108 bytes, 104 on BSD).
const FOLDER_BYTES_MAX: usize = 85;
/// The number in the socket's name; no TCP port is opened for it.
const SOCKET_PORT: u16 = 5432;
const USER: &str = "gnomon";

/// Why there is no throw-away server.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// PostgreSQL's programs are not installed, or not where we look.
    #[error(
        "`initdb` was not found in PATH, /usr/lib/postgresql/*/bin or by `pg_config --bindir`; \
         install PostgreSQL (Debian: `apt-get install postgresql`) or add its bin folder to PATH"
    )]
    NotFound,
    /// We are root and there is nobody to run the server as.
    #[error(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as"
    )]
    NoAccount,
    /// No temporary folder serves.
    #[error(
        "no temporary folder serves for the server: {0}; set TMPDIR to a short path that every user may enter"
    )]
    Folder(String),
    /// A program of PostgreSQL failed.
    #[error("`{program}` failed: {output}")]
    Program {
        /// Name of the program.
        program: &'static str,
        /// The end of what it said.
        output: String,
    },
    /// The server did not come up.
    #[error("the throw-away server did not start: {0}")]
    Start(String),
    /// A system call failed.
    #[error("the throw-away server could not be set up: {0}")]
    Io(#[from] io::Error),
}

/// How the server is made.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Database to create.
    pub database: String,
    /// Listen on 127.0.0.1 at a free port too, not only on a Unix socket.
    pub listen_tcp: bool,
    /// Certificate and key in PEM, for TLS on that port.
    pub tls: Option<(String, String)>,
    /// Further server settings, for example `("work_mem", "64MB")`.
    pub settings: Vec<(String, String)>,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self { database: "gnomon".to_owned(), listen_tcp: false, tls: None, settings: Vec::new() }
    }
}

/// A running PostgreSQL server that nobody else uses. Dropping it stops it and removes its files.
pub struct ThrowawayCluster {
    folder: PathBuf,
    locale: &'static str,
    config: PostgresConfig,
    password: String,
    tcp_port: Option<u16>,
    server: Option<Child>,
    watchdog: Child,
    /// Never written to: that it is open says that we live.
    lifeline: Option<ChildStdin>,
}

impl ThrowawayCluster {
    /// Makes and starts a server with the default options. Blocks for one to three seconds; from
    /// async code call it by `spawn_blocking`.
    pub fn start() -> Result<Self, ClusterError> {
        Self::start_with(&ClusterOptions::default())
    }

    /// The same with options.
    pub fn start_with(options: &ClusterOptions) -> Result<Self, ClusterError> {
        let initdb = find_initdb().ok_or(ClusterError::NotFound)?;
        let bin = initdb.parent().map(Path::to_path_buf).ok_or(ClusterError::NotFound)?;
        let account = Account::choose()?;
        let folder = make_folder(&account)?;
        let mut watchdog = account
            .command(Path::new("/bin/sh"), &folder)
            .args(["-c", WATCHDOG, "gnomon-watchdog"])
            .arg(&folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .inspect_err(|_| drop(fs::remove_dir_all(&folder)))?;
        let lifeline = watchdog.stdin.take();
        let password = random_hex()?;
        // From here on, an early return drops the cluster, and the watchdog cleans up.
        let mut cluster = Self {
            config: PostgresConfig::of_cluster(&folder, SOCKET_PORT, USER, &password),
            folder,
            password,
            locale: "C",
            tcp_port: None,
            server: None,
            watchdog,
            lifeline,
        };
        cluster.locale = cluster.init(&initdb, &account)?;
        if let Some((certificate, key)) = &options.tls {
            for (name, content) in [("server.crt", certificate), ("server.key", key)] {
                account.write_secret(&cluster.folder.join(name), content)?;
            }
        }
        cluster.launch(&bin.join("postgres"), &account, options)?;
        cluster.create_database(&options.database)?;
        cluster.config = cluster.config.clone().with_database(&options.database);
        Ok(cluster)
    }

    /// How to log in, over the Unix socket, to the database that was created, as a superuser.
    pub fn config(&self) -> PostgresConfig {
        self.config.clone()
    }

    /// The same over TCP with these further options (for example `sslmode=require`); absent where
    /// the server listens on its socket only.
    pub fn tcp_config(
        &self,
        options: &str,
    ) -> Option<Result<PostgresConfig, super::PostgresConfigError>> {
        let port = self.tcp_port?;
        let text = format!("host=localhost hostaddr=127.0.0.1 port={port} {options}");
        Some(PostgresConfig::parse(&text).map(|parsed| parsed.with_login_of(&self.config)))
    }

    /// The folder of the server, for tests that look whether it is gone.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The port on 127.0.0.1; absent where the server listens on its socket only.
    pub fn tcp_port(&self) -> Option<u16> {
        self.tcp_port
    }

    /// The password of its user, who is called `gnomon`.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The collation: `C.UTF-8`, or `C` where the system lacks it.
    pub fn locale(&self) -> &'static str {
        self.locale
    }

    /// Process id of the server.
    pub fn server_pid(&self) -> Option<u32> {
        self.server.as_ref().map(Child::id)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Runs initdb and gives the locale that it took.
    fn init(&self, initdb: &Path, account: &Account) -> Result<&'static str, ClusterError> {
        let password_file = self.folder.join("password");
        account.write_secret(&password_file, &self.password)?;
        let mut last = String::new();
        for locale in ["C.UTF-8", "C"] {
            let output = account
                .command(initdb, &self.folder)
                .arg("-D")
                .arg(self.data())
                .args(["-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "-N"])
                .arg(format!("--locale={locale}"))
                .arg(format!("--pwfile={}", password_file.display()))
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .output()?;
            if output.status.success() {
                fs::remove_file(&password_file)?;
                return Ok(locale);
            }
            last = said(&output);
        }
        Err(ClusterError::Program { program: "initdb", output: last })
    }

    fn launch(
        &mut self,
        postgres: &Path,
        account: &Account,
        options: &ClusterOptions,
    ) -> Result<(), ClusterError> {
        // Another process may take a port between our look and the server's bind.
        let attempts = if options.listen_tcp { 3 } else { 1 };
        let mut last = String::new();
        for _ in 0..attempts {
            let port = if options.listen_tcp { free_port()? } else { SOCKET_PORT };
            let mut settings = vec![
                ("listen_addresses", if options.listen_tcp { "127.0.0.1" } else { "" }.to_owned()),
                ("port", port.to_string()),
                ("unix_socket_directories", self.folder.display().to_string()),
                ("unix_socket_permissions", "0700".to_owned()),
                // Nothing of it is meant to survive.
                ("fsync", "off".to_owned()),
                ("synchronous_commit", "off".to_owned()),
                ("full_page_writes", "off".to_owned()),
                ("wal_level", "minimal".to_owned()),
                ("max_wal_senders", "0".to_owned()),
                ("jit", "off".to_owned()),
                ("timezone", "UTC".to_owned()),
                ("log_timezone", "UTC".to_owned()),
            ];
            if options.tls.is_some() {
                settings.push(("ssl", "on".to_owned()));
                for (name, file) in
                    [("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")]
                {
                    settings.push((name, self.folder.join(file).display().to_string()));
                }
            }
            let extra = options.settings.iter().map(|(name, value)| (name.as_str(), value.clone()));
            settings.extend(extra);
            let log_path = self.folder.join("log");
            let log = File::create(&log_path)?;
            let mut command = account.command(postgres, &self.folder);
            command.arg("-D").arg(self.data());
            for (name, value) in settings {
                command.arg("-c").arg(format!("{name}={value}"));
            }
            self.server =
                Some(command.stdout(log.try_clone()?).stderr(log).process_group(0).spawn()?);
            match self.wait_ready() {
                Ok(()) => {
                    self.tcp_port = options.listen_tcp.then_some(port);
                    self.config =
                        PostgresConfig::of_cluster(&self.folder, port, USER, &self.password);
                    return Ok(());
                }
                Err(reason) => last = format!("{reason}: {}", tail(&log_path)),
            }
        }
        Err(ClusterError::Start(last))
    }

    /// Waits until the server writes `ready` into its pid file, as `pg_ctl` does.
    fn wait_ready(&mut self) -> Result<(), String> {
        let pid_file = self.data().join("postmaster.pid");
        let deadline = Instant::now() + START_TIMEOUT;
        while Instant::now() < deadline {
            if let Some(server) = &mut self.server
                && let Ok(Some(status)) = server.try_wait()
            {
                return Err(format!("it ended with {status}"));
            }
            let status = fs::read_to_string(&pid_file).unwrap_or_default();
            if status.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            thread::sleep(POLL);
        }
        Err(format!("it was not ready after {} s", START_TIMEOUT.as_secs()))
    }

    fn create_database(&self, database: &str) -> Result<(), ClusterError> {
        if database == "postgres" {
            return Ok(());
        }
        let config = self.config.clone().with_database("postgres");
        let sql = format!("CREATE DATABASE {}", super::session::quote(database));
        // A thread of its own, since the caller's may be inside another runtime.
        let created = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| error.to_string())?;
            runtime.block_on(async {
                let connected = super::connect::connect(&config)
                    .await
                    .map_err(|failure| failure.to_string())?;
                connected
                    .client
                    .batch_execute(&sql)
                    .await
                    .map_err(|error| super::error::chain(&error))
            })
        });
        match created.join() {
            Ok(Ok(())) => Ok(()),
            Ok(Err(message)) => Err(ClusterError::Start(message)),
            Err(_) => Err(ClusterError::Start("creating the database broke off".to_owned())),
        }
    }
}

impl fmt::Debug for ThrowawayCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThrowawayCluster({}, {})", self.config, self.locale)
    }
}

impl Drop for ThrowawayCluster {
    fn drop(&mut self) {
        // Closing the pipe is the order to clean up.
        drop(self.lifeline.take());
        let deadline = Instant::now() + STOP_TIMEOUT;
        loop {
            // The server is our child: without this it would stay a zombie that the watchdog sees.
            if let Some(server) = &mut self.server {
                let _ = server.try_wait();
            }
            match self.watchdog.try_wait() {
                Ok(None) if Instant::now() < deadline => thread::sleep(POLL),
                _ => break,
            }
        }
        if let Some(server) = &mut self.server {
            let _ = server.try_wait();
        }
    }
}

/// A new folder that only the server's account can enter.
fn make_folder(account: &Account) -> Result<PathBuf, ClusterError> {
    let mut problems = Vec::new();
    for parent in [std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")] {
        let unique = RandomState::new().hash_one(std::process::id());
        let folder = parent.join(format!("gnomon-pg-{unique:016x}"));
        if folder.as_os_str().len() > FOLDER_BYTES_MAX {
            problems.push(format!("`{}` is too long for a socket", parent.display()));
            continue;
        }
        if let Err(error) = DirBuilder::new().mode(0o700).create(&folder) {
            problems.push(format!("`{}`: {error}", parent.display()));
            continue;
        }
        // The mode above is cut by the umask, never widened; make it exact.
        let usable = fs::set_permissions(&folder, Permissions::from_mode(0o700))
            .and_then(|()| account.own(&folder))
            .map(|()| account.can_enter(&folder));
        match usable {
            Ok(true) => return Ok(folder),
            Ok(false) => problems.push(format!(
                "`{}` cannot be entered by user `{}`",
                parent.display(),
                account.name()
            )),
            Err(error) => problems.push(format!("`{}`: {error}", folder.display())),
        }
        let _ = fs::remove_dir_all(&folder);
    }
    problems.dedup();
    Err(ClusterError::Folder(problems.join("; ")))
}

impl Account {
    fn own(&self, path: &Path) -> io::Result<()> {
        match self.ids() {
            Some((uid, gid)) => chown(path, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }

    /// Writes a file that only the server's account can read.
    fn write_secret(&self, path: &Path, content: &str) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(content.as_bytes())?;
        self.own(path)
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// 32 hexadecimal digits from the system's source of randomness.
fn random_hex() -> io::Result<String> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(model::artifact::hex(&bytes))
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    last_lines(&String::from_utf8_lossy(&text))
}

fn tail(log: &Path) -> String {
    last_lines(&fs::read_to_string(log).unwrap_or_default())
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.iter().rev().take(6).rev().copied().collect::<Vec<_>>().join(" | ")
}

/// Used by [`Account`] too.
fn quiet(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        // PGDATA, PGPORT and the like would redirect the programs.
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
