//! Refuses clauses that the statement's dialect does not have: the vendor would raise an error, or
//! read something else.

use super::{Binder, Bound, codes};
use crate::dialects::Clause;
use model::Diagnostic;
use sqlparser::{
    ast::{
        BinaryOperator, CastKind, Distinct, Expr, Function, FunctionArgumentClause,
        FunctionArguments, GroupByExpr, GroupByWithModifier, Join, JoinConstraint, JoinOperator,
        LimitClause, NamedWindowExpr, NullTreatment, OrderByExpr, OrderByKind, Query, Select,
        SelectFlavor, SelectItem, SetExpr, SetOperator, SetQuantifier, Spanned, Statement,
        TableFactor, Value, Visit, Visitor, WildcardAdditionalOptions, WindowFrameUnits,
        WindowSpec, WindowType,
    },
    tokenizer::Span as Place,
};
use std::ops::ControlFlow;

impl Binder<'_> {
    /// Refuses the first clause that the dialect does not have.
    pub(super) fn own_clauses(&mut self, statement: &Statement) -> Bound<()> {
        let mut foreign = Foreign { known: self.spec.traits().clauses };
        let ControlFlow::Break((clause, place)) = statement.visit(&mut foreign) else {
            return Ok(());
        };
        let span = self.parsed.lines.span(&self.parsed.text, place).unwrap_or(self.place);
        let message =
            format!("`{}` is no clause of {}", clause.shown(), self.parsed.dialect.title());
        let having: Vec<&str> = clause.dialects().map(model::Dialect::title).collect();
        let hint = format!("it is one of {}", having.join(", "));
        Err(Diagnostic::error(codes::UNSUPPORTED, message, Some(span)).with_hint(hint))
    }
}

type Found = ControlFlow<(Clause, Place)>;

/// Looks for clauses that are not known.
struct Foreign {
    known: &'static [Clause],
}

impl Visitor for Foreign {
    type Break = (Clause, Place);

