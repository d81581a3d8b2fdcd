//! Blank-padded text in a dialect whose functions see the blanks.
//!
//! The core's `character(n)` loses its blanks when it becomes text. Where a dialect keeps them (Oracle),
//! an operand is written out with its blanks; comparisons with constants leave them aside in both.

use super::{
    Binder, Bound,
    first_select::first_item,
    fold::{fold, plain_text},
    marks::{ColumnMarks, Mark},
};
use crate::{
    dialects::Definition,
    tree::{Body, Expr, ExprKind, Query},
    types::Type,
};

/// Functions whose value is padded text as their argument is, where constants are padded, too.
const CHANGED: [&str; 3] = ["upper", "lower", "initcap"];

/// The line for what becomes of blanks where padded text becomes other text.
const CUT: &str = "cast padded varchar";

impl Binder<'_> {
    /// Operands of a function, padded texts with their blanks.
    pub(super) fn with_blanks(&mut self, name: &str, args: Vec<Expr>) -> Bound<Vec<Expr>> {
        if !self.speaks_core() && !self.spec.traits().keeps_blanks {
            let count = args.len();
            return self
                .constants_beside_padded(args, |at| super::text_number::is_value(name, at, count));
        }
        if self.speaks_core() || !self.spec.traits().keeps_blanks {
            return Ok(args);
        }
        // What is asked of the column, not of its value.
        if ["grouping", "grouping_id", "count"].contains(&name) {
            return Ok(args);
        }
        let padded = |arg: &Expr| matches!(arg.ty, Type::Char(_));
        if self.spec.traits().constants_are_padded && CHANGED.contains(&name) {
            return Ok(args);
        }
        if name == "nullif" && args.iter().any(padded) && !self.spec.knows(CUT) {
            return self.unsupported("NULLIF of padded text", self.place);
        }
        if ["lag", "lead"].contains(&name)
            && args.first().is_some_and(padded)
            && args.get(2).is_some_and(|other| !padded(other) && !other.is_null())
            && self.spec.traits().text.pads
        {
            return self.unsupported("another value than padded text beside it", self.place);
        }
        // From before its start on the blanks are left out.
        let from_before = |args: &[Expr]| match args {
            [text, start] => padded(text) && start.integer().is_none_or(|start| start < 1),
            _ => false,
        };
        if ["substr", "substring"].contains(&name)
            && self.spec.traits().text.pads
            && from_before(&args)
        {
            return self
                .unsupported("padded text from a place that may be before its start", self.place);
        }
        let kept = self.spec.knows(CUT);
        let is_value = |at: usize| match name {
            "coalesce" => true,
            _ => kept && super::text_number::is_value(name, at, args.len()),
        };
        let values = || args.iter().enumerate().filter(|(at, _)| is_value(*at)).map(|(_, arg)| arg);
        let is_char = |arg: &Expr| padded(arg) || (kept && self.char_length(arg).is_some());
        // The first of several padded texts is as long as the longest of them.
        let longest = values().filter_map(|arg| match arg.ty {
            Type::Char(length) => Some(length),
            _ if kept => self.char_length(arg),
            _ => None,
        });
        let all = values().all(|arg| is_char(arg) || arg.is_null());
        let mixed = kept && !all && values().any(is_char);
        let length = longest.max().filter(|_| all);
        let chosen: Vec<bool> = (0..args.len()).map(is_value).collect();
        let mut shown = Vec::with_capacity(args.len());
        for (arg, chosen) in args.into_iter().zip(chosen) {
            let own = if kept { self.char_length(&arg) } else { None };
            let span = arg.span;
            shown.push(match (own, length) {
                // Beside another text it becomes one.
                (Some(own), _) if chosen && mixed => {
                    self.cast_by("cast", arg, Type::Varchar(Some(own)), span)?
                }
                (Some(own), Some(length)) if chosen && arg.ty.is_text() && own < length => {
                    self.resolve("rpad", vec![arg, self.number(&length.to_string(), span)], span)?
                }
                _ => self.blanks_shown(arg, length.filter(|_| chosen))?,
            });
        }
        Ok(shown)
    }

    /// `UPPER(c)` of padded text is as long as that, and of a constant a constant: its blanks do not count
    /// where it is compared. Nothing for any other call.
    ///
    /// Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/UPPER.html>
    pub(super) fn changed_padded(
        &mut self,
        definition: &'static Definition,
        args: &[Expr],
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let [arg] = args else { return Ok(None) };
        let kept = !self.speaks_core() && self.spec.traits().constants_are_padded;
        if !kept || !CHANGED.contains(&definition.name) {
            return Ok(None);
        }
        let plain = |arg: &Expr| {
            let kind = ExprKind::Coerce { expr: Box::new(arg.clone()) };
            Expr { kind, ty: Type::Text, span: arg.span }
        };
        match arg.ty {
            Type::Char(_) => {
                let changed = self.expand(definition, vec![plain(arg)], None, span)?;
                self.cast_to(changed, arg.ty.clone(), span).map(Some)
            }
            Type::Unknown if arg.text().is_some() => {
                let text = Expr { ty: Type::Text, ..arg.clone() };
                let changed = fold(self.expand(definition, vec![text], None, span)?);
                let constant = plain_text(&changed).is_some();
                let ty = if constant { Type::Unknown } else { changed.ty.clone() };
                Ok(Some(Expr { ty, ..changed }))
            }
            _ => Ok(None),
        }
    }

    /// The branches of one value: padded ones beside text of another kind, or a constant of another length, keep
    /// their blanks as text.
    pub(super) fn branches_with_blanks(&mut self, branches: Vec<Expr>) -> Bound<Vec<Expr>> {
        if !self.speaks_core() && !self.spec.traits().keeps_blanks {
            return self.constants_beside_padded(branches, |_| true);
        }
        if !self.speaks_core() && self.spec.knows(CUT) {
            let mut lengths = branches.iter().filter_map(|branch| self.char_length(branch));
            let first = lengths.next();
            let same = lengths.all(|length| Some(length) == first);
            let char = |branch: &Expr| matches!(branch.ty, Type::Char(_)) || branch.is_null();
            if first.is_none() || (same && branches.iter().all(char)) {
                return Ok(branches);
            }
            return self.with_blanks("coalesce", branches);
        }
        if self.speaks_core() || !self.spec.traits().constants_are_padded {
            return Ok(branches);
        }
        let length = |branch: &Expr| match branch.ty {
            Type::Char(length) => usize::try_from(length).ok(),
            _ => None,
        };
        let Some(shortest) = branches.iter().filter_map(length).min() else { return Ok(branches) };
        let other = |branch: &Expr| {
            let differs = branch.text().is_some_and(|text| text.chars().count() != shortest);
            branch.ty.is_text() || (branch.ty == Type::Unknown && differs)
        };
        if !branches.iter().any(other) {
            return Ok(branches);
        }
        branches.into_iter().map(|branch| self.blanks_shown(branch, None)).collect()
    }

    /// Text constants among values of which another is padded text: they are padded text, too, where nothing but
    /// blanks at the end of texts is left out of comparisons.
    fn constants_beside_padded(
        &mut self,
        values: Vec<Expr>,
        is_value: impl Fn(usize) -> bool,
    ) -> Bound<Vec<Expr>> {
        let padded =
            |(at, value): (usize, &Expr)| is_value(at) && matches!(value.ty, Type::Char(_));
        let text = self.spec.traits().text;
        if !text.pads || text.folds || !values.iter().enumerate().any(padded) {
            return Ok(values);
        }
        let mut all = Vec::with_capacity(values.len());
        for (at, value) in values.into_iter().enumerate() {
            let length = value.text().filter(|text| text.is_ascii()).map(str::len);
            let span = value.span;
            all.push(match length.and_then(|length| u32::try_from(length.max(1)).ok()) {
                Some(length) if is_value(at) && value.ty == Type::Unknown => {
                    self.cast_by("cast", value, Type::Char(length), span)?
                }
                _ => value,
            });
        }
        Ok(all)
    }

    /// Operands of a comparison of which one is joined of padded texts, and so padded itself, and the other
    /// one, too, or a constant: without the blanks at their ends.
    ///
    /// Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Concatenation-Operator.html>
    pub(super) fn joined_padded(&self, left: Expr, right: Expr) -> Bound<(Expr, Expr)> {
        if self.speaks_core() || !self.spec.traits().constants_are_padded {
            return Ok((left, right));
        }
        let padded = |expr: &Expr| {
            matches!(expr.ty, Type::Char(_))
                || (expr.ty == Type::Unknown && expr.text().is_some())
                || self.is_padded_result(expr)
        };
        let joined = [&left, &right].iter().any(|one| self.is_padded_result(one));
        if !joined || !padded(&left) || !padded(&right) {
            return Ok((left, right));
        }
        let cut = |expr: Expr| {
            let span = expr.span;
            let text = self.coerce(expr, &Type::Text)?;
            Ok(fold(self.resolve("rtrim", vec![text], span)?))
        };
        Ok((cut(left)?, cut(right)?))
    }

    /// The columns of a query that are padded texts though their type does not say so.
    pub(super) fn padded_results_of(&self, query: &Query) -> ColumnMarks {
        let Body::Select(select) = &query.body else { return ColumnMarks::new() };
        if self.speaks_core() || !self.spec.traits().constants_are_padded {
            return ColumnMarks::new();
        }
        let items = select.items.iter().enumerate();
        let padded = items.filter(|(_, item)| self.is_padded_result(&item.expr));
        padded.map(|(at, _)| (at, Mark::Padded)).collect()
    }

    /// Is it one by itself, or a column that is?
    fn is_padded_result(&self, expr: &Expr) -> bool {
        is_padded_result(expr) || self.marked.is_marked(expr, Mark::Padded)
    }

    /// Padded text beside other text, which is compared with its blanks.
    pub(super) fn blanks_beside_text(&self, left: Expr, right: Expr) -> Bound<(Expr, Expr)> {
        let mixed = |a: &Expr, b: &Expr| matches!(a.ty, Type::Char(_)) && b.ty.is_text();
        if self.speaks_core() || !self.spec.traits().keeps_blanks {
            return Ok((left, right));
        }
        if mixed(&left, &right) || mixed(&right, &left) {
            return Ok((self.blanks_shown(left, None)?, self.blanks_shown(right, None)?));
        }
        Ok((left, right))
    }

    /// Padded text that becomes other text keeps its blanks there.
    pub(super) fn kept_blanks(&self, expr: Expr, to: &Type) -> Bound<Expr> {
        let keeps = !self.speaks_core() && self.spec.traits().keeps_blanks;
        if keeps && !matches!(to, Type::Char(_)) { self.blanks_shown(expr, None) } else { Ok(expr) }
    }

    /// The text with its blanks, as many as its own type has where no other length is said.
    fn blanks_shown(&self, expr: Expr, length: Option<u32>) -> Bound<Expr> {
        let Type::Char(own) = expr.ty else { return Ok(expr) };
        let length = length.unwrap_or(own);
        let span = expr.span;
        let kind = ExprKind::Coerce { expr: Box::new(expr) };
        let text = Expr { kind, ty: Type::Text, span };
        self.resolve("rpad", vec![text, self.number(&length.to_string(), span)], span)
    }
}

