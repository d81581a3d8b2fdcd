//! PIVOT and UNPIVOT, which become an aggregation with filters and a union.

use super::{
    Binder, Bound, codes,
    lower::Decoration,
    scope::{Found, Scope, ScopeRelation},
};
use crate::{
    dialects::PivotNames,
    tree::{
        Body, Expr, ExprKind, GroupItem, GroupKey, Item, Literal, Query, Relation, Select, SetOp,
    },
    types::Type,
};
use sqlparser::ast::{
    self, ExprWithAlias, NullInclusion, PivotValueSource, TableAlias, TableFactor,
};

/// Name of a derived table that the text does not name.
const UNNAMED: &str = "_pivoted";

/// What a PIVOT says.
pub(super) struct Pivot<'a> {
    pub(super) table: &'a TableFactor,
    pub(super) aggregates: &'a [ExprWithAlias],
    pub(super) column: &'a [ast::Expr],
    pub(super) values: &'a PivotValueSource,
    pub(super) alias: Option<&'a TableAlias>,
}

/// What an UNPIVOT says.
pub(super) struct Unpivot<'a> {
    pub(super) table: &'a TableFactor,
    pub(super) value: &'a ast::Expr,
    pub(super) name: &'a ast::Ident,
    pub(super) columns: &'a [ExprWithAlias],
    pub(super) nulls: Option<&'a NullInclusion>,
    pub(super) alias: Option<&'a TableAlias>,
}

