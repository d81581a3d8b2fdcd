//! `(SELECT ',' + name FROM t ORDER BY name FOR XML PATH(''))` of Transact-SQL: the texts of all rows, one
//! behind the other, with what marks XML written out.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/relational-databases/xml/use-path-mode-with-for-xml>. A
//! column without a name becomes text; one with a name an element, which is refused.

use super::{Binder, Bound};
use sqlparser::{
    ast::{Expr, ForClause, ForXml, GroupByExpr, OrderByKind, Query, SelectItem, SetExpr, Value},
    dialect::MsSqlDialect,
    parser::Parser,
};

/// What stands for the text of a row in [`JOINED`].
const TEXT: &str = "_text";
/// The texts joined. Line feeds are kept, carriage returns are written out.
const JOINED: &str = "STRING_AGG(REPLACE(REPLACE(REPLACE(REPLACE(_text, '&', '&amp;'), '<', '&lt;'), \
                      '>', '&gt;'), '\r', '&#x0D;'), '') WITHIN GROUP (ORDER BY 1)";

impl Binder<'_> {
    /// The query that joins the texts; nothing for a query without such a clause.
    pub(super) fn joined_by_xml(
        &mut self,
        query: &Query,
        span: super::Span,
    ) -> Bound<Option<Query>> {
        let Some(clause) = &query.for_clause else { return Ok(None) };
        match joined(query, clause) {
            Some(joined) if !self.speaks_core() => Ok(Some(joined)),
            _ => self.unsupported(for_clause(clause), span),
        }
    }
}

/// A clause that is refused, with what is done instead.
pub(super) const fn for_clause(clause: &ForClause) -> &'static str {
    match clause {
        ForClause::Json { .. } => {
            "FOR JSON, which makes one text of all rows and belongs into the program that reads them,"
        }
        ForClause::Xml { .. } => {
            "FOR XML other than `(SELECT ',' + name … FOR XML PATH(''))`, for which STRING_AGG does better,"
        }
        ForClause::Browse => "FOR BROWSE",
    }
}

fn joined(query: &Query, clause: &ForClause) -> Option<Query> {
    let ForClause::Xml {
        for_xml: ForXml::Path(Some(element)),
        elements: _,
        binary_base64,
        root,
        r#type,
    } = clause
    else {
        return None;
    };
    let plain = element.is_empty()
        && !binary_base64
        && root.is_none()
        && !r#type
        && query.limit_clause.is_none()
        && query.fetch.is_none();
    let mut joined = Query { for_clause: None, order_by: None, ..query.clone() };
    let SetExpr::Select(select) = &mut *joined.body else { return None };
    let rows = select.distinct.is_none()
        && select.top.is_none()
        && select.having.is_none()
        && matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    let [item] = select.projection.as_mut_slice() else { return None };
    let text = match item {
        // The name of a column would be that of an element.
        SelectItem::UnnamedExpr(Expr::Identifier(_) | Expr::CompoundIdentifier(_)) => return None,
        SelectItem::UnnamedExpr(expr) => expr.clone(),
        SelectItem::ExprWithAlias { expr, alias } if alias.value == "text()" => expr.clone(),
        _ => return None,
    };
    if !plain || !rows {
        return None;
    }
    let mut call = Parser::new(&MsSqlDialect {}).try_with_sql(JOINED).ok()?.parse_expr().ok()?;
    let Expr::Function(function) = &mut call else { return None };
    function.within_group = match query.order_by.as_ref().map(|order| &order.kind) {
        None => Vec::new(),
        Some(OrderByKind::Expressions(keys)) => keys.clone(),
        Some(OrderByKind::All(_)) => return None,
    };
    // A place in the list would be a constant here.
    let placed =
        |key: &Expr| matches!(key, Expr::Value(value) if matches!(value.value, Value::Number(..)));
    if function.within_group.iter().any(|key| placed(&key.expr)) {
        return None;
    }
    let _ = sqlparser::ast::visit_expressions_mut(&mut call, |expr: &mut Expr| {
        if matches!(expr, Expr::Identifier(name) if name.value == TEXT) {
            *expr = Expr::Nested(Box::new(text.clone()));
        }
        std::ops::ControlFlow::<()>::Continue(())
    });
    *item = SelectItem::UnnamedExpr(call);
    Some(joined)
}
