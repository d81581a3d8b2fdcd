//! Function calls: arguments, DISTINCT, FILTER, ORDER BY, OVER.

use super::{
    Binder, Bound, KeyUse,
    by_tokens::Parts,
    codes, json_path,
    lower::{Decoration, Meant, SEVERAL},
    read_tokens::Reads,
    said::unmarked,
};
use crate::{
    dialects::Seen,
    facts::last_name,
    tree::{Call, Expr, ExprKind, FunctionKind, SortKey},
    types::Type,
};
use sqlparser::ast::{
    self, DuplicateTreatment, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, NullTreatment, WindowType,
};

impl Binder<'_> {
    pub(super) fn function(&mut self, function: &ast::Function, span: super::Span) -> Bound<Expr> {
        let ast::Function {
            name,
            uses_odbc_syntax,
            parameters,
            args,
            filter,
            null_treatment,
            over,
            within_group,
        } = function;
        if !self.speaks_core()
            && let Some(changed) = super::in_frame::without_frame(function)
        {
            return self.function(&changed, span);
        }
        if *uses_odbc_syntax {
            return self.unsupported("a call of this form", span);
        }
        if let Some(joined) = self.call_of_call(function) {
            return self.function(&joined, span);
        }
        if let Some(there) = self.call_in_a_zone(function)? {
            return Ok(there);
        }
        // An aggregate is made of columns.
        if over.is_none()
            && self.scopes.last().is_some_and(|scope| scope.seen == Seen::Ungrouped)
            && self.spec.aggregates(&name.to_string().to_lowercase())
        {
            return self.with_outputs(Seen::No, |binder| binder.function(function, span));
        }
        if !self.speaks_core()
            && let Some(kept) = self.kept(function, span)?
        {
            return Ok(kept);
        }
        // What is inside gives no rows.
        let sets_allowed = std::mem::replace(&mut self.sets_allowed, false);
        let mut nulls = *null_treatment;
        if nulls.is_some()
            && over.is_none()
            && !self.speaks_core()
            && !self.spec.traits().nulls_behind_aggregates
        {
            // `first_value(min(x) IGNORE NULLS)`: the parser takes it for one of `min`.
            return self.unsupported("IGNORE NULLS behind a call without OVER", span);
        }
        let schema = name.0.len().checked_sub(2).and_then(|i| name.0.get(i));
        let in_catalog = schema.is_none_or(|s| s.to_string().eq_ignore_ascii_case("pg_catalog"));
        let mut name = if self.speaks_core() {
            let last = last_name(name);
            if !in_catalog {
                return self.refuse(
                    codes::UNKNOWN_FUNCTION,
                    format!("function `{last}` of a schema is not known"),
                    span,
                );
            }
            last
        } else {
            name.to_string().to_lowercase()
        };
        let mut order_by: Vec<SortKey> = Vec::new();
        // `quantile(0.5)(x)`: the parameters come first.
        let mut written = match parameters {
            FunctionArguments::None => Vec::new(),
            FunctionArguments::List(list) if !self.speaks_core() => list.args.clone(),
            _ => return self.unsupported("a call of this form", span),
        };
        let parameters = written.len();
        let mut distinct = false;
        let mut limit = None;
        let mut by_bound = None;
        match args {
            // `CURRENT_DATE`
            FunctionArguments::None => {}
            FunctionArguments::Subquery(query) if name == "array" => {
                return self.array_of_query(query, span);
            }
            FunctionArguments::Subquery(_) => {
                return self.unsupported("a subquery as the only argument", span);
            }
            FunctionArguments::List(list) => {
                written.extend(list.args.iter().cloned());
                distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
                for clause in &list.clauses {
                    match clause {
                        FunctionArgumentClause::OrderBy(keys) => {
                            for key in keys {
                                order_by.push(self.inner_sort_key(key)?);
                            }
                        }
                        FunctionArgumentClause::IgnoreOrRespectNulls(treatment) => {
                            nulls = Some(*treatment);
                        }
                        FunctionArgumentClause::Separator(text) => {
                            name.push_str(" separator");
                            let text = ast::Expr::Value(text.clone());
                            written.push(FunctionArg::Unnamed(FunctionArgExpr::Expr(text)));
                        }
                        FunctionArgumentClause::OnOverflow(ast::ListAggOnOverflow::Error) => {}
                        // `ANY_VALUE(x HAVING MAX y)`
                        FunctionArgumentClause::Having(ast::HavingBound(bound, by))
                            if name == "any_value" && !self.speaks_core() =>
                        {
                            by_bound = Some(match bound {
                                ast::HavingBoundKind::Max => "max_by",
                                ast::HavingBoundKind::Min => "min_by",
                            });
                            written.push(FunctionArg::Unnamed(FunctionArgExpr::Expr(by.clone())));
                        }
                        FunctionArgumentClause::Limit(count) if !self.speaks_core() => {
                            limit = Some(count);
                        }
                        // `JSON_VALUE(x, '$.a' RETURNING NUMBER)`
                        FunctionArgumentClause::JsonReturningClause(returning)
                            if name == "json_value" && !self.speaks_core() =>
                        {
                            let ty = returning.data_type.to_string().to_ascii_lowercase();
                            name.push_str(&format!(" returning {ty}"));
                        }
                        _ => return self.unsupported("a clause inside this call", span),
                    }
                }
            }
        }
        let name = by_bound.map_or(name, ToOwned::to_owned);
        for key in within_group {
            let key = self.inner_sort_key(key)?;
            order_by.push(key);
        }
        if within_group.is_empty() {
            order_by = self.keys_with_nan(order_by);
        }
        if !self.speaks_core() {
            written = self.arguments_in_order(&name, written, span)?;
            written = self.counted_rows(&name, written, distinct, span)?;
        }
        if let [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)] = written.as_slice() {
            let form = format!("{name} star");
            let defined = !self.speaks_core() && self.spec.knows(&form);
            if name != "count" && !defined {
                return self.unsupported("`*` as an argument", span);
            }
            if distinct {
                return self.unsupported("DISTINCT with `*`", span);
            }
            let expr = count_star(span);
            let counted =
                self.decorate(expr, distinct, filter.as_deref(), order_by, over.as_ref())?;
            // Where a count is no `bigint`, a line says so.
            if defined {
                return self.apply(&form, vec![counted], span);
            }
            return Ok(counted);
        }
        if !self.lowering.is_empty() && name == "text_key" {
            let mut args = self.plain_args(&written, span)?;
            return match (args.pop(), args.is_empty()) {
                (Some(text), true) => self.text_key(text),
                _ => self.unsupported("`text_key` of several", span),
            };
        }
        if !self.lowering.is_empty()
            && let Some(found) = self.read_in_body(&name, &written, span)?
        {
            return Ok(found);
        }
        if !self.lowering.is_empty()
            && let Some(applied) = self.applied(&name, &written, span)?
        {
            return Ok(applied);
        }
        if !self.lowering.is_empty()
            && matches!(name.as_str(), "braced" | "printed" | "printed_by_java" | "whole_number")
        {
            let args = self.plain_args(&written, span)?;
            if let Some(found) = self.template(&name, &args, span)? {
                return Ok(found);
            }
        }
        if !self.lowering.is_empty() && matches!(name.as_str(), "nth_of" | "place_of") {
            let args = self.plain_args(&written, span)?;
            if let Some(found) = self.listed(&name, &args, span)? {
                return Ok(found);
            }
        }
        if !self.lowering.is_empty() && name == "path_of" {
            let args = self.plain_args(&written, span)?;
            let steps: Option<Vec<json_path::Step>> =
                args.iter().map(|arg| json_path::Step::of(arg.text(), arg.integer())).collect();
            return match steps {
                Some(steps) => Ok(super::lower::text(json_path::of_steps(&steps), span)),
                None => self.unsupported("this path into JSON", span),
            };
        }
        if !self.lowering.is_empty() && name == "read_timestamp" {
            let args = self.plain_args(&written, span)?;
            return self.read_timestamp(&args, span);
        }
        if !self.lowering.is_empty() && name == "any_null" {
            let args = self.plain_args(&written, span)?;
            return self.any_null(args, span);
        }
        if let Some(parts) = Parts::of(&name).filter(|_| !self.lowering.is_empty()) {
            let args = self.plain_args(&written, span)?;
            return self.by_tokens(parts, args, span);
        }
        if let Some((reads, tried)) = Reads::of(&name).filter(|_| !self.lowering.is_empty()) {
            let args = self.plain_args(&written, span)?;
            return self.read_tokens(reads, tried, args, span);
        }
        if !self.lowering.is_empty() && name == "printf" {
            let args = self.plain_args(&written, span)?;
            return self.printf(args, span);
        }
        if name == "patindex" && !self.speaks_core() && self.spec.traits().brackets {
            let mut args = self.plain_args(&written, span)?;
            let said = unmarked(&mut args);
            return match args.len() {
                2 => self.under(said, |binder| binder.bracket_position(args, span)),
                _ => self.not_defined(&name, &[], span),
            };
        }
        if let Some(form) = self.written_as_call(&name, &written, span)? {
            return Ok(form);
        }
        if !self.speaks_core() {
            if written.is_empty()
                && over.is_none()
                && let Some(sequence) = self.sequence(&name, span)
            {
                return sequence;
            }
            let name = self.called(&name);
            let written = self.that_may_be_given(&name, written, span)?;
            let name =
                self.by_nullability(name, written.get(parameters..).unwrap_or_default(), span)?;
            let sorted: Vec<Expr> = if within_group.is_empty() {
                Vec::new()
            } else {
                sorted_values(&order_by).collect()
            };
            // Some aggregates are of another type over a window.
            let windowed = format!("{name} over");
            let name =
                if over.is_some() && self.spec.knows(&windowed) { windowed } else { name.clone() };
            let name = self.name_from(&name, &written).unwrap_or(name);
            if let Some(meant) = self.defined_call(&name, &written, &sorted, span)? {
                let Meant { definition, args: bound, said, shown } = meant;
                if shown.is_some() && over.is_some() {
                    return self.unsupported("a quotient over a window", span);
                }
                let found = self.under(said, |binder| binder.searching(&name, &bound, span))?;
                if let Some(found) = found {
                    return Ok(found);
                }
                self.sought_is_no_default(definition.called(), &bound, span)?;
                if self.open_digits(&name, &bound) {
                    let what = format!("`{name}` of numbers whose digits are open");
                    return self.unsupported(&what, span);
                }
                if definition.kind == FunctionKind::Set && !sets_allowed {
                    return self.unsupported("a set-returning function outside FROM", span);
                }
                if definition.unordered && order_by.is_empty() && over.is_none() {
                    self.without_order(definition.called(), span);
                }
                let digits = self.digits_of_all(&bound);
                self.note_open_digits(definition, &digits, span);
                let over = over.as_ref().map(|over| self.window(over, span)).transpose()?;
                if let Some(window) = &over {
                    self.range_has_numbers(window)?;
                }
                let mut defaults = false;
                if let (Some(window), Some(value)) = (&over, bound.first()) {
                    defaults = self.frame_has_default(definition.called(), value, window)?;
                    if nulls.is_none() && self.has_no_nulls_at_ends(definition.called(), value) {
                        // There is none to pass over, which targets without the clause can do too.
                        nulls = Some(NullTreatment::RespectNulls);
                    }
                }
                let expand = |binder: &mut Self| binder.expand(definition, bound, None, span);
                let mut expr = self.under(said, expand)?;
                let decoration = Decoration {
                    distinct,
                    filter: filter.as_deref().map(|e| self.condition(e)).transpose()?,
                    order_by,
                    over,
                    nulls,
                };
                self.under(said, |b| b.decorate_lowered(&mut expr, &decoration, span))?;
                expr = self.showing(expr, shown)?;
                let mut expr = self.made_of(definition.called(), said, expr, span)?;
                if decoration.over.is_some() {
                    self.placed_without_order(&expr, span);
                }
                if defaults {
                    expr = self.or_default(expr)?;
                }
                return match limit {
                    Some(count) => self.first_of(expr, count, span),
                    None => Ok(expr),
                };
            }
            return self.not_defined(&name, &[], span);
        }
        // In a definition it says what the function does.
        if nulls == Some(NullTreatment::IgnoreNulls) && self.lowering.is_empty() {
            return self.unsupported("IGNORE NULLS", span);
        }
        let mut bound = if name == "make_interval" {
            self.interval_parts(&written, span)?
        } else {
            self.plain_args(&written, span)?
        };
        if !within_group.is_empty() {
            // The sorted value is an argument of the signature.
            bound.extend(sorted_values(&order_by));
        }
        self.core_left_open(&name, order_by.is_empty() && over.is_none(), span);
        let mut expr = self.core_call(&name, bound, span)?;
        self.sets_allowed = sets_allowed;
        match (nulls, &mut expr.kind) {
            (None, _) => {}
            (Some(nulls), ExprKind::Call(call)) if call.kind == FunctionKind::Window => {
                call.ignore_nulls = nulls == NullTreatment::IgnoreNulls;
            }
            _ => return self.unsupported("RESPECT NULLS of this function", span),
        }
        let expr = self.decorate(expr, distinct, filter.as_deref(), order_by, over.as_ref())?;
        if over.is_some() {
            self.placed_without_order(&expr, span);
        }
        Ok(expr)
    }

    /// The name under which a dialect defines a call. `position(a, b)` and `ltrim(a, b)` may take
    /// their arguments in another order than `POSITION(a IN b)` and `TRIM(LEADING a FROM b)`, which
    /// are defined under these names: a call is `call position`, and no other will do.
    fn called(&self, name: &str) -> String {
        let call = format!("call {name}");
        let other = name == "position" || !self.spec.definitions(&call).is_empty();
        if other { call } else { name.to_owned() }
    }

    /// A function of the core language.
    pub(super) fn core_call(&self, name: &str, args: Vec<Expr>, span: super::Span) -> Bound<Expr> {
        if let Some(expr) = self.variable_type_function(name, &args, span)? {
            return Ok(expr);
        }
        // `date_part('year', x)` has its field in a literal.
        if name == "date_part"
            && let [field, value] = args.as_slice()
        {
            let Some(field) = field.text() else {
                return self.unsupported("date_part with a computed field", span);
            };
            let name = format!("date_part {}", field.to_ascii_lowercase());
            return self.resolve(&name, vec![value.clone()], span);
        }
        // The default of LAG and LEAD takes part in their type.
        if let ("lag" | "lead", [value, count, default]) = (name, args.as_slice()) {
            let ty = self.alternatives_type([&value.ty, &default.ty], span)?;
            self.keeps_type(value, default, &ty, span)?;
            let value = self.unify(value.clone(), &ty)?;
            let default = self.unify(default.clone(), &ty)?;
            return self.resolve(name, vec![value, count.clone(), default], span);
        }
        self.resolve(name, args, span)
    }

    /// Is a short integer of the core also a TINYINT without a sign?
    fn has_bytes(&self) -> bool {
        let whole = self.spec.traits().writing.columns.whole;
        whole.iter().any(|(name, least, _)| *name == "tinyint" && *least == 0)
    }

    /// Refuses a default that would change the type of LAG and LEAD: Spark and Transact-SQL convert it to
    /// the type of the value instead, digits and all.
    fn keeps_type(&self, value: &Expr, default: &Expr, ty: &Type, span: super::Span) -> Bound<()> {
        let scale = |ty: &Type| ty.decimal_shape().map(|shape| shape.scale);
        let same = match (&value.ty, &default.ty) {
            _ if self.spec.is_core() => true,
            (Type::Varchar(Some(limit)), _) if default.text().is_some() => {
                default.text().is_some_and(|text| text.chars().count() <= *limit as usize)
            }
            // It would be filled up.
            (Type::Char(limit), _) if default.text().is_some() => {
                default.text().is_some_and(|text| text.chars().count() == *limit as usize)
            }
            (Type::Unknown, _) | (_, Type::Unknown) => true,
            (value, _) if matches!(value, Type::Numeric(_)) => {
                matches!(ty, Type::Numeric(_))
                    && scale(&default.ty) <= scale(value)
                    && value.decimal_shape().is_none_or(|shape| {
                        whole_digits(default) <= shape.precision.saturating_sub(shape.scale)
                    })
            }
            (value, _) if value.is_integer() && ty.is_integer() => {
                match default.integer() {
                    // It may be of a type without a sign.
                    Some(number) if *value == Type::Int2 && self.has_bytes() => {
                        (0..=255).contains(&number)
                    }
                    Some(number) => value == ty || fits(number, value),
                    None => value == ty,
                }
            }
            (Type::Varchar(Some(limit)), other) => {
                matches!(other, Type::Varchar(Some(n)) | Type::Char(n) if n <= limit)
            }
            (Type::Char(limit), other) => matches!(other, Type::Char(n) if n == limit),
            (value, _) => value.base() == ty.base(),
        };
        if same {
            Ok(())
        } else {
            self.unsupported("a default of another type than the value", span)
        }
    }

    /// Functions whose result type is the common type of their arguments.
    fn variable_type_function(
        &self,
        name: &str,
        args: &[Expr],
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let name = match (name, args.len()) {
            ("coalesce", 1..) => "coalesce",
            ("greatest", 1..) => "greatest",
            ("least", 1..) => "least",
            ("nullif", 2) => "nullif",
            _ => return Ok(None),
        };
        let made = match name {
            "coalesce" => {
                let args = self.bits_as_numbers(self.texts_beside_text(args.to_vec())?);
                self.documents_together(args)?
            }
            _ => args.to_vec(),
        };
        let args = made.as_slice();
        if name != "nullif" {
            self.of_one_length(args, span)?;
        }
        let types: Vec<Type> = args.iter().map(|e| e.ty.clone()).collect();
        let ty = self.alternatives_type(&types, span)?;
        match name {
            "coalesce" => {}
            "nullif" => self.keyed(&ty, KeyUse::ToldApart, span)?,
            _ => self.keyed(&ty, KeyUse::Sorted, span)?,
        }
        if let ("nullif", [first, second]) = (name, args)
            && let Some(kept) = self.nullif_of_first(first, second, &ty, span)?
        {
            return Ok(Some(kept));
        }
        // NULLIF gives its first argument as the comparison sees it.
        let unify = |e: &Expr| match name {
            "coalesce" => self.as_result(e.clone(), &ty),
            _ => self.unify(e.clone(), &ty),
        };
        let args: Bound<Vec<Expr>> = args.iter().map(unify).collect();
        let mut call = super::operator::predicate(name, args?, span);
        call.ty = ty;
        Ok(Some(call))
    }

    pub(super) fn plain_args(
        &mut self,
        args: &[FunctionArg],
        span: super::Span,
    ) -> Bound<Vec<Expr>> {
        let mut bound = Vec::with_capacity(args.len());
        for arg in args {
            let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = arg else {
                return self.unsupported("a named argument or `*` here", span);
            };
            match self.spread(expr) {
                Some(several) => bound.extend(several),
                None => bound.push(self.expr(expr)?),
            }
        }
        Ok(bound)
    }

    /// The arguments of `make_interval`, which may be named: what is not given is zero.
    fn interval_parts(&mut self, args: &[FunctionArg], span: super::Span) -> Bound<Vec<Expr>> {
        const NAMES: [&str; 7] = ["years", "months", "weeks", "days", "hours", "mins", "secs"];
        let name = |arg: &FunctionArg| match arg {
            FunctionArg::Named { name, arg: FunctionArgExpr::Expr(e), .. } => {
                Some((name.value.to_lowercase(), e.clone()))
            }
            FunctionArg::ExprNamed {
                name: ast::Expr::Identifier(name),
                arg: FunctionArgExpr::Expr(e),
                ..
            } => Some((name.value.to_lowercase(), e.clone())),
            _ => None,
        };
        let named: Vec<(String, ast::Expr)> = args.iter().filter_map(name).collect();
        if named.is_empty() {
            return self.plain_args(args, span);
        }
        let known = named.iter().all(|(name, _)| NAMES.contains(&name.as_str()));
        if named.len() != args.len() || !known {
            return self.unsupported("these arguments of make_interval", span);
        }
        NAMES
            .iter()
            .map(|name| match named.iter().find(|(given, _)| given == name) {
                Some((_, expr)) => self.expr(expr),
                None => Ok(self.number("0", span)),
            })
            .collect()
    }

    /// `$all` and `$rest` in the body of a definition stand for several arguments.
    pub(super) fn spread(&self, expr: &ast::Expr) -> Option<Vec<Expr>> {
        let ast::Expr::Value(value) = expr else { return None };
        let ast::Value::Placeholder(name) = &value.value else { return None };
        SEVERAL.contains(&name.as_str()).then(|| self.definition_argument(name))?
    }

    fn decorate(
        &mut self,
        mut expr: Expr,
        distinct: bool,
        filter: Option<&ast::Expr>,
        order_by: Vec<SortKey>,
        over: Option<&WindowType>,
    ) -> Bound<Expr> {
        let span = expr.span;
        let filter = filter.map(|e| self.condition(e)).transpose()?;
        let over = over.map(|over| self.window(over, span)).transpose()?;
        let ExprKind::Call(call) = &mut expr.kind else { return Ok(expr) };
        let aggregate = matches!(call.kind, FunctionKind::Aggregate | FunctionKind::OrderedSet);
        if !aggregate && (distinct || filter.is_some() || !order_by.is_empty()) {
            return self.unsupported("DISTINCT, FILTER or ORDER BY outside an aggregate", span);
        }
        if over.is_some() && !matches!(call.kind, FunctionKind::Aggregate | FunctionKind::Window) {
            return self.unsupported("OVER with this function", span);
        }
        // In the body of a definition, OVER is put on afterwards.
        if over.is_none() && call.kind == FunctionKind::Window && self.lowering.is_empty() {
            return self.unsupported("a window function without OVER", span);
        }
        if call.kind == FunctionKind::Set && !self.sets_allowed {
            return self.unsupported("a set-returning function outside FROM", span);
        }
        if distinct {
            self.keys_apart(&call.args)?;
        }
        call.distinct = distinct;
        call.filter = filter;
        call.order_by = order_by;
        call.over = over;
        self.unframed(call, span)?;
        Ok(expr)
    }
}

