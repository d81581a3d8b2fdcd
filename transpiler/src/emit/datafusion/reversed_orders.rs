//! Lists in two orders, one the reverse of the other: `DataFusion` sorts the rows once and takes them
//! from their end for the other order, but it does not turn round what a list has gathered. A key of
//! which it knows no order is sorted by itself.

use crate::{
    emit::{Emitter, alike::Print},
    fragment::{Fragment, fill},
    rule::Emit,
    targets::Target,
};
use sql::tree::{SortKey, SortTarget, Window};

/// What gathers the rows of a window in their order.
const LISTS: [&str; 2] = ["array_agg", "string_agg"];

/// The value of a key, of which no order is known. It has another form for the other direction, or the
/// two would be the reverse of each other again. What compares with NULL (`CASE WHEN k IS NOT NULL
/// THEN k END`) is no such form: it is `k` where that is never NULL.
fn of_no_order(key: &SortKey, value: Fragment) -> String {
    let template = if key.descending { "greatest({0}, NULL)" } else { "nullif({0}, NULL)" };
    fill(template, &[value]).text
}

impl Emitter {
    /// The first key of an aggregate as [`of_no_order`], where another one has the other direction.
    pub(in crate::emit) fn unknown_order(&mut self, keys: &[SortKey]) -> Emit<Option<String>> {
        let Some(key) = keys.first() else { return Ok(None) };
        let SortTarget::Expr(expr) = &key.target else { return Ok(None) };
        let text = self.key(expr)?;
        let known = &mut self.aggregate_orders.first_keys;
        // `t.a` is `a`, however it is written.
        let seen =
            known.iter().find(|(other, _)| other.is_same(expr)).map(|(_, descending)| *descending);
        let other = seen.is_some_and(|descending| descending != key.descending);
        if seen.is_none() {
            known.push((expr.clone(), key.descending));
        }
        if !other && !self.aggregate_orders.from_sorted {
            return Ok(None);
        }
        Ok(Some(of_no_order(key, text)))
    }

    /// The window of a list, whose first key no other window has.
    pub(in crate::emit) fn window_of_list(
        &mut self,
        name: &str,
        over: &Window,
    ) -> Emit<Option<String>> {
        if self.target() != Target::DataFusion || !LISTS.contains(&name) {
            return Ok(None);
        }
        let Some((first, rest)) = over.order_by.split_first() else { return Ok(None) };
        let SortTarget::Expr(expr) = &first.target else { return Ok(None) };
        let value = self.key(expr)?;
        let first = self.directed(first, &of_no_order(first, value));
        let mut keys = vec![first];
        if !rest.is_empty() {
            keys.push(self.inner_keys(rest)?);
        }
        // The rest of the window has no keys.
        let partition = Window { order_by: Vec::new(), frame: None, ..over.clone() };
        let mut parts = vec![self.over(&partition)?];
        parts.retain(|part| !part.is_empty());
        parts.push(format!("ORDER BY {}", keys.join(", ")));
        if let Some(frame) = &over.frame {
            self.keeps_nulls_out(frame)?;
            parts.push(self.frame(frame)?);
        }
        Ok(Some(parts.join(" ")))
    }
}
