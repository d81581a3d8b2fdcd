//! `[session]`.

use engines::SessionSettings;
use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of the sessions on both sides.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SessionConfig {
    /// Time zone, as IANA names it.
    pub(crate) time_zone: String,
    /// Schemas searched for unqualified names on the legacy side; empty keeps the engine's default.
    pub(crate) search_path: Vec<String>,
    /// The same for the governed side, where the tables may lie elsewhere.
    pub(crate) governed_search_path: Vec<String>,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            time_zone: "UTC".to_owned(),
            search_path: Vec::new(),
            governed_search_path: Vec::new(),
        }
    }
}

impl SessionConfig {
    /// Settings of the legacy sessions.
    pub(crate) fn legacy(&self) -> SessionSettings {
        self.settings(&self.search_path)
    }

    /// Settings of the governed sessions.
    pub(crate) fn governed(&self) -> SessionSettings {
        self.settings(&self.governed_search_path)
    }

    fn settings(&self, search_path: &[String]) -> SessionSettings {
        SessionSettings {
            time_zone: self.time_zone.clone(),
            search_path: search_path.to_vec(),
            ..SessionSettings::default()
        }
    }
}
