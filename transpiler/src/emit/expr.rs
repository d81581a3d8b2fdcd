//! Expressions.

use super::{
    Emitter, TEXT_BYTES_MAX,
    alike::{Print, infix, not},
    datafusion::correlated,
    duckdb, is_too_long,
    lowered::{Lowerings, Marking},
    names::quoted,
};
use crate::{
    fragment::{Fragment, Level, fill},
    marks::Marks,
    rule::Emit,
    rules::{choice_in_list, null_order},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, GroupKey, QuantifiedSource, SortKey},
};

impl Marking for Emitter {
    fn marking(&mut self) -> (&mut Lowerings, &mut Marks) {
        (&mut self.lowered, &mut self.marks)
    }

    /// An expression by the first rule that applies, else by the form that is the same everywhere.
    fn unmarked(&mut self, expr: &Expr) -> Emit<Fragment> {
        if let ExprKind::Scalar(query)
        | ExprKind::Exists { query, .. }
        | ExprKind::InQuery { query, .. }
        | ExprKind::Quantified { source: QuantifiedSource::Query(query), .. } = &expr.kind
            && self.target() == Target::DuckDb
            && (duckdb::has_window_of_row(query) || duckdb::joins_fully(query))
        {
            let what = "a window or a full join over the row outside is not done";
            return self.refuse(what, expr.span);
        }
        if !self.group_keys.is_empty() && expr.ty.is_number() && self.is_key_already(expr) {
            return self.group_key_of(expr);
        }
        if let Some(key) = self.opaque_key(expr) {
            return key;
        }
        if let Some(whole) = self.with_floats(expr) {
            return self.expr(&whole);
        }
        if let Some(done) = self.by_rule(construct(expr), expr)? {
            return Ok(done);
        }
        let span = expr.span;
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal, expr),
            ExprKind::Column { relation, name, qualified } => {
                if let Some(relation) = relation
                    && let Some(value) = self.replacement(relation, name)
                {
                    return self.expr(&value);
                }
                if relation.is_none()
                    && let Some(value) = self.merged_column(name)
                {
                    return Ok(Fragment::atom(value));
                }
                let column = self.name(name, span)?;
                Ok(Fragment::atom(match relation {
                    Some(relation)
                        if *qualified || self.qualify || self.is_hidden(relation, name) =>
                    {
                        format!("{}.{column}", quoted(relation))
                    }
                    _ => column,
                }))
            }
            ExprKind::Parameter(index) => {
                let name = self.target().type_name(&expr.ty);
                match name {
                    Some(name) => Ok(Fragment::atom(format!("CAST(${} AS {name})", index + 1))),
                    None => self.refuse(format!("no parameters of type `{}`", expr.ty), span),
                }
            }
            ExprKind::Call(call) => self.call(call, expr),
            ExprKind::Cast { expr: inner } => self.cast(inner, expr),
            ExprKind::Coerce { expr: inner } => self.coerce(inner, expr),
            ExprKind::Case { operand, branches, otherwise } => {
                if let Some(operand) = operand {
                    self.must_be_exact(operand)?;
                }
                self.case(operand.as_deref(), branches, otherwise.as_deref())
            }
            ExprKind::InList { expr: left, list, negated } => {
                self.must_be_exact(left)?;
                list.iter().try_for_each(|item| self.must_be_exact(item))?;
                let left = self.key(left)?.at(Level::Add);
                if self.target() == Target::DataFusion && list.iter().any(has_choice) {
                    // It takes a choice between constants in a list for one that it has made.
                    let equal: Emit<Vec<String>> = list
                        .iter()
                        .map(|item| Ok(format!("{left} = {}", self.key(item)?.at(Level::Add))))
                        .collect();
                    let word = if *negated { "NOT " } else { "" };
                    let text = format!("{word}({})", equal?.join(" OR "));
                    let text = self.made_by(&choice_in_list::RULE, span, &text);
                    return Ok(Fragment::new(text, Level::Not));
                }
                let text = format!("{left} {}IN ({})", not(*negated), self.keys(list)?);
                Ok(Fragment::new(text, Level::Compare))
            }
            // NULLs of the query are forgotten there when the left side is a constant.
            ExprKind::InQuery { expr: left, query, negated, .. }
                if self.target() == Target::DataFusion
                    && (!self.around.filtering || !left.has_column()) =>
            {
                self.counted_in(left, query, *negated, span)
            }
            ExprKind::Exists { query, negated }
                if self.target() == Target::DataFusion
                    && let Some(query) = self.exists_over_array(query) =>
            {
                let kind = ExprKind::Exists { query: Box::new(query), negated: *negated };
                self.expr(&Expr { kind, ..expr.clone() })
            }
            ExprKind::Exists { query, negated }
                if self.target() == Target::DataFusion && !self.around.filtering =>
            {
                self.counted_exists(query, *negated, span)
            }
            ExprKind::InQuery { query, .. } | ExprKind::Exists { query, .. }
                if self.target() == Target::DataFusion && !correlated::test_is_done(query) =>
            {
                self.refuse("such a query for each row is not done", span)
            }
            ExprKind::InQuery { expr: left, query, negated, .. } => {
                if matches!(left.kind, ExprKind::Row(_)) {
                    // NULLs inside a row compare by other rules.
                    return self.refuse("a row with IN has no known translation", span);
                }
                self.must_be_exact(left)?;
                self.digits_of_query_are_kept(left, query)?;
                if self.has_two_zeros(left) {
                    return self.refuse("floats IN a query are not done", span);
                }
                let left = self.expr(left)?.at(Level::Add);
                let text = format!("{left} {}IN ({})", not(*negated), self.subquery(query)?);
                Ok(Fragment::new(text, Level::Compare))
            }
            ExprKind::Exists { query, negated } => {
                let text = format!("{}EXISTS ({})", not(*negated), self.exists(query)?);
                Ok(Fragment::new(text, if *negated { Level::Not } else { Level::Atom }))
            }
            ExprKind::Scalar(query) if self.target() == Target::DataFusion => {
                self.scalar_on_datafusion(query, span)
            }
            ExprKind::Scalar(query) => Ok(Fragment::atom(format!("({})", self.subquery(query)?))),
            ExprKind::Quantified { op, all, expr: left, source } => match source {
                QuantifiedSource::Query(query) if self.target() == Target::DuckDb => {
                    self.digits_of_query_are_kept(left, query)?;
                    let left = self.expr(left)?.at(Level::Add);
                    let query = self.subquery(query)?;
                    let word = if *all { "ALL" } else { "ANY" };
                    Ok(Fragment::new(format!("{left} {op} {word} ({query})"), Level::Compare))
                }
                QuantifiedSource::Query(query) if self.target() == Target::DataFusion => {
                    self.any_or_all((op, *all), left, query, span)
                }
                _ => self.refuse("ANY and ALL have no known translation here", span),
            },
            ExprKind::Row(_) => self.refuse("a row as a value has no known translation", span),
            ExprKind::Array(items) => {
                let list = format!("[{}]", self.list(items)?);
                match (self.target(), self.target().type_name(&expr.ty)) {
                    (Target::DuckDb, Some(name)) => {
                        Ok(Fragment::atom(format!("CAST({list} AS {name})")))
                    }
                    (Target::DataFusion, Some(name))
                        if expr.ty.element().is_none_or(|ty| ty.element().is_none()) =>
                    {
                        Ok(Fragment::atom(format!("CAST({list} AS {name})")))
                    }
                    _ => self.refuse("no known arrays of this type", span),
                }
            }
            ExprKind::Subscript { .. } => self.refuse("a subscript has no known translation", span),
        }
    }
}

