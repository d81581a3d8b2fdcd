//! IGNORE NULLS, which PostgreSQL 15 does not have: the values of the frame that are not NULL are an
//! array, in the order of the window, of which one element is taken.

use super::Printer;
use crate::{emit::alike::Print, fragment::Fragment, rule::Emit};
use sql::tree::{Call, Expr, FunctionKind, Window};

impl Printer<'_> {
    /// `name(x) IGNORE NULLS OVER (…)`
    pub(super) fn without_nulls(&mut self, call: &Call, args: &[Fragment]) -> Emit<Fragment> {
        let refused = || Self::refuse("IGNORE NULLS of this call is not known", call.place());
        let (Some(over), Some(value)) = (&call.over, args.first()) else { return refused() };
        // An aggregate cannot be looked at by FILTER, and an array of arrays is one of their elements.
        let grouped =
            |arg: &Expr| arg.any_call(&|inner| inner.over.is_none() && is_aggregate(inner));
        if call.args.first().is_none_or(|arg| arg.ty.element().is_some() || grouped(arg)) {
            return refused();
        }
        // How many rows away; one where the text does not say.
        let count = match call.args.get(1) {
            None => Some(1),
            Some(arg) => arg.integer().filter(|count| *count > 0),
        };
        let Some(count) = count else { return refused() };
        // `lag` and `lead` look at all rows before and behind, whatever the frame is.
        let (frame, from_the_end) = match call.name {
            "first_value" | "nth_value" => (None, false),
            "last_value" => (None, true),
            "lag" => (Some("ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"), true),
            "lead" => (Some("ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING"), false),
            _ => return refused(),
        };
        let window = match frame {
            None => self.window(over)?,
            Some(frame) => {
                let rest = self.window(&Window { frame: None, ..over.clone() })?;
                format!("{rest} {frame}").trim_start().to_owned()
            }
        };
        let value = &value.text;
        let all = format!("array_agg({value}) FILTER (WHERE {value} IS NOT NULL) OVER ({window})");
        let found = if from_the_end {
            format!("({all})[cardinality({all}) - {}]", count - 1)
        } else {
            format!("({all})[{count}]")
        };
        // NULL means that there is no such row.
        Ok(Fragment::atom(match (call.name, call.args.get(2)) {
            ("lag" | "lead", Some(default)) => {
                format!("coalesce({found}, {})", self.expr(default)?.text)
            }
            _ => found,
        }))
    }
}

const fn is_aggregate(call: &Call) -> bool {
    matches!(call.kind, FunctionKind::Aggregate | FunctionKind::OrderedSet)
}
