//! Expressions.

use super::{
    Emitter,
    alike::{Print, infix, not, postfix},
    correlated,
    lowered::{Lowerings, Marking},
    names::quoted,
    order,
};
use crate::{
    fragment::{Fragment, Level, fill},
    marks::{self, Marks},
    rule::Emit,
    rules::{choice_in_list, float_zero, interval_length, null_order, regex_rows},
    targets::Target,
};
use sql::{
    Key, KeyUse, Type,
    tree::{
        Call, Expr, ExprKind, FunctionKind, GroupKey, Literal, QuantifiedSource, SortKey,
        SortTarget, Window,
    },
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
            && (correlated::has_window_of_row(query) || correlated::joins_fully(query))
        {
            let what = "a window or a full join over the row outside is not done";
            return self.refuse(what, expr.span);
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
                let column = self.name(name, span)?;
                let column = Fragment::atom(match relation {
                    Some(relation) if *qualified || self.qualify => {
                        format!("{}.{column}", quoted(relation))
                    }
                    _ => column,
                });
                let grouped = self.is_key_already(expr);
                Ok(if grouped { float_zero::settled(&column, expr) } else { column })
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
        self.marked(expr)
    }

    /// A query inside an expression or a FROM clause.
    pub(super) fn subquery(&mut self, query: &sql::tree::Query) -> Emit<String> {
        let qualify = std::mem::replace(&mut self.qualify, false);
        let around = std::mem::take(&mut self.around);
        let text = self.query(query);
        self.qualify = qualify;
        self.around = around;
        text
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
            && !super::guard::is_constant(default)
        {
            return self.refuse("a default that is no constant is not done", default.span);
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
        let signature = crate::targets::signature(name, &types);
        let Some(form) = self.target().form(&signature) else { return Ok(None) };
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

    /// A function call with everything that can follow it.
    pub(crate) fn function(&mut self, name: &str, args: &str, call: &Call) -> Emit<Fragment> {
        let span = call.args.first().map_or(model::Span::new(0, 0), |a| a.span);
        if self.target() == Target::DataFusion && correlated::reads_value_of_row(call) {
            return self.refuse("an aggregate of such a query for each row is not done", span);
        }
        let ordered = ["array_agg", "string_agg"].contains(&call.name);
        let mut sorted = String::new();
        if call.distinct && ordered && call.order_by.is_empty() {
            // PostgreSQL sorts to find what is distinct, and the order shows.
            let value = call.args.first().filter(|_| self.target() == Target::DuckDb);
            let Some(value) = value else {
                return self.refuse("DISTINCT without ORDER BY is not done here", span);
            };
            if !order::is_same_everywhere(value) {
                sorted = format!(" ORDER BY {} NULLS LAST", self.expr(value)?.text);
            }
        }
        let counted = ["ntile", "nth_value", "lag", "lead"].contains(&call.name);
        let count = call.args.get(usize::from(call.name != "ntile"));
        if counted && count.is_some_and(|n| n.integer().is_none_or(|n| n < 1)) {
            return self.refuse(format!("`{}` with such a count is not done", call.name), span);
        }
        let alike = ["count", "sum", "min", "max"].contains(&call.name);
        if call.distinct && !alike && call.args.iter().any(|arg| self.has_two_zeros(arg)) {
            return self.refuse("DISTINCT floats, whose zeros have a sign, are not done", span);
        }
        if call.distinct && !["min", "max"].contains(&call.name) {
            call.args.iter().try_for_each(|arg| self.must_be_exact(arg))?;
        }
        let distinct = if call.distinct { "DISTINCT " } else { "" };
        let mut inside = format!("{distinct}{args}{sorted}");
        // What all rows have does not sort them, and DuckDB does not take it.
        let varies = |key: &&SortKey| !order::is_constant(key);
        let sorting: Vec<SortKey> = call.order_by.iter().filter(varies).cloned().collect();
        if !call.order_by.is_empty() && call.kind == FunctionKind::OrderedSet {
            return self.refuse(format!("`{}` has no known translation", call.name), span);
        }
        if !sorting.is_empty() {
            let mut keys = self.inner_keys(&sorting)?;
            if self.target() == Target::DataFusion && call.over.is_none() {
                self.aggregate_orders.sorted = true;
                if self.aggregate_orders.open {
                    return self.refuse("aggregates of different orders are not done", span);
                }
                if let Some(first) = self.unknown_order(&sorting)? {
                    let whole = call.args.first().filter(|_| call.distinct);
                    if let Some(value) = whole {
                        // What is told apart must be what is sorted by.
                        let value = self.expr(value)?.text;
                        let rest = inside.get(distinct.len() + value.len()..).unwrap_or_default();
                        inside = format!("{distinct}{first}{rest}");
                    }
                    let rest = self.inner_keys(sorting.get(1..).unwrap_or_default())?;
                    let key = sorting.first().map(|key| self.directed(key, &first));
                    keys = key
                        .into_iter()
                        .chain(Some(rest).filter(|r| !r.is_empty()))
                        .collect::<Vec<_>>()
                        .join(", ");
                }
                let plain = marks::plain(&keys).to_string();
                if name == "string_agg"
                    && *self.aggregate_orders.of_texts.get_or_insert_with(|| plain.clone()) != plain
                {
                    return self.joined_array(call, &keys);
                }
            }
            inside.push_str(&format!(" ORDER BY {keys}"));
        }
        if ordered && sorting.is_empty() && self.target() == Target::DataFusion {
            // It would take the order of another one.
            let some = call.filter.as_ref().and_then(Expr::literal) != Some(&Literal::Bool(false));
            self.aggregate_orders.open |= call.over.is_none() && some;
            if self.aggregate_orders.open && self.aggregate_orders.sorted {
                return self.refuse("aggregates of different orders are not done", span);
            }
        }
        let ignoring = call.ignore_nulls;
        if ignoring && self.target() == Target::DuckDb {
            inside.push_str(" IGNORE NULLS");
        }
        let mut text = format!("{name}({inside})");
        let mut behind = String::new();
        if let Some(filter) = &call.filter {
            behind.push_str(&format!(" FILTER (WHERE {})", self.expr(filter)?.text));
        }
        if ignoring && self.target() == Target::DataFusion {
            behind.push_str(" IGNORE NULLS");
        }
        if let Some(over) = &call.over {
            behind.push_str(&format!(" OVER ({})", self.over(over)?));
            if let Some(done) = self.over_sliding(call, over, &inside, &behind)? {
                return Ok(done);
            }
        }
        text.push_str(&behind);
        Ok(Fragment::atom(text))
    }

    /// The first key of an aggregate in a form of which `DataFusion` knows no order: it takes sorted
    /// rows from their end where the key has the other direction, and then joins what it gathered in
    /// several parts in the wrong one. Nothing where that cannot be.
    fn unknown_order(&mut self, keys: &[SortKey]) -> Emit<Option<String>> {
        let Some(key) = keys.first() else { return Ok(None) };
        let SortTarget::Expr(expr) = &key.target else { return Ok(None) };
        let text = self.key(expr)?;
        let plain = marks::plain(&text.text).to_string();
        let known = &mut self.aggregate_orders.first_keys;
        let seen =
            known.iter().find(|(other, _)| *other == plain).map(|(_, descending)| *descending);
        let other = seen.is_some_and(|descending| descending != key.descending);
        if seen.is_none() {
            known.push((plain, key.descending));
        }
        if !other && !self.aggregate_orders.from_sorted {
            return Ok(None);
        }
        let template = if key.descending {
            "CASE WHEN {0} IS NULL THEN NULL ELSE {0} END"
        } else {
            "CASE WHEN {0} IS NOT NULL THEN {0} END"
        };
        Ok(Some(fill(template, &[text]).text))
    }

    /// `string_agg` in another order than the one before it: `DataFusion` sorts for all of them in one
    /// way, and for each that gathers an array in its own.
    fn joined_array(&mut self, call: &Call, keys: &str) -> Emit<Fragment> {
        let [value, delimiter] = call.args.as_slice() else {
            let span = span_of(call);
            return self.refuse("aggregates of different orders are not done", span);
        };
        let (value, delimiter) = (self.expr(value)?, self.expr(delimiter)?);
        let distinct = if call.distinct { "DISTINCT " } else { "" };
        let mut known = format!("{} IS NOT NULL", value.at(Level::Atom));
        if let Some(filter) = &call.filter {
            known = format!("{} AND {known}", self.expr(filter)?.at(Level::And));
        }
        Ok(Fragment::atom(format!(
            "array_to_string(array_agg({distinct}{} ORDER BY {keys}) FILTER (WHERE {known}), {})",
            value.text, delimiter.text
        )))
    }

    /// A window whose keys and frame are followed there.
    fn over(&mut self, over: &Window) -> Emit<String> {
        over.partition_by.iter().try_for_each(|key| self.must_be_exact(key))?;
        if let Some(frame) = &over.frame {
            self.keeps_nulls_out(frame)?;
        }
        self.window(over)
    }

    /// Refuses a quotient or an average where it is tested for equality: it is exact on PostgreSQL
    /// and a float on the targets.
    pub(super) fn must_be_exact(&self, expr: &Expr) -> Emit<()> {
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
    fn form(&mut self, call: &Call) -> Emit<Option<Fragment>> {
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
                    let text = self.made_by(&regex_rows::RULE, span_of(call), &row.text);
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

/// Where the first argument of a call stands.
fn span_of(call: &Call) -> model::Span {
    call.args.first().map_or(model::Span::new(0, 0), |arg| arg.span)
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
    !plain && !super::guard::is_constant(item)
}

/// Is it exact on PostgreSQL and computed in floats here?
fn is_inexact(expr: &Expr) -> bool {
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
