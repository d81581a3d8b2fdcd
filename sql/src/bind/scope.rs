//! Which names can be seen from a place.

use super::{Binder, Bound, marks::ColumnMarks, twin_names::TwinNames};
use crate::{
    dialects::Seen,
    tree::{Column, Expr},
};
use sqlparser::ast;
use std::{rc::Rc, sync::Arc};

/// A relation in scope.
#[derive(Debug, Clone)]
pub(super) struct ScopeRelation {
    /// Alias, or the table's own name.
    pub(super) name: String,
    /// Shared: scopes are copied for each join that may look to its left.
    pub(super) columns: Arc<[Column]>,
    /// Columns merged away by USING: seen by their qualified name only.
    pub(super) merged_away: Vec<String>,
    /// The table's own name, where columns may be called by it beside an alias.
    pub(super) table: Option<String>,
    /// Is it a table or a query? What a function gives may be values.
    pub(super) rows: bool,
    /// The table of the catalog that it is.
    pub(super) path: Vec<String>,
    /// Is it left out of `*`?
    pub(super) outside_star: bool,
    /// Columns that `*` shows by another name.
    pub(super) twins: TwinNames,
}

impl ScopeRelation {
    pub(super) fn new(name: String, columns: impl Into<Arc<[Column]>>) -> Self {
        Self {
            name,
            columns: columns.into(),
            merged_away: Vec::new(),
            rows: false,
            table: None,
            path: Vec::new(),
            outside_star: false,
            twins: TwinNames::new(),
        }
    }

    /// A table or a query in FROM, whose bare name is a row.
    pub(super) fn of_rows(name: String, columns: impl Into<Arc<[Column]>>) -> Self {
        Self { rows: true, ..Self::new(name, columns) }
    }
}

/// The relations of one SELECT.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    pub(super) relations: Vec<ScopeRelation>,
    /// Columns that USING merged, in order, each with the relation whose value it has.
    pub(super) merged: Vec<Found>,
    /// Those of them that a condition joins, so that both sides still have them in the tree.
    pub(super) by_condition: Vec<String>,
    /// Output names and what they stand for.
    pub(super) aliases: Vec<(String, Rc<ast::Expr>)>,
    /// Names of outputs in quotes and in lower case, where other names are in upper case.
    pub(super) quoted: Vec<String>,
    /// Places of outputs that no clause can name.
    pub(super) nameless: Vec<usize>,
    /// Outputs whose expressions are being bound, innermost last.
    pub(super) defining: Vec<String>,
    /// How the clause that is being bound sees the output names.
    pub(super) seen: Seen,
    /// Is it WHERE that is being bound?
    pub(super) filtering: bool,
    /// Columns that GROUP BY names.
    pub(super) grouped: Vec<String>,
    /// Columns of which is known whether they can be NULL: relation, column, whether.
    pub(super) nullable: Vec<(String, String, bool)>,
    /// Relations of an outer join whose missing rows have the default of each type, not NULL.
    pub(super) filled: Vec<String>,
    /// What semi joins demand of the rows: a part of WHERE.
    pub(super) kept: Vec<Expr>,
    /// The WINDOW clause.
    pub(super) windows: Vec<ast::NamedWindowDefinition>,
}

/// A common table expression in scope.
#[derive(Debug, Clone)]
pub(super) struct CteScope {
    pub(super) name: String,
    /// Is its name in quotes and in lower case, where unquoted names are in upper case?
    pub(super) quoted: bool,
    pub(super) columns: Arc<[Column]>,
    /// Which of them can be NULL, where that is known.
    pub(super) nullable: Vec<Option<bool>>,
    pub(super) marks: ColumnMarks,
    pub(super) twins: TwinNames,
}

impl CteScope {
    /// One of whose columns nothing is known but names and types.
    pub(super) fn of(name: String, columns: Vec<Column>) -> Self {
        Self {
            name,
            quoted: false,
            columns: columns.into(),
            nullable: Vec::new(),
            marks: ColumnMarks::new(),
            twins: TwinNames::new(),
        }
    }
}

/// What a name was found to be.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Relation that has it, absent for a column merged by a full join.
    pub(super) relation: Option<String>,
    pub(super) column: Column,
}

impl Binder<'_> {
    /// Binds something that sees the names of this scope, too.
    pub(super) fn within<T>(
        &mut self,
        scope: Scope,
        bind: impl FnOnce(&mut Self) -> Bound<T>,
    ) -> Bound<T> {
        self.scopes.push(scope);
        let bound = bind(self);
        self.scopes.pop();
        bound
    }
}

