//! What the list of statements can be filtered by beside the verdict: causes and tables.

use super::text::line;
use crate::causes::title;
use crate::format::count;
use crate::summary::Summary;
use crate::visible;
use maud::{Markup, html};
use model::report::{ItemReport, RunReport};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Causes over statements that the page shows.
pub(super) const CLUSTERS_MAX: usize = 24;
/// Tables offered: those that most statements read.
const TABLES_MAX: usize = 100;
/// Terminal columns of a name in a choice.
const NAME_WIDTH_MAX: usize = 60;

/// Numbers of causes and tables, short enough to stand at every statement.
pub(super) struct Facets<'a> {
    /// What the anchors of causes start with.
    prefix: String,
    summary: &'a Summary,
    /// By code and parameter.
    causes: BTreeMap<(&'a str, &'a str), usize>,
    /// Name and statements, most statements first.
    tables: Vec<(&'a str, u64)>,
    table_numbers: BTreeMap<&'a str, usize>,
}

impl<'a> Facets<'a> {
    /// Those of a run; `pass` tells two runs on one page apart.
    pub(super) fn of(pass: &str, report: &'a RunReport, summary: &'a Summary) -> Self {
        let shown = summary.causes.iter().take(CLUSTERS_MAX).enumerate();
        let causes = shown
            .map(|(number, cluster)| ((cluster.code.as_str(), cluster.parameter.as_str()), number))
            .collect();
        let mut statements: BTreeMap<&str, u64> = BTreeMap::new();
        for table in report.items.iter().flat_map(tables_of) {
            *statements.entry(table).or_default() += 1;
        }
        let mut tables: Vec<_> = statements.into_iter().collect();
        tables.sort_by_key(|(_, statements)| Reverse(*statements));
        tables.truncate(TABLES_MAX);
        let table_numbers =
            tables.iter().enumerate().map(|(number, (name, _))| (*name, number)).collect();
        Self {
            prefix: format!("{}{pass}cause-", super::anchor::OWN),
            summary,
            causes,
            tables,
            table_numbers,
        }
    }

    /// The anchor of a cause by its number.
    pub(super) fn anchor(&self, number: usize) -> String {
        format!("{}{}", self.prefix, number + 1)
    }

    /// The number of a cause, if the page shows it.
    pub(super) fn number(&self, cause: &model::Cause) -> Option<usize> {
        self.causes.get(&(cause.code.as_str(), cause.parameter.as_str())).copied()
    }

    /// The numbers of the causes of a statement, separated by spaces.
    pub(super) fn causes_of(&self, item: &ItemReport) -> String {
        let judgement = item.judgement.iter();
        let causes = judgement.flat_map(|judgement| &judgement.differences.causes);
        let mut numbers: Vec<usize> = causes.filter_map(|cause| self.number(cause)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        joined(&numbers)
    }

    /// The numbers of the tables that a statement reads.
    pub(super) fn tables_of(&self, item: &ItemReport) -> String {
        let known = tables_of(item).filter_map(|table| self.table_numbers.get(table).copied());
        joined(&known.collect::<Vec<_>>())
    }

    /// The choices: with one of them, or without it.
    pub(super) fn choices(&self) -> Markup {
        let causes = self.summary.causes.iter().take(CLUSTERS_MAX);
        let causes = causes.map(|cluster| (title(cluster), cluster.statements)).collect::<Vec<_>>();
        let tables = self.tables.iter().map(|(name, n)| (line(name), *n)).collect::<Vec<_>>();
        html! {
            (choice("c", "cause", &causes))
            (choice("t", "table", &tables))
        }
    }
}

fn choice(key: &str, noun: &str, all: &[(String, u64)]) -> Markup {
    html! {
        @if !all.is_empty() {
            select.facet data-by=(key) aria-label={ "show by " (noun) } {
                option value="" { "any " (noun) }
                @for (sign, what) in [("", "with"), ("!", "without")] {
                    optgroup label={ (what) " the " (noun) } {
                        @for (number, (name, statements)) in all.iter().enumerate() {
                            option value={ (sign) (number) } {
                                (what) " " (visible::fit(name, NAME_WIDTH_MAX)) " (" (count(*statements)) ")"
                            }
                        }
                    }
                }
            }
        }
    }
}

fn tables_of(item: &ItemReport) -> impl Iterator<Item = &str> {
    item.item.facts.iter().flat_map(|facts| &facts.tables).map(String::as_str)
}

fn joined(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_statement_has_the_numbers_of_its_causes_and_tables() {
        let report = fixture::clustered();
        let summary = Summary::of(&report);
        let facets = Facets::of("", &report, &summary);
        for (number, cluster) in summary.causes.iter().enumerate() {
            let own = number.to_string();
            let with = report
                .items
                .iter()
                .filter(|item| facets.causes_of(item).split(' ').any(|number| number == own));
            assert_eq!(with.count() as u64, cluster.statements, "{}", cluster.code);
        }
        let (table, statements) = facets.tables[0];
        let with =
            report.items.iter().filter(|item| facets.tables_of(item).split(' ').any(|n| n == "0"));
        assert_eq!(with.count() as u64, statements, "{table}");
    }
}
