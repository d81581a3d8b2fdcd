//! Stage 1: may this principal run this statement?
//!
//! The statement is read first, since a policy decides on what it does and on the tables that it
//! names; what cannot be read cannot be judged, and is refused.

use super::{Verdict, facts};
use crate::{
    error::{ErrorCode, Stage, Stop},
    pages::Page,
    policy::{Action, Decision, Policy, Question},
    prices::Shape,
};
use engines::Request;
use model::{Changes, Digest, SqlState, StatementKind};
use sql::SourceSettings;
use std::collections::BTreeMap;

static UNREADABLE: Page = Page {
    code: "GV0101",
    title: "statement cannot be read",
    text: "The pipeline parses every statement in the dialect that it claims to be in, because a \
           policy decides on the tables that it names. A text that does not parse, or that holds \
           more than one statement, is refused before anything else. Check the dialect of the \
           workload, or report the construct if the legacy engine accepts it.",
    error: ErrorCode::UnsupportedConstruct,
};

static NO_GOVERNED_PATH: Page = Page {
    code: "GV0102",
    title: "set-up does not run through the pipeline",
    text: "Set-up scripts and bulk loads are no single statements that a policy could judge, so a \
           governed session refuses them. Set the database up on the engine itself, before it is \
           put behind the pipeline.",
    error: ErrorCode::PolicyDenied,
};

pub(crate) static PAGES: &[Page] = &[UNREADABLE, NO_GOVERNED_PATH];

/// A statement and what is known of it.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(super) request: Request,
    kind: StatementKind,
    changes: Option<Changes>,
    tables: Vec<String>,
    shape: Shape,
}

impl Subject {
    pub(crate) fn tables(&self) -> &[String] {
        &self.tables
    }

    /// Does it read, and nothing else?
    pub(super) fn reads(&self) -> bool {
        self.kind == StatementKind::Read
    }

    /// Does a rollback undo all that it writes?
    pub(super) const fn rolls_back(&self) -> bool {
        self.changes.is_some()
    }

    pub(super) fn shape(&self) -> Shape {
        self.shape
    }
}

/// A statement that the policy allows.
#[derive(Debug)]
pub(crate) struct Allowed {
    subject: Subject,
    policy: Digest,
}

impl Allowed {
    pub(super) fn into_parts(self) -> (Subject, Digest) {
        (self.subject, self.policy)
    }
}

/// By which rule of which policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PolicyVerdict {
    policy: Digest,
    by: String,
}

impl Verdict for PolicyVerdict {
    const STAGE: Stage = Stage::PolicyCheck;

    fn evidence(&self) -> BTreeMap<String, String> {
        facts([("policy", self.policy.to_string()), ("by", self.by.clone())])
    }
}

/// Reads the statement.
pub(crate) fn read(request: Request, source: &SourceSettings) -> Result<Subject, Stop> {
    let parsed = source.parse(&request.sql, request.dialect).map_err(|diagnostic| {
        let message = format!("the statement cannot be read: {}", diagnostic.message);
        let stop = Stop::new(Stage::PolicyCheck, &UNREADABLE, message)
            .sqlstate(SqlState::SYNTAX_ERROR)
            .with("dialect", request.dialect.as_str());
        match serde_json::to_value(&diagnostic) {
            Ok(diagnostic) => stop.with("diagnostics", vec![diagnostic]),
            Err(_) => stop,
        }
    })?;
    let found = parsed.facts();
    let shape = Shape {
        tables: found.tables.len() as u64,
        full_scan: !found.tables.is_empty() && !parsed.has_filter(),
        selects_star: parsed.selects_star(),
    };
    Ok(Subject { request, kind: found.kind, changes: found.changes, tables: found.tables, shape })
}

/// Asks the policy about a statement.
pub(crate) fn run(
    policy: &dyn Policy,
    principal: Option<&str>,
    subject: Subject,
) -> Result<(Allowed, PolicyVerdict), Stop> {
    let question = Question {
        principal,
        action: Action::Query,
        kind: Some(subject.kind),
        tables: &subject.tables,
    };
    let verdict = ask(policy, &question)?;
    Ok((Allowed { subject, policy: verdict.policy.clone() }, verdict))
}

