//! Lowering: a dialect's functions, operators and casts become core expressions, by the dialect's
//! definitions.

use super::{
    Binder, Bound, Lowered, codes,
    fold::fold,
    json_path, pattern,
    resolve::{Overload, accepts, choose},
    said::{Said, unmarked},
};
use crate::{
    dialects::{ArgType, Definition},
    subqueries::has_query,
    tree::{Call, Expr, ExprKind, FunctionKind, Literal, SortKey, Window},
    types::Type,
};
use sqlparser::ast::{self, FunctionArg, FunctionArgExpr};

/// So many expressions the arguments of a definition may be made of.
const NODES_MAX: usize = 10_000;

/// What stands for several arguments in a body.
pub(super) const SEVERAL: [&str; 5] = ["$all", "$rest", "$texts", "$rest_texts", "$values"];

/// The body of a definition that is being bound.
#[derive(Debug)]
pub(super) struct Lowering {
    /// `$1`, `$2`, …
    pub(super) args: Vec<Expr>,
    /// Index of the first repeated argument.
    rest: usize,
    /// `target_type`
    pub(super) target: Option<Type>,
    /// `$texts`: the arguments as the dialect turns them into text.
    texts: Vec<Expr>,
    /// The type of the result, where the definition says it.
    returns: Option<Type>,
    /// In so many lambdas the call stands.
    pub(super) level: u32,
}

impl Lowering {
    /// The arguments of a text of the core that is no definition.
    pub(super) const fn of(args: Vec<Expr>) -> Self {
        Self { args, rest: 0, target: None, texts: Vec::new(), returns: None, level: 0 }
    }
}

/// The definition that a call means.
#[derive(Debug)]
pub(super) struct Meant {
    pub(super) definition: &'static Definition,
    pub(super) args: Vec<Expr>,
    /// The collation that an argument has said itself.
    pub(super) said: Option<Said>,
    /// How many digits the value shows, where it has more (`guard_digits.rs`).
    pub(super) shown: Option<u32>,
}

/// What follows a call: `DISTINCT`, `FILTER`, `ORDER BY`, `OVER`, `IGNORE NULLS`.
#[derive(Debug, Default)]
pub(super) struct Decoration {
    pub(super) distinct: bool,
    pub(super) filter: Option<Expr>,
    pub(super) order_by: Vec<SortKey>,
    pub(super) over: Option<Window>,
    pub(super) nulls: Option<ast::NullTreatment>,
}

impl Overload for Definition {
    fn wanted(&self, index: usize) -> Option<&ArgType> {
        self.arg(index)
    }

    fn takes(&self, count: usize) -> bool {
        Self::takes(self, count)
    }

    fn repeats(&self) -> bool {
        self.variadic
    }

    fn widens(&self) -> bool {
        true
    }
}

