//! Why tolerances cannot be meant.

/// A tolerance that cannot be meant. Positions count from 1 in the order given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// More than are looked at.
    #[error("there are {count} tolerances; the limit is {max}")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// Every tolerance says why it is accepted.
    #[error("tolerance {position} ({code}) has no reason; say in `reason` why the team accepts it")]
    NoReason {
        /// Which tolerance.
        position: usize,
        /// Its code.
        code: &'static str,
    },
    /// An empty name fits nothing.
    #[error(
        "tolerance {position} ({code}) has an empty `{part}` in its scope; name one or leave it out"
    )]
    EmptyScope {
        /// Which tolerance.
        position: usize,
        /// Its code.
        code: &'static str,
        /// The part of the scope.
        part: &'static str,
    },
    /// A limit outside its range.
    #[error("tolerance {position} ({code}): {problem}")]
    Limit {
        /// Which tolerance.
        position: usize,
        /// Its code.
        code: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Two tolerances of one kind for one scope: which of them is meant?
    #[error(
        "tolerances {first} and {position} are both {code} for the same scope; keep one of them"
    )]
    Duplicate {
        /// The first of the two.
        first: usize,
        /// The second.
        position: usize,
        /// Their code.
        code: &'static str,
    },
    /// Another tolerance of its kind holds wherever it does and accepts as much.
    #[error(
        "tolerance {position} ({code}) changes nothing: tolerance {by} holds wherever it does and accepts as much, and tolerances add up; narrow the scope of tolerance {by} or take one of them out"
    )]
    Covered {
        /// Which tolerance.
        position: usize,
        /// The one that makes it pointless.
        by: usize,
        /// Their code.
        code: &'static str,
    },
    /// Two tolerances that cannot both be true of the same values.
    #[error(
        "tolerances {first} and {position} ({code}) read the same values in different ways; narrow their scopes until no value is in both"
    )]
    Contradiction {
        /// The first of the two.
        first: usize,
        /// The second.
        position: usize,
        /// Their code.
        code: &'static str,
    },
    /// The scope names a type that there is not.
    #[error(
        "tolerance {position} ({code}) holds for the type `{name}`, which is unknown; known are `{known}`"
    )]
    UnknownType {
        /// Which tolerance.
        position: usize,
        /// Its code.
        code: &'static str,
        /// The name as given.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// The scope names a type that the rule says nothing about.
    #[error(
        "tolerance {position} ({code}) holds for the type `{name}`, of which `{kind}` says nothing; it would excuse nothing"
    )]
    TypeForNothing {
        /// Which tolerance.
        position: usize,
        /// Its code.
        code: &'static str,
        /// Its kind as configurations name it.
        kind: &'static str,
        /// The type.
        name: String,
    },
    /// The scope names a table, or a column of one, that the catalog does not have.
    #[error(
        "tolerance {position} ({code}) holds for {wanted}, which the catalog does not have; there are {known}"
    )]
    UnknownTable {
        /// Which tolerance.
        position: usize,
        /// Its code.
        code: &'static str,
        /// What the scope names.
        wanted: String,
        /// The tables, or the columns of the table, that there are.
        known: String,
    },
    /// The scope names a column that is not compared.
    #[error(
        "tolerance {position} ({code}) holds for {wanted}, which is not compared; there are {known}"
    )]
    UnknownColumn {
        /// Which tolerance.
        position: usize,
        /// Its code.
        code: &'static str,
        /// The column as the scope names it.
        wanted: String,
        /// The columns that there are.
        known: String,
    },
    /// The columns that the scope names are of types that the rule says nothing about.
    #[error(
        "tolerance {position} ({code}): column `{column}` is {types}, of which `{kind}` says nothing{hint}"
    )]
    ColumnForNothing {
        /// Which tolerance.
        position: usize,
        /// Its code.
        code: &'static str,
        /// Its kind as configurations name it.
        kind: &'static str,
        /// The column.
        column: String,
        /// Its types on the two sides.
        types: String,
        /// What may be meant instead, or nothing.
        hint: &'static str,
    },
    /// The scope names a statement, where there is no such thing.
    #[error(
        "tolerance {position} ({code}) has a `{part}` in its scope, and nothing that is compared here has one; take it out"
    )]
    NoStatement {
        /// Which tolerance.
        position: usize,
        /// Its code.
        code: &'static str,
        /// The part of the scope.
        part: &'static str,
    },
    /// The scope names another query than the one whose answers are compared.
    #[error(
        "tolerance {position} ({code}) holds for the fingerprint `{wanted}`, that of the query is `{of_query}`; it would excuse nothing"
    )]
    OtherQuery {
        /// Which tolerance.
        position: usize,
        /// Its code.
        code: &'static str,
        /// The fingerprint that the scope names.
        wanted: String,
        /// That of the query.
        of_query: String,
    },
}

impl SettingsError {
    /// Which tolerance it is about, from 1 in the order given.
    pub fn position(&self) -> usize {
        match self {
            Self::TooMany { max, .. } => max + 1,
            Self::NoReason { position, .. }
            | Self::EmptyScope { position, .. }
            | Self::Limit { position, .. }
            | Self::Duplicate { position, .. }
            | Self::Covered { position, .. }
            | Self::Contradiction { position, .. }
            | Self::UnknownType { position, .. }
            | Self::TypeForNothing { position, .. }
            | Self::UnknownColumn { position, .. }
            | Self::UnknownTable { position, .. }
            | Self::ColumnForNothing { position, .. }
            | Self::NoStatement { position, .. }
            | Self::OtherQuery { position, .. } => *position,
        }
    }
}
