//! Makes the plan of a run: one item for each captured statement, run or skip, with the reason.

use crate::guard::{self, Writes};
use model::{
    AppliedRule, Diagnostic, Dialect, Digest, Disposition, Fidelity, Plan, PlanItem, SideStatement,
    SkipReason, Statement, StatementFacts, Workload,
};
use sql::{Parsed, TransactionControl};
use std::collections::BTreeMap;

mod transactions;

/// Digits of the fingerprint of a text that cannot be parsed; as many as `sql` gives.
const FINGERPRINT_DIGITS: usize = 16;

/// Fingerprints that an error message lists at most.
const LISTED_MAX: usize = 5;

/// How a statement gets to the governed side. The transpiler is plugged in by the caller.
pub trait Translate {
    /// Translates one statement that may run. `facts` are those of its text.
    fn translate(&self, statement: &Statement, facts: &StatementFacts) -> TranslateOutcome;

    /// Parses a statement under the settings of the system that it comes from.
    ///
    /// # Errors
    /// As [`sql::parse`].
    fn parse(&self, statement: &Statement) -> Result<Parsed, Diagnostic> {
        sql::parse(&statement.sql, statement.dialect)
    }
}

/// What became of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TranslateOutcome {
    /// It can be replayed.
    Translated {
        /// What the governed engine is given.
        governed: SideStatement,
        /// What the governed pipeline will send on, as far as it is known beforehand.
        translated: String,
        /// Rules that make `translated` from the legacy text.
        rules: Vec<AppliedRule>,
        /// How true the translation is.
        fidelity: Fidelity,
    },
    /// No translation is known to be right.
    Refused {
        /// Why, with code and place.
        diagnostics: Vec<Diagnostic>,
    },
}

/// What of a workload is to run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Selection<'a> {
    /// Statements of this fingerprint only.
    pub only: Option<&'a str>,
    /// What becomes of statements that change rows.
    pub writes: Writes,
}

/// Copies each text unchanged and claims that it is in the governed engine's own dialect: what a
/// migration without a transpiler would do.
#[derive(Debug, Clone, Copy)]
pub struct Unchanged {
    /// Dialect of the governed engine.
    pub dialect: Dialect,
}

impl Translate for Unchanged {
    fn translate(&self, statement: &Statement, _facts: &StatementFacts) -> TranslateOutcome {
        TranslateOutcome::Translated {
            governed: SideStatement { dialect: self.dialect, sql: statement.sql.clone() },
            translated: statement.sql.clone(),
            rules: Vec::new(),
            fidelity: Fidelity::Exact,
        }
    }
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The filter selects nothing.
    #[error("no statement of the workload has the fingerprint `{fingerprint}`; it has {known}")]
    UnknownFingerprint {
        /// What was asked for.
        fingerprint: String,
        /// Some that exist.
        known: String,
    },
}

/// Plans `workload`. Statements of other fingerprints than the selected one are skipped as not selected,
/// so that the totals still balance to the capture.
///
/// # Errors
/// The selection names a fingerprint that no statement has.
pub fn build(
    workload: &Workload,
    translate: &dyn Translate,
    selection: Selection<'_>,
) -> Result<Plan, PlanError> {
    let planned = (0_u64..)
        .zip(&workload.statements)
        .map(|(index, statement)| plan_item(index, statement, translate, selection));
    let (mut items, controls): (Vec<PlanItem>, Vec<Option<TransactionControl>>) = planned.unzip();
    transactions::mark(&mut items, &controls);
    if let Some(only) = selection.only
        && !items.iter().any(|item| item.fingerprint == only)
    {
        let fingerprint = only.to_owned();
        return Err(PlanError::UnknownFingerprint { fingerprint, known: known(&items) });
    }
    Ok(Plan { workload: workload.manifest.content.clone(), items })
}

