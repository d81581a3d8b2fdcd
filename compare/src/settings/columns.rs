//! Holds tolerances against the columns that they are for, once these are known.

use super::{Settings, SettingsError};
use crate::{kind::Kind, scope::ScopedColumn, tolerances::Rule};
use arrow::datatypes::Schema;
use model::{ColumnOrigin, Scope, Tolerance, ToleranceKind};

/// Columns that a message lists.
const LISTED_MAX: usize = 20;

impl Settings {
    /// Holds the team's tolerances against the columns of two inputs, laid on each other by position;
    /// `origins` has the table and the own name of each column as
    /// [`StatementFacts::origins`](model::StatementFacts::origins) has them, and `fingerprint` is that
    /// of the query, where rows come of one.
    ///
    /// A run has many statements with other columns, so there nothing is an error: its report tells
    /// which tolerances were never in scope.
    ///
    /// # Errors
    /// A scope that names a statement, another query, a column that is not compared, or columns of types that the
    /// tolerance says nothing about.
    pub fn check_columns(
        &self,
        legacy: &Schema,
        governed: &Schema,
        origins: &[Option<ColumnOrigin>],
        fingerprint: Option<&str>,
    ) -> Result<(), SettingsError> {
        let kinds: Vec<[Kind; 2]> = legacy
            .fields()
            .iter()
            .zip(governed.fields())
            // A type that cannot be compared is for the comparison to tell.
            .map(|(a, b)| [a, b].map(|field| Kind::of(field).unwrap_or(Kind::Null)))
            .collect();
        let names = legacy.fields().iter().zip(governed.fields());
        let columns: Vec<ScopedColumn<'_>> = names
            .zip(&kinds)
            .enumerate()
            .map(|(index, ((a, b), [left, right]))| ScopedColumn {
                names: [a.name(), b.name()],
                kinds: [left, right],
                origin: origins.get(index).and_then(Option::as_ref),
            })
            .collect();
        for (index, rule) in self.rules.iter().take(self.given).enumerate() {
            check_statement(index + 1, &rule.tolerance, fingerprint)?;
            check_rule(index + 1, rule, &columns)?;
        }
        Ok(())
    }
}

/// Does the tolerance speak of what is compared here?
fn check_statement(
    position: usize,
    tolerance: &Tolerance,
    fingerprint: Option<&str>,
) -> Result<(), SettingsError> {
    let (scope, code) = (&tolerance.scope, tolerance.kind.code());
    if scope.statement.is_some() {
        return Err(SettingsError::NoStatement { position, code, part: "statement" });
    }
    match (&scope.fingerprint, fingerprint) {
        (Some(_), None) => Err(SettingsError::NoStatement { position, code, part: "fingerprint" }),
        (Some(wanted), Some(of_query)) if wanted != of_query => {
            let (wanted, of_query) = (wanted.clone(), of_query.to_owned());
            Err(SettingsError::OtherQuery { position, code, wanted, of_query })
        }
        _ => Ok(()),
    }
}

fn check_rule(
    position: usize,
    rule: &Rule,
    columns: &[ScopedColumn<'_>],
) -> Result<(), SettingsError> {
    let (scope, kind) = (&rule.tolerance.scope, &rule.tolerance.kind);
    let code = kind.code();
    if scope.column.is_none() && scope.table.is_none() {
        return Ok(());
    }
    let named: Vec<_> = columns.iter().filter(|column| column.is_named(scope)).collect();
    let Some(first) = named.first() else {
        let (wanted, known) = (wanted(scope), known(scope, columns));
        return Err(SettingsError::UnknownColumn { position, code, wanted, known });
    };
    // A table alone means whatever columns of it the tolerance speaks of.
    let said = |column: &&&ScopedColumn<'_>| {
        let [legacy, governed] = column.kinds;
        rule.touches(legacy, governed)
    };
    if scope.column.is_none() || named.iter().any(|column| said(&column)) {
        return Ok(());
    }
    let [left, right] = first.kinds.map(Kind::label);
    let types = if left == right { left } else { format!("{left} and {right}") };
    let hint = hint(kind, first.kinds);
    let column = scope.column.clone().unwrap_or_default();
    Err(SettingsError::ColumnForNothing { position, code, kind: kind.name(), column, types, hint })
}

pub(super) fn wanted(scope: &Scope) -> String {
    match (&scope.table, &scope.column) {
        (Some(table), Some(column)) => format!("the column `{column}` of the table `{table}`"),
        (Some(table), None) => format!("the table `{table}`"),
        (None, column) => format!("the column `{}`", column.as_deref().unwrap_or_default()),
    }
}

