//! `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`.

use super::{bare_numbers, pieces::Pieces, safe};
use crate::{marks, rule::Emit};
use model::Span;
use sql::tree::{Assignment, Cell, Conflict, Delete, Insert, Item, Source, Target, Update};

pub(super) fn insert<P: Pieces>(pieces: &mut P, insert: &Insert) -> Emit<String> {
    let span = insert.span;
    let mut lines = Vec::new();
    let table = pieces.written_text(&insert.target)?;
    if insert.target.alias.is_some() && !pieces.writes().joins {
        return pieces.refused("an alias of the table written to is not done", span);
    }
    let (columns, source) = rows(pieces, insert)?;
    lines.push(if columns.is_empty() {
        format!("INSERT INTO {table}")
    } else {
        format!("INSERT INTO {table} ({columns})")
    });
    lines.push(source);
    if let Some(conflict) = &insert.conflict {
        lines.push(on_conflict(pieces, conflict, span)?);
    }
    returning(pieces, &insert.returning, span, &mut lines)?;
    Ok(lines.join("\n"))
}

/// The column list and the rows.
fn rows<P: Pieces>(pieces: &mut P, insert: &Insert) -> Emit<(String, String)> {
    let span = insert.span;
    let names = insert.columns.iter().map(|column| &column.name);
    match &insert.source {
        Source::Query(query) => {
            bare_numbers::query(pieces, &insert.columns, query)?;
            Ok((pieces.names_text(names, span)?, pieces.query_text(query)?))
        }
        Source::Defaults if pieces.writes().default_values => {
            Ok((String::new(), "DEFAULT VALUES".to_owned()))
        }
        Source::Defaults => pieces.refused("a row of defaults is not done", span),
        Source::Rows(rows) => {
            // A column that no row gives a value is as good as left out.
            let given: Vec<bool> = (0..insert.columns.len())
                .map(|at| rows.iter().any(|row| !matches!(row.get(at), Some(Cell::Default) | None)))
                .collect();
            let leave_out = !pieces.writes().default_values && given.iter().any(|given| *given);
            let kept: Vec<bool> = given.iter().map(|given| *given || !leave_out).collect();
            let names = names.zip(&kept).filter(|(_, kept)| **kept).map(|(name, _)| name);
            let columns = pieces.names_text(names, span)?;
            let mut texts = Vec::with_capacity(rows.len());
            for row in rows {
                let mut cells = Vec::with_capacity(row.len());
                let row = row.iter().zip(&insert.columns).zip(&kept);
                for ((value, column), _) in row.filter(|(_, kept)| **kept) {
                    bare_numbers::cell(pieces, column, value, true)?;
                    cells.push(cell(pieces, value, span)?);
                }
                texts.push(format!("({})", cells.join(", ")));
            }
            Ok((columns, format!("VALUES {}", texts.join(", "))))
        }
    }
}

fn cell<P: Pieces>(pieces: &mut P, cell: &Cell, span: Span) -> Emit<String> {
    match cell {
        Cell::Value(value) => pieces.expr_text(&bare_numbers::sized(pieces.target(), value)),
        Cell::Default if pieces.writes().default_values => Ok("DEFAULT".to_owned()),
        Cell::Default => pieces.refused("DEFAULT as a value is not done", span),
    }
}

/// `a = 1, b = 2`; `stored` says whether the values read columns of tables only.
pub(super) fn set<P: Pieces>(
    pieces: &mut P,
    assignments: &[Assignment],
    stored: bool,
    span: Span,
) -> Emit<String> {
    let mut texts = Vec::with_capacity(assignments.len());
    for one in assignments {
        bare_numbers::cell(pieces, &one.column, &one.value, stored)?;
        let name = pieces.written_name(&one.column.name, span)?;
        texts.push(format!("{name} = {}", cell(pieces, &one.value, span)?));
    }
    Ok(texts.join(", "))
}

/// `(a, b) VALUES (1, 2)`
pub(super) fn row<P: Pieces>(
    pieces: &mut P,
    assignments: &[Assignment],
    stored: bool,
    span: Span,
) -> Emit<String> {
    let names = pieces.names_text(assignments.iter().map(|one| &one.column.name), span)?;
    let values: Emit<Vec<String>> = assignments
        .iter()
        .map(|one| {
            bare_numbers::cell(pieces, &one.column, &one.value, stored)?;
            cell(pieces, &one.value, span)
        })
        .collect();
    Ok(format!("({names}) VALUES ({})", values?.join(", ")))
}

