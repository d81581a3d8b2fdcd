//! What a governed engine goes by.

use crate::{
    audit::{AuditLog, Literals},
    clock::{Clock, SystemClock},
    ids::IdSource,
    policy::{AllowAll, Policy},
    prices::PriceList,
    quota::{Ledger, Quotas},
    stages::transpile::Translator,
};
use model::{Dialect, catalog::CatalogTable};
use serde::{Deserialize, Serialize};
use sql::SourceSettings;
use std::sync::Arc;

/// Bytes of Arrow memory that one result may have by default: 1 GiB.
pub const RESULT_BYTES_MAX: usize = 1 << 30;

/// What becomes of an engine's own message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineMessages {
    /// Replaced by one that tells the SQLSTATE only, because engines quote values.
    #[default]
    Replace,
    /// Passed on, for those who mend statements. Allowed only where the policy hides nothing.
    Pass,
}

/// What a governed engine goes by.
#[derive(Debug)]
pub struct GovernedSettings {
    /// The tables, with types spelled in the dialect of [`GovernedSettings::source`].
    pub catalog: Vec<CatalogTable>,
    /// The dialect that statements are translated from, and the settings of the system that they
    /// were written for. Statements in the engine's own dialect pass as they are.
    pub source: SourceSettings,
    /// Who may do and see what.
    pub policy: Arc<dyn Policy>,
    /// The quotas and what is spent of them. Share one among engines that spend the same quota.
    pub ledger: Arc<Ledger>,
    /// What statements cost.
    pub prices: PriceList,
    /// Where every attempt is written down.
    pub audit: Arc<AuditLog>,
    /// What becomes of string literals in the audit log.
    pub literals: Literals,
    /// What becomes of an engine's own message.
    pub engine_messages: EngineMessages,
    /// Bytes of Arrow memory that one result may have; a result is complete before it leaves.
    pub result_bytes_max: usize,
    /// The clock of quota periods and audit records.
    pub clock: Arc<dyn Clock>,
    /// Ids of sessions and requests.
    pub ids: IdSource,
}

impl GovernedSettings {
    /// Everybody may do everything without limit, at the default prices, written to `audit`; and
    /// engines' messages are replaced.
    pub fn new(
        catalog: Vec<CatalogTable>,
        source: impl Into<SourceSettings>,
        audit: Arc<AuditLog>,
    ) -> Self {
        Self {
            catalog,
            source: source.into(),
            policy: Arc::new(AllowAll),
            ledger: Ledger::new(Quotas::default()),
            prices: PriceList::default(),
            audit,
            literals: Literals::default(),
            engine_messages: EngineMessages::default(),
            result_bytes_max: RESULT_BYTES_MAX,
            clock: Arc::new(SystemClock),
            ids: IdSource::random(),
        }
    }
}

/// Settings that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Messages would show what the policy hides.
    #[error(
        "`engine_messages` is `pass`, but the policy `{policy}` hides values, and engines quote \
         values in their messages; set it to `replace`"
    )]
    MessagesQuoteHidden {
        /// Name of the policy.
        policy: String,
    },
}

/// The settings at work.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) policy: Arc<dyn Policy>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) prices: PriceList,
    pub(crate) audit: Arc<AuditLog>,
    pub(crate) literals: Literals,
    pub(crate) engine_messages: EngineMessages,
    pub(crate) result_bytes_max: usize,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: IdSource,
    pub(crate) translator: Translator,
}

impl Desk {
    pub(crate) fn new(settings: GovernedSettings, engine: Dialect) -> Result<Self, SettingsError> {
        let GovernedSettings {
            catalog,
            source,
            policy,
            ledger,
            prices,
            audit,
            literals,
            engine_messages,
            result_bytes_max,
            clock,
            ids,
        } = settings;
        if engine_messages == EngineMessages::Pass && !policy.hides_nothing() {
            return Err(SettingsError::MessagesQuoteHidden { policy: policy.name().to_owned() });
        }
        let translator = Translator::new(source, engine, &catalog);
        Ok(Self {
            policy,
            ledger,
            prices,
            audit,
            literals,
            engine_messages,
            result_bytes_max,
            clock,
            ids,
            translator,
        })
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) session: String,
    pub(crate) principal: Option<String>,
    /// Is everything that is changed now going to be undone?
    pub(crate) rolls_back: bool,
}