impl Scope {
    /// What an element of FROM sees that follows these: they, and what they see.
    pub(super) fn beside(&self, own: &Self) -> Self {
        let mut visible = self.clone();
        visible.relations.extend(own.relations.iter().cloned());
        visible.merged.extend(own.merged.iter().cloned());
        visible.by_condition.extend(own.by_condition.iter().cloned());
        visible
    }

    /// What a condition of a join sees of its two inputs.
    pub(super) fn joined(&self, right: &Self) -> Self {
        let mut both = self.beside(right);
        both.nullable.extend(right.nullable.iter().cloned());
        both
    }

    /// Takes the relations of a part of FROM in, behind its own.
    pub(super) fn take_in(&mut self, mut part: Self) {
        self.relations.append(&mut part.relations);
        self.merged.append(&mut part.merged);
        self.by_condition.append(&mut part.by_condition);
        self.nullable.append(&mut part.nullable);
        self.filled.append(&mut part.filled);
    }

    /// All columns called `name` that an unqualified reference can mean.
    pub(super) fn unqualified(&self, name: &str) -> Vec<Found> {
        let merged = self.merged.iter().filter(|found| found.column.name == name);
        let mut found: Vec<Found> = merged.cloned().collect();
        for relation in &self.relations {
            if relation.merged_away.iter().any(|m| m == name) {
                continue;
            }
            for column in relation.columns.iter().filter(|c| c.name == name) {
                found.push(Found { relation: Some(relation.name.clone()), column: column.clone() });
            }
        }
        found
    }

    /// All columns called `name` of the relation called `relation`.
    pub(super) fn qualified(&self, relation: &str, name: &str) -> Vec<Found> {
        let table = |r: &&ScopeRelation| r.table.as_deref() == Some(relation);
        let named: Vec<&ScopeRelation> =
            self.relations.iter().filter(|r| r.name == relation).collect();
        // An alias that is the name of another table beside it leaves open which of the two is meant.
        let beside = !named.iter().all(table) || named.is_empty();
        let others = self.relations.iter().filter(|r| beside && r.name != relation).filter(table);
        named
            .iter()
            .copied()
            .chain(others)
            .flat_map(|r| r.columns.iter().filter(|c| c.name == name).map(move |c| (r, c)))
            .map(|(r, c)| Found { relation: Some(r.name.clone()), column: c.clone() })
            .collect()
    }

    /// All columns called `name` of this very table of the catalog, called `relation` here.
    pub(super) fn of_table(&self, table: &[Column], relation: &str, name: &str) -> Vec<Found> {
        let is_it = |r: &&ScopeRelation| {
            std::ptr::eq(&raw const *r.columns, table)
                && (r.name == relation || r.table.as_deref() == Some(relation))
        };
        self.relations
            .iter()
            .filter(is_it)
            .flat_map(|r| r.columns.iter().filter(|c| c.name == name).map(move |c| (r, c)))
            .map(|(r, c)| Found { relation: Some(r.name.clone()), column: c.clone() })
            .collect()
    }

    pub(super) fn relation(&self, name: &str) -> Option<&ScopeRelation> {
        self.relations.iter().find(|r| r.name == name)
    }

    /// Is it the name of a column that USING merges?
    pub(super) fn is_merged(&self, name: &str) -> bool {
        self.merged.iter().any(|found| found.column.name == name)
    }

    /// Would the columns that USING merges stand elsewhere in a relation if they came first?
    pub(super) fn moves(&self, relation: &ScopeRelation) -> bool {
        let own: Vec<bool> =
            relation.columns.iter().map(|column| self.is_merged(&column.name)).collect();
        let several = own.iter().filter(|merged| **merged).count() > 1;
        several || own.iter().skip(1).any(|merged| *merged)
    }

    /// What `*` means: merged columns first, then the rest in order.
    pub(super) fn star(&self) -> Vec<Found> {
        let mut found = self.merged.clone();
        for relation in self.relations.iter().filter(|relation| !relation.outside_star) {
            for column in relation.columns.iter() {
                if !relation.merged_away.contains(&column.name) {
                    found.push(Found {
                        relation: Some(relation.name.clone()),
                        column: column.clone(),
                    });
                }
            }
        }
        found
    }
}
