//! Values that have a format which their types do not say (Teradata): columns with a FORMAT, what MIN, MAX,
//! ZEROIFNULL and NULLIFZERO make of them, and items of queries inside with one. A number of that kind has another
//! text than others of its type, and a date reads texts in its own way. Both are refused.
//!
//! <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Functions-Expressions-and-Predicates/Aggregate-Functions/MIN>
//! <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Data-Types-and-Literals/Data-Type-Conversions/Character-to-DATE-Conversion>

use super::{
    Binder, Bound, Span,
    first_select::first_item,
    marks::{ColumnMarks, Mark},
    phrased::SHOWN,
};
use crate::{
    catalog,
    dialects::Definition,
    tree::{Body, Column, Expr, ExprKind, Query},
    types::Type,
};

/// What dates are read by where nothing is said.
const ISO: &str = "YYYY-MM-DD";

/// Functions whose value is one of those of their first argument. Of the windows no page says whether the format
/// goes with it.
const ONE_OF: [&str; 8] =
    ["min", "max", "lag", "lead", "first_value", "last_value", "nth_value", "percentile_disc"];

/// Functions of a dialect that keep the format of a number, whatever the core makes of them.
const KEEPING: [&str; 2] = ["zeroifnull", "nullifzero"];

/// Functions that compare their arguments, or choose one of them.
const COMPARING: [&str; 7] = ["nullif", "decode", "coalesce", "nvl", "nvl2", "greatest", "least"];

/// Does a date of this format read texts otherwise than one without a format?
pub(super) fn reads_otherwise(format: &str) -> bool {
    let full = format.to_ascii_uppercase().replace("Y4", "YYYY");
    full != ISO
}

