//! `FROM unnest(a, b)`: the elements of several arrays beside each other, NULL where one is shorter, with their
//! places where these are asked for.

use super::{
    Binder, Bound,
    operator::predicate,
    scope::{Scope, ScopeRelation},
};
use crate::{
    tree::{Alias, Expr, Item, Relation, Select},
    types::Type,
};

impl Binder<'_> {
    /// A derived table whose list gives the elements of each array: calls that give rows advance
    /// together there.
    pub(super) fn side_by_side(
        &mut self,
        arrays: Vec<Expr>,
        alias: Option<Alias>,
        ordinality: bool,
        own: &mut Scope,
    ) -> Bound<Relation> {
        let span = self.place;
        let alias = alias.unwrap_or(Alias { name: "unnest".to_owned(), columns: Vec::new() });
        if alias.columns.len() > arrays.len() + usize::from(ordinality) {
            return self.unsupported("more names than arrays", span);
        }
        let lateral = arrays.iter().any(|array| array.any_free_column(&|_| true));
        let mut items = Vec::with_capacity(arrays.len() + 1);
        let numbers = if ordinality { Some(self.numbers(&arrays)?) } else { None };
        for (index, array) in arrays.into_iter().enumerate() {
            if array.ty.element().is_none_or(|element| *element == Type::Unknown) {
                return self.unsupported("UNNEST of what is no array of a known type", span);
            }
            let name = alias.columns.get(index).cloned();
            let expr = self.apply("unnest", vec![array], span)?;
            items.push(Item { expr, name: name.unwrap_or_else(|| "unnest".to_owned()) });
        }
        if let Some(expr) = numbers {
            let name = alias.columns.get(items.len()).cloned();
            items.push(Item { expr, name: name.unwrap_or_else(|| "ordinality".to_owned()) });
        }
        let query = Select::of(items, None).into_query(span);
        own.relations.push(ScopeRelation::new(alias.name.clone(), query.columns.clone()));
        Ok(Relation::Derived { query: Box::new(query), alias, lateral })
    }

    /// From 1 to the length of the longest array.
    fn numbers(&mut self, arrays: &[Expr]) -> Bound<Expr> {
        let span = self.place;
        let mut lengths = Vec::with_capacity(arrays.len());
        for array in arrays {
            let length = self.resolve("cardinality", vec![array.clone()], span)?;
            lengths.push(length);
        }
        let mut longest = predicate("greatest", lengths, span);
        longest.ty = Type::Int4;
        let numbers =
            self.resolve("generate_series", vec![self.number("1", span), longest], span)?;
        self.coerce(numbers, &Type::Int8)
    }
}
