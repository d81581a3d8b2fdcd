//! Values with a format of their own, and texts made of them (Teradata): `CAST(d AS FORMAT 'YYYY-MM')`,
//! `d (FORMAT 'YYYY-MM') (CHAR(7))`.
//!
//! A format changes no value. It counts where the value becomes a text: then a line
//! `format text(date, text)` shows it. Formats with parts that are not known here are refused there.
//! <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Data-Types-and-Literals/Data-Type-Formats-and-Format-Phrases>

use super::{Binder, Bound, lower::text, marks::Mark};
use crate::{
    tokens::teradata_phrases::FORMATTED,
    tree::{Expr, ExprKind},
    types::Type,
};
use sqlparser::ast;
use std::rc::Rc;

/// The line that shows a value in a format.
pub(super) const SHOWN: &str = "format text";

impl Binder<'_> {
    /// A cast that gives a value a format, or makes a text of a value that has one; nothing for any
    /// other one.
    pub(super) fn cast_with_format(
        &mut self,
        expr: &ast::Expr,
        data_type: &ast::DataType,
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        if self.speaks_core() || !self.spec.knows(SHOWN) {
            return Ok(None);
        }
        if let Some((name, named)) = self.named_format(expr) {
            return self
                .standing_for(&name, |binder| binder.cast_with_format(&named, data_type, span));
        }
        if let Some(format) = format_of(data_type) {
            let value = self.expr(expr)?;
            // A number would lose its format where it becomes a text by itself.
            return match &value.ty {
                Type::Date | Type::Timestamp => {
                    if super::formatted::reads_otherwise(&format) {
                        self.marked.show(value.span);
                    }
                    Ok(Some(value))
                }
                ty if ty.is_number() && self.marked.is_item(span) => {
                    self.marked.show(value.span);
                    Ok(Some(value))
                }
                _ => self.unsupported("FORMAT of this value", span),
            };
        }
        let phrased = data_type.to_string().starts_with("phrased_");
        let shown = formatted(expr);
        if !phrased && shown.is_none() {
            return Ok(None);
        }
        let to = self.data_type(data_type, span)?;
        if !to.is_character() {
            return Ok(None);
        }
        let Some((inner, format)) = shown else {
            let value = self.expr(expr)?;
            // Constants and what is computed of them are of types that this language has no name for.
            let column = matches!(value.kind, ExprKind::Column { .. })
                && !self.marked.is_marked(&value, Mark::WrittenOut);
            if value.ty.is_number() && !column {
                return self
                    .unsupported("the text of a number that is no column by a phrase", span);
            }
            let form = if value.ty.is_number() { phrased_form(&to) } else { "cast" };
            return self.cast_by(form, value, to, span).map(Some);
        };
        let value = self.expr(inner)?;
        let (limit, args) = match &value.ty {
            Type::Date | Type::Timestamp => {
                let clock = value.ty == Type::Timestamp;
                let Some(core) = moment(&format, clock) else {
                    return self.unknown_format(&format, span);
                };
                (core.length, vec![value, text(core.format, span)])
            }
            ty if ty.is_number() && digits(&format).is_none_or(|_| !ty.is_integer()) => {
                let Some(shown) = self.pictured(value, &format, span)? else {
                    return self.unknown_format(&format, span);
                };
                // By CAST the text begins with the first character that is no blank.
                let shown = if phrased { shown } else { self.apply("btrim", vec![shown], span)? };
                return self.cast_by("cast", shown, to, span).map(Some);
            }
            ty if ty.is_integer() => {
                let Some(digits) = digits(&format) else {
                    return self.unknown_format(&format, span);
                };
                let count = self.number(&digits.to_string(), span);
                (digits, vec![value, count])
            }
            _ => return self.unsupported("FORMAT of this value", span),
        };
        let holds = match &to {
            Type::Varchar(Some(most)) | Type::Char(most) => {
                usize::try_from(*most).is_ok_and(|most| most >= limit)
            }
            _ => true,
        };
        if !holds && !phrased {
            return self.unsupported("a text that is shorter than its format", span);
        }
        let shown = self.apply(SHOWN, args, span)?;
        self.cast_by("cast", shown, to, span).map(Some)
    }
}

