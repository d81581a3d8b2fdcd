//! Numbers and dates that become texts because a text is wanted, or stands beside them: `LPAD(id, 5, '0')`
//! and `IFNULL(total, 'none')` of MySQL.
//!
//! Source: MySQL 8.0 manual, 14.3 (type conversion), 14.5 (flow control functions);
//! <https://docs.snowflake.com/en/sql-reference/data-type-conversion> (what is coerced to VARCHAR).

use super::{Binder, Bound, resolve::choose};
use crate::{
    dialects::{ArgType, Definition},
    tree::{Expr, ExprKind},
    types::Type,
};

/// Functions that do not make texts of what stands beside one.
const MIXED: [&str; 6] = ["field", "greatest", "least", "nullif", "interval", "strcmp"];

/// The lines that take so many arguments.
fn fitting<'d>(definitions: &[&'d Definition], count: usize) -> Vec<&'d Definition> {
    definitions.iter().copied().filter(|d| d.takes(count)).collect()
}

/// Do all of the lines want a text at this place?
fn want_text(fitting: &[&Definition], index: usize) -> bool {
    fitting.iter().all(|d| match d.arg(index) {
        Some(ArgType::Is(ty)) => ty.is_text(),
        Some(ArgType::Regex(..)) => true,
        _ => false,
    })
}

impl Binder<'_> {
    /// The arguments, each a text where only a text is wanted.
    pub(super) fn texts_wanted(
        &mut self,
        definitions: &[&Definition],
        args: Vec<Expr>,
    ) -> Bound<Vec<Expr>> {
        if !self.speaks_core() && self.takes_texts_alone(definitions) {
            return self.all_as_texts(definitions, args);
        }
        let plain = |arg: &Expr| !becomes_text(&arg.ty) && arg.ty != Type::Timestamp;
        if self.speaks_core()
            || !self.spec.traits().values_become_texts
            || args.iter().all(plain)
            || definitions.iter().any(|d| MIXED.contains(&d.name))
        {
            return Ok(args);
        }
        let types: Vec<Type> = args.iter().map(|arg| arg.ty.clone()).collect();
        let fitting = fitting(definitions, args.len());
        if fitting.is_empty() || choose(definitions, &types).is_some() {
            return Ok(args);
        }
        let args = args.into_iter().enumerate();
        args.map(|(at, arg)| if want_text(&fitting, at) { self.as_text(arg) } else { Ok(arg) })
            .collect()
    }

    /// Is it one of the functions for which any value becomes its text?
    fn takes_texts_alone(&self, definitions: &[&Definition]) -> bool {
        let names = self.spec.traits().text_functions;
        let among = |d: &Definition| names.contains(&d.name) || names.contains(&d.called());
        !definitions.is_empty() && definitions.iter().all(|d| among(d))
    }

    /// The arguments, each a text where all lines that take so many want one there. A cast that the
    /// dialect has not is refused.
    fn all_as_texts(&mut self, definitions: &[&Definition], args: Vec<Expr>) -> Bound<Vec<Expr>> {
        let fitting = fitting(definitions, args.len());
        let mut out = Vec::with_capacity(args.len());
        for (index, arg) in args.into_iter().enumerate() {
            let span = arg.span;
            let plain = arg.ty == Type::Unknown || arg.ty.is_character() || arg.ty == Type::Bytea;
            out.push(if plain || fitting.is_empty() || !want_text(&fitting, index) {
                arg
            } else {
                self.cast_by("cast", arg, Type::Text, span)?
            });
        }
        Ok(out)
    }

    /// A value as the text that the dialect makes of it; what has none stays.
    pub(super) fn as_text(&mut self, expr: Expr) -> Bound<Expr> {
        let span = expr.span;
        if becomes_text(&expr.ty) {
            return self.cast_by("cast", expr, Type::Text, span);
        }
        if self.spec.traits().values_become_texts
            && expr.ty == Type::Timestamp
            && self.is_of_whole_seconds(&expr)
        {
            let core = "to_char($1, 'YYYY-MM-DD HH24:MI:SS')";
            return self.core_text(core, vec![expr], span);
        }
        Ok(expr)
    }

    /// Has it no digits behind the second: a column of the catalog, or what is one of such values?
    fn is_of_whole_seconds(&self, expr: &Expr) -> bool {
        if let Some(call) = expr.call() {
            return match (call.name, call.args.as_slice()) {
                ("date_trunc", _) => true,
                ("min" | "max" | "coalesce" | "greatest" | "least", args) => {
                    args.iter().all(|arg| self.is_of_whole_seconds(arg))
                }
                _ => false,
            };
        }
        let ExprKind::Column { relation: Some(relation), name, .. } = &expr.kind else {
            return false;
        };
        let path = self.scopes.iter().rev().find_map(|scope| scope.relation(relation));
        path.and_then(|found| self.catalog.spelling(&found.path, name)).is_some_and(|spelled| {
            let bare = spelled.trim().trim_end_matches("(0)");
            bare.eq_ignore_ascii_case("datetime") || bare.eq_ignore_ascii_case("timestamp")
        })
    }

    /// The branches of one value: where one of them is a text, they all are.
    pub(super) fn texts_beside_text(&self, branches: Vec<Expr>) -> Bound<Vec<Expr>> {
        let text = |e: &Expr| e.ty.is_text() || (e.ty == Type::Unknown && e.text().is_some());
        if !self.spec.traits().values_become_texts || !branches.iter().any(text) {
            return Ok(branches);
        }
        let made = branches.into_iter().map(|branch| {
            let span = branch.span;
            if becomes_text(&branch.ty) {
                self.cast_to(branch, Type::Text, span)
            } else {
                Ok(branch)
            }
        });
        made.collect()
    }
}

/// Has it a text that is known: the digits of a number, a date?
const fn becomes_text(ty: &Type) -> bool {
    matches!(ty, Type::Int2 | Type::Int4 | Type::Int8 | Type::Numeric(Some(_)) | Type::Date)
}
