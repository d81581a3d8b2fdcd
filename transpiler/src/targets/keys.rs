//! Types by whose values a target tells rows apart and sorts them as PostgreSQL does. What is not
//! here is refused; `identities` of the tests groups and sorts edge values of each of them.

use super::{Target, short};
use sql::{KeyUse, Type};

/// Types of which each target holds the same values for equal, and has the same order.
const ALIKE: &[&str] = &[
    "bool",
    "int2",
    "int4",
    "int8",
    "numeric",
    "numeric?",
    "float4",
    "float8",
    "text",
    "char",
    "bytea",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
];

impl Target {
    /// Does the target do the same with such keys?
    pub(crate) fn has_key(self, ty: &Type, of: KeyUse) -> bool {
        let value = ty.innermost();
        // NULL and constants without a type.
        let alike = *value == Type::Unknown || ALIKE.contains(&short(value).as_ref());
        match self {
            Self::Postgres => true,
            Self::DuckDb => alike || *value == Type::Interval,
            // Intervals are equal there where each of their parts is, -0.0 inside an array is not
            // 0.0, and a NULL inside one comes first.
            Self::DataFusion if ty.element().is_some() => {
                alike && !value.is_float() && of == KeyUse::ToldApart
            }
            Self::DataFusion => {
                alike
                    && match of {
                        KeyUse::ToldApart | KeyUse::Sorted => true,
                        // -0.0 does not meet 0.0 there.
                        KeyUse::Joined => !value.is_float(),
                        // It has no frames over them, nor ranks.
                        KeyUse::Framed => !matches!(value, Type::Bytea | Type::Time),
                    }
            }
        }
    }
}
