//! Constants.

use super::{Emitter, names::text_literal};
use crate::{
    fragment::{Fragment, Level},
    rule::Emit,
    targets::Target,
};
use sql::{
    Type,
    json::Constant,
    tree::{Expr, Literal},
};

impl Emitter {
    pub(super) fn literal(&mut self, literal: &Literal, expr: &Expr) -> Emit<Fragment> {
        let typed = |keyword: &str, text: &str| {
            Fragment::new(format!("{keyword} {}", text_literal(text)), Level::Unary)
        };
        Ok(match (literal, &expr.ty) {
            (Literal::Null, Type::Time) if self.target() == Target::DataFusion => {
                Fragment::atom("arrow_cast(CAST(NULL AS VARCHAR), 'Time64(Microsecond)')")
            }
            // An untyped NULL would take another type than it has here.
            (Literal::Null, ty) => match self.target().type_name(ty) {
                Some(name) => Fragment::atom(format!("CAST(NULL AS {name})")),
                None => Fragment::atom("NULL"),
            },
            (Literal::Bool(true), _) => Fragment::atom("TRUE"),
            (Literal::Bool(false), _) => Fragment::atom("FALSE"),
            (Literal::Number(digits), ty) => return self.number(digits, ty, expr),
            (Literal::Text(text), _) => Fragment::atom(text_literal(text)),
            (Literal::Typed(text), Type::Date) => typed("DATE", text),
            (Literal::Typed(text), Type::Timestamp) => match self.target() {
                Target::DuckDb => typed("TIMESTAMP", text),
                _ => Fragment::atom(format!("CAST({} AS TIMESTAMP(6))", text_literal(text))),
            },
            (Literal::Typed(text), Type::Time) if self.target() == Target::DuckDb => {
                typed("TIME", text)
            }
            (Literal::Typed(text), Type::Bytea) if self.target() == Target::DuckDb => {
                Fragment::atom(format!("CAST({} AS BLOB)", text_literal(&blob(text))))
            }
            (Literal::Typed(text), ty @ (Type::Json | Type::Jsonb))
                if self.target() == Target::DuckDb =>
            {
                match sql::json::read(text) {
                    Constant::Value(_) if *ty == Type::Json => {
                        // Which of them counts is another one here.
                        if sql::json::has_a_key_twice(text) {
                            return self.refuse("JSON with a key twice is not done", expr.span);
                        }
                        document(text)
                    }
                    Constant::Value(canonical) => document(&canonical),
                    Constant::Invalid => Fragment::atom(
                        "CAST(error('22P02: invalid input syntax for type json') AS JSON)",
                    ),
                    Constant::Unknown => {
                        return self.refuse("this JSON has no known translation", expr.span);
                    }
                }
            }
            (Literal::Typed(text), Type::Jsonb) if !self.is_postgres() => {
                match sql::json::read(text) {
                    Constant::Value(canonical) => Fragment::atom(text_literal(&canonical)),
                    _ => return self.refuse("this JSON has no known translation", expr.span),
                }
            }
            // A time of the session's zone, which a change of the clocks may leave out there.
            (Literal::Typed(text), Type::TimestampTz)
                if self.target() == Target::DataFusion
                    && !self.steady_clock()
                    && !text.get(11..).is_some_and(|time| time.contains(['+', '-', 'Z'])) =>
            {
                return self.refuse("a time of a zone whose clocks change", expr.span);
            }
            (Literal::Typed(text), Type::Time) => {
                Fragment::atom(format!("arrow_cast({}, 'Time64(Microsecond)')", text_literal(text)))
            }
            (Literal::Typed(text), Type::Bytea) => {
                Fragment::atom(format!("X'{}'", text.strip_prefix("\\x").unwrap_or(text)))
            }
            (Literal::Typed(text), ty) => match self.target().type_name(ty) {
                Some(name) => Fragment::atom(format!("CAST({} AS {name})", text_literal(text))),
                None => return self.refuse(format!("no literals of type `{ty}`"), expr.span),
            },
            (Literal::Interval { months, days, micros }, _) => interval(*months, *days, *micros),
        })
    }

    fn number(&self, digits: &str, ty: &Type, expr: &Expr) -> Emit<Fragment> {
        Ok(match (ty, self.target()) {
            (Type::Int2 | Type::Int4, _) => Fragment::atom(digits),
            // A small number typed bigint by its context needs no cast to be compared or added.
            (Type::Int8, _) => Fragment::atom(digits),
            (Type::Numeric(Some(shape)), _) if shape.precision > 38 => {
                return self.refuse(
                    format!("a number of {} digits has no exact type", shape.precision),
                    expr.span,
                );
            }
            (Type::Numeric(_), Target::DuckDb) => Fragment::atom(decimal(digits)),
            // DataFusion reads a decimal literal as a float.
            (Type::Numeric(Some(shape)), _) => Fragment::atom(format!(
                "CAST('{digits}' AS DECIMAL({}, {}))",
                shape.precision.max(1),
                shape.scale
            )),
            (Type::Float4 | Type::Float8, _) => match self.target().type_name(ty) {
                Some(name) => Fragment::atom(format!("CAST('{digits}' AS {name})")),
                None => return self.refuse("no such float literal", expr.span),
            },
            (other, _) => {
                return self.refuse(format!("no number literals of type `{other}`"), expr.span);
            }
        })
    }
}

fn document(text: &str) -> Fragment {
    Fragment::atom(format!("CAST({} AS JSON)", text_literal(text)))
}

/// `\\x61ff` as DuckDB reads bytes: `\\x61\\xff`.
fn blob(text: &str) -> String {
    let digits = text.strip_prefix("\\x").unwrap_or(text).as_bytes();
    let pairs = digits.chunks(2).map(|pair| format!("\\x{}", String::from_utf8_lossy(pair)));
    pairs.collect()
}

/// An interval by its three components, which every target adds in the same way.
pub(crate) fn interval(months: i32, days: i32, micros: i64) -> Fragment {
    let mut parts = Vec::new();
    if months != 0 {
        parts.push(format!("{months} months"));
    }
    if days != 0 {
        parts.push(format!("{days} days"));
    }
    if micros != 0 || parts.is_empty() {
        let sign = if micros < 0 { "-" } else { "" };
        let (whole, fraction) =
            (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
        if fraction == 0 {
            parts.push(format!("{sign}{whole} seconds"));
        } else {
            let fraction = format!("{fraction:06}");
            parts.push(format!("{sign}{whole}.{} seconds", fraction.trim_end_matches('0')));
        }
    }
    Fragment::new(format!("INTERVAL '{}'", parts.join(" ")), Level::Unary)
}

/// A decimal that DuckDB reads as DECIMAL of as many digits: with its point, or as a cast of a text,
/// since digits alone are an integer there, or a DOUBLE.
fn decimal(digits: &str) -> String {
    if digits.contains('.') {
        return digits.to_owned();
    }
    let count = digits.trim_start_matches('0').len().clamp(1, 38);
    format!("CAST('{digits}' AS DECIMAL({count},0))")
}
