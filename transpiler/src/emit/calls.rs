//! Calls of functions, with what can follow them: DISTINCT, ORDER BY, FILTER, OVER.

use super::{Emitter, alike::Print, datafusion::correlated};
use crate::{
    fragment::{Fragment, Level},
    marks,
    rule::Emit,
    targets::Target,
};
use sql::tree::{Call, Expr, FunctionKind, Literal, SortKey, SortTarget, Window};

impl Emitter {
    /// A function call with everything that can follow it.
    pub(crate) fn function(&mut self, name: &str, args: &str, call: &Call) -> Emit<Fragment> {
        let span = call.place();
        if self.target() == Target::DataFusion && correlated::reads_value_of_row(call) {
            return self.refuse("an aggregate of such a query for each row is not done", span);
        }
        let ordered = ["array_agg", "string_agg"].contains(&call.name);
        let mut sorted = String::new();
        if call.distinct && ordered && call.order_by.is_empty() {
            // PostgreSQL sorts to find what is distinct, and the order shows.
            let value = call.args.first().filter(|_| self.target() == Target::DuckDb);
            let Some(value) = value else {
                return self.refuse("DISTINCT without ORDER BY is not done here", span);
            };
            if !value.is_same_always() {
                sorted = format!(" ORDER BY {} NULLS LAST", self.expr(value)?.text);
            }
        }
        let counted = ["ntile", "nth_value", "lag", "lead"].contains(&call.name);
        let count = call.args.get(usize::from(call.name != "ntile"));
        if counted && count.is_some_and(|n| n.integer().is_none_or(|n| n < 1)) {
            return self.refuse(format!("`{}` with such a count is not done", call.name), span);
        }
        let alike = ["count", "sum", "min", "max"].contains(&call.name);
        if call.distinct && !alike && call.args.iter().any(|arg| self.has_two_zeros(arg)) {
            return self.refuse("DISTINCT floats, whose zeros have a sign, are not done", span);
        }
        // What is the least of all is the least of what is distinct.
        let apart = call.distinct && !["min", "max"].contains(&call.name);
        if apart {
            call.args.iter().try_for_each(|arg| self.must_be_exact(arg))?;
        }
        let distinct = if apart { "DISTINCT " } else { "" };
        let args = self.addend(call, args);
        let mut inside = format!("{distinct}{args}{sorted}");
        // What all rows have does not sort them, and DuckDB does not take it.
        let mut sorting: Vec<SortKey> = Vec::with_capacity(call.order_by.len());
        for key in call.order_by.iter().filter(|key| !key.is_same_always()) {
            // Nor does a key that stands before, of which DataFusion makes two columns of one name.
            if !sorting.iter().any(|before| is_same_key(before, key)) {
                sorting.push(key.clone());
            }
        }
        if !call.order_by.is_empty() && call.kind == FunctionKind::OrderedSet {
            return self.refuse(format!("`{}` has no known translation", call.name), span);
        }
        if !sorting.is_empty() {
            let mut keys = self.inner_keys(&sorting)?;
            if self.target() == Target::DataFusion && call.over.is_none() {
                self.aggregate_orders.sorted = true;
                if self.aggregate_orders.open {
                    return self.refuse("aggregates of different orders are not done", span);
                }
                if let Some(first) = self.unknown_order(&sorting)? {
                    let whole = call.args.first().filter(|_| call.distinct);
                    if let Some(value) = whole {
                        // What is told apart must be what is sorted by.
                        let value = self.expr(value)?.text;
                        let rest = inside.get(distinct.len() + value.len()..).unwrap_or_default();
                        inside = format!("{distinct}{first}{rest}");
                    }
                    let rest = self.inner_keys(sorting.get(1..).unwrap_or_default())?;
                    let key = sorting.first().map(|key| self.directed(key, &first));
                    keys = key
                        .into_iter()
                        .chain(Some(rest).filter(|r| !r.is_empty()))
                        .collect::<Vec<_>>()
                        .join(", ");
                }
                let plain = marks::plain(&keys).to_string();
                if name == "string_agg"
                    && *self.aggregate_orders.of_texts.get_or_insert_with(|| plain.clone()) != plain
                {
                    return self.joined_array(call, &keys);
                }
            }
            inside.push_str(&format!(" ORDER BY {keys}"));
        }
        if ordered && sorting.is_empty() && self.target() == Target::DataFusion {
            // It would take the order of another one.
            let some = call.filter.as_ref().and_then(Expr::literal) != Some(&Literal::Bool(false));
            self.aggregate_orders.open |= call.over.is_none() && some;
            if self.aggregate_orders.open && self.aggregate_orders.sorted {
                return self.refuse("aggregates of different orders are not done", span);
            }
        }
        let ignoring = call.ignore_nulls;
        if ignoring
            && self.target() == Target::DataFusion
            && let Some(found) = self.beside_nulls(call)?
        {
            return Ok(found);
        }
        if ignoring && self.target() == Target::DuckDb {
            inside.push_str(" IGNORE NULLS");
        }
        let mut text = format!("{name}({inside})");
        let mut behind = String::new();
        if let Some(filter) = &call.filter {
            behind.push_str(&format!(" FILTER (WHERE {})", self.expr(filter)?.text));
        }
        if ignoring && self.target() == Target::DataFusion {
            behind.push_str(" IGNORE NULLS");
        }
        if let Some(over) = &call.over {
            behind.push_str(&format!(" OVER ({})", self.over_of(call, over)?));
            if let Some(done) = self.over_sliding(call, over, &inside, &behind)? {
                return Ok(done);
            }
        }
        text.push_str(&behind);
        Ok(Fragment::atom(text))
    }

    /// `string_agg` in another order than the one before it: `DataFusion` sorts for all of them in one
    /// way, and for each that gathers an array in its own.
    fn joined_array(&mut self, call: &Call, keys: &str) -> Emit<Fragment> {
        let [value, delimiter] = call.args.as_slice() else {
            let span = call.place();
            return self.refuse("aggregates of different orders are not done", span);
        };
        let (value, delimiter) = (self.expr(value)?, self.expr(delimiter)?);
        let distinct = if call.distinct { "DISTINCT " } else { "" };
        let mut known = format!("{} IS NOT NULL", value.at(Level::Atom));
        if let Some(filter) = &call.filter {
            known = format!("{} AND {known}", self.expr(filter)?.at(Level::And));
        }
        Ok(Fragment::atom(format!(
            "array_to_string(array_agg({distinct}{} ORDER BY {keys}) FILTER (WHERE {known}), {})",
            value.text, delimiter.text
        )))
    }

    /// A window whose keys and frame are followed there.
    pub(super) fn over(&mut self, over: &Window) -> Emit<String> {
        over.partition_by.iter().try_for_each(|key| self.must_be_exact(key))?;
        if let Some(frame) = &over.frame {
            self.keeps_nulls_out(frame)?;
        }
        self.window(over)
    }
}

/// Do both sort by the same value?
fn is_same_key(one: &SortKey, other: &SortKey) -> bool {
    matches!(
        (&one.target, &other.target),
        (SortTarget::Expr(one), SortTarget::Expr(other)) if one.is_same(other)
    )
}
