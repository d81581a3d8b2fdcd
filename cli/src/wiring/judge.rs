//! The comparer as the judge of a replay.

use crate::wiring::{keys, scratch::Scratch};
use compare::{Answer, Memory, Request, Settings, StatementRef, Unwatched, WideAnswers};
use model::{
    Differences, Disposition, Judgement, KeyOrigin, MismatchClass, Outcome, OutcomeResult,
    PlanItem, Rows, RowsError, Scope, StatementFacts, TableState, Tolerance, Verdict,
    catalog::CatalogTable, report::ItemReport,
};
use replay::{AskedTwice, AskedWider, Judge, Rejudge, SideAnswer};
use sql::SourceSettings;
use std::{borrow::Cow, collections::BTreeMap, path::Path, sync::Arc};

/// Judges with these settings, and with what each translation needs.
#[derive(Debug, Clone)]
pub(crate) struct Comparer {
    settings: Settings,
    /// Bytes of rows that one comparison holds in memory.
    memory_bytes_max: u64,
    /// Recorded verdicts were found by the same rules, so that they hold.
    is_same: bool,
    keys: Keys,
    /// Tables whose data are not the same on both sides, and how.
    drifted: BTreeMap<String, String>,
}

/// How keys are known that nobody has to look for.
#[derive(Debug, Clone)]
enum Keys {
    /// Not at all.
    Unknown,
    /// From the tables of the captured statements; and how the texts are read.
    Catalog(Arc<(Vec<CatalogTable>, SourceSettings)>),
    /// The names of the columns, from a recorded verdict.
    Recorded(Vec<String>),
}

impl Comparer {
    /// A judge of answers.
    pub(crate) const fn new(settings: Settings, memory_bytes_max: u64) -> Self {
        let drifted = BTreeMap::new();
        Self { settings, memory_bytes_max, is_same: false, keys: Keys::Unknown, drifted }
    }

    /// The same, which lays a mismatch to the data where a statement reads one of these tables.
    pub(crate) fn with_drifted(self, tables: Vec<TableState>) -> Self {
        let drifted = tables.into_iter().map(|of| (of.table, of.told)).collect();
        Self { drifted, ..self }
    }

    /// What other data may have caused is no finding about the engines.
    fn laid_to_data(&self, item: &PlanItem, judgement: Judgement) -> Judgement {
        let of_rows = [MismatchClass::Rows, MismatchClass::Order];
        if judgement.verdict != Verdict::Mismatch
            || !of_rows.contains(&MismatchClass::of(&judgement.differences))
        {
            return judgement;
        }
        let mut read = item.facts.iter().flat_map(|facts| &facts.tables);
        let Some((table, told)) = read.find_map(|table| self.drifted.get_key_value(table)) else {
            return judgement;
        };
        let reason = format!("the data of `{table}` are not the same on both sides: {told}");
        Judgement { verdict: Verdict::Inconclusive { reason }, ..judgement }
    }

    /// The same, which pairs rows by the keys that a catalog declares.
    pub(crate) fn with_keys_of(self, catalog: Vec<CatalogTable>, source: SourceSettings) -> Self {
        Self { keys: Keys::Catalog(Arc::new((catalog, source))), ..self }
    }

    /// The declared key of what the legacy answered.
    fn key(
        &self,
        item: &PlanItem,
        facts: &StatementFacts,
        legacy: &SideAnswer,
    ) -> Option<Vec<usize>> {
        let SideAnswer::Rows(answer) = legacy else { return None };
        let fields = answer.rows.schema().fields();
        let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
        match &self.keys {
            Keys::Unknown => None,
            Keys::Catalog(known) => {
                let (catalog, source) = known.as_ref();
                let parsed = source.parse(&item.sql, source.dialect()).ok()?;
                keys::declared(&parsed, &facts.origins, &names, catalog)
            }
            Keys::Recorded(key) => keys::recorded(key, &names),
        }
    }

    /// The same, for answers that were recorded with a verdict by the same rules.
    pub(crate) fn by_the_same_rules(self, is_same: bool) -> Self {
        Self { is_same, ..self }
    }

    /// Judges by `judge`, which is told what is asked and the settings for it.
    fn with_request(
        &self,
        item: &PlanItem,
        legacy: &SideAnswer,
        judge: impl FnOnce(Request<'_>, &Settings) -> Judgement,
    ) -> Judgement {
        let Some(facts) = &item.facts else {
            // Only what was parsed runs, so this is a plan from elsewhere.
            return unknown(
                "the plan holds no facts about the statement; plan it again".to_owned(),
            );
        };
        let needed = needed(item);
        let settings = if needed.is_empty() {
            Cow::Borrowed(&self.settings)
        } else {
            match self.settings.and(needed) {
                Ok(settings) => Cow::Owned(settings),
                // A plan from elsewhere, too.
                Err(error) => return unknown(format!("what the translation needs: {error}")),
            }
        };
        let key = self.key(item, facts, legacy);
        let scratch = Scratch::on_disk();
        let request = Request {
            statement: StatementRef { id: &item.statement, fingerprint: &item.fingerprint, facts },
            key: key.as_deref(),
            memory: Memory { bytes_max: self.memory_bytes_max, scratch: Some(&scratch) },
            watch: &Unwatched,
        };
        let mut judgement = judge(request, &settings);
        if key.is_some() {
            keys::tell(&mut judgement);
        }
        judgement
    }
}

impl Judge for Comparer {
    fn judge(&self, item: &PlanItem, legacy: &SideAnswer, governed: &SideAnswer) -> Judgement {
        let judgement = self.with_request(item, legacy, |request, settings| {
            compare::judge_answers(request, [legacy, governed].map(answer), settings)
        });
        self.laid_to_data(item, judgement)
    }

