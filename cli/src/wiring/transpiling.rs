//! What the commands that translate ask of a command line, and of the transpiler.

use crate::error::CliError;
use model::{Bind, Dialect};
use sql::SourceSettings;
use std::panic::{AssertUnwindSafe, catch_unwind};
use transpiler::{Refusal, Translation, Transpiler};

/// The settings of the source system, given as `name=value`.
pub(crate) fn settings(from: Dialect, given: &[String]) -> Result<SourceSettings, CliError> {
    let mut pairs = Vec::with_capacity(given.len());
    for setting in given {
        pairs.push(setting.split_once('=').ok_or_else(|| {
            CliError::usage(format!("`--set {setting}` has no `=`; give `name=value`"))
        })?);
    }
    SourceSettings::with(from, pairs).map_err(CliError::usage)
}

/// Is anything translated to this dialect?
pub(crate) fn check_target(to: Dialect) -> Result<(), CliError> {
    if transpiler::TARGETS.contains(&to) {
        return Ok(());
    }
    let known = transpiler::TARGETS.map(|target| format!("`{target}`")).join(", ");
    Err(CliError::usage(format!("nothing is translated to `{to}`; it can be {known}")))
}

/// Translates. The transpiler promises not to panic; should it, what is said of that is the error and
/// the other statements are still answered.
pub(crate) fn translated(
    transpiler: &Transpiler,
    sql: &str,
    binds: &[Bind],
) -> Result<Result<Translation, Refusal>, String> {
    catch_unwind(AssertUnwindSafe(|| transpiler.translate(sql, binds)))
        .map_err(|_| "the transpiler ended in a panic; please report this".to_owned())
}
