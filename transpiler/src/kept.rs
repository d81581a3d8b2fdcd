//! A statement for an engine of its own dialect.

use crate::{Translation, Transpiler};
use model::{Bind, Diagnostic, Fidelity, StatementKind};
use sql::Parsed;

impl Transpiler {
    /// The text as it is: the same engine reads it, so that it is right whatever its names and types
    /// are. Where they are not known the text alone tells what is open in it, unless that is to be
    /// refused.
    pub(crate) fn kept(&self, parsed: &Parsed, binds: &[Bind]) -> Result<Translation, Diagnostic> {
        let facts = parsed.facts();
        let mut kept = Translation {
            sql: parsed.text.clone(),
            fidelity: Fidelity::Exact,
            rules: Vec::new(),
            diagnostics: Vec::new(),
            order_by: Vec::new(),
            not_comparable: Vec::new(),
            open_columns: None,
            parameters: Vec::new(),
            writes: facts.kind == StatementKind::Write,
        };
        match parsed.bind_under(&self.catalog, binds, &self.settings) {
            Ok(bound) => {
                kept.order_by = bound.statement.order_keys();
                kept.not_comparable = bound.not_comparable;
                kept.open_columns = bound.open_columns;
                kept.parameters = bound.parameters;
                kept.writes |= bound.statement.writes();
            }
            Err(unknown) if self.closed && is_of_names(&unknown) && !of_system(&facts.tables) => {
                return Err(unknown);
            }
            // A form that is not known here is the engine's own.
            Err(_) => {
                kept.order_by = facts.order_by;
                kept.not_comparable = parsed.not_comparable();
            }
        }
        Ok(kept)
    }
}

/// Is it about a name, a constant or types?
fn is_of_names(refused: &Diagnostic) -> bool {
    use sql::codes::{LITERAL, TYPES, UNKNOWN_COLUMN, UNKNOWN_FUNCTION, UNKNOWN_TABLE};
    [UNKNOWN_TABLE, UNKNOWN_COLUMN, UNKNOWN_FUNCTION, TYPES, LITERAL]
        .contains(&refused.code.as_str())
}

