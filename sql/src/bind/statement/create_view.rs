//! `CREATE VIEW`.

use crate::{
    bind::{Binder, Bound, Span, codes},
    tree::{Column, CreateView, Existing, Statement},
    types::Type,
};
use sqlparser::ast::{self, CreateTableOptions};

impl Binder<'_> {
    pub(super) fn create_view(&mut self, view: &ast::CreateView) -> Bound<Statement> {
        let span = self.span(view);
        let ast::CreateView {
            or_alter,
            or_replace,
            materialized,
            secure,
            name,
            name_before_not_exists: _,
            columns,
            query,
            options,
            cluster_by,
            comment,
            with_no_schema_binding,
            if_not_exists,
            temporary,
            copy_grants,
            to,
            params,
        } = view;
        let foreign = [
            (*materialized, "a materialized view"),
            (*or_alter, "CREATE OR ALTER"),
            (to.is_some() || params.is_some(), "this option of CREATE VIEW"),
            (!matches!(options, CreateTableOptions::None), "options of a view"),
            (*or_replace && *if_not_exists, "OR REPLACE with IF NOT EXISTS"),
        ];
        self.has_none(&foreign, span)?;
        let dropped = [
            (*secure || *copy_grants, "who may see the view"),
            (!cluster_by.is_empty(), "CLUSTER BY"),
            (comment.is_some(), "a comment"),
            (*with_no_schema_binding, "WITH NO SCHEMA BINDING"),
        ];
        for (_, what) in dropped.iter().filter(|(found, _)| *found) {
            self.left_out(what, span);
        }
        let path = self.new_path(name, span)?;
        let query = self.query(query)?;
        let mut named = query.columns.clone();
        if !columns.is_empty() {
            if columns.len() != query.columns.len() {
                let what = format!(
                    "{} names for the {} columns of the view",
                    columns.len(),
                    query.columns.len()
                );
                return self.refuse(codes::UNKNOWN_COLUMN, what, span);
            }
            if columns.iter().any(|column| column.data_type.is_some()) {
                return self.unsupported("types of the columns of a view", span);
            }
            for (own, column) in named.iter_mut().zip(columns) {
                own.name = self.fold(&column.name);
            }
        }
        self.columns_of_a_table(&named, span)?;
        let existing = existing(*or_replace, *if_not_exists);
        let temporary = *temporary;
        let view = CreateView { path, existing, temporary, columns: named, query, span };
        Ok(Statement::CreateView(Box::new(view)))
    }

    /// Columns of a query as those of a table or view: each with a name of its own and a type.
    pub(super) fn columns_of_a_table(&self, columns: &[Column], span: Span) -> Bound<()> {
        for (index, one) in columns.iter().enumerate() {
            if one.name == "?column?" && !self.speaks_core() {
                return self.unsupported("a column without a name in a table or view", span);
            }
            if columns.iter().skip(index + 1).any(|other| other.name == one.name) {
                let what = format!("column `{}` is there twice", one.name);
                return self.refuse(codes::UNKNOWN_COLUMN, what, span);
            }
            if matches!(one.ty, Type::Unknown | Type::Record | Type::Other(_)) {
                let what = format!("the type of column `{}` is not known", one.name);
                return self.refuse(codes::TYPES, what, span);
            }
        }
        Ok(())
    }
}

pub(super) const fn existing(or_replace: bool, if_not_exists: bool) -> Existing {
    match (or_replace, if_not_exists) {
        (true, _) => Existing::Replaced,
        (false, true) => Existing::Kept,
        (false, false) => Existing::Refused,
    }
}
