//! What a finished run leaves behind: the reports that the configuration asks for.

use crate::{
    config::Loaded,
    exit::Exit,
    output,
    wiring::files::{self, Format},
};
use model::report::RunReport;

/// Writes the files of `[reports]`. One that cannot be written costs neither the others nor the
/// summary; its exit code is given.
pub(crate) fn reports(report: &RunReport, loaded: &Loaded) -> Option<Exit> {
    let config = &loaded.config.reports;
    let targets = [
        (Format::Html, &config.html),
        (Format::Json, &config.json),
        (Format::Junit, &config.junit),
        (Format::Markdown, &config.markdown),
    ];
    let mut failed = None;
    for (format, path) in targets {
        let Some(path) = path.as_deref().map(|path| loaded.path(path)) else { continue };
        match files::write(&path, |out| format.write(report, out)) {
            Ok(()) => output::note(format!("wrote {}", path.display())),
            Err(error) => {
                output::note(error.render(output::stderr_color()));
                failed = Some(error.exit());
            }
        }
    }
    failed
}
