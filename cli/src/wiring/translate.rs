//! The transpiler as the translator of a plan, for both sides.
//!
//! The governed side gets the captured text and the pipeline translates it again; or, for a copy,
//! the captured text as if it were in the engine's own dialect. A legacy engine that does not read
//! the captured dialect (the demo's embedded DataFusion) gets a translation; what cannot be
//! translated for it is skipped as refused, since there is no reference answer then.

use model::{
    Bind, Diagnostic, Dialect, Disposition, Fidelity, NotComparableKind, OrderKey, Plan,
    SideStatement, Statement, StatementFacts, Workload, catalog::CatalogTable,
};
use replay::{PlanError, Selection, Translate, TranslateOutcome};
use sql::{Parsed, SourceSettings};
use std::{cell::RefCell, collections::BTreeMap};
use transpiler::{Refusal, Translation, Transpiler};

/// The code under which the governance pipeline refuses a dialect without a catalog.
const NO_CATALOG: &str = "GV0502";

/// How statements get to the governed side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Translated, or refused.
    Transpiled,
    /// Copied, and claimed to be in the engine's dialect.
    Unchanged,
}

/// Plans workloads for a pair of engines.
#[derive(Debug)]
pub(crate) struct Planner {
    mode: Mode,
    /// The dialect that the catalog is spelled in and that is translated from, and the settings of
    /// the system that it was written for.
    source: SourceSettings,
    legacy: Side,
    governed: Side,
}

#[derive(Debug)]
struct Side {
    dialect: Dialect,
    transpiler: Transpiler,
    /// For statements in the engine's own dialect, where the source's is another.
    own: Option<Transpiler>,
}

impl Side {
    fn new(source: &SourceSettings, to: Dialect, catalog: &[CatalogTable]) -> Self {
        let transpiler = Transpiler::under(source.clone(), to, catalog);
        // The catalog is spelled in the source's dialect.
        let own = (to != source.dialect()).then(|| Transpiler::new(to, to, &[]));
        Self { dialect: to, transpiler, own }
    }
}

/// What the typed tree of a statement tells better than its text.
#[derive(Debug)]
struct Seen {
    /// Keys of the outermost ORDER BY, stars counted.
    order_by: Vec<OrderKey>,
    /// Constructs whose value is open.
    open: Vec<String>,
    /// The output columns that they alone reach, where that is known.
    open_columns: Option<Vec<usize>>,
}

impl Seen {
    fn of(translation: &Translation) -> Self {
        // What the outermost LIMIT leaves open is told from the rows.
        let open = translation.not_comparable.iter().filter(|m| m.kind != NotComparableKind::Cut);
        Self {
            order_by: translation.order_by.clone(),
            open: open.map(|mark| mark.what.clone()).collect(),
            open_columns: translation.open_columns.clone(),
        }
    }

    fn tell(self, facts: &mut StatementFacts) {
        facts.order_by = self.order_by;
        // What the text alone tells is not known to stay in a column.
        if facts.volatile.iter().all(|what| self.open.contains(what)) {
            facts.volatile_columns = self.open_columns;
        }
        for what in self.open {
            if !facts.volatile.contains(&what) {
                facts.volatile.push(what);
            }
        }
    }
}

/// Adds to the facts of a statement, which are those of its text, what its typed tree tells over
/// `catalog`; nothing, where the statement cannot be bound.
pub(crate) fn refine(
    facts: &mut StatementFacts,
    sql: &str,
    dialect: Dialect,
    catalog: &[CatalogTable],
) {
    // Engines spell their catalogs as PostgreSQL does.
    let catalog = if dialect == Dialect::Postgres { catalog } else { &[] };
    if let Ok(translation) = Transpiler::new(dialect, dialect, catalog).translate(sql, &[]) {
        Seen::of(&translation).tell(facts);
    }
}

/// What a translation says of a statement beyond what a plan's translator may say.
#[derive(Debug, Default)]
struct Findings {
    seen: Option<Seen>,
    /// The text for a legacy engine of another dialect.
    legacy_sql: Option<String>,
    /// The parameters, where the statement tells types that were left open.
    binds: Option<Vec<Bind>>,
}