fn on_conflict<P: Pieces>(pieces: &mut P, conflict: &Conflict, span: Span) -> Emit<String> {
    if !pieces.writes().conflicts {
        return pieces.refused("ON CONFLICT is not done", span);
    }
    let columns = match conflict.columns.as_slice() {
        [] => String::new(),
        some => format!(" ({})", pieces.names_text(some, span)?),
    };
    let Some((assignments, filter)) = &conflict.update else {
        return Ok(format!("ON CONFLICT{columns} DO NOTHING"));
    };
    let mut text =
        format!("ON CONFLICT{columns} DO UPDATE SET {}", set(pieces, assignments, true, span)?);
    if let Some(filter) = filter {
        text.push_str(&format!(" WHERE {}", pieces.condition_text(filter)?));
    }
    Ok(text)
}

pub(super) fn update<P: Pieces>(pieces: &mut P, update: &Update) -> Emit<String> {
    let span = update.span;
    if !pieces.writes().any_condition {
        safe::update(pieces, update)?;
    }
    let mut lines = pieces.with_text(&update.with, span)?;
    lines.push(format!("UPDATE {}", pieces.written_text(&update.target)?));
    let stored =
        update.with.ctes.is_empty() && update.from.as_ref().is_none_or(bare_numbers::of_tables);
    let set = set(pieces, &update.assignments, stored, span)?;
    if !pieces.writes().any_condition {
        let values: Vec<&str> = set.split(" = ").skip(1).collect();
        safe::values(pieces, &marks::plain(&values.join(" ")), span)?;
    }
    lines.push(format!("SET {set}"));
    if let Some(from) = &update.from {
        if !pieces.writes().joins {
            return pieces.refused("UPDATE FROM is not done", span);
        }
        lines.push(format!("FROM {}", pieces.relation_text(from)?));
    }
    if let Some(filter) = &update.filter {
        lines.push(format!("WHERE {}", pieces.condition_text(filter)?));
    }
    returning(pieces, &update.returning, span, &mut lines)?;
    Ok(lines.join("\n"))
}

pub(super) fn delete<P: Pieces>(pieces: &mut P, delete: &Delete) -> Emit<String> {
    let span = delete.span;
    if !pieces.writes().any_condition {
        safe::delete(pieces, delete)?;
    }
    let mut lines = pieces.with_text(&delete.with, span)?;
    lines.push(format!("DELETE FROM {}", pieces.written_text(&delete.target)?));
    if let Some(using) = &delete.using {
        if !pieces.writes().joins {
            return pieces.refused("DELETE USING is not done", span);
        }
        lines.push(format!("USING {}", pieces.relation_text(using)?));
    }
    if let Some(filter) = &delete.filter {
        lines.push(format!("WHERE {}", pieces.condition_text(filter)?));
    }
    returning(pieces, &delete.returning, span, &mut lines)?;
    Ok(lines.join("\n"))
}

pub(super) fn truncate<P: Pieces>(pieces: &mut P, target: &Target) -> Emit<String> {
    let table = pieces.path_text(&target.path, target.span)?;
    // Without a condition there is none to forget.
    let words = if pieces.writes().truncate { "TRUNCATE TABLE" } else { "DELETE FROM" };
    Ok(format!("{words} {table}"))
}

fn returning<P: Pieces>(
    pieces: &mut P,
    items: &[Item],
    span: Span,
    lines: &mut Vec<String>,
) -> Emit<()> {
    if items.is_empty() {
        return Ok(());
    }
    if !pieces.writes().returning {
        return pieces.refused("RETURNING is not done", span);
    }
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        let (text, name) = (pieces.expr_text(&item.expr)?, pieces.written_name(&item.name, span)?);
        let shown = marks::plain(&text);
        let bare = *shown == *name || shown.ends_with(&format!(".{name}"));
        texts.push(if bare { text } else { format!("{text} AS {name}") });
    }
    lines.push(format!("RETURNING {}", texts.join(", ")));
    Ok(())
}