impl Binder<'_> {
    /// Groups by the columns that neither the aggregates nor the pivot column use; each value
    /// becomes a column of the aggregates over its rows.
    pub(super) fn pivot(
        &mut self,
        pivot: &Pivot<'_>,
        own: &mut Scope,
        before: &Scope,
        span: super::Span,
    ) -> Bound<Relation> {
        let Some(style) = self.spec.traits().pivot_names else {
            return self.unsupported("PIVOT", span);
        };
        let mut inner = Scope::default();
        let relation = self.factor(pivot.table, &mut inner, before)?;
        let ([column], PivotValueSource::List(values)) = (pivot.column, pivot.values) else {
            return self.unsupported("PIVOT without a list of values of one column", span);
        };
        let all = inner.star();
        self.scopes.push(inner);
        let bound = self.pivot_items(pivot, column, values, style, all, span);
        self.scopes.pop();
        let (keys, mut items) = bound?;
        let group_by: Vec<GroupItem> =
            (0..keys.len()).map(|n| GroupItem::Key(GroupKey::Output(n))).collect();
        let mut listed: Vec<Item> = keys;
        listed.append(&mut items);
        let having = if group_by.is_empty() && style != PivotNames::ValueThenAlias {
            Some(self.some_row(span)?)
        } else {
            None
        };
        let select = Select { group_by, having, ..Select::of(listed, Some(relation)) };
        let mut query = select.into_query(span);
        // Texts that the dialect takes for one are one group.
        self.collate(&mut query.body, &mut [])?;
        self.derived(query, pivot.alias, own, span)
    }

    /// There is a row. Without a column to group by all rows are one group; Spark gives one without any
    /// row, too, and of the others it is not known what they do then.
    fn some_row(&mut self, span: super::Span) -> Bound<Expr> {
        let count = super::call::count_star(span);
        let some =
            "CASE WHEN $1 > 0 THEN true ELSE ('no row to pivot: ' || $1::text)::int4 = 0 END";
        self.core_text(some, vec![count], span)
    }

    fn pivot_items(
        &mut self,
        pivot: &Pivot<'_>,
        column: &ast::Expr,
        values: &[ExprWithAlias],
        style: PivotNames,
        all: Vec<Found>,
        span: super::Span,
    ) -> Bound<(Vec<Item>, Vec<Item>)> {
        let column = self.expr(column)?;
        let mut used = Vec::new();
        column_names(&column, &mut used);
        let mut aggregates = Vec::with_capacity(pivot.aggregates.len());
        for aggregate in pivot.aggregates {
            let expr = self.expr(&aggregate.expr)?;
            column_names(&expr, &mut used);
            aggregates.push((expr, aggregate.alias.as_ref().map(|a| self.fold(a))));
        }
        let keys: Vec<Item> = all
            .into_iter()
            .filter(|found| !used.contains(&found.column.name))
            .map(|found| column_item(found, span))
            .collect();
        let mut items = Vec::new();
        for value in values {
            // T-SQL writes the values as names.
            let (bound, shown) = match &value.expr {
                ast::Expr::Identifier(name) => {
                    let kind = ExprKind::Literal(Literal::Text(name.value.clone()));
                    (Expr { kind, ty: Type::Unknown, span }, self.fold(name))
                }
                expr => {
                    let bound = self.expr(expr)?;
                    let shown = match (style, bound.literal()) {
                        (PivotNames::Quoted, _) => expr.to_string(),
                        (_, Some(Literal::Text(text) | Literal::Number(text))) => text.clone(),
                        _ => return self.unsupported("this value in PIVOT", span),
                    };
                    (bound, shown)
                }
            };
            if bound.is_null() {
                return self.unsupported("NULL as a value in PIVOT", span);
            }
            let shown = value.alias.as_ref().map_or(shown, |alias| self.fold(alias));
            let matches = self.compare("=", column.clone(), bound, span)?;
            for (aggregate, alias) in &aggregates {
                let mut expr = aggregate.clone();
                let decoration =
                    Decoration { filter: Some(matches.clone()), ..Decoration::default() };
                self.decorate_lowered(&mut expr, &decoration, span)?;
                if style == PivotNames::ValueThenAlias {
                    // Without a row of its own the cell is NULL, also where a count would be 0.
                    expr = self.or_null(expr, &matches, span);
                }
                let name = match (alias, style, aggregates.len()) {
                    (None, _, 1) => shown.clone(),
                    (Some(_), PivotNames::ValueThenAlias, 1) => shown.clone(),
                    (Some(alias), PivotNames::AliasThenValue, _) => format!("{alias}_{shown}"),
                    (Some(alias), _, _) => format!("{shown}_{alias}"),
                    (None, _, _) => {
                        return self.unsupported("several aggregates without names", span);
                    }
                };
                items.push(Item { expr, name });
            }
        }
        Ok((keys, items))
    }

    /// The aggregate where a row matched, else NULL.
    fn or_null(&self, expr: Expr, matches: &Expr, span: super::Span) -> Expr {
        let mut count = super::call::count_star(span);
        if let ExprKind::Call(call) = &mut count.kind {
            call.filter = Some(matches.clone());
        }
        let zero = Expr { ty: Type::Int8, ..self.number("0", span) };
        let some = super::operator::predicate(">", vec![count, zero], span);
        let ty = expr.ty.clone();
        let kind = ExprKind::Case { operand: None, branches: vec![(some, expr)], otherwise: None };
        Expr { kind, ty, span }
    }

    /// One branch of a union for each column that is turned into rows.
    pub(super) fn unpivot(
        &mut self,
        unpivot: &Unpivot<'_>,
        own: &mut Scope,
        before: &Scope,
        span: super::Span,
    ) -> Bound<Relation> {
        let Some(style) = self.spec.traits().pivot_names else {
            return self.unsupported("UNPIVOT", span);
        };
        let names = |expr: &ast::Expr| -> Option<Vec<ast::Ident>> {
            match expr {
                ast::Expr::Identifier(name) => Some(vec![name.clone()]),
                ast::Expr::Nested(inner) => match &**inner {
                    ast::Expr::Identifier(name) => Some(vec![name.clone()]),
                    _ => None,
                },
                ast::Expr::Tuple(several) => several
                    .iter()
                    .map(|one| match one {
                        ast::Expr::Identifier(name) => Some(name.clone()),
                        _ => None,
                    })
                    .collect(),
                _ => None,
            }
        };
        let Some(value_names) = names(unpivot.value) else {
            return self.unsupported("UNPIVOT into these columns", span);
        };
        let value_names: Vec<String> = value_names.iter().map(|name| self.fold(name)).collect();
        let label = self.fold(unpivot.name);
        let mut inner = Scope::default();
        let relation = self.factor(unpivot.table, &mut inner, before)?;
        let mut turned: Vec<(Vec<Found>, Literal)> = Vec::with_capacity(unpivot.columns.len());
        for column in unpivot.columns {
            let listed = names(&column.expr).filter(|listed| listed.len() == value_names.len());
            let Some(listed) = listed else {
                return self.unsupported("UNPIVOT of several columns", span);
            };
            let mut several = Vec::with_capacity(listed.len());
            for name in &listed {
                let folded = self.fold(name);
                let found = inner.unqualified(&folded);
                let [one] = found.as_slice() else {
                    return self.refuse(
                        codes::UNKNOWN_COLUMN,
                        format!("UNPIVOT names `{folded}`, which is no single column of its table"),
                        span,
                    );
                };
                several.push(one.clone());
            }
            let joined =
                listed.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join("_");
            let quoted = listed.iter().all(|name| name.quote_style.is_some());
            let (shown, quote) = match &column.alias {
                Some(alias) => (alias.value.clone(), alias.quote_style),
                None => (joined, quoted.then_some('"')),
            };
            // A number is quoted so by the pre-pass of the tokens.
            let number = quote == Some('`') && shown.parse::<i64>().is_ok();
            turned.push((
                several,
                match style {
                    PivotNames::AliasThenValue if number => Literal::Number(shown),
                    PivotNames::Quoted if quote.is_none() => Literal::Text(shown.to_uppercase()),
                    _ => Literal::Text(shown),
                },
            ));
        }
        let Some((first, first_label)) = turned.first() else {
            return self.unsupported("UNPIVOT of no column", span);
        };
        let types: Vec<Type> = first.iter().map(|found| found.column.ty.clone()).collect();
        let numbers = matches!(first_label, Literal::Number(_));
        // Numbers of several digits are of one type where every exact number is.
        let exact = style == PivotNames::Quoted;
        let types: Vec<Type> = (types.iter().enumerate())
            .map(|(place, ty)| {
                let all = turned.iter().filter_map(|(found, _)| found.get(place));
                let all: Vec<&Type> = all.map(|found| &found.column.ty).collect();
                let numbers = exact && all.iter().all(|ty| ty.is_exact_number());
                if numbers { self.common_type(all, span) } else { Ok(ty.clone()) }
            })
            .collect::<Bound<_>>()?;
        let alike = turned.iter().all(|(found, label)| {
            found
                .iter()
                .zip(&types)
                .all(|(found, ty)| found.column.ty == *ty || (exact && ty.is_exact_number()))
                && matches!(label, Literal::Number(_)) == numbers
        });
        if !alike {
            return self.unsupported("UNPIVOT of columns of several types", span);
        }
        let label_type = if numbers { Type::Int8 } else { Type::Text };
        let used: Vec<&str> =
            turned.iter().flat_map(|(f, _)| f.iter().map(|f| f.column.name.as_str())).collect();
        let rest: Vec<Item> = inner
            .star()
            .into_iter()
            .filter(|found| !used.contains(&found.column.name.as_str()))
            .map(|found| column_item(found, span))
            .collect();
        let keep_nulls = unpivot.nulls == Some(&NullInclusion::IncludeNulls);
        let mut all: Option<Query> = None;
        for (found, shown) in &turned {
            let values: Vec<Expr> = found
                .iter()
                .zip(&types)
                .map(|(found, ty)| self.unify(column_item(found.clone(), span).expr, ty))
                .collect::<Bound<_>>()?;
            let text = ExprKind::Literal(shown.clone());
            let mut items = rest.clone();
            // The name comes first on Oracle, Snowflake and BigQuery put it there too; T-SQL
            // puts the value first.
            let label_item = Item {
                expr: Expr { kind: text, ty: label_type.clone(), span },
                name: label.clone(),
            };
            let cells = values
                .iter()
                .zip(&value_names)
                .map(|(expr, name)| Item { expr: expr.clone(), name: name.clone() });
            if self.spec.traits().unpivot_value_first {
                items.extend(cells);
                items.push(label_item);
            } else {
                items.push(label_item);
                items.extend(cells);
            }
            // A row of which one value is there stays.
            let there = values
                .into_iter()
                .map(|value| super::operator::predicate("is not null", vec![value], span))
                .reduce(|one, two| super::operator::predicate("or", vec![one, two], span));
            let filter = there.filter(|_| !keep_nulls);
            let select = Select { filter, ..Select::of(items, Some(relation.clone())) };
            let one = select.into_query(span);
            all = Some(match all {
                None => one,
                Some(before) => {
                    let columns = before.columns.clone();
                    let (left, right) = (Box::new(before), Box::new(one));
                    let both = Body::SetOperation { op: SetOp::Union, all: true, left, right };
                    Query::of(both, columns, span)
                }
            });
        }
        match all {
            Some(query) => self.derived(query, unpivot.alias, own, span),
            None => self.unsupported("UNPIVOT of no column", span),
        }
    }

    /// A derived table in scope.
    pub(super) fn derived(
        &mut self,
        query: Query,
        alias: Option<&TableAlias>,
        own: &mut Scope,
        span: super::Span,
    ) -> Bound<Relation> {
        let alias = self.alias_or(alias, UNNAMED)?;
        let columns = self.renamed(query.columns.clone(), &alias, span)?;
        own.relations.push(ScopeRelation::new(alias.name.clone(), columns));
        Ok(Relation::Derived { query: Box::new(query), alias, lateral: false })
    }
}

fn column_item(found: Found, span: super::Span) -> Item {
    let name = found.column.name.clone();
    let kind = ExprKind::Column {
        qualified: found.relation.is_some(),
        relation: found.relation,
        name: name.clone(),
    };
    Item { expr: Expr { kind, ty: found.column.ty, span }, name }
}

/// The names of the columns in an expression.
fn column_names(expr: &Expr, names: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Column { name, .. } => names.push(name.clone()),
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => column_names(expr, names),
        ExprKind::Call(call) => {
            for arg in call.args.iter().chain(&call.filter) {
                column_names(arg, names);
            }
        }
        ExprKind::Case { operand, branches, otherwise } => {
            for e in operand.iter().chain(otherwise) {
                column_names(e, names);
            }
            for (when, then) in branches {
                column_names(when, names);
                column_names(then, names);
            }
        }
        ExprKind::InList { expr, list, .. } => {
            column_names(expr, names);
            for item in list {
                column_names(item, names);
            }
        }
        ExprKind::Array(items) | ExprKind::Row(items) => {
            for item in items {
                column_names(item, names);
            }
        }
        ExprKind::Subscript { base, index } => {
            column_names(base, names);
            column_names(index, names);
        }
        _ => {}
    }
}
