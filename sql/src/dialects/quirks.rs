//! Differences that only one or two dialects have.

use super::spec::Spec;
use crate::tree::SampleMethod;
use model::Dialect;

/// How a dialect means a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sampling {
    /// What a number without a unit says.
    pub(crate) number: SampleNumber,
    /// How rows are taken where the text does not say.
    pub(crate) default: SampleMethod,
    /// Is the sample taken of the result of a SELECT rather than of a table?
    pub(crate) of_result: bool,
}

/// What the size of a sample means without a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SampleNumber {
    /// Percent of the rows.
    Percent,
    /// Below one a part of the rows, else so many rows.
    Fraction,
    /// The dialect has no samples that are known here.
    Unknown,
}

impl Spec {
    /// How `TABLESAMPLE` and `SAMPLE` are meant.
    pub(crate) const fn sampling(&self) -> Sampling {
        let (number, default) = match self.source.dialect {
            // `SAMPLE 0.1` is a tenth, `SAMPLE 100` are rows.
            Dialect::Teradata => (SampleNumber::Fraction, SampleMethod::Rows),
            // Its number depends on the sampling key of the table.
            Dialect::ClickHouse | Dialect::MySql | Dialect::Redshift => {
                (SampleNumber::Unknown, SampleMethod::Rows)
            }
            Dialect::TSql => (SampleNumber::Percent, SampleMethod::Blocks),
            _ => (SampleNumber::Percent, SampleMethod::Rows),
        };
        Sampling { number, default, of_result: matches!(self.source.dialect, Dialect::Teradata) }
    }

    /// Functions that are called without parentheses, where no column has their name.
    pub(crate) const fn bare_calls(&self) -> &'static [&'static str] {
        match self.source.dialect {
            Dialect::Oracle => &["sysdate", "systimestamp", "user", "rownum", "dbms_random.value"],
            Dialect::Redshift => &["sysdate"],
            Dialect::Teradata => &["date", "time", "user"],
            _ => &[],
        }
    }

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

    /// Is the day of a month kept when months are added, even where the month has no such day?
    pub(crate) const fn strict_months(&self) -> bool {
        matches!(self.source.dialect, Dialect::Oracle)
    }

    /// Are two text constants compared without the blanks at their ends?
    pub(crate) const fn constants_are_padded(&self) -> bool {
        matches!(self.source.dialect, Dialect::Oracle)
    }

    /// Is a date format of one letter no token, but the name of another format?
    pub(crate) const fn letters_name_formats(&self) -> bool {
        matches!(self.source.dialect, Dialect::TSql)
    }

    /// Is a constant of hexadecimal digits bytes?
    pub(crate) const fn has_hex_bytes(&self) -> bool {
        matches!(
            self.source.dialect,
            Dialect::BigQuery | Dialect::Spark | Dialect::MySql | Dialect::TSql
        )
    }

    /// Do functions see the blanks at the end of padded text?
    pub(crate) const fn keeps_blanks(&self) -> bool {
        matches!(self.source.dialect, Dialect::Oracle)
    }

    /// Does `FM` in a date format hold for all that follows it?
    pub(crate) const fn fill_mode_holds(&self) -> bool {
        matches!(self.source.dialect, Dialect::Oracle)
    }

    /// Is a text without characters NULL?
    pub(crate) const fn empty_text_is_null(&self) -> bool {
        matches!(self.source.dialect, Dialect::Oracle)
    }

    /// The table of one row that stands where a SELECT needs no table.
    pub(crate) const fn one_row_table(&self) -> Option<&'static str> {
        match self.source.dialect {
            Dialect::Oracle | Dialect::MySql => Some("dual"),
            _ => None,
        }
    }

    /// Does a cast that is tried give NULL for a constant that is no value of the type in any form?
    pub(crate) const fn tries_constants(&self) -> bool {
        matches!(self.source.dialect, Dialect::TSql | Dialect::Spark)
    }

    /// Is a statement an error for a constant that is no value of the type it is converted to? Others
    /// give NULL, zero or a warning, or say nothing of it.
    pub(crate) const fn raises_for_constants(&self) -> bool {
        matches!(
            self.source.dialect,
            Dialect::Postgres
                | Dialect::Redshift
                | Dialect::Snowflake
                | Dialect::BigQuery
                | Dialect::Spark
                | Dialect::Trino
                | Dialect::TSql
        )
    }

    /// Is the text `4.5` an integer, rounded?
    pub(crate) const fn rounds_constants(&self) -> bool {
        matches!(self.source.dialect, Dialect::Snowflake)
    }

    /// The name of the column that a function in FROM gives, where it is not the function's own.
    pub(crate) fn column_of(&self, function: &str) -> Option<&'static str> {
        match (self.source.dialect, function) {
            (Dialect::TSql, "string_split") => Some("value"),
            (Dialect::Spark, "range") => Some("id"),
            (Dialect::ClickHouse, "numbers") => Some("number"),
            _ => None,
        }
    }

    /// Are `tuple(…)` and `tupleElement(…)` about rows?
    pub(crate) const fn tuples(&self) -> bool {
        matches!(self.source.dialect, Dialect::ClickHouse)
    }

    /// The parameters of a function whose arguments can be named or left out, with the numbers that
    /// they are then.
    pub(crate) fn parameters(&self, function: &str) -> &'static [(&'static str, &'static str)] {
        match (self.source.dialect, function) {
            (Dialect::BigQuery, "make_interval") => &[
                ("year", "0"),
                ("month", "0"),
                ("day", "0"),
                ("hour", "0"),
                ("minute", "0"),
                ("second", "0"),
            ],
            _ => &[],
        }
    }

    /// Do points behind a column of JSON name its members?
    pub(crate) const fn points_into_json(&self) -> bool {
        matches!(self.source.dialect, Dialect::BigQuery)
    }

    /// Is what stands behind `->` always a constant?
    pub(crate) const fn arrows_take_constants(&self) -> bool {
        matches!(self.source.dialect, Dialect::MySql)
    }

    /// The name of a column of VALUES, counted from 0.
    pub(crate) fn values_column(&self, index: usize) -> String {
        match self.source.dialect {
            Dialect::MySql => format!("column_{index}"),
            Dialect::Spark => format!("col{}", index + 1),
            _ => format!("column{}", index + 1),
        }
    }

    /// Have patterns classes in brackets?
    pub(crate) const fn brackets(&self) -> bool {
        matches!(self.source.dialect, Dialect::TSql)
    }

    /// Do functions that look for a text inside another one follow the collation?
    pub(crate) const fn searches_fold(&self) -> bool {
        matches!(self.source.dialect, Dialect::TSql)
    }

    /// Do table hints change no result?
    pub(crate) const fn table_hints(&self) -> bool {
        matches!(self.source.dialect, Dialect::TSql)
    }
}
