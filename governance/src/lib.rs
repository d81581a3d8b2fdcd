//! Stage: takes a statement of a principal, gives the engine's complete answer or a structured
//! error, and in either case exactly one audit record. Never: lets a statement reach the engine
//! before policy check, cost estimate, quota check and row filter have passed, lets a partial
//! result leave, or stores a statement's raw text.
//!
//! [`Governed`] wraps any [`engines::Engine`] and is one itself. The order of the nine stages is on
//! one screen in the private module `pipeline`; it is enforced by types, since every stage consumes
//! what only the stage before it can make.
//!
//! What the audit chain proves, and what it does not, is told in [`audit`].

pub mod audit;
pub mod clock;
pub mod credits;
pub mod error;
mod governed;
pub mod ids;
mod pages;
mod pipeline;
pub mod policy;
pub mod prices;
pub mod quota;
mod settings;
mod stages;
#[cfg(test)]
mod testing;

pub use audit::{AuditLog, Durability, Literals};
pub use clock::{Clock, SystemClock};
pub use credits::Credits;
pub use error::{ErrorCode, GovernanceError, Stage};
pub use governed::{Answer, Governed, GovernedSession};
pub use ids::IdSource;
pub use pages::{Page, pages};
pub use policy::{AllowAll, AllowPrincipals, Policy};
pub use prices::PriceList;
pub use quota::{Ledger, Limits, Quotas};
pub use settings::{EngineMessages, GovernedSettings, RESULT_BYTES_MAX, SettingsError};