/// Is the number one of the integer type?
fn fits(number: i64, ty: &Type) -> bool {
    match ty {
        Type::Int2 => i16::try_from(number).is_ok(),
        Type::Int4 => i32::try_from(number).is_ok(),
        _ => true,
    }
}

/// The values that WITHIN GROUP sorts.
fn sorted_values(order_by: &[SortKey]) -> impl Iterator<Item = Expr> {
    order_by.iter().filter_map(|key| match &key.target {
        crate::tree::SortTarget::Expr(expr) => Some(expr.clone()),
        crate::tree::SortTarget::Output(_) => None,
    })
}

/// The digits before the point that a number may have: of a constant those that it has.
fn whole_digits(number: &Expr) -> u32 {
    if let Some(constant) = number.integer() {
        return constant.unsigned_abs().checked_ilog10().map_or(0, |digits| digits + 1);
    }
    match &number.ty {
        Type::Int2 => 5,
        Type::Int4 => 10,
        Type::Int8 => 19,
        other => other.decimal_shape().map_or(u32::MAX, |s| s.precision.saturating_sub(s.scale)),
    }
}

pub(super) fn count_star(span: super::Span) -> Expr {
    let call = Call { star: true, ..Call::new("count", FunctionKind::Aggregate, Vec::new()) };
    Expr { kind: ExprKind::Call(Box::new(call)), ty: Type::Int8, span }
}