impl Binder<'_> {
    /// Is what is being bound in the core language: a PostgreSQL statement, or a definition's body?
    pub(super) fn speaks_core(&self) -> bool {
        !self.lowering.is_empty() || self.spec.is_core()
    }

    /// Applies a function, operator or form of the dialect to bound arguments.
    pub(super) fn apply(
        &mut self,
        name: &str,
        mut args: Vec<Expr>,
        span: super::Span,
    ) -> Bound<Expr> {
        if self.speaks_core() {
            return self.resolve(name, args, span);
        }
        let said = unmarked(&mut args);
        let made = self.under(said, |binder| binder.apply_unmarked(name, args, span))?;
        self.made_of(name, said, made, span)
    }

    fn apply_unmarked(&mut self, name: &str, args: Vec<Expr>, span: super::Span) -> Bound<Expr> {
        let args = self.adapted(args)?;
        self.no_zone_is_lost(name, &args, span)?;
        let args = self.texts_as_decimals(name, args)?;
        let all: Vec<&Definition> = self.definitions(name).filter(|d| !has_words(d)).collect();
        self.no_real_beside_exact(name, &args)?;
        let args = self.with_blanks(name, args)?;
        let args = self.numbers_of_texts(&all, args)?;
        let args = self.texts_wanted(&all, args)?;
        let args = self.as_wanted(&all, args)?;
        // A call in a form of its own; a number beside an operator may have a fraction.
        let args = if name == "substring" { self.as_whole_numbers(&all, args)? } else { args };
        let args = self.without_zones(&all, args, span)?;
        let (args, shown) = self.with_all_digits(name, args)?;
        let types: Vec<Type> = args.iter().map(|e| e.ty.clone()).collect();
        // `date + INTERVAL '1' MONTH` may be of another type than `date + INTERVAL '1' HOUR`.
        if let Some(definition) = self.months_definition(name, &args) {
            return self.expand(definition, args, None, span);
        }
        if args.iter().any(is_whole_days) {
            let days: Vec<&Definition> = self.definitions(&format!("{name} days")).collect();
            if let Some(definition) = choose(&days, &types) {
                return self.expand(definition, args, None, span);
            }
        }
        if let Some(definition) = choose(&all, &types) {
            let made = self.expand(definition, args, None, span)?;
            return self.showing(made, shown);
        }
        self.known(&args)?;
        self.not_defined(name, &types, span)
    }

    /// The definitions of `name` that hold under the settings.
    pub(super) fn definitions(
        &self,
        name: &str,
    ) -> impl Iterator<Item = &'static Definition> + use<'_> {
        self.spec
            .definitions(name)
            .iter()
            .filter(|definition| definition.when.holds(&self.settings))
    }

    /// The definition that a call means, and its arguments bound. Keywords among the arguments are
    /// no columns, so they are looked at before anything is bound.
    pub(super) fn defined_call(
        &mut self,
        name: &str,
        args: &[FunctionArg],
        sorted: &[Expr],
        span: super::Span,
    ) -> Bound<Option<Meant>> {
        let ordered = |definition: &Definition| definition.kind == FunctionKind::OrderedSet;
        let fits = |definition: &&Definition| {
            let sorted = if ordered(definition) { sorted.len() } else { 0 };
            definition.takes(args.len() + sorted) && words_fit(definition, args)
        };
        let mut all: Vec<&Definition> = self.definitions(name).filter(fits).collect();
        if all.is_empty() {
            return Ok(None);
        }
        // A keyword says more than a type.
        if all.iter().any(|d| has_words(d)) {
            all.retain(|d| has_words(d));
        }
        let mut bound = Vec::with_capacity(args.len());
        for (index, arg) in args.iter().enumerate() {
            // The lines that take what stands before.
            let so_far = |d: &&&Definition| {
                let mut before = bound.iter().enumerate();
                before.all(|(i, e): (usize, &Expr)| {
                    accepts(**d, i, &e.ty) || self.takes_clock(d, i, &e.ty)
                })
            };
            let special = all.iter().filter(so_far).find_map(|d| match d.arg(index) {
                Some(special @ (ArgType::Word(_) | ArgType::Format | ArgType::Lambda(_))) => {
                    Some(special)
                }
                _ => None,
            });
            bound.push(match special {
                Some(ArgType::Word(_)) => text(word(arg).unwrap_or_default(), span),
                Some(ArgType::Lambda(_)) => match self.lambda_argument(arg, span) {
                    Some(lambda) => lambda,
                    None => self.plain_args(std::slice::from_ref(arg), span)?.remove(0),
                },
                Some(_) => self.format(arg, span)?,
                None => match self.wall_clock_argument(&all, index, arg)? {
                    Some(clock) => clock,
                    None => self.plain_args(std::slice::from_ref(arg), span)?.remove(0),
                },
            });
        }
        let said = unmarked(&mut bound);
        if said.is_some() {
            // Lines may be others under that collation.
            let texts = !all.iter().any(|d| has_words(d));
            let fits = |d: &&Definition| fits(d) && texts != has_words(d);
            all = self.under(said, |binder| Ok(binder.definitions(name).filter(fits).collect()))?;
        }
        let bound = self.adapted(bound)?;
        let bound = self.texts_as_decimals(name, bound)?;
        if name == "find_in_set" {
            // Of a SET column it is the place in the type's own list.
            bound.iter().try_for_each(|arg| self.no_list_number(arg))?;
        }
        let months = self.months_definition(name, &bound);
        if let Some(definition) = months.or_else(|| self.days_definition(name, &bound)) {
            return Ok(Some(Meant { definition, args: bound, said, shown: None }));
        }
        self.no_real_beside_exact(name, &bound)?;
        let bound = self.with_blanks(name, bound)?;
        let bound = self.numbers_of_texts(&all, bound)?;
        let bound = self.texts_wanted(&all, bound)?;
        let bound = self.as_wanted(&all, bound)?;
        let bound = self.as_whole_numbers(&all, bound)?;
        let bound = self.without_zones(&all, bound, span)?;
        let (mut bound, shown) = self.with_all_digits(name, bound)?;
        if said.is_some() && ["min", "max", "greatest", "least"].contains(&name) {
            bound = self.under(said, |binder| {
                bound.into_iter().map(|arg| binder.by_code_points(arg)).collect()
            })?;
        }
        if all.iter().any(|d| ordered(d)) {
            // The sorted value is an argument too.
            all.retain(|d| ordered(d));
            bound.extend(sorted.iter().cloned());
        }
        let types: Vec<Type> = bound.iter().map(|e| e.ty.clone()).collect();
        if let Some(definition) = choose(&all, &types) {
            return Ok(Some(Meant { definition, args: bound, said, shown }));
        }
        self.known(&bound)?;
        self.not_defined(name, &types, span)
    }

    /// A constant format in the core's tokens.
    fn format(&self, arg: &FunctionArg, span: super::Span) -> Bound<Expr> {
        let Some(format) = constant(arg) else {
            return self.unsupported("a format that is no constant", span);
        };
        if self.spec.traits().letters_name_formats && format.chars().count() < 2 {
            return self.unsupported("a format of one letter", span);
        }
        Ok(text(self.core_format(&format, span)?, span))
    }

    /// Binds the body of a definition over its arguments.
    pub(super) fn expand(
        &mut self,
        definition: &'static Definition,
        args: Vec<Expr>,
        target: Option<Type>,
        span: super::Span,
    ) -> Bound<Expr> {
        if let Some(rounded) = self.rounds_quotient(definition, &args) {
            return Ok(Expr { span, ..rounded });
        }
        if let Some(whole) = self.whole_quotient(definition, &args, span)? {
            return Ok(whole);
        }
        if let Some(changed) = self.changed_padded(definition, &args, span)? {
            return Ok(changed);
        }
        self.no_floating_digits(definition, &args, target.as_ref())?;
        self.no_text_of_formatted(definition, &args, target.as_ref())?;
        self.note_kept_format(definition, &args, span);
        self.no_julian_days(definition, &args)?;
        if let Some(kind) = definition.open {
            self.leave_open(kind, definition.called(), span);
        }
        if definition.refused {
            let types: Vec<Type> = args.iter().map(|e| e.ty.clone()).collect();
            return self.not_defined(definition.name, &types, span);
        }
        let gathers_nothing = self.gathers_nothing(definition, &args);
        let nothing = target.is_none() && self.is_nothing(definition, &args);
        let mut coerced = Vec::with_capacity(args.len());
        for (index, arg) in args.into_iter().enumerate() {
            let next = match definition.arg(index) {
                // A constant is read as the type that it is cast to.
                Some(ArgType::Is(_)) if target.is_some() && definition.body.is_none() => arg,
                Some(ArgType::Is(wanted)) => self.coerce(arg, wanted)?,
                Some(ArgType::Moment) => {
                    self.coerce(self.of_ticks(arg, &Type::Timestamp)?, &Type::Timestamp)?
                }
                Some(ArgType::Ascii) if !arg.text().is_some_and(str::is_ascii) => {
                    return self.unsupported("a pattern with letters beyond ASCII here", span);
                }
                Some(ArgType::Regex(purpose, ignore_case)) => {
                    self.raised_where_unlike(&mut coerced, &arg, *purpose, *ignore_case, span)?;
                    self.pattern(&arg, *purpose, *ignore_case, span)?
                }
                Some(ArgType::Zone) => match arg
                    .text()
                    .filter(|zone| crate::settings::is_region(zone))
                {
                    Some(_) => self.coerce(arg, &Type::Text)?,
                    None => return self.unsupported("a time zone that is no region name", span),
                },
                Some(ArgType::Path(mode)) => {
                    match arg.text().and_then(|path| json_path::to_core(path, *mode)) {
                        Some(core) => text(core, span),
                        None => return self.unsupported("this path into JSON", span),
                    }
                }
                Some(ArgType::Replacement) => {
                    let flavor = self.spec.traits().patterns;
                    // A text without characters is NULL there.
                    let nothing = arg.is_null() && self.spec.traits().empty_text_is_null;
                    match arg
                        .text()
                        .or(nothing.then_some(""))
                        .and_then(|written| pattern::replacement(written, flavor))
                    {
                        Some(core) => self.coerce(text(core, span), &Type::Text)?,
                        None => return self.unsupported("this replacement", span),
                    }
                }
                _ => arg,
            };
            coerced.push(next);
        }
        let types: Vec<Type> = coerced.iter().map(|e| e.ty.clone()).collect();
        let returns = match &definition.returns {
            None => None,
            Some(returned) => {
                let values: Vec<Option<i64>> = coerced.iter().map(Expr::integer).collect();
                let Some(ty) = returned.of(&types, &values) else {
                    let what = format!("`{}` needs numbers of known digits", definition.name);
                    return self.refuse(codes::TYPES, what, span);
                };
                Some(ty)
            }
        };
        let Some(body) = &definition.body else {
            let same = match target {
                Some(to) => {
                    let [arg] = coerced.as_slice() else {
                        return self.unsupported("this cast", span);
                    };
                    self.cast_to(arg.clone(), to, span)?
                }
                None => self.core_call(definition.core, coerced, span)?,
            };
            return self.returned(returns, same, span);
        };
        // Bodies name their arguments more than once, so that nested calls double each time.
        let mut left = NODES_MAX;
        if coerced.iter().any(|arg| arg.uses_up(&mut left)) {
            return self.unsupported("so many calls inside each other", span);
        }
        let twice = |(index, arg): (usize, &Expr)| {
            arg.any_call(&Call::is_chance) && !used_once(definition, index)
        };
        if coerced.iter().enumerate().any(twice) {
            return self.unsupported("an argument by chance, which is needed twice,", span);
        }
        let windowed = |arg: &Expr| arg.any_call(&|call| call.over.is_some());
        if coerced.iter().any(windowed) && has_query(body) {
            // A subquery cannot hold a window function of the query around it.
            return self.unsupported("a window function inside this function", span);
        }
        let of_constants = |arg: &Expr| {
            arg.any_call(&|call| {
                let column = |e: &Expr| e.any_part(&|p| matches!(p.kind, ExprKind::Column { .. }));
                call.kind == FunctionKind::Aggregate && !call.args.iter().any(column)
            })
        };
        if has_query(body) && coerced.iter().any(of_constants) {
            // It would be an aggregate of the subquery.
            return self.unsupported("an aggregate of constants inside this function", span);
        }
        if has_query(body) {
            self.no_capture(definition.line, &coerced, span)?;
        }
        let rest = definition.args.len().saturating_sub(usize::from(definition.variadic));
        let mut texts = Vec::new();
        if ["$texts", "$rest_texts"].iter().any(|texts| definition.line.contains(texts)) {
            for arg in &coerced {
                texts.push(match arg.ty {
                    Type::Unknown => self.coerce(arg.clone(), &Type::Text)?,
                    Type::Timestamp if self.spec.traits().values_become_texts => {
                        let text = self.as_text(arg.clone())?;
                        self.cast_by("cast", text, Type::Text, span)?
                    }
                    _ => self.cast_by("cast", arg.clone(), Type::Text, span)?,
                });
            }
        }
        if definition.line.contains("$values") {
            texts = self.shown_in_documents(&coerced, span)?;
        }
        self.note_result(definition, &coerced, span);
        self.lowering.push(Lowering {
            args: coerced,
            rest,
            target,
            texts,
            returns: returns.clone(),
            level: self.lambda_depth,
        });
        let place = std::mem::replace(&mut self.place, span);
        let sets = definition.kind == FunctionKind::Set;
        let sets_allowed = std::mem::replace(&mut self.sets_allowed, sets);
        let bound = self.expr(body);
        self.sets_allowed = sets_allowed;
        self.place = place;
        self.lowering.pop();
        if self.lowering.is_empty() {
            self.expanded.push(Lowered { span, definition: definition.line });
        }
        let bound = bound.map_err(|mut diagnostic| {
            diagnostic.message = format!("`{}`: {}", definition.name, diagnostic.message);
            diagnostic.span = Some(span);
            diagnostic
        })?;
        if bound.ty.element().is_some() {
            self.is_an_array(span);
        }
        if gathers_nothing && bound.ty.element().is_some() {
            return self.unsupported("an array of a bare NULL", span);
        }
        let bound =
            if nothing { Expr { kind: ExprKind::Literal(Literal::Null), ..bound } } else { bound };
        self.returned(returns, Expr { span, ..bound }, span)
    }

    /// What was written out by definitions. Arguments may be converted by one too, with the call's
    /// place; the call itself comes last. What is bound twice is written once.
    pub(super) fn lowered(&mut self) -> Vec<Lowered> {
        let mut lowered = std::mem::take(&mut self.expanded);
        lowered.reverse();
        lowered.sort_by_key(|one| one.span);
        lowered.dedup_by_key(|one| one.span);
        lowered
    }

    /// Refuses arguments with a column whose name a query of `core` gives to one of its own: there it
    /// would be taken for that one.
    pub(super) fn no_capture(&self, core: &str, args: &[Expr], span: super::Span) -> Bound<()> {
        let hidden = |name: &str| {
            let mut words = core.split(|c: char| !c.is_alphanumeric() && c != '_');
            name.starts_with('_') && words.any(|word| word == name)
        };
        if args.iter().any(|arg| arg.any_free_column(&hidden)) {
            return self.unsupported("a column whose name the function's definition uses", span);
        }
        Ok(())
    }

    /// A constant pattern as the core writes it.
    fn pattern(
        &self,
        arg: &Expr,
        purpose: pattern::Use,
        ignore_case: bool,
        span: super::Span,
    ) -> Bound<Expr> {
        let Some(written) = arg.text() else {
            return self.unsupported("a regular expression that is no constant", span);
        };
        let flavor = self.spec.traits().patterns;
        let (written, ignore_case) = pattern::without_flag(written, ignore_case, flavor);
        match pattern::to_core(written, purpose, ignore_case, flavor) {
            Ok(core) => self.coerce(text(core, span), &Type::Text),
            Err(what) => self.refuse(
                codes::LITERAL,
                format!("the regular expression `{written}` has a part that is not known: {what}"),
                span,
            ),
        }
    }

    fn returned(&self, ty: Option<Type>, expr: Expr, span: super::Span) -> Bound<Expr> {
        match ty {
            // A shape is a bound: a wider one of the same scale changes no value.
            Some(ty) if holds(&ty, &expr.ty) => Ok(Expr { ty, ..expr }),
            Some(ty @ (Type::Ticks | Type::Minutes)) if ty != expr.ty => {
                let made = self.cast_to(expr, Type::Timestamp, span)?;
                self.made_in_range(made, &ty)
            }
            Some(ty) if ty != expr.ty => self.cast_to(expr, ty, span),
            _ => Ok(expr),
        }
    }

    /// `$1`, `$all`, … inside a body.
    pub(super) fn definition_argument(&self, name: &str) -> Option<Vec<Expr>> {
        let frame = self.lowering.last()?;
        match name {
            "$all" => Some(frame.args.clone()),
            // The scale of the result, its precision.
            "$scale" | "$precision" => {
                let ty = frame.returns.as_ref().or(frame.target.as_ref())?;
                let shape = ty.decimal_shape()?;
                let digits = if name == "$scale" { shape.scale } else { shape.precision };
                Some(vec![self.number(&digits.to_string(), self.place)])
            }
            "$texts" | "$values" => Some(frame.texts.clone()),
            "$rest_texts" => Some(frame.texts.get(frame.rest..).unwrap_or_default().to_vec()),
            // The limit of the text that is cast to.
            "$length" => match frame.target.as_ref()? {
                Type::Varchar(Some(limit)) | Type::Char(limit) => {
                    Some(vec![self.number(&limit.to_string(), self.place)])
                }
                _ => None,
            },
            "$rest" => Some(frame.args.get(frame.rest..).unwrap_or_default().to_vec()),
            _ => {
                let name = name.strip_prefix('$')?;
                if let Some(value) = self.settings.get(name) {
                    return Some(vec![if value.bytes().all(|b| b.is_ascii_digit()) {
                        self.number(value, self.place)
                    } else {
                        text(value.to_owned(), self.place)
                    }]);
                }
                // `$s1`: a scale, `$p1`: a precision, `$l1`: the limit of a text.
                let digits = name.strip_prefix(['s', 'p', 'l', 'd']);
                let index = digits.unwrap_or(name).parse::<usize>().ok()?.checked_sub(1)?;
                let arg = frame.args.get(index)?;
                if digits.is_none() {
                    return Some(vec![arg.clone()]);
                }
                if name.starts_with('l') {
                    if let Type::Char(length) = arg.ty {
                        return Some(vec![self.number(&length.to_string(), self.place)]);
                    }
                    // What is no longer than the least limit is not cut.
                    let short = frame.args.last().and_then(Expr::text).filter(|text| {
                        u32::try_from(text.chars().count())
                            .is_ok_and(|length| length <= super::limit::at_least(arg))
                    });
                    let least = short.map(|_| super::limit::at_least(arg));
                    let limit = super::limit::of(arg).or(least)?.max(1);
                    return Some(vec![self.number(&limit.to_string(), self.place)]);
                }
                // `$d1`: the scale too, but 99 where the number itself has it: a column of any scale.
                if let (None, true) = (arg.ty.decimal_shape(), name.starts_with('d')) {
                    let scale = match super::shape::scale_rounded_to(arg) {
                        Some(scale) => scale,
                        None => self.is_of_a_table(arg).then_some(99)?,
                    };
                    return Some(vec![self.number(&scale.to_string(), self.place)]);
                }
                if let (None, true) = (arg.ty.decimal_shape(), name.starts_with('s')) {
                    let scale = super::shape::scale_rounded_to(arg)?;
                    return Some(vec![self.number(&scale.to_string(), self.place)]);
                }
                let shape = arg.ty.decimal_shape()?;
                let number =
                    if name.starts_with(['s', 'd']) { shape.scale } else { shape.precision };
                Some(vec![self.number(&number.to_string(), self.place)])
            }
        }
    }

    /// Refuses a NVL whose second value would lose the zone that the first one has not.
    ///
    /// Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/NVL.html>
    fn no_zone_is_lost(&self, name: &str, args: &[Expr], span: super::Span) -> Bound<()> {
        let values = match (name, args) {
            ("nvl", [one, two]) | ("nvl2", [_, one, two]) => Some((&one.ty, &two.ty)),
            _ => None,
        };
        let lost = matches!(values, Some((Type::Timestamp | Type::Seconds, Type::TimestampTz)));
        if lost && self.parsed.dialect == model::Dialect::Oracle {
            return self.unsupported("a value with a zone behind one without", span);
        }
        Ok(())
    }

    /// Is it a column of a table, so that it has the digits that were stored?
    fn is_of_a_table(&self, expr: &Expr) -> bool {
        let ExprKind::Column { relation: Some(name), .. } = &expr.kind else { return false };
        let mut scopes = self.scopes.iter().rev();
        let found = scopes.find_map(|scope| scope.relations.iter().find(|one| one.name == *name));
        found.is_some_and(|relation| !relation.path.is_empty())
    }

    /// `read_timestamp(text, format)` inside a body: two constants, read here.
    pub(super) fn read_timestamp(&self, args: &[Expr], span: super::Span) -> Bound<Expr> {
        let read = match args {
            [value, format] => value
                .text()
                .zip(format.text())
                .and_then(|(value, format)| super::stamp::read(value, format)),
            _ => None,
        };
        match read {
            Some(stamp) => Ok(Expr {
                kind: ExprKind::Literal(Literal::Typed(stamp)),
                ty: Type::Timestamp,
                span,
            }),
            None => self.refuse(codes::LITERAL, "the constant does not follow its format", span),
        }
    }

    /// `any_null(a, b)` inside a body: is one of them NULL?
    pub(super) fn any_null(&self, args: Vec<Expr>, span: super::Span) -> Bound<Expr> {
        let mut all: Option<Expr> = None;
        for arg in args {
            let one = fold(super::operator::predicate("is null", vec![arg], span));
            all = Some(match all {
                None => one,
                Some(before) => fold(super::operator::predicate("or", vec![before, one], span)),
            });
        }
        all.map_or_else(|| self.unsupported("`any_null` of nothing", span), Ok)
    }

    pub(super) fn not_defined<T>(&self, name: &str, types: &[Type], span: super::Span) -> Bound<T> {
        let shown: Vec<String> = types.iter().map(ToString::to_string).collect();
        let (dialect, shown) = (self.spec.source.dialect.title(), shown.join(", "));
        let what = if self.spec.definitions(name).is_empty() {
            format!("`{name}` of {dialect} is not known")
        } else {
            format!("`{name}` of {dialect} is not known for ({shown})")
        };
        self.refuse(codes::UNKNOWN_FUNCTION, what, span)
    }
}