impl Emitter {
    /// An expression as the target writes it.
    pub(crate) fn expr(&mut self, expr: &Expr) -> Emit<Fragment> {
        let fragment = self.marked(expr)?;
        if is_too_long(&fragment.text, expr) {
            return self.refuse("a translation this long is not done", expr.span);
        }
        Ok(fragment)
    }

    /// A query inside an expression or a FROM clause.
    pub(super) fn subquery(&mut self, query: &sql::tree::Query) -> Emit<String> {
        let qualify = std::mem::replace(&mut self.qualify, false);
        let around = std::mem::take(&mut self.around);
        let text = self.query(query);
        self.qualify = qualify;
        self.around = around;
        let text = text?;
        // What counts its rows repeats a query, so that nested ones grow each time.
        if text.len() > TEXT_BYTES_MAX {
            return self.refuse("a translation this long is not done", query.span);
        }
        Ok(text)
    }

    /// The query of EXISTS. Its SELECT list does not count, so a star becomes a constant.
    pub(super) fn exists(&mut self, query: &sql::tree::Query) -> Emit<String> {
        let mut short = query.clone();
        if let sql::tree::Body::Select(select) = &mut short.body
            && let Some(first) = select.items.first().cloned()
            && select.group_by.is_empty()
            && select.distinct == sql::tree::Distinct::No
            && short.order_by.is_empty()
            && select.items.iter().all(|i| matches!(i.expr.kind, ExprKind::Column { .. }))
        {
            let one = ExprKind::Literal(sql::tree::Literal::Number("1".to_owned()));
            let expr = Expr { kind: one, ty: Type::Int4, span: first.expr.span };
            select.items = vec![sql::tree::Item { expr, name: "?column?".to_owned() }];
            short.columns.truncate(1);
        }
        self.subquery(&short)
    }