/// Is a table among them that every PostgreSQL has, and no catalog lists?
fn of_system(tables: &[String]) -> bool {
    let system = ["pg_", "information_schema."];
    tables.iter().any(|table| system.iter().any(|start| table.to_lowercase().starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refusal;
    use model::{
        Dialect, NotComparableKind as Kind,
        catalog::{CatalogColumn, CatalogTable},
    };

    fn over_t(dialect: Dialect) -> Transpiler {
        let column = |name: &str| CatalogColumn {
            name: name.to_owned(),
            data_type: "int".to_owned(),
            nullable: true,
        };
        let columns = vec![column("a"), column("b")];
        let t = CatalogTable {
            database: None,
            schema: None,
            name: "t".to_owned(),
            columns,
            keys: Vec::new(),
        };
        Transpiler::new(dialect, dialect, &[t])
    }

    fn translated(dialect: Dialect, sql: &str) -> Result<Translation, Refusal> {
        over_t(dialect).translate(sql, &[])
    }

    fn marks(translation: &Translation) -> Vec<(Kind, &str, &str)> {
        let marks = translation.not_comparable.iter();
        marks
            .map(|mark| (mark.kind, mark.what.as_str(), mark.span.slice(&translation.sql)))
            .collect()
    }

    #[test]
    fn what_does_not_parse_is_refused_in_every_dialect() {
        for dialect in Dialect::ALL {
            for text in ["not sql (", "SELECT 1; SELECT 2", "", "SELECT 'open"] {
                let refusal = translated(dialect, text).unwrap_err();
                assert_eq!(refusal.diagnostics[0].code, sql::UNPARSABLE, "{dialect}: {text}");
            }
        }
    }

    #[test]
    fn the_text_stays_byte_for_byte_and_names_need_not_be_known() {
        for dialect in Dialect::ALL {
            for text in ["SELECT  a -- one\n FROM t ;", "select Nope(x) from nowhere"] {
                let kept = translated(dialect, text).unwrap();
                assert_eq!((kept.sql.as_str(), kept.fidelity), (text, Fidelity::Exact));
                assert!(kept.rules.is_empty() && kept.diagnostics.is_empty(), "{dialect}");
                assert!(!kept.writes, "{dialect}: {text}");
            }
        }
    }

    #[test]
    fn names_have_to_be_known_where_that_is_asked_for() {
        let closed = over_t(Dialect::Postgres).of_known_names();
        for (text, code) in [
            ("SELECT a FROM nowhere", sql::codes::UNKNOWN_TABLE),
            ("SELECT z FROM t", sql::codes::UNKNOWN_COLUMN),
            ("SELECT garbage(a) FROM t", sql::codes::UNKNOWN_FUNCTION),
            ("SELECT a FROM t WHERE a = 'x'", sql::codes::LITERAL),
            ("INSERT INTO nowhere VALUES (1)", sql::codes::UNKNOWN_TABLE),
        ] {
            let refusal = closed.translate(text, &[]).unwrap_err();
            assert_eq!(refusal.diagnostics[0].code, code, "{text}");
        }
        for text in [
            "SELECT  a FROM t",
            "SELECT a FROM t FOR UPDATE",
            "SELECT relname FROM pg_catalog.pg_class",
            "SELECT table_name FROM information_schema.tables",
        ] {
            assert_eq!(closed.translate(text, &[]).unwrap().sql, text);
        }
    }

    #[test]
    fn what_binds_is_marked_by_the_tree() {
        let kept = translated(
            Dialect::Postgres,
            "SELECT *, row_number() OVER (ORDER BY b), now() FROM t ORDER BY b DESC",
        )
        .unwrap();
        assert_eq!((kept.order_by[0].column, kept.order_by[0].descending), (Some(1), true));
        let ties = "ties in the order of row_number";
        let open: Vec<_> = marks(&kept).into_iter().map(|(kind, what, _)| (kind, what)).collect();
        assert!(open.contains(&(Kind::Ties, ties)), "{open:?}");
        assert!(open.contains(&(Kind::Clock, "now")), "{open:?}");
        assert_eq!(kept.open_columns, Some(vec![2, 3]));
    }

    #[test]
    fn what_does_not_bind_is_marked_by_its_text() {
        let text = "SELECT x, random() AS r FROM nowhere TABLESAMPLE system (1) ORDER BY 1 LIMIT 2";
        let kept = translated(Dialect::Postgres, text).unwrap();
        assert_eq!(kept.order_by[0].column, Some(0));
        assert_eq!(kept.open_columns, None);
        let open = marks(&kept);
        assert_eq!(open[0], (Kind::Chance, "random", "random()"));
        assert_eq!((open[1].0, open[1].1), (Kind::Sample, "TABLESAMPLE"));
        assert_eq!(open.len(), 2, "{open:?}");
        let kept = translated(Dialect::DuckDb, "SELECT string_agg(x, ',') FROM y LIMIT 3").unwrap();
        let open: Vec<_> = marks(&kept).into_iter().map(|(kind, what, _)| (kind, what)).collect();
        let aggregate = (Kind::Unordered, "string_agg without ORDER BY");
        assert_eq!(open, [(Kind::Cut, "LIMIT without ORDER BY"), aggregate]);
    }

    #[test]
    fn writing_is_seen_whether_it_binds_or_not() {
        for text in [
            "DELETE FROM t",
            "INSERT INTO nowhere VALUES (1)",
            "SELECT nextval('s')",
            "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
            "SELECT a FROM t FOR UPDATE",
        ] {
            assert!(translated(Dialect::Postgres, text).unwrap().writes, "{text}");
        }
    }
}
