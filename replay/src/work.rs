//! Work that may block: on a thread of its own, unless it is so little that handing it over takes longer.

use crate::judge::{join_text, panic_text};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::task::spawn_blocking;

/// Work over answers of so many bytes is little.
pub(crate) const LITTLE_BYTES: u64 = 64 << 10;

/// Does `work`.
///
/// # Errors
/// The text of its panic.
pub(crate) async fn apart<T: Send + 'static>(
    is_little: bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    if is_little {
        catch_unwind(AssertUnwindSafe(work)).map_err(|payload| panic_text(payload.as_ref()))
    } else {
        spawn_blocking(work).await.map_err(join_text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_done_either_way_and_a_panic_is_told() {
        for is_little in [true, false] {
            assert_eq!(apart(is_little, || 7).await, Ok(7));
            let panicked = apart(is_little, || -> u8 { panic!("no more") }).await;
            assert_eq!(panicked, Err("no more".to_owned()));
        }
    }
}