fn plan_item(
    index: u64,
    statement: &Statement,
    translate: &dyn Translate,
    Selection { only, writes }: Selection<'_>,
) -> (PlanItem, Option<TransactionControl>) {
    let parsed = translate.parse(statement);
    let facts = parsed.as_ref().ok().map(sql::Parsed::facts);
    let fingerprint = parsed.as_ref().map_or_else(
        |_| Digest::of_bytes(statement.sql.as_bytes()).short(FINGERPRINT_DIGITS).to_owned(),
        sql::Parsed::fingerprint,
    );
    let selected = only.is_none_or(|only| only == fingerprint);
    let disposition = match (&parsed, &facts, statement.incomplete) {
        _ if !selected => {
            let filter = format!("only fingerprint {}", only.unwrap_or_default());
            Disposition::Skip { reason: SkipReason::NotSelected { filter } }
        }
        (.., Some(how)) => Disposition::Skip { reason: SkipReason::Incomplete { how } },
        (Ok(_), Some(facts), None) => dispose(statement, facts, translate, writes),
        (Err(diagnostic), ..) => {
            Disposition::Skip { reason: SkipReason::Unparsable { diagnostic: diagnostic.clone() } }
        }
        // A parsed text always has facts; should that change, the statement must not run.
        (Ok(_), None, None) => Disposition::Skip {
            reason: SkipReason::NotAQuery { statement: "statement without facts".to_owned() },
        },
    };
    let control = match &parsed {
        Ok(parsed) => parsed.transaction_control(),
        Err(_) => transactions::unparsable(&statement.sql),
    };
    (PlanItem::of(index, statement, fingerprint, facts, disposition), control)
}

fn dispose(
    statement: &Statement,
    facts: &StatementFacts,
    translate: &dyn Translate,
    writes: Writes,
) -> Disposition {
    if let Err(reason) = guard::check(facts, &statement.sql, writes) {
        return Disposition::Skip { reason };
    }
    match translate.translate(statement, facts) {
        TranslateOutcome::Translated { governed, translated, rules, fidelity } => {
            let legacy = SideStatement { dialect: statement.dialect, sql: statement.sql.clone() };
            Disposition::Run { legacy, governed, translated, rules, fidelity }
        }
        TranslateOutcome::Refused { diagnostics } => {
            Disposition::Skip { reason: SkipReason::Refused { diagnostics } }
        }
    }
}

fn known(items: &[PlanItem]) -> String {
    let all: std::collections::BTreeSet<&str> =
        items.iter().map(|item| item.fingerprint.as_str()).collect();
    if all.is_empty() {
        return "no statements".to_owned();
    }
    let first: Vec<String> = all.iter().take(LISTED_MAX).map(|f| format!("`{f}`")).collect();
    let rest = all.len() - first.len();
    if rest == 0 { first.join(", ") } else { format!("{} and {rest} more", first.join(", ")) }
}

/// Digest of everything that a plan says; a run store keeps it to notice another plan.
///
/// # Errors
/// The plan cannot be written as JSON.
pub fn digest(plan: &Plan) -> Result<Digest, serde_json::Error> {
    let lines: Vec<Vec<u8>> =
        plan.items.iter().map(serde_json::to_vec).collect::<Result<_, _>>()?;
    let head = std::iter::once(plan.workload.as_str().as_bytes());
    Ok(Digest::of(head.chain(lines.iter().map(Vec::as_slice))))
}