    fn call(&mut self, call: &Call, expr: &Expr) -> Emit<Fragment> {
        if let Some(done) = self.array_key(call)? {
            return Ok(done);
        }
        if let Some(done) = self.form(call)? {
            return Ok(done);
        }
        let types: Vec<Type> = call.args.iter().map(|arg| arg.ty.clone()).collect();
        let literal_minus = call.name == "unary -"
            && call.args.iter().all(|a| matches!(a.kind, ExprKind::Literal(_)));
        if !literal_minus && let Some(done) = self.by_line(call.name, &call.args, expr)? {
            return Ok(done);
        }
        let same = self.target().same(call.name, &types);
        let same = if literal_minus { Some("unary -") } else { same };
        if call.star {
            return self.function("count", "*", call);
        }
        let Some(name) = same else {
            let shown = crate::targets::signature(call.name, &types);
            return self.refuse(format!("no translation of `{shown}` is known"), expr.span);
        };
        let args = self.args(&call.args)?;
        let operator = infix(call.name).filter(|_| name == call.name);
        if let (Some((op, level)), [left, right]) = (operator, args.as_slice()) {
            return Ok(Fragment::infix(left, op, right, level));
        }
        if let ("unary -" | "unary +" | "~", [arg]) = (call.name, args.as_slice()) {
            let op = call.name.trim_start_matches("unary ");
            // Written before a sum, `~` is about the sum.
            let level = if op == "~" { Level::Other } else { Level::Unary };
            return Ok(Fragment::new(format!("{op}{}", arg.at(Level::Atom)), level));
        }
        if let Some(field) = call.name.strip_prefix("extract ") {
            let arg = args.first().map_or("", |arg| arg.text.as_str());
            return Ok(Fragment::atom(format!("extract({field} FROM {arg})")));
        }
        if let ("lag" | "lead", [_, _, default], Target::DataFusion) =
            (call.name, call.args.as_slice(), self.target())
            && !default.is_constant()
            && !call.ignore_nulls
        {
            return self.or_default_of_row(call, default);
        }
        let mut text: Vec<String> = args.into_iter().map(|arg| arg.text).collect();
        if let ("lag" | "lead", [value, _, _], [first, ..]) =
            (call.name, call.args.as_slice(), text.as_mut_slice())
            && matches!(value.kind, ExprKind::Coerce { .. })
        {
            // The default would take the type of the value.
            let Some(ty) = self.target().type_name(&value.ty) else {
                let what = "a default of a wider type than the value's is not done";
                return self.refuse(what, value.span);
            };
            *first = format!("CAST({first} AS {ty})");
        }
        if let ("sum", [value], [summed]) = (call.name, call.args.as_slice(), text.as_mut_slice())
            && let Some(ty) = self.type_of_written(value)
        {
            *summed = format!("CAST({summed} AS {ty})");
        }
        self.function(name, &text.join(", "), call)
    }

