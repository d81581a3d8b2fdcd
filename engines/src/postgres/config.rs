//! Where a server is and how to log in, from a URL or a `key=value` string as libpq reads them
//! (<https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING>).

use super::tls;
use rustls::ClientConfig;
use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio_postgres::config::{Config, Host, SslMode, TargetSessionAttrs};

/// Time allowed for reaching the server and logging in where the URL does not say.
const CONNECT_TIMEOUT_DEFAULT: Duration = Duration::from_secs(10);

/// How much TLS is asked for, with libpq's names and meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Never.
    Disable,
    /// Where the server offers it; a failed handshake falls back to plain text.
    Prefer,
    /// Always, without looking at the certificate (unless `sslrootcert` is given: then as
    /// `verify-ca`, as libpq does).
    Require,
    /// Always, with a certificate that a trusted authority signed.
    VerifyCa,
    /// As `verify-ca`, and the certificate is for this host name.
    VerifyFull,
}

/// Why a connection string could not be read. Never holds a password.
#[derive(Debug, thiserror::Error)]
pub enum PostgresConfigError {
    /// The driver did not understand it.
    #[error(
        "the connection string cannot be read: {0}; expected postgres://user@host:port/database or `host=… user=…`"
    )]
    Malformed(String),
    /// A TLS mode that there is not.
    #[error("unknown sslmode `{0}`; known are disable, prefer, require, verify-ca and verify-full")]
    UnknownTlsMode(String),
    /// An option that is not supported here.
    #[error("the option `{0}` of the connection string is not supported: {1}")]
    Unsupported(&'static str, &'static str),
    /// An unescaped `@` in the password would otherwise end up in messages.
    #[error("the host holds an `@`; write an `@` inside the password as %40")]
    AtInHost,
    /// There is no host.
    #[error("the connection string names no host; add one, or `host=/path` for a Unix socket")]
    NoHost,
}

/// Where a PostgreSQL server is and how to log in. Neither `Debug` nor `Display` shows the password.
#[derive(Clone)]
pub struct PostgresConfig {
    pub(super) driver: Config,
    pub(super) tls: TlsMode,
    pub(super) root_cert: Option<PathBuf>,
    pub(super) connect_timeout: Duration,
}