impl Binder<'_> {
    /// The length of a CHAR of the dialect, which is a text with its blanks here where it is computed.
    ///
    /// Source: <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Functions-Expressions-and-Predicates/String-Operators-and-Functions/Concatenation-Operator/Result-Type-and-Attributes>
    pub(super) fn char_length(&self, expr: &Expr) -> Option<u32> {
        const ONE_OF: [&str; 7] =
            ["min", "max", "lag", "lead", "first_value", "last_value", "nth_value"];
        if let Type::Char(length) = expr.ty {
            return Some(length);
        }
        let all = |values: &mut dyn Iterator<Item = &Expr>| {
            let lengths = values.filter(|value| !value.is_null());
            lengths.map(|value| self.char_length(value)).collect::<Option<Vec<u32>>>()
        };
        let longest = |values: &mut dyn Iterator<Item = &Expr>| all(values)?.into_iter().max();
        match &expr.kind {
            ExprKind::Column { .. } => self.marked.char_of(expr),
            ExprKind::Call(call) => match call.name {
                "rpad" => match call.args.as_slice() {
                    [Expr { kind: ExprKind::Coerce { expr: inner }, .. }, length]
                        if matches!(inner.ty, Type::Char(_)) =>
                    {
                        u32::try_from(length.integer()?).ok()
                    }
                    _ => None,
                },
                "||" => all(&mut call.args.iter())?.into_iter().reduce(u32::saturating_add),
                "coalesce" => longest(&mut call.args.iter()),
                name if ONE_OF.contains(&name) => {
                    longest(&mut call.args.iter().filter(|arg| arg.ty.is_character()))
                }
                "upper" | "lower" | "upper_or_open" | "lower_or_open" | "nullif" | "array_agg" => {
                    self.char_length(call.args.first()?)
                }
                _ => None,
            },
            ExprKind::Subscript { base, .. } => self.char_length(base),
            ExprKind::Case { branches, otherwise, .. } => {
                longest(&mut branches.iter().map(|(_, then)| then).chain(otherwise.as_deref()))
            }
            ExprKind::Scalar(query) => self.char_length(first_item(query, 0)?),
            _ => None,
        }
    }

    /// Which columns of a query are a CHAR that is a text here.
    pub(super) fn chars_of(&self, query: &Query) -> ColumnMarks {
        if self.speaks_core() || !self.spec.knows(CUT) {
            return Vec::new();
        }
        let texts = query.columns.iter().enumerate().filter(|(_, column)| column.ty.is_text());
        let lengths = texts.map(|(at, _)| {
            let length = first_item(query, at).and_then(|item| self.char_length(item));
            length.map(|length| (at, Mark::Char(length)))
        });
        lengths.flatten().collect()
    }
}

