//! How a dialect stores values: data, asked by the binder of statements that write. Sources: the
//! vendors' pages on INSERT, UPDATE, MERGE and CREATE TABLE; the cases in
//! `corpora/dialects/*/statements` name them.

use super::narrow::Columns;

/// What differs between dialects when values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of what dialects do")]
pub(crate) struct Writing {
    /// Which values become the type of their column by themselves.
    pub(crate) stored: Stored,
    /// What a constant in quotes becomes by itself.
    pub(crate) constants: Constants,
    /// Are decimals rounded half away from zero where they become whole numbers? Else a cast says.
    pub(crate) decimals_round: bool,
    /// Is `1.5` exact where a decimal is stored, although it is a float elsewhere?
    pub(crate) points_are_exact: bool,
    /// What is too long for a text column.
    pub(crate) texts: Texts,
    /// What PRIMARY KEY and UNIQUE do.
    pub(crate) keys: Keys,
    /// What an UPDATE does with a row that several rows of the other tables match.
    pub(crate) update_matches: Several,
    /// Is the written table the one of that name in FROM, whatever it is called there? Elsewhere it is joined
    /// with itself.
    pub(crate) target_is_in_from: bool,
    /// May several rows of the source delete one row, in a MERGE?
    pub(crate) deletes_repeat: bool,
    /// Does `SET a = 1, b = a` store 1 in `b`?
    pub(crate) set_in_order: bool,
    /// Is a table without MULTISET one whose rows may not repeat?
    pub(crate) tables_are_sets: bool,
    /// What IDENTITY does.
    pub(crate) identity: Identity,
    /// Is a table whose name begins with `#` one of the session?
    pub(crate) hash_is_temporary: bool,
    /// Are the rows of an `INSERT … VALUES` made one table first, as those of UNION ALL are?
    pub(crate) rows_are_united: bool,
    /// Is what a narrower column does not hold an error, and are the blanks of its texts added?
    pub(crate) narrows: bool,
    /// May a common table expression be written to?
    pub(crate) ctes_are_targets: bool,
    /// What columns hold less than their core type.
    pub(crate) columns: Columns,
}

/// What IDENTITY does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    /// It gives each row the next number, and the column takes no other.
    Always,
    /// It gives a row the next number where it has no value of its own.
    Default,
    /// It gives each row some number that no other row has.
    Unique,
    /// Nothing that is known here.
    Unknown,
}

/// Which values become the type of their column by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// By the assignment casts of PostgreSQL.
    Core,
    /// Those that a cast converts, in the same way; texts too where `texts` says so.
    Cast {
        /// Is a text read as another type?
        texts: bool,
    },
    /// Only what needs no cast in an expression either.
    Implicit,
    /// Only what is of the column's type.
    Same,
}

/// What a constant in quotes is read as by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Constants {
    /// Dates and times in the form of ISO 8601.
    pub(crate) dates: bool,
    /// Numbers.
    pub(crate) numbers: bool,
}

impl Constants {
    pub(crate) const NONE: Self = Self { dates: false, numbers: false };
    pub(crate) const ALL: Self = Self { dates: true, numbers: true };
    pub(crate) const DATES: Self = Self { dates: true, numbers: false };
    pub(crate) const NUMBERS: Self = Self { dates: false, numbers: true };
}

/// What is too long for a text column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Texts {
    /// Is the length counted in bytes?
    pub(crate) bytes: bool,
    /// What becomes of a longer text.
    pub(crate) longer: Longer,
}

/// What becomes of a text that is longer than its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Longer {
    /// An error, unless only blanks are too many: those are cut.
    BlanksCut,
    /// An error; also where a session may cut it, as one of Teradata does by its mode.
    Error,
}

/// What PRIMARY KEY and UNIQUE do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// A second row of the same key is an error.
    Enforced(UniqueNulls),
    /// Nothing, but a primary key is NOT NULL where `not_null` says so.
    Information {
        /// Is a primary key NOT NULL?
        not_null: bool,
    },
}

/// When two rows with NULL in a UNIQUE key are of the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UniqueNulls {
    /// Never.
    Distinct,
    /// When all columns that are not NULL are equal, and there is one.
    Partly,
    /// Always: NULL equals NULL.
    Equal,
}

/// What an UPDATE does with a row that several rows match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Several {
    /// It takes any one of them.
    Any,
    /// It raises an error.
    Error,
}

impl Writing {
    /// Those of PostgreSQL.
    pub(crate) const CORE: Self = Self {
        stored: Stored::Core,
        constants: Constants::ALL,
        decimals_round: false,
        points_are_exact: false,
        texts: Texts { bytes: false, longer: Longer::BlanksCut },
        keys: Keys::Enforced(UniqueNulls::Distinct),
        update_matches: Several::Any,
        target_is_in_from: false,
        deletes_repeat: false,
        set_in_order: false,
        tables_are_sets: false,
        identity: Identity::Unknown,
        hash_is_temporary: false,
        rows_are_united: false,
        narrows: false,
        ctes_are_targets: false,
        columns: Columns::CORE,
    };
}
