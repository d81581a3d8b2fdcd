//! Calls that become an expression by their signature alone: tables of lines
//! `name(type, …) = template`, one or more files a target.
//!
//! A line claims the same value for every input of these types, as an identity does, and the tests
//! execute it over the same edge values. `{0}`, `{1}`, … are the arguments, `{type}` is the type of
//! the result, `{wide}` the type of the first argument with one digit more before the point. What
//! follows ` ! ` is a condition under which PostgreSQL raises, or under which the value is not known.
//! A line belongs to the rule of its file, whose page and examples document it.

use super::{Target, signature};
use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Rule},
    rules::{
        datafusion_arrays, datafusion_casts, datafusion_dates, datafusion_numbers, datafusion_text,
        written_out,
    },
};
use foldhash::{HashMap, HashSet};
use sql::{Type, tree::Expr};
use std::sync::LazyLock;

/// What is written for a call.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    /// The rule that the line belongs to.
    pub(crate) rule: &'static Rule,
    /// The expression.
    pub(crate) template: &'static str,
    /// Where it must not be computed.
    pub(crate) raises: Option<&'static str>,
}

/// A rule and its lines.
type File = (&'static Rule, &'static str);

const DUCKDB: &[File] = &[(&written_out::RULE, include_str!("forms/duckdb.txt"))];

const POSTGRES: &[File] = &[(&written_out::RULE, include_str!("forms/postgres.txt"))];

const DATAFUSION: &[File] = &[
    (&datafusion_numbers::RULE, include_str!("forms/datafusion_numbers.txt")),
    (&datafusion_text::RULE, include_str!("forms/datafusion_text.txt")),
    (&datafusion_casts::RULE, include_str!("forms/datafusion_casts.txt")),
    (&datafusion_dates::RULE, include_str!("forms/datafusion_dates.txt")),
    (&datafusion_arrays::RULE, include_str!("forms/datafusion_arrays.txt")),
];

/// The lines of a target.
struct Table {
    /// By their signatures.
    forms: HashMap<&'static str, Form>,
    /// What they are about, without the types.
    names: HashSet<&'static str>,
}

impl Target {
    /// The line of a call, if the target has one.
    pub(crate) fn form(self, name: &str, args: &[Type]) -> Option<Form> {
        let Table { forms, names } = self.form_table();
        // Most calls have none: their signatures need not be written.
        if !names.contains(name) {
            return None;
        }
        forms.get(signature(name, args).as_str()).copied()
    }

    /// The lines by their signatures.
    pub(super) fn forms(self) -> &'static HashMap<&'static str, Form> {
        &self.form_table().forms
    }

    fn form_table(self) -> &'static Table {
        static TABLES: [LazyLock<Table>; 3] = [
            LazyLock::new(|| table(DUCKDB)),
            LazyLock::new(|| table(DATAFUSION)),
            LazyLock::new(|| table(POSTGRES)),
        ];
        let [duckdb, datafusion, postgres] = &TABLES;
        match self {
            Self::DuckDb => duckdb,
            Self::DataFusion => datafusion,
            Self::Postgres => postgres,
        }
    }
}

/// Rules of such tables look at no construct: their lines are looked up by signature.
#[allow(clippy::unnecessary_wraps, reason = "the type of every rule")]
pub(crate) fn by_signature(_: &mut Emitter, _: &Expr) -> Emit<Option<Fragment>> {
    Ok(None)
}

fn table(files: &[File]) -> Table {
    let forms: HashMap<_, _> = files.iter().flat_map(|(rule, lines)| read(rule, lines)).collect();
    let names = forms.keys().filter_map(|key| Some(key.split_once('(')?.0)).collect();
    Table { forms, names }
}

fn read(rule: &'static Rule, lines: &'static str) -> impl Iterator<Item = (&'static str, Form)> {
    lines.lines().map(str::trim).filter(|line| !line.starts_with("# ")).filter_map(move |line| {
        let (head, form) = line.split_once(") = ")?;
        let (template, raises) = match form.split_once(" ! ") {
            Some((template, condition)) => (template, Some(condition)),
            None => (form, None),
        };
        Some((line.get(..=head.len())?, Form { rule, template, raises }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_none_is_given_twice() {
        for (target, files) in [
            (Target::DuckDb, DUCKDB),
            (Target::DataFusion, DATAFUSION),
            (Target::Postgres, POSTGRES),
        ] {
            let lines = files.iter().flat_map(|(_, lines)| lines.lines());
            let lines = lines.filter(|l| !l.is_empty() && !l.starts_with("# "));
            assert_eq!(lines.count(), target.forms().len(), "{target:?}");
            target.forms().iter().for_each(|(signature, form)| {
                assert!(signature.ends_with(')'), "{signature}");
                assert!(form.template.contains("{0}"), "{signature}");
                assert_eq!(target.same_signature(signature), None, "{signature}");
            });
        }
    }
}
