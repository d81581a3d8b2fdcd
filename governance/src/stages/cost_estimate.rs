//! Stage 2: what will it cost?
//!
//! The price of the statement is certain; that of its rows is not known before it ran, so the
//! estimate counts none, and the meter adds them.

use super::{
    Verdict, facts,
    policy_check::{Allowed, Subject},
};
use crate::{
    credits::Credits,
    error::{Stage, Stop},
    prices::{PriceList, Shape},
};
use model::Digest;
use std::collections::BTreeMap;

/// A statement with its price.
#[derive(Debug)]
pub(crate) struct Estimated {
    subject: Subject,
    policy: Digest,
    estimate: Credits,
}

impl Estimated {
    pub(super) fn into_parts(self) -> (Subject, Digest, Credits) {
        (self.subject, self.policy, self.estimate)
    }
}

/// The estimate and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CostVerdict {
    estimate: Credits,
    shape: Shape,
}

impl Verdict for CostVerdict {
    const STAGE: Stage = Stage::CostEstimate;

    fn evidence(&self) -> BTreeMap<String, String> {
        facts([
            ("estimate_milli", self.estimate.milli().to_string()),
            ("tables", self.shape.tables.to_string()),
            ("full_scan", self.shape.full_scan.to_string()),
            ("selects_star", self.shape.selects_star.to_string()),
        ])
    }
}

/// Puts a price on the statement. It never refuses; the quota does.
#[expect(clippy::unnecessary_wraps, reason = "every stage has the same form")]
pub(crate) fn run(prices: &PriceList, allowed: Allowed) -> Result<(Estimated, CostVerdict), Stop> {
    let (subject, policy) = allowed.into_parts();
    let shape = subject.shape();
    let estimate = prices.statement(shape);
    Ok((Estimated { subject, policy, estimate }, CostVerdict { estimate, shape }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::allowed;

    fn estimate(sql: &str) -> u64 {
        let (_, verdict) = run(&PriceList::default(), allowed(sql)).unwrap();
        assert_eq!(verdict.evidence()["estimate_milli"], verdict.estimate.milli().to_string());
        verdict.estimate.milli()
    }

    #[test]
    fn prices_follow_the_statement() {
        assert_eq!(estimate("SELECT 1"), 1_000);
        assert_eq!(estimate("SELECT x FROM a WHERE x = 1"), 1_000);
        assert_eq!(estimate("SELECT x FROM a"), 3_000);
        assert_eq!(estimate("SELECT * FROM a"), 4_000);
        assert_eq!(estimate("SELECT a.x FROM a, b, c WHERE a.x = b.x AND b.x = c.x"), 2_000);
        assert_eq!(estimate("WITH c AS (SELECT x FROM a) SELECT x FROM c WHERE x = 1"), 1_000);
    }
}
