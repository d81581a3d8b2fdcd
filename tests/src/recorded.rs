//! Recorded cases: statements of a vendor's dialect with the values that its engine gives.
//!
//! Files: `corpora/dialects/<dialect>/tables.json`, `cases/*.jsonl` and `generated/*.jsonl`; the
//! format is in `corpora/dialects/README.md`.

use arrow::{
    array::{
        ArrayRef, BinaryArray, BooleanArray, Float64Array, Int16Array, Int32Array, Int64Array,
        ListArray, RecordBatch, StringArray,
    },
    buffer::{NullBuffer, OffsetBuffer},
    compute::cast,
    datatypes::{DataType, Field, Schema, TimeUnit},
};
use model::{
    Dialect,
    catalog::{CatalogColumn, CatalogTable},
};
use serde::Deserialize;
use serde_json::Value;
use sql::Type;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// One recorded statement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique and stable: `spark-strings-012`.
    pub id: String,
    /// The statement in the vendor's dialect.
    pub sql: String,
    /// Result columns.
    pub columns: Vec<ResultColumn>,
    /// Rows of values in the canonical form.
    pub rows: Vec<Vec<Value>>,
    /// Does the statement fix the order of its rows?
    pub ordered: bool,
    /// What the engine says where it raises an error.
    pub error: Option<String>,
    /// The engine and version that gave the values, or the page that documents them.
    pub origin: String,
    /// What it shows.
    #[serde(default)]
    pub note: Option<String>,
    /// May the values be held against others? Else the statement leaves them open: then kinds and
    /// the number of rows count, and the translation is marked.
    #[serde(default = "yes")]
    pub comparable: bool,
    /// Settings other than the vendor's defaults.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
}

const fn yes() -> bool {
    true
}

/// A result column.
#[derive(Debug, Clone, Deserialize)]
pub struct ResultColumn {
    /// Its name.
    pub name: String,
    /// Its kind: `int`, `decimal`, `text`, ….
    #[serde(rename = "type")]
    pub kind: String,
}

#[derive(Debug, Deserialize)]
struct Table {
    name: String,
    columns: Vec<ResultColumn>,
    rows: Vec<Vec<Value>>,
}

/// A table of a dialect: as the vendor spells it, as the core spells it, and its rows.
#[derive(Debug)]
pub struct Loaded {
    /// Types in the vendor's spelling: what the transpiler is given.
    pub vendor: CatalogTable,
    /// Types in the core's spelling: what the target engines are given.
    pub core: CatalogTable,
    /// The rows.
    pub batch: RecordBatch,
}

fn folder(dialect: Dialect) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/dialects").join(dialect.as_str())
}

/// The recorded cases of a dialect, in order of their files and lines.
///
/// # Errors
/// A file that cannot be read, with its line.
pub fn cases(dialect: Dialect) -> Result<Vec<Case>, String> {
    cases_in(&folder(dialect).join("cases"))
}

/// The recorded answers to random queries of a dialect, in the same order: those that are kept, or
/// those of another folder, which has a folder for each dialect.
///
/// # Errors
/// A file that cannot be read, with its line.
pub fn generated(dialect: Dialect, elsewhere: Option<&Path>) -> Result<Vec<Case>, String> {
    match elsewhere {
        Some(root) => cases_in(&root.join(dialect.as_str())),
        None => cases_in(&folder(dialect).join("generated")),
    }
}

fn cases_in(folder: &Path) -> Result<Vec<Case>, String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut files: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        cases.append(&mut lines(&file)?);
    }
    Ok(cases)
}

/// The recorded answers of a vendor's engine to a corpus in its dialect.
///
/// # Errors
/// A file that cannot be read, with its line.
pub fn answers(corpus: &str, dialect: Dialect) -> Result<Vec<Case>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora").join(corpus);
    lines(&folder.join("answers").join(format!("{dialect}.jsonl")))
}

/// A call of a line of a dialect's tables, without an answer.
#[derive(Debug, Clone, Deserialize)]
pub struct LineCase {
    /// Unique: `snowflake-line-1-00012`.
    pub id: String,
    /// The statement in the vendor's dialect.
    pub sql: String,
    /// Settings of the source that are not the vendor's defaults.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
}

/// The calls of a dialect's lines: those that are kept, or those of another folder.
///
/// # Errors
/// A file that cannot be read, with its line.
pub fn lines_of(dialect: Dialect, elsewhere: Option<&Path>) -> Result<Vec<LineCase>, String> {
    match elsewhere {
        Some(root) => lines(&root.join(format!("{dialect}.jsonl"))),
        None => lines(&folder(dialect).join("lines.jsonl")),
    }
}

fn lines<T: serde::de::DeserializeOwned>(file: &Path) -> Result<Vec<T>, String> {
    let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(line, number)| {
            serde_json::from_str(line).map_err(|e| format!("{}:{number}: {e}", file.display()))
        })
        .collect()
}

/// The tables of a dialect, and what keeps each of the others from being loaded: a type that the
/// dialect's table of types does not have, or that no target has.
///
/// # Errors
/// A file that cannot be read.
pub fn tables(dialect: Dialect) -> Result<(Vec<Loaded>, Vec<String>), String> {
    let path = folder(dialect).join("tables.json");
    let Ok(text) = fs::read_to_string(&path) else { return Ok((Vec::new(), Vec::new())) };
    let tables: Vec<Table> =
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    let (mut loaded, mut left_out) = (Vec::new(), Vec::new());
    for table in &tables {
        match load(dialect, table) {
            Ok(table) => loaded.push(table),
            Err(why) => left_out.push(why),
        }
    }
    Ok((loaded, left_out))
}

