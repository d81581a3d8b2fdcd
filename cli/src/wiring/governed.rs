//! The governance pipeline around an engine.

use crate::{config::GovernanceConfig, error::CliError, output};
use engines::Engine;
use governance::{
    AuditLog, Governed, GovernedSettings, Ledger, Quotas,
    audit::{AuditError, Repair},
};
use model::catalog::CatalogTable;
use replay::Spending;
use sql::SourceSettings;
use std::{path::Path, sync::Arc};

/// Puts `engine` behind the pipeline: everybody may do everything within the quotas, and every
/// attempt is written to the audit log in `audit`. What that log says was spent this month counts.
/// Gives what it charges, too.
pub(crate) fn govern(
    engine: Arc<dyn Engine>,
    catalog: &[CatalogTable],
    source: &SourceSettings,
    config: &GovernanceConfig,
    audit: &Path,
) -> Result<(Governed, Arc<dyn Spending>), CliError> {
    if let Some(folder) = audit.parent() {
        std::fs::create_dir_all(folder).map_err(|error| {
            CliError::unreachable(format!(
                "the folder `{}` for the audit log could not be made: {error}",
                folder.display()
            ))
        })?;
    }
    let ledger = Ledger::new(Quotas { default: config.limits(), ..Quotas::default() });
    let opened = AuditLog::open_each(audit, config.durability.into(), |record| {
        ledger.restore(record.principal.as_deref(), record.time, record.credits_milli);
    });
    let (log, opened) = opened.map_err(|error| match error {
        AuditError::InUse { .. } => CliError::unreachable(error).hint(
            "another run writes to it; wait for that, or name another file in `governance.audit`",
        ),
        AuditError::Broken { .. } => CliError::unreachable(error)
            .hint(format!("`gnomon audit verify {}` says more", audit.display())),
        other => CliError::unreachable(other),
    })?;
    match opened.repair {
        Some(Repair::Completed { sequence }) => output::note(format!(
            "note: record {sequence} of the audit log lacked its line end, which was added"
        )),
        Some(Repair::Cut { bytes, .. }) => output::note(format!(
            "note: a half-written record ({bytes} bytes) was cut off the audit log"
        )),
        None => {}
    }
    let mut settings = GovernedSettings::new(catalog.to_vec(), source.clone(), log);
    settings.ledger = Arc::clone(&ledger);
    settings.literals = config.literals.into();
    settings.engine_messages = config.engine_messages.into();
    let governed = Governed::new(engine, settings).map_err(CliError::usage)?;
    Ok((governed, Arc::new(Charged(ledger))))
}

/// What the pipeline charged since the run was started.
#[derive(Debug)]
struct Charged(Arc<Ledger>);

impl Spending for Charged {
    fn credits_milli(&self) -> u64 {
        self.0.settled().milli()
    }
}