fn holds(wider: &Type, narrower: &Type) -> bool {
    match (wider, narrower) {
        (Type::Numeric(Some(wide)), Type::Numeric(Some(narrow))) => {
            wide.scale == narrow.scale && wide.precision >= narrow.precision
        }
        // How long the texts of a function are at most.
        (Type::Varchar(Some(_)), Type::Text | Type::Varchar(None)) => true,
        _ => false,
    }
}

/// Is the expression an interval of whole days or months: a constant without a clock part, or a
/// number of such constants?
pub(super) fn is_whole_days(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Interval { micros, .. }) => *micros == 0,
        ExprKind::Call(call) if call.name == "*" && expr.ty == Type::Interval => {
            call.args.iter().any(is_whole_days)
        }
        ExprKind::Call(call) if call.name == "unary -" => call.args.iter().all(is_whole_days),
        _ => false,
    }
}

pub(super) fn text(value: String, span: super::Span) -> Expr {
    Expr { kind: ExprKind::Literal(Literal::Text(value)), ty: Type::Unknown, span }
}

fn has_words(definition: &Definition) -> bool {
    definition.args.iter().any(|arg| matches!(arg, ArgType::Word(_)))
}

fn words_fit(definition: &Definition, args: &[FunctionArg]) -> bool {
    args.iter().enumerate().all(|(index, arg)| match definition.arg(index) {
        Some(ArgType::Word(words)) => word(arg).is_some_and(|w| words.contains(&w.as_str())),
        Some(ArgType::Format) => !is_number(arg),
        _ => true,
    })
}

