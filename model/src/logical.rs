//! Values that Arrow has no type for, carried without loss as extension types.
//!
//! PostgreSQL's unconstrained `numeric` has a scale of its own in each value, up to 131,072 digits,
//! and NaN and infinities; no Arrow decimal holds that. Such a column is `Utf8` with the extension
//! name [`NUMERIC`]. Standard extensions (`arrow.uuid`, `arrow.json`) are used where they exist:
//! <https://arrow.apache.org/docs/format/CanonicalExtensions.html>.

use arrow::datatypes::{DataType, Field};

/// Metadata key under which Arrow keeps an extension type's name.
pub const EXTENSION_NAME: &str = "ARROW:extension:name";

/// An exact decimal as text: `-12.340`, `NaN`, `Infinity`, `-Infinity`. Storage: `Utf8`.
pub const NUMERIC: &str = "gnomon.numeric";

/// A UUID. Storage: `FixedSizeBinary(16)`.
pub const UUID: &str = "arrow.uuid";

/// A JSON document as text. Storage: `Utf8`.
pub const JSON: &str = "arrow.json";

/// Metadata key for the type's name in the engine that produced the column, for example
/// `numeric(12,2)`; for people, never for decisions.
pub const ENGINE_TYPE: &str = "gnomon:engine_type";

/// `date` and `timestamp` infinities travel as the ends of their range, as DuckDB stores them:
/// `i32::MAX`/`-i32::MAX` days, `i64::MAX`/`-i64::MAX` microseconds.
pub const DATE_INFINITY: i32 = i32::MAX;
/// See [`DATE_INFINITY`].
pub const TIMESTAMP_INFINITY: i64 = i64::MAX;

/// The extension name of a field, if it has one.
pub fn extension_name(field: &Field) -> Option<&str> {
    field.metadata().get(EXTENSION_NAME).map(String::as_str)
}

/// A field of an extension type: `name`, storage type, extension name.
pub fn extension_field(name: &str, storage: DataType, extension: &str, nullable: bool) -> Field {
    Field::new(name, storage, nullable)
        .with_metadata([(EXTENSION_NAME.to_owned(), extension.to_owned())].into())
}

/// The type as people read it: the extension's name where there is one, else Arrow's.
pub fn type_label(field: &Field) -> String {
    match extension_name(field) {
        Some(NUMERIC) => "numeric".to_owned(),
        Some(UUID) => "uuid".to_owned(),
        Some(JSON) => "json".to_owned(),
        Some(other) => other.to_owned(),
        None => field.data_type().to_string(),
    }
}