impl Binder<'_> {
    /// Notes the columns of a table, called `shown`, that have a format of their own, and those of small types.
    pub(super) fn note_formats(&mut self, path: &[String], columns: &[Column], shown: &str) {
        if !self.spec.knows(SHOWN) {
            return;
        }
        let stored = self.catalog.find(path).map(|all| all.to_vec()).unwrap_or_default();
        for (column, stored) in columns.iter().zip(&stored) {
            let spelled = self.catalog.spelling(path, &stored.name).unwrap_or_default();
            let format = spelled.split_once(catalog::FORMAT).map(|(_, format)| format);
            let format = format.map(|format| format.trim_end_matches('\''));
            let counts = match column.ty {
                Type::Date | Type::Timestamp => format.is_some_and(reads_otherwise),
                ref ty => ty.is_number() && format.is_some(),
            };
            if counts {
                self.marked.note(shown, &column.name, Mark::Formatted);
            }
            self.note_small(spelled, column, shown);
        }
    }

    /// Which columns of a query are such values, or numbers that are written out: 5 is a BYTEINT, whose text
    /// begins with other blanks than that of an INTEGER.
    pub(super) fn phrased_of(&self, query: &Query) -> ColumnMarks {
        if self.speaks_core() || !self.spec.knows(SHOWN) {
            return Vec::new();
        }
        let may = |ty: &Type| ty.is_number() || matches!(ty, Type::Date | Type::Timestamp);
        let columns = query.columns.iter().enumerate().filter(|(_, column)| may(&column.ty));
        columns.flat_map(|(at, _)| self.phrased_at(&query.body, at)).collect()
    }

    fn phrased_at(&self, body: &Body, at: usize) -> ColumnMarks {
        match body {
            Body::Select(select) => {
                let Some(item) = select.items.get(at) else { return Vec::new() };
                let mut marks = Vec::new();
                if self.is_formatted(&item.expr) {
                    marks.push((at, Mark::Formatted));
                }
                if let Some(small) = self.small_mark(&item.expr) {
                    marks.push((at, small));
                }
                let written = match item.expr.kind {
                    ExprKind::Column { .. } => self.marked.is_marked(&item.expr, Mark::WrittenOut),
                    // Of what type it is there, and so how wide it shows, is said for columns alone.
                    _ => true,
                };
                if written && item.expr.ty.is_number() {
                    marks.push((at, Mark::WrittenOut));
                }
                marks
            }
            Body::SetOperation { left, right, .. } => {
                let mut marks = self.phrased_at(&left.body, at);
                let ty = |query: &Query| query.columns.get(at).map(|column| column.ty.clone());
                // It is of the type of the first, and wider here.
                if ty(left) != ty(right) && ty(left).is_some_and(|ty| ty.is_number()) {
                    marks.push((at, Mark::WrittenOut));
                }
                marks
            }
            Body::Values(_) => vec![(at, Mark::WrittenOut)],
        }
    }

    /// Has a value a format that its type does not say?
    pub(super) fn is_formatted(&self, expr: &Expr) -> bool {
        if self.marked.is_marked(expr, Mark::Formatted) || self.marked.is_shown(expr.span) {
            return true;
        }
        match &expr.kind {
            ExprKind::Call(call) if ONE_OF.contains(&call.name) => {
                let sorted = call.order_by.iter().map(|key| &key.target);
                let sorted = sorted.filter_map(|target| match target {
                    crate::tree::SortTarget::Expr(expr) => Some(expr),
                    crate::tree::SortTarget::Output(_) => None,
                });
                call.args.iter().chain(sorted).any(|arg| self.is_formatted(arg))
            }
            ExprKind::Scalar(query) => {
                first_item(query, 0).is_some_and(|item| self.is_formatted(item))
            }
            ExprKind::Coerce { expr } => self.is_formatted(expr),
            _ => false,
        }
    }

    /// Notes the result of a function that keeps the format of its argument.
    pub(super) fn note_kept_format(&mut self, definition: &Definition, args: &[Expr], span: Span) {
        if self.speaks_core() || !self.spec.knows(SHOWN) || !KEEPING.contains(&definition.name) {
            return;
        }
        if args.first().is_some_and(|arg| self.is_formatted(arg)) {
            self.marked.show(span);
        }
    }

    /// Refuses the text of a number with a format of its own, and texts beside a date with one.
    pub(super) fn no_text_of_formatted(
        &self,
        definition: &Definition,
        args: &[Expr],
        target: Option<&Type>,
    ) -> Bound<()> {
        if self.speaks_core() || !self.spec.knows(SHOWN) {
            return Ok(());
        }
        let becomes_text = match target {
            Some(to) => to.is_character(),
            None => ["btrim", "||"].contains(&definition.name),
        };
        let formatted = |arg: &&Expr| self.is_formatted(arg);
        if becomes_text
            && let Some(value) = args.iter().find(formatted)
            && definition.name != SHOWN
        {
            return self.unsupported("the text of a column with a FORMAT of its own", value.span);
        }
        // What is written out is of a smaller type, and begins with other blanks.
        let column = |arg: &Expr| {
            matches!(arg.kind, ExprKind::Column { .. })
                && !self.marked.is_marked(arg, Mark::WrittenOut)
        };
        if definition.name == "||"
            && let Some(number) = args.iter().find(|arg| arg.ty.is_number() && !column(arg))
        {
            return self.unsupported("the text of a number that is no column", number.span);
        }
        if COMPARING.contains(&definition.name) { self.no_text_by_format(args) } else { Ok(()) }
    }

    /// Refuses texts that a date beside them reads by a format of its own.
    pub(super) fn no_text_by_format<'e>(
        &self,
        values: impl IntoIterator<Item = &'e Expr> + Clone,
    ) -> Bound<()> {
        if self.speaks_core() || !self.spec.knows(SHOWN) {
            return Ok(());
        }
        let day = |expr: &&Expr| {
            matches!(expr.ty, Type::Date | Type::Timestamp) && self.is_formatted(expr)
        };
        let text = |expr: &Expr| expr.ty.is_character() || expr.text().is_some();
        match values.clone().into_iter().find(day) {
            Some(date) if values.into_iter().any(text) => {
                self.unsupported("a text beside a date with a FORMAT of its own", date.span)
            }
            _ => Ok(()),
        }
    }

    /// Refuses a text that is stored in a column of dates with such a format.
    pub(super) fn no_text_in_formatted(&self, column: &Column, value: &Expr) -> Bound<()> {
        let date = matches!(column.ty, Type::Date | Type::Timestamp);
        let text = value.ty.is_character() || value.text().is_some();
        if date && text && self.marked.is_marked_name(&column.name, Mark::Formatted) {
            return self.unsupported("a text in a column of dates with a FORMAT", value.span);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    fn refusal(text: &str) -> Option<String> {
        let ddl = "CREATE MULTISET TABLE p (i INTEGER FORMAT '9(5)', j INTEGER, q SMALLINT FORMAT 'ZZ9', \
                   d DATE FORMAT 'YYYY-DD-MM', e DATE FORMAT 'YYYY-MM-DD', s VARCHAR(9))";
        let tables = crate::tables_of_ddl(ddl, model::Dialect::Teradata).unwrap();
        let catalog = crate::Catalog::of(model::Dialect::Teradata, &tables);
        let parsed = crate::parse(text, model::Dialect::Teradata).unwrap();
        let settings = crate::SourceSettings::of(model::Dialect::Teradata);
        parsed.bind_under(&catalog, &[], &settings).err().map(|refused| refused.message)
    }

    #[test]
    fn formats_go_with_their_values() {
        for text in [
            "SELECT TRIM(MAX(i)) FROM p",
            "SELECT TRIM(MIN(i) OVER ()) FROM p",
            "SELECT TRIM(ZEROIFNULL(i)) FROM p",
            "SELECT CAST(MAX(NULLIFZERO(q)) AS VARCHAR(9)) FROM p",
            "SELECT TRIM((SELECT MAX(i) FROM p)) FROM p",
            "SELECT TRIM(LAG(i) OVER (ORDER BY j)) FROM p",
            "SELECT TRIM(x) FROM (SELECT MAX(i) AS x FROM p) z",
            "SELECT i AS x, TRIM(x) FROM p",
            "SELECT j (FORMAT '999') AS x, x AS y, TRIM(y) FROM p",
        ] {
            assert!(refusal(text).is_some(), "{text}");
        }
        for text in [
            "SELECT TRIM(MAX(i) + 1), MAX(i), TRIM(ABS(i)), TRIM(COALESCE(i, 0)) FROM p GROUP BY i",
            "SELECT TRIM(MAX(j)), ZEROIFNULL(i), TRIM(ZEROIFNULL(j)) FROM p GROUP BY i, j",
            "SELECT j (FORMAT '999') AS x, TRIM(x), CAST(x AS VARCHAR(5)), x + 1 FROM p",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }

    #[test]
    fn dates_with_a_format_read_no_texts() {
        for text in [
            "SELECT j FROM p WHERE d = '2024-02-03'",
            "SELECT j FROM p WHERE d BETWEEN '2024-02-03' AND DATE '2024-02-04'",
            "SELECT j FROM p WHERE d IN (DATE '2024-02-03', '2024-02-04')",
            "SELECT CASE d WHEN '2024-02-03' THEN 1 END FROM p",
            "SELECT NULLIF(d, '2024-02-03') FROM p",
            "SELECT x FROM (SELECT MAX(d) AS x FROM p) z WHERE x = '2024-02-03'",
            "SELECT e (FORMAT 'YYYYMM') AS ym FROM p WHERE ym = '2024-02-29'",
            "SELECT d FROM p UNION ALL SELECT '2024-02-03'",
            "INSERT INTO p (d) VALUES ('2024-02-03')",
            "INSERT INTO p (d) SELECT '2024-02-03' FROM p",
            "UPDATE p SET d = '2024-04-03'",
        ] {
            assert!(refusal(text).is_some(), "{text}");
        }
        for text in [
            "SELECT j FROM p WHERE d = DATE '2024-02-03' AND e = '2024-02-03' AND s = 'x'",
            "SELECT TO_CHAR(d, 'YYYY'), EXTRACT(YEAR FROM d), d + 1 FROM p",
            "SELECT e (FORMAT 'YYYY-MM-DD') AS ym FROM p WHERE ym = '2024-02-29'",
            "UPDATE p SET e = '2024-04-03', d = DATE '2024-04-03'",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }
}