/// A bare word, a text constant in lower case or a number: `DAY`, `'day'`, `1`, and `WEEK(MONDAY)` as
/// `week monday`.
fn word(arg: &FunctionArg) -> Option<String> {
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = arg else { return None };
    match expr {
        ast::Expr::Identifier(name) if name.quote_style.is_none() => {
            Some(name.value.to_lowercase())
        }
        ast::Expr::Value(value) => match &value.value {
            ast::Value::Number(digits, false) => Some(digits.clone()),
            _ => constant(arg).map(|text| text.to_lowercase()),
        },
        ast::Expr::Function(function) => Some(field(&function.to_string())),
        _ => None,
    }
}

/// A date part as definitions name it: `WEEK(MONDAY)` is `week monday`.
pub(super) fn field(shown: &str) -> String {
    shown.to_lowercase().replace('(', " ").replace(')', "")
}

/// Is it digits, which are no format?
fn is_number(arg: &FunctionArg) -> bool {
    matches!(arg, FunctionArg::Unnamed(FunctionArgExpr::Expr(ast::Expr::Value(value)))
        if matches!(value.value, ast::Value::Number(..)))
}

/// The text of a text constant.
fn constant(arg: &FunctionArg) -> Option<String> {
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(ast::Expr::Value(value))) = arg else {
        return None;
    };
    match &value.value {
        ast::Value::SingleQuotedString(text)
        | ast::Value::DoubleQuotedString(text)
        | ast::Value::NationalStringLiteral(text) => Some(text.clone()),
        _ => None,
    }
}

/// Does the body of a definition use the argument at `index` at most once?
fn used_once(definition: &Definition, index: usize) -> bool {
    if SEVERAL.iter().any(|several| definition.line.contains(several)) {
        return false;
    }
    let slot = format!("${}", index + 1);
    let ends = |rest: &&str| !rest.starts_with(|c: char| c.is_ascii_digit());
    definition.line.split(slot.as_str()).skip(1).filter(ends).count() <= 1
}
