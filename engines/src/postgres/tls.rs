//! TLS by rustls with ring, for the modes that libpq has.

use super::config::{PostgresConfig, TlsMode};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};
use std::{fmt, path::Path, sync::Arc};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The TLS connector for `config`. A message says what is wrong with the root certificates.
pub(super) fn connector(config: &PostgresConfig) -> Result<MakeRustlsConnect, String> {
    client(config).map(MakeRustlsConnect::new)
}

/// How certificates are looked at. A message says what is wrong with the root certificates.
pub(super) fn client(config: &PostgresConfig) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?;
    let verifier: Arc<dyn ServerCertVerifier> = match config.tls {
        TlsMode::Disable | TlsMode::Prefer | TlsMode::Require => Arc::new(Unverified { provider }),
        TlsMode::VerifyCa | TlsMode::VerifyFull => {
            let roots = roots(config.root_cert.as_deref())?;
            let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| format!("the root certificates cannot be used: {error}"))?;
            if config.tls == TlsMode::VerifyFull { inner } else { Arc::new(AnyName { inner }) }
        }
    };
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn roots(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    match file {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) if path == Path::new("system") => {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        Some(path) => {
            let problem = |error: &dyn fmt::Display| {
                format!("the root certificate file `{}` cannot be read: {error}", path.display())
            };
            for certificate in
                CertificateDer::pem_file_iter(path).map_err(|error| problem(&error))?
            {
                let certificate = certificate.map_err(|error| problem(&error))?;
                roots.add(certificate).map_err(|error| problem(&error))?;
            }
            if roots.is_empty() {
                return Err(problem(&"it holds no certificate"));
            }
        }
    }
    Ok(roots)
}

/// `prefer` and `require`: encrypts, but believes any certificate, as libpq does.
#[derive(Debug)]
struct Unverified {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// `verify-ca`: the chain must hold, the name may be another.
#[derive(Debug)]
struct AnyName {
    inner: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // The verifier looks at the name last, so this error means that the chain holds.
        match self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        ) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_root_file_is_named() {
        let config =
            PostgresConfig::parse("host=h sslmode=verify-full sslrootcert=/no/such.pem").unwrap();
        let message = connector(&config).err().unwrap();
        assert!(message.contains("/no/such.pem"), "{message}");
    }

    #[test]
    fn an_empty_root_file_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(roots(Some(file.path())).unwrap_err().contains("no certificate"));
    }

    #[test]
    fn the_built_in_roots_serve_without_a_file() {
        assert!(!roots(None).unwrap().is_empty());
        assert!(!roots(Some(Path::new("system"))).unwrap().is_empty());
    }
}