    fn pre_visit_query(&mut self, query: &Query) -> Found {
        self.set_operations(&query.body)?;
        if let Some(order_by) = &query.order_by {
            match &order_by.kind {
                OrderByKind::All(_) => self.seen(Clause::OrderByAll, order_by)?,
                OrderByKind::Expressions(keys) => {
                    if super::query::is_all(keys) {
                        self.seen(Clause::OrderByAll, order_by)?;
                    }
                    self.keys(keys)?;
                }
            }
        }
        match &query.limit_clause {
            Some(LimitClause::OffsetCommaLimit { limit, .. }) => {
                self.seen(Clause::LimitComma, limit)?;
            }
            Some(LimitClause::LimitOffset { limit, limit_by, .. }) => {
                if let Some(limit) = limit {
                    self.seen(Clause::Limit, limit)?;
                }
                if let Some(key) = limit_by.first() {
                    self.seen(Clause::LimitBy, key)?;
                }
            }
            None => {}
        }
        if let Some(fetch) = &query.fetch {
            self.seen(Clause::Fetch, fetch)?;
            self.seen_if(fetch.with_ties, Clause::FetchTies, fetch)?;
            self.seen_if(fetch.percent, Clause::FetchPercent, fetch)?;
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> Found {
        if let Some(top) = &select.top {
            self.seen(Clause::Top, select)?;
            self.seen_if(top.with_ties, Clause::TopTies, select)?;
            self.seen_if(top.percent, Clause::TopPercent, select)?;
        }
        if let Some(Distinct::On(keys)) = &select.distinct {
            match keys.first() {
                Some(key) => self.seen(Clause::DistinctOn, key)?,
                None => self.seen(Clause::DistinctOn, select)?,
            }
        }
        self.seen_if(select.flavor != SelectFlavor::Standard, Clause::FromFirst, select)?;
        for item in &select.projection {
            if let SelectItem::Wildcard(star) | SelectItem::QualifiedWildcard(_, star) = item {
                self.star(star, item)?;
            }
        }
        self.seen_if(select.exclude.is_some(), Clause::StarExclude, select)?;
        for item in &select.from {
            item.joins.iter().try_for_each(|join| self.join(join))?;
        }
        self.seen_if(!select.lateral_views.is_empty(), Clause::LateralView, select)?;
        self.seen_if(!select.connect_by.is_empty(), Clause::ConnectBy, select)?;
        if let Some(qualify) = &select.qualify {
            self.seen(Clause::Qualify, qualify)?;
        }
        self.group_by(&select.group_by, select)?;
        for window in &select.named_window {
            self.seen(Clause::Windows, window)?;
            if let NamedWindowExpr::WindowSpec(spec) = &window.1 {
                self.window(spec, window)?;
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> Found {
        match factor {
            TableFactor::Derived { lateral: true, .. } => self.seen(Clause::Lateral, factor),
            TableFactor::UNNEST { with_offset: true, .. } => self.seen(Clause::WithOffset, factor),
            TableFactor::UNNEST { with_ordinality: true, .. }
            | TableFactor::Function { with_ordinality: true, .. }
            | TableFactor::Table { with_ordinality: true, .. } => {
                self.seen(Clause::WithOrdinality, factor)
            }
            TableFactor::NestedJoin { table_with_joins, .. } => {
                table_with_joins.joins.iter().try_for_each(|join| self.join(join))
            }
            TableFactor::Unpivot { .. } => self.seen(Clause::Unpivot, factor),
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> Found {
        match expr {
            Expr::Cast { kind: CastKind::DoubleColon, .. } => self.seen(Clause::DoubleColon, expr),
            Expr::BinaryOp { op: BinaryOperator::Spaceship, .. } => {
                self.seen(Clause::Spaceship, expr)
            }
            Expr::InUnnest { .. } => self.seen(Clause::InUnnest, expr),
            Expr::OuterJoin(_) => self.seen(Clause::PlusJoin, expr),
            Expr::Function(function) => self.function(function),
            _ => ControlFlow::Continue(()),
        }
    }
}

impl Foreign {
    fn seen_if(&self, there: bool, clause: Clause, node: &impl Spanned) -> Found {
        if there { self.seen(clause, node) } else { ControlFlow::Continue(()) }
    }

    /// Goes on if the clause is known; else its place is that of the node.
    fn seen(&self, clause: Clause, node: &impl Spanned) -> Found {
        if self.known.contains(&clause) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break((clause, node.span()))
        }
    }

    /// What is between the operands of set operations; the operands are visited by themselves.
    fn set_operations(&self, body: &SetExpr) -> Found {
        let SetExpr::SetOperation { op, set_quantifier, left, right } = body else {
            return ControlFlow::Continue(());
        };
        if *op == SetOperator::Minus {
            self.seen(Clause::Minus, body)?;
        }
        if *op != SetOperator::Union && *set_quantifier == SetQuantifier::All {
            self.seen(Clause::ExceptAll, body)?;
        }
        self.set_operations(left)?;
        self.set_operations(right)
    }

    fn star(&self, star: &WildcardAdditionalOptions, item: &SelectItem) -> Found {
        self.seen_if(star.opt_ilike.is_some(), Clause::StarIlike, item)?;
        self.seen_if(star.opt_exclude.is_some(), Clause::StarExclude, item)?;
        self.seen_if(star.opt_except.is_some(), Clause::StarExcept, item)?;
        self.seen_if(star.opt_replace.is_some(), Clause::StarReplace, item)?;
        self.seen_if(star.opt_rename.is_some(), Clause::StarRename, item)
    }

    fn join(&self, join: &Join) -> Found {
        let constraint = match &join.join_operator {
            JoinOperator::Join(c)
            | JoinOperator::Inner(c)
            | JoinOperator::Left(c)
            | JoinOperator::LeftOuter(c)
            | JoinOperator::Right(c)
            | JoinOperator::RightOuter(c)
            | JoinOperator::FullOuter(c)
            | JoinOperator::CrossJoin(c)
            | JoinOperator::StraightJoin(c) => c,
            JoinOperator::Semi(c)
            | JoinOperator::LeftSemi(c)
            | JoinOperator::RightSemi(c)
            | JoinOperator::Anti(c)
            | JoinOperator::LeftAnti(c)
            | JoinOperator::RightAnti(c) => {
                self.seen(Clause::SemiJoin, join)?;
                c
            }
            JoinOperator::CrossApply | JoinOperator::OuterApply => {
                return self.seen(Clause::Apply, join);
            }
            JoinOperator::AsOf { constraint, .. } => {
                self.seen(Clause::AsofJoin, join)?;
                constraint
            }
            JoinOperator::ArrayJoin
            | JoinOperator::LeftArrayJoin
            | JoinOperator::InnerArrayJoin => {
                return self.seen(Clause::ArrayJoin, join);
            }
        };
        match constraint {
            JoinConstraint::Natural => self.seen(Clause::NaturalJoin, join),
            JoinConstraint::Using(_) => self.seen(Clause::Using, join),
            JoinConstraint::On(_) | JoinConstraint::None => ControlFlow::Continue(()),
        }
    }

    fn group_by(&self, group_by: &GroupByExpr, select: &Select) -> Found {
        let modifiers = match group_by {
            GroupByExpr::All(modifiers) => {
                self.seen(Clause::GroupByAll, select)?;
                modifiers
            }
            GroupByExpr::Expressions(keys, modifiers) => {
                for key in keys {
                    match key {
                        Expr::Value(value) if matches!(value.value, Value::Number(..)) => {
                            self.seen(Clause::GroupByPosition, key)?;
                        }
                        Expr::Rollup(_) | Expr::Cube(_) | Expr::GroupingSets(_) => {
                            self.seen(Clause::GroupingSets, key)?;
                        }
                        _ => {}
                    }
                }
                modifiers
            }
        };
        modifiers.iter().try_for_each(|modifier| {
            let clause = match modifier {
                GroupByWithModifier::Rollup => Clause::WithRollup,
                GroupByWithModifier::Cube => Clause::WithCube,
                GroupByWithModifier::Totals => Clause::WithTotals,
                GroupByWithModifier::GroupingSets(_) => Clause::GroupingSets,
            };
            self.seen(clause, select)
        })
    }

    fn function(&self, function: &Function) -> Found {
        if let Some(filter) = &function.filter {
            self.seen(Clause::Filter, &**filter)?;
        }
        self.nulls(function.null_treatment, function)?;
        if let FunctionArguments::List(list) = &function.args {
            for clause in &list.clauses {
                match clause {
                    FunctionArgumentClause::OrderBy(keys) => {
                        self.seen(Clause::OrderInside, function)?;
                        self.keys(keys)?;
                    }
                    FunctionArgumentClause::IgnoreOrRespectNulls(treatment) => {
                        self.nulls(Some(*treatment), function)?;
                    }
                    _ => {}
                }
            }
        }
        self.keys(&function.within_group)?;
        match &function.over {
            Some(WindowType::WindowSpec(spec)) => self.window(spec, function),
            Some(WindowType::NamedWindow(_)) | None => ControlFlow::Continue(()),
        }
    }

    fn nulls(&self, treatment: Option<NullTreatment>, function: &Function) -> Found {
        match treatment {
            Some(NullTreatment::IgnoreNulls) => self.seen(Clause::IgnoreNulls, function),
            Some(NullTreatment::RespectNulls) | None => ControlFlow::Continue(()),
        }
    }

    fn window(&self, window: &WindowSpec, around: &impl Spanned) -> Found {
        let frame = window.window_frame.as_ref();
        let groups = frame.is_some_and(|frame| frame.units == WindowFrameUnits::Groups);
        self.seen_if(groups, Clause::Groups, around)?;
        self.keys(&window.order_by)
    }

    fn keys(&self, keys: &[OrderByExpr]) -> Found {
        match keys.iter().find(|key| key.options.nulls_first.is_some()) {
            Some(key) => self.seen(Clause::NullsFirst, key),
            None => ControlFlow::Continue(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Catalog, SourceSettings,
        dialects::{Clause, spec},
        parse,
    };
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    /// Dialects that statements are read in.
    fn sources() -> Vec<Dialect> {
        let sources: Vec<Dialect> =
            Dialect::ALL.into_iter().filter(|dialect| spec(*dialect).is_some()).collect();
        assert_eq!(sources.len(), 11, "{sources:?}");
        sources
    }

    /// A statement with each clause.
    const STATEMENTS: [(Clause, &str); 49] = [
        (Clause::AnyJoin, "SELECT t.a FROM t ANY LEFT JOIN u ON t.a = u.a"),
        (Clause::Apply, "SELECT t.a FROM t CROSS APPLY (SELECT 1 AS x) u"),
        (Clause::ArrayJoin, "SELECT a FROM t ARRAY JOIN a AS x"),
        (
            Clause::AsofJoin,
            "SELECT t.a FROM t ASOF JOIN u MATCH_CONDITION (t.a >= u.a) ON t.b = u.b",
        ),
        (Clause::ConnectBy, "SELECT a FROM t CONNECT BY PRIOR a = b"),
        (Clause::DistinctOn, "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b"),
        (Clause::DoubleColon, "SELECT a::int FROM t"),
        (Clause::ExceptAll, "SELECT a FROM t EXCEPT ALL SELECT a FROM u"),
        (Clause::Fetch, "SELECT a FROM t ORDER BY a OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY"),
        (Clause::FetchPercent, "SELECT a FROM t ORDER BY a FETCH FIRST 5 PERCENT ROWS ONLY"),
        (Clause::FetchTies, "SELECT a FROM t ORDER BY a FETCH FIRST 5 ROWS WITH TIES"),
        (Clause::Filter, "SELECT count(*) FILTER (WHERE a > 1) FROM t"),
        (Clause::FromFirst, "FROM t SELECT a"),
        (Clause::GroupByAll, "SELECT a, count(*) FROM t GROUP BY ALL"),
        (Clause::GroupByPosition, "SELECT a, count(*) FROM t GROUP BY 1"),
        (Clause::GroupingSets, "SELECT a, count(*) FROM t GROUP BY ROLLUP (a)"),
        (Clause::Groups, "SELECT sum(a) OVER (ORDER BY a GROUPS 1 PRECEDING) FROM t"),
        (Clause::IgnoreNulls, "SELECT first_value(a) IGNORE NULLS OVER (ORDER BY b) FROM t"),
        (Clause::InUnnest, "SELECT a FROM t WHERE a IN UNNEST([1, 2])"),
        (Clause::Lateral, "SELECT t.a FROM t, LATERAL (SELECT t.a AS x) u"),
        (Clause::LateralView, "SELECT a FROM t LATERAL VIEW explode(array(1)) u AS x"),
        (Clause::Limit, "SELECT a FROM t LIMIT 1"),
        (Clause::LimitBy, "SELECT a FROM t LIMIT 1 BY b"),
        (Clause::LimitComma, "SELECT a FROM t LIMIT 1, 2"),
        (Clause::Minus, "SELECT a FROM t MINUS SELECT a FROM u"),
        (Clause::NaturalJoin, "SELECT a FROM t NATURAL JOIN u"),
        (Clause::NullsFirst, "SELECT a FROM t ORDER BY a NULLS FIRST"),
        (Clause::OrderByAll, "SELECT a FROM t ORDER BY ALL"),
        (Clause::OrderInside, "SELECT array_agg(a ORDER BY b) FROM t"),
        (Clause::PlusJoin, "SELECT t.a FROM t, u WHERE t.a = u.a (+)"),
        (Clause::Qualify, "SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a) = 1"),
        (Clause::SemiJoin, "SELECT t.a FROM t LEFT SEMI JOIN u ON t.a = u.a"),
        (Clause::Spaceship, "SELECT a <=> b FROM t"),
        (Clause::StarExcept, "SELECT * EXCEPT (a) FROM t"),
        (Clause::StarExclude, "SELECT * EXCLUDE (a) FROM t"),
        (Clause::StarIlike, "SELECT * ILIKE 'a%' FROM t"),
        (Clause::StarRename, "SELECT * RENAME (a AS x) FROM t"),
        (Clause::StarReplace, "SELECT * REPLACE (1 AS a) FROM t"),
        (Clause::Top, "SELECT TOP 1 a FROM t"),
        (Clause::TopPercent, "SELECT TOP 1 PERCENT a FROM t ORDER BY a"),
        (Clause::TopTies, "SELECT TOP 1 WITH TIES a FROM t ORDER BY a"),
        (Clause::Unpivot, "SELECT x FROM t UNPIVOT (x FOR n IN (a, b)) AS p"),
        (Clause::Using, "SELECT a FROM t JOIN u USING (a)"),
        (Clause::Windows, "SELECT sum(a) OVER w FROM t WINDOW w AS (ORDER BY b)"),
        (Clause::WithCube, "SELECT a, count(*) FROM t GROUP BY a WITH CUBE"),
        (Clause::WithOffset, "SELECT x FROM UNNEST([1]) AS x WITH OFFSET"),
        (Clause::WithOrdinality, "SELECT x FROM UNNEST(ARRAY[1]) WITH ORDINALITY AS u(x, n)"),
        (Clause::WithRollup, "SELECT a, count(*) FROM t GROUP BY a WITH ROLLUP"),
        (Clause::WithTotals, "SELECT a, count(*) FROM t GROUP BY a WITH TOTALS"),
    ];

    /// Why a statement is refused, if it is.
    fn refusal(dialect: Dialect, text: &str) -> Option<model::Diagnostic> {
        let settings = SourceSettings::of(dialect);
        let column = |name: &str| CatalogColumn {
            name: name.to_owned(),
            data_type: "int".to_owned(),
            nullable: true,
        };
        let table = |name: &str| CatalogTable {
            database: None,
            schema: None,
            name: name.to_owned(),
            columns: vec![column("a"), column("b")],
            keys: Vec::new(),
        };
        let catalog = Catalog::under(&settings, &[table("t"), table("u")]);
        parse(text, dialect).and_then(|p| p.bind_under(&catalog, &[], &settings)).err()
    }

    #[test]
    fn a_clause_of_other_dialects_is_refused_and_an_own_one_is_not() {
        for dialect in sources() {
            let own = spec(dialect).unwrap().traits().clauses;
            for (clause, text) in STATEMENTS {
                let foreign = format!("`{}` is no clause of {}", clause.shown(), dialect.title());
                let refused = refusal(dialect, text);
                if own.contains(&clause) {
                    let message = refused.map(|d| d.message).unwrap_or_default();
                    assert!(!message.contains("is no clause of"), "{dialect}: {text}: {message}");
                    continue;
                }
                // Where the parser knows the dialect's grammar, it is a syntax error or a name.
                let refused = refused.unwrap_or_else(|| panic!("{dialect} takes {text}"));
                if refused.message == foreign {
                    assert!(refused.span.is_some() && refused.hint.is_some(), "{refused:?}");
                }
            }
        }
    }

    #[test]
    fn the_refusal_says_what_where_and_whose() {
        let text = "SELECT a FROM t WHERE a IN (SELECT b FROM u QUALIFY row_number() OVER (ORDER BY a) = 1)";
        let refused = refusal(Dialect::Postgres, text).unwrap();
        assert_eq!(refused.message, "`QUALIFY` is no clause of PostgreSQL");
        let place = refused.span.unwrap().slice(text);
        assert!(place.starts_with("row_number() OVER") && place.ends_with("= 1"), "{place}");
        let hint = refused.hint.unwrap();
        assert!(hint.contains("Snowflake") && !hint.contains("PostgreSQL"), "{hint}");
    }

    #[test]
    fn each_clause_has_a_dialect_and_a_statement() {
        for (index, (clause, text)) in STATEMENTS.iter().enumerate() {
            assert!(clause.dialects().next().is_some(), "{text}");
            assert!(STATEMENTS.iter().skip(index + 1).all(|other| other.0 != *clause), "{text}");
        }
        for dialect in sources() {
            for clause in spec(dialect).unwrap().traits().clauses {
                assert!(STATEMENTS.iter().any(|one| one.0 == *clause), "{}", clause.shown());
            }
        }
    }
}
