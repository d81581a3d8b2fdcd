//! What can go wrong with a corpus.

use model::Dialect;
use std::path::PathBuf;

/// Why a corpus, its rows or its workload could not be had.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A file of the corpus does not follow its format.
    #[error("{file} of corpus `{corpus}` is malformed: {message}")]
    Malformed {
        /// Name of the corpus.
        corpus: &'static str,
        /// File in the corpus's folder.
        file: String,
        /// What was wrong.
        message: String,
    },
    /// The corpus has no table of that name.
    #[error("corpus `{corpus}` has no table `{table}`; it has {known}")]
    UnknownTable {
        /// Name of the corpus.
        corpus: &'static str,
        /// The name asked for.
        table: String,
        /// The names that exist, for people.
        known: String,
    },
    /// The scale factor cannot be used.
    #[error(
        "scale factor {0} is not usable; give a number from {min} to {max}",
        min = crate::SCALE_MIN,
        max = crate::SCALE_MAX
    )]
    Scale(f64),
    /// Two corpora of one workload have tables of the same name.
    #[error(
        "corpora `{first}` and `{second}` both have a table `{table}`; \
         put them in workloads of their own"
    )]
    SharedTable {
        /// Name of one corpus.
        first: String,
        /// Name of the other.
        second: String,
        /// The table.
        table: String,
    },
    /// The corpus is not written in that dialect.
    #[error(
        "corpus `{corpus}` has no form in `{dialect}`; it has postgres, redshift, snowflake, \
         bigquery and spark"
    )]
    NoForm {
        /// Name of the corpus.
        corpus: &'static str,
        /// The dialect asked for.
        dialect: Dialect,
    },
    /// The workload could not be put together or encoded.
    #[error(transparent)]
    Artifact(#[from] model::ArtifactError),
    /// A file of the workload could not be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The failure below.
        source: std::io::Error,
    },
}
