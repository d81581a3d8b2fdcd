//! The leg to the server.

use super::stream::Stream;
use rustls::{ClientConfig, pki_types::ServerName};
use std::{io, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, TlsStream};

/// The request for TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A host by name or number, and a port.
    Tcp {
        /// The name that its certificate has.
        name: String,
        /// What to connect to.
        address: String,
        /// The port.
        port: u16,
    },
    /// A Unix socket.
    Unix(PathBuf),
}

/// TLS to the server.
#[derive(Debug, Clone)]
pub struct UpstreamTls {
    /// How certificates are looked at.
    pub config: Arc<ClientConfig>,
    /// Is plain text good enough where the server offers no TLS?
    pub is_optional: bool,
}

/// The server that is recorded.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// Tried in this order.
    pub addresses: Vec<Address>,
    /// Absent: never TLS.
    pub tls: Option<UpstreamTls>,
    /// How long reaching it may take.
    pub connect_timeout: Duration,
}

impl Upstream {
    /// A connection on which nothing was said but the request for TLS.
    pub(super) async fn connect(&self) -> io::Result<Stream> {
        let mut last = io::Error::other("it has no address");
        for address in &self.addresses {
            match timeout(self.connect_timeout, self.reach(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = error,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(last)
    }

    async fn reach(&self, address: &Address) -> io::Result<Stream> {
        let (name, host, port) = match address {
            #[cfg(unix)]
            Address::Unix(path) => {
                return tokio::net::UnixStream::connect(path).await.map(Stream::Unix);
            }
            #[cfg(not(unix))]
            Address::Unix(_) => return Err(io::Error::other("there are no Unix sockets here")),
            Address::Tcp { name, address, port } => (name, address, *port),
        };
        let stream = plain(host, port).await?;
        let Some(tls) = &self.tls else { return Ok(Stream::Tcp(stream)) };
        match encrypted(tls, name, stream).await {
            Ok(stream) => Ok(stream),
            // As libpq does: another try, in plain text.
            Err(_) if tls.is_optional => plain(host, port).await.map(Stream::Tcp),
            Err(error) => Err(error),
        }
    }
}

async fn plain(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn encrypted(tls: &UpstreamTls, name: &str, mut stream: TcpStream) -> io::Result<Stream> {
    stream.write_all(&SSL_REQUEST).await?;
    match stream.read_u8().await? {
        b'S' => {}
        b'N' if tls.is_optional => return Ok(Stream::Tcp(stream)),
        b'N' => {
            return Err(io::Error::other("the server offers no TLS, and `sslmode` asks for it"));
        }
        _ => return Err(io::Error::other("the server does not speak PostgreSQL's protocol")),
    }
    let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
    let connector = TlsConnector::from(Arc::clone(&tls.config));
    let stream = connector.connect(name, stream).await?;
    Ok(Stream::Tls(Box::new(TlsStream::Client(stream))))
}
