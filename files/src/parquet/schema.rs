//! What the Parquet schema says of a column beyond Arrow's own types.
//!
//! Writers without Arrow (DuckDB, Spark) leave only the Parquet schema, whose logical types UUID and
//! JSON arrive as plain bytes and text; they become the extension types of `model::logical`. INT96
//! timestamps get a unit that holds their values, see `int96`. Texts and bytes are read as views.
//! Logical types: <https://github.com/apache/parquet-format/blob/master/LogicalTypes.md>.

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use model::logical;
use parquet::{
    basic::{ConvertedType, LogicalType, Type},
    schema::types::{ColumnDescriptor, SchemaDescriptor},
};
use std::sync::Arc;

/// `schema` with the extension types of its leaves, the units of its INT96 columns, and views. Nothing
/// where it is right as it is.
///
/// The leaves of an Arrow schema are those of the Parquet schema, in the same order.
pub(super) fn refined(
    schema: &Schema,
    parquet: &SchemaDescriptor,
    int96: impl Fn(usize) -> TimeUnit,
) -> Option<SchemaRef> {
    let mut refiner = Refiner { parquet, int96, leaf: 0, changed: false };
    let fields = refiner.fields(schema.fields());
    let whole = refiner.leaf == parquet.num_columns();
    (whole && refiner.changed)
        .then(|| Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())))
}

struct Refiner<'a, F> {
    parquet: &'a SchemaDescriptor,
    int96: F,
    /// The next leaf.
    leaf: usize,
    changed: bool,
}

impl<F: Fn(usize) -> TimeUnit> Refiner<'_, F> {
    fn fields(&mut self, fields: &Fields) -> Fields {
        fields.iter().map(|field| self.field(field)).collect()
    }

    fn field(&mut self, field: &Arc<Field>) -> Arc<Field> {
        let nested = match field.data_type() {
            DataType::Struct(fields) => DataType::Struct(self.fields(fields)),
            DataType::List(item) => DataType::List(self.field(item)),
            DataType::LargeList(item) => DataType::LargeList(self.field(item)),
            DataType::ListView(item) => DataType::ListView(self.field(item)),
            DataType::LargeListView(item) => DataType::LargeListView(self.field(item)),
            DataType::FixedSizeList(item, width) => {
                DataType::FixedSizeList(self.field(item), *width)
            }
            DataType::Map(entries, sorted) => DataType::Map(self.field(entries), *sorted),
            _ => return self.leaf(field),
        };
        Arc::new(field.as_ref().clone().with_data_type(nested))
    }

    fn leaf(&mut self, field: &Arc<Field>) -> Arc<Field> {
        let leaf = self.leaf;
        self.leaf += 1;
        if leaf >= self.parquet.num_columns() {
            return Arc::clone(field);
        }
        let column = self.parquet.column(leaf);
        let mut refined = field.as_ref().clone();
        if let (None, Some(name)) = (logical::extension_name(field), extension(&column, field)) {
            let mut metadata = field.metadata().clone();
            metadata.insert(logical::EXTENSION_NAME.to_owned(), name.to_owned());
            refined.set_metadata(metadata);
        }
        if column.physical_type() == Type::INT96
            && let DataType::Timestamp(_, zone) = field.data_type()
        {
            refined.set_data_type(DataType::Timestamp((self.int96)(leaf), zone.clone()));
        }
        // Views point into the page and copy nothing; short texts, and those of a dictionary, are
        // decoded in a third to all of the time that copies take.
        match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 => refined.set_data_type(DataType::Utf8View),
            DataType::Binary | DataType::LargeBinary => {
                refined.set_data_type(DataType::BinaryView);
            }
            _ => {}
        }
        self.changed |= &refined != field.as_ref();
        Arc::new(refined)
    }
}

/// The extension type of a leaf that Arrow's own type does not say.
fn extension(column: &ColumnDescriptor, field: &Field) -> Option<&'static str> {
    match (column.logical_type_ref(), column.converted_type(), field.data_type()) {
        (Some(LogicalType::Uuid), _, DataType::FixedSizeBinary(16)) => Some(logical::UUID),
        (Some(LogicalType::Json), _, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
        | (None, ConvertedType::JSON, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) => {
            Some(logical::JSON)
        }
        _ => None,
    }
}
