//! `lagInFrame` and `leadInFrame` of `ClickHouse`: the row before or behind, within the frame. Where the
//! frame reaches as far as that row ever lies, they are `lag` and `lead`, which have no frame.

use sqlparser::ast::{self, Function, Ident, ObjectName, WindowFrameBound as Bound, WindowType};

/// The call as `lag` or `lead`; nothing where it is another function, or where the frame counts.
pub(super) fn without_frame(function: &Function) -> Option<Function> {
    let name = function.name.to_string().to_lowercase();
    let (name, behind) = match name.as_str() {
        "laginframe" => ("lag", false),
        "leadinframe" => ("lead", true),
        _ => return None,
    };
    let Some(WindowType::WindowSpec(window)) = &function.over else { return None };
    // The default frame ends at this row, among the rows that tie with it.
    let reaches = match &window.window_frame {
        None => !behind && !window.order_by.is_empty() && window.window_name.is_none(),
        Some(frame) => {
            let start = matches!(frame.start_bound, Bound::Preceding(None));
            let end = frame.end_bound.as_ref().unwrap_or(&Bound::CurrentRow);
            let end = match end {
                Bound::Following(None) => true,
                Bound::CurrentRow => !behind,
                _ => false,
            };
            start && end
        }
    };
    if !reaches {
        return None;
    }
    let mut changed = function.clone();
    changed.name = ObjectName::from(vec![Ident::new(name)]);
    if let Some(WindowType::WindowSpec(ast::WindowSpec { window_frame, .. })) = &mut changed.over {
        *window_frame = None;
    }
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use model::Dialect;
    use std::ops::ControlFlow;

    fn changed(text: &str) -> Option<String> {
        let parsed = parse(text, Dialect::ClickHouse).unwrap();
        let mut found = None;
        let _ = ast::visit_expressions(&parsed.statement, |expr| {
            if let ast::Expr::Function(function) = expr {
                found = without_frame(function).map(|f| f.to_string());
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        found
    }

    #[test]
    fn a_frame_that_holds_the_row_says_nothing() {
        let whole = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";
        assert_eq!(
            changed(&format!("SELECT lagInFrame(a) OVER (ORDER BY b {whole}) FROM t")).unwrap(),
            "lag(a) OVER (ORDER BY b)"
        );
        assert!(
            changed(&format!("SELECT leadInFrame(a) OVER (ORDER BY b {whole}) FROM t")).is_some()
        );
        assert!(changed("SELECT lagInFrame(a) OVER (ORDER BY b) FROM t").is_some());
    }

    #[test]
    fn a_frame_that_may_not_hold_it_counts() {
        for text in [
            "SELECT leadInFrame(a) OVER (ORDER BY b) FROM t",
            "SELECT lagInFrame(a) OVER (ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t",
            "SELECT lagInFrame(a) OVER w FROM t WINDOW w AS (ORDER BY b)",
            "SELECT lag(a) OVER (ORDER BY b) FROM t",
        ] {
            assert_eq!(changed(text), None, "{text}");
        }
    }
}