    /// An expression by its line in the tables of forms.
    pub(super) fn by_line(
        &mut self,
        name: &str,
        args: &[Expr],
        expr: &Expr,
    ) -> Emit<Option<Fragment>> {
        let types: Vec<Type> = args.iter().map(|arg| arg.ty.clone()).collect();
        let Some(form) = self.target().form(name, &types) else { return Ok(None) };
        let wide = types.first().and_then(Type::decimal_shape).map(|shape| {
            let digits = shape.precision + 1;
            self.target().type_name(&Type::decimal(digits.min(38).max(shape.scale), shape.scale))
        });
        let names = [("{type}", self.target().type_name(&expr.ty)), ("{wide}", wide.flatten())];
        let mut template = match form.raises {
            Some(condition) => self.raise_if_of(args, condition, form.template),
            None => form.template.to_owned(),
        };
        for (slot, name) in names.into_iter().filter(|(slot, _)| form.template.contains(slot)) {
            let Some(name) = name else { return Ok(None) };
            template = template.replace(slot, &name);
        }
        let args = self.args(args)?;
        let filled = fill(&template, &args);
        self.within_bounds(&filled, expr)?;
        let text = self.made_by(form.rule, expr.span, &filled.text);
        Ok(Some(Fragment { text, level: filled.level }))
    }
}

impl Print for Emitter {
    fn piece(&mut self, expr: &Expr) -> Emit<Fragment> {
        self.expr(expr)
    }

    fn key_piece(&mut self, expr: &Expr) -> Emit<Fragment> {
        self.key(expr)
    }

    fn written_name(&mut self, name: &str, span: model::Span) -> Emit<String> {
        self.name(name, span)
    }

    fn group_key(&mut self, key: &GroupKey) -> Emit<String> {
        match key {
            GroupKey::Output(index) => Ok((index + 1).to_string()),
            GroupKey::Expr(expr) => {
                self.must_be_exact(expr)?;
                Ok(self.expr(expr)?.text)
            }
        }
    }

    /// An offset of a frame. PostgreSQL raises for a negative or NULL one, the targets do not.
    fn offset(&mut self, expr: &Expr) -> Emit<String> {
        let whole = expr.integer().is_some_and(|n| n >= 0);
        // Of several parts, the order in which they are added would show.
        let interval = matches!(
            expr.literal(),
            Some(
                sql::tree::Literal::Interval { months: 0.., days: 0, micros: 0 }
                    | sql::tree::Literal::Interval { months: 0, days: 0.., micros: 0 }
                    | sql::tree::Literal::Interval { months: 0, days: 0, micros: 0.. }
            )
        );
        if !(whole || interval) {
            return self.refuse("a frame offset that is no constant is not done", expr.span);
        }
        Ok(self.expr(expr)?.text)
    }

    /// Direction and NULL placement, always written out.
    fn directed(&mut self, key: &SortKey, text: &str) -> String {
        let direction = if key.descending { " DESC" } else { "" };
        let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
        let written = format!("{text}{direction} NULLS {nulls}");
        if null_order::changes(self.target(), key) {
            return self.made_by(&null_order::RULE, key.span, &written);
        }
        written
    }
}

/// The construct that rules are looked up by.
fn construct(expr: &Expr) -> &'static str {
    match &expr.kind {
        ExprKind::Literal(_) => "literal",
        ExprKind::Column { .. } => "column",
        ExprKind::Parameter(_) => "parameter",
        ExprKind::Call(call) => call.name,
        ExprKind::Cast { .. } => "cast",
        ExprKind::Coerce { .. } => "coerce",
        ExprKind::Case { .. } => "case",
        ExprKind::InList { .. } => "in list",
        ExprKind::InQuery { .. } => "in query",
        ExprKind::Exists { .. } => "exists",
        ExprKind::Scalar(_) => "scalar",
        ExprKind::Quantified { .. } => "quantified",
        ExprKind::Row(_) => "row",
        ExprKind::Array(_) => "array",
        ExprKind::Subscript { .. } => "subscript",
    }
}

/// Is a value in it chosen by a row: more than a constant or a column?
fn has_choice(item: &Expr) -> bool {
    let plain = match &item.kind {
        ExprKind::Column { .. } => true,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => {
            matches!(expr.kind, ExprKind::Column { .. })
        }
        _ => false,
    };
    !plain && !item.is_constant()
}
