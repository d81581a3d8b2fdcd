//! Constants of the branches of UNION ALL, by which `DataFusion` does not sort where it takes the first
//! rows only (`TR0403`): it sorts each branch without what is one value in it, and then leaves out rows
//! of one branch by what it has seen of another.

use super::opaque_keys::opaque;
use crate::{emit::Emitter, rules::branch_constants};
use sql::tree::{Body, Item, Query, Select, SetOp};

/// Are the first rows of something wanted here that is sorted by several keys, and that branches with
/// constants may be in?
pub(in crate::emit) fn are_sorted_by(query: &Query) -> bool {
    query.any_query(&mut |inner| inner.limit.is_some() && inner.order_by.len() > 1)
        && query.any_query(&mut |inner| {
            matches!(&inner.body, Body::SetOperation { op: SetOp::Union, all: true, .. })
        })
}

impl Emitter {
    /// The text of an item, so that nothing is known of it where it is a constant.
    pub(in crate::emit) fn branch_constant(
        &mut self,
        item: &Item,
        select: &Select,
        text: String,
    ) -> String {
        let is_key = || {
            let keys = select.group_by.iter().flat_map(sql::tree::GroupItem::keys);
            keys.filter_map(|key| key.expr(&select.items)).any(|key| key.is_same(&item.expr))
        };
        if !self.branches_sorted || !item.expr.is_same_always() || is_key() {
            return text;
        }
        self.made_by(&branch_constants::RULE, item.expr.span, &opaque(&text))
    }
}
