//! Why a report could not be written.

/// A report could not be written. The run it describes is unharmed.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The writer failed: disk full, pipe closed.
    #[error("the {format} report could not be written: {source}")]
    Io {
        /// Name of the format, for example `html`.
        format: &'static str,
        /// The failure below.
        source: std::io::Error,
    },
    /// The recorded run has a value that the format cannot carry.
    #[error("the {format} report could not be written: {message}")]
    Encode {
        /// Name of the format.
        format: &'static str,
        /// What it could not carry.
        message: String,
    },
}

impl ReportError {
    /// Wraps a writer's failure with the name of the format.
    pub(crate) fn io(format: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { format, source }
    }
}
