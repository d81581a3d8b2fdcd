//! `--dry-run`: what would run, what would not, and why.

use crate::error::CliError;
use model::{Disposition, Fidelity, Plan, SkipReason};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// Version of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// Groups of skipped statements that are listed, and statements named in each.
const GROUPS_MAX: usize = 20;
const NAMES_MAX: usize = 5;

/// What a plan comes to.
#[derive(Debug, Serialize, PartialEq, Eq)]
struct Outline {
    statements: usize,
    run: usize,
    /// Of those that run, translated by approximate rules.
    approximate: usize,
    skip: usize,
    /// Captured transactions that statements that run are in.
    transactions: usize,
    /// Statements that change rows, and are rolled back.
    rolled_back: usize,
    /// Statements by the reason that keeps them out, most frequent first.
    skipped: Vec<Group>,
    rules: Vec<RuleUse>,
}

#[derive(Debug, Serialize, PartialEq, Eq)]
struct Group {
    /// Code of the refusal, where it is one.
    code: Option<String>,
    reason: String,
    statements: Vec<String>,
}

#[derive(Debug, Serialize, PartialEq, Eq)]
struct RuleUse {
    code: String,
    name: String,
    /// Statements that it changes.
    statements: usize,
    /// Places that it changes.
    times: u64,
}

impl Outline {
    fn of(plan: &Plan) -> Self {
        let mut skipped: BTreeMap<(Option<String>, String), Vec<String>> = BTreeMap::new();
        let mut rules: BTreeMap<(&str, &str), RuleUse> = BTreeMap::new();
        let (mut run, mut approximate, mut rolled_back) = (0, 0, 0);
        let mut transactions = BTreeSet::new();
        for item in &plan.items {
            match &item.disposition {
                Disposition::Run { rules: applied, fidelity, .. } => {
                    run += 1;
                    transactions.extend(item.transaction);
                    let changes = item.facts.as_ref().and_then(|facts| facts.changes);
                    rolled_back += usize::from(changes.is_some());
                    approximate += usize::from(*fidelity == Fidelity::Approximate);
                    for rule in applied {
                        let used =
                            rules.entry((&rule.code, &rule.name)).or_insert_with(|| RuleUse {
                                code: rule.code.clone(),
                                name: rule.name.clone(),
                                statements: 0,
                                times: 0,
                            });
                        used.statements += 1;
                        used.times += u64::from(rule.times);
                    }
                }
                Disposition::Skip { reason } => {
                    let group = skipped.entry(grouped(reason)).or_default();
                    group.push(item.statement.clone());
                }
            }
        }
        let mut skipped: Vec<Group> = skipped
            .into_iter()
            .map(|((code, reason), statements)| Group { code, reason, statements })
            .collect();
        skipped.sort_by_key(|group| std::cmp::Reverse(group.statements.len()));
        Self {
            statements: plan.items.len(),
            run,
            approximate,
            skip: plan.items.len() - run,
            transactions: transactions.len(),
            rolled_back,
            skipped,
            rules: rules.into_values().collect(),
        }
    }
}

fn grouped(reason: &SkipReason) -> (Option<String>, String) {
    let code = match reason {
        SkipReason::Refused { diagnostics } => diagnostics.first(),
        SkipReason::Unparsable { diagnostic } => Some(diagnostic),
        _ => None,
    };
    (code.map(|diagnostic| diagnostic.code.clone()), reason.to_string())
}

/// The outline for people.
pub(super) fn text(plan: &Plan, width: usize) -> String {
    let outline = Outline::of(plan);
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{} statements: {} would run ({} by approximate rules), {} would not",
        outline.statements, outline.run, outline.approximate, outline.skip
    );
    let counted = |count: usize, one: &str, many: &str| match count {
        0 => String::new(),
        1 => format!("1 {one}\n"),
        _ => format!("{count} {many}\n"),
    };
    text += &counted(outline.transactions, "captured transaction", "captured transactions");
    text += &counted(
        outline.rolled_back,
        "statement changes rows and is rolled back",
        "statements change rows and are rolled back",
    );
    if !outline.skipped.is_empty() {
        let _ = writeln!(text, "\nnot run");
    }
    for group in outline.skipped.iter().take(GROUPS_MAX) {
        let _ = writeln!(
            text,
            "  {}",
            cut(&format!("{:>5}  {}", group.statements.len(), group.reason), width)
        );
        let mut names = group.statements.iter().take(NAMES_MAX).cloned().collect::<Vec<_>>();
        if group.statements.len() > NAMES_MAX {
            names.push(format!("and {} more", group.statements.len() - NAMES_MAX));
        }
        let _ = writeln!(text, "         {}", cut(&names.join(", "), width));
    }
    if outline.skipped.len() > GROUPS_MAX {
        let more = outline.skipped.len() - GROUPS_MAX;
        let _ = writeln!(text, "  {more} more reasons; `--format json` has all");
    }
    if !outline.rules.is_empty() {
        let _ = writeln!(text, "\nrules applied");
    }
    for rule in &outline.rules {
        let line = format!(
            "{}  {} statements, {} places: {}",
            rule.code, rule.statements, rule.times, rule.name
        );
        let _ = writeln!(text, "  {}", cut(&line, width));
    }
    text
}

