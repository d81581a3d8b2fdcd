//! What a source dialect is: data. Each dialect has one folder or file of its own.

pub(crate) mod postgres;
mod signature;

pub(crate) use signature::{ArgType, Returns, Signature};

use model::Dialect;
use std::{collections::BTreeMap, sync::LazyLock};

/// The signatures of one dialect by function name.
pub(crate) type Signatures = BTreeMap<&'static str, Vec<Signature>>;

/// The signatures of a source dialect; nothing for a dialect that is only a target so far.
pub(crate) fn signatures(dialect: Dialect) -> Option<&'static Signatures> {
    static POSTGRES: LazyLock<Signatures> =
        LazyLock::new(|| signature::parse_all(postgres::SIGNATURES));
    match dialect {
        Dialect::Postgres => Some(&POSTGRES),
        Dialect::DuckDb | Dialect::DataFusion => None,
    }
}
