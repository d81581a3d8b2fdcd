//! Functions of the core language that PostgreSQL has no function for.

use super::Printer;
use crate::{
    emit::{TEXT_BYTES_MAX, names::text_literal},
    fragment::{Fragment, Level},
    rule::Emit,
};
use sql::{Type, tree::Call};

impl Printer<'_> {
    /// `first_row(x)`: the first element of an array of all values.
    pub(super) fn row_value(&mut self, call: &Call, args: &[Fragment]) -> Emit<Fragment> {
        let gathered = Call { name: "array_agg", ..call.clone() };
        let all = self.function(&gathered, args)?.text;
        Ok(Fragment::atom(if call.name == "first_row" {
            format!("({all})[1]")
        } else {
            format!("({all})[array_upper({all}, 1)]")
        }))
    }

    /// `quotient(a, b, digits)`: PostgreSQL rounds a quotient itself, to a scale that depends on
    /// the values but is never below the dividend's. With as many digits as the divisor has beyond
    /// those asked for, rounding twice is rounding once.
    pub(super) fn quotient(call: &Call, args: &[Fragment]) -> Emit<Option<Fragment>> {
        let [one, two, digits] = call.args.as_slice() else { return Ok(None) };
        let shapes = one.ty.decimal_shape().zip(two.ty.decimal_shape());
        let (Some((first, second)), Some(digits)) = (shapes, digits.integer()) else {
            return Self::refuse("a quotient of numbers of unknown digits is not done", one.span);
        };
        let [dividend, divisor, ..] = args else { return Ok(None) };
        let wanted = digits + i64::from(second.precision) + 2;
        let scale = wanted.max(i64::from(first.scale));
        let name = if call.name == "quotient_trunc" { "trunc" } else { "round" };
        Ok(Some(Fragment::atom(format!(
            "{name}(CAST({} AS numeric(1000,{scale})) / {}, {digits})",
            dividend.text,
            divisor.at(crate::fragment::Level::Unary)
        ))))
    }

    /// A text that is stored in a limited column. PostgreSQL's own column does what `fit` says; where
    /// the source is stricter, or counts bytes, what is too long there becomes too long here.
    pub(super) fn limited(call: &Call, args: &[Fragment]) -> Option<Fragment> {
        let (text, most) = (args.first()?, call.args.last()?);
        let long = |n: i64| format!("repeat('!', {})", n + 1);
        let most = || most.integer();
        let x = &text.text;
        Some(match call.name {
            "fit" => text.clone(),
            "fit_strictly" => {
                let n = most()?;
                Fragment::atom(format!("CASE WHEN length({x}) > {n} THEN {} ELSE {x} END", long(n)))
            }
            "fit_bytes" => {
                let n = most()?;
                Fragment::atom(format!(
                    "CASE WHEN octet_length(rtrim({x}, ' ')) > {n} THEN {} WHEN octet_length({x}) > {n} \
                     THEN rtrim({x}, ' ') || repeat(' ', {n} - octet_length(rtrim({x}, ' '))) ELSE {x} END",
                    long(n)
                ))
            }
            "fit_bytes_strictly" => {
                let n = most()?;
                Fragment::atom(format!(
                    "CASE WHEN octet_length({x}) > {n} THEN {} ELSE {x} END",
                    long(n)
                ))
            }
            _ => return None,
        })
    }

    /// `jsonb_build_present(key, value, …)`: an aggregate leaves out what is NULL.
    pub(super) fn present(call: &Call, args: &[Fragment]) -> Emit<Fragment> {
        let mut rows = Vec::new();
        for (pair, exprs) in args.chunks(2).zip(call.args.chunks(2)) {
            let ([key, value], [_, typed]) = (pair, exprs) else {
                return Self::refuse("a key without a value is not done", model::Span::new(0, 0));
            };
            if typed.is_null() {
                continue;
            }
            let text = typed.ty == Type::Unknown || typed.text().is_some();
            let value =
                if text { format!("CAST({} AS text)", value.text) } else { value.text.clone() };
            rows.push(format!("({}, to_jsonb({value}))", key.text));
        }
        if rows.is_empty() {
            return Ok(Fragment::atom("CAST('{}' AS jsonb)"));
        }
        Ok(Fragment::atom(format!(
            "(SELECT coalesce(jsonb_object_agg(_k, _v) FILTER (WHERE _v IS NOT NULL), CAST('{{}}' AS jsonb)) AS coalesce FROM (VALUES {}) AS _m(_k, _v))",
            rows.join(", ")
        )))
    }

    /// `json_at(doc, path)` and `json_scalar(doc, path)`: step by step. A position is asked of
    /// arrays only, since `jsonb` takes a scalar for an array of one. Of equal keys in `json` the
    /// first counts, where PostgreSQL itself takes the last.
    pub(super) fn json_at(call: &Call, args: &[Fragment]) -> Emit<Fragment> {
        let ([document, path], [shown, _]) = (call.args.as_slice(), args) else {
            return Self::refuse("such a call is not done", model::Span::new(0, 0));
        };
        let Some(steps) = path.text().and_then(|path| path.strip_prefix('$')) else {
            return Self::refuse("a path that is no constant is not done", path.span);
        };
        let kind = if document.ty == Type::Json { "json_typeof" } else { "jsonb_typeof" };
        let mut value = shown.clone();
        let mut rest = steps;
        while !rest.is_empty() {
            if value.text.len() > TEXT_BYTES_MAX {
                return Self::refuse("a translation this long is not done", path.span);
            }
            let index = rest.strip_prefix('[').and_then(|tail| tail.split_once(']'));
            let key = rest.strip_prefix(".\"").and_then(|tail| tail.split_once('"'));
            if index.is_some_and(|(index, _)| index.starts_with(['=', '!'])) {
                return Self::refuse("such a position in JSON is not known", path.span);
            }
            (value, rest) = match (index, key) {
                (Some((index, after)), _) => (
                    Fragment::atom(format!(
                        "CASE {kind}({}) WHEN 'array' THEN {} -> {index} END",
                        value.text,
                        value.at(Level::Atom)
                    )),
                    after,
                ),
                (_, Some((key, after))) if document.ty == Type::Json => (
                    Fragment::atom(format!(
                        "(SELECT _v FROM json_each(CASE json_typeof({0}) WHEN 'object' THEN {0} END) WITH ORDINALITY AS _m(_k, _v, _o) WHERE _k = {1} ORDER BY _m._o LIMIT 1)",
                        value.text,
                        text_literal(key)
                    )),
                    after,
                ),
                (_, Some((key, after))) => {
                    let key = Fragment::atom(text_literal(key));
                    (Fragment::infix(&value, "->", &key, Level::Other), after)
                }
                (None, None) => return Self::refuse("this path is not known", path.span),
            };
        }
        if call.name == "json_at" {
            return Ok(value);
        }
        Ok(Fragment::atom(format!(
            "CASE WHEN {kind}({}) NOT IN ('object', 'array') THEN {} #>> CAST(ARRAY[] AS text[]) END",
            value.text,
            value.at(Level::Atom)
        )))
    }
}

#[cfg(test)]
mod tests {
    use crate::Transpiler;
    use model::Dialect;

    #[test]
    fn a_path_whose_steps_repeat_the_document_ends_before_it_is_too_long() {
        let transpiler = Transpiler::new(Dialect::Snowflake, Dialect::Postgres, &[]);
        let path =
            |positions: usize| format!("SELECT PARSE_JSON('[1]'){} AS v", "[0]".repeat(positions));
        assert!(transpiler.translate(&path(3), &[]).is_ok());
        let refusal = transpiler.translate(&path(60), &[]).unwrap_err();
        assert!(refusal.diagnostics[0].message.contains("this long"), "{refusal:?}");
    }
}
