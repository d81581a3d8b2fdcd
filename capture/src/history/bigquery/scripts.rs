//! Scripts: a script is a job whose statements are jobs, too, which name it as their parent. They are
//! taken, and the script only where an export has none of them: nothing is replayed twice.

use super::super::Out;
use model::Statement;
use std::collections::{BTreeMap, BTreeSet};

/// Scripts that are remembered; further ones are taken for scripts with statements of their own.
const SCRIPTS_MAX: usize = 100_000;

const SCRIPT: &str = "a script, whose statements have records of their own";

/// Jobs on their way, some of them scripts.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    /// By job id.
    scripts: BTreeMap<String, Statement>,
    parents: BTreeSet<String>,
}

impl Scripts {
    /// A job, with the id of its parent if it has one, and of which kind its statement is.
    pub(super) fn job(
        &mut self,
        statement: Statement,
        (parent, kind): (Option<&str>, Option<&str>),
        out: &mut Out,
    ) {
        if let Some(parent) = parent
            && self.parents.len() < SCRIPTS_MAX
        {
            self.parents.insert(parent.to_owned());
        }
        let is_script = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("SCRIPT"));
        if !is_script {
            out.statement(statement);
        } else if self.scripts.len() < SCRIPTS_MAX && !self.scripts.contains_key(&statement.id) {
            // Whether its statements are in the export is known at the end.
            self.scripts.insert(statement.id.clone(), statement);
        } else {
            out.leave_out(SCRIPT);
        }
    }

    /// There are no more jobs.
    pub(super) fn finish(&mut self, out: &mut Out) {
        for (id, script) in std::mem::take(&mut self.scripts) {
            if self.parents.contains(&id) {
                out.leave_out(SCRIPT);
            } else {
                out.statement(script);
            }
        }
    }
}
