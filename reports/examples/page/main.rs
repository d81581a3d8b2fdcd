//! Writes every report of a made-up run into a folder, to look at:
//! `cargo run -p reports --example page -- target/reports-example`.

mod fixture;

use reports::console::{self, Style};
use reports::{html, json, junit, markdown};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else { return ExitCode::from(2) };
    match write_all(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn write_all(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    fs::create_dir_all(folder)?;
    let create = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    let everything = fixture::everything();
    let (unchanged, transpiled) = (fixture::unchanged(), fixture::transpiled());
    let style = Style { color: true, width: 100 };
    html::write_html(&everything, create("run.html")?)?;
    let clustered = fixture::clustered();
    html::write_html(&clustered, create("causes.html")?)?;
    html::write_html(&fixture::many(5_000), create("many.html")?)?;
    markdown::write_markdown(&clustered, create("causes.md")?)?;
    console::write_console(&clustered, style, create("causes.ansi")?)?;
    html::write_html(&transpiled, create("clean.html")?)?;
    html::write_pair(&unchanged, &transpiled, create("pair.html")?)?;
    json::write_json(&everything, create("run.json")?)?;
    junit::write_junit(&everything, create("run.xml")?)?;
    markdown::write_markdown(&everything, create("run.md")?)?;
    console::write_console(&everything, style, create("run.ansi")?)?;
    console::side_by_side(&unchanged, &transpiled, style, create("pair.ansi")?)?;
    Ok(())
}
