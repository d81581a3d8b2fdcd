//! Differences that only one or two dialects have.

use super::spec::Spec;
use model::Dialect;

impl Spec {
    /// The schema of a table that is named without one.
    pub(crate) const fn default_schema(&self) -> Option<&'static str> {
        match self.source.dialect {
            Dialect::TSql => Some("dbo"),
            _ => None,
        }
    }

    /// Is a common table expression recursive as soon as it names itself?
    pub(crate) const fn recursion_unmarked(&self) -> bool {
        matches!(self.source.dialect, Dialect::TSql | Dialect::Oracle)
    }

    /// Is `'20240229'` a date?
    pub(crate) const fn compact_dates(&self) -> bool {
        matches!(self.source.dialect, Dialect::TSql)
    }

    /// Is an integer constant beyond 32 bits a decimal?
    pub(crate) const fn long_integers_are_decimals(&self) -> bool {
        matches!(self.source.dialect, Dialect::TSql)
    }

    /// Do the digits of a quotient depend on how the server reads an integer constant, and on
    /// whether a decimal is money?
    pub(crate) const fn open_quotients(&self) -> bool {
        matches!(self.source.dialect, Dialect::TSql)
    }

    /// Do table hints change no result?
    pub(crate) const fn table_hints(&self) -> bool {
        matches!(self.source.dialect, Dialect::TSql)
    }
}
