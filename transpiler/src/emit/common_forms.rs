//! Forms that every target has with the same meaning: operators, comparisons, NULL tests.

use super::{
    Emitter,
    alike::{Print, postfix},
};
use crate::{
    fragment::{Fragment, Level},
    rule::Emit,
    rules::{interval_length, regex_rows},
    targets::Target,
};
use sql::{
    Key, KeyUse, Type,
    tree::{Call, Expr, ExprKind, FunctionKind},
};

impl Emitter {
    /// Refuses a quotient or an average where it is tested for equality: it is exact on PostgreSQL
    /// and a float on the targets.
    pub(crate) fn must_be_exact(&self, expr: &Expr) -> Emit<()> {
        if is_inexact(expr) {
            return self.refuse("equality of a quotient or an average is not done", expr.span);
        }
        Ok(())
    }

    /// Operands of a comparison. The targets compare a date with a timestamp as PostgreSQL does, at
    /// midnight, and use their statistics better without a cast.
    fn operands(&mut self, args: &[Expr], ordered: bool) -> Emit<Vec<Fragment>> {
        if self.target() == Target::DataFusion && args.iter().any(|a| a.ty == Type::Interval) {
            return args.iter().map(|arg| interval_length::of(self, arg)).collect();
        }
        let of = if ordered { KeyUse::Sorted } else { KeyUse::ToldApart };
        let arrays = args.iter().filter(|arg| arg.ty.element().is_some());
        let keys = arrays.map(|arg| Key { ty: arg.ty.clone(), of, span: arg.span });
        self.keys_are_alike(&keys.collect::<Vec<Key>>())?;
        let plain = |arg: &Expr| match &arg.kind {
            ExprKind::Coerce { expr } if expr.ty == Type::Date && arg.ty == Type::Timestamp => {
                (**expr).clone()
            }
            _ => arg.clone(),
        };
        args.iter().map(|arg| self.expr(&plain(arg))).collect()
    }

    /// Forms that every target has with the same meaning.
    pub(super) fn form(&mut self, call: &Call) -> Emit<Option<Fragment>> {
        let level = match call.name {
            "and" => Level::And,
            "or" => Level::Or,
            "=" | "<>" | "<" | "<=" | ">" | ">=" => Level::Compare,
            _ => return self.other_form(call),
        };
        if ["=", "<>"].contains(&call.name) {
            call.args.iter().try_for_each(|arg| self.must_be_exact(arg))?;
        }
        let args = if level == Level::Compare {
            self.operands(&call.args, !["=", "<>"].contains(&call.name))?
        } else {
            self.args(&call.args)?
        };
        let [left, right] = args.as_slice() else { return Ok(None) };
        let op = call.name.to_ascii_uppercase();
        Ok(Some(Fragment::infix(left, &op, right, level)))
    }

