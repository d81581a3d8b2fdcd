//! One of the arguments by its number, and the number of an argument by its value: `ELT` and `FIELD` of
//! MySQL, whose definitions take any number of them.

use super::{Binder, Bound};
use crate::tree::Expr;

impl Binder<'_> {
    /// `nth_of(n, a, b, …)` and `place_of(value, a, b, …)` inside a body; nothing for other names.
    pub(super) fn listed(
        &mut self,
        name: &str,
        args: &[Expr],
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let texts = args.first().is_some_and(|one| !one.ty.is_number());
        let branch = |place: usize| {
            let arg = place + 1;
            match name {
                "nth_of" => format!("WHEN $1 = {place} THEN ${arg}"),
                _ if texts => format!("WHEN text_key($1) = text_key(${arg}) THEN {place}"),
                _ => format!("WHEN $1 = ${arg} THEN {place}"),
            }
        };
        let otherwise = match name {
            "nth_of" => "",
            "place_of" => " ELSE 0",
            _ => return Ok(None),
        };
        let branches: Vec<String> = (1..args.len()).map(branch).collect();
        let core = format!("CASE {}{otherwise} END", branches.join(" "));
        self.core_text(&core, args.to_vec(), span).map(Some)
    }
}
