//! `DROP TABLE` and `DROP VIEW`.

use crate::{
    bind::{Binder, Bound, Span},
    tree::{Drop, Statement},
};
use sqlparser::ast::{self, ObjectType};

impl Binder<'_> {
    pub(super) fn drop_object(&mut self, statement: &ast::Statement) -> Bound<Statement> {
        let span = self.place;
        let ast::Statement::Drop {
            object_type,
            if_exists,
            names,
            cascade,
            restrict: _,
            purge,
            temporary,
            table,
        } = statement
        else {
            return self.unsupported("this kind of statement", span);
        };
        let view = match object_type {
            ObjectType::Table => false,
            ObjectType::View => true,
            _ => return self.unsupported("DROP of anything but a table or a view", span),
        };
        let [name] = names.as_slice() else {
            return self.unsupported("DROP of several tables", span);
        };
        if *cascade || *purge || *temporary || table.is_some() {
            return self.unsupported("this option of DROP", span);
        }
        let path = self.new_path(name, span)?;
        Ok(Statement::Drop(Drop { view, if_exists: *if_exists, path, span }))
    }

    /// A name that needs not be in the catalog.
    pub(super) fn new_path(&mut self, name: &ast::ObjectName, span: Span) -> Bound<Vec<String>> {
        let mut path: Vec<String> =
            name.0.iter().filter_map(|part| part.as_ident()).map(|n| self.fold(n)).collect();
        if path.len() != name.0.len() || path.len() > 2 || path.is_empty() {
            return self.unsupported("a table name of this form", span);
        }
        // A schema that the catalog leaves out.
        if let [schema, _] = path.as_slice()
            && self.spec.traits().default_schema == Some(schema.as_str())
        {
            path.remove(0);
        }
        Ok(path)
    }
}
