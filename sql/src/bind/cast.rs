//! Casts, and the types that they name.

use super::{Binder, Bound, codes, lower::text, resolve::choose};
use crate::{
    dialects::{ArgType, Definition},
    tree::{Expr, ExprKind, Literal},
    types::Type,
};
use sqlparser::ast;

impl Binder<'_> {
    pub(super) fn cast(
        &mut self,
        form: &str,
        expr: &ast::Expr,
        data_type: &ast::DataType,
        span: super::Span,
    ) -> Bound<Expr> {
        if let Some(done) = self.cast_with_format(expr, data_type, span)? {
            return Ok(done);
        }
        let to = self.data_type(data_type, span)?;
        let clock = match to {
            Type::Date | Type::Timestamp | Type::Time => self.wall_clock(expr)?,
            _ => None,
        };
        let inner = match clock {
            Some(clock) => clock,
            None => self.expr(expr)?,
        };
        let inner = self.as_value(inner)?;
        let raises = self.cast_raises_for_null(&inner, data_type, span);
        let largest = self.largest_whole(form, data_type, &to);
        let usual = form;
        let form = self.form_of(usual, data_type, &inner.ty, &to);
        // `cast datetime2 3`: a constant is rounded as the type does.
        if to == Type::Timestamp
            && let Some(text) = inner.text()
            && let Some(name) = form.strip_prefix("cast ")
            && let Some(rounded) = super::clock::rounded(text, name)
        {
            return self.read_literal(&rounded, &to, span);
        }
        let own = self.own_form(usual, &form, data_type, &inner.ty, &to);
        let form = self.form_from(form, expr, &inner.ty, &to);
        let mut cast = self.cast_by(&form, inner, to.clone(), span)?;
        if let Some(own) = own {
            cast = self.cast_by(&own, cast, to.clone(), span)?;
        }
        if let Some(largest) = largest.filter(|_| !cast.is_null()) {
            let limit = self.number(&largest, span);
            cast = self.apply(&format!("digits {usual}"), vec![cast, limit], span)?;
        }
        if to == Type::Int2 && data_type.to_string().eq_ignore_ascii_case("byteint") {
            self.marked.byte(cast.span);
        }
        if raises { self.raising_for_null(cast, span) } else { Ok(cast) }
    }

    /// A value of the statement as a type that the dialect names.
    pub(super) fn cast_as(
        &mut self,
        value: Expr,
        data_type: &ast::DataType,
        span: super::Span,
    ) -> Bound<Expr> {
        let to = self.data_type(data_type, span)?;
        let form = self.form_of("cast", data_type, &value.ty, &to);
        self.cast_by(&form, value, to, span)
    }

    /// The largest value of `number(p)` that is a bigint here, where a line `digits cast(int8, int8)`
    /// minds it.
    fn largest_whole(&self, form: &str, data_type: &ast::DataType, to: &Type) -> Option<String> {
        if self.speaks_core() || *to != Type::Int8 || !self.spec.knows(&format!("digits {form}")) {
            return None;
        }
        let written = data_type.to_string();
        let (_, digits) = written.split_once('(')?;
        let digits: usize = digits.split([',', ')']).next()?.trim().parse().ok()?;
        // More digits hold every bigint.
        (1..19).contains(&digits).then(|| "9".repeat(digits))
    }

    /// `CAST(x AS DATE FORMAT 'YYYY-MM-DD')`, by a line `cast format date(text, text)`.
    pub(super) fn cast_by_format(
        &mut self,
        expr: &ast::Expr,
        data_type: &ast::DataType,
        format: &ast::Value,
        span: super::Span,
    ) -> Bound<Expr> {
        let to = self.data_type(data_type, span)?;
        let ast::Value::SingleQuotedString(format) = format else {
            return self.unsupported("a format that is no constant", span);
        };
        let value = self.expr(expr)?;
        // A date stays what it is: the format says how it is shown.
        let shown = matches!(value.ty, Type::Date | Type::Timestamp)
            && super::phrased::is_of_moments(format);
        let core = if shown { format.clone() } else { self.core_format(format, span)? };
        let args = vec![value, text(core, span)];
        self.apply(&format!("cast format {}", to.short()), args, span)
    }

    /// A text constant with more digits than the decimal that it is cast to, as the number that it is, where
    /// lines `cast written numeric` round it as they round others.
    pub(super) fn own_rounding(&self, form: &str, expr: &Expr, to: &Type) -> Bound<Option<Expr>> {
        let (Type::Numeric(Some(shape)), Type::Unknown) = (to, &expr.ty) else { return Ok(None) };
        let Some((whole, digits)) = expr.text().and_then(|text| text.trim().split_once('.')) else {
            return Ok(None);
        };
        let plain = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
        let unsigned = whole.trim_start_matches(['+', '-']);
        let more = u32::try_from(digits.len()).is_ok_and(|count| count > shape.scale);
        let known = self.spec.knows(&format!("{form} written numeric"));
        if self.speaks_core() || !known || !more || !plain(unsigned) || !plain(digits) {
            return Ok(None);
        }
        let number = format!("{whole}.{digits}");
        self.read_literal(&number, &Type::NUMERIC, expr.span).map(Some)
    }

    /// What the vendor's type does to each of its values (`cast char varchar` fills it up), where the
    /// cast has a form of its own that does not know of it.
    fn own_form(
        &self,
        usual: &str,
        form: &str,
        data_type: &ast::DataType,
        from: &Type,
        to: &Type,
    ) -> Option<String> {
        let plain = ["cast", "try_cast"].contains(&usual) || usual != form;
        let own = self.form_of("cast", data_type, from, to);
        (!plain && own != "cast").then_some(own)
    }

    /// The form of a cast: one for the vendor's type name alone, where a line defines it
    /// (`cast datetime timestamp`) or for it and a type that is cast (`cast nvarchar of int4 varchar`), else
    /// the usual one.
    fn form_of(&self, form: &str, data_type: &ast::DataType, from: &Type, to: &Type) -> String {
        if self.speaks_core() {
            return form.to_owned();
        }
        let vendor = data_type.to_string().to_lowercase();
        let vendor = super::declared::inside(&vendor);
        let exact = vendor.replace(['(', ','], " ").replace(')', "");
        let bare = vendor.split('(').next().unwrap_or(vendor);
        // `varchar2 char` of `varchar2(10 CHAR)`.
        let words = exact.split_whitespace().filter(|word| word.parse::<u32>().is_err());
        let words = words.collect::<Vec<_>>().join(" ");
        let of = format!("{} of {}", bare.trim(), from.short());
        let to = to.short();
        let known = |name: &&str| self.spec.knows(&[form, " ", name, " ", &to].concat());
        match [of.as_str(), exact.trim(), &words, bare.trim()].into_iter().find(known) {
            Some(name) => format!("{form} {name}"),
            None => form.to_owned(),
        }
    }

    /// The type that a cast names.
    pub(super) fn data_type(&self, data_type: &ast::DataType, span: super::Span) -> Bound<Type> {
        let text = data_type.to_string();
        if let Some(lowering) = self.lowering.last() {
            if text.eq_ignore_ascii_case("target_type")
                && let Some(target) = &lowering.target
            {
                return Ok(target.clone());
            }
        } else if !self.speaks_core() {
            match self.spec.types.find(&text, &self.settings) {
                Some(known) => return Ok(known),
                None => {
                    return self.refuse(
                        codes::TYPES,
                        format!(
                            "the type `{text}` of {} is not known",
                            self.spec.source.dialect.title()
                        ),
                        span,
                    );
                }
            }
        }
        match Type::parse(&text) {
            // It has no length, unlike `character`.
            Type::Char(_) if text.eq_ignore_ascii_case("bpchar") => {
                self.refuse(codes::TYPES, "the type `bpchar` is not known", span)
            }
            // A precision rounds the value.
            Type::Time | Type::Timestamp | Type::TimestampTz | Type::Interval
                if text.contains('(') && !text.contains("(6)") =>
            {
                self.refuse(codes::TYPES, format!("the precision of `{text}` is not known"), span)
            }
            Type::Other(name) => {
                self.refuse(codes::TYPES, format!("the type `{name}` is not known"), span)
            }
            known => Ok(known),
        }
    }

    /// Converts as `CAST` or `TRY_CAST` of the dialect does.
    pub(super) fn cast_by(
        &mut self,
        form: &str,
        expr: Expr,
        to: Type,
        span: super::Span,
    ) -> Bound<Expr> {
        if self.speaks_core() && form == "cast" {
            return self.cast_to(expr, to, span);
        }
        if expr.ty == Type::Unknown && expr.is_null() {
            return Ok(Expr { ty: to, span, ..expr });
        }
        if form == "cast"
            && to.is_text()
            && let Some(vendor) = self.type_of_moment(&expr)
            && let Some(form) = self.form_of_vendor(form, &vendor, &to)
        {
            return self.cast_by(&form, expr, to, span);
        }
        // Blanks at its end may be left out.
        let padded = matches!(to, Type::Varchar(_))
            && self.spec.knows(&format!("{form} padded {}", to.short()))
            && self.char_length(&expr).is_some();
        let padded = padded.then(|| format!("{form} padded"));
        let form = padded.as_deref().unwrap_or(form);
        let expr = self.kept_blanks(expr, &to)?;
        // A constant is rounded as the type does.
        if matches!(to, Type::Ticks | Type::Minutes)
            && form == "cast"
            && expr.ty == Type::Unknown
            && let Some(text) = expr.text()
        {
            return self.read_literal(text, &to, span);
        }
        let expr = self.cast_quotient(expr, &to)?;
        // `CAST(at AS CHAR)`: of a type that says how many digits it shows.
        let as_written = expr.ty == Type::Timestamp && to.is_character();
        let expr = if as_written && self.spec.traits().values_become_texts && !self.speaks_core() {
            self.as_text(expr)?
        } else {
            expr
        };
        if !to.is_character() {
            self.no_list_number(&expr)?;
        }
        if form.starts_with("try_cast")
            && expr.ty == Type::Unknown
            && self.spec.traits().tries_constants
            && let Some(text) = expr.text()
            && super::literal::is_none_of(text, &to)
        {
            return Ok(Expr { kind: ExprKind::Literal(Literal::Null), ty: to, span });
        }
        if let Some(number) = self.own_rounding(form, &expr, &to)? {
            return self.cast_by(form, number, to, span);
        }
        let name = format!("{form} {}", to.short());
        let all: Vec<&Definition> = self.definitions(&name).collect();
        // A line of floats would take it, and lose digits.
        let of_its_type = |d: &&Definition| matches!(d.arg(0), Some(ArgType::Is(Type::Int8)));
        if to == Type::Int8
            && expr.ty == to
            && ["cast", "try_cast"].contains(&form)
            && !all.iter().any(of_its_type)
        {
            return Ok(Expr { span, ..expr });
        }
        let types = [expr.ty.clone()];
        let Some(definition) = choose(&all, &types) else {
            // A value of the type already.
            if expr.ty == to {
                return Ok(Expr { span, ..expr });
            }
            let what = format!("no {form} from `{}` to `{to}` is known", expr.ty);
            return self.refuse(codes::TYPES, what, span);
        };
        let limited = self.counts_limits() && matches!(to, Type::Varchar(Some(_)));
        let own = (limited || to.is_own()).then(|| to.clone());
        let cast = self.expand(definition, vec![expr], Some(to), span)?;
        Ok(match own {
            Some(ty) => Expr { ty, ..cast },
            None => cast,
        })
    }
}
