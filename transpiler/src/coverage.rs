//! What is translated: every definition of a dialect, tried on every target.

use crate::{emit::Emitter, targets::Target};
use model::Dialect;

/// A construct of a source dialect and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Construct {
    /// The construct with its argument types: `datediff(day, date, date)`.
    pub name: String,
    /// What becomes of it on each of [`TARGETS`].
    pub on: Vec<Coverage>,
}

/// What becomes of a construct on a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// It means the same there.
    Identity,
    /// It is written in another way.
    Rewrite,
    /// It is refused, with the reason.
    Refused(String),
}

/// The targets, in the order of [`Construct::on`].
pub const TARGETS: [Dialect; 3] = [Dialect::DuckDb, Dialect::DataFusion, Dialect::Postgres];

/// Every construct of a dialect that has a definition, applied to columns of its types. A construct
/// that is translated for some constants only may show as refused here.
pub fn coverage(dialect: Dialect) -> Vec<Construct> {
    let mut all: Vec<Construct> = sql::probes(dialect)
        .into_iter()
        .map(|probe| Construct {
            name: probe.construct,
            on: TARGETS
                .iter()
                .map(|to| match (&probe.query, Target::of(*to)) {
                    (Ok(query), Some(target)) => {
                        let mut emitter = Emitter::new(target);
                        match emitter.whole_query(query) {
                            Ok(_) if probe.same && emitter.applied().is_empty() => {
                                Coverage::Identity
                            }
                            Ok(_) => Coverage::Rewrite,
                            Err(why) => Coverage::Refused(why.message),
                        }
                    }
                    (Err(why), _) => Coverage::Refused(why.message.clone()),
                    (Ok(_), None) => Coverage::Refused("no such target".to_owned()),
                })
                .collect(),
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.dedup_by(|a, b| a.name == b.name);
    all
}
