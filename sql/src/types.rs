//! SQL types as the typed tree knows them: PostgreSQL's, which the other dialects are read into.

use std::fmt;

/// Precision and scale of an exact decimal, in digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecimalShape {
    /// All digits.
    pub precision: u32,
    /// Digits after the point.
    pub scale: u32,
}

/// The type of an expression.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// A quoted literal or NULL that has not met a type yet.
    Unknown,
    /// `boolean`
    Bool,
    /// `smallint`
    Int2,
    /// `integer`
    Int4,
    /// `bigint`
    Int8,
    /// `numeric`; the shape is a bound on every value, absent where none is known.
    Numeric(Option<DecimalShape>),
    /// `real`
    Float4,
    /// `double precision`
    Float8,
    /// `text`
    Text,
    /// `character varying`, with its limit in characters.
    Varchar(Option<u32>),
    /// `character(n)`: blank-padded.
    Char(u32),
    /// `bytea`
    Bytea,
    /// `date`
    Date,
    /// `time without time zone`
    Time,
    /// `timestamp without time zone`
    Timestamp,
    /// A decimal of four digits whose quotients and averages have as many: MONEY of Transact-SQL.
    /// Another type that the binder alone knows.
    Money,
    /// A timestamp of whole seconds, which counts days beside numbers: a DATE of Oracle. The binder
    /// alone tells it from a timestamp; in a tree it is one ([`Type::core`]).
    Seconds,
    /// A timestamp in steps of 1/300 second, of which the milliseconds are shown: `datetime` of
    /// Transact-SQL. Another type that the binder alone knows.
    Ticks,
    /// A timestamp of whole minutes: `smalldatetime` of Transact-SQL. Another type that the binder
    /// alone knows.
    Minutes,
    /// `timestamp with time zone`
    TimestampTz,
    /// A timestamp with an offset of its own, whose clock it shows: `TIMESTAMP_TZ` of Snowflake. In a
    /// tree it is an instant; the binder alone knows that its clock is not that of the session.
    Zoned,
    /// `interval`
    Interval,
    /// `uuid`
    Uuid,
    /// `json`
    Json,
    /// `jsonb`
    Jsonb,
    /// An array of the element type.
    Array(Box<Type>),
    /// A row of columns.
    Record,
    /// A type that is named but not known here: such a value can be passed on, and nothing else.
    Other(String),
    /// What is no value, such as a lambda as an argument: the binder's own.
    Internal(String),
}

impl Type {
    /// `numeric` of unknown shape.
    pub const NUMERIC: Self = Self::Numeric(None);

    /// What money is in a tree.
    const MONEY: Self = Self::decimal(19, 4);

    /// `numeric(precision, scale)`.
    pub const fn decimal(precision: u32, scale: u32) -> Self {
        Self::Numeric(Some(DecimalShape { precision, scale }))
    }

    /// What an unsigned integer is read as: the 20 digits that its largest value has.
    pub const UNSIGNED: Self = Self::decimal(20, 0);

    /// `smallint`, `integer` or `bigint`.
    pub const fn is_integer(&self) -> bool {
        matches!(self, Self::Int2 | Self::Int4 | Self::Int8)
    }

    /// `real` or `double precision`.
    pub const fn is_float(&self) -> bool {
        matches!(self, Self::Float4 | Self::Float8)
    }

    /// Integer or `numeric`.
    pub const fn is_exact_number(&self) -> bool {
        self.is_integer() || matches!(self, Self::Numeric(_) | Self::Money)
    }

    /// Any number.
    pub const fn is_number(&self) -> bool {
        self.is_exact_number() || self.is_float()
    }

