//! What the replay itself costs: `cargo bench -p replay`.

mod common;
mod real;
mod tiny;

use std::error::Error;

/// The allocator of `gnomon` itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    tiny::measure(&runtime)?;
    real::measure(&runtime)
}