impl PostgresConfig {
    /// Reads `postgres://user:password@host:port/database?sslmode=…` or `host=… user=…`.
    ///
    /// Without a password in it the environment variable `PGPASSWORD` is used, if set. Understood
    /// on top of the driver's options: `sslmode` (disable, prefer, require, verify-ca,
    /// verify-full) and `sslrootcert` (a PEM file, or `system` for the built-in roots).
    pub fn parse(text: &str) -> Result<Self, PostgresConfigError> {
        let (rest, options) = if is_url(text) { split_url(text) } else { split_pairs(text)? };
        let mut driver: Config = rest.parse().map_err(|error: tokio_postgres::Error| {
            PostgresConfigError::Malformed(super::error::chain(&error))
        })?;
        let mut tls = TlsMode::Prefer;
        let mut root_cert = None;
        for (key, value) in options {
            match key.as_str() {
                "sslmode" => tls = tls_mode(&value)?,
                "sslrootcert" => root_cert = Some(PathBuf::from(value)),
                _ => {
                    return Err(PostgresConfigError::Unsupported(
                        "sslcert",
                        "client certificates are not used; log in with a password",
                    ));
                }
            }
        }
        if driver.get_target_session_attrs() != TargetSessionAttrs::Any {
            return Err(PostgresConfigError::Unsupported(
                "target_session_attrs",
                "name the one server that is meant",
            ));
        }
        if driver.get_hosts().is_empty() && driver.get_hostaddrs().is_empty() {
            return Err(PostgresConfigError::NoHost);
        }
        let at_in_host = |host: &Host| matches!(host, Host::Tcp(name) if name.contains('@'));
        if driver.get_hosts().iter().any(at_in_host) {
            return Err(PostgresConfigError::AtInHost);
        }
        if tls == TlsMode::Require && root_cert.is_some() {
            tls = TlsMode::VerifyCa;
        }
        if driver.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            driver.password(password);
        }
        driver.application_name("gnomon");
        driver.ssl_mode(match tls {
            TlsMode::Disable => SslMode::Disable,
            TlsMode::Prefer => SslMode::Prefer,
            TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => SslMode::Require,
        });
        let connect_timeout =
            driver.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT_DEFAULT);
        Ok(Self { driver, tls, root_cert, connect_timeout })
    }

    /// The same with this password.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        self.driver.password(password);
        self
    }

    /// The same with another database of the server.
    #[must_use]
    pub fn with_database(mut self, database: &str) -> Self {
        self.driver.dbname(database);
        self
    }

    /// The same with another user.
    #[must_use]
    pub fn with_user(mut self, user: &str) -> Self {
        self.driver.user(user);
        self
    }

    /// A login over a Unix socket, for a server of our own.
    pub(super) fn of_cluster(folder: &Path, port: u16, user: &str, password: &str) -> Self {
        let mut driver = Config::new();
        driver
            .host_path(folder)
            .port(port)
            .user(user)
            .password(password)
            .dbname("postgres")
            .application_name("gnomon")
            .ssl_mode(SslMode::Disable);
        Self {
            driver,
            tls: TlsMode::Disable,
            root_cert: None,
            connect_timeout: CONNECT_TIMEOUT_DEFAULT,
        }
    }

    /// The same with user, password and database of another.
    pub(super) fn with_login_of(mut self, other: &Self) -> Self {
        if let Some(user) = other.driver.get_user() {
            self.driver.user(user);
        }
        if let Some(password) = other.driver.get_password() {
            self.driver.password(password);
        }
        if let Some(database) = other.driver.get_dbname() {
            self.driver.dbname(database);
        }
        self
    }

    /// How much TLS is asked for.
    pub fn tls_mode(&self) -> TlsMode {
        self.tls
    }

    /// How long reaching a server and logging in may take.
    pub fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// Does it say who logs in?
    pub fn names_user(&self) -> bool {
        self.driver.get_user().is_some()
    }

    /// How TLS with a server is done; absent where it is never.
    ///
    /// # Errors
    /// What is wrong with the root certificates.
    pub fn tls_client(&self) -> Result<Option<ClientConfig>, String> {
        if self.tls == TlsMode::Disable { Ok(None) } else { tls::client(self).map(Some) }
    }

    /// The servers to try in order.
    pub fn targets(&self) -> Vec<Target> {
        let hosts = self.driver.get_hosts();
        let addresses = self.driver.get_hostaddrs();
        let ports = self.driver.get_ports();
        (0..hosts.len().max(addresses.len()))
            .map(|index| {
                let port = ports.get(index).or_else(|| ports.first()).copied().unwrap_or(5432);
                let address = addresses.get(index).map(ToString::to_string);
                match hosts.get(index) {
                    Some(Host::Tcp(name)) => Target::Tcp {
                        name: name.clone(),
                        address: address.unwrap_or_else(|| name.clone()),
                        port,
                    },
                    #[cfg(unix)]
                    Some(Host::Unix(folder)) => {
                        Target::Unix { socket: folder.join(format!(".s.PGSQL.{port}")) }
                    }
                    None => {
                        let address = address.unwrap_or_default();
                        Target::Tcp { name: address.clone(), address, port }
                    }
                }
            })
            .collect()
    }
}

/// One server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A host.
    Tcp {
        /// For messages and TLS.
        name: String,
        /// To connect to.
        address: String,
        /// The port.
        port: u16,
    },
    /// A Unix socket.
    Unix {
        /// Its path.
        socket: PathBuf,
    },
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { name, port, .. } => write!(f, "{name}:{port}"),
            Self::Unix { socket } => write!(f, "{}", socket.display()),
        }
    }
}

impl fmt::Display for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.driver.get_user() {
            write!(f, "{user}@")?;
        }
        for (index, target) in self.targets().iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write!(f, "{target}")?;
        }
        if let Some(database) = self.driver.get_dbname() {
            write!(f, "/{database}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresConfig({self}, {:?})", self.tls)
    }
}

fn tls_mode(name: &str) -> Result<TlsMode, PostgresConfigError> {
    match name {
        "disable" => Ok(TlsMode::Disable),
        "prefer" => Ok(TlsMode::Prefer),
        "require" => Ok(TlsMode::Require),
        "verify-ca" => Ok(TlsMode::VerifyCa),
        "verify-full" => Ok(TlsMode::VerifyFull),
        other => Err(PostgresConfigError::UnknownTlsMode(other.to_owned())),
    }
}

type Options = Vec<(String, String)>;

/// Options that this file reads instead of the driver.
fn is_ours(key: &str) -> bool {
    matches!(key, "sslmode" | "sslrootcert" | "sslcert" | "sslkey")
}

fn is_url(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// Takes our options out of the query part.
fn split_url(text: &str) -> (String, Options) {
    let Some((base, query)) = text.split_once('?') else { return (text.to_owned(), Vec::new()) };
    let mut ours = Vec::new();
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if is_ours(&percent_decode(key)) {
            ours.push((percent_decode(key), percent_decode(value)));
        } else {
            kept.push(pair);
        }
    }
    let base = base.to_owned();
    (if kept.is_empty() { base } else { format!("{base}?{}", kept.join("&")) }, ours)
}