    /// `text` or `character varying`: text without padding rules.
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Varchar(_))
    }

    /// Text of any kind, padded or not.
    pub const fn is_character(&self) -> bool {
        matches!(self, Self::Text | Self::Varchar(_) | Self::Char(_))
    }

    /// `date`, `timestamp` or `timestamptz`.
    pub const fn is_date_or_timestamp(&self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::TimestampTz | Self::Zoned)
            || self.is_own_timestamp()
    }

    /// A timestamp without a zone that the binder alone tells from others.
    pub const fn is_own_timestamp(&self) -> bool {
        matches!(self, Self::Seconds | Self::Ticks | Self::Minutes)
    }

    /// Does the binder alone know it?
    pub const fn is_own(&self) -> bool {
        matches!(self, Self::Money | Self::Zoned) || self.is_own_timestamp()
    }

    /// The type as trees know it.
    #[must_use]
    pub fn core(self) -> Self {
        match self {
            Self::Seconds | Self::Ticks | Self::Minutes => Self::Timestamp,
            Self::Zoned => Self::TimestampTz,
            Self::Money => Self::MONEY,
            Self::Array(element) => Self::Array(Box::new(element.core())),
            other => other,
        }
    }

    /// The type without limit, scale or shape: what signatures are written in.
    #[must_use]
    pub fn base(&self) -> Self {
        match self {
            Self::Numeric(_) => Self::NUMERIC,
            Self::Varchar(_) => Self::Varchar(None),
            Self::Char(_) => Self::Char(1),
            Self::Array(element) => Self::Array(Box::new(element.base())),
            other => other.clone(),
        }
    }

    /// Have both types one [base](Self::base)?
    pub fn is_same_base(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Numeric(_), Self::Numeric(_))
            | (Self::Varchar(_), Self::Varchar(_))
            | (Self::Char(_), Self::Char(_)) => true,
            (Self::Array(one), Self::Array(two)) => one.is_same_base(two),
            (one, two) => one == two,
        }
    }

    /// The same of the types as [trees know](Self::core) them.
    pub(crate) fn is_same_core(&self, other: &Self) -> bool {
        if self.innermost().is_own() || other.innermost().is_own() {
            return self.clone().core().is_same_base(&other.clone().core());
        }
        self.is_same_base(other)
    }

    /// The shape of an exact number: of a `numeric` if known, of an integer by its width.
    pub const fn decimal_shape(&self) -> Option<DecimalShape> {
        match self {
            Self::Int2 => Some(DecimalShape { precision: 5, scale: 0 }),
            Self::Int4 => Some(DecimalShape { precision: 10, scale: 0 }),
            Self::Int8 => Some(DecimalShape { precision: 19, scale: 0 }),
            Self::Money => Some(DecimalShape { precision: 19, scale: 4 }),
            Self::Numeric(shape) => *shape,
            _ => None,
        }
    }

    /// The short name that tables of signatures use: `int4`, `text[]`, `timestamptz`.
    pub fn short(&self) -> String {
        match self {
            Self::Bool => "bool".to_owned(),
            Self::Int2 => "int2".to_owned(),
            Self::Int4 => "int4".to_owned(),
            Self::Int8 => "int8".to_owned(),
            Self::Numeric(_) => "numeric".to_owned(),
            Self::Float4 => "float4".to_owned(),
            Self::Float8 => "float8".to_owned(),
            Self::Varchar(Some(_)) => "varchar".to_owned(),
            Self::Text | Self::Varchar(None) => "text".to_owned(),
            Self::Char(_) => "char".to_owned(),
            Self::Time => "time".to_owned(),
            Self::Timestamp => "timestamp".to_owned(),
            Self::TimestampTz => "timestamptz".to_owned(),
            Self::Array(element) => format!("{}[]", element.short()),
            other => other.to_string(),
        }
    }

    /// The element type of an array.
    pub fn element(&self) -> Option<&Self> {
        match self {
            Self::Array(element) => Some(element),
            _ => None,
        }
    }

    /// The type itself, or what an array holds.
    pub fn innermost(&self) -> &Self {
        self.element().map_or(self, Self::innermost)
    }

    /// Reads a type as `format_type()` of PostgreSQL and people spell it: `numeric(12,2)`,
    /// `timestamp with time zone`, `int[]`. Unknown names become [`Type::Other`].
    pub fn parse(text: &str) -> Self {
        let lower = text.trim().to_ascii_lowercase();
        if let Some(element) = lower.strip_suffix("[]") {
            return Self::Array(Box::new(Self::parse(element)));
        }
        // `timestamp(6) without time zone`: the arguments stand in the middle.
        let (name, arguments) = match (lower.find('('), lower.find(')')) {
            (Some(open), Some(close)) if open < close => {
                let before = lower.get(..open).unwrap_or("");
                let inside = lower.get(open + 1..close).unwrap_or("");
                let after = lower.get(close + 1..).unwrap_or("");
                let numbers: Option<Vec<u32>> =
                    inside.split(',').map(|n| n.trim().parse().ok()).collect();
                // A negative scale, for example, rounds before the point.
                let Some(numbers) = numbers else { return Self::Other(lower) };
                (format!("{}{after}", before.trim_end()), numbers)
            }
            _ => (lower.clone(), Vec::<u32>::new()),
        };
        let first = arguments.first().copied();
        match name.as_str() {
            "bool" | "boolean" => Self::Bool,
            // Serial columns are integers with a default.
            "int2" | "smallint" | "smallserial" | "serial2" => Self::Int2,
            "int" | "int4" | "integer" | "serial" | "serial4" => Self::Int4,
            "int8" | "bigint" | "bigserial" | "serial8" => Self::Int8,
            "numeric" | "decimal" | "dec" => match (first, arguments.get(1)) {
                (Some(precision), scale) => {
                    Self::decimal(precision, scale.copied().unwrap_or_default())
                }
                (None, _) => Self::NUMERIC,
            },
            "float4" | "real" => Self::Float4,
            "float8" | "double precision" | "double" => Self::Float8,
            // Its argument counts binary digits.
            "float" => match first {
                Some(1..=24) => Self::Float4,
                None | Some(25..=53) => Self::Float8,
                Some(_) => Self::Other(lower),
            },
            "text" | "name" => Self::Text,
            "varchar" | "character varying" => Self::Varchar(first),
            "char" | "character" | "nchar" | "national character" | "bpchar" => {
                Self::Char(first.unwrap_or(1))
            }
            "bytea" => Self::Bytea,
            "date" => Self::Date,
            "time" | "time without time zone" => Self::Time,
            "timestamp" | "timestamp without time zone" => Self::Timestamp,
            "seconds" => Self::Seconds,
            "zoned" => Self::Zoned,
            "ticks" => Self::Ticks,
            "minutes" => Self::Minutes,
            "currency" => Self::Money,
            "timestamptz" | "timestamp with time zone" => Self::TimestampTz,
            "interval" => Self::Interval,
            "uuid" => Self::Uuid,
            "json" => Self::Json,
            "jsonb" => Self::Jsonb,
            _ => Self::Other(lower),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Unknown => "unknown",
            Self::Bool => "boolean",
            Self::Int2 => "smallint",
            Self::Int4 => "integer",
            Self::Int8 => "bigint",
            Self::Numeric(None) => "numeric",
            Self::Numeric(Some(s)) => return write!(f, "numeric({},{})", s.precision, s.scale),
            Self::Float4 => "real",
            Self::Float8 => "double precision",
            Self::Text => "text",
            Self::Varchar(None) => "character varying",
            Self::Varchar(Some(limit)) => return write!(f, "character varying({limit})"),
            Self::Char(limit) => return write!(f, "character({limit})"),
            Self::Bytea => "bytea",
            Self::Date => "date",
            Self::Time => "time without time zone",
            Self::Timestamp => "timestamp without time zone",
            Self::Seconds => "seconds",
            Self::Zoned => "zoned",
            Self::Ticks => "ticks",
            Self::Minutes => "minutes",
            Self::Money => "currency",
            Self::TimestampTz => "timestamp with time zone",
            Self::Interval => "interval",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::Jsonb => "jsonb",
            Self::Array(element) => return write!(f, "{element}[]"),
            Self::Record => "record",
            Self::Other(name) | Self::Internal(name) => name,
        };
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet() {
        for (text, expected) in [
            ("INTEGER", Type::Int4),
            ("numeric(12, 2)", Type::decimal(12, 2)),
            ("numeric(5)", Type::decimal(5, 0)),
            ("numeric", Type::NUMERIC),
            ("dec(7,3)", Type::decimal(7, 3)),
            ("float", Type::Float8),
            ("float(24)", Type::Float4),
            ("FLOAT(25)", Type::Float8),
            ("float(54)", Type::Other("float(54)".to_owned())),
            ("timestamp(6) without time zone", Type::Timestamp),
            ("timestamp(3) with time zone", Type::TimestampTz),
            ("character varying(10)", Type::Varchar(Some(10))),
            ("bpchar", Type::Char(1)),
            ("int[]", Type::Array(Box::new(Type::Int4))),
            ("numeric(5,-2)", Type::Other("numeric(5,-2)".to_owned())),
            ("tsvector", Type::Other("tsvector".to_owned())),
        ] {
            assert_eq!(Type::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_printed_is_read_again() {
        for ty in [
            Type::Bool,
            Type::decimal(38, 10),
            Type::Char(3),
            Type::Array(Box::new(Type::Array(Box::new(Type::Text)))),
            Type::TimestampTz,
            Type::Time,
        ] {
            assert_eq!(Type::parse(&ty.to_string()), ty);
        }
    }
}