/// Is it a padded text with its blanks, or what a function that keeps the type makes of one?
fn is_padded_value(expr: &Expr) -> bool {
    let keeps = ["upper", "lower", "upper_or_open", "lower_or_open", "min", "max", "array_agg"];
    match &expr.kind {
        ExprKind::Call(call) if call.name == "rpad" => matches!(
            call.args.first(),
            Some(Expr { kind: ExprKind::Coerce { expr }, .. }) if matches!(expr.ty, Type::Char(_))
        ),
        ExprKind::Call(call) if keeps.contains(&call.name) => {
            call.args.first().is_some_and(is_padded_value)
        }
        ExprKind::Subscript { base, .. } => is_padded_value(base),
        _ => false,
    }
}

/// Is it joined of padded texts, or one of several of them? What `TO_CHAR`, NVL and COALESCE make of padded
/// text is a VARCHAR2, of which the blanks count.
///
/// Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/NVL.html>
fn is_padded_result(expr: &Expr) -> bool {
    const CHOSEN: [&str; 7] =
        ["min", "max", "lag", "lead", "first_value", "last_value", "nth_value"];
    match &expr.kind {
        ExprKind::Call(call) if matches!(call.name, "coalesce" | "rpad") => false,
        ExprKind::Call(call) if CHOSEN.contains(&call.name) => {
            let (first, others) = match call.args.split_first() {
                Some((first, others)) => (is_padded_value(first), others),
                None => (false, &[][..]),
            };
            first && others.iter().all(|other| !other.ty.is_text() || is_padded_value(other))
        }
        _ => is_joined_padded(expr) == Some(true),
    }
}

