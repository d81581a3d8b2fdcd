//! Prints every made-up comparison, or one, in colour, to look at:
//! `cargo run -p reports --example comparison -- 100 [mismatch] [markdown|json]`.

mod fixture;

use reports::comparison::{write_console, write_json, write_markdown};
use reports::console::Style;
use std::io::{Write, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    match show() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn show() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let width = arguments.iter().find_map(|text| text.parse().ok()).unwrap_or(100);
    let color = !arguments.iter().any(|text| text == "plain");
    let wanted = |name: &str| arguments.iter().any(|text| text == name);
    let cases = fixture::all();
    let any = cases.iter().any(|case| wanted(case.name));
    for case in cases.iter().filter(|case| !any || wanted(case.name)) {
        let comparison = case.comparison();
        if wanted("json") {
            write_json(&comparison, stdout())?;
        } else if wanted("markdown") {
            write_markdown(&comparison, stdout())?;
        } else {
            writeln!(stdout(), "──── {}", case.name)?;
            write_console(&comparison, Style { color, width }, stdout())?;
        }
    }
    Ok(())
}
