//! What is exact on PostgreSQL and computed in floats on DataFusion, beside decimals: of the two it makes
//! decimals of 15 digits behind the point, to which the float is cut. The decimals become floats.

use crate::{emit::Emitter, targets::Target};
use sql::{
    Type,
    tree::{Body, Expr, ExprKind, Query},
};

/// Of whose values one is given, or which are compared.
const BESIDE: [&str; 13] = [
    "coalesce",
    "greatest",
    "least",
    "nullif",
    "<",
    "<=",
    ">",
    ">=",
    "between",
    "not between",
    "is distinct from",
    "is not distinct from",
    "<>",
];

/// Does a query inside of this one give a value that is computed in floats?
pub(in crate::emit) fn has_floats_inside(query: &Query) -> bool {
    let mut gives = |inner: &Query| match &inner.body {
        Body::Select(select) => {
            !std::ptr::eq(inner, query)
                && select.items.iter().any(|item| is_float(&item.expr, false))
        }
        Body::Values(rows) => rows.iter().flatten().any(|cell| is_float(cell, false)),
        Body::SetOperation { .. } => false,
    };
    query.any_query(&mut gives)
}

impl Emitter {
    /// May a column of a query inside be a float there and none here?
    pub(crate) const fn floats_inside(&self) -> bool {
        self.floats_inside
    }

    /// The expression with floats beside floats, where it is not so already.
    pub(in crate::emit) fn with_floats(&self, expr: &Expr) -> Option<Expr> {
        if self.target() != Target::DataFusion {
            return None;
        }
        match &expr.kind {
            ExprKind::Case { branches, otherwise, .. } if expr.ty == Type::NUMERIC => {
                let values = branches.iter().map(|(_, then)| then).chain(otherwise.as_deref());
                if !self.are_mixed(values) {
                    return None;
                }
                let mut whole = expr.clone();
                if let ExprKind::Case { branches, otherwise, .. } = &mut whole.kind {
                    let values = branches.iter_mut().map(|(_, then)| then);
                    values.chain(otherwise.as_deref_mut()).for_each(|value| self.in_floats(value));
                }
                Some(whole)
            }
            ExprKind::Call(call) if BESIDE.contains(&call.name) => {
                if !self.are_mixed(call.args.iter()) {
                    return None;
                }
                let mut whole = expr.clone();
                if let ExprKind::Call(call) = &mut whole.kind {
                    call.args.iter_mut().for_each(|value| self.in_floats(value));
                }
                Some(whole)
            }
            _ => None,
        }
    }

    /// Queries or rows whose values stand below each other, likewise.
    pub(in crate::emit) fn rows_with_floats(&self, query: &Query) -> Option<Query> {
        let several = matches!(query.body, Body::SetOperation { .. } | Body::Values(_));
        if self.target() != Target::DataFusion || !several {
            return None;
        }
        let mut whole = None;
        for index in 0..query.columns.len() {
            let mut cells = Vec::new();
            cells_at(query, index, &mut cells);
            if self.are_mixed(cells.into_iter()) {
                let changed = whole.get_or_insert_with(|| query.clone());
                each_cell_at(changed, index, &mut |cell| self.in_floats(cell));
            }
        }
        whole
    }

    fn are_mixed<'e>(&self, values: impl Iterator<Item = &'e Expr> + Clone) -> bool {
        values.clone().any(|value| self.is_decimal(value))
            && values.into_iter().any(|value| is_float(value, self.floats_inside))
    }

    fn is_decimal(&self, value: &Expr) -> bool {
        matches!(value.ty, Type::Numeric(_))
            && !value.is_null()
            && !is_float(value, self.floats_inside)
    }

    fn in_floats(&self, value: &mut Expr) {
        if !self.is_decimal(value) {
            return;
        }
        let mut inner = value.clone();
        // The digits of what is converted are known.
        while let ExprKind::Coerce { expr } = inner.kind {
            inner = *expr;
        }
        let span = value.span;
        *value = Expr { kind: ExprKind::Cast { expr: Box::new(inner) }, ty: Type::Float8, span };
    }
}

/// Is it exact on PostgreSQL and a float there? `inside`: may a column be one?
pub(crate) fn is_float(expr: &Expr, inside: bool) -> bool {
    if expr.ty != Type::NUMERIC {
        return false;
    }
    match &expr.kind {
        ExprKind::Call(call) => {
            let divides = ["/", "avg", "stddev", "stddev_samp", "stddev_pop"].contains(&call.name)
                || ["variance", "var_samp", "var_pop", "sqrt", "ln", "log"].contains(&call.name)
                || ["log10", "exp", "power", "pow", "^"].contains(&call.name);
            divides || call.args.iter().any(|arg| is_float(arg, inside))
        }
        // Text read as `numeric` of unknown digits becomes one.
        ExprKind::Cast { expr } if expr.ty.is_text() => true,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_float(expr, inside),
        ExprKind::Case { branches, otherwise, .. } => {
            let values = branches.iter().map(|(_, then)| then).chain(otherwise.as_deref());
            values.into_iter().any(|value| is_float(value, inside))
        }
        ExprKind::Scalar(query) => {
            let mut cells = Vec::new();
            cells_at(query, 0, &mut cells);
            cells.into_iter().any(|cell| is_float(cell, inside))
        }
        ExprKind::Column { .. } => inside,
        _ => false,
    }
}

/// What stands in a column of a query, in each of its parts.
fn cells_at<'q>(query: &'q Query, index: usize, cells: &mut Vec<&'q Expr>) {
    match &query.body {
        Body::Select(select) => cells.extend(select.items.get(index).map(|item| &item.expr)),
        Body::Values(rows) => cells.extend(rows.iter().filter_map(|row| row.get(index))),
        Body::SetOperation { left, right, .. } => {
            cells_at(left, index, cells);
            cells_at(right, index, cells);
        }
    }
}

fn each_cell_at(query: &mut Query, index: usize, change: &mut dyn FnMut(&mut Expr)) {
    match &mut query.body {
        Body::Select(select) => {
            if let Some(item) = select.items.get_mut(index) {
                change(&mut item.expr);
            }
        }
        Body::Values(rows) => {
            rows.iter_mut().filter_map(|row| row.get_mut(index)).for_each(change);
        }
        Body::SetOperation { left, right, .. } => {
            each_cell_at(left, index, change);
            each_cell_at(right, index, change);
        }
    }
}
