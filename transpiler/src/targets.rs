//! Target engines: what each is called, its type names, and the functions that mean the same.

mod datafusion;
mod duckdb;
pub(crate) mod forms;
mod keys;
mod postgres;
mod reserved;
mod writes;

pub(crate) use datafusion::arrow_type;
pub(crate) use reserved::is_reserved;
pub(crate) use writes::Writes;

use foldhash::HashMap;
use model::Dialect;
use sql::Type;
use std::{borrow::Cow, sync::LazyLock};

/// An engine that SQL is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    DuckDb,
    DataFusion,
    Postgres,
}

impl Target {
    pub(crate) const fn of(dialect: Dialect) -> Option<Self> {
        match dialect {
            Dialect::DuckDb => Some(Self::DuckDb),
            Dialect::DataFusion => Some(Self::DataFusion),
            Dialect::Postgres => Some(Self::Postgres),
            _ => None,
        }
    }

    pub(crate) const fn dialect(self) -> Dialect {
        match self {
            Self::DuckDb => Dialect::DuckDb,
            Self::DataFusion => Dialect::DataFusion,
            Self::Postgres => Dialect::Postgres,
        }
    }

    /// The name under which the target has a function that gives the same value for every input of
    /// these types, if it has one.
    pub(crate) fn same(self, name: &str, args: &[Type]) -> Option<&'static str> {
        self.same_signature(&signature(name, args))
    }

    /// The same by the signature's text.
    pub(crate) fn same_signature(self, signature: &str) -> Option<&'static str> {
        self.table().get(signature).copied()
    }

    /// The keys of the target's tables of identities and forms.
    pub(crate) fn identities(self) -> Vec<String> {
        let forms = self.forms().keys().map(|key| (*key).to_owned());
        self.table().keys().cloned().chain(forms).collect()
    }

    fn table(self) -> &'static Same {
        static DUCKDB: LazyLock<Same> = LazyLock::new(|| read(duckdb::SAME));
        static DATAFUSION: LazyLock<Same> = LazyLock::new(|| read(datafusion::SAME));
        static NONE: LazyLock<Same> = LazyLock::new(Same::default);
        match self {
            Self::DuckDb => &DUCKDB,
            Self::DataFusion => &DATAFUSION,
            Self::Postgres => &NONE,
        }
    }

    /// The target's spelling of a type, if it has the type.
    pub(crate) fn type_name(self, ty: &Type) -> Option<String> {
        match self {
            Self::DuckDb => duckdb::type_name(ty),
            Self::DataFusion => datafusion::type_name(ty),
            Self::Postgres => postgres::type_name(ty),
        }
    }
}

type Same = HashMap<String, &'static str>;

/// Lines `name(type, …)` or `name(type, …) = target_name`.
fn read(table: &'static str) -> Same {
    let lines = table.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("# "));
    lines
        .filter_map(|line| match line.split_once(") = ") {
            Some((head, name)) => Some((format!("{head})"), name)),
            None => Some((line.to_owned(), line.rsplit_once('(')?.0)),
        })
        .collect()
}

/// `name(int4, text)`: a call's key in the tables of identities.
pub(crate) fn signature(name: &str, args: &[Type]) -> String {
    let mut signature = String::with_capacity(name.len() + 12 * args.len() + 2);
    signature.push_str(name);
    signature.push('(');
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            signature.push_str(", ");
        }
        signature.push_str(&short(arg));
    }
    signature.push(')');
    signature
}

/// A type as the tables of identities spell it.
pub(crate) fn short(ty: &Type) -> Cow<'static, str> {
    let known = match ty {
        Type::Bool => "bool",
        Type::Int2 => "int2",
        Type::Int4 => "int4",
        Type::Int8 => "int8",
        // An unknown number of digits may be a float on the target: another key.
        Type::Numeric(None) => "numeric?",
        Type::Numeric(Some(_)) => "numeric",
        Type::Float4 => "float4",
        Type::Float8 => "float8",
        Type::Text | Type::Varchar(_) => "text",
        Type::Char(_) => "char",
        Type::Time => "time",
        Type::Timestamp => "timestamp",
        Type::TimestampTz => "timestamptz",
        Type::Array(element) => return Cow::Owned(format!("{}[]", short(element))),
        other => return Cow::Owned(other.to_string()),
    };
    Cow::Borrowed(known)
}
