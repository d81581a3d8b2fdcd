//! Tolerances that cannot both be true.
//!
//! Most kinds add up: each accepts more. A zone says what values mean, and those of one column have
//! one meaning.

use model::{Scope, Tolerance, ToleranceKind as Kind};

/// Do two tolerances say different things of the same values?
pub(super) fn contradicts(one: &Tolerance, other: &Tolerance) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::TimeZone { .. }, Kind::TimeZone { .. }) => {
            one.kind != other.kind && meet(&one.scope, &other.scope)
        }
        _ => false,
    }
}

/// May a value be in both scopes? A column alone is an output column, beside a table it is the
/// table's own, and which of the two a value is cannot be said before there are statements.
fn meet(one: &Scope, other: &Scope) -> bool {
    fn parts(scope: &Scope) -> [Option<&String>; 4] {
        let Scope { column: _, table, data_type, fingerprint, statement } = scope;
        [table, data_type, fingerprint, statement].map(Option::as_ref)
    }
    let is_apart =
        |a: Option<&String>, b: Option<&String>| matches!((a, b), (Some(a), Some(b)) if a != b);
    let same_sense = one.table.is_some() == other.table.is_some();
    !(parts(one).into_iter().zip(parts(other)).any(|(a, b)| is_apart(a, b))
        || (same_sense && is_apart(one.column.as_ref(), other.column.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(legacy: &str, scope: Scope) -> Tolerance {
        let kind = Kind::TimeZone { legacy: legacy.to_owned(), governed: "UTC".to_owned() };
        Tolerance { kind, scope, reason: "r".to_owned() }
    }

    fn column(name: &str) -> Scope {
        Scope { column: Some(name.to_owned()), ..Scope::default() }
    }

    #[test]
    fn one_column_has_one_zone() {
        let everywhere = zone("UTC", Scope::default());
        assert!(contradicts(&everywhere, &zone("Europe/Berlin", column("at"))));
        assert!(!contradicts(&everywhere, &zone("UTC", column("at"))));
        assert!(!contradicts(&zone("UTC", column("at")), &zone("Europe/Berlin", column("made"))));
        let of =
            |statement: &str| Scope { statement: Some(statement.to_owned()), ..Scope::default() };
        assert!(contradicts(&zone("UTC", column("at")), &zone("Europe/Berlin", of("q1"))));
        assert!(!contradicts(&zone("UTC", of("q2")), &zone("Europe/Berlin", of("q1"))));
        let case = Tolerance { kind: Kind::TextCase, ..everywhere.clone() };
        assert!(!contradicts(&everywhere, &case));
    }
}