/// The refusal of a set-up script or a bulk load, whoever asks.
pub(crate) fn set_up(action: Action) -> Stop {
    Stop::new(
        Stage::PolicyCheck,
        &NO_GOVERNED_PATH,
        format!(
            "a governed session refuses a {action}; set the database up on the engine itself, \
             before it is put behind the pipeline"
        ),
    )
}

/// Asks the policy about something that is no statement.
pub(crate) fn admit(
    policy: &dyn Policy,
    principal: Option<&str>,
    action: Action,
) -> Result<((), PolicyVerdict), Stop> {
    let question = Question { principal, action, kind: None, tables: &[] };
    Ok(((), ask(policy, &question)?))
}

fn ask(policy: &dyn Policy, question: &Question<'_>) -> Result<PolicyVerdict, Stop> {
    let digest = policy.digest();
    match policy.decide(question) {
        Decision::Allow { by } => Ok(PolicyVerdict { policy: digest, by }),
        Decision::Deny { rule, reason } => {
            Err(Stop::by(Stage::PolicyCheck, rule, ErrorCode::PolicyDenied, reason)
                .with("policy", digest.as_str()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{AllowAll, AllowPrincipals};
    use model::Dialect;

    fn subject(sql: &str) -> Result<Subject, Stop> {
        read(Request::new(sql, Dialect::Postgres), &SourceSettings::default())
    }

    #[test]
    fn reads_the_tables_and_the_shape() {
        let subject = subject("SELECT * FROM b, a").unwrap();
        assert_eq!(subject.tables(), ["a", "b"]);
        assert_eq!(subject.shape(), Shape { tables: 2, full_scan: true, selects_star: true });
        let filtered = super::read(
            Request::new("SELECT x FROM a WHERE x > 1", Dialect::Postgres),
            &SourceSettings::default(),
        );
        assert_eq!(
            filtered.unwrap().shape(),
            Shape { tables: 1, full_scan: false, selects_star: false }
        );
        assert!(!self::subject("SELECT 1").unwrap().shape().full_scan, "no table, no scan");
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        for sql in ["SELEC 1", "SELECT 1; SELECT 2", "", "SELECT 'x"] {
            let error = subject(sql).unwrap_err().for_request("r");
            assert_eq!(error.code, ErrorCode::UnsupportedConstruct, "{sql}");
            assert_eq!((error.stage, error.rule()), (Stage::PolicyCheck, "GV0101"));
            assert!(error.details.contains_key("diagnostics"));
        }
    }

    #[test]
    fn the_policy_decides_and_its_digest_is_the_evidence() {
        let (_, verdict) = run(&AllowAll, None, subject("SELECT 1").unwrap()).unwrap();
        assert_eq!(verdict.evidence()["policy"], AllowAll.digest().to_string());
        let policy = AllowPrincipals::new(["ana".to_owned()]);
        assert!(run(&policy, Some("ana"), subject("SELECT 1").unwrap()).is_ok());
        let error = run(&policy, Some("bob"), subject("SELECT 1").unwrap()).unwrap_err();
        let error = error.for_request("r");
        assert_eq!((error.code, error.rule()), (ErrorCode::PolicyDenied, "GV0104"));
        assert_eq!(error.sqlstate, SqlState::INSUFFICIENT_PRIVILEGE);
    }

    #[test]
    fn set_up_is_refused_by_its_own_rule() {
        for action in [Action::Script, Action::Load] {
            let error = set_up(action).for_request("r");
            assert_eq!((error.code, error.rule()), (ErrorCode::PolicyDenied, "GV0102"));
            assert!(error.message.contains(action.as_str()));
        }
    }

    #[test]
    fn the_catalog_is_the_policys_to_give() {
        assert!(admit(&AllowAll, None, Action::Catalog).is_ok());
        assert!(admit(&AllowPrincipals::default(), None, Action::Catalog).is_err());
    }
}
