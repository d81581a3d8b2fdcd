//! TABLESAMPLE and SAMPLE.
//!
//! Sources: <https://docs.snowflake.com/en/sql-reference/constructs/sample>,
//! <https://cloud.google.com/bigquery/docs/table-sampling>,
//! <https://spark.apache.org/docs/latest/sql-ref-syntax-qry-select-sampling.html>,
//! <https://learn.microsoft.com/en-us/sql/t-sql/queries/from-transact-sql> (`TABLESAMPLE`),
//! <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SELECT.html>
//! (`sample_clause`), <https://trino.io/docs/current/sql/select.html#tablesample>, Teradata SQL
//! Data Manipulation Language (`SAMPLE`).

use super::{Binder, Bound, scope::Scope};
use crate::{
    dialects::SampleNumber,
    tree::{Distinct, ExprKind, FunctionKind, Relation, SampleMethod, SampleSize, Select},
};
use model::{NotComparableKind, Span};
use sqlparser::ast::{
    self, Expr, TableSample, TableSampleKind, TableSampleMethod, TableSampleUnit, Value,
};

impl Binder<'_> {
    /// A sample of a relation that stands last in `own`.
    pub(super) fn sampled(
        &mut self,
        input: Relation,
        sample: &TableSampleKind,
        stored: bool,
        own: &Scope,
        span: Span,
    ) -> Bound<Relation> {
        let (TableSampleKind::BeforeTableAlias(sample) | TableSampleKind::AfterTableAlias(sample)) =
            sample;
        let TableSample { modifier: _, name, quantity, seed, bucket, offset } = &**sample;
        let sampling = self.spec.traits().sampling;
        if bucket.is_some() || offset.is_some() {
            return self.unsupported("a sample of this form", span);
        }
        let method = match name {
            Some(TableSampleMethod::Bernoulli | TableSampleMethod::Row) => SampleMethod::Rows,
            Some(TableSampleMethod::System | TableSampleMethod::Block) => SampleMethod::Blocks,
            None => sampling.default,
        };
        let number = quantity.as_ref().and_then(|quantity| digits(&quantity.value));
        let (Some(quantity), Some(number)) = (quantity, number) else {
            return self.unsupported("a sample of this size", span);
        };
        let rows = || number.parse().ok().map(SampleSize::Rows);
        let size = match (&quantity.unit, sampling.number) {
            (Some(TableSampleUnit::Rows), known) if known != SampleNumber::Unknown => rows(),
            (Some(TableSampleUnit::Percent), known) if known != SampleNumber::Unknown => {
                percent(number, 1.0)
            }
            (None, SampleNumber::Percent) => percent(number, 1.0),
            (None, SampleNumber::Fraction) => rows().or_else(|| percent(number, 100.0)),
            _ => None,
        };
        let Some(size) = size else {
            return self.unsupported("a sample of this size", span);
        };
        let seed = match seed {
            None => None,
            Some(seed) => match digits_of_value(&seed.value.value).and_then(|d| d.parse().ok()) {
                Some(seed) => Some(seed),
                None => return self.unsupported("this seed of a sample", span),
            },
        };
        let Some(last) = own.relations.last() else {
            return self.unsupported("a sample here", span);
        };
        self.leave_open(NotComparableKind::Sample, "TABLESAMPLE", span);
        let name = last.name.clone();
        let columns = last.columns.iter().map(|column| column.name.clone()).collect();
        Ok(Relation::Sample { input: Box::new(input), name, columns, stored, method, size, seed })
    }

    /// Is the name that of a table of the catalog rather than of a common table expression?
    pub(super) fn is_stored(&self, name: &ast::ObjectName) -> bool {
        match name.0.as_slice() {
            [one] => one.as_ident().is_some_and(|ident| {
                let name = self.fold(ident);
                !self.ctes.iter().any(|cte| cte.name == name)
            }),
            _ => true,
        }
    }

    /// Where a sample is taken of the result of a SELECT, it stands behind its last table. That is
    /// a sample of the table only where nothing comes between.
    pub(super) fn sample_of_result(&self, select: &Select, span: Span) -> Bound<()> {
        if self.speaks_core() || !self.spec.traits().sampling.of_result {
            return Ok(());
        }
        let sampled = match &select.from {
            Some(Relation::Sample { .. }) => {
                select.filter.is_none()
                    && select.group_by.is_empty()
                    && select.having.is_none()
                    && select.qualify.is_none()
                    && select.distinct == Distinct::No
                    && !select.items.iter().any(|item| {
                        item.expr.any_call(&|call| {
                            call.over.is_some()
                                || matches!(
                                    call.kind,
                                    FunctionKind::Aggregate | FunctionKind::OrderedSet
                                )
                        }) || matches!(item.expr.kind, ExprKind::Scalar(_))
                    })
            }
            Some(from) => !holds_sample(from),
            None => true,
        };
        if sampled { Ok(()) } else { self.unsupported("a sample of such a result", span) }
    }
}

fn holds_sample(relation: &Relation) -> bool {
    match relation {
        Relation::Sample { .. } => true,
        Relation::Join { left, right, .. } => holds_sample(left) || holds_sample(right),
        Relation::Table { .. } | Relation::Derived { .. } | Relation::Function { .. } => false,
    }
}

fn digits(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => digits_of_value(&value.value),
        Expr::Nested(inner) => digits(inner),
        _ => None,
    }
}

fn digits_of_value(value: &Value) -> Option<&str> {
    match value {
        Value::Number(digits, false) => Some(digits),
        _ => None,
    }
}

/// `number * factor` percent, as digits; nothing where that is no part of the rows.
fn percent(number: &str, factor: f64) -> Option<SampleSize> {
    let percent = number.parse::<f64>().ok()? * factor;
    if !(0.0..=100.0).contains(&percent) {
        return None;
    }
    let shown = format!("{percent:.9}");
    let shown = shown.trim_end_matches('0').trim_end_matches('.');
    Some(SampleSize::Percent(shown.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_rows() {
        let shown = |text: &str| Some(SampleSize::Percent(text.to_owned()));
        assert_eq!(percent("10", 1.0), shown("10"));
        assert_eq!(percent("0.07", 100.0), shown("7"));
        assert_eq!(percent("100", 1.0), shown("100"));
        assert_eq!(percent("0.0001", 1.0), shown("0.0001"));
        assert_eq!(percent("101", 1.0), None);
        assert_eq!(percent("x", 1.0), None);
    }
}
