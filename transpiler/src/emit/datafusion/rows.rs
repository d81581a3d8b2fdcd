//! Rows out of arrays on `DataFusion`: `unnest` and `generate_series` in FROM and in a SELECT list.

use crate::{
    emit::{Emitter, relation::gives_rows},
    fragment::Fragment,
    rule::Emit,
    rules::{
        json_by_pattern::{self, Listed, Of},
        regex_rows,
    },
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, FunctionKind, Literal},
};

/// What stands in the rows.
#[derive(Clone)]
pub(in crate::emit) enum Rows {
    /// The elements of an array.
    Elements(Expr),
    /// Their positions from 1.
    Positions(Expr),
    /// What is listed of a document.
    Listed(Expr, Listed, Of),
}

impl Emitter {
    pub(in crate::emit) fn rows_of(&mut self, rows: &Rows, outer: bool) -> Emit<String> {
        let expr = rows.array();
        if let Rows::Listed(document, what, of) = rows {
            let Some(list) = json_by_pattern::listed(self, document, *what, *of)? else {
                return self.refuse("rows of this document have no known translation", expr.span);
            };
            let list = list.text;
            let ty = if *what == Listed::Places { "BIGINT" } else { "VARCHAR" };
            return Ok(if outer {
                format!(
                    "CASE WHEN cardinality({list}) > 0 THEN {list} ELSE CAST([NULL] AS {ty}[]) END"
                )
            } else {
                list
            });
        }
        let Some(array) = self.array_of_rows(expr)? else {
            return self.refuse("this function in FROM has no known translation", expr.span);
        };
        let array = array.text;
        let (text, ty) = match rows {
            Rows::Elements(_) => (array.clone(), element(expr)),
            _ => (positions(&array), Some(Type::Int8)),
        };
        if !outer {
            return Ok(text);
        }
        match ty.and_then(|ty| self.target().type_name(&ty)) {
            Some(ty) => Ok(format!(
                "CASE WHEN cardinality({array}) > 0 THEN {text} ELSE CAST([NULL] AS {ty}[]) END"
            )),
            None => self.refuse("no known arrays of this type", expr.span),
        }
    }

    /// The array of the rows that a set function gives; of an array itself its elements.
    pub(in crate::emit) fn array_of_rows(&mut self, expr: &Expr) -> Emit<Option<Fragment>> {
        let Some(call) = expr.call().filter(|call| call.kind == FunctionKind::Set) else {
            return match expr.ty.element() {
                Some(ty) if !matches!(ty, Type::Array(_)) => self.expr(expr).map(Some),
                _ => Ok(None),
            };
        };
        self.array_of_call(call)
    }

    /// The array of the rows that a set function gives.
    pub(in crate::emit) fn array_of_call(&mut self, call: &Call) -> Emit<Option<Fragment>> {
        match (call.name, call.args.as_slice()) {
            ("unnest", [array]) => self.array_of_rows(array),
            ("regexp_split_to_table", _) => {
                Ok(regex_rows::as_array(self, call)?.map(|(array, _)| array))
            }
            ("generate_series", args) if gives_rows(call) => {
                let whole = args.iter().all(|arg| arg.ty.is_integer());
                if !(whole && args.iter().all(ends_in_time) || args.iter().take(2).all(is_near)) {
                    return Ok(None);
                }
                let series = Fragment::call("generate_series", &self.args(args)?);
                Ok(Some(if whole {
                    series
                } else {
                    // It counts nanoseconds.
                    Fragment::atom(format!("CAST({} AS TIMESTAMP(6)[])", series.text))
                }))
            }
            _ => Ok(None),
        }
    }

    /// A set function in FROM that looks at no other relation; nothing where it is not known.
    pub(in crate::emit) fn rows_in_from(
        &mut self,
        call: &Expr,
        names: &str,
        ordinality: bool,
    ) -> Emit<Option<String>> {
        let mut hosts = Vec::new();
        self.hosts_of(call, &mut hosts);
        if !hosts.is_empty() {
            let column = |part: &Expr| matches!(part.kind, ExprKind::Column { .. });
            if call.looks_outside(&[]) || call.any_part(&column) {
                return Ok(None);
            }
            let Some(array) = self.array_of_rows(call)? else { return Ok(None) };
            // A query can only stand in a list of values.
            let rows = if ordinality {
                format!("unnest({}) AS _e, unnest({}) AS _o", array.text, positions(&array.text))
            } else {
                format!("unnest({}) AS _e", array.text)
            };
            return Ok(Some(format!("(SELECT {rows}) AS {names}")));
        }
        let Some(array) = self.array_of_rows(call)? else { return Ok(None) };
        // Its own `generate_series` in FROM is taken for any other one in the same statement.
        Ok(Some(if ordinality {
            format!("unnest({}, {}) AS {names}", array.text, positions(&array.text))
        } else {
            format!("unnest({}) AS {names}", array.text)
        }))
    }
}

impl Rows {
    pub(in crate::emit) const fn array(&self) -> &Expr {
        match self {
            Self::Elements(array) | Self::Positions(array) | Self::Listed(array, ..) => array,
        }
    }

    /// The type of what stands in the rows.
    pub(in crate::emit) fn ty(&self) -> Option<Type> {
        match self {
            Self::Elements(array) => element(array),
            Self::Positions(_) | Self::Listed(_, Listed::Places, _) => Some(Type::Int8),
            Self::Listed(_, Listed::Keys, _) => Some(Type::Text),
            Self::Listed(_, Listed::Values, _) => Some(Type::Jsonb),
        }
    }
}

/// Type of the rows.
pub(in crate::emit) fn element(array: &Expr) -> Option<Type> {
    if array.call().is_some_and(|call| call.kind == FunctionKind::Set) {
        return Some(array.ty.clone());
    }
    array.ty.element().cloned()
}

fn positions(array: &str) -> String {
    format!("range(1, CAST(cardinality({array}) AS BIGINT) + 1)")
}

/// Is it far from the ends of 64 bits? There the series would never end.
fn ends_in_time(expr: &Expr) -> bool {
    expr.ty == Type::Int4 || expr.integer().is_some_and(|n| n.unsigned_abs() < 1 << 62)
}

/// Is it a day or a time that nanoseconds reach?
fn is_near(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => is_near(expr),
        ExprKind::Literal(Literal::Typed(text)) => {
            matches!(expr.ty, Type::Date | Type::Timestamp)
                && text.get(4..5) == Some("-")
                && text
                    .get(..4)
                    .and_then(|y| y.parse().ok())
                    .is_some_and(|y: i32| (1700..2250).contains(&y))
        }
        _ => false,
    }
}
