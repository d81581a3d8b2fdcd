//! `gnomon.toml`: what a replay job is given. Everything unknown is an error with a suggestion.
//!
//! The structs here are the schema that `gnomon run --print-schema` prints; their documentation is
//! the documentation of the keys. Relative paths are relative to the configuration's folder.

mod catalog;
mod checks;
mod gate;
mod governance;
mod legacy;
mod limits;
mod load;
mod password_command;
mod replay;
mod reports;
mod secret;
mod session;
mod source;
mod spec;
mod store;
mod tolerance;
pub(crate) mod tolerance_file;
mod workload;

pub(crate) use governance::GovernanceConfig;
pub(crate) use load::{Loaded, load};
#[cfg(test)]
pub(crate) use spec::Secret;
pub(crate) use spec::{EngineSpec, FileFormat, ServerSpec, TableFile, Transpile};

use catalog::CatalogConfig;
use gate::GateConfig;
use legacy::{GovernedConfig, LegacyConfig};
use limits::LimitsConfig;
use replay::ReplayConfig;
use reports::ReportsConfig;
use schemars::JsonSchema;
use serde::Deserialize;
use session::SessionConfig;
use store::StoreConfig;
use tolerance::ToleranceConfig;
use workload::WorkloadConfig;
pub(crate) use workload::WorkloadSource;

/// A replay job of gnomon: what is replayed, on which engines, what is accepted, what is written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "gnomon.toml")]
pub(crate) struct Config {
    /// The captured statements.
    pub(crate) workload: WorkloadConfig,
    /// The warehouse that the company moves away from: its answers are the reference.
    pub(crate) legacy: LegacyConfig,
    /// The new engine behind the governance pipeline.
    pub(crate) governed: GovernedConfig,
    /// The tables and their types, which translating needs.
    #[serde(default)]
    pub(crate) catalog: CatalogConfig,
    /// Settings of the sessions on both sides.
    #[serde(default)]
    pub(crate) session: SessionConfig,
    /// Bounds of time, memory and repetition.
    #[serde(default)]
    pub(crate) limits: LimitsConfig,
    /// How statements are replayed.
    #[serde(default)]
    pub(crate) replay: ReplayConfig,
    /// Differences that the team accepts, each with its reason.
    #[serde(default)]
    pub(crate) tolerances: Vec<ToleranceConfig>,
    /// When the exit code is 0.
    #[serde(default)]
    pub(crate) gate: GateConfig,
    /// Where runs are recorded.
    #[serde(default)]
    pub(crate) store: StoreConfig,
    /// Files that are written once the run is over.
    #[serde(default)]
    pub(crate) reports: ReportsConfig,
    /// Audit log and quotas of the governed side.
    #[serde(default)]
    pub(crate) governance: GovernanceConfig,
}

/// The JSON schema of `gnomon.toml`, with a line end at the end.
pub(crate) fn schema() -> String {
    let schema = schemars::schema_for!(Config);
    format!("{:#}\n", schema.as_value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_documents_every_key() {
        let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
        let mut objects = vec![&schema];
        objects.extend(schema["$defs"].as_object().unwrap().values());
        let mut keys = 0;
        for object in objects {
            let Some(properties) = object["properties"].as_object() else { continue };
            assert_eq!(object["additionalProperties"], false, "{object:#}");
            for (name, property) in properties {
                assert!(property["description"].is_string(), "`{name}` has no documentation");
                keys += 1;
            }
        }
        assert!(keys > 40, "{keys}");
    }
}
