//! Expressions. Every form of the parser's tree is named here: bound, or refused by name.

use super::{
    Binder, Bound, KeyUse, codes, hidden_outputs::is_lower_in_quotes, like::Quantified,
    said::unmarked,
};
use crate::{
    tree::{Expr, ExprKind},
    types::Type,
};
use sqlparser::ast::{self, BinaryOperator, CastKind};

impl Binder<'_> {
    pub(super) fn expr(&mut self, expr: &ast::Expr) -> Bound<Expr> {
        let bound = self.deeper(|binder| binder.expr_inner(expr))?;
        // In the body of a definition, constants decide what they can.
        if self.lowering.is_empty() {
            return Ok(bound);
        }
        // A NULL that is left over of several texts is as long as they are.
        let counted = self.spec.traits().limits_count && bound.ty.is_text();
        let limit = counted.then(|| super::limit::of(&bound)).flatten();
        let folded = super::fold::fold(bound);
        Ok(match limit {
            Some(limit) if folded.is_null() && folded.ty == Type::Text => {
                Expr { ty: super::limit::type_of(limit), ..folded }
            }
            _ => folded,
        })
    }

    fn expr_inner(&mut self, expr: &ast::Expr) -> Bound<Expr> {
        use ast::Expr as E;
        let span = self.expr_span(expr);
        match expr {
            E::Nested(inner) => self.expr(inner),
            E::Identifier(name) => {
                self.told_apart(name, span)?;
                if let Some(column) = self.meant_column(name, span)? {
                    return Ok(column);
                }
                let path = [self.fold(name)];
                let bare = name.quote_style.is_none();
                match if bare { self.bare_call(&path, span)? } else { None } {
                    Some(call) => Ok(call),
                    None => self.column(&path, span),
                }
            }
            E::CompoundIdentifier(path) => {
                path.iter().try_for_each(|name| self.told_apart(name, span))?;
                if let Some(member) = self.json_field(path, span)? {
                    return Ok(member);
                }
                let path: Vec<String> = path.iter().map(|n| self.fold(n)).collect();
                match self.bare_call(&path, span)? {
                    Some(call) => Ok(call),
                    None => self.column(&path, span),
                }
            }
            E::Value(value) => match &value.value {
                ast::Value::Placeholder(name) if self.has_positions() => {
                    self.column(std::slice::from_ref(name), span)
                }
                value => self.value(value, span),
            },
            E::TypedString(typed) => self.typed_string(typed, span),
            E::Interval(interval) => self.interval(interval, span),
            E::UnaryOp { op, expr } => self.unary(*op, expr, span),
            E::BinaryOp { left, op, right } => {
                let arrow = self.spec.traits().arrows_take_constants && !self.speaks_core();
                match arrow.then(|| super::arrow::in_place(expr)).flatten() {
                    Some(whole) => self.expr(&whole),
                    None => self.binary(left, op, right, span),
                }
            }
            E::IsNull(e) => self.null_test("is null", e, span),
            E::IsNotNull(e) => self.null_test("is not null", e, span),
            E::IsTrue(e) => self.special("is true", &[e], span),
            E::IsNotTrue(e) => self.special("is not true", &[e], span),
            E::IsFalse(e) => self.special("is false", &[e], span),
            E::IsNotFalse(e) => self.special("is not false", &[e], span),
            E::IsUnknown(e) => self.special("is unknown", &[e], span),
            E::IsNotUnknown(e) => self.special("is not unknown", &[e], span),
            E::IsDistinctFrom(_, b) | E::IsNotDistinctFrom(_, b) if is_loose(b) => {
                // The parser takes too much: `a IS DISTINCT FROM b AND c` is `(…) AND c`.
                self.unsupported("IS DISTINCT FROM without parentheses here", span)
            }
            E::IsDistinctFrom(a, b) => self.comparison("is distinct from", a, b, span),
            E::IsNotDistinctFrom(a, b) => self.comparison("is not distinct from", a, b, span),
            E::Between { expr, negated, low, high } => {
                self.between(expr, *negated, low, high, span)
            }
            E::Like { any, pattern, .. } | E::ILike { any, pattern, .. }
                if !self.speaks_core() && Quantified::of(*any, pattern).is_some() =>
            {
                self.like_list(expr, span)
            }
            E::Like { negated, any: false, expr, pattern, escape_char } => {
                self.like("like", *negated, expr, pattern, escape_char.as_ref(), span)
            }
            E::ILike { negated, any: false, expr, pattern, escape_char } => {
                self.like("ilike", *negated, expr, pattern, escape_char.as_ref(), span)
            }
            E::SimilarTo { negated, expr, pattern, escape_char: None } => {
                let name = if *negated { "not similar to" } else { "similar to" };
                self.special(name, &[expr, pattern], span)
            }
            E::InList { expr, list, negated } => self.in_list(expr, list, *negated, span),
            E::InSubquery { expr, subquery, negated } => {
                self.in_query(expr, subquery, *negated, span)
            }
            E::Exists { subquery, negated } => {
                let query = Box::new(self.exists_query(subquery)?);
                self.any_row_will_do(query.span);
                let kind = ExprKind::Exists { query, negated: *negated };
                Ok(Expr { kind, ty: Type::Bool, span })
            }
            E::Subquery(query) => {
                let joined = self.joined_by_xml(query, span)?;
                let query = self.value_query(joined.as_ref().unwrap_or(query))?;
                let [column] = query.columns.as_slice() else {
                    return self.refuse(codes::TYPES, "a subquery as a value has one column", span);
                };
                let ty = column.ty.clone();
                Ok(Expr { kind: ExprKind::Scalar(Box::new(query)), ty, span })
            }
            E::AnyOp { left, compare_op, right, is_some: _ } => {
                self.quantified(left, compare_op, right, false, span)
            }
            E::AllOp { left, compare_op, right } => {
                self.quantified(left, compare_op, right, true, span)
            }
            E::Case { case_token: _, end_token: _, operand, conditions, else_result } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), span)
            }
            E::Cast {
                kind: CastKind::Cast | CastKind::DoubleColon,
                expr,
                data_type,
                array: false,
                format: None,
            } => self.cast("cast", expr, data_type, span),
            E::Cast {
                kind: CastKind::TryCast | CastKind::SafeCast,
                expr,
                data_type,
                array: false,
                format: None,
            } if !self.speaks_core() => self.cast("try_cast", expr, data_type, span),
            E::Cast {
                kind: CastKind::Cast,
                expr,
                data_type,
                array: false,
                format: Some(ast::CastFormat::Value(format)),
            } if !self.speaks_core() => self.cast_by_format(expr, data_type, &format.value, span),
            E::Function(function) => {
                let span = self.whole_call(span);
                self.function(function, span)
            }
            E::Extract { field, syntax: _, expr } => {
                let field = super::lower::field(&field.to_string());
                let arg = match self.wall_clock(expr)? {
                    Some(clock) => clock,
                    None => self.expr(expr)?,
                };
                self.apply(&format!("extract {field}"), vec![arg], span)
            }
            E::Ceil { expr, field } => self.rounded("ceil", expr, field, span),
            E::Floor { expr, field } => self.rounded("floor", expr, field, span),
            E::Position { expr, r#in } => {
                // position(needle IN text)
                self.special("position", &[r#in, expr], span)
            }
            E::Substring { expr, substring_from, substring_for, special: _, shorthand: _ } => {
                self.substring(expr, substring_from.as_deref(), substring_for.as_deref(), span)
            }
            E::Trim { trim_where, trim_what, expr, trim_characters: None } => {
                let name = match trim_where {
                    Some(ast::TrimWhereField::Leading) => "ltrim",
                    Some(ast::TrimWhereField::Trailing) => "rtrim",
                    Some(ast::TrimWhereField::Both) | None => "btrim",
                };
                if trim_what.is_none()
                    && trim_where.is_none_or(|place| place == ast::TrimWhereField::Both)
                    && let Some(shown) = self.trimmed_picture(expr, span)?
                {
                    return Ok(shown);
                }
                match trim_what {
                    Some(what) if self.spec.traits().trims_one_letter && no_letter(what) => {
                        self.unsupported("TRIM of several characters", span)
                    }
                    Some(what) => self.special(name, &[expr, what], span),
                    None => self.special(name, &[expr], span),
                }
            }
            E::Trim { trim_where: None, trim_what: None, expr, trim_characters: Some(what) } => {
                match what.as_slice() {
                    [what] => self.special("btrim", &[expr, what], span),
                    _ => self.unsupported("trim with several sets of characters", span),
                }
            }
            E::Overlay { expr, overlay_what, overlay_from, overlay_for } => match overlay_for {
                Some(length) => {
                    self.special("overlay", &[expr, overlay_what, overlay_from, length], span)
                }
                None => self.special("overlay", &[expr, overlay_what, overlay_from], span),
            },
            E::AtTimeZone { timestamp, time_zone } => {
                self.special("at time zone", &[timestamp, time_zone], span)
            }
            E::Tuple(items) => {
                let items: Bound<Vec<Expr>> = items.iter().map(|e| self.expr(e)).collect();
                Ok(Expr { kind: ExprKind::Row(items?), ty: Type::Record, span })
            }
            E::Array(array) => self.array(&array.elem, span),
            E::CompoundFieldAccess { root, access_chain } => self.access(root, access_chain, span),
            E::Collate { expr, collation } if !self.speaks_core() => {
                self.said_collation(expr, collation, span)
            }
            E::Collate { expr, collation } => {
                let arg = self.expr(expr)?;
                let bytes = collation.0.last().and_then(|part| part.as_ident());
                let bytes =
                    bytes.is_some_and(|name| name.value == "C" && name.quote_style.is_some());
                if !bytes || matches!(arg.ty, Type::Char(_)) {
                    return self.unsupported("this COLLATE", span);
                }
                self.plain_letters_said();
                self.resolve("collate c", vec![arg], span)
            }
            E::JsonAccess { value, path } => self.json_path(value, path, span),
            E::IsNormalized { .. } => self.unsupported("IS NORMALIZED", span),
            E::InUnnest { expr, array_expr, negated } => {
                self.in_unnest(expr, array_expr, *negated, span)
            }
            E::Like { any: true, .. } | E::ILike { any: true, .. } => {
                self.unsupported("LIKE ANY", span)
            }
            E::SimilarTo { escape_char: Some(_), .. } => {
                self.unsupported("SIMILAR TO with ESCAPE", span)
            }
            E::RLike { negated, expr, pattern, regexp: _ } => {
                self.special(if *negated { "not rlike" } else { "rlike" }, &[expr, pattern], span)
            }
            E::Convert {
                is_try,
                expr,
                data_type: Some(data_type),
                charset: None,
                target_before_value: _,
                styles,
            } if !self.speaks_core() => {
                let form = if *is_try { "try_cast" } else { "cast" };
                match styles.as_slice() {
                    [] => self.cast(form, expr, data_type, span),
                    [style] => self.cast(&format!("{form} style {style}"), expr, data_type, span),
                    _ => self.unsupported("CONVERT with several styles", span),
                }
            }
            // `CONVERT(x USING utf8mb4)`: a text is one of all characters anyway.
            E::Convert {
                is_try: false,
                expr,
                data_type: None,
                charset: Some(charset),
                target_before_value: _,
                styles: _,
            } if !self.speaks_core() && is_unicode(charset) => {
                let value = self.expr(expr)?;
                let value = self.as_value(value)?;
                if value.ty == Type::Bytea {
                    return self.unsupported("CONVERT of bytes", span);
                }
                self.cast_by("cast", value, Type::Text, span)
            }
            E::Convert { .. } => self.unsupported("CONVERT", span),
            E::Cast { .. } => self.unsupported("this form of CAST", span),
            E::Trim { .. } => self.unsupported("this form of TRIM", span),
            // `_utf8mb4'text'` says the character set that texts have anyway.
            E::Prefixed { prefix, value }
                if !self.speaks_core()
                    && self.spec.traits().binary_texts
                    && ["_utf8mb4", "_utf8mb3", "_utf8"]
                        .iter()
                        .any(|known| prefix.value.eq_ignore_ascii_case(known)) =>
            {
                self.expr(value)
            }
            E::Prefixed { .. } => self.unsupported("a prefixed literal", span),
            E::GroupingSets(_) | E::Cube(_) | E::Rollup(_) => {
                self.unsupported("grouping sets here", span)
            }
            E::Struct { values, fields } if fields.is_empty() => {
                // A row: its fields are known where one of them is taken at once.
                let values = values.iter().map(|value| match value {
                    E::Named { expr, .. } => self.expr(expr),
                    other => self.expr(other),
                });
                let items: Bound<Vec<Expr>> = values.collect();
                Ok(Expr { kind: ExprKind::Row(items?), ty: Type::Record, span })
            }
            E::Struct { .. } | E::Named { .. } => self.unsupported("STRUCT", span),
            E::Dictionary(_) | E::Map(_) => self.unsupported("a map literal", span),
            E::MatchAgainst { .. } => self.unsupported("MATCH AGAINST", span),
            E::Wildcard(_) | E::QualifiedWildcard(..) => self.unsupported("`*` here", span),
            E::OuterJoin(_) => self.unsupported("`(+)`", span),
            E::Prior(_) => self.unsupported("PRIOR", span),
            E::Lambda(_) => self.unsupported("a lambda", span),
            E::MemberOf(_) => self.unsupported("MEMBER OF", span),
        }
    }

    pub(super) fn column(&mut self, path: &[String], span: super::Span) -> Bound<Expr> {
        if let Some(param) = self.lambda_param(path, span)? {
            return Ok(param);
        }
        if self.has_positions()
            && let Some((name, relation)) = path.split_last()
            && name.starts_with('$')
        {
            return self.at_position(relation, name, span);
        }
        if let [name] = path
            && let Some(output) = self.output_before_column(name, span)?
        {
            return Ok(output);
        }
        let shown = || path.join(".");
        let innermost = self.scopes.len().saturating_sub(1);
        // `schema.table.column`
        let table = match path {
            [qualifier @ .., _] if (2..=3).contains(&qualifier.len()) => self
                .qualifier(qualifier)
                .map(|table| self.catalog.find(&table).map_or(&[][..], |columns| &**columns)),
            _ => None,
        };
        for (depth, scope) in self.scopes.iter().enumerate().rev() {
            let mut found = match (path, table) {
                ([name], _) => scope.unqualified(name),
                ([relation, name], _) => scope.qualified(relation, name),
                ([.., relation, name], Some(table)) => scope.of_table(table, relation, name),
                ([_, ..], None) if path.len() <= 4 => Vec::new(),
                _ => return self.unsupported("a column name of this form", span),
            };
            if let [name] = path
                && self.spec.traits().rows_by_name
                && scope.relation(name).is_some_and(|relation| relation.rows)
            {
                return self.unsupported("a whole row by the name of its table", span);
            }
            let one = if found.len() > 1 { None } else { found.pop() };
            match one {
                None if found.is_empty() => {
                    if let [name] = path
                        && depth == innermost
                        && let Some(at) = scope.output(name)
                    {
                        self.no_column_outside(name, self.place)?;
                        return self.aliased(at);
                    }
                }
                Some(one) => {
                    self.reached = self.reached.min(depth);
                    if let Type::Internal(what) = &one.column.ty {
                        return self.unsupported(&format!("the {what}"), span);
                    }
                    // DuckDB would take the name for a row of the relation inside; the table that could
                    // be written before it has a namesake there, too.
                    let hidden = |name: &String| self.is_relation_inside(depth, name);
                    if path.len() == 1
                        && hidden(&one.column.name)
                        && one.relation.as_ref().is_none_or(hidden)
                    {
                        return self
                            .unsupported("a column that a table inside is called like", span);
                    }
                    let qualified = path.len() > 1 || scope.by_condition.contains(&one.column.name);
                    let column = Expr {
                        kind: ExprKind::Column {
                            relation: one.relation,
                            name: one.column.name,
                            qualified,
                        },
                        ty: one.column.ty,
                        span,
                    };
                    let column = self.behind_join(column)?;
                    if depth < innermost {
                        self.note_outside(depth, &column);
                    }
                    return Ok(column);
                }
                None => {
                    return self.refuse(
                        codes::UNKNOWN_COLUMN,
                        format!("column `{}` is in several tables", shown()),
                        span,
                    );
                }
            }
        }
        self.refuse(
            codes::UNKNOWN_COLUMN,
            format!("column `{}` is in no table of this FROM clause", shown()),
            span,
        )
    }

    /// Is a relation of a query inside of this depth called so?
    fn is_relation_inside(&self, depth: usize, name: &str) -> bool {
        self.scopes.iter().skip(depth + 1).any(|inside| inside.relation(name).is_some())
    }

    /// Refuses a quoted name in lower case where unquoted names are in upper case: names are kept in
    /// lower case here, so that it would be taken for the unquoted one.
    fn told_apart(&self, name: &ast::Ident, span: super::Span) -> Bound<()> {
        let quoted = is_lower_in_quotes(name) && !self.speaks_core();
        if quoted && !self.spec.traits().quoted_lower_names {
            return self.unsupported("a quoted name in lower case", span);
        }
        Ok(())
    }

    /// A form that is written like no function but has a signature.
    pub(super) fn special(
        &mut self,
        name: &str,
        args: &[&ast::Expr],
        span: super::Span,
    ) -> Bound<Expr> {
        let args: Bound<Vec<Expr>> = args.iter().map(|e| self.expr(e)).collect();
        self.apply(name, args?, span)
    }

    fn rounded(
        &mut self,
        name: &str,
        expr: &ast::Expr,
        field: &ast::CeilFloorKind,
        span: super::Span,
    ) -> Bound<Expr> {
        match field {
            ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime) => {
                self.special(name, &[expr], span)
            }
            ast::CeilFloorKind::Scale(digits) => {
                let digits = self.value(digits, span)?;
                let args = vec![self.expr(expr)?, digits];
                self.apply(name, args, span)
            }
            ast::CeilFloorKind::DateTimeField(_) => {
                self.unsupported("CEIL and FLOOR with a field", span)
            }
        }
    }

    fn substring(
        &mut self,
        expr: &ast::Expr,
        from: Option<&ast::Expr>,
        length: Option<&ast::Expr>,
        span: super::Span,
    ) -> Bound<Expr> {
        let mut args = vec![self.expr(expr)?];
        match from {
            Some(from) => args.push(self.expr(from)?),
            None => args.push(self.number("1", span)),
        }
        if let Some(length) = length {
            args.push(self.expr(length)?);
        }
        // `substring(text from 'pattern')` is a regular expression.
        let by_pattern = args.get(1).is_some_and(|e| e.ty == Type::Unknown || e.ty.is_character());
        match (by_pattern, length) {
            (true, None) => self.apply("substring pattern", args, span),
            (true, Some(_)) => self.unsupported("substring with a SQL pattern", span),
            (false, _) => self.apply("substring", args, span),
        }
    }

    fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        conditions: &[ast::CaseWhen],
        otherwise: Option<&ast::Expr>,
        span: super::Span,
    ) -> Bound<Expr> {
        let mut whens = Vec::with_capacity(conditions.len());
        let mut results = Vec::with_capacity(conditions.len() + 1);
        let mut operand = operand.map(|e| self.expr(e)).transpose()?;
        for when in conditions {
            whens.push(match operand {
                Some(_) => {
                    let value = self.expr(&when.condition)?;
                    self.as_value(value)?
                }
                None => self.condition(&when.condition)?,
            });
            let result = self.expr(&when.result)?;
            results.push(self.as_value(result)?);
        }
        if let Some(one) = operand.take() {
            let one = self.as_value(one)?;
            let compared = std::iter::once(one).chain(whens).collect();
            let compared = self.bits_as_numbers(compared);
            self.no_quotients(compared.iter(), span)?;
            self.no_text_by_format(&compared)?;
            let mut compared = self.dates_among_numbers(compared, span)?;
            let types: Vec<Type> = compared.iter().map(|e| e.ty.clone()).collect();
            let ty = self.comparison_type(&types, span)?;
            let place = compared.first().map_or(span, |one| one.span);
            self.keyed(&ty, KeyUse::ToldApart, place)?;
            let said = unmarked(&mut compared);
            whens = compared
                .into_iter()
                .map(|e| self.comparison_operand(e, &ty))
                .collect::<Bound<_>>()?;
            whens = self.under(said, |binder| binder.compared("=", whens, span))?;
            let one = whens.remove(0);
            match self.null_is_equal(&one, &whens).or_else(|| self.nan_is_apart(&one, &whens)) {
                Some(conditions) => whens = conditions,
                None => operand = Some(one),
            }
        }
        let otherwise = match otherwise {
            Some(other) => {
                let bound = self.expr(other)?;
                Some(self.as_value(bound)?)
            }
            None => None,
        };
        let has_else = otherwise.is_some();
        let results = self.adapted(results.into_iter().chain(otherwise).collect())?;
        let results = self.bits_as_numbers(self.texts_beside_text(results)?);
        self.of_one_length(&results, span)?;
        let results = self.branches_with_blanks(results)?;
        let mut results = self.documents_together(results)?;
        let otherwise = if has_else { results.pop() } else { None };
        // PostgreSQL looks at ELSE first.
        let types: Vec<Type> = otherwise.iter().chain(&results).map(|e| e.ty.clone()).collect();
        let ty = self.alternatives_type(&types, span)?;
        let results: Vec<Expr> =
            results.into_iter().map(|e| self.as_result(e, &ty)).collect::<Bound<_>>()?;
        let otherwise = otherwise.map(|e| self.as_result(e, &ty)).transpose()?;
        let kind = ExprKind::Case {
            operand: operand.map(Box::new),
            branches: whens.into_iter().zip(results).collect(),
            otherwise: otherwise.map(Box::new),
        };
        Ok(Expr { kind, ty, span })
    }

    fn array(&mut self, elements: &[ast::Expr], span: super::Span) -> Bound<Expr> {
        let mut bound = Vec::with_capacity(elements.len());
        for element in elements {
            // `ARRAY[$all]` in a definition
            match self.spread(element) {
                Some(several) => bound.extend(several),
                None => bound.push(self.expr(element)?),
            }
        }
        let elements: Vec<Expr> = bound;
        if elements.is_empty() {
            // Only a cast can tell the type of an empty array.
            return Ok(Expr {
                kind: ExprKind::Array(elements),
                ty: Type::Array(Box::new(Type::Unknown)),
                span,
            });
        }
        let types: Vec<Type> = elements.iter().map(|e| e.ty.clone()).collect();
        let ty = self.alternatives_type(&types, span)?;
        if ty.element().is_some() {
            return self.unsupported("an array of arrays", span);
        }
        let elements: Vec<Expr> =
            elements.into_iter().map(|e| self.unify(e, &ty)).collect::<Bound<_>>()?;
        Ok(Expr { kind: ExprKind::Array(elements), ty: Type::Array(Box::new(ty)), span })
    }
}

