//! Does a translation bind on the engine that it is for? Asked before anything is run.

use crate::error::CliError;
use engines::{Engine, Request, Session, SessionSettings};
use model::{Bind, Diagnostic, Dialect, Disposition, Failure, FailureClass, Plan, SkipReason};
use std::{collections::BTreeMap, sync::Arc};

/// Classes of conditions that say that a statement can never run: syntax or names, a feature, a
/// catalog or a schema, a fault inside. A value that does not fit is found by running it.
const UNBOUND: [&str; 5] = ["42", "0A", "3D", "3F", "XX"];

/// Asks an engine about translations.
pub(crate) struct BindCheck {
    session: Box<dyn Session>,
    dialect: Dialect,
}

impl BindCheck {
    /// Opens a session that only reads.
    pub(crate) async fn open(
        engine: &Arc<dyn Engine>,
        settings: &SessionSettings,
    ) -> Result<Self, CliError> {
        let settings = SessionSettings { read_only: true, ..settings.clone() };
        let session = engine.open(&settings).await.map_err(|failure| unreachable(&failure))?;
        Ok(Self { session, dialect: engine.dialect() })
    }

    /// The finding about a translation that does not bind.
    pub(crate) async fn refused(
        &mut self,
        sql: &str,
        binds: &[Bind],
    ) -> Result<Option<Diagnostic>, CliError> {
        let request = Request::bound(sql, self.dialect, binds.to_vec());
        match self.session.check(&request).await {
            Ok(()) => Ok(None),
            Err(failure) if failure.class == FailureClass::Statement => {
                let unbound = UNBOUND.contains(&failure.sqlstate.class());
                Ok(unbound.then(|| self.finding(sql, &failure)))
            }
            Err(failure) => Err(unreachable(&failure)),
        }
    }

    fn finding(&self, sql: &str, failure: &Failure) -> Diagnostic {
        let message =
            format!("{} does not bind the translation: {}", self.dialect, failure.message);
        Diagnostic::error(transpiler::DOES_NOT_BIND, message, None)
            .with_hint(format!("the translation was: {sql}"))
    }
}

/// Skips the statements of a plan whose translation does not bind on the governed engine.
pub(crate) async fn of_plan(
    plan: &mut Plan,
    engine: &Arc<dyn Engine>,
    settings: &SessionSettings,
) -> Result<(), CliError> {
    let mut check = BindCheck::open(engine, settings).await?;
    // Captured workloads repeat themselves.
    let mut known: BTreeMap<(String, Vec<u32>), Option<Diagnostic>> = BTreeMap::new();
    for item in &mut plan.items {
        let Disposition::Run { translated, .. } = &item.disposition else { continue };
        let types = item.binds.iter().map(|bind| bind.type_oid).collect();
        let key = (translated.clone(), types);
        let found = if let Some(found) = known.get(&key) {
            found.clone()
        } else {
            let found = check.refused(translated, &item.binds).await?;
            known.insert(key, found.clone());
            found
        };
        if let Some(diagnostic) = found {
            let diagnostics = vec![diagnostic];
            item.disposition = Disposition::Skip { reason: SkipReason::Refused { diagnostics } };
        }
    }
    Ok(())
}

fn unreachable(failure: &Failure) -> CliError {
    CliError::unreachable(format!("the engine that translations are bound on: {failure}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engines::duckdb::DuckDb;
    use model::{Digest, Fidelity, PlanItem, SideStatement, Statement};

    fn item(index: u64, translated: &str) -> PlanItem {
        let side = SideStatement { dialect: Dialect::Postgres, sql: "SELECT 1".to_owned() };
        let statement =
            Statement::new(format!("s-{index}"), ("s", index), Dialect::Postgres, "SELECT 1");
        let disposition = Disposition::Run {
            legacy: side.clone(),
            governed: side,
            translated: translated.to_owned(),
            rules: Vec::new(),
            fidelity: Fidelity::Exact,
        };
        PlanItem::of(index, &statement, "f", None, disposition)
    }

    #[tokio::test]
    async fn what_does_not_bind_is_refused_and_a_value_that_does_not_fit_is_not() {
        let engine: Arc<dyn Engine> = Arc::new(DuckDb::in_memory().unwrap());
        let texts = [
            "SELECT 1 AS a",
            "SELECT b FROM (SELECT 1 AS a) AS t",
            "SELECT nope(1)",
            "SELECT error('22012: division by zero')",
            "SELECT FROM WHERE",
            "SELECT b FROM (SELECT 1 AS a) AS t",
        ];
        let items = (0..).zip(texts).map(|(index, text)| item(index, text)).collect();
        let mut plan = Plan { workload: Digest::of_bytes(b"w"), items };
        of_plan(&mut plan, &engine, &SessionSettings::default()).await.unwrap();
        let refused: Vec<Option<&Diagnostic>> = plan
            .items
            .iter()
            .map(|item| match &item.disposition {
                Disposition::Skip { reason: SkipReason::Refused { diagnostics } } => {
                    diagnostics.first()
                }
                _ => None,
            })
            .collect();
        let codes: Vec<bool> = refused.iter().map(Option::is_some).collect();
        assert_eq!(codes, [false, true, true, false, true, true]);
        let finding = refused[1].unwrap();
        assert_eq!(finding.code, transpiler::DOES_NOT_BIND);
        assert!(finding.message.contains("duckdb") && finding.message.contains('b'));
        assert!(finding.hint.as_ref().unwrap().contains("SELECT b FROM"), "{finding:?}");
    }
}
