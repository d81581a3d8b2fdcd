//! Stage 7: does every column of the result show what it may?
//!
//! Masks are planned with the row filter and applied at the scan; this is the check behind them,
//! on the result. The policy is asked again, after the engine ran: a policy that was replaced in
//! between ends the statement, since its result was made under another one.

use super::{Verdict, execute::Executed, facts, transpile::Remains};
use crate::{
    error::{ErrorCode, Stage, Stop},
    pages::Page,
    policy::Policy,
};
use engines::ResultSet;
use model::Digest;
use std::collections::BTreeMap;

static UNMASKED: Page = Page {
    code: "GV0701",
    title: "the result may show a hidden value",
    text: "The policy hides something of a table that the statement read, and nothing was masked \
           when it was read. The result is thrown away. Credits are given back.",
    error: ErrorCode::PolicyDenied,
};

static CHANGED: Page = Page {
    code: "GV0702",
    title: "the policy changed while the statement ran",
    text: "The statement was judged under one policy and ended under another. Its result is thrown \
           away; run it again. Credits are given back.",
    error: ErrorCode::PolicyDenied,
};

pub(crate) static PAGES: &[Page] = &[UNMASKED, CHANGED];

/// A result of which every column may be shown.
#[derive(Debug)]
pub(crate) struct Checked {
    result: ResultSet,
    remains: Remains,
}

impl Checked {
    pub(super) fn into_parts(self) -> (ResultSet, Remains) {
        (self.result, self.remains)
    }
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MaskVerdict {
    policy: Digest,
    columns: usize,
}

impl Verdict for MaskVerdict {
    const STAGE: Stage = Stage::ColumnMask;

    fn evidence(&self) -> BTreeMap<String, String> {
        facts([
            ("policy", self.policy.to_string()),
            ("columns", self.columns.to_string()),
            ("masked", "0".to_owned()),
        ])
    }
}

/// Makes sure that no column of the result takes a mask.
pub(crate) fn run(
    policy: &dyn Policy,
    principal: Option<&str>,
    executed: Executed,
) -> Result<(Checked, MaskVerdict), Stop> {
    let (result, remains) = executed.into_parts();
    let digest = policy.digest();
    if digest != remains.policy {
        return Err(Stop::new(
            Stage::ColumnMask,
            &CHANGED,
            "the policy changed while the statement ran; run it again",
        )
        .with("judged_under", remains.policy.as_str())
        .with("ended_under", digest.as_str()));
    }
    let hidden = policy.hidden(principal, &remains.tables);
    if !hidden.is_empty() {
        return Err(Stop::new(
            Stage::ColumnMask,
            &UNMASKED,
            "the result may show what the policy hides from this principal",
        )
        .with("policy", digest.as_str())
        .with("hidden", hidden.len()));
    }
    let verdict = MaskVerdict { policy: digest, columns: result.schema.fields().len() };
    Ok((Checked { result, remains }, verdict))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        policy::AllowAll,
        testing::{Hiding, executed},
    };

    #[tokio::test]
    async fn an_unmasked_result_passes_with_evidence() {
        let executed = executed("SELECT x FROM a").await;
        let (checked, verdict) = run(&AllowAll, None, executed).unwrap();
        assert_eq!(verdict.evidence()["columns"], "1");
        assert_eq!(checked.into_parts().0.rows(), 3);
    }

    #[tokio::test]
    async fn another_policy_than_the_judging_one_ends_it() {
        let executed = executed("SELECT x FROM a").await;
        let error = run(&Hiding::nothing(), None, executed).unwrap_err().for_request("r");
        assert_eq!((error.code, error.rule()), (ErrorCode::PolicyDenied, "GV0702"));
    }

    #[tokio::test]
    async fn a_hidden_column_of_a_read_table_ends_it() {
        // Under the digest of the policy that judged, so that only this check can notice.
        let policy = Hiding::column("a", "x").with_digest(AllowAll.digest());
        let error = run(&policy, None, executed("SELECT x FROM a").await).unwrap_err();
        assert_eq!(error.for_request("r").rule(), "GV0701");
        assert!(run(&policy, None, executed("SELECT x FROM b").await).is_ok());
    }
}
