//! Keys and conditions of a table.

use crate::{
    bind::{Binder, Bound, Span, codes, scope::Scope},
    dialects::{Keys, UniqueNulls},
    tree::{ColumnDefinition, Constraint},
};
use sqlparser::ast::{self, ColumnOption, ConstraintCharacteristics, TableConstraint};

impl Binder<'_> {
    /// The constraints of a table, those of its columns among them. A key that the source does not
    /// enforce is left out, but for what it says of NULL.
    pub(super) fn constraints(
        &mut self,
        table: &ast::CreateTable,
        columns: &mut [ColumnDefinition],
        mut found: Vec<Constraint>,
        scope: Scope,
        span: Span,
    ) -> Bound<Vec<Constraint>> {
        let mut checks = Vec::new();
        for option in table.columns.iter().flat_map(|column| &column.options) {
            if let ColumnOption::Check(check) = &option.option {
                checks.push(check);
            }
        }
        for constraint in &table.constraints {
            match constraint {
                TableConstraint::PrimaryKey(key) => {
                    self.enforced(key.characteristics.as_ref(), span)?;
                    let columns = self.key_columns(&key.columns, span)?;
                    found.push(Constraint::Key { primary: true, columns, span });
                }
                TableConstraint::Unique(key) => {
                    self.enforced(key.characteristics.as_ref(), span)?;
                    if key.nulls_distinct != ast::NullsDistinctOption::None {
                        return self.unsupported("NULLS DISTINCT", span);
                    }
                    let columns = self.key_columns(&key.columns, span)?;
                    found.push(Constraint::Key { primary: false, columns, span });
                }
                TableConstraint::Check(check) => checks.push(check),
                TableConstraint::ForeignKey(_) => self.foreign_key(span)?,
                TableConstraint::Index(_) => self.left_out("an index", span),
                _ => return self.unsupported("this constraint", span),
            }
        }
        self.kept_keys(columns, &mut found)?;
        self.scopes.push(scope);
        let bound: Bound<Vec<Constraint>> = checks
            .into_iter()
            .map(|check| {
                if check.enforced == Some(false) {
                    return self.unsupported("a CHECK that is not enforced", span);
                }
                Ok(Constraint::Check(self.condition(&check.expr)?))
            })
            .collect();
        self.scopes.pop();
        found.extend(bound?);
        Ok(found)
    }

    /// Keeps the keys that the source enforces, where equal means the same on the targets.
    fn kept_keys(
        &mut self,
        columns: &mut [ColumnDefinition],
        found: &mut Vec<Constraint>,
    ) -> Bound<()> {
        let rule = self.spec.traits().writing.keys;
        for constraint in found.iter() {
            let Constraint::Key { primary, columns: names, span } = constraint else { continue };
            let of_key = |column: &ColumnDefinition| names.contains(&column.name);
            if let Some(unknown) = names.iter().find(|n| !columns.iter().any(|c| c.name == **n)) {
                let what = format!("column `{unknown}` is not in the table");
                return self.refuse(codes::UNKNOWN_COLUMN, what, *span);
            }
            match rule {
                Keys::Information { not_null } => {
                    let note = format!(
                        "{} is left out: {} does not enforce it",
                        if *primary { "PRIMARY KEY" } else { "UNIQUE" },
                        self.spec.source.dialect.title()
                    );
                    let note = model::Diagnostic::note(codes::LEFT_OUT, note, Some(*span));
                    self.notes.push(note);
                    for column in columns.iter_mut().filter(|c| of_key(c)) {
                        column.not_null |= *primary && not_null;
                    }
                }
                Keys::Enforced(nulls) => {
                    for column in columns.iter().filter(|c| of_key(c)) {
                        self.no_text(&column.ty, "a key", *span)?;
                    }
                    let open = columns.iter().any(|c| of_key(c) && !c.not_null) && !primary;
                    let same = match nulls {
                        UniqueNulls::Distinct => false,
                        UniqueNulls::Partly => names.len() > 1,
                        UniqueNulls::Equal => true,
                    };
                    if open && same {
                        let what = "UNIQUE over columns that may be NULL";
                        return self.unsupported(what, *span);
                    }
                }
            }
        }
        if matches!(rule, Keys::Information { .. }) {
            found.clear();
        }
        Ok(())
    }

    fn key_columns(&mut self, columns: &[ast::IndexColumn], span: Span) -> Bound<Vec<String>> {
        let mut names = Vec::with_capacity(columns.len());
        for column in columns {
            match &column.column.expr {
                ast::Expr::Identifier(name) if column.operator_class.is_none() => {
                    names.push(self.fold(name));
                }
                _ => return self.unsupported("a key of anything but columns", span),
            }
        }
        Ok(names)
    }

    /// A key is checked at once, or is no key at all.
    pub(super) fn enforced(
        &mut self,
        how: Option<&ConstraintCharacteristics>,
        span: Span,
    ) -> Bound<()> {
        let Some(how) = how else { return Ok(()) };
        let information = matches!(self.spec.traits().writing.keys, Keys::Information { .. });
        if !information && (how.enforced == Some(false) || how.deferrable == Some(true)) {
            return self.unsupported("a key that is not checked at once", span);
        }
        Ok(())
    }

    /// A reference to another table: left out where the source does not enforce it.
    pub(super) fn foreign_key(&mut self, span: Span) -> Bound<()> {
        if matches!(self.spec.traits().writing.keys, Keys::Information { .. }) {
            self.left_out("a foreign key, which is not enforced,", span);
            return Ok(());
        }
        self.unsupported("a foreign key", span)
    }
}
