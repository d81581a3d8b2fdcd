//! `lead` and `lag` that leave NULLs out. `DataFusion` 54 counts backwards for `lead` where it computes
//! a window as a whole, which another window beside it brings about (`ntile`, `cume_dist`, a frame
//! without an end), and gives NULL; for `lag` over values without a NULL it fails there. The first value
//! behind the row, and the last one before it, are right in both ways of computing.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::Emit,
    rules::default_of_row,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, Literal, Window},
};

impl Emitter {
    /// The next value, or the one before, that is not NULL; nothing for other calls.
    pub(in crate::emit) fn beside_nulls(&mut self, call: &Call) -> Emit<Option<Fragment>> {
        let (name, frame) = match call.name {
            "lead" => ("first_value", "ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING"),
            "lag" => ("last_value", "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"),
            _ => return Ok(None),
        };
        let [value, rest @ ..] = call.args.as_slice() else { return Ok(None) };
        let Some(over) = &call.over else { return Ok(None) };
        if let Some(count) = rest.first().filter(|count| count.integer() != Some(1)) {
            let what = format!("`{}` over several rows with IGNORE NULLS is not done", call.name);
            return self.refuse(what, count.span);
        }
        let value = self.expr(value)?.text;
        let window = self.over(&Window { frame: None, ..over.clone() })?;
        let window = format!("{window} {frame}");
        let found = format!("{name}({value}) IGNORE NULLS OVER ({})", window.trim_start());
        Ok(Some(Fragment::atom(match rest.get(1) {
            // All NULLs are left out, so NULL means that there is no such row.
            Some(default) => format!("coalesce({found}, {})", self.expr(default)?.text),
            None => found,
        })))
    }

    /// `lag` or `lead` of a row whose default is a value of the row itself: `DataFusion` takes constants
    /// only (`TR0389`).
    pub(in crate::emit) fn or_default_of_row(
        &mut self,
        call: &Call,
        default: &Expr,
    ) -> Emit<Fragment> {
        let span = call.place();
        let args = call.args.get(..2).unwrap_or_default();
        let found = Call { args: args.to_vec(), ..call.clone() };
        let mut there = found.clone();
        if let Some(value) = there.args.first_mut() {
            let literal = ExprKind::Literal(Literal::Bool(true));
            *value = Expr { kind: literal, ty: Type::Bool, span: value.span };
        }
        let whole = |call: Call, ty: &Type| Expr {
            kind: ExprKind::Call(Box::new(call)),
            ty: ty.clone(),
            span,
        };
        let parts = [
            self.expr(&whole(there, &Type::Bool))?,
            self.expr(&whole(found, &default.ty))?,
            self.expr(default)?,
        ];
        let text = fill("CASE WHEN {0} THEN {1} ELSE {2} END", &parts).text;
        Ok(Fragment::atom(self.made_by(&default_of_row::RULE, span, &text)))
    }
}
