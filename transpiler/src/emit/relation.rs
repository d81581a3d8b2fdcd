//! FROM.

use super::{
    Emitter,
    alike::{Print, join_word},
    datafusion::{correlated, rows_of_each},
    duckdb,
    names::quoted,
    sample,
};
use crate::{rule::Emit, rules::json_rows, targets::Target};
use model::Span;
use sql::{
    Type,
    tree::{
        Alias, Call, Expr, ExprKind, JoinCondition, JoinKind, Literal, QuantifiedSource, Relation,
    },
};

impl Emitter {
    pub(super) fn relation(&mut self, relation: &Relation) -> Emit<String> {
        match relation {
            Relation::Table { path, alias, span } => {
                if let Some(rows) = self.whole_rows_of(path) {
                    let own = path.last().map_or_else(String::new, |name| quoted(name));
                    let alias = alias.as_ref().map(|alias| self.alias(alias, *span)).transpose()?;
                    let text = format!("{rows} AS {}", alias.unwrap_or(own));
                    return self.with_hosted(relation, text);
                }
                let path: Emit<Vec<String>> = path.iter().map(|p| self.name(p, *span)).collect();
                let table = path?.join(".");
                let text = match alias {
                    Some(alias) => format!("{table} AS {}", self.alias(alias, *span)?),
                    None => table,
                };
                self.with_hosted(relation, text)
            }
            Relation::Derived { query, alias, lateral } => {
                let alone = *lateral && self.target() == Target::DataFusion;
                if *lateral && self.target() == Target::DuckDb && duckdb::has_window_of_row(query) {
                    return self.refuse("a window over the row outside is not done", query.span);
                }
                if alone && !self.looks_at_nothing(relation) {
                    return self.refuse("LATERAL has no known translation", query.span);
                }
                let word = if *lateral && !alone { "LATERAL " } else { "" };
                let inner = self.subquery(query)?;
                let inner = self.noted_of_nothing(query, inner)?;
                let text = format!("{word}({inner}) AS {}", self.alias(alias, query.span)?);
                self.with_hosted(relation, text)
            }
            Relation::Function { call, alias, ordinality } => {
                let text = self.set_function(call, alias, *ordinality)?;
                self.with_hosted(relation, text)
            }
            Relation::Sample { input, name, columns, stored: _, method, size, seed } => {
                let input = self.relation(input)?;
                if self.target() == Target::DuckDb {
                    return Ok(sample::clause(&input, *method, size, *seed));
                }
                let nowhere = Span::new(0, 0);
                let columns: Emit<Vec<String>> =
                    columns.iter().map(|column| self.name(column, nowhere)).collect();
                let name = self.name(name, nowhere)?;
                Ok(sample::query(&input, &name, &columns?.join(", "), size))
            }
            Relation::Join { left, right, .. } if self.is_hosted(right) => self.relation(left),
            Relation::Join { left, right, kind, condition }
                if self.target() == Target::DataFusion
                    && let Some(join) =
                        rows_of_each::joined_by_keys(left, right, *kind, condition) =>
            {
                self.relation(&join)
            }
            Relation::Join { left, right, kind, condition } => {
                if self.target() == Target::DataFusion
                    && matches!(condition, JoinCondition::Using(_))
                    && merges_right(left)
                {
                    // It would take the left one for the merged column.
                    return self.refuse(
                        "USING behind one of a right join has no known translation",
                        Span::new(0, 0),
                    );
                }
                if self.target() == Target::DataFusion
                    && *kind == JoinKind::Cross
                    && let Relation::Function { call, .. } = &**right
                    && call.any_part(&|part| matches!(part.kind, ExprKind::Scalar(_)))
                {
                    // Not every plan with such rows behind others stands its own checks.
                    let what = "rows of a query crossed with those before them are not done";
                    return self.refuse(what, call.span);
                }
                let merged = match condition {
                    JoinCondition::Using(_)
                        if self.target() == Target::DataFusion && *kind == JoinKind::Full =>
                    {
                        let Some(condition) = self.full_join_condition(left, right) else {
                            // The merged column is the left one only.
                            return self.refuse(
                                "USING in such an outer join has no known translation",
                                Span::new(0, 0),
                            );
                        };
                        Some(condition)
                    }
                    _ => None,
                };
                let left = self.relation(left)?;
                let nested = matches!(**right, Relation::Join { .. });
                let right_text = self.relation(right)?;
                let right = if nested { format!("({right_text})") } else { right_text };
                let word = join_word(*kind);
                if let Some(condition) = merged {
                    return Ok(format!("{left} {word} {right} ON {condition}"));
                }
                Ok(match condition {
                    JoinCondition::None => format!("{left} {word} {right}"),
                    JoinCondition::On(condition)
                        if self.target() == Target::DataFusion
                            && correlated::has_value_of_row(condition) =>
                    {
                        return self.refuse("a join on such a query is not done", condition.span);
                    }
                    JoinCondition::On(condition)
                        if self.target() == Target::DuckDb
                            && !matches!(kind, JoinKind::Inner | JoinKind::Cross)
                            && condition.any_part(&asks_a_query) =>
                    {
                        let what = "a subquery in the condition of an outer join is not done";
                        return self.refuse(what, condition.span);
                    }
                    JoinCondition::On(condition) => {
                        format!("{left} {word} {right} ON {}", self.expr(condition)?.text)
                    }
                    JoinCondition::Using(names) => {
                        let names: Vec<String> = names.iter().map(|n| quoted(n)).collect();
                        format!("{left} {word} {right} USING ({})", names.join(", "))
                    }
                })
            }
        }
    }

