//! The audit record in the making: begun with the attempt, filled stage by stage, written exactly
//! once. A trail that is dropped before its end was written belongs to a caller that went away, and
//! writes that.

use super::{
    log::{AuditError, AuditLog, Receipt},
    record::{Draft, Ending, StageRecord},
    redact::{self, Literals},
};
use crate::{
    credits::Credits,
    error::{ErrorCode, GovernanceError, Stop},
    policy::Action,
    quota::Reservation,
    stages::Verdict,
};
use chrono::{DateTime, Utc};
use model::Digest;
use std::{collections::BTreeMap, sync::Arc, time::Instant};

/// Who attempts what.
pub(crate) struct Attempt<'a> {
    pub(crate) time: DateTime<Utc>,
    pub(crate) request: String,
    pub(crate) session: &'a str,
    pub(crate) principal: Option<&'a str>,
    pub(crate) action: Action,
    pub(crate) sql: &'a str,
    pub(crate) literals: Literals,
    pub(crate) policy: Digest,
}

/// What an answer costs, ready to be spent.
#[derive(Debug, Default)]
pub(crate) struct Paid {
    /// Absent where nothing is charged.
    pub(crate) reservation: Option<Reservation>,
    /// Rows that leave.
    pub(crate) rows: u64,
}

#[derive(Debug)]
pub(crate) struct Trail {
    log: Arc<AuditLog>,
    time: DateTime<Utc>,
    started: Instant,
    request: String,
    /// Absent once written.
    draft: Option<Draft>,
}

impl Trail {
    pub(crate) fn begin(log: Arc<AuditLog>, attempt: Attempt<'_>) -> Self {
        let draft = Draft {
            time: attempt.time,
            elapsed_us: 0,
            request: attempt.request.clone(),
            session: attempt.session.to_owned(),
            principal: attempt.principal.map(str::to_owned),
            action: attempt.action,
            sql: redact::statement(attempt.sql, attempt.literals),
            tables: Vec::new(),
            tables_total: 0,
            rows: 0,
            stages: Vec::new(),
            policy: attempt.policy,
            credits: Credits::ZERO,
            ending: Ending::Abandoned,
            error: None,
            sqlstate: None,
            rule: None,
        };
        Self {
            log,
            time: attempt.time,
            started: Instant::now(),
            request: attempt.request,
            draft: Some(draft),
        }
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.request
    }

    /// When the attempt began.
    pub(crate) fn time(&self) -> DateTime<Utc> {
        self.time
    }

    /// The stages so far.
    pub(crate) fn stages(&self) -> Vec<StageRecord> {
        self.draft.as_ref().map(|draft| draft.stages.clone()).unwrap_or_default()
    }

    /// The tables that the attempt is about.
    pub(crate) fn tables(&mut self, tables: &[String]) {
        if let Some(draft) = &mut self.draft {
            draft.tables = redact::tables(tables);
            draft.tables_total = tables.len() as u64;
        }
    }

    /// Notes what a stage said and passes on what it made.
    pub(crate) fn note<N, V: Verdict>(
        &mut self,
        said: Result<(N, V), Stop>,
    ) -> Result<N, GovernanceError> {
        match said {
            Ok((next, verdict)) => {
                self.push(StageRecord {
                    stage: V::STAGE,
                    passed: true,
                    evidence: verdict.evidence(),
                });
                Ok(next)
            }
            Err(stop) => Err(self.refuse(stop)),
        }
    }

    /// Notes that a stage ended the attempt.
    pub(crate) fn refuse(&mut self, stop: Stop) -> GovernanceError {
        self.push(StageRecord {
            stage: stop.stage(),
            passed: false,
            evidence: BTreeMap::from([("rule".to_owned(), stop.rule().to_owned())]),
        });
        stop.for_request(&self.request)
    }

    fn push(&mut self, record: StageRecord) {
        if let Some(draft) = &mut self.draft {
            draft.stages.push(record);
        }
    }

    /// Writes the record of an answer, and spends what it costs once it is written.
    pub(crate) fn complete(mut self, paid: Paid) -> Result<Receipt, AuditError> {
        let Paid { reservation, rows } = paid;
        let credits = reservation.as_ref().map_or(Credits::ZERO, Reservation::amount);
        let receipt = self.write(|draft| {
            draft.ending = Ending::Completed;
            draft.rows = rows;
            draft.credits = credits;
        })?;
        // Not before the record is written: a failed attempt is refunded, and the charges are the
        // sum of the audited credits.
        if let Some(reservation) = reservation {
            reservation.settle();
        }
        Ok(receipt)
    }

    /// Writes the record of an attempt that ended with `error`.
    pub(crate) fn fail(mut self, error: &GovernanceError) -> Result<Receipt, AuditError> {
        self.write(|draft| {
            draft.ending = match error.code {
                ErrorCode::ExecutionFailed | ErrorCode::ResultTooLarge => Ending::Failed,
                _ => Ending::Refused,
            };
            draft.error = Some(error.code);
            draft.sqlstate = Some(error.sqlstate);
            draft.rule = Some(error.rule().to_owned());
        })
    }

    fn write(&mut self, finish: impl FnOnce(&mut Draft)) -> Result<Receipt, AuditError> {
        let Some(mut draft) = self.draft.take() else {
            return Err(AuditError::Closed { reason: "the record was written before".to_owned() });
        };
        draft.elapsed_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        finish(&mut draft);
        self.log.append(draft)
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        if self.draft.is_some() {
            // Nobody is left to be told of a failure; the log is closed then, which the next
            // statement is told.
            let _ = self.write(|draft| draft.ending = Ending::Abandoned);
        }
    }
}
