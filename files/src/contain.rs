//! The boundary to decoders that are not ours.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Runs a decoder; a panic in it comes back as an error.
///
/// The last resort, behind checks of sizes: the readers of Parquet and Arrow IPC hold some
/// invariants of the formats by assertions and indices, so a damaged file can make them panic (a
/// schema with an unknown type, levels that do not fit their values). What is left of a decoder
/// after a panic must not be used again, which is why it is only dropped then.
pub(crate) fn contained<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        format!("the file is damaged: the decoder stopped with \"{}\"", message(panic.as_ref()))
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given");
    // Messages of failed assertions may hold whole values.
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        assert_eq!(contained(|| 1), Ok(1));
        let error = contained(|| panic!("index {} out of range\nmore", 7)).unwrap_err();
        assert!(error.ends_with("stopped with \"index 7 out of range\""), "{error}");
    }
}
