//! `MERGE`.

use super::{bare_numbers, dml, pieces::Pieces};
use crate::{rule::Emit, rules::merge_repeats};
use sql::{
    Type,
    tree::{Expr, Merge, MergeAction, MergeClause, MergeKind},
};

pub(super) fn merge<P: Pieces>(pieces: &mut P, merge: &Merge) -> Emit<String> {
    let span = merge.span;
    let Some(merges) = pieces.writes().merge else {
        return pieces.refused("MERGE is not done", span);
    };
    let deletes = |clause: &&MergeClause| {
        clause.kind == MergeKind::Matched && clause.action == MergeAction::Delete
    };
    if let Some(clause) = merge.clauses.iter().find(deletes)
        && merges.repeats_fail
        && merge.deletes_repeat
    {
        // Where several rows delete one, it is right at the source and an error here.
        return match merge.clauses.as_slice() {
            [only] => deleted(pieces, merge, only),
            _ => pieces.refused("a row that several rows delete is not done", clause.span),
        };
    }
    let mut lines = pieces.with_text(&merge.with, span)?;
    lines.push(format!("MERGE INTO {}", pieces.written_text(&merge.target)?));
    let source = pieces.relation_text(&merge.source)?;
    let on = pieces.condition_text(&merge.on)?;
    lines.push(format!("USING {source}"));
    lines.push(format!("ON {on}"));
    if !merges.repeats_fail
        && let Some(changed) = repeated(pieces, merge)?
    {
        // The condition names the same columns; those of the source mean the inner ones here.
        let count = format!("(SELECT count(*) FROM {source} WHERE ({on}){changed})");
        lines.push(format!(
            "WHEN MATCHED AND {count} > 1 THEN ERROR '21000: a row is matched by several rows'"
        ));
        pieces.count_rule(&merge_repeats::RULE);
    }
    let stored = merge.with.ctes.is_empty() && bare_numbers::of_tables(&merge.source);
    for clause in &merge.clauses {
        if clause.kind == MergeKind::NotMatchedBySource && !merges.by_source {
            return pieces.refused("WHEN NOT MATCHED BY SOURCE is not done", clause.span);
        }
        lines.push(when(pieces, clause, stored)?);
    }
    Ok(lines.join("\n"))
}

/// A MERGE that only deletes, as a DELETE.
fn deleted<P: Pieces>(pieces: &mut P, merge: &Merge, clause: &MergeClause) -> Emit<String> {
    let mut lines = pieces.with_text(&merge.with, merge.span)?;
    lines.push(format!("DELETE FROM {}", pieces.written_text(&merge.target)?));
    lines.push(format!("USING {}", pieces.relation_text(&merge.source)?));
    let mut condition = guarded(pieces, &merge.on)?;
    if let Some(and) = &clause.condition {
        condition = format!("{condition} AND {}", guarded(pieces, and)?);
    }
    lines.push(format!("WHERE {condition}"));
    pieces.count_rule(&merge_repeats::RULE);
    Ok(lines.join("\n"))
}

fn when<P: Pieces>(pieces: &mut P, clause: &MergeClause, stored: bool) -> Emit<String> {
    let kind = match clause.kind {
        MergeKind::Matched => "MATCHED",
        MergeKind::NotMatched => "NOT MATCHED",
        MergeKind::NotMatchedBySource => "NOT MATCHED BY SOURCE",
    };
    let condition = match &clause.condition {
        Some(condition) => format!(" AND {}", guarded(pieces, condition)?),
        None => String::new(),
    };
    let action = match &clause.action {
        MergeAction::Update(set) => {
            format!("UPDATE SET {}", dml::set(pieces, set, stored, clause.span)?)
        }
        MergeAction::Delete => "DELETE".to_owned(),
        MergeAction::Insert(row) => {
            format!("INSERT {}", dml::row(pieces, row, stored, clause.span)?)
        }
    };
    Ok(format!("WHEN {kind}{condition} THEN {action}"))
}

/// A condition in parentheses where it is an OR.
fn guarded<P: Pieces>(pieces: &mut P, condition: &Expr) -> Emit<String> {
    let text = pieces.condition_text(condition)?;
    let loose = condition.call().is_some_and(|call| call.name == "or") || !is_call(condition);
    Ok(if loose { format!("({text})") } else { text })
}

fn is_call(condition: &Expr) -> bool {
    condition.ty == Type::Bool && condition.call().is_some()
}

/// When a second match of one row is an error: ` AND (…)`, the rows of the source that change it;
/// nothing where no number of matches is one.
fn repeated<P: Pieces>(pieces: &mut P, merge: &Merge) -> Emit<Option<String>> {
    let matched = || merge.clauses.iter().filter(|clause| clause.kind == MergeKind::Matched);
    let deletes_only = matched().all(|clause| clause.action == MergeAction::Delete);
    if matched().count() == 0 || (deletes_only && merge.deletes_repeat) {
        return Ok(None);
    }
    let mut conditions = Vec::new();
    for clause in matched() {
        match &clause.condition {
            Some(condition) => conditions.push(format!("({})", pieces.condition_text(condition)?)),
            // Every row that matches changes something.
            None => return Ok(Some(String::new())),
        }
    }
    Ok(Some(format!(" AND ({})", conditions.join(" OR "))))
}
