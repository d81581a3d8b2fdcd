//! A side that sums up its rows: a query in its database, or rows that are read here.

use compare::Summed;
use engines::summary::PushedQuery;
use model::{Rows, Summarized};
use std::sync::Arc;

/// One side.
pub(crate) enum Pushed {
    /// A query, which its database sums up.
    Query(Box<PushedQuery>),
    /// Rows that are summed up here.
    Rows(Arc<dyn Rows>),
}

impl Pushed {
    /// Calls `with` with both sides (legacy, governed) as they can be asked.
    pub(crate) fn both<T>(
        [legacy, governed]: &[Self; 2],
        with: impl FnOnce([&dyn Summarized; 2]) -> T,
    ) -> T {
        let (of_legacy, of_governed) = (legacy.summed(), governed.summed());
        with([of_legacy.as_ref(), of_governed.as_ref()])
    }

    fn summed(&self) -> Asked<'_> {
        match self {
            Self::Query(query) => Asked::Query(query),
            Self::Rows(rows) => Asked::Rows(Summed::new(rows.as_ref())),
        }
    }
}

/// What is asked.
enum Asked<'a> {
    Query(&'a PushedQuery),
    Rows(Summed<'a>),
}

impl Asked<'_> {
    fn as_ref(&self) -> &dyn Summarized {
        match self {
            Self::Query(query) => *query,
            Self::Rows(rows) => rows,
        }
    }
}
