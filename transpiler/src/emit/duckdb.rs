//! What `DuckDB` does not plan of queries over the row around them, or computes otherwise of their values.

mod equal_intervals;
mod equal_zeros;

use super::Emitter;
use crate::{rule::Emit, rules::first_of_no_rows, targets::Target};
use sql::{
    Type,
    tree::{Body, Call, Expr, ExprKind, JoinKind, Query, Relation, Select, Window},
};

/// The names that a SELECT gives.
#[derive(Debug)]
pub(super) struct Names {
    relations: Vec<String>,
    outputs: Vec<String>,
}

impl Names {
    pub(super) fn of(select: &Select) -> Self {
        let outputs = select.items.iter().map(|item| item.name.clone()).collect();
        Self { relations: select.relations(), outputs }
    }

    fn has_relation(&self, relation: &str) -> bool {
        self.relations.iter().any(|name| name == relation)
    }

    fn has(&self, name: &str) -> bool {
        let mut all = self.relations.iter().chain(&self.outputs);
        all.any(|one| one.eq_ignore_ascii_case(name))
    }
}

impl Emitter {
    /// Is it a column of a query outside, and a relation or an output inside is called so? `DuckDB`
    /// takes the name for these first: a row of the relation, or the output.
    pub(super) fn is_hidden(&self, relation: &str, column: &str) -> bool {
        let Some(own) = self.selects.iter().rposition(|names| names.has_relation(relation)) else {
            return false;
        };
        self.selects.iter().skip(own + 1).any(|inside| inside.has(column))
    }

    /// The window of a call. That of `row_number()` over all rows by one key gets another one that
    /// sorts nothing: `DuckDB` takes the first of no rows for a row (`TR0526`).
    pub(super) fn over_of(&mut self, call: &Call, over: &Window) -> Emit<String> {
        self.excludes_nothing(over, call.place())?;
        if let Some(window) = self.window_of_list(call.name, over)? {
            return Ok(window);
        }
        let alone = call.name == "row_number"
            && over.partition_by.is_empty()
            && over.order_by.len() == 1
            && self.around.numbers_asked;
        if self.target() != Target::DuckDb || !alone {
            return self.over(over);
        }
        // A frame does not matter to the number.
        let keys = self.over(&Window { frame: None, ..over.clone() })?;
        let zero = self.made_by(&first_of_no_rows::RULE, call.place(), "0");
        Ok(format!("{keys}, {zero}"))
    }
}

/// Does a correlated query join fully? `DuckDB` has none such.
pub(super) fn joins_fully(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    query.is_correlated() && select.from.as_ref().is_some_and(is_full)
}

fn is_full(relation: &Relation) -> bool {
    match relation {
        Relation::Join { left, right, kind, .. } => {
            *kind == JoinKind::Full || is_full(left) || is_full(right)
        }
        Relation::Derived { query, .. } => match &query.body {
            Body::Select(select) => select.from.as_ref().is_some_and(is_full),
            _ => false,
        },
        _ => false,
    }
}

/// Does a window function of the query read something of outside? `DuckDB` has none such.
pub(super) fn has_window_of_row(query: &Query) -> bool {
    query.is_correlated() && reads_in_windows(query)
}

fn reads_in_windows(query: &Query) -> bool {
    let select = match &query.body {
        Body::Select(select) => select,
        Body::SetOperation { left, right, .. } => {
            return reads_in_windows(left) || reads_in_windows(right);
        }
        Body::Values(_) => return false,
    };
    let own = select.relations();
    let outside = |part: &Expr| {
        part.call().is_some_and(|call| call.over.is_some()) && part.looks_outside(&own)
    };
    select.items.iter().any(|item| item.expr.any_part(&outside))
        || select.from.as_ref().is_some_and(derived_reads_in_windows)
}

fn derived_reads_in_windows(relation: &Relation) -> bool {
    match relation {
        Relation::Derived { query, .. } => reads_in_windows(query),
        Relation::Sample { input, .. } => derived_reads_in_windows(input),
        Relation::Join { left, right, .. } => {
            derived_reads_in_windows(left) || derived_reads_in_windows(right)
        }
        Relation::Table { .. } | Relation::Function { .. } => false,
    }
}

impl Emitter {
    /// Refuses a decimal that is looked for among values of `other`, where both together have more
    /// digits than a decimal has: `DuckDB` rounds one of them, so that 1 is found where 0.5 is.
    pub(super) fn digits_are_kept(&self, expr: &Expr, other: &Type) -> Emit<()> {
        if self.target() != Target::DuckDb {
            return Ok(());
        }
        let Some((one, two)) = expr.ty.decimal_shape().zip(other.decimal_shape()) else {
            return Ok(());
        };
        let whole = one.precision.saturating_sub(one.scale);
        let whole = whole.max(two.precision.saturating_sub(two.scale));
        let digits = whole + one.scale.max(two.scale);
        if digits > 38 {
            return self.refuse(format!("decimals found by {digits} digits"), expr.span);
        }
        Ok(())
    }

    /// The same for the values of a query.
    pub(super) fn digits_of_query_are_kept(&self, expr: &Expr, query: &Query) -> Emit<()> {
        let Some(column) = query.columns.first() else { return Ok(()) };
        let scale = |ty: &Type| ty.decimal_shape().map_or(0, |shape| shape.scale);
        let (one, two) = (scale(&expr.ty), scale(&column.ty));
        let wide_is_coarse =
            (is_wide(expr) && one < two) || (first_item(query).is_some_and(is_wide) && two < one);
        if self.target() == Target::DuckDb && expr.ty.is_exact_number() && wide_is_coarse {
            return self
                .refuse("such a number among decimals of more digits is not found", expr.span);
        }
        self.digits_are_kept(expr, &column.ty)
    }
}

impl Emitter {
    /// The type to be written of decimals to be summed that no column holds. `DuckDB` gives a number
    /// that is written the digits it has, and its sum all there are beside them: a UNION with longer
    /// ones would then cut these.
    pub(super) fn type_of_written(&self, value: &Expr) -> Option<String> {
        let column =
            |part: &Expr| matches!(part.kind, ExprKind::Column { .. }) && !part.ty.is_integer();
        let shape = value.ty.decimal_shape()?;
        if self.target() != Target::DuckDb || shape.precision < 38 || shape.scale == 0 {
            return None;
        }
        self.target().type_name(&value.ty).filter(|_| !value.any_part(&column))
    }
}

fn first_item(query: &Query) -> Option<&Expr> {
    match &query.body {
        Body::Select(select) => select.items.first().map(|item| &item.expr),
        _ => None,
    }
}

/// Is it written with all digits there are, whatever its type says?
fn is_wide(expr: &Expr) -> bool {
    let all =
        ["/", "avg", "sum", "round", "round_exact", "trunc_exact", "quotient", "quotient_trunc"];
    expr.any_call(&|call| all.contains(&call.name))
}
