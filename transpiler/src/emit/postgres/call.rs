//! Operators and functions, in the form in which PostgreSQL writes them.

use super::Printer;
use crate::{
    emit::{
        alike::{Print, infix, postfix},
        guard,
    },
    fragment::{Fragment, Level, fill},
    rule::Emit,
    rules::round_exact,
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, FunctionKind, Literal},
};

/// Functions that take a value of any type: an untyped constant would have none.
const POLYMORPHIC: [&str; 20] = [
    "array_agg",
    "array_append",
    "array_position",
    "array_prepend",
    "array_remove",
    "array_replace",
    "first_row",
    "first_value",
    "lag",
    "last_row",
    "last_value",
    "lead",
    "mode",
    "nth_value",
    "percentile_disc",
    "json_agg",
    "jsonb_agg",
    "to_json",
    "to_jsonb",
    "||",
];

impl Printer<'_> {
    pub(super) fn call(&mut self, call: &Call, whole: &Expr) -> Emit<Fragment> {
        if let Some(core) = crate::rules::re2::core_form(call, whole) {
            return self.expr(&core);
        }
        let args = self.arguments(call)?;
        let text = |index: usize| args.get(index).map_or("", |arg| arg.text.as_str());
        if let (Some((op, level)), [left, right]) = (infix(call.name), args.as_slice()) {
            return Ok(Fragment::infix(left, op, right, level));
        }
        if let (Some(form), [arg]) = (postfix(call.name), args.as_slice()) {
            return Ok(Fragment::new(format!("{} {form}", arg.at(Level::Atom)), Level::Compare));
        }
        let at = |index: usize, level| args.get(index).map_or_else(String::new, |a| a.at(level));
        if let ("not_known", [value]) = (call.name, call.args.as_slice()) {
            return Self::refuse("this call is not known for these values", value.span);
        }
        if let ("raise", [arg], [value]) = (call.name, call.args.as_slice(), args.as_slice()) {
            return Ok(guard::divided_at(arg, value));
        }
        if call.name == "fold_case" {
            return Ok(Fragment::call("lower", &args));
        }
        if let Some(name) = crate::rules::fold_letters::written(call.name) {
            self.approximate.push(&crate::rules::fold_letters::RULE);
            return Ok(Fragment::call(name, &args));
        }
        if let ("cut_text", [whole, _]) = (call.name, args.as_slice()) {
            self.approximate.push(&crate::rules::cut_text::RULE);
            return Ok(whole.clone());
        }
        if let ("by_value", [value]) = (call.name, args.as_slice()) {
            self.approximate.push(&crate::rules::json_plain::RULE);
            return Ok(value.clone());
        }
        if let ("left_open", [value]) = (call.name, args.as_slice()) {
            self.approximate.push(&crate::rules::left_open::RULE);
            return Ok(value.clone());
        }
        if let Some(name) = crate::rules::letter_case::written(call.name) {
            self.approximate.push(&crate::rules::letter_case::RULE);
            return Ok(Fragment::call(name, &args));
        }
        if let Some(done) = Self::limited(call, &args) {
            return Ok(done);
        }
        match (call.name, call.args.as_slice()) {
            ("to_date" | "to_timestamp", [text, format])
                if self.strict_formats && format.ty.is_text() =>
            {
                return Self::by_strict_format(call.name, text, format, &args);
            }
            ("json_at" | "json_scalar", _) => return Self::json_at(call, &args),
            ("jsonb_build_present", _) => return Self::present(call, &args),
            ("round_exact" | "trunc_exact", [_, digits]) => {
                let template =
                    digits.integer().and_then(|n| round_exact::on_postgres(call.name, n));
                if let Some(template) = template {
                    return Ok(fill(&template, &args));
                }
            }
            ("json_lax" | "json_lax_at", [value, _])
            | ("json_compact" | "json_plain" | "json_sorted" | "json_valid", [value]) => {
                return Self::refuse("this call on JSON is not known", value.span);
            }
            _ => {}
        }
        if ["quotient", "quotient_trunc"].contains(&call.name)
            && let Some(done) = Self::quotient(call, &args)?
        {
            return Ok(done);
        }
        if ["first_row", "last_row"].contains(&call.name) {
            return self.row_value(call, &args);
        }
        let types: Vec<Type> = call.args.iter().map(|arg| arg.ty.clone()).collect();
        if let Some(form) = Target::Postgres.form(call.name, &types) {
            return Ok(fill(form.template, &args));
        }
        if sql::is_extension(call.name) {
            let shown = crate::targets::signature(call.name, &types);
            let what = format!("no translation of `{shown}` is known");
            return Self::refuse(&what, call.place());
        }
        Ok(match call.name {
            "unary -" | "unary +" => {
                let negative = call.args.first().filter(|_| call.name == "unary -");
                if let Some(constant) = negative.and_then(Self::negative) {
                    return Ok(constant);
                }
                let op = call.name.trim_start_matches("unary ");
                Fragment::new(format!("{op}{}", at(0, Level::Atom)), Level::Unary)
            }
            // Written before a sum, it is about the sum.
            "~" => Fragment::new(format!("~{}", at(0, Level::Atom)), Level::Other),
            "not" => Fragment::new(format!("NOT {}", at(0, Level::Atom)), Level::Not),
            "between" | "not between" => {
                let word = call.name.to_ascii_uppercase();
                let [value, low, high] = [0, 1, 2].map(|i| at(i, Level::Add));
                Fragment::new(format!("{value} {word} {low} AND {high}"), Level::Compare)
            }
            // Some parsers let it reach over a following AND.
            "is distinct from" | "is not distinct from" => {
                let word = call.name.to_ascii_uppercase();
                Fragment::atom(format!("({} {word} {})", at(0, Level::Add), at(1, Level::Add)))
            }
            "like escape" | "not like escape" | "ilike escape" | "not ilike escape" => {
                let word = call.name.trim_end_matches(" escape").to_ascii_uppercase();
                let [value, pattern] = [0, 1].map(|i| at(i, Level::Add));
                let text = format!("{value} {word} {pattern} ESCAPE {}", at(2, Level::Atom));
                Fragment::new(text, Level::Compare)
            }
            "at time zone" => Fragment::atom(format!(
                "({} AT TIME ZONE {})",
                at(0, Level::Atom),
                at(1, Level::Atom)
            )),
            "collate c" => Fragment::atom(format!("({} COLLATE \"C\")", at(0, Level::Atom))),
            "slice" => Fragment::atom(format!("{}[{}:{}]", base(call, &args), text(1), text(2))),
            "slice from" => Fragment::atom(format!("{}[{}:]", base(call, &args), text(1))),
            "slice to" => Fragment::atom(format!("{}[:{}]", base(call, &args), text(1))),
            "overlaps" => Fragment::new(
                format!("({}, {}) OVERLAPS ({}, {})", text(0), text(1), text(2), text(3)),
                Level::Compare,
            ),
            "position" => Fragment::atom(format!(
                "position({} IN {})",
                at(1, Level::Atom),
                at(0, Level::Atom)
            )),
            "substring pattern" => {
                Fragment::atom(format!("substring({} FROM {})", text(0), text(1)))
            }
            "overlay" => {
                let length =
                    if args.len() > 3 { format!(" FOR {}", text(3)) } else { String::new() };
                Fragment::atom(format!(
                    "overlay({} PLACING {} FROM {}{length})",
                    text(0),
                    text(1),
                    text(2)
                ))
            }
            "current_date" | "current_timestamp" | "current_time" | "localtimestamp"
            | "localtime" | "current_user" | "session_user" => {
                Fragment::atom(call.name.to_ascii_uppercase())
            }
            name => {
                if let Some(field) = name.strip_prefix("extract ") {
                    return Ok(Fragment::atom(format!("extract({field} FROM {})", text(0))));
                }
                if let Some(field) = name.strip_prefix("date_part ") {
                    return Ok(Fragment::atom(format!("date_part('{field}', {})", text(0))));
                }
                return self.function(call, &args);
            }
        })
    }

    fn arguments(&mut self, call: &Call) -> Emit<Vec<Fragment>> {
        let arrays = call.args.iter().any(|arg| arg.ty.element().is_some());
        let polymorphic = POLYMORPHIC.contains(&call.name) && (call.name != "||" || arrays);
        call.args
            .iter()
            .map(|arg| {
                let value = self.expr(arg)?;
                let untyped = polymorphic
                    && matches!(arg.literal(), Some(Literal::Text(_)))
                    && arg.ty.is_text();
                Ok(if untyped {
                    Fragment::atom(format!("CAST({} AS {})", value.text, Type::Text))
                } else {
                    value
                })
            })
            .collect()
    }

    /// `name(…)` with everything that can follow it.
    pub(super) fn function(&mut self, call: &Call, args: &[Fragment]) -> Emit<Fragment> {
        if call.ignore_nulls {
            return self.without_nulls(call, args);
        }
        if call.distinct && call.over.is_some() {
            return Self::refuse("DISTINCT in a window is not known", call.place());
        }
        let distinct = if call.distinct { "DISTINCT " } else { "" };
        let within = call.kind == FunctionKind::OrderedSet;
        if within && call.over.is_some() {
            return Self::refuse("OVER with this function is not known", call.place());
        }
        // The sorted value of an ordered-set aggregate stands in its ORDER BY only.
        let count =
            if within { args.len().saturating_sub(call.order_by.len()) } else { args.len() };
        let list: Vec<&str> = args.iter().take(count).map(|arg| arg.text.as_str()).collect();
        let list = if call.star { "*".to_owned() } else { list.join(", ") };
        let keys = self.inner_keys(&call.order_by)?;
        let mut text = match (keys.is_empty(), within) {
            (true, _) => format!("{}({distinct}{list})", call.name),
            (false, true) => format!("{}({list}) WITHIN GROUP (ORDER BY {keys})", call.name),
            (false, false) => format!("{}({distinct}{list} ORDER BY {keys})", call.name),
        };
        if let Some(filter) = &call.filter {
            text.push_str(&format!(" FILTER (WHERE {})", self.expr(filter)?.text));
        }
        if let Some(over) = &call.over {
            text.push_str(&format!(" OVER ({})", self.window(over)?));
        }
        Ok(Fragment::atom(text))
    }
}

/// What a slice is taken of: a column, or anything in parentheses.
fn base(call: &Call, args: &[Fragment]) -> String {
    let text = args.first().map_or("", |arg| arg.text.as_str());
    match call.args.first().map(|arg| &arg.kind) {
        Some(ExprKind::Column { .. }) => text.to_owned(),
        _ => format!("({text})"),
    }
}