fn known(scope: &Scope, columns: &[ScopedColumn<'_>]) -> String {
    let mut names: Vec<String> = Vec::new();
    for column in columns {
        let of_table = column.origin.filter(|_| scope.table.is_some());
        let own = match of_table {
            Some(origin) => vec![format!("`{}.{}`", origin.table, origin.column)],
            None => column.names.iter().map(|name| format!("`{name}`")).collect(),
        };
        for name in own {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let more = if names.len() > LISTED_MAX { ", …" } else { "" };
    names.truncate(LISTED_MAX);
    if names.is_empty() { "no columns".to_owned() } else { names.join(", ") + more }
}

fn hint(kind: &ToleranceKind, kinds: [&Kind; 2]) -> &'static str {
    let exact = kinds.iter().all(|kind| matches!(kind, Kind::Int { .. } | Kind::Decimal));
    let float = kinds.iter().any(|kind| matches!(kind, Kind::Float { .. }));
    match kind {
        ToleranceKind::FloatAbsolute { .. } if exact => {
            "; `decimal_absolute` speaks of exact numbers"
        }
        ToleranceKind::FloatRelative { .. } if exact => {
            "; `decimal_relative` speaks of exact numbers"
        }
        ToleranceKind::DecimalAbsolute { .. } if float => "; `float_absolute` speaks of floats",
        ToleranceKind::DecimalRelative { .. } if float => "; `float_relative` speaks of floats",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::datatypes::{DataType, Field};

    fn schema() -> Schema {
        Schema::new(vec![
            Field::new("id", DataType::Int64, false),
            Field::new("amount", DataType::Decimal128(12, 2), true),
            Field::new("share", DataType::Float64, true),
        ])
    }

    fn checked(kind: ToleranceKind, scope: Scope) -> Result<(), String> {
        checked_of(kind, scope, None)
    }

    fn checked_of(
        kind: ToleranceKind,
        scope: Scope,
        fingerprint: Option<&str>,
    ) -> Result<(), String> {
        let tolerance = Tolerance { kind, scope, reason: "r".to_owned() };
        let columns = schema();
        let names = columns.fields().iter().map(|field| field.name().as_str());
        let origins = ColumnOrigin::whole_table("orders", names);
        let settings = Settings::new(vec![tolerance]).unwrap();
        settings
            .check_columns(&columns, &columns, &origins, fingerprint)
            .map_err(|error| error.to_string())
    }

    fn column(name: &str) -> Scope {
        Scope { column: Some(name.to_owned()), ..Scope::default() }
    }

    const FLOAT: ToleranceKind = ToleranceKind::FloatAbsolute { max: 0.01 };

    #[test]
    fn a_column_that_is_not_compared_is_named_with_those_that_are() {
        let error = checked(FLOAT, column("amonut")).unwrap_err();
        assert_eq!(
            error,
            "tolerance 1 (TL0001) holds for the column `amonut`, which is not compared; there are `id`, `amount`, `share`"
        );
        let scope = Scope { table: Some("order".to_owned()), ..column("share") };
        let error = checked(FLOAT, scope).unwrap_err();
        assert!(error.contains("the column `share` of the table `order`"), "{error}");
        assert!(error.contains("`orders.share`"), "{error}");
    }

    #[test]
    fn a_type_that_the_rule_says_nothing_about_gets_a_hint() {
        let error = checked(FLOAT, column("amount")).unwrap_err();
        assert_eq!(
            error,
            "tolerance 1 (TL0001): column `amount` is decimal, of which `float_absolute` says nothing; `decimal_absolute` speaks of exact numbers"
        );
        let error = checked(ToleranceKind::TextCase, column("id")).unwrap_err();
        assert!(error.ends_with("of which `text_case` says nothing"), "{error}");
    }

    #[test]
    fn what_fits_passes() {
        assert_eq!(checked(FLOAT, column("share")), Ok(()));
        assert_eq!(checked(FLOAT, Scope::default()), Ok(()));
        assert_eq!(checked(ToleranceKind::DecimalAbsolute { max: 1.0 }, column("id")), Ok(()));
        let table = Scope { table: Some("orders".to_owned()), ..Scope::default() };
        assert_eq!(checked(ToleranceKind::TextCase, table), Ok(()));
    }

    #[test]
    fn files_have_no_statements_and_queries_have_fingerprints() {
        let scope = Scope { statement: Some("s1".to_owned()), ..Scope::default() };
        for fingerprint in [None, Some("s1")] {
            let error = checked_of(FLOAT, scope.clone(), fingerprint).unwrap_err();
            assert!(error.contains("has a `statement` in its scope"), "{error}");
        }
        let scope = Scope { fingerprint: Some("f1".to_owned()), ..Scope::default() };
        let error = checked(FLOAT, scope.clone()).unwrap_err();
        assert!(error.contains("has a `fingerprint` in its scope"), "{error}");
        assert_eq!(checked_of(FLOAT, scope.clone(), Some("f1")), Ok(()));
        let error = checked_of(FLOAT, scope, Some("f2")).unwrap_err();
        assert!(error.contains("`f1`") && error.contains("`f2`"), "{error}");
    }
}
