//! Stage 3: is there quota for it? Reserves the estimate, so that statements at the same time cannot
//! spend the same credits.

use super::{Verdict, cost_estimate::Estimated, facts, policy_check::Subject};
use crate::{
    error::{ErrorCode, Stage, Stop},
    pages::Page,
    quota::{Exceeded, Ledger, Period, Reservation},
};
use chrono::{DateTime, Utc};
use model::Digest;
use std::{collections::BTreeMap, sync::Arc};

static CREDITS: Page = Page {
    code: "GV0301",
    title: "the month's credits do not suffice",
    text: "What the statement costs does not fit between what the principal has spent and reserved \
           in this calendar month (UTC) and the month's limit. It did not reach the engine. Wait \
           for running statements to end, raise `credits_a_month_milli`, or wait for the month to \
           end.",
    error: ErrorCode::QuotaExceeded,
};

static CONCURRENCY: Page = Page {
    code: "GV0302",
    title: "too many statements at the same time",
    text: "As many statements of the principal are running as `concurrent_max` allows. It did not \
           reach the engine. Run fewer at the same time, or raise the limit.",
    error: ErrorCode::QuotaExceeded,
};

pub(crate) static PAGES: &[Page] = &[CREDITS, CONCURRENCY];

/// A statement whose price is set aside.
#[derive(Debug)]
pub(crate) struct Reserved {
    subject: Subject,
    policy: Digest,
    funds: Funds,
}

/// What a statement may spend.
#[derive(Debug)]
pub(crate) struct Funds {
    pub(super) reservation: Reservation,
    pub(super) rows_max: Option<u64>,
}

impl Reserved {
    pub(super) fn into_parts(self) -> (Subject, Digest, Funds) {
        (self.subject, self.policy, self.funds)
    }
}

/// What was reserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QuotaVerdict {
    reserved_milli: u64,
    limit_milli: Option<u64>,
    period: Period,
}

impl Verdict for QuotaVerdict {
    const STAGE: Stage = Stage::QuotaCheck;

    fn evidence(&self) -> BTreeMap<String, String> {
        facts([
            ("reserved_milli", self.reserved_milli.to_string()),
            ("limit_milli", self.limit_milli.map_or("none".to_owned(), |limit| limit.to_string())),
            ("period", self.period.to_string()),
        ])
    }
}

/// Reserves the estimate.
pub(crate) fn run(
    ledger: &Arc<Ledger>,
    principal: Option<&str>,
    at: DateTime<Utc>,
    estimated: Estimated,
) -> Result<(Reserved, QuotaVerdict), Stop> {
    let (subject, policy, estimate) = estimated.into_parts();
    let reservation = ledger
        .reserve(principal, at, estimate)
        .map_err(|exceeded| refusal(Stage::QuotaCheck, &CREDITS, &exceeded))?;
    let limits = ledger.quotas().of(principal);
    let verdict = QuotaVerdict {
        reserved_milli: reservation.amount().milli(),
        limit_milli: limits.credits_a_month_milli.map(crate::Credits::milli),
        period: reservation.period(),
    };
    let funds = Funds { reservation, rows_max: limits.rows_a_query_max };
    Ok((Reserved { subject, policy, funds }, verdict))
}

/// A refusal by the ledger; `credits` is the page for missing credits at this stage.
pub(super) fn refusal(stage: Stage, credits: &'static Page, exceeded: &Exceeded) -> Stop {
    match *exceeded {
        Exceeded::Credits { asked, limit, spent, reserved, period } => {
            Stop::new(stage, credits, exceeded.to_string())
                .with("asked_milli", asked.milli())
                .with("limit_milli", limit.milli())
                .with("spent_milli", spent.milli())
                .with("reserved_milli", reserved.milli())
                .with("period", period.to_string())
        }
        Exceeded::Concurrency { limit, running } => {
            Stop::new(stage, &CONCURRENCY, exceeded.to_string())
                .with("limit", limit)
                .with("running", running)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        credits::Credits,
        quota::{Limits, Quotas},
        testing::{estimated, now},
    };

    fn ledger(default: Limits) -> Arc<Ledger> {
        Ledger::new(Quotas { default, ..Quotas::default() })
    }

    #[test]
    fn reserves_and_a_dropped_statement_gives_back() {
        let ledger = ledger(Limits {
            credits_a_month_milli: Some(Credits::from_milli(1_000)),
            ..Limits::default()
        });
        let (reserved, verdict) = run(&ledger, None, now(), estimated("SELECT 1")).unwrap();
        assert_eq!(verdict.evidence()["reserved_milli"], "1000");
        let error = run(&ledger, None, now(), estimated("SELECT 1")).unwrap_err().for_request("r");
        assert_eq!((error.code, error.rule()), (ErrorCode::QuotaExceeded, "GV0301"));
        assert_eq!(error.details["reserved_milli"], 1_000);
        drop(reserved);
        assert!(run(&ledger, None, now(), estimated("SELECT 1")).is_ok());
    }

    #[test]
    fn concurrency_is_refused_by_its_own_rule() {
        let ledger = ledger(Limits { concurrent_max: Some(1), ..Limits::default() });
        let _running = run(&ledger, None, now(), estimated("SELECT 1")).unwrap();
        let error = run(&ledger, None, now(), estimated("SELECT 1")).unwrap_err().for_request("r");
        assert_eq!((error.code, error.rule()), (ErrorCode::QuotaExceeded, "GV0302"));
    }
}
