//! `DROP TABLE` and `DROP VIEW`.

use crate::{
    bind::{Binder, Bound},
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
}