    /// `generate_series` and `unnest` in FROM.
    fn set_function(&mut self, call: &Expr, alias: &Alias, ordinality: bool) -> Emit<String> {
        let span = call.span;
        if let Some(rows) = call.call().filter(|_| self.target() == Target::DuckDb)
            && let Some(list) = json_rows::list(self, rows)?
        {
            let names = self.alias(alias, span)?;
            let ordinality = if ordinality { " WITH ORDINALITY" } else { "" };
            return Ok(format!("unnest({list}){ordinality} AS {names}"));
        }
        if self.target() == Target::DataFusion {
            let names = self.alias(alias, span)?;
            if let Some(rows) = self.rows_in_from(call, &names, ordinality)? {
                return Ok(rows);
            }
        }
        let known = call.call().filter(|call| self.target() == Target::DuckDb && gives_rows(call));
        if let Some(name) = call.call().map(|call| call.name)
            && known.is_none()
            && let Some(rows) = self.by_rule(name, call)?
        {
            let names = self.alias(alias, span)?;
            let ordinality = if ordinality { " WITH ORDINALITY" } else { "" };
            return Ok(format!("{}{ordinality} AS {names}", rows.text));
        }
        let Some(inner) = known else {
            return self.refuse("this function in FROM has no known translation", span);
        };
        let args: Vec<String> = self.args(&inner.args)?.into_iter().map(|a| a.text).collect();
        // Without a column list DuckDB would make the alias a struct.
        let names = self.alias(alias, span)?;
        let rows = format!("{}({})", inner.name, args.join(", "));
        Ok(match (call.ty == Type::Int4 && inner.name == "generate_series", ordinality) {
            // It counts in longer integers.
            (true, false) => {
                format!("(SELECT CAST(i AS INTEGER) FROM {rows} AS _series(i)) AS {names}")
            }
            (true, true) => format!(
                "(SELECT CAST(i AS INTEGER), n FROM {rows} WITH ORDINALITY AS _series(i, n)) AS {names}"
            ),
            (false, true) => format!("{rows} WITH ORDINALITY AS {names}"),
            (false, false) => format!("{rows} AS {names}"),
        })
    }
}

/// Are columns merged by name? DataFusion takes their bare name for the left one, and not in WHERE.
pub(super) fn merges(relation: &Relation) -> bool {
    match relation {
        Relation::Join { left, right, condition, .. } => {
            matches!(condition, JoinCondition::Using(_)) || merges(left) || merges(right)
        }
        _ => false,
    }
}

/// Is there a right join that merges columns by name?
fn merges_right(relation: &Relation) -> bool {
    match relation {
        Relation::Join { left, right, kind, condition } => {
            (*kind == JoinKind::Right && matches!(condition, JoinCondition::Using(_)))
                || merges_right(left)
                || merges_right(right)
        }
        _ => false,
    }
}

/// Does the call give the same rows on DuckDB?
pub(super) fn gives_rows(call: &Call) -> bool {
    let times = call.args.iter().take(2).all(|a| a.ty.is_date_or_timestamp());
    match call.name {
        // A step of zero is an error on PostgreSQL; on DuckDB it gives no rows.
        "generate_series" if times => matches!(
            call.args.get(2).and_then(Expr::literal),
            Some(Literal::Interval { months, days, micros })
                if (*months >= 0 && *days >= 0 && *micros >= 0 && (*months > 0 || *days > 0 || *micros > 0))
                    || (*months <= 0 && *days <= 0 && *micros <= 0 && (*months < 0 || *days < 0 || *micros < 0))
        ),
        "generate_series" => {
            let step = call.args.get(2).map(Expr::integer);
            call.args.iter().all(|a| matches!(a.ty, Type::Int4 | Type::Int8))
                && step.is_none_or(|step| step.is_some_and(|s| s != 0))
        }
        "unnest" => true,
        _ => false,
    }
}

/// Is it a subquery, or what the target makes one of?
fn asks_a_query(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Scalar(_) | ExprKind::Exists { .. } | ExprKind::InQuery { .. } => true,
        // What is written out becomes a list.
        ExprKind::Quantified { source: QuantifiedSource::Array(array), .. } => {
            !matches!(array.kind, ExprKind::Array(_))
        }
        ExprKind::Quantified { .. } => true,
        _ => false,
    }
}
