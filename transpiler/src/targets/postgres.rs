//! PostgreSQL 15 as a target. The tree means what PostgreSQL means, so there is no table of
//! identities: every known signature is PostgreSQL's own.

use sql::Type;

pub(super) fn type_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Unknown | Type::Record | Type::Other(_) | Type::Internal(_) => None,
        ty => Some(ty.to_string()),
    }
}