impl Binder<'_> {
    /// `TRIM(n (FORMAT '99'))`: the text of a number by its format, without blanks around it; nothing for any
    /// other operand.
    pub(super) fn trimmed_picture(
        &mut self,
        expr: &ast::Expr,
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        if self.speaks_core() || !self.spec.knows(SHOWN) {
            return Ok(None);
        }
        if let Some((name, named)) = self.named_format(expr) {
            return self.standing_for(&name, |binder| binder.trimmed_picture(&named, span));
        }
        let Some((inner, format)) = formatted(expr) else { return Ok(None) };
        let value = self.expr(inner)?;
        if value.ty == Type::Date
            && let Some(core) = moment(&format, false)
        {
            let shown = self.apply(SHOWN, vec![value, text(core.format, span)], span)?;
            return self.apply("btrim", vec![shown], span).map(Some);
        }
        if !value.ty.is_number() {
            return Ok(None);
        }
        match self.pictured(value, &format, span)? {
            Some(shown) => self.apply("btrim", vec![shown], span).map(Some),
            None => self.unknown_format(&format, span),
        }
    }

    /// The value with a format that a name of an output of the same SELECT stands for.
    fn named_format(&self, expr: &ast::Expr) -> Option<(String, Rc<ast::Expr>)> {
        let mut name = expr;
        while let ast::Expr::Nested(inner) = name {
            name = inner;
        }
        let ast::Expr::Identifier(ident) = name else { return None };
        let name = self.fold(ident);
        let scope = self.scopes.last().filter(|scope| scope.unqualified(&name).is_empty())?;
        let (_, meant) = scope.aliases.get(scope.output(&name)?)?;
        formatted(meant).is_some().then(|| (name, Rc::clone(meant)))
    }

    /// Notes that this item of a SELECT is a number with a format: as a column it stays a number.
    pub(super) fn note_item(&mut self, expr: &ast::Expr) {
        if !self.speaks_core() && self.spec.knows(SHOWN) && formatted(expr).is_some() {
            let span = self.span(expr);
            self.marked.item(span);
        }
    }
}

const fn phrased_form(to: &Type) -> &'static str {
    if matches!(to, Type::Char(_)) { "cast phrased_char" } else { "cast phrased_varchar" }
}

/// The format that a type of tokens is.
fn format_of(data_type: &ast::DataType) -> Option<String> {
    let ast::DataType::Custom(name, modifiers) = data_type else { return None };
    let [modifier] = modifiers.as_slice() else { return None };
    name.to_string().eq_ignore_ascii_case(FORMATTED).then(|| modifier.clone())
}

/// The value and the format of an expression that has one.
fn formatted(expr: &ast::Expr) -> Option<(&ast::Expr, String)> {
    match expr {
        ast::Expr::Nested(inner) => formatted(inner),
        ast::Expr::Cast { expr: inner, data_type, format: None, .. } => {
            Some((inner, format_of(data_type)?))
        }
        // The value is a date then, which has the format.
        ast::Expr::Cast {
            data_type: ast::DataType::Date,
            format: Some(ast::CastFormat::Value(format)),
            ..
        } => match &format.value {
            ast::Value::SingleQuotedString(format) => Some((expr, format.clone())),
            _ => None,
        },
        _ => None,
    }
}

/// A format of the core, and the length of its texts.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    format: String,
    length: usize,
}

/// Parts of a format of dates and times: what the core calls them, how long they are, and whether they
/// show a clock. Longest first.
const PARTS: [(&str, &str, usize, bool); 13] = [
    ("YYYY", "YYYY", 4, false),
    ("Y4", "YYYY", 4, false),
    ("YY", "YY", 2, false),
    ("MMM", "Mon", 3, false),
    ("M3", "Mon", 3, false),
    ("MM", "MM", 2, false),
    ("DDD", "DDD", 3, false),
    ("D3", "DDD", 3, false),
    ("DD", "DD", 2, false),
    ("HH", "HH24", 2, true),
    ("MI", "MI", 2, true),
    ("SS", "SS", 2, true),
    ("B", " ", 1, false),
];

