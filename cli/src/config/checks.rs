//! What the types of the configuration cannot say.

use super::{
    Config, catalog::CatalogFrom, replay::WritesConfig, spec::Kind, tolerance::ToleranceConfig,
};

/// One step on the way to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A key of a table.
    Key(String),
    /// A place in a list, from 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Something wrong with the value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The way to the key; where it does not exist, the last table on the way is meant.
    pub(super) at: Vec<Step>,
    pub(super) message: String,
    pub(super) hints: Vec<String>,
}

impl Fault {
    pub(super) fn new<S: Into<Step>>(
        at: impl IntoIterator<Item = S>,
        message: impl Into<String>,
    ) -> Self {
        let at = at.into_iter().map(Into::into).collect();
        Self { at, message: message.into(), hints: Vec::new() }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// The first fault of `config`, but for those of its engines.
pub(super) fn check(config: &Config) -> Result<(), Fault> {
    catalog(config)?;
    if let Some((key, message)) = config.limits.faults().into_iter().next() {
        return Err(Fault::new(["limits", key], message));
    }
    if let Err((key, message)) = config.replay.pace() {
        return Err(Fault::new(["replay", key], message)
            .hint("`pace` is `closed` or `recorded` where captured times are to be kept"));
    }
    writes(config)?;
    tolerances(&config.tolerances)?;
    if config.session.time_zone.trim().is_empty() {
        return Err(Fault::new(["session", "time_zone"], "`time_zone` is empty")
            .hint("give an IANA name such as `UTC` or `Europe/Berlin`"));
    }
    Ok(())
}

/// Changes need two copies that nobody needs, and engines that undo them.
fn writes(config: &Config) -> Result<(), Fault> {
    if config.replay.writes == WritesConfig::Refused {
        return Ok(());
    }
    let sides = [
        ("legacy", config.legacy.kind, config.legacy.scratch),
        ("governed", config.governed.kind, config.governed.scratch),
    ];
    for (section, kind, scratch) in sides {
        if kind == Kind::DataFusion {
            let message =
                format!("`writes` is `rolled-back`, but the {section} engine has no transactions");
            return Err(Fault::new(["replay", "writes"], message)
                .hint("DataFusion cannot undo changes; leave `writes` out"));
        }
        if !scratch {
            let message =
                format!("`writes` is `rolled-back`, but the {section} side is no scratch copy");
            return Err(Fault::new(["replay", "writes"], message).hint(format!(
                "say `scratch = true` in `[{section}]` if nobody else needs that database: rows are \
                 changed and rolled back, but sequences go on, triggers fire and locks are held"
            )));
        }
    }
    Ok(())
}

fn catalog(config: &Config) -> Result<(), Fault> {
    let catalog = &config.catalog;
    match (catalog.from, &catalog.file) {
        (Some(CatalogFrom::File), None) => {
            Err(Fault::new(["catalog", "from"], "`from` is `file`, but there is no `file`")
                .hint("name a JSON file with the tables in `file`"))
        }
        (Some(CatalogFrom::Legacy), Some(_)) => {
            Err(Fault::new(["catalog", "from"], "`from` is `legacy`, but a `file` is given")
                .hint("take one of them out"))
        }
        _ => Ok(()),
    }
}

/// The tolerances, checked, with the comparer's default bounds.
pub(super) fn tolerances(entries: &[ToleranceConfig]) -> Result<compare::Settings, Fault> {
    let place = |index: usize, key: Option<&'static str>| {
        let steps = [Step::from("tolerances"), Step::from(index)];
        steps.into_iter().chain(key.map(Step::from)).collect::<Vec<_>>()
    };
    let mut accepted = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let tolerance = entry.tolerance();
        accepted.push(tolerance.map_err(|(key, message)| Fault::new(place(index, key), message))?);
    }
    compare::Settings::new(accepted).map_err(|error| {
        Fault::new(place(error.position().saturating_sub(1), None), error.to_string())
    })
}