/// One line of at most about `width` characters, without control characters.
fn cut(line: &str, width: usize) -> String {
    let most = width.max(60).saturating_sub(10);
    let mut shown: String =
        line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect();
    if line.chars().count() > most {
        shown.push('…');
    }
    shown
}

/// The outline and the whole plan for programs.
///
/// `bound`: the governed engine was asked whether it binds the translations.
pub(super) fn json(plan: &Plan, bound: bool) -> Result<String, CliError> {
    #[derive(Serialize)]
    struct Document<'a> {
        format_version: u32,
        bound: bool,
        outline: Outline,
        plan: &'a Plan,
    }
    let outline = Outline::of(plan);
    let document = Document { format_version: FORMAT_VERSION, bound, outline, plan };
    serde_json::to_string_pretty(&document).map(|text| text + "\n").map_err(CliError::usage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AppliedRule, Diagnostic, Dialect, Digest, PlanItem, SideStatement, Statement};

    fn item(index: u64, disposition: Disposition) -> PlanItem {
        let statement =
            Statement::new(format!("s-{index}"), ("s", index), Dialect::Postgres, "SELECT 1");
        PlanItem::of(index, &statement, "f", None, disposition)
    }

    fn plan() -> Plan {
        let side = SideStatement { dialect: Dialect::Postgres, sql: "SELECT 1".to_owned() };
        let rule = AppliedRule {
            code: "TR0101".to_owned(),
            name: "null order".to_owned(),
            times: 2,
            fidelity: Fidelity::Exact,
            spans: Vec::new(),
            caveat: None,
            columns: None,
        };
        let runs = |fidelity| Disposition::Run {
            legacy: side.clone(),
            governed: side.clone(),
            translated: side.sql.clone(),
            rules: vec![rule.clone()],
            fidelity,
        };
        let refused = |message: &str| Disposition::Skip {
            reason: SkipReason::Refused {
                diagnostics: vec![Diagnostic::error("TR9010", message, None)],
            },
        };
        let write = Disposition::Skip { reason: SkipReason::Write { by: "INSERT".to_owned() } };
        let dispositions = [
            runs(Fidelity::Exact),
            write,
            refused("no `x`"),
            runs(Fidelity::Approximate),
            refused("no `x`"),
        ];
        let items = (0..).zip(dispositions).map(|(index, d)| item(index, d)).collect();
        Plan { workload: Digest::of_bytes(b"w"), items }
    }

    #[test]
    fn every_statement_is_counted_once() {
        let outline = Outline::of(&plan());
        assert_eq!((outline.statements, outline.run, outline.skip), (5, 2, 3));
        assert_eq!(outline.approximate, 1);
        let grouped: usize = outline.skipped.iter().map(|group| group.statements.len()).sum();
        assert_eq!(grouped, outline.skip);
        assert_eq!(outline.skipped[0].code.as_deref(), Some("TR9010"));
        assert_eq!((outline.rules[0].statements, outline.rules[0].times), (2, 4));
    }

    #[test]
    fn the_text_says_what_and_why() {
        let text = text(&plan(), 100);
        assert!(
            text.starts_with("5 statements: 2 would run (1 by approximate rules), 3 would not")
        );
        assert!(text.contains("refused by TR9010: no `x`") && text.contains("s-2, s-4"), "{text}");
        assert!(text.contains("would write: INSERT") && text.contains("TR0101"), "{text}");
    }

    #[test]
    fn the_json_is_versioned_and_holds_the_plan() {
        let value: serde_json::Value = serde_json::from_str(&json(&plan(), true).unwrap()).unwrap();
        assert_eq!(value["format_version"], 1);
        assert_eq!(value["outline"]["run"], 2);
        assert_eq!(value["plan"]["items"].as_array().unwrap().len(), 5);
    }
}