/// Is it a character set of all characters?
fn is_unicode(charset: &ast::ObjectName) -> bool {
    ["utf8mb4", "utf8mb3", "utf8"].iter().any(|name| charset.to_string().eq_ignore_ascii_case(name))
}

/// Does the expression bind more loosely than an operand of a comparison may?
fn is_loose(expr: &ast::Expr) -> bool {
    use ast::Expr as E;
    match expr {
        E::BinaryOp { op, .. } => matches!(
            op,
            BinaryOperator::And
                | BinaryOperator::Or
                | BinaryOperator::Eq
                | BinaryOperator::NotEq
                | BinaryOperator::Lt
                | BinaryOperator::LtEq
                | BinaryOperator::Gt
                | BinaryOperator::GtEq
        ),
        E::IsNull(_)
        | E::IsNotNull(_)
        | E::IsTrue(_)
        | E::IsNotTrue(_)
        | E::IsFalse(_)
        | E::IsNotFalse(_)
        | E::IsUnknown(_)
        | E::IsNotUnknown(_)
        | E::IsDistinctFrom(..)
        | E::IsNotDistinctFrom(..)
        | E::Between { .. }
        | E::InList { .. }
        | E::InSubquery { .. }
        | E::Like { .. }
        | E::ILike { .. }
        | E::SimilarTo { .. }
        | E::UnaryOp { op: ast::UnaryOperator::Not, .. } => true,
        _ => false,
    }
}

/// Is it a constant text of no or several characters?
fn no_letter(expr: &ast::Expr) -> bool {
    let ast::Expr::Value(value) = expr else { return false };
    matches!(&value.value, ast::Value::SingleQuotedString(text) if text.chars().count() != 1)
}