fn load(dialect: Dialect, table: &Table) -> Result<Loaded, String> {
    let mut vendor = Vec::new();
    let mut core = Vec::new();
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let ty = sql::core_type(&sql::SourceSettings::of(dialect), &column.kind);
        let what = || format!("{dialect} table `{}` column `{}`", table.name, column.name);
        let data_type = arrow_type(&ty)
            .ok_or_else(|| format!("{}: no column of type `{}` ({ty})", what(), column.kind))?;
        let values: Vec<&Value> =
            table.rows.iter().map(|row| row.get(index).unwrap_or(&Value::Null)).collect();
        let array = array(&values, &data_type).map_err(|e| format!("{}: {e}", what()))?;
        let name = column.name.to_lowercase();
        // Engines reason about columns that are never NULL, as keys of real tables are.
        let nullable = array.null_count() > 0;
        fields.push(Field::new(&name, data_type, nullable));
        arrays.push(array);
        // The tables are made with unquoted names, which these two store in upper case.
        let upper = matches!(dialect, Dialect::Snowflake | Dialect::Oracle);
        let catalog = |data_type: String| CatalogColumn {
            name: if upper { column.name.to_uppercase() } else { column.name.clone() },
            data_type,
            nullable: true,
        };
        vendor.push(catalog(column.kind.clone()));
        core.push(CatalogColumn { name, nullable, ..catalog(ty.to_string()) });
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|e| format!("{dialect} table `{}`: {e}", table.name))?;
    Ok(Loaded {
        vendor: CatalogTable {
            database: None,
            schema: None,
            name: table.name.clone(),
            columns: vendor,
            keys: Vec::new(),
        },
        core: CatalogTable {
            database: None,
            schema: None,
            name: table.name.to_lowercase(),
            columns: core,
            keys: Vec::new(),
        },
        batch,
    })
}

fn arrow_type(ty: &Type) -> Option<DataType> {
    Some(match ty {
        Type::Bool => DataType::Boolean,
        Type::Int2 => DataType::Int16,
        Type::Int4 => DataType::Int32,
        Type::Int8 => DataType::Int64,
        Type::Numeric(Some(shape)) if shape.precision <= 38 => DataType::Decimal128(
            u8::try_from(shape.precision).ok()?,
            i8::try_from(shape.scale).ok()?,
        ),
        Type::Float4 => DataType::Float32,
        Type::Float8 => DataType::Float64,
        Type::Text | Type::Varchar(_) | Type::Char(_) | Type::Json | Type::Jsonb => DataType::Utf8,
        Type::Bytea => DataType::Binary,
        Type::Date => DataType::Date32,
        Type::Time => DataType::Time64(TimeUnit::Microsecond),
        Type::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        Type::TimestampTz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Type::Array(element) => {
            DataType::List(Arc::new(Field::new_list_field(arrow_type(element)?, true)))
        }
        _ => return None,
    })
}

fn array(values: &[&Value], data_type: &DataType) -> Result<ArrayRef, String> {
    match data_type {
        DataType::List(field) => {
            let mut inner = Vec::new();
            let mut lengths = Vec::new();
            let mut valid = Vec::new();
            for value in values {
                let items = value.as_array();
                valid.push(items.is_some());
                lengths.push(items.map_or(0, Vec::len));
                inner.extend(items.into_iter().flatten());
            }
            let inner = array(&inner, field.data_type())?;
            let list = ListArray::try_new(
                Arc::clone(field),
                OffsetBuffer::from_lengths(lengths),
                inner,
                Some(NullBuffer::from(valid)),
            );
            Ok(Arc::new(list.map_err(|e| e.to_string())?))
        }
        DataType::Boolean => {
            Ok(Arc::new(values.iter().map(|v| v.as_bool()).collect::<BooleanArray>()))
        }
        DataType::Binary => {
            let bytes: Result<Vec<Option<Vec<u8>>>, String> =
                values.iter().map(|v| v.as_str().map(hex).transpose()).collect();
            Ok(Arc::new(bytes?.into_iter().collect::<BinaryArray>()))
        }
        DataType::Int16 => numbers::<i16, Int16Array>(values),
        DataType::Int32 => numbers::<i32, Int32Array>(values),
        DataType::Int64 => numbers::<i64, Int64Array>(values),
        DataType::Float64 => numbers::<f64, Float64Array>(values),
        other => {
            let texts: StringArray = values
                .iter()
                .map(|value| match value {
                    Value::Null => None,
                    Value::String(text) => Some(text.clone()),
                    other => Some(other.to_string()),
                })
                .collect();
            let cast = cast(&texts, other).map_err(|e| e.to_string())?;
            // A value that cannot be read becomes NULL, which would hide it.
            if cast.null_count() != values.iter().filter(|v| v.is_null()).count() {
                return Err(format!("a value is no {other}"));
            }
            Ok(cast)
        }
    }
}

fn numbers<T, A>(values: &[&Value]) -> Result<ArrayRef, String>
where
    T: std::str::FromStr,
    A: arrow::array::Array + FromIterator<Option<T>> + 'static,
{
    let read = values.iter().map(|value| match value {
        Value::Null => Ok(None),
        value => {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.parse().map(Some).map_err(|_| format!("`{text}` is no number"))
        }
    });
    Ok(Arc::new(read.collect::<Result<A, String>>()?))
}

fn hex(text: &str) -> Result<Vec<u8>, String> {
    let digits = text.strip_prefix("\\x").ok_or_else(|| format!("`{text}` is no `\\x…`"))?;
    let digits: Vec<char> = digits.chars().collect();
    digits
        .chunks(2)
        .map(|pair| {
            let pair: String = pair.iter().collect();
            u8::from_str_radix(&pair, 16).map_err(|_| format!("`{text}` is no hex text"))
        })
        .collect()
}
