//! Errors raised at run time, where an engine would answer what PostgreSQL does not.

use super::Emitter;
use crate::{
    fragment::{Fragment, Level},
    targets::Target,
};
use sql::tree::{Expr, Literal};

const NO_VALUE: &str = "22000: the source fails here, or gives what cannot be told";

impl Emitter {
    /// `value`, or an error where `condition` holds. `DataFusion` has no function that raises: a
    /// division by zero does.
    pub(crate) fn raise_if(&self, condition: &str, message: &str, value: &str) -> String {
        if self.target() == Target::DuckDb {
            format!("CASE WHEN {condition} THEN error('{message}') ELSE {value} END")
        } else {
            raised_by(condition, "0", value)
        }
    }

    /// The same for a value of these arguments, which no row may get to.
    pub(crate) fn raise_if_of(&self, args: &[Expr], condition: &str, value: &str) -> String {
        if self.target() == Target::DuckDb {
            self.raise_if(condition, NO_VALUE, value)
        } else {
            divided(args, condition, value)
        }
    }

    /// An error for any value but NULL of an expression, whose text is `value`.
    pub(crate) fn raise_at(&self, expr: &Expr, value: &Fragment) -> Fragment {
        Fragment::atom(match is_there(expr, value) {
            None if self.target() == Target::DuckDb => {
                // Without a type it is NULL to a function that takes it, and never evaluated.
                match self.target().type_name(&expr.ty) {
                    Some(name) => format!("CAST(error('{NO_VALUE}') AS {name})"),
                    None => format!("error('{NO_VALUE}')"),
                }
            }
            condition => {
                let condition = condition.as_deref().unwrap_or("TRUE");
                self.raise_if_of(std::slice::from_ref(expr), condition, &value.text)
            }
        })
    }
}

/// `value` of these arguments, or a division by zero where `condition` holds. Of constants alone an
/// engine would work out the division while it plans: a zero that it does not know before is taken.
fn divided(args: &[Expr], condition: &str, value: &str) -> String {
    let constant = args.iter().all(Expr::is_constant);
    raised_by(condition, if constant { "CAST(floor(random()) AS integer)" } else { "0" }, value)
}

/// A division by zero for any value but NULL of an expression, whose text is `value`.
pub(super) fn divided_at(expr: &Expr, value: &Fragment) -> Fragment {
    let condition = is_there(expr, value);
    let condition = condition.as_deref().unwrap_or("TRUE");
    Fragment::atom(divided(std::slice::from_ref(expr), condition, &value.text))
}

/// `value`, made of an expression, or a division by zero where `condition` holds.
pub(super) fn divided_if(expr: &Expr, condition: &str, value: &Fragment) -> Fragment {
    Fragment::atom(divided(std::slice::from_ref(expr), condition, &value.text))
}

/// Is the value not NULL? Nothing where it never is.
fn is_there(expr: &Expr, value: &Fragment) -> Option<String> {
    let never = expr.literal().is_some_and(|literal| *literal != Literal::Null);
    (!never).then(|| format!("{} IS NOT NULL", value.at(Level::Atom)))
}

fn raised_by(condition: &str, zero: &str, value: &str) -> String {
    format!("CASE WHEN 1 / CASE WHEN {condition} THEN {zero} ELSE 1 END = 1 THEN {value} END")
}