/// The captured user of each session: the first that a statement of the session names.
pub fn principals(workload: &Workload) -> BTreeMap<String, String> {
    let mut users = BTreeMap::new();
    for statement in &workload.statements {
        if let Some(user) = &statement.user {
            users.entry(statement.session.clone()).or_insert_with(|| user.clone());
        }
    }
    users
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Incomplete;
    use proptest::prelude::*;

    fn statement(id: usize, sql: &str) -> Statement {
        let place = (format!("s{}", id % 3), id as u64);
        Statement {
            user: id.is_multiple_of(2).then(|| format!("user{id}")),
            ..Statement::new(id.to_string(), place, Dialect::Postgres, sql)
        }
    }

    fn workload(texts: &[&str]) -> Workload {
        let statements = texts.iter().enumerate().map(|(i, t)| statement(i, t)).collect();
        Workload::new("test", statements).unwrap()
    }

    const UNCHANGED: Unchanged = Unchanged { dialect: Dialect::DuckDb };

    fn only(fingerprint: &str) -> Selection<'_> {
        Selection { only: Some(fingerprint), ..Selection::default() }
    }

    /// Refuses every text with an `x` in it.
    struct Picky;

    impl Translate for Picky {
        fn translate(&self, statement: &Statement, facts: &StatementFacts) -> TranslateOutcome {
            if statement.sql.contains('x') {
                let refusal = Diagnostic::error("TR0000", "no x here", None);
                TranslateOutcome::Refused { diagnostics: vec![refusal] }
            } else {
                UNCHANGED.translate(statement, facts)
            }
        }
    }

    fn skip(item: &PlanItem) -> Option<&SkipReason> {
        match &item.disposition {
            Disposition::Skip { reason } => Some(reason),
            Disposition::Run { .. } => None,
        }
    }

    #[test]
    fn each_kind_of_fate() {
        let workload = workload(&[
            "SELECT 1",
            "INSERT INTO t VALUES (1)",
            "SET x = 1",
            "SELEC 1",
            "SELECT x FROM t",
        ]);
        let plan = build(&workload, &Picky, Selection::default()).unwrap();
        let [read, write, set, broken, refused] = plan.items.as_slice() else { panic!() };
        assert_eq!(skip(read), None);
        assert!(matches!(skip(write), Some(SkipReason::Write { .. })), "{write:?}");
        assert!(matches!(skip(set), Some(SkipReason::NotAQuery { .. })), "{set:?}");
        assert!(matches!(skip(broken), Some(SkipReason::Unparsable { .. })), "{broken:?}");
        assert!(matches!(skip(refused), Some(SkipReason::Refused { .. })), "{refused:?}");
    }

    #[test]
    fn a_copied_text_claims_the_engines_own_dialect() {
        let plan = build(&workload(&["SELECT 1"]), &UNCHANGED, Selection::default()).unwrap();
        let Disposition::Run { legacy, governed, .. } = &plan.items[0].disposition else {
            panic!("{plan:?}")
        };
        assert_eq!((legacy.dialect, governed.dialect), (Dialect::Postgres, Dialect::DuckDb));
        assert_eq!(legacy.sql, governed.sql);
    }

    #[test]
    fn the_filter_skips_the_others_and_knows_what_there_is() {
        let workload = workload(&["SELECT 1", "SELECT 2", "SELECT a FROM t", "SELEC"]);
        let all = build(&workload, &UNCHANGED, Selection::default()).unwrap();
        let plan = build(&workload, &UNCHANGED, only(&all.items[0].fingerprint)).unwrap();
        let runs: Vec<u64> =
            plan.items.iter().filter(|i| skip(i).is_none()).map(|i| i.index).collect();
        assert_eq!(runs, [0, 1]);
        assert!(matches!(skip(&plan.items[3]), Some(SkipReason::NotSelected { .. })));
        let error = build(&workload, &UNCHANGED, only("nope")).unwrap_err().to_string();
        assert!(error.contains("`nope`") && error.contains(&all.items[0].fingerprint), "{error}");
    }

    #[test]
    fn what_was_not_captured_whole_does_not_run() {
        let mut statements = workload(&["SELECT 1", "SELECT 1"]).statements;
        statements[1].incomplete = Some(Incomplete::Truncated);
        let plan =
            build(&Workload::new("t", statements).unwrap(), &UNCHANGED, Selection::default())
                .unwrap();
        assert!(skip(&plan.items[0]).is_none());
        let reason = skip(&plan.items[1]).unwrap().to_string();
        assert_eq!(reason, "incomplete: it was cut where it was captured");
    }

    #[test]
    fn the_digest_notices_every_change() {
        let workload = workload(&["SELECT 1", "SELECT a FROM t"]);
        let plan = build(&workload, &UNCHANGED, Selection::default()).unwrap();
        assert_eq!(digest(&plan).unwrap(), digest(&plan.clone()).unwrap());
        let mut other = plan.clone();
        other.items[1].fingerprint.push('0');
        assert_ne!(digest(&plan).unwrap(), digest(&other).unwrap());
    }

    #[test]
    fn the_first_user_of_a_session_counts() {
        let users = principals(&workload(&["SELECT 1"; 6]));
        assert_eq!(users.get("s0").map(String::as_str), Some("user0"));
        assert_eq!(users.get("s1").map(String::as_str), Some("user4"));
    }

    proptest! {
        /// |plan| = |workload|, in order, whatever the texts are.
        #[test]
        fn one_item_for_each_statement(texts in proptest::collection::vec(
            prop_oneof![
                Just("SELECT 1".to_owned()), Just("DELETE FROM t".to_owned()),
                Just("BEGIN".to_owned()), "\\PC{0,30}",
            ], 0..20,
        )) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let workload = workload(&texts);
            let plan = build(&workload, &Picky, Selection::default()).unwrap();
            prop_assert_eq!(plan.items.len(), texts.len());
            for (index, (item, statement)) in plan.items.iter().zip(&workload.statements).enumerate() {
                prop_assert_eq!(item.index, index as u64);
                prop_assert_eq!(&item.statement, &statement.id);
                prop_assert_eq!(&item.sql, &statement.sql);
                if let Disposition::Run { .. } = item.disposition {
                    let facts = item.facts.as_ref().unwrap();
                    let checked = guard::check(facts, &item.sql, Writes::Refused);
                    prop_assert_eq!(checked, Ok(guard::Effect::Reads));
                }
            }
        }
    }
}