/// Is the text joined of padded texts and constants alone? Nothing where another text is in it.
fn is_joined_padded(expr: &Expr) -> Option<bool> {
    match &expr.kind {
        ExprKind::Literal(_) => Some(false),
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } if matches!(expr.ty, Type::Char(_)) => {
            Some(true)
        }
        ExprKind::Coerce { expr } => is_joined_padded(expr),
        ExprKind::Call(call) => match (call.name, call.args.as_slice()) {
            ("nullif" | "rpad", [value, _]) => is_joined_padded(value),
            // As `||` reads NULL.
            ("coalesce", [value, other]) if other.text() == Some("") => is_joined_padded(value),
            ("||", [one, two]) => Some(is_joined_padded(one)? | is_joined_padded(two)?),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse, tables_of_ddl};
    use model::Dialect;

    fn refusal(dialect: Dialect, text: &str) -> Option<String> {
        let tables = tables_of_ddl("CREATE TABLE t (c CHAR(3), s VARCHAR(9))", dialect).unwrap();
        let catalog = Catalog::of(dialect, &tables);
        let bound = parse(text, dialect).unwrap().bind(&catalog, &[]);
        bound.err().map(|refused| refused.message)
    }

    #[test]
    fn padded_branches_go_with_other_texts() {
        for text in [
            "SELECT CASE WHEN s = 'x' THEN UPPER(c) ELSE s END FROM t",
            "SELECT CASE WHEN s = 'x' THEN c ELSE 'other' END FROM t",
            "SELECT COALESCE(UPPER(c), s) FROM t WHERE UPPER(c) IN ('A', UPPER('b'))",
        ] {
            assert_eq!(refusal(Dialect::Oracle, text), None, "{text}");
        }
    }

    #[test]
    fn padded_text_from_before_its_start_is_refused() {
        for (text, refused) in [
            ("SELECT SUBSTR(c, 0) FROM t", true),
            ("SELECT SUBSTRING(c FROM -1) FROM t", true),
            ("SELECT SUBSTR(c, 1), SUBSTR(c, 0, 2), SUBSTR(s, 0) FROM t", false),
        ] {
            assert_eq!(refusal(Dialect::Teradata, text).is_some(), refused, "{text}");
        }
        assert_eq!(refusal(Dialect::Oracle, "SELECT SUBSTR(c, 0) FROM t"), None);
    }
}
