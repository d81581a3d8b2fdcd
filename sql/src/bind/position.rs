//! Columns by their place: `$1`, `t.$2`.

use super::{Binder, Bound, codes};
use crate::tree::{Expr, ExprKind};

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
}
