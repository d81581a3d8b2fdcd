//! `CREATE TABLE`, `CREATE VIEW`, `DROP`.

mod replaced;

use super::{bare_numbers, pieces::Pieces};
use crate::{
    rule::Emit,
    rules::{made_types, stored_digits},
    targets::Target,
};
use model::Span;
use sql::{
    Type,
    tree::{
        Body, Cell, Column, ColumnDefinition, Constraint, CreateTable, CreateView, Distinct, Drop,
        Existing, ExprKind, Item, Numbers, Query,
    },
};

/// The longest `character varying(n)` of PostgreSQL.
const LONGEST: u32 = 10_485_760;

pub(super) fn create_table<P: Pieces>(pieces: &mut P, table: &CreateTable) -> Emit<String> {
    if table.existing == Existing::Replaced && !pieces.writes().replaces_tables {
        return replaced::table(pieces, table);
    }
    made(pieces, table)
}

/// `CREATE TABLE` as it is written.
fn made<P: Pieces>(pieces: &mut P, table: &CreateTable) -> Emit<String> {
    let span = table.span;
    let head = head(pieces, "TABLE", table.existing, table.temporary, &table.path, span)?;
    if let Some(query) = &table.query {
        let columns: Vec<Column> = table
            .columns
            .iter()
            .map(|column| Column { name: column.name.clone(), ty: column.ty.clone() })
            .collect();
        return Ok(format!("{head} AS\n{}", typed(pieces, query, &columns)?));
    }
    let mut lines = Vec::with_capacity(table.columns.len() + table.constraints.len());
    for column in &table.columns {
        lines.push(column_text(pieces, column)?);
    }
    for column in &table.columns {
        if let Some(check) = limit_check(pieces, column)? {
            lines.push(check);
        }
    }
    for constraint in &table.constraints {
        lines.push(constraint_text(pieces, constraint, span)?);
    }
    Ok(format!("{head} (\n    {}\n)", lines.join(",\n    ")))
}

fn head<P: Pieces>(
    pieces: &mut P,
    what: &str,
    existing: Existing,
    temporary: bool,
    path: &[String],
    span: Span,
) -> Emit<String> {
    if temporary && !pieces.writes().temporary {
        return pieces.refused("a temporary table or view is not done", span);
    }
    let replace = if existing == Existing::Replaced { "OR REPLACE " } else { "" };
    let keep = if existing == Existing::Kept { "IF NOT EXISTS " } else { "" };
    let temporary = if temporary { "TEMPORARY " } else { "" };
    let name = pieces.path_text(path, span)?;
    Ok(format!("CREATE {replace}{temporary}{what} {keep}{name}"))
}

fn column_text<P: Pieces>(pieces: &mut P, column: &ColumnDefinition) -> Emit<String> {
    let span = column.span;
    let name = pieces.written_name(&column.name, span)?;
    let ty = match &column.ty {
        // Padding is added where a value is read.
        Type::Char(_) if pieces.target() != Target::Postgres => "VARCHAR".to_owned(),
        // A document is its text there.
        Type::Json | Type::Jsonb if pieces.target() == Target::DataFusion => "VARCHAR".to_owned(),
        Type::Varchar(Some(most)) if pieces.target() == Target::Postgres && *most > LONGEST => {
            "text".to_owned()
        }
        ty => match bare_numbers::column_type(pieces.target(), ty) {
            Some(bare) => {
                pieces.count_rule(&stored_digits::RULE);
                bare
            }
            None => pieces.type_text(ty, span)?,
        },
    };
    let mut text = format!("{name} {ty}");
    if column.not_null {
        text.push_str(" NOT NULL");
    }
    if let Some(Numbers { first, step, always }) = column.numbers {
        if pieces.target() != Target::Postgres {
            return pieces.refused("a column that counts by itself is not done", span);
        }
        let kept = if always { "ALWAYS" } else { "BY DEFAULT" };
        text.push_str(&format!(
            " GENERATED {kept} AS IDENTITY (START WITH {first} INCREMENT BY {step})"
        ));
    }
    if let Some(default) = &column.default {
        let own = Column { name: column.name.clone(), ty: column.ty.clone() };
        bare_numbers::cell(pieces, &own, &Cell::Value(default.clone()), false)?;
        let default = bare_numbers::sized(pieces.target(), default);
        text.push_str(&format!(" DEFAULT {}", pieces.expr_text(&default)?));
    }
    Ok(text)
}

