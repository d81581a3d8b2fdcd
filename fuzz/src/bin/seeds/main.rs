//! Writes the seeds of all targets: `corpus/<target>`.

mod captures;
mod rows;
mod statements;

use std::{error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    statements::write(folder)?;
    rows::write(folder)?;
    captures::write(folder)
}
