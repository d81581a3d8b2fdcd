//! The spellings of PostgreSQL types that catalogs use, read into what loading needs.

/// A column type by meaning. Lengths do not matter for loading and are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PgType {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    /// Precision and scale where given.
    Numeric(Option<(u8, i8)>),
    Text,
    Bytea,
    Date,
    Time,
    Timestamp,
    Timestamptz,
    Interval,
    Uuid,
    Json,
    Array(Box<PgType>),
    /// Any other name: an enum, a domain, an extension's type.
    Other,
}

/// Reads a spelling such as `numeric(12,2)`, `timestamp with time zone` or `int4[]`.
pub(crate) fn parse(spelling: &str) -> PgType {
    let spelling = spelling.trim();
    if let Some(element) = spelling.strip_suffix("[]") {
        return PgType::Array(Box::new(parse(element)));
    }
    let lower = spelling.to_ascii_lowercase();
    // `timestamp(3) with time zone` has its modifier in the middle.
    let (name, modifier) = match (lower.find('('), lower.find(')')) {
        (Some(open), Some(close)) if open < close => (
            format!(
                "{}{}",
                lower.get(..open).unwrap_or("").trim_end(),
                lower.get(close + 1..).unwrap_or("")
            ),
            lower.get(open + 1..close),
        ),
        _ => (lower.clone(), None),
    };
    let name = name.strip_prefix("pg_catalog.").unwrap_or(&name);
    match name.trim() {
        "bool" | "boolean" => PgType::Bool,
        "int2" | "smallint" | "smallserial" => PgType::Int2,
        "int4" | "int" | "integer" | "serial" => PgType::Int4,
        "int8" | "bigint" | "bigserial" => PgType::Int8,
        "oid" => PgType::Oid,
        "float4" | "real" => PgType::Float4,
        "float8" | "double precision" | "double" | "float" => PgType::Float8,
        "numeric" | "decimal" | "dec" => PgType::Numeric(modifier.and_then(precision_scale)),
        "text" | "varchar" | "character varying" | "bpchar" | "char" | "character" | "\"char\""
        | "name" | "string" => PgType::Text,
        "bytea" => PgType::Bytea,
        "date" => PgType::Date,
        "time" | "time without time zone" => PgType::Time,
        "timestamp" | "timestamp without time zone" => PgType::Timestamp,
        "timestamptz" | "timestamp with time zone" => PgType::Timestamptz,
        "uuid" => PgType::Uuid,
        "json" | "jsonb" => PgType::Json,
        other if other == "interval" || other.starts_with("interval ") => PgType::Interval,
        _ => PgType::Other,
    }
}

fn precision_scale(modifier: &str) -> Option<(u8, i8)> {
    let (precision, scale) = modifier.split_once(',').unwrap_or((modifier, "0"));
    Some((precision.trim().parse().ok()?, scale.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_type_agree() {
        assert_eq!(parse("numeric(12,2)"), PgType::Numeric(Some((12, 2))));
        assert_eq!(parse("NUMERIC(5)"), PgType::Numeric(Some((5, 0))));
        assert_eq!(parse("numeric"), PgType::Numeric(None));
        assert_eq!(parse("timestamp(3) with time zone"), PgType::Timestamptz);
        assert_eq!(parse("timestamp without time zone"), PgType::Timestamp);
        assert_eq!(parse("character varying(20)"), PgType::Text);
        assert_eq!(parse("character(2)[]"), PgType::Array(Box::new(PgType::Text)));
        assert_eq!(parse("interval day to second(3)"), PgType::Interval);
        assert_eq!(parse("mood"), PgType::Other);
    }
}
