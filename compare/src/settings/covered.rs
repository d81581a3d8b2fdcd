//! A tolerance that another one makes pointless.
//!
//! Tolerances add up: a tighter limit for one column takes nothing back of a wider one that holds
//! everywhere. Whoever writes both means something else, so it is an error and not a surprise.

use model::{Blanks, Scope, Tolerance, ToleranceKind as Kind};

/// Does `wide` accept everything that `narrow` accepts, wherever that one holds?
pub(super) fn covers(wide: &Tolerance, narrow: &Tolerance) -> bool {
    accepts_as_much(&wide.kind, &narrow.kind)
        && contains(&wide.scope, &narrow.scope)
        && (wide.scope == narrow.scope || !reaches_integers_alone(wide, narrow))
}

/// Does the one scope hold wherever the other does?
fn contains(wide: &Scope, narrow: &Scope) -> bool {
    fn parts(scope: &Scope) -> [Option<&String>; 5] {
        let Scope { column, table, data_type, fingerprint, statement } = scope;
        [column, table, data_type, fingerprint, statement].map(Option::as_ref)
    }
    // A column alone is an output column, beside a table it is the table's own.
    let same_sense = wide.column.is_none() || wide.table.is_some() == narrow.table.is_some();
    same_sense && parts(wide).iter().zip(&parts(narrow)).all(|(w, n)| w.is_none() || w == n)
}

/// Tolerances of exact numbers reach integers only where the scope names a column or a type.
fn reaches_integers_alone(wide: &Tolerance, narrow: &Tolerance) -> bool {
    let named = |scope: &Scope| scope.column.is_some() || scope.data_type.is_some();
    matches!(narrow.kind, Kind::DecimalAbsolute { .. } | Kind::DecimalRelative { .. })
        && named(&narrow.scope)
        && !named(&wide.scope)
}

fn accepts_as_much(wide: &Kind, narrow: &Kind) -> bool {
    match (wide, narrow) {
        (Kind::FloatAbsolute { max: w }, Kind::FloatAbsolute { max: n })
        | (Kind::FloatRelative { max: w }, Kind::FloatRelative { max: n })
        | (Kind::DecimalAbsolute { max: w }, Kind::DecimalAbsolute { max: n })
        | (Kind::DecimalRelative { max: w }, Kind::DecimalRelative { max: n }) => w >= n,
        (Kind::FloatUlps { max: w }, Kind::FloatUlps { max: n }) => w >= n,
        (Kind::TimePrecision { micros: w }, Kind::TimePrecision { micros: n }) => w >= n,
        (Kind::TextTrim { blanks: w }, Kind::TextTrim { blanks: n }) => {
            *w == Blanks::Both || w == n
        }
        // Fewer digits are not always wider: halves of one digit part what agrees in two.
        (wide, narrow) => wide == narrow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tolerance(kind: Kind, scope: Scope) -> Tolerance {
        Tolerance { kind, scope, reason: "r".to_owned() }
    }

    fn column(name: &str) -> Scope {
        Scope { column: Some(name.to_owned()), ..Scope::default() }
    }

    fn float(max: f64, scope: Scope) -> Tolerance {
        tolerance(Kind::FloatAbsolute { max }, scope)
    }

    #[test]
    fn a_tighter_limit_in_a_narrower_scope_is_covered() {
        let everywhere = float(0.01, Scope::default());
        assert!(covers(&everywhere, &float(0.001, column("price"))));
        assert!(covers(&everywhere, &float(0.01, column("price"))));
        assert!(!covers(&everywhere, &float(0.1, column("price"))));
        assert!(!covers(&float(0.1, column("price")), &everywhere));
        assert!(!covers(&float(0.1, column("price")), &float(0.01, column("cost"))));
        assert!(!covers(&everywhere, &tolerance(Kind::FloatUlps { max: 0 }, column("price"))));
    }

    #[test]
    fn kinds_without_a_limit_cover_themselves() {
        let case = |scope| tolerance(Kind::TextCase, scope);
        assert!(covers(&case(Scope::default()), &case(column("a"))));
        let trim = |blanks, scope| tolerance(Kind::TextTrim { blanks }, scope);
        assert!(covers(
            &trim(Blanks::Both, Scope::default()),
            &trim(Blanks::Trailing, column("a"))
        ));
        assert!(!covers(
            &trim(Blanks::Trailing, Scope::default()),
            &trim(Blanks::Both, column("a"))
        ));
        let scale = |digits, scope| tolerance(Kind::DecimalScale { digits }, scope);
        assert!(!covers(&scale(1, Scope::default()), &scale(2, column("a"))));
    }

    #[test]
    fn a_tables_column_is_not_the_output_column_of_that_name() {
        let own = Scope { table: Some("t".to_owned()), ..column("a") };
        assert!(!covers(&float(1.0, column("a")), &float(0.5, own.clone())));
        let table = Scope { table: Some("t".to_owned()), ..Scope::default() };
        assert!(covers(&float(1.0, table), &float(0.5, own)));
    }

    #[test]
    fn integers_that_only_the_narrower_one_reaches_are_not_covered() {
        let decimal = |max, scope| tolerance(Kind::DecimalAbsolute { max }, scope);
        assert!(!covers(&decimal(5.0, Scope::default()), &decimal(1.0, column("count"))));
        let typed = Scope { data_type: Some("int".to_owned()), ..Scope::default() };
        let both = Scope { data_type: Some("int".to_owned()), ..column("count") };
        assert!(covers(&decimal(5.0, typed), &decimal(1.0, both)));
    }
}
