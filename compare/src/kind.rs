//! The type lattice: which types can be compared, as what, and what counts as a drift of type.

use arrow::datatypes::{DataType, Field};
use model::logical;
use std::fmt::Write as _;

/// The logical type of a column, without scale, unit, width of offsets or encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Int { bits: u8, signed: bool },
    Decimal,
    Float { bits: u8 },
    Text,
    Json,
    Bytes,
    Uuid,
    Date,
    Time,
    Timestamp { zoned: bool },
    Interval,
    Duration,
    List(Box<Kind>),
    Struct(Vec<(String, Kind)>),
    Map(Box<Kind>, Box<Kind>),
}

/// The type of a column as reports name it: `int32`, `decimal`, `text`, `list of float64`, …; Arrow's
/// name where it cannot be compared.
#[must_use]
pub fn type_name(field: &Field) -> String {
    Kind::of(field).map_or_else(|_| logical::type_label(field), |kind| kind.label())
}

/// As what two kinds are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meet {
    /// Both are the null type.
    Null,
    Bool,
    /// Integers of any width.
    Int,
    /// Exact numbers of any spelling.
    Exact,
    /// Floats, compared by bits after widening; every NaN is the same.
    Float,
    /// Exact numbers against floats, compared by the exact value of the float.
    Number,
    Text,
    /// JSON on both sides, compared by value.
    Json,
    Bytes,
    Uuid,
    Date,
    Time,
    /// Timestamps, or a date against a timestamp: the date is its midnight.
    Instant,
    Interval,
    List(Box<Meet>),
    Struct(Vec<Meet>),
    Map(Box<Meet>, Box<Meet>),
    /// No value of the one can equal a value of the other; NULLs still can.
    Disjoint,
}

impl Kind {
    /// The kind of a field; an error names the type that cannot be compared.
    pub(crate) fn of(field: &Field) -> Result<Self, String> {
        let storage = Self::of_type(field.data_type())?;
        Ok(match (logical::extension_name(field), storage) {
            (Some(logical::NUMERIC), Self::Text) => Self::Decimal,
            (Some(logical::JSON), Self::Text) => Self::Json,
            (Some(logical::UUID), Self::Bytes) => Self::Uuid,
            (_, storage) => storage,
        })
    }

