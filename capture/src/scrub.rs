//! What must not be kept.

mod secrets;

pub(crate) use secrets::without_secrets;
