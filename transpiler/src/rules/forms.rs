//! Calls that become an expression: tables of lines `name(type, …) = template`.
//!
//! A line claims the same value for every input of these types, as an identity does, and the tests
//! execute it over the same edge values. `{0}`, `{1}`, … are the arguments, `{type}` is the type of
//! the result, `{wide}` the type of the first argument with one digit more before the point. What
//! follows ` ! ` is a condition under which PostgreSQL raises, or under which the value is not known.

use super::{
    datafusion_arrays, datafusion_casts, datafusion_dates, datafusion_numbers, datafusion_text,
};
use crate::{
    emit::Emitter,
    fragment::Fragment,
    rule::{Emit, Rule},
    targets::Target,
};
use sql::tree::Expr;
use std::{collections::BTreeMap, sync::LazyLock};

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

type Table = BTreeMap<&'static str, Form>;

static DATAFUSION: LazyLock<Table> = LazyLock::new(|| {
    let tables: [(&'static Rule, &'static str); 5] = [
        (&datafusion_numbers::RULE, datafusion_numbers::FORMS),
        (&datafusion_text::RULE, datafusion_text::FORMS),
        (&datafusion_casts::RULE, datafusion_casts::FORMS),
        (&datafusion_dates::RULE, datafusion_dates::FORMS),
        (&datafusion_arrays::RULE, datafusion_arrays::FORMS),
    ];
    tables.into_iter().flat_map(|(rule, lines)| read(rule, lines)).collect()
});

/// Rules of such tables look at no construct: their lines are looked up by signature.
#[allow(clippy::unnecessary_wraps, reason = "the type of every rule")]
pub(super) fn by_signature(_: &mut Emitter, _: &Expr) -> Emit<Option<Fragment>> {
    Ok(None)
}

/// The line of a signature, if the target has one.
pub(crate) fn of(target: Target, signature: &str) -> Option<Form> {
    table(target)?.get(signature).copied()
}

/// The signatures that have a line.
pub(crate) fn signatures(target: Target) -> impl Iterator<Item = &'static str> {
    table(target).into_iter().flat_map(|table| table.keys().copied())
}

fn table(target: Target) -> Option<&'static Table> {
    (target == Target::DataFusion).then(|| &*DATAFUSION)
}

fn read(rule: &'static Rule, lines: &'static str) -> impl Iterator<Item = (&'static str, Form)> {
    let lines = lines.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("# "));
    lines.filter_map(move |line| {
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
        let tables = [
            datafusion_numbers::FORMS,
            datafusion_text::FORMS,
            datafusion_casts::FORMS,
            datafusion_dates::FORMS,
            datafusion_arrays::FORMS,
        ];
        let lines =
            tables.iter().flat_map(|t| t.lines()).filter(|l| !l.is_empty() && !l.starts_with("# "));
        assert_eq!(lines.count(), DATAFUSION.len());
        for (signature, form) in DATAFUSION.iter() {
            assert!(signature.ends_with(')'), "{signature}");
            assert!(!form.template.is_empty(), "{signature}");
            assert_eq!(Target::DataFusion.same_signature(signature), None, "{signature}");
        }
    }
}
