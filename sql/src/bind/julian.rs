//! Dates of the Julian calendar: before 15 October 1582 Oracle counts days by it, the core by that of today. A
//! constant such as `DATE '0001-01-01'` is the same date in both; what is counted from it is refused.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/cncpt/tables-and-table-clusters.html>

use super::{Binder, Bound};
use crate::{
    dialects::Definition,
    tree::{Expr, ExprKind, Literal},
};

/// The first day that both calendars agree on.
const FIRST: &str = "1582-10-15";

/// What counts days.
const COUNTS: [&str; 8] =
    ["+", "-", "add_months", "last_day", "months_between", "next_day", "round", "to_char"];

impl Binder<'_> {
    /// Refuses to count from a constant of that calendar.
    pub(super) fn no_julian_days(&self, definition: &Definition, args: &[Expr]) -> Bound<()> {
        if self.speaks_core() || !self.spec.traits().julian_calendar {
            return Ok(());
        }
        let early = |arg: &&Expr| match &arg.kind {
            ExprKind::Literal(Literal::Typed(text)) => {
                arg.ty.is_date_or_timestamp() && text.as_str() < FIRST
            }
            _ => false,
        };
        match args.iter().find(early) {
            Some(date) if COUNTS.contains(&definition.called()) => {
                self.unsupported("counting days of the Julian calendar", date.span)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse, tables_of_ddl};
    use model::Dialect;

    #[test]
    fn days_are_not_counted_from_early_constants() {
        let tables = tables_of_ddl("CREATE TABLE t (d DATE)", Dialect::Oracle).unwrap();
        let catalog = Catalog::of(Dialect::Oracle, &tables);
        let binds = |text: &str| parse(text, Dialect::Oracle).unwrap().bind(&catalog, &[]).is_ok();
        for text in [
            "SELECT d - DATE '0001-01-01' FROM t",
            "SELECT LAST_DAY(DATE '1500-02-10') FROM t",
            "SELECT TO_CHAR(TO_DATE('0001-01-01', 'YYYY-MM-DD'), 'D') FROM t",
        ] {
            assert!(!binds(text), "{text}");
        }
        for text in [
            "SELECT NVL(d, DATE '0001-01-01') FROM t WHERE d > DATE '0001-01-01'",
            "SELECT d - DATE '1582-10-15' FROM t",
        ] {
            assert!(binds(text), "{text}");
        }
    }
}
