//! Frames of windows that `DataFusion` does not follow: it moves a frame by taking rows out of an
//! aggregate again.

use crate::emit::Emitter;
use crate::{fragment::Fragment, rule::Emit, targets::Target};
use model::Span;
use sql::{
    Type,
    tree::{Call, Exclude, Expr, ExprKind, Frame, FrameBound, FrameUnits, Window},
};

/// Aggregates that lose their digits where a large value is taken out again.
const MOMENTS: [&str; 7] =
    ["stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop", "corr"];

/// Aggregates that no row can be taken out of again.
const FORGET_NOTHING: [&str; 9] = [
    "bool_and",
    "bool_or",
    "every",
    "bit_and",
    "bit_or",
    "string_agg",
    "covar_pop",
    "covar_samp",
    "corr",
];

impl Emitter {
    /// An aggregate over a frame whose first row moves. `min` keeps its last value there when only
    /// NULLs are left; sums of floats, and what is made of them, keep what a value has overshadowed.
    pub(in crate::emit) fn over_sliding(
        &self,
        call: &Call,
        over: &Window,
        inside: &str,
        behind: &str,
    ) -> Emit<Option<Fragment>> {
        let slides = |frame: &Frame| !matches!(frame.start, FrameBound::UnboundedPreceding);
        if self.target() != Target::DataFusion || !over.frame.as_ref().is_some_and(slides) {
            return Ok(None);
        }
        if FORGET_NOTHING.contains(&call.name) {
            let span = call.place();
            return self
                .refuse(format!("`{}` over a frame that moves is not done", call.name), span);
        }
        let sums = ["sum", "avg"].contains(&call.name);
        if let Some(value) = call.args.first()
            && (MOMENTS.contains(&call.name) || (sums && value.ty.is_float() && !is_whole(value)))
        {
            let what = format!("`{}` of floats over a frame that moves is not done", call.name);
            return self.refuse(what, value.span);
        }
        Ok((call.name == "min").then(|| {
            Fragment::atom(format!(
                "CASE WHEN count({inside}){behind} > 0 THEN min({inside}){behind} END"
            ))
        }))
    }

    /// Refuses a frame that leaves rows out, which `DataFusion` does not know.
    pub(in crate::emit) fn excludes_nothing(&self, over: &Window, span: Span) -> Emit<()> {
        let excludes = |frame: &Frame| frame.exclude != Exclude::NoOthers;
        if self.target() == Target::DataFusion && over.frame.as_ref().is_some_and(excludes) {
            return self.refuse("EXCLUDE of a window is not done", span);
        }
        Ok(())
    }

    /// Refuses a RANGE that is all before or all behind the row: `DataFusion` puts NULLs into it.
    pub(in crate::emit) fn keeps_nulls_out(&self, frame: &Frame) -> Emit<()> {
        let end = frame.end.as_ref().unwrap_or(&FrameBound::CurrentRow);
        if self.target() == Target::DataFusion
            && frame.units == FrameUnits::Range
            && let (FrameBound::Preceding(edge), _) | (_, FrameBound::Following(edge)) =
                (end, &frame.start)
        {
            return self.refuse("RANGE on one side of the row is not done", edge.span);
        }
        Ok(())
    }
}

/// Whole numbers of 32 bits leave nothing behind as floats.
fn is_whole(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => {
            matches!(expr.ty, Type::Int2 | Type::Int4) || is_whole(expr)
        }
        _ => false,
    }
}
