//! `ARRAY JOIN a AS x` of `ClickHouse`: one row for each element of the row's array. `LEFT ARRAY JOIN` keeps
//! a row with an empty array, with the default value as its element.

use super::{
    Binder, Bound,
    generator::join,
    scope::{Scope, ScopeRelation},
};
use crate::tree::{Alias, Column, Relation};
use sqlparser::ast::{self, FunctionArguments, JoinOperator, TableFactor};

/// Is it one, and does it keep rows without elements?
pub(super) const fn is_array_join(operator: &JoinOperator) -> Option<bool> {
    match operator {
        JoinOperator::ArrayJoin | JoinOperator::InnerArrayJoin => Some(false),
        JoinOperator::LeftArrayJoin => Some(true),
        _ => None,
    }
}

impl Binder<'_> {
    pub(super) fn array_join(
        &mut self,
        left: Relation,
        array: &TableFactor,
        outer: bool,
        own: &mut Scope,
    ) -> Bound<Relation> {
        let span = self.place;
        let TableFactor::Table { name, alias: Some(alias), args, .. } = array else {
            return self.unsupported("ARRAY JOIN without a new name", span);
        };
        let alias = self.alias(alias)?;
        let path: Option<Vec<String>> =
            name.0.iter().map(|part| Some(self.fold(part.as_ident()?))).collect();
        let Some(path) = path.filter(|_| alias.columns.is_empty()) else {
            return self.unsupported("this ARRAY JOIN", span);
        };
        let (array, nullable) = self.within(own.clone(), |binder| {
            let array = match args {
                None => binder.column(&path, span)?,
                Some(args) => binder.expr(&called(name, &args.args))?,
            };
            let nullable = binder.holds_null(&array);
            Ok((array, nullable))
        })?;
        let call = self.resolve("unnest", vec![array], span)?;
        // The element hides a column of that name; only a new name is read here.
        let hidden =
            own.relations.iter().flat_map(|r| r.columns.iter()).any(|c| c.name == alias.name);
        if hidden {
            return self.unsupported("ARRAY JOIN under the name of a column", span);
        }
        let element = Column { name: alias.name.clone(), ty: call.ty.clone() };
        let mut relation = ScopeRelation::new(alias.name.clone(), vec![element]);
        relation.outside_star = true;
        own.relations.push(relation);
        if let Some(may) = nullable {
            own.nullable.push((alias.name.clone(), alias.name.clone(), may));
        }
        if outer {
            own.filled.push(alias.name.clone());
        }
        let alias = Alias { columns: vec![alias.name.clone()], ..alias };
        let right = Relation::Function { call, alias, ordinality: false };
        Ok(join(left, right, outer, span))
    }
}

/// A call in the place of a table, as an expression.
fn called(name: &ast::ObjectName, args: &[ast::FunctionArg]) -> ast::Expr {
    let list = ast::FunctionArgumentList {
        duplicate_treatment: None,
        args: args.to_vec(),
        clauses: Vec::new(),
    };
    ast::Expr::Function(ast::Function {
        name: name.clone(),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(list),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}
