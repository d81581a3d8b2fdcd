//! `error(text)`: fails, with the SQLSTATE that the text starts with. DataFusion has no function
//! of this kind, and translated text needs one where PostgreSQL fails and DataFusion would not.

use arrow::{
    array::{Array as _, NullArray},
    compute::cast,
    datatypes::DataType,
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};
use std::sync::Arc;

/// The function, to be registered with a session.
pub(super) fn error_function() -> ScalarUDF {
    ScalarUDF::from(Raise {
        // Volatile, so that it is not evaluated while planning.
        signature: Signature::string(1, Volatility::Volatile),
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Raise {
    signature: Signature,
}

impl ScalarUDFImpl for Raise {
    fn name(&self) -> &'static str {
        "error"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Null)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let texts = ColumnarValue::values_to_arrays(&arguments.args)?;
        let Some(texts) = texts.first() else {
            return Err(DataFusionError::Internal("error() has no argument".to_owned()));
        };
        let texts = cast(texts, &DataType::Utf8)?;
        let texts = arrow::array::AsArray::as_string::<i32>(&texts);
        // A branch of CASE that no row takes is evaluated over no rows.
        match texts.iter().take(rows.min(texts.len())).flatten().next() {
            Some(text) => Err(DataFusionError::Execution(text.to_owned())),
            None => Ok(ColumnarValue::Array(Arc::new(NullArray::new(rows)))),
        }
    }
}
