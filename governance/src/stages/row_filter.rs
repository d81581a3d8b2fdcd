//! Stage 4: which rows of its tables are hidden? The column masks are planned here as well, because
//! both belong at the table's scan: after the first join or aggregate it is too late.
//!
//! The policies of this version hide nothing, and this stage makes sure of it for the statement at
//! hand: it asks, and a policy that hides something of a table that the statement names ends the
//! statement here, before the engine, since showing too much is the one thing that must not happen.

use super::{
    Verdict, facts,
    policy_check::Subject,
    quota_check::{Funds, Reserved},
};
use crate::{
    error::{ErrorCode, Stage, Stop},
    pages::Page,
    policy::Policy,
};
use model::Digest;
use std::collections::BTreeMap;

static CANNOT_HIDE: Page = Page {
    code: "GV0401",
    title: "the policy hides what this pipeline cannot hide",
    text: "The policy hides rows or columns of a table that the statement names, and the pipeline \
           has no filter or mask for it. Rather than show them, it refuses the statement before it \
           reaches the engine.",
    error: ErrorCode::PolicyDenied,
};

pub(crate) static PAGES: &[Page] = &[CANNOT_HIDE];

/// A statement of which everything may be shown.
#[derive(Debug)]
pub(crate) struct Guarded {
    subject: Subject,
    policy: Digest,
    funds: Funds,
}

impl Guarded {
    pub(super) fn into_parts(self) -> (Subject, Digest, Funds) {
        (self.subject, self.policy, self.funds)
    }
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilterVerdict {
    policy: Digest,
    tables: usize,
}

impl Verdict for FilterVerdict {
    const STAGE: Stage = Stage::RowFilter;

    fn evidence(&self) -> BTreeMap<String, String> {
        facts([
            ("policy", self.policy.to_string()),
            ("tables", self.tables.to_string()),
            ("filters", "0".to_owned()),
            ("masks_planned", "0".to_owned()),
        ])
    }
}

/// Makes sure that the policy hides nothing of the statement's tables.
pub(crate) fn run(
    policy: &dyn Policy,
    principal: Option<&str>,
    reserved: Reserved,
) -> Result<(Guarded, FilterVerdict), Stop> {
    let (subject, digest, funds) = reserved.into_parts();
    let hidden = policy.hidden(principal, subject.tables());
    if let Some(first) = hidden.first() {
        let what = match &first.column {
            Some(column) => format!("column `{column}` of table `{}`", first.table),
            None => format!("rows of table `{}`", first.table),
        };
        return Err(Stop::new(
            Stage::RowFilter,
            &CANNOT_HIDE,
            format!("the policy hides {what} from this principal, and nothing here can hide it"),
        )
        .with("policy", digest.as_str())
        .with("hidden", hidden.len()));
    }
    let verdict = FilterVerdict { policy: digest.clone(), tables: subject.tables().len() };
    Ok((Guarded { subject, policy: digest, funds }, verdict))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        policy::AllowAll,
        testing::{Hiding, reserved},
    };

    #[test]
    fn nothing_hidden_passes_with_evidence() {
        let (_, verdict) = run(&AllowAll, None, reserved("SELECT 1 FROM a, b")).unwrap();
        assert_eq!(verdict.evidence()["tables"], "2");
        assert_eq!(verdict.evidence()["filters"], "0");
    }

    #[test]
    fn hidden_rows_or_columns_of_a_named_table_end_the_statement() {
        for (policy, names) in [(Hiding::rows("b"), "rows of"), (Hiding::column("b", "c"), "`c`")] {
            let error = run(&policy, None, reserved("SELECT 1 FROM a, b")).unwrap_err();
            let error = error.for_request("r");
            assert_eq!((error.code, error.rule()), (ErrorCode::PolicyDenied, "GV0401"));
            assert!(error.message.contains(names), "{}", error.message);
            assert!(run(&policy, None, reserved("SELECT 1 FROM a")).is_ok(), "another table");
        }
    }
}
