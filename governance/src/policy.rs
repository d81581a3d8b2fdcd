//! What a principal may do and see. The pipeline asks; a policy answers with the rule that decided.

pub mod allow_all;
pub mod allow_principals;

pub use allow_all::AllowAll;
pub use allow_principals::AllowPrincipals;

use model::{Digest, StatementKind};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a principal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// One statement.
    Query,
    /// The list of tables.
    Catalog,
    /// A set-up script. Always refused: it has no governed path.
    Script,
    /// A bulk load. Always refused: it has no governed path.
    Load,
}

impl Action {
    /// The name used in messages and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Catalog => "catalog",
            Self::Script => "script",
            Self::Load => "load",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One question to a policy.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who asks; absent for a session without a user.
    pub principal: Option<&'a str>,
    /// For what.
    pub action: Action,
    /// What the statement does; absent where there is no statement.
    pub kind: Option<StatementKind>,
    /// The tables that it names, normalised, sorted, without duplicates.
    pub tables: &'a [String],
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allow {
        /// The rule that decided.
        by: String,
    },
    /// No.
    Deny {
        /// Code of the rule that decided; it has a page.
        rule: &'static str,
        /// Why, for people; lower case, without row data.
        reason: String,
    },
}

/// Something that a policy hides from a principal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hidden {
    /// The table.
    pub table: String,
    /// A column whose values are hidden; absent where it is rows that are hidden.
    pub column: Option<String>,
}

/// A policy. It does not change while it is in force; a new one is a new object with a new digest.
pub trait Policy: Send + Sync + fmt::Debug {
    /// Name as people read it.
    fn name(&self) -> &str;

    /// Digest of everything that can change an answer.
    fn digest(&self) -> Digest;

    /// May it be done?
    fn decide(&self, question: &Question<'_>) -> Decision;

    /// What the policy hides of `tables` from `principal`.
    fn hidden(&self, principal: Option<&str>, tables: &[String]) -> Vec<Hidden>;

    /// True when [`Policy::hidden`] is empty for every principal and every table. Only then may an
    /// engine's message be passed on, since it can quote values.
    fn hides_nothing(&self) -> bool;
}
