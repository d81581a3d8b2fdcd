//! Columns by their place: `$1`, `t.$2`, `ORDER BY -1`.

use super::{Binder, Bound, codes, sort_key::negated};
use crate::tree::{Expr, ExprKind, Item};
use sqlparser::ast;

impl Binder<'_> {
    /// Does `$1` name the first column of FROM in this text?
    pub(super) fn has_positions(&self) -> bool {
        self.spec.traits().columns_by_place && !self.speaks_core()
    }

    /// The column that `$1` or `t.$1` means.
    pub(super) fn at_position(
        &self,
        relation: &[String],
        name: &str,
        span: super::Span,
    ) -> Bound<Expr> {
        let index = name.strip_prefix('$').and_then(|n| n.parse::<usize>().ok());
        let Some(index) = index.and_then(|n| n.checked_sub(1)) else {
            return self.unsupported("a variable of the session", span);
        };
        let relations = self.scopes.last().map_or(&[][..], |scope| &scope.relations);
        let found = match relation {
            [] if relations.len() == 1 => relations.first(),
            [] => return self.unsupported("a column by its place among several tables", span),
            [.., relation] => relations.iter().find(|one| one.name == *relation),
        };
        let column = found.and_then(|one| Some((one, one.columns.get(index)?)));
        let Some((relation, column)) = column else {
            return self.refuse(
                codes::UNKNOWN_COLUMN,
                format!("column `{name}` is in no table of this FROM clause"),
                span,
            );
        };
        let kind = ExprKind::Column {
            relation: Some(relation.name.clone()),
            name: column.name.clone(),
            qualified: true,
        };
        Ok(Expr { kind, ty: column.ty.clone(), span })
    }

    /// The place in a list of so many that a number with a sign means as a key.
    pub(super) fn counted_back(&self, key: &ast::Expr, count: usize) -> Option<usize> {
        let counts = self.spec.traits().places_from_the_end && !self.speaks_core();
        let back = negated(key).filter(|_| counts)?.parse::<usize>().ok();
        count.checked_sub(back.filter(|back| *back > 0)?)
    }

    /// The element of a list that a number means as a key: `Ok(None)` where the key is no number.
    pub(super) fn item_at<'a>(
        &self,
        key: &ast::Expr,
        items: &'a [Item],
        span: super::Span,
    ) -> Bound<Option<&'a Item>> {
        let index = match key {
            _ if negated(key).is_some() => self.counted_back(key, items.len()),
            ast::Expr::Value(value) => match &value.value {
                ast::Value::Number(digits, _) => {
                    digits.parse::<usize>().ok().and_then(|place| place.checked_sub(1))
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        match index.and_then(|index| items.get(index)) {
            Some(item) => Ok(Some(item)),
            None => self.unsupported("a place beyond the list", span),
        }
    }
}