/// A CHECK where the target's type does not hold the limit of a text. Where there is no CHECK, the
/// statements that write hold it: each value that may be too long is tested by them.
fn limit_check<P: Pieces>(pieces: &mut P, column: &ColumnDefinition) -> Emit<Option<String>> {
    let Some(limit) = column.limit else { return Ok(None) };
    let writes = pieces.writes();
    if !writes.constraints || (writes.limits && !limit.bytes && limit.most <= LONGEST) {
        return Ok(None);
    }
    let name = pieces.written_name(&column.name, column.span)?;
    let length = match (limit.bytes, pieces.target()) {
        (false, _) => "length",
        (true, Target::DuckDb) => "strlen",
        (true, _) => "octet_length",
    };
    let value = match column.ty {
        Type::Char(_) => format!("rtrim({name}, ' ')"),
        _ => name,
    };
    Ok(Some(format!("CHECK ({length}({value}) <= {})", limit.most)))
}

fn constraint_text<P: Pieces>(pieces: &mut P, constraint: &Constraint, span: Span) -> Emit<String> {
    if !pieces.writes().constraints {
        return pieces.refused("a constraint is not held", span);
    }
    Ok(match constraint {
        Constraint::Key { primary, columns, span } => {
            let word = if *primary { "PRIMARY KEY" } else { "UNIQUE" };
            format!("{word} ({})", pieces.names_text(columns, *span)?)
        }
        Constraint::Check(condition) => {
            format!("CHECK ({})", pieces.condition_text(condition)?)
        }
    })
}

pub(super) fn create_view<P: Pieces>(pieces: &mut P, view: &CreateView) -> Emit<String> {
    let span = view.span;
    if view.existing == Existing::Kept && !pieces.writes().keeps_views {
        return pieces.refused("IF NOT EXISTS of a view is not done", span);
    }
    let head = head(pieces, "VIEW", view.existing, view.temporary, &view.path, span)?;
    Ok(format!("{head} AS\n{}", typed(pieces, &view.query, &view.columns)?))
}

/// A query whose columns have the names and types that a table or view of it has at the source. The
/// target would choose types of its own for what it computes.
fn typed<P: Pieces>(pieces: &mut P, query: &Query, columns: &[Column]) -> Emit<String> {
    let own = pieces.target() == Target::Postgres && !pieces.lowered();
    let same_names = query.columns.iter().zip(columns).all(|(a, b)| a.name == b.name);
    if same_names && (own || is_plain(query)) {
        return pieces.query_text(query);
    }
    if !own {
        pieces.count_rule(&made_types::RULE);
    }
    let span = query.span;
    let inner = pieces.inner_query(query)?;
    let numbered: Vec<String> = (1..=columns.len()).map(|n| format!("c{n}")).collect();
    let mut items = Vec::with_capacity(columns.len());
    let values: &[Item] = match &query.body {
        Body::Select(select) => &select.items,
        _ => &[],
    };
    let tables = bare_numbers::reads_tables(query);
    for (index, (column, inner)) in columns.iter().zip(&numbered).enumerate() {
        let name = pieces.written_name(&column.name, span)?;
        let bare = bare_numbers::column_type(pieces.target(), &column.ty)
            .zip(values.get(index).map(|item| &item.expr))
            .filter(|(_, expr)| bare_numbers::fits(expr, tables));
        // A number of such a column has its type already.
        let stored = bare.as_ref().is_some_and(|(_, e)| matches!(e.kind, ExprKind::Column { .. }));
        let item = if own || stored {
            format!("{inner} AS {name}")
        } else {
            let ty = match &column.ty {
                Type::Char(_) if pieces.target() != Target::Postgres => "VARCHAR".to_owned(),
                // A document is its text there.
                Type::Json | Type::Jsonb if pieces.target() == Target::DataFusion => {
                    "VARCHAR".to_owned()
                }
                ty => match bare {
                    Some((bare, _)) => bare,
                    None => pieces.type_text(ty, span)?,
                },
            };
            format!("CAST({inner} AS {ty}) AS {name}")
        };
        items.push(item);
    }
    Ok(format!("SELECT {}\nFROM ({inner}) AS q({})", items.join(", "), numbered.join(", ")))
}

/// Does the query give columns of tables only, which have their types already?
fn is_plain(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let table =
        |relation: &sql::tree::Relation| matches!(relation, sql::tree::Relation::Table { .. });
    query.with.is_empty()
        && select.distinct == Distinct::No
        && select.group_by.is_empty()
        && select.from.as_ref().is_some_and(table)
        && select.items.iter().all(|item| {
            matches!(item.expr.kind, ExprKind::Column { .. })
                && !matches!(item.expr.ty, Type::Char(_))
        })
}

pub(super) fn drop<P: Pieces>(pieces: &mut P, drop: &Drop) -> Emit<String> {
    let word = if drop.view { "VIEW" } else { "TABLE" };
    let exists = if drop.if_exists { "IF EXISTS " } else { "" };
    Ok(format!("DROP {word} {exists}{}", pieces.path_text(&drop.path, drop.span)?))
}
