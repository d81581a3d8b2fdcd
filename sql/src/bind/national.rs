//! Texts of Unicode (`nvarchar`) and texts of a code page, where the two have orders of their own: a line
//! `national sort key(text)` has that of the first. A column of a derived table is known by what it is made of.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/relational-databases/collations/collation-and-unicode-support>

use super::{
    Binder, char_lengths,
    limit::cells_of,
    marks::{ColumnMarks, Mark},
};
use crate::{
    tree::{Column, Expr, ExprKind, Query},
    types::Type,
};

/// The definition of the key that texts of Unicode are sorted by.
pub(super) const NATIONAL: &str = "national sort key";
/// The definition of the key of texts that may be such or others.
pub(super) const OPEN: &str = "open sort key";

impl Binder<'_> {
    /// Notes of which kind the texts of a table are, which is called `shown`.
    pub(super) fn note_national(&mut self, path: &[String], shown: &str, columns: &[Column]) {
        if !self.spec.knows(NATIONAL) {
            return;
        }
        for column in columns.iter().filter(|column| column.ty.is_character()) {
            let Some(vendor) = self.catalog.spelling(path, &column.name) else { continue };
            let vendor = vendor.to_ascii_lowercase();
            let national = vendor.starts_with('n') || vendor == "sysname";
            self.marked.note(shown, &column.name, mark(national));
            if let Some(blanks) = char_lengths::mark(&vendor) {
                self.marked.note(shown, &column.name, blanks);
            }
        }
    }

    /// The marks of a query's columns of texts.
    pub(super) fn national_of(&self, query: &Query) -> ColumnMarks {
        if !self.spec.knows(NATIONAL) {
            return ColumnMarks::new();
        }
        let texts = |column: &Column| column.ty.is_character() || column.ty == Type::Unknown;
        let columns = query.columns.iter().enumerate().filter(|(_, column)| texts(column));
        let mut marks = ColumnMarks::new();
        for (at, _) in columns {
            let mut cells = Vec::new();
            cells_of(&query.body, at, &mut cells);
            let kinds = cells.iter().map(|cell| self.is_national(cell));
            marks.extend(kinds.fold(Some(false), either).map(|national| (at, mark(national))));
            let blanks = cells.iter().find_map(|cell| self.filled_to(cell));
            marks.extend(blanks.map(|length| (at, Mark::Blanks(length))));
        }
        marks
    }

    /// Is it a text of Unicode? Nothing where that cannot be told.
    pub(super) fn is_national(&self, expr: &Expr) -> Option<bool> {
        match &expr.kind {
            ExprKind::Column { .. } => {
                let is = |mark| self.marked.is_marked(expr, mark);
                match (is(Mark::National), is(Mark::CodePage)) {
                    (true, false) => Some(true),
                    (false, true) => Some(false),
                    _ => None,
                }
            }
            // Of Unicode it is seldom, and has hyphens seldom.
            ExprKind::Literal(_) => Some(false),
            ExprKind::Scalar(query) => {
                let mut cells = Vec::new();
                cells_of(&query.body, 0, &mut cells);
                cells.into_iter().map(|cell| self.is_national(cell)).fold(Some(false), either)
            }
            _ => {
                let mut all = Some(false);
                expr.any_child(&mut |part| {
                    let text = part.ty.innermost().is_character() || part.text().is_some();
                    all = either(all, if text { self.is_national(part) } else { Some(false) });
                    false
                });
                all
            }
        }
    }
}

/// A text made of two: of Unicode where one of them is.
const fn either(one: Option<bool>, two: Option<bool>) -> Option<bool> {
    match (one, two) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, _) | (_, None) => None,
        _ => Some(false),
    }
}

const fn mark(national: bool) -> Mark {
    if national { Mark::National } else { Mark::CodePage }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse, tables_of_ddl};
    use model::Dialect;

    /// Is a text of Unicode sorted by a key of its own? By which line?
    fn keys(text: &str) -> Vec<&'static str> {
        let settings = SourceSettings::of(Dialect::TSql);
        let ddl = "CREATE TABLE t (id INT, v VARCHAR(20), n NVARCHAR(20), u UNIQUEIDENTIFIER)";
        let tables = tables_of_ddl(ddl, Dialect::TSql).unwrap();
        let catalog = Catalog::under(&settings, &tables);
        let parsed = parse(text, Dialect::TSql).unwrap();
        let bound = parsed.bind_under(&catalog, &[], &settings).unwrap();
        let names = ["national sort key", "open sort key", "sort key"];
        let name = |line: &str| names.into_iter().find(|name| line.starts_with(name));
        bound.lowered.iter().filter_map(|one| name(one.definition)).collect()
    }

    #[test]
    fn national_texts_have_a_key_of_their_own() {
        for (text, key) in [
            ("SELECT v FROM t ORDER BY v", "sort key"),
            ("SELECT n FROM t ORDER BY n", "national sort key"),
            ("SELECT n AS x FROM t ORDER BY x DESC", "national sort key"),
            ("SELECT id FROM t AS a ORDER BY UPPER(a.n)", "national sort key"),
            ("SELECT id FROM t ORDER BY v + '-' + n", "national sort key"),
            ("SELECT ROW_NUMBER() OVER (ORDER BY n) AS x FROM t", "national sort key"),
            ("SELECT id FROM t ORDER BY CONVERT(varchar(7), GETDATE(), 120)", "sort key"),
            ("SELECT x FROM (SELECT n AS x FROM t) AS q ORDER BY x", "national sort key"),
            ("WITH q AS (SELECT v AS x FROM t) SELECT x FROM q ORDER BY x", "sort key"),
            (
                "SELECT x FROM (SELECT v AS x FROM t UNION ALL SELECT n FROM t) AS q ORDER BY x",
                "national sort key",
            ),
            ("SELECT value FROM STRING_SPLIT('a,b', ',') ORDER BY value", "open sort key"),
            ("SELECT id FROM t ORDER BY u", "sort key"),
        ] {
            assert_eq!(keys(text), [key], "{text}");
        }
    }
}
