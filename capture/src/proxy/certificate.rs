//! The proxy's own certificate.

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// What clients name when they begin with TLS directly.
const ALPN: &[u8] = b"postgresql";

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("`{}` cannot be used for TLS: {why}", .path.display())]
pub struct CertificateError {
    path: PathBuf,
    why: String,
}

/// TLS for clients, by a chain of certificates and the key of the first (PEM files).
///
/// # Errors
/// A file cannot be read, or the key is not that of the certificate.
pub fn certificate(chain: &Path, key: &Path) -> Result<Arc<ServerConfig>, CertificateError> {
    let problem = |path: &Path, why: &dyn std::fmt::Display| CertificateError {
        path: path.to_owned(),
        why: why.to_string(),
    };
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| problem(chain, &error))?;
    if certificates.is_empty() {
        return Err(problem(chain, &"it holds no certificate"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| problem(key, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| problem(chain, &error))?
        .with_no_client_auth()
        .with_single_cert(certificates, secret)
        .map_err(|error| problem(key, &error))?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(Arc::new(config))
}