/// A format of dates and times in the core's words.
fn moment(format: &str, clock: bool) -> Option<Shown> {
    let upper = format.to_ascii_uppercase();
    let mut rest = upper.as_str();
    let mut shown = Shown { format: String::new(), length: 0 };
    let mut before = "";
    while let Some(first) = rest.chars().next() {
        if let Some((part, core, length, of_clock)) =
            PARTS.iter().find(|(part, ..)| rest.starts_with(part))
        {
            // Longer ones and parts side by side that could be one are not told apart here.
            let again = before.chars().last() == part.chars().next() && *part != "B";
            if again || (*of_clock && !clock) {
                return None;
            }
            shown.format.push_str(core);
            shown.length += length;
            before = part;
            rest = rest.get(part.len()..)?;
        } else if "/-.,: ".contains(first) {
            shown.format.push(first);
            shown.length += 1;
            before = "";
            rest = rest.get(1..)?;
        } else {
            return None;
        }
    }
    (shown.length > 0).then_some(shown)
}

/// Is it a format of dates and times whose parts are known?
pub(super) fn is_of_moments(format: &str) -> bool {
    moment(format, true).is_some()
}

/// How many digits a format of nothing but digits shows: `999`, `9(3)`.
fn digits(format: &str) -> Option<usize> {
    if let Some(count) = format.strip_prefix("9(").and_then(|rest| rest.strip_suffix(')')) {
        return count.parse().ok().filter(|count| (1..=18).contains(count));
    }
    let nines = format.chars().all(|c| c == '9');
    (nines && (1..=18).contains(&format.len())).then_some(format.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_part_by_part() {
        for (format, core, length) in [
            ("YYYY-MM-DD", "YYYY-MM-DD", 10),
            ("yyyymmdd", "YYYYMMDD", 8),
            ("Y4-M3-DD", "YYYY-Mon-DD", 11),
            ("DDBMMMBYYYY", "DD Mon YYYY", 11),
            ("YYYYDDD", "YYYYDDD", 7),
            ("YYYY-MM-DDBHH:MI:SS", "YYYY-MM-DD HH24:MI:SS", 19),
        ] {
            let shown = moment(format, true).unwrap();
            assert_eq!((shown.format.as_str(), shown.length), (core, length));
        }
        for other in ["YYYYY", "EEEE", "M4", "HH:MI", "YYYY\"x\"", "", "é"] {
            assert_eq!(moment(other, false), None, "{other}");
        }
    }

    #[test]
    fn texts_of_numbers_with_a_format_of_their_own_are_refused() {
        let ddl = "CREATE MULTISET TABLE t (i INTEGER FORMAT '9(5)', j INTEGER, c CHAR(5), s VARCHAR(9), d DATE)";
        let tables = crate::tables_of_ddl(ddl, model::Dialect::Teradata).unwrap();
        let catalog = crate::Catalog::of(model::Dialect::Teradata, &tables);
        let fails = |text| {
            let parsed = crate::parse(text, model::Dialect::Teradata).unwrap();
            parsed.bind(&catalog, &[]).is_err()
        };
        for text in [
            "SELECT TRIM(i) FROM t",
            "SELECT CAST(i AS VARCHAR(11)) FROM t",
            "SELECT TRIM(x) FROM (SELECT i AS x FROM t) q",
            "SELECT x (CHAR(4)) FROM (SELECT 5 AS x FROM t) q",
            "SELECT TRIM(x) FROM (SELECT j (FORMAT '99') AS x FROM t) q",
            // What the text of such a choice is, is not known either.
            "SELECT COALESCE(j, '0') FROM t",
            "SELECT CASE WHEN j > 1 THEN d ELSE '2024-01-01' END FROM t",
            "SELECT LAG(c, 1, 'ab') OVER (ORDER BY j) FROM t",
            "SELECT s FROM t INTERSECT ALL SELECT s FROM t",
            "SELECT s FROM t EXCEPT ALL SELECT s FROM t",
        ] {
            assert!(fails(text), "{text}");
        }
        for text in [
            "SELECT i + 1, MAX(i), i (FORMAT '99'), TRIM(j), j (CHAR(11)) FROM t GROUP BY i, j",
            "SELECT x (CHAR(4)) FROM (SELECT j AS x FROM t) q",
            "SELECT j FROM t INTERSECT ALL SELECT j FROM t",
            "SELECT LAG(c, 1) OVER (ORDER BY j), COALESCE(j, 0) FROM t",
        ] {
            assert!(!fails(text), "{text}");
        }
    }

    #[test]
    fn formats_of_digits() {
        assert_eq!(digits("999"), Some(3));
        assert_eq!(digits("9(12)"), Some(12));
        for other in ["", "9(", "9()", "9(99)", "ZZ9", "-999", "9.99"] {
            assert_eq!(digits(other), None, "{other}");
        }
    }
}
