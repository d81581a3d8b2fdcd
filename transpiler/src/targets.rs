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

use model::Dialect;
use sql::Type;
use std::{collections::BTreeMap, sync::LazyLock};

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
        static NONE: Same = Same::new();
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

type Same = BTreeMap<String, &'static str>;

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
    let args: Vec<String> = args.iter().map(short).collect();
    format!("{name}({})", args.join(", "))
}

/// A type as the tables of identities spell it.
pub(crate) fn short(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Int2 => "int2".to_owned(),
        Type::Int4 => "int4".to_owned(),
        Type::Int8 => "int8".to_owned(),
        // An unknown number of digits may be a float on the target: another key.
        Type::Numeric(None) => "numeric?".to_owned(),
        Type::Numeric(Some(_)) => "numeric".to_owned(),
        Type::Float4 => "float4".to_owned(),
        Type::Float8 => "float8".to_owned(),
        Type::Text | Type::Varchar(_) => "text".to_owned(),
        Type::Char(_) => "char".to_owned(),
        Type::Time => "time".to_owned(),
        Type::Timestamp => "timestamp".to_owned(),
        Type::TimestampTz => "timestamptz".to_owned(),
        Type::Array(element) => format!("{}[]", short(element)),
        other => other.to_string(),
    }
}