impl Planner {
    /// A planner for engines that read these dialects. `catalog` is spelled in the source's.
    pub(crate) fn new(
        mode: Mode,
        source: &SourceSettings,
        (legacy, governed): (Dialect, Dialect),
        catalog: &[CatalogTable],
    ) -> Self {
        Self {
            mode,
            source: source.clone(),
            legacy: Side::new(source, legacy, catalog),
            governed: Side::new(source, governed, catalog),
        }
    }

    /// The plan of what is selected of `workload`.
    pub(crate) fn plan(
        &self,
        workload: &Workload,
        selection: Selection<'_>,
    ) -> Result<Plan, PlanError> {
        let pass = Pass { planner: self, found: RefCell::default() };
        let mut plan = replay::plan::build(workload, &pass, selection)?;
        let mut found = pass.found.into_inner();
        for item in &mut plan.items {
            let Some(findings) = found.remove(&item.statement) else { continue };
            if let Some(facts) = &mut item.facts
                && let Some(seen) = findings.seen
            {
                seen.tell(facts);
            }
            // Both sides read the same values then.
            if let Some(binds) = findings.binds {
                item.binds = binds;
            }
            if let (Disposition::Run { legacy, .. }, Some(sql)) =
                (&mut item.disposition, findings.legacy_sql)
            {
                *legacy = SideStatement { dialect: self.legacy.dialect, sql };
            }
        }
        Ok(plan)
    }

    fn translate(&self, side: &Side, statement: &Statement) -> Result<Translation, Refusal> {
        let dialect = statement.dialect;
        if dialect == self.source.dialect() {
            return side.transpiler.translate(&statement.sql, &statement.binds);
        }
        if let Some(own) = side.own.as_ref().filter(|_| dialect == side.dialect) {
            return own.translate(&statement.sql, &statement.binds);
        }
        let message = format!(
            "the statement is in dialect `{dialect}`, the engine reads `{}` and the catalog is \
             spelled in `{}`",
            side.dialect,
            self.source.dialect()
        );
        let hint = format!("give a catalog that is spelled in `{dialect}`");
        let diagnostic = Diagnostic::error(NO_CATALOG, message, None).with_hint(hint);
        Err(Refusal { diagnostics: vec![diagnostic] })
    }
}

/// One plan being made: replay asks for each statement, the findings are kept for afterwards.
struct Pass<'a> {
    planner: &'a Planner,
    found: RefCell<BTreeMap<String, Findings>>,
}

impl Translate for Pass<'_> {
    fn parse(&self, statement: &Statement) -> Result<Parsed, Diagnostic> {
        self.planner.source.parse(&statement.sql, statement.dialect)
    }

    fn translate(&self, statement: &Statement, _facts: &StatementFacts) -> TranslateOutcome {
        let planner = self.planner;
        let mut findings = Findings::default();
        if statement.dialect != planner.legacy.dialect {
            match planner.translate(&planner.legacy, statement) {
                Ok(translation) => findings.legacy_sql = Some(translation.sql),
                Err(refusal) => return refused(refusal, "for the legacy engine"),
            }
        }
        let translation = planner.translate(&planner.governed, statement);
        if let Ok(translation) = &translation {
            findings.seen = Some(Seen::of(translation));
            if planner.mode == Mode::Transpiled
                && translation.parameters.iter().any(Option::is_some)
            {
                let mut binds = statement.binds.clone();
                translation.tell_types(&mut binds);
                findings.binds = Some(binds);
            }
        }
        let outcome = match planner.mode {
            Mode::Unchanged => TranslateOutcome::Translated {
                governed: SideStatement {
                    dialect: planner.governed.dialect,
                    sql: statement.sql.clone(),
                },
                translated: statement.sql.clone(),
                rules: Vec::new(),
                fidelity: Fidelity::Exact,
            },
            Mode::Transpiled => match translation {
                Ok(Translation { sql, fidelity, rules, .. }) => TranslateOutcome::Translated {
                    governed: SideStatement {
                        dialect: statement.dialect,
                        sql: statement.sql.clone(),
                    },
                    translated: sql,
                    rules,
                    fidelity,
                },
                Err(refusal) => refused(refusal, "for the governed engine"),
            },
        };
        self.found.borrow_mut().insert(statement.id.clone(), findings);
        outcome
    }
}