    fn judge_noise(&self, item: &PlanItem, first: Judgement, asked: AskedTwice<'_>) -> Judgement {
        let AskedTwice { legacy, again, governed } = asked;
        self.with_request(item, legacy, |request, settings| {
            compare::judge_noise(request, first, [legacy, again, governed].map(answer), settings)
        })
    }

    fn judge_ties(&self, item: &PlanItem, first: Judgement, asked: AskedWider<'_>) -> Judgement {
        let AskedWider { cut, wide, wider } = asked;
        let [legacy, _] = cut;
        let judgement = self.with_request(item, legacy, |request, settings| {
            let answers = WideAnswers { cut: cut.map(answer), wide: wide.map(answer), wider };
            compare::judge_ties(request, first, answers, settings)
        });
        self.laid_to_data(item, judgement)
    }
}

impl Rejudge for Comparer {
    /// The catalog is not at hand, but its key is in the verdict.
    fn judge_of(&self, recorded: &Judgement) -> Box<dyn Judge + '_> {
        let key = recorded.differences.key.as_ref();
        let key = key.filter(|key| key.origin == KeyOrigin::Declared);
        let keys = key.map_or(Keys::Unknown, |key| Keys::Recorded(key.columns.clone()));
        Box::new(Self { keys, ..self.clone() })
    }

    fn stands(&self, item: &ItemReport, recorded: &Judgement) -> bool {
        let columns = [&item.legacy, &item.governed].map(|outcome| match outcome {
            Some(Outcome { result: OutcomeResult::Rows { columns, .. }, .. }) => {
                Some(columns.as_slice())
            }
            _ => None,
        });
        self.is_same || compare::stands(recorded, columns, &self.settings)
    }

    fn open(&self, result: &Path) -> Result<Box<dyn Rows>, RowsError> {
        let format = Some(files::Format::Arrow);
        files::open(result, &files::Options { format, ..files::Options::default() })
    }
}

fn unknown(reason: String) -> Judgement {
    let verdict = Verdict::Inconclusive { reason };
    Judgement { verdict, differences: Differences::default() }
}

/// The tolerances that the approximate rules of a translation name, for this statement alone and
/// the columns that they reach. The ledger shows the rule as the reason.
fn needed(item: &PlanItem) -> Vec<Tolerance> {
    let Disposition::Run { rules, .. } = &item.disposition else { return Vec::new() };
    let mut all = Vec::new();
    for rule in rules {
        let Some(caveat) = rule.caveat else { continue };
        let columns: Vec<Option<String>> = match &rule.columns {
            Some(columns) => columns.iter().cloned().map(Some).collect(),
            None => vec![None],
        };
        for kind in caveat.tolerances() {
            for column in &columns {
                all.push(Tolerance {
                    kind: kind.clone(),
                    scope: Scope {
                        statement: Some(item.statement.clone()),
                        column: column.clone(),
                        ..Scope::default()
                    },
                    reason: format!("{}, {}: {caveat}", rule.code, rule.name),
                });
            }
        }
    }
    all
}

/// An answer as the comparer takes it.
pub(crate) fn answer(answer: &SideAnswer) -> Answer<'_> {
    match answer {
        SideAnswer::Rows(answer) => Answer::Rows(answer.rows.as_ref()),
        SideAnswer::Failed(failure) => Answer::Failed(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AppliedRule, Caveat, Dialect, Fidelity, SideStatement, Statement, ToleranceKind};

    fn item(columns: Option<Vec<String>>, caveat: Option<Caveat>) -> PlanItem {
        let side = SideStatement { dialect: Dialect::Postgres, sql: "SELECT 1".to_owned() };
        let rule = AppliedRule {
            code: "TR0121".to_owned(),
            name: "average".to_owned(),
            times: 1,
            fidelity: Fidelity::Approximate,
            spans: Vec::new(),
            caveat,
            columns,
        };
        let statement = Statement::new("s-7", ("s", 1), Dialect::Postgres, "SELECT 1");
        let disposition = Disposition::Run {
            legacy: side.clone(),
            governed: side,
            translated: "SELECT 1".to_owned(),
            rules: vec![rule],
            fidelity: Fidelity::Approximate,
        };
        PlanItem::of(0, &statement, "f", None, disposition)
    }

    #[test]
    fn a_tolerance_holds_for_the_statement_and_the_columns_that_are_reached() {
        let caveat = Caveat::FloatRounding { digits: 9, zero: 12 };
        let all = needed(&item(Some(vec!["a".to_owned()]), Some(caveat)));
        let kinds: Vec<&str> = all.iter().map(|t| t.kind.code()).collect();
        assert_eq!(kinds, ["TL0002", "TL0001"]);
        assert!(matches!(all[0].kind, ToleranceKind::FloatRelative { max } if max < 2e-9));
        for tolerance in &all {
            assert_eq!(tolerance.scope.statement.as_deref(), Some("s-7"));
            assert_eq!(tolerance.scope.column.as_deref(), Some("a"));
            assert!(tolerance.reason.starts_with("TR0121, average: "), "{}", tolerance.reason);
        }
        assert_eq!(needed(&item(None, Some(caveat)))[0].scope.column, None);
        assert!(needed(&item(None, Some(Caveat::Halves))).is_empty());
        assert!(needed(&item(None, None)).is_empty());
    }
}