    fn of_type(data_type: &DataType) -> Result<Self, String> {
        Ok(match data_type {
            DataType::Null => Self::Null,
            DataType::Boolean => Self::Bool,
            DataType::Int8 => Self::Int { bits: 8, signed: true },
            DataType::Int16 => Self::Int { bits: 16, signed: true },
            DataType::Int32 => Self::Int { bits: 32, signed: true },
            DataType::Int64 => Self::Int { bits: 64, signed: true },
            DataType::UInt8 => Self::Int { bits: 8, signed: false },
            DataType::UInt16 => Self::Int { bits: 16, signed: false },
            DataType::UInt32 => Self::Int { bits: 32, signed: false },
            DataType::UInt64 => Self::Int { bits: 64, signed: false },
            DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..) => Self::Decimal,
            DataType::Float16 => Self::Float { bits: 16 },
            DataType::Float32 => Self::Float { bits: 32 },
            DataType::Float64 => Self::Float { bits: 64 },
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::FixedSizeBinary(_) => Self::Bytes,
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Time32(_) | DataType::Time64(_) => Self::Time,
            DataType::Timestamp(_, zone) => Self::Timestamp { zoned: zone.is_some() },
            DataType::Interval(_) => Self::Interval,
            DataType::Duration(_) => Self::Duration,
            DataType::List(item)
            | DataType::LargeList(item)
            | DataType::ListView(item)
            | DataType::LargeListView(item)
            | DataType::FixedSizeList(item, _) => Self::List(Box::new(Self::of(item)?)),
            DataType::Struct(fields) => Self::Struct(
                fields
                    .iter()
                    .map(|field| Ok((field.name().clone(), Self::of(field)?)))
                    .collect::<Result<_, String>>()?,
            ),
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(fields) if fields.len() == 2 => {
                    let mut kinds = fields.iter().map(|field| Self::of(field));
                    let mut next = || kinds.next().unwrap_or(Ok(Self::Null)).map(Box::new);
                    Self::Map(next()?, next()?)
                }
                other => return Err(format!("a map with entries of type {other}")),
            },
            DataType::Dictionary(_, values) => Self::of_type(values)?,
            DataType::RunEndEncoded(_, values) => Self::of(values)?,
            DataType::Union(..) => return Err("union".to_owned()),
        })
    }

    /// As what `self` and `other` are compared. Symmetric.
    pub(crate) fn meet(&self, other: &Self) -> Meet {
        match (self, other) {
            (Self::Null, kind) | (kind, Self::Null) => kind.own(),
            (Self::Bool, Self::Bool) => Meet::Bool,
            (Self::Int { .. }, Self::Int { .. }) => Meet::Int,
            (Self::Float { .. }, Self::Float { .. }) => Meet::Float,
            (a, b) if a.is_exact() && b.is_exact() => Meet::Exact,
            (a, Self::Float { .. }) | (Self::Float { .. }, a) if a.is_exact() => Meet::Number,
            (Self::Json, Self::Json) => Meet::Json,
            (Self::Uuid, Self::Uuid) => Meet::Uuid,
            (Self::Uuid | Self::Bytes, Self::Uuid | Self::Bytes) => Meet::Bytes,
            (Self::Text | Self::Json | Self::Uuid, Self::Text | Self::Json | Self::Uuid)
                if !matches!(
                    (self, other),
                    (Self::Uuid, Self::Json) | (Self::Json, Self::Uuid)
                ) =>
            {
                Meet::Text
            }
            (Self::Date, Self::Date) => Meet::Date,
            (Self::Time, Self::Time) => Meet::Time,
            (Self::Date | Self::Timestamp { .. }, Self::Date | Self::Timestamp { .. }) => {
                Meet::Instant
            }
            (Self::Interval | Self::Duration, Self::Interval | Self::Duration) => Meet::Interval,
            (Self::List(a), Self::List(b)) => Meet::List(Box::new(a.meet(b))),
            (Self::Struct(a), Self::Struct(b)) if a.len() == b.len() => {
                Meet::Struct(a.iter().zip(b).map(|((_, a), (_, b))| a.meet(b)).collect())
            }
            (Self::Map(k, v), Self::Map(l, w)) => {
                Meet::Map(Box::new(k.meet(l)), Box::new(v.meet(w)))
            }
            _ => Meet::Disjoint,
        }
    }

    /// The meet of a kind with itself.
    fn own(&self) -> Meet {
        match self {
            Self::Null => Meet::Null,
            kind => kind.meet(kind),
        }
    }

    fn is_exact(&self) -> bool {
        matches!(self, Self::Int { .. } | Self::Decimal)
    }

    /// Is this a drift? A null column has no type of its own, and drifts from nothing.
    pub(crate) fn drifts_from(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => false,
            (Self::List(a), Self::List(b)) => a.drifts_from(b),
            (Self::Map(k, v), Self::Map(l, w)) => k.drifts_from(l) || v.drifts_from(w),
            (Self::Struct(a), Self::Struct(b)) => {
                a.len() != b.len()
                    || a.iter().zip(b).any(|((n, a), (m, b))| n != m || a.drifts_from(b))
            }
            (a, b) => a != b,
        }
    }

    /// The names that a scope can call types by; `int` and `float` are families.
    pub(crate) const NAMES: [&'static str; 28] = [
        "bool",
        "bytes",
        "date",
        "decimal",
        "duration",
        "float",
        "float16",
        "float32",
        "float64",
        "int",
        "int16",
        "int32",
        "int64",
        "int8",
        "interval",
        "json",
        "list",
        "map",
        "struct",
        "text",
        "time",
        "timestamp",
        "timestamp with time zone",
        "uint16",
        "uint32",
        "uint64",
        "uint8",
        "uuid",
    ];

    /// Is this the name of the type, of its family, or of a type inside it?
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let inside = |kinds: &[&Self]| kinds.iter().any(|kind| kind.is_called(name));
        match self {
            Self::Int { .. } if name == "int" => true,
            Self::Float { .. } if name == "float" => true,
            Self::List(item) => name == "list" || inside(&[item]),
            Self::Struct(fields) => {
                name == "struct" || fields.iter().any(|(_, kind)| kind.is_called(name))
            }
            Self::Map(key, value) => name == "map" || inside(&[key, value]),
            scalar => scalar.label() == name,
        }
    }

    /// Is there a struct in it?
    pub(crate) fn has_struct(&self) -> bool {
        match self {
            Self::Struct(_) => true,
            Self::List(item) => item.has_struct(),
            Self::Map(key, value) => key.has_struct() || value.has_struct(),
            _ => false,
        }
    }

    /// One of each kind; nested ones with a text inside.
    pub(crate) fn samples() -> Vec<Self> {
        let int = |bits, signed| Self::Int { bits, signed };
        let mut all: Vec<Self> = [8, 16, 32, 64]
            .into_iter()
            .flat_map(|bits| [int(bits, true), int(bits, false)])
            .collect();
        all.extend([16, 32, 64].map(|bits| Self::Float { bits }));
        all.extend([false, true].map(|zoned| Self::Timestamp { zoned }));
        all.extend([
            Self::Bool,
            Self::Decimal,
            Self::Text,
            Self::Json,
            Self::Bytes,
            Self::Uuid,
            Self::Date,
            Self::Time,
            Self::Interval,
            Self::Duration,
            Self::List(Box::new(Self::Text)),
            Self::Struct(vec![("a".to_owned(), Self::Text)]),
            Self::Map(Box::new(Self::Text), Box::new(Self::Text)),
        ]);
        all
    }

    /// The type as people read it: `int32`, `decimal`, `timestamp with time zone`, …
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Int { bits, signed } => {
                format!("{}int{bits}", if *signed { "" } else { "u" })
            }
            Self::Decimal => "decimal".to_owned(),
            Self::Float { bits } => format!("float{bits}"),
            Self::Text => "text".to_owned(),
            Self::Json => "json".to_owned(),
            Self::Bytes => "bytes".to_owned(),
            Self::Uuid => "uuid".to_owned(),
            Self::Date => "date".to_owned(),
            Self::Time => "time".to_owned(),
            Self::Timestamp { zoned: false } => "timestamp".to_owned(),
            Self::Timestamp { zoned: true } => "timestamp with time zone".to_owned(),
            Self::Interval => "interval".to_owned(),
            Self::Duration => "duration".to_owned(),
            Self::List(item) => format!("list of {}", item.label()),
            Self::Struct(fields) => {
                let mut text = "struct (".to_owned();
                for (i, (name, kind)) in fields.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    // Writing to a string cannot fail.
                    let _ = write!(text, "{comma}{name} {}", kind.label());
                }
                text + ")"
            }
            Self::Map(key, value) => format!("map of {} to {}", key.label(), value.label()),
        }
    }
}

