//! Functions that give rows in a SELECT list: `SELECT id, explode(a) AS x FROM t` is read as
//! `SELECT id, x FROM t LATERAL VIEW explode(a) g AS x`.

use crate::{dialects::Spec, tree::FunctionKind};
use sqlparser::ast::{
    self, Expr, FunctionArguments, GroupByExpr, Ident, LateralView, ObjectName, Select, SelectItem,
    Visit, Visitor,
};
use std::ops::ControlFlow;

/// Name of the relation that the function becomes.
const RELATION: &str = "_generated";

/// The SELECT with its one generator moved to a LATERAL VIEW; nothing where there is none, or where
/// the list is about groups.
pub(super) fn moved(select: &Select, spec: &Spec) -> Option<Select> {
    let mut found = select.projection.iter().enumerate().filter_map(|(at, item)| {
        let (function, alias) = match item {
            SelectItem::UnnamedExpr(Expr::Function(function)) => (function, None),
            SelectItem::ExprWithAlias { expr: Expr::Function(function), alias } => {
                (function, Some(std::slice::from_ref(alias)))
            }
            SelectItem::ExprWithAliases { expr: Expr::Function(function), aliases } => {
                (function, Some(aliases.as_slice()))
            }
            _ => return None,
        };
        let name = crate::facts::last_name(&function.name).to_lowercase();
        is_kind(spec, &name, FunctionKind::Set).then_some((at, function, name, alias))
    });
    let (at, function, name, alias) = found.next()?;
    let plain_groups = matches!(&select.group_by, GroupByExpr::Expressions(keys, with) if keys.is_empty() && with.is_empty());
    if found.next().is_some() || !plain_groups || select.having.is_some() {
        return None;
    }
    if aggregates(&function.args, spec) {
        return None;
    }
    let columns: Vec<Ident> = match (name.starts_with("pos"), alias) {
        // How many columns `stack` has, its arguments say.
        (_, None) if name == "stack" => return None,
        (_, Some(aliases)) if name == "stack" => aliases.to_vec(),
        (false, Some([alias])) => vec![alias.clone()],
        (false, None) => vec![Ident::new("col")],
        (true, None) => vec![Ident::new("pos"), Ident::new("col")],
        (true, Some(aliases @ [_, _])) => aliases.to_vec(),
        (_, Some(_)) => return None,
    };
    let mut moved = select.clone();
    let items = columns.iter().map(|column| SelectItem::ExprWithAlias {
        expr: Expr::CompoundIdentifier(vec![Ident::new(RELATION), column.clone()]),
        alias: column.clone(),
    });
    moved.projection.splice(at..=at, items.collect::<Vec<_>>());
    moved.lateral_views.push(LateralView {
        lateral_view: Expr::Function(function.clone()),
        lateral_view_name: ObjectName::from(vec![Ident::new(RELATION)]),
        lateral_col_alias: columns,
        outer: name.ends_with("_outer"),
    });
    Some(moved)
}

fn is_kind(spec: &Spec, name: &str, kind: FunctionKind) -> bool {
    spec.definitions(name).iter().any(|definition| definition.kind == kind)
}

/// Does a call inside need the rows of a group or a window?
fn aggregates(args: &FunctionArguments, spec: &Spec) -> bool {
    struct Finder<'a>(&'a Spec);
    impl Visitor for Finder<'_> {
        type Break = ();

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            if let ast::Expr::Function(function) = expr {
                let name = crate::facts::last_name(&function.name).to_lowercase();
                let plain = function.over.is_none()
                    && !self.0.definitions(&name).iter().any(|d| {
                        matches!(d.kind, FunctionKind::Aggregate | FunctionKind::OrderedSet)
                    });
                if !plain {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        }
    }
    args.visit(&mut Finder(spec)).is_break()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dialects::spec, parse};
    use model::Dialect;

    fn moved_text(text: &str) -> Option<String> {
        let parsed = parse(text, Dialect::Spark).unwrap();
        let ast::Statement::Query(query) = parsed.statement else { return None };
        let ast::SetExpr::Select(select) = *query.body else { return None };
        moved(&select, spec(Dialect::Spark)?).map(|select| select.to_string())
    }

    #[test]
    fn a_generator_becomes_a_lateral_view() {
        let text = moved_text("SELECT id, explode(a) AS x FROM t WHERE id > 1").unwrap();
        assert!(text.contains("LATERAL VIEW explode(a) _generated AS x"), "{text}");
        assert!(
            moved_text("SELECT explode_outer(a) FROM t").unwrap().contains("LATERAL VIEW OUTER")
        );
        for other in [
            "SELECT id FROM t",
            "SELECT explode(a), explode(b) FROM t",
            "SELECT explode(collect_list(id)) FROM t",
            "SELECT explode(a) AS x FROM t GROUP BY a",
        ] {
            assert_eq!(moved_text(other), None, "{other}");
        }
    }
}