    fn other_form(&mut self, call: &Call) -> Emit<Option<Fragment>> {
        // Some targets have no word for it.
        let name = match call.name {
            "is unknown" => "is null",
            "is not unknown" => "is not null",
            other => other,
        };
        if let Some(form) = postfix(name) {
            let args = self.args(&call.args)?;
            let [arg] = args.as_slice() else { return Ok(None) };
            let text = format!("{} {form}", arg.at(Level::Atom));
            return Ok(Some(Fragment::new(text, Level::Compare)));
        }
        match call.name {
            "not" => {
                let args = self.args(&call.args)?;
                let [arg] = args.as_slice() else { return Ok(None) };
                let text = format!("NOT {}", arg.at(Level::Atom));
                Ok(Some(Fragment::new(text, Level::Not)))
            }
            "between" | "not between" => {
                let args = self.operands(&call.args, true)?;
                let [arg, low, high] = args.as_slice() else { return Ok(None) };
                let text = format!(
                    "{} {} {} AND {}",
                    arg.at(Level::Add),
                    call.name.to_ascii_uppercase(),
                    low.at(Level::Add),
                    high.at(Level::Add)
                );
                Ok(Some(Fragment::new(text, Level::Compare)))
            }
            "is distinct from" | "is not distinct from" => {
                if let [one, two] = call.args.as_slice()
                    && let Some(value) = beside_null(one, two)
                {
                    // DataFusion asks the other side of a join instead of this one.
                    let word = if call.name == "is distinct from" { "NOT NULL" } else { "NULL" };
                    let text = format!("{} IS {word}", self.expr(value)?.at(Level::Add));
                    return Ok(Some(Fragment::new(text, Level::Compare)));
                }
                call.args.iter().try_for_each(|arg| self.must_be_exact(arg))?;
                let args: Emit<Vec<Fragment>> = call.args.iter().map(|arg| self.key(arg)).collect();
                let args = args?;
                let [left, right] = args.as_slice() else { return Ok(None) };
                let op = call.name.to_ascii_uppercase();
                // DataFusion's parser lets it reach over a following AND.
                let text = Fragment::infix(left, &op, right, Level::Compare).text;
                Ok(Some(Fragment::atom(format!("({text})"))))
            }
            // A pattern without its escape; `TR0201` has looked at the others.
            "like" | "not like" | "ilike" | "not ilike" => {
                let args = self.args(&call.args)?;
                let [value, pattern] = args.as_slice() else { return Ok(None) };
                let op = call.name.to_ascii_uppercase();
                Ok(Some(Fragment::infix(value, &op, pattern, Level::Compare)))
            }
            // Texts are compared by their bytes anyway.
            "collate c" => match call.args.as_slice() {
                [arg] => Ok(Some(self.expr(arg)?)),
                _ => Ok(None),
            },
            "nullif" => {
                let args: Emit<Vec<Fragment>> = call.args.iter().map(|arg| self.key(arg)).collect();
                Ok(Some(Fragment::call(call.name, &args?)))
            }
            "greatest" | "least" if self.target() == Target::DataFusion => {
                let args: Emit<Vec<Fragment>> =
                    call.args.iter().map(|arg| self.ranked(arg)).collect();
                Ok(Some(Fragment::call(call.name, &args?)))
            }
            "coalesce" | "greatest" | "least" => {
                let args = self.args(&call.args)?;
                Ok(Some(Fragment::call(call.name, &args)))
            }
            // It takes one there: each of them is a bit.
            "grouping" if self.target() == Target::DataFusion && call.args.len() > 1 => {
                let bits: Vec<String> = self
                    .args(&call.args)?
                    .iter()
                    .rev()
                    .enumerate()
                    .map(|(bit, arg)| format!("grouping({}) * {}", arg.text, 1_u64 << bit.min(31)))
                    .collect();
                Ok(Some(Fragment::atom(format!("CAST({} AS INT)", bits.join(" + ")))))
            }
            "grouping" if self.target() == Target::DuckDb => {
                let args = self.args(&call.args)?;
                Ok(Some(Fragment::call("grouping", &args)))
            }
            // In a SELECT list: DuckDB's series is an array there.
            "unnest" | "generate_series" | "regexp_split_to_table" | "regexp_matches"
                if call.kind == FunctionKind::Set && self.target() == Target::DataFusion =>
            {
                if self.rows_item.take().is_none() {
                    return Ok(None);
                }
                if let Some((rows, single)) = regex_rows::as_array(self, call)? {
                    let row = Fragment::call("unnest", &[rows]);
                    let row = if single { Fragment::call("make_array", &[row]) } else { row };
                    let text = self.made_by(&regex_rows::RULE, call.place(), &row.text);
                    return Ok(Some(Fragment::atom(text)));
                }
                let rows = self.array_of_call(call)?;
                Ok(rows.map(|rows| Fragment::call("unnest", &[rows])))
            }
            "unnest" | "generate_series" if call.kind == FunctionKind::Set => {
                if self.target() != Target::DuckDb || !super::relation::gives_rows(call) {
                    return Ok(None);
                }
                let args = self.args(&call.args)?;
                let rows = Fragment::call(call.name, &args);
                let array = call.name == "generate_series";
                Ok(Some(if array { Fragment::call("unnest", &[rows]) } else { rows }))
            }
            "count" if call.args.len() == 1 => {
                let counted = match call.args.first().map(|arg| (&arg.kind, arg)) {
                    // A conversion that cannot fail changes no count; DataFusion would give both
                    // counts one name.
                    Some((ExprKind::Coerce { expr } | ExprKind::Cast { expr }, arg))
                        if !call.distinct && expr.ty.is_integer() && arg.ty == Type::Int8 =>
                    {
                        expr
                    }
                    Some((_, arg)) => arg,
                    None => return Ok(None),
                };
                let text = match &counted.kind {
                    // A row is never NULL; which rows are equal is not a matter of NULLs here.
                    ExprKind::Row(items) if call.distinct => {
                        items.iter().try_for_each(|item| self.must_be_exact(item))?;
                        let word = if self.target() == Target::DuckDb { "" } else { "struct" };
                        format!("{word}({})", self.keys(items)?)
                    }
                    _ if call.distinct => self.key(counted)?.text,
                    _ => self.expr(counted)?.text,
                };
                Ok(Some(self.function("count", &text, call)?))
            }
            _ => Ok(None),
        }
    }
}

/// Is it exact on PostgreSQL and computed in floats here?
pub(super) fn is_inexact(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => {
            let divides = ["/", "avg", "stddev", "stddev_samp", "stddev_pop"].contains(&call.name)
                || ["variance", "var_samp", "var_pop", "sqrt", "ln", "log"].contains(&call.name)
                || ["log10", "exp", "power", "pow", "^"].contains(&call.name);
            (divides && expr.ty == Type::NUMERIC) || call.args.iter().any(is_inexact)
        }
        // Text read as `numeric` of unknown digits becomes a float.
        ExprKind::Cast { expr: inner } if expr.ty == Type::NUMERIC && inner.ty.is_text() => true,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_inexact(expr),
        ExprKind::Case { branches, otherwise, .. } => {
            branches.iter().any(|(_, then)| is_inexact(then))
                || otherwise.as_ref().is_some_and(|e| is_inexact(e))
        }
        _ => false,
    }
}

/// The value that stands beside a NULL, which may have a type.
fn beside_null<'e>(one: &'e Expr, two: &'e Expr) -> Option<&'e Expr> {
    match (one.is_null(), two.is_null()) {
        (false, true) => Some(one),
        (true, false) => Some(two),
        _ => None,
    }
}