impl Meet {
    /// Is there a place where values cannot meet?
    pub(crate) fn has_disjoint(&self) -> bool {
        match self {
            Self::Disjoint => true,
            Self::List(item) => item.has_disjoint(),
            Self::Struct(fields) => fields.iter().any(Self::has_disjoint),
            Self::Map(key, value) => key.has_disjoint() || value.has_disjoint(),
            _ => false,
        }
    }

    /// Is there a list, outside the keys of maps?
    pub(crate) fn has_list(&self) -> bool {
        match self {
            Self::List(_) => true,
            Self::Struct(fields) => fields.iter().any(Self::has_list),
            Self::Map(_, value) => value.has_list(),
            _ => false,
        }
    }

    /// The meets of the values inside a value, or of the value itself: where tolerances apply.
    pub(crate) fn leaves(&self) -> Vec<&Self> {
        match self {
            Self::List(item) => item.leaves(),
            Self::Struct(fields) => fields.iter().flat_map(Self::leaves).collect(),
            // Keys of a map identify; a tolerance on them would make two keys one.
            Self::Map(_, value) => value.leaves(),
            leaf => vec![leaf],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::datatypes::{Fields, IntervalUnit, TimeUnit};
    use std::sync::Arc;

    fn kind(data_type: DataType) -> Kind {
        Kind::of(&Field::new("c", data_type, true)).unwrap()
    }

    fn numeric() -> Kind {
        let field = logical::extension_field("c", DataType::Utf8, logical::NUMERIC, true);
        Kind::of(&field).unwrap()
    }

    fn all() -> Vec<Kind> {
        let item = Arc::new(Field::new("item", DataType::Int32, true));
        let mut kinds: Vec<_> = [
            DataType::Null,
            DataType::Boolean,
            DataType::Int32,
            DataType::UInt64,
            DataType::Decimal256(50, 3),
            DataType::Float32,
            DataType::Float64,
            DataType::Utf8View,
            DataType::Binary,
            DataType::Date32,
            DataType::Time64(TimeUnit::Nanosecond),
            DataType::Timestamp(TimeUnit::Second, None),
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            DataType::Interval(IntervalUnit::MonthDayNano),
            DataType::Duration(TimeUnit::Second),
            DataType::List(Arc::clone(&item)),
            DataType::Struct(Fields::from(vec![Field::new("a", DataType::Utf8, true)])),
        ]
        .into_iter()
        .map(kind)
        .collect();
        kinds.push(numeric());
        for (storage, name) in
            [(DataType::Utf8, logical::JSON), (DataType::FixedSizeBinary(16), logical::UUID)]
        {
            kinds.push(Kind::of(&logical::extension_field("c", storage, name, true)).unwrap());
        }
        kinds
    }

    #[test]
    fn meeting_is_symmetric_and_reflexive() {
        for a in all() {
            assert!(!a.meet(&a).has_disjoint(), "{}", a.label());
            assert!(!a.drifts_from(&a));
            for b in all() {
                assert_eq!(a.meet(&b), b.meet(&a), "{} {}", a.label(), b.label());
                assert_eq!(a.drifts_from(&b), b.drifts_from(&a));
                // A meeting that changes the comparison never goes unreported.
                if a.label() != b.label() && a != Kind::Null && b != Kind::Null {
                    assert!(a.drifts_from(&b), "{} {}", a.label(), b.label());
                }
            }
        }
    }

    #[test]
    fn spellings_of_one_family_do_not_drift() {
        let decimal = kind(DataType::Decimal128(12, 2));
        assert!(!decimal.drifts_from(&numeric()));
        assert!(!decimal.drifts_from(&kind(DataType::Decimal256(40, 0))));
        let dictionary = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
        assert!(!kind(dictionary).drifts_from(&kind(DataType::LargeUtf8)));
        assert!(
            !kind(DataType::Timestamp(TimeUnit::Nanosecond, None))
                .drifts_from(&kind(DataType::Timestamp(TimeUnit::Second, None)))
        );
    }

    #[test]
    fn drifts_that_matter_are_seen() {
        let zoned = kind(DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
        for (a, b) in [
            (kind(DataType::Int32), kind(DataType::Int64)),
            (kind(DataType::Int64), numeric()),
            (numeric(), kind(DataType::Float64)),
            (kind(DataType::Date32), kind(DataType::Timestamp(TimeUnit::Second, None))),
            (zoned, kind(DataType::Timestamp(TimeUnit::Microsecond, None))),
        ] {
            assert!(a.drifts_from(&b), "{} {}", a.label(), b.label());
            assert!(!a.meet(&b).has_disjoint());
        }
    }

    #[test]
    fn every_kind_has_a_name_and_every_name_a_kind() {
        for kind in Kind::samples() {
            assert!(Kind::NAMES.iter().any(|name| kind.is_called(name)), "{}", kind.label());
        }
        for name in Kind::NAMES {
            assert!(Kind::samples().iter().any(|kind| kind.is_called(name)), "{name}");
        }
        assert!(Kind::NAMES.is_sorted());
    }

    #[test]
    fn strangers_do_not_meet() {
        let text = kind(DataType::Utf8);
        for other in [DataType::Int32, DataType::Boolean, DataType::Date32, DataType::Binary] {
            assert_eq!(text.meet(&kind(other)), Meet::Disjoint);
        }
        let list = |t| kind(DataType::List(Arc::new(Field::new("item", t, true))));
        assert!(list(DataType::Utf8).meet(&list(DataType::Int32)).has_disjoint());
    }
}
