//! Stage 8: what did it really cost?
//!
//! The reservation is brought to the real cost. It is spent only once the audit record is written,
//! so that the charges are always the sum of the audited credits; until then dropping it refunds.

use super::{Verdict, column_mask::Checked, facts, quota_check::refusal};
use crate::{
    audit::Paid,
    credits::Credits,
    error::{ErrorCode, Stage, Stop},
    pages::Page,
    prices::PriceList,
};
use engines::ResultSet;
use std::collections::BTreeMap;

static ACTUAL: Page = Page {
    code: "GV0801",
    title: "the real cost exceeds the month's credits",
    text: "The statement returned so many rows that its real cost does not fit into the principal's \
           month any more. None of its rows left, and its credits are given back. Narrow the \
           statement or raise `credits_a_month_milli`.",
    error: ErrorCode::QuotaExceeded,
};

pub(crate) static PAGES: &[Page] = &[ACTUAL];

/// A result with its price, ready to leave once it is written down.
#[derive(Debug)]
pub(crate) struct Metered {
    result: ResultSet,
    paid: Paid,
}

impl Metered {
    pub(super) fn into_parts(self) -> (ResultSet, Paid) {
        (self.result, self.paid)
    }
}

/// The real cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MeterVerdict {
    reserved: Credits,
    actual: Credits,
}

impl Verdict for MeterVerdict {
    const STAGE: Stage = Stage::Meter;

    fn evidence(&self) -> BTreeMap<String, String> {
        facts([
            ("reserved_milli", self.reserved.milli().to_string()),
            ("actual_milli", self.actual.milli().to_string()),
        ])
    }
}

/// Brings the reservation to the real cost.
pub(crate) fn run(prices: &PriceList, checked: Checked) -> Result<(Metered, MeterVerdict), Stop> {
    let (result, remains) = checked.into_parts();
    let mut reservation = remains.funds.reservation;
    let rows = result.rows() as u64;
    let reserved = reservation.amount();
    let actual = prices.statement(remains.shape).saturating_add(prices.rows(rows));
    reservation.adjust(actual).map_err(|exceeded| refusal(Stage::Meter, &ACTUAL, &exceeded))?;
    let paid = Paid { reservation: Some(reservation), rows };
    Ok((Metered { result, paid }, MeterVerdict { reserved, actual }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        quota::{Ledger, Limits, Quotas},
        testing::{checked_on, now},
    };
    use std::sync::Arc;

    fn ledger(milli: u64) -> Arc<Ledger> {
        let limit = Some(Credits::from_milli(milli));
        let default = Limits { credits_a_month_milli: limit, ..Limits::default() };
        Ledger::new(Quotas { default, ..Quotas::default() })
    }

    #[tokio::test]
    async fn rows_raise_the_reservation() {
        let ledger = ledger(10_000);
        let checked = checked_on(&ledger, "SELECT 1", vec![10_001]).await;
        let (metered, verdict) = run(&PriceList::default(), checked).unwrap();
        assert_eq!((verdict.reserved.milli(), verdict.actual.milli()), (1_000, 2_000));
        assert_eq!(ledger.balance(None, now()).reserved.milli(), 2_000);
        drop(metered);
        assert_eq!(ledger.balance(None, now()).reserved, Credits::ZERO);
        assert_eq!(ledger.balance(None, now()).spent, Credits::ZERO);
    }

    #[tokio::test]
    async fn a_cost_beyond_the_limit_ends_it_and_refunds() {
        let ledger = ledger(1_500);
        let checked = checked_on(&ledger, "SELECT 1", vec![10_001]).await;
        let error = run(&PriceList::default(), checked).unwrap_err().for_request("r");
        assert_eq!((error.code, error.rule()), (ErrorCode::QuotaExceeded, "GV0801"));
        assert_eq!(ledger.balance(None, now()).reserved, Credits::ZERO);
    }
}