/// Takes our options out of `key=value key='quoted \' value'`.
fn split_pairs(text: &str) -> Result<(String, Options), PostgresConfigError> {
    let malformed = |message: &str| PostgresConfigError::Malformed(message.to_owned());
    let mut ours = Vec::new();
    let mut kept = String::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok((kept, ours));
        }
        let mut key = String::new();
        while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_whitespace()) {
            key.push(c);
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if key.is_empty() || chars.next_if_eq(&'=').is_none() {
            return Err(malformed("a key without `=`"));
        }
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let mut value = String::new();
        if chars.next_if_eq(&'\'').is_some() {
            loop {
                match chars.next().ok_or_else(|| malformed("a quote is not closed"))? {
                    '\'' => break,
                    '\\' => value.extend(chars.next()),
                    other => value.push(other),
                }
            }
        } else {
            while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
                if c == '\\' {
                    value.extend(chars.next());
                } else {
                    value.push(c);
                }
            }
        }
        if is_ours(&key) {
            ours.push((key, value));
        } else {
            let value = value.replace('\\', "\\\\").replace('\'', "\\'");
            kept.extend([key.as_str(), "='", &value, "' "]);
        }
    }
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => break,
            [b'%', high, low, tail @ ..] => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                if let (Some(high), Some(low)) = (digit(high), digit(low)) {
                    bytes.extend(u8::try_from(high * 16 + low));
                    tail
                } else {
                    bytes.push(b'%');
                    rest.get(1..).unwrap_or_default()
                }
            }
            [byte, tail @ ..] => {
                bytes.push(*byte);
                tail
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_and_pairs_say_the_same() {
        let url = PostgresConfig::parse(
            "postgresql://ann:s%40cret@db.example:5433/sales?sslmode=verify-full&sslrootcert=%2Fca.pem&connect_timeout=3",
        )
        .unwrap();
        let pairs = PostgresConfig::parse(
            "host=db.example port=5433 user=ann password='s@cret' dbname=sales sslmode=verify-full sslrootcert=/ca.pem connect_timeout=3",
        )
        .unwrap();
        for config in [&url, &pairs] {
            assert_eq!(config.tls_mode(), TlsMode::VerifyFull);
            assert_eq!(config.root_cert, Some(PathBuf::from("/ca.pem")));
            assert_eq!(config.driver.get_password(), Some(b"s@cret".as_slice()));
            assert_eq!(config.to_string(), "postgres://ann@db.example:5433/sales");
            assert_eq!(config.connect_timeout, Duration::from_secs(3));
        }
    }

    #[test]
    fn the_password_is_never_shown() {
        for text in ["postgres://ann:hunter2@h/d", "host=h user=ann password=hunter2"] {
            let config = PostgresConfig::parse(text).unwrap();
            assert!(!format!("{config} {config:?} {config:#?}").contains("hunter2"));
        }
        for bad in [
            "postgres://ann:hunter2@h:notaport/d",
            "postgres://ann:hun@ter2@h/d",
            "host=h password=hunter2 nonsense=1",
            "password='hunter2",
            "host=h password=hunter2 sslmode=maybe",
        ] {
            let error = PostgresConfig::parse(bad).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(!text.contains("hunter2") && !text.contains("ter2"), "{text}");
        }
    }

    #[test]
    fn a_unix_socket_folder_is_a_host() {
        for text in ["host=/run/pg port=7 user=u", "postgres://u@%2Frun%2Fpg:7/d"] {
            let config = PostgresConfig::parse(text).unwrap();
            assert_eq!(
                config.targets(),
                [Target::Unix { socket: PathBuf::from("/run/pg/.s.PGSQL.7") }]
            );
        }
    }

    #[test]
    fn several_hosts_are_several_targets() {
        let config = PostgresConfig::parse("postgres://u@a:1,b:2/d").unwrap();
        let names: Vec<String> = config.targets().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["a:1", "b:2"]);
    }

    #[test]
    fn require_with_a_root_verifies_as_libpq_does() {
        let config = PostgresConfig::parse("host=h sslmode=require sslrootcert=/ca.pem").unwrap();
        assert_eq!(config.tls_mode(), TlsMode::VerifyCa);
    }

    #[test]
    fn what_is_not_supported_is_named() {
        let message = |text: &str| PostgresConfig::parse(text).unwrap_err().to_string();
        assert!(message("host=h sslmode=allow").contains("allow"));
        assert!(message("host=h sslcert=/c.pem").contains("sslcert"));
        assert!(message("user=u").contains("host"));
        assert!(message("host=h bogus=1").contains("bogus"));
        assert!(message("host").contains("without `=`"));
    }
}