/// A refusal always says why; should the transpiler forget to, the plan must not.
fn refused(Refusal { mut diagnostics }: Refusal, whom: &str) -> TranslateOutcome {
    if diagnostics.is_empty() {
        let message = format!("no translation {whom} is known to be right");
        diagnostics.push(Diagnostic::error(transpiler::NO_TRANSLATION, message, None));
    }
    TranslateOutcome::Refused { diagnostics }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{SkipReason, catalog::CatalogColumn};

    fn is_refused(disposition: &Disposition) -> bool {
        matches!(disposition, Disposition::Skip { reason: SkipReason::Refused { .. } })
    }

    fn workload(texts: &[(&str, Dialect)]) -> Workload {
        let statements = (1_u64..).zip(texts).map(|(sequence, (sql, dialect))| {
            Statement::new(format!("s-{sequence}"), ("s", sequence), *dialect, *sql)
        });
        Workload::new("test", statements.collect()).unwrap()
    }

    fn catalog() -> Vec<CatalogTable> {
        let column = |name: &str| CatalogColumn {
            name: name.to_owned(),
            data_type: "int4".to_owned(),
            nullable: true,
        };
        vec![CatalogTable {
            database: None,
            keys: Vec::new(),
            schema: None,
            name: "t".to_owned(),
            columns: vec![column("a"), column("b")],
        }]
    }

    fn plan(mode: Mode, legacy: Dialect, texts: &[(&str, Dialect)]) -> Plan {
        Planner::new(mode, &Dialect::Postgres.into(), (legacy, Dialect::DuckDb), &catalog())
            .plan(&workload(texts), Selection::default())
            .unwrap()
    }

    const STAR: &str = "SELECT * FROM t ORDER BY b DESC";

    #[test]
    fn a_copy_claims_the_engines_dialect_and_keeps_the_text() {
        let plan = plan(Mode::Unchanged, Dialect::Postgres, &[(STAR, Dialect::Postgres)]);
        let Disposition::Run { legacy, governed, translated, rules, .. } =
            &plan.items[0].disposition
        else {
            panic!("{plan:?}")
        };
        assert_eq!((legacy.dialect, governed.dialect), (Dialect::Postgres, Dialect::DuckDb));
        assert!([&legacy.sql, &governed.sql, translated].iter().all(|sql| *sql == STAR));
        assert!(rules.is_empty());
    }

    #[test]
    fn ties_are_open_in_their_column_alone() {
        let facts = |sql: &str| {
            let plan = plan(Mode::Transpiled, Dialect::Postgres, &[(sql, Dialect::Postgres)]);
            let facts = plan.items[0].facts.clone().unwrap();
            (facts.volatile, facts.volatile_columns)
        };
        let ties = || vec!["ties in the order of row_number".to_owned()];
        let sql = "SELECT a, row_number() OVER (ORDER BY b) FROM t";
        assert_eq!(facts(sql), (ties(), Some(vec![1])));
        let sql =
            "SELECT a FROM (SELECT a, row_number() OVER (ORDER BY b) AS n FROM t) AS q WHERE n = 1";
        assert_eq!(facts(sql), (ties(), None));
        let sql = "SELECT a, now() AS n, row_number() OVER (ORDER BY b) FROM t";
        assert_eq!(facts(sql).1, Some(vec![1, 2]));
        assert_eq!(facts("SELECT a, now() FROM t WHERE random() < 0.5").1, None);
        assert_eq!(facts("SELECT a, now() FROM t LIMIT 3").1, None);
        assert_eq!(facts("SELECT a, rank() OVER (ORDER BY b) FROM t"), (vec![], None));
    }

    #[test]
    fn keys_behind_a_star_are_counted_in_both_modes() {
        for mode in [Mode::Transpiled, Mode::Unchanged] {
            let plan = plan(mode, Dialect::Postgres, &[(STAR, Dialect::Postgres)]);
            let facts = plan.items[0].facts.as_ref().unwrap();
            assert_eq!(facts.order_by[0].column, Some(1), "{mode:?}");
        }
    }

    #[test]
    fn a_text_that_stays_as_it_is_has_its_keys_counted_and_its_ties_marked() {
        let sql = "SELECT *, row_number() OVER (ORDER BY b) FROM t ORDER BY b DESC";
        let unknown = "SELECT *, now() FROM nowhere ORDER BY b DESC";
        let texts = [(sql, Dialect::Postgres), (unknown, Dialect::Postgres)];
        let engines = (Dialect::Postgres, Dialect::Postgres);
        let plan = Planner::new(Mode::Transpiled, &Dialect::Postgres.into(), engines, &catalog())
            .plan(&workload(&texts), Selection::default())
            .unwrap();
        for (item, (text, _)) in plan.items.iter().zip(texts) {
            let Disposition::Run { legacy, governed, translated, .. } = &item.disposition else {
                panic!("{item:?}")
            };
            assert!([&legacy.sql, &governed.sql, translated].iter().all(|sql| *sql == text));
        }
        let facts = plan.items[0].facts.as_ref().unwrap();
        assert_eq!(facts.order_by[0].column, Some(1));
        assert_eq!(facts.volatile, ["ties in the order of row_number"]);
        assert_eq!(facts.volatile_columns, Some(vec![2]));
        let facts = plan.items[1].facts.as_ref().unwrap();
        assert_eq!((facts.order_by[0].column, facts.order_by[0].descending), (None, true));
        assert_eq!(
            (facts.volatile.as_slice(), &facts.volatile_columns),
            (&["now".to_owned()][..], &None)
        );
    }

    #[test]
    fn a_statement_in_the_engines_own_dialect_is_not_read_as_the_sources() {
        // Integers are divided without a remainder in PostgreSQL alone.
        let sql = "SELECT 7 / 2 AS a";
        let texts = [(sql, Dialect::DuckDb)];
        let engines = (Dialect::DuckDb, Dialect::DuckDb);
        let plan = Planner::new(Mode::Transpiled, &Dialect::Postgres.into(), engines, &catalog())
            .plan(&workload(&texts), Selection::default())
            .unwrap();
        let Disposition::Run { translated, rules, .. } = &plan.items[0].disposition else {
            panic!("{plan:?}")
        };
        assert_eq!(translated, sql);
        assert!(rules.is_empty());
    }

    #[test]
    fn a_translated_statement_reaches_the_pipeline_as_it_was_captured() {
        let plan = plan(Mode::Transpiled, Dialect::Postgres, &[(STAR, Dialect::Postgres)]);
        let Disposition::Run { governed, translated, .. } = &plan.items[0].disposition else {
            panic!("{plan:?}")
        };
        assert_eq!((governed.dialect, governed.sql.as_str()), (Dialect::Postgres, STAR));
        assert!(translated.to_uppercase().contains("NULLS FIRST"), "{translated}");
    }

    #[test]
    fn a_legacy_engine_of_another_dialect_gets_a_translation_in_both_modes() {
        for mode in [Mode::Transpiled, Mode::Unchanged] {
            let texts =
                [(STAR, Dialect::Postgres), ("SELECT no_such(a) FROM t", Dialect::Postgres)];
            let plan = plan(mode, Dialect::DataFusion, &texts);
            let Disposition::Run { legacy, .. } = &plan.items[0].disposition else {
                panic!("{plan:?}")
            };
            assert_eq!(legacy.dialect, Dialect::DataFusion);
            assert!(is_refused(&plan.items[1].disposition), "{mode:?}");
        }
    }

    #[test]
    fn a_dialect_without_a_catalog_is_refused_with_the_pipelines_code() {
        let plan =
            plan(Mode::Transpiled, Dialect::DataFusion, &[("SELECT 1", Dialect::DataFusion)]);
        let Disposition::Skip { reason: SkipReason::Refused { diagnostics } } =
            &plan.items[0].disposition
        else {
            panic!("{plan:?}")
        };
        assert_eq!(diagnostics[0].code, NO_CATALOG);
        assert!(governance::pages().iter().any(|page| page.code == NO_CATALOG));
    }
}
