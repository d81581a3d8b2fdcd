//! `j.a.b`: members of a column of JSON, behind points as the fields of a row are.

use super::{Binder, Bound};
use crate::{dialects::Names, tree::Expr, types::Type};
use sqlparser::ast::Ident;

impl Binder<'_> {
    /// The member, if the path begins with a column of JSON and is no column itself.
    pub(super) fn json_field(&mut self, path: &[Ident], span: super::Span) -> Bound<Option<Expr>> {
        if !self.spec.traits().points_into_json || self.speaks_core() {
            return Ok(None);
        }
        let names: Vec<String> = path.iter().map(|name| self.fold(name)).collect();
        if self.column(&names, span).is_ok() {
            return Ok(None);
        }
        for count in 1..path.len() {
            let column = names.get(..count).map(|prefix| self.column(prefix, span));
            let Some(Ok(mut value)) = column else { continue };
            if value.ty != Type::Jsonb {
                continue;
            }
            for key in path.iter().skip(count) {
                let key = super::lower::text(self.member_name(key), span);
                value = self.apply("json key", vec![value, key], span)?;
            }
            return Ok(Some(value));
        }
        Ok(None)
    }

    /// The key that a name behind a point stands for. Keys are told apart by their case, but Redshift
    /// has every name in lower case before it looks for it.
    pub(super) fn member_name(&self, name: &Ident) -> String {
        match self.spec.traits().names {
            Names::AlwaysLower => crate::dialects::fold(name, Names::AlwaysLower),
            _ => name.value.clone(),
        }
    }
}
