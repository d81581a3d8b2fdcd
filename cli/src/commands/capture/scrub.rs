//! `--scrub` and `--scrub-key-env`: which values of statements are kept.

use crate::error::CliError;
use capture::{Key, Values};

/// Fewest bytes of a key: who knows less can try all of them.
const KEY_BYTES_MIN: usize = 16;

/// Which values of statements are kept.
#[derive(Debug, clap::Args)]
pub(super) struct Scrubbing {
    /// What becomes of literals and parameters. Statements that lack some are not replayed, but
    /// `gnomon workload stats` counts them
    #[arg(long, value_enum, default_value = "off")]
    scrub: Scrub,
    /// The environment variable with the key of `--scrub hash`: 16 bytes or more that nobody can guess
    #[arg(long, value_name = "NAME", required_if_eq("scrub", "hash"))]
    scrub_key_env: Option<String>,
}

/// What becomes of literals and parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Scrub {
    /// They are kept; passwords never are
    Off,
    /// The same text or number becomes the same hash, under a key; comments go
    Hash,
    /// Nothing of them is kept, nor of comments
    Redact,
}

impl Scrubbing {
    /// As a capture knows it.
    pub(super) fn values(&self) -> Result<Values, CliError> {
        match (self.scrub, &self.scrub_key_env) {
            (Scrub::Off | Scrub::Redact, Some(_)) => {
                Err(CliError::usage("`--scrub-key-env` is for `--scrub hash`"))
            }
            (Scrub::Off, None) => Ok(Values::Kept),
            (Scrub::Redact, None) => Ok(Values::Redacted),
            (Scrub::Hash, name) => {
                let name = name.as_deref().unwrap_or_default();
                let secret = std::env::var_os(name).unwrap_or_default();
                let bytes = secret.as_encoded_bytes();
                if bytes.len() < KEY_BYTES_MIN {
                    return Err(CliError::usage(format!(
                        "the environment variable `{name}`, named by `--scrub-key-env`, holds {} of \
                         {KEY_BYTES_MIN} bytes or more",
                        bytes.len()
                    ))
                    .hint(format!("for example: export {name}=$(openssl rand -hex 16)")));
                }
                Ok(Values::Hashed(Key::of(bytes)))
            }
        }
    }
}
