//! Stage 5: what does it say in the engine's dialect?

use super::{Verdict, facts, policy_check::Subject, quota_check::Funds, row_filter::Guarded};
use crate::{
    error::{ErrorCode, Stage, Stop},
    pages::Page,
};
use engines::Request;
use model::{Diagnostic, Dialect, Digest, Fidelity, SqlState, catalog::CatalogTable};
use serde_json::Value;
use sql::SourceSettings;
use std::collections::BTreeMap;
use transpiler::Transpiler;

static REFUSED: Page = Page {
    code: "GV0501",
    title: "no translation is known to be right",
    text: "The statement holds a construct that the transpiler has no rule for in the engine's \
           dialect. It is refused rather than passed on and hoped for; the diagnostics name the \
           construct and its place, and `gnomon explain` their codes.",
    error: ErrorCode::UnsupportedConstruct,
};

static NO_CATALOG: Page = Page {
    code: "GV0502",
    title: "no catalog in the statement's dialect",
    text: "Translating takes the types of the tables, and the catalog that the pipeline was given \
           is spelled in another dialect than the statement. Give the catalog of the engine that \
           the statement was written for.",
    error: ErrorCode::UnsupportedConstruct,
};

static WRITES: Page = Page {
    code: "GV0503",
    title: "a statement that writes",
    text: "The statement can be translated, by `gnomon transpile`, but it would change the engine's \
           tables. The governed side answers queries; it changes rows only in a transaction that \
           was begun to be rolled back, on a scratch copy, and runs nothing that a rollback does \
           not undo.",
    error: ErrorCode::UnsupportedConstruct,
};

pub(crate) static PAGES: &[Page] = &[REFUSED, NO_CATALOG, WRITES];

/// Translates into one engine's dialect.
#[derive(Debug)]
pub(crate) struct Translator {
    engine: Dialect,
    source: SourceSettings,
    /// Absent where the catalog is spelled in the engine's dialect: nothing to translate then.
    transpiler: Option<Transpiler>,
}

impl Translator {
    pub(crate) fn new(
        source: impl Into<SourceSettings>,
        engine: Dialect,
        tables: &[CatalogTable],
    ) -> Self {
        let source = source.into();
        let transpiler =
            (source.dialect() != engine).then(|| Transpiler::under(source.clone(), engine, tables));
        Self { engine, source, transpiler }
    }

    /// The settings under which statements are read.
    pub(crate) const fn source(&self) -> &SourceSettings {
        &self.source
    }
}

/// A statement in the engine's dialect: the only thing that the execute stage takes.
#[derive(Debug)]
pub(crate) struct Translated {
    text: Request,
    tables: Vec<String>,
    shape: crate::prices::Shape,
    policy: Digest,
    funds: Funds,
}

/// What stays of a statement once its text has gone to the engine.
#[derive(Debug)]
pub(crate) struct Remains {
    pub(super) tables: Vec<String>,
    pub(super) shape: crate::prices::Shape,
    pub(super) policy: Digest,
    pub(super) funds: Funds,
}

impl Translated {
    pub(super) fn into_parts(self) -> (Request, Remains) {
        let Self { text, tables, shape, policy, funds } = self;
        (text, Remains { tables, shape, policy, funds })
    }
}

/// How it was translated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TranspileVerdict {
    from: Dialect,
    to: Dialect,
    fidelity: Fidelity,
    rules: Vec<String>,
}

impl Verdict for TranspileVerdict {
    const STAGE: Stage = Stage::Transpile;

    fn evidence(&self) -> BTreeMap<String, String> {
        facts([
            ("from", self.from.to_string()),
            ("to", self.to.to_string()),
            ("fidelity", fidelity(self.fidelity).to_owned()),
            ("rules", self.rules.join(" ")),
        ])
    }
}

const fn fidelity(fidelity: Fidelity) -> &'static str {
    match fidelity {
        Fidelity::Exact => "exact",
        Fidelity::Approximate => "approximate",
    }
}

/// Translates the statement; one that is in the engine's dialect stays as it is. With `rolled_back`
/// it runs in a transaction whose changes are undone.
pub(crate) fn run(
    translator: &Translator,
    guarded: Guarded,
    rolled_back: bool,
) -> Result<(Translated, TranspileVerdict), Stop> {
    let (subject, policy, funds) = guarded.into_parts();
    let shape = subject.shape();
    let tables = subject.tables().to_vec();
    let undone = rolled_back && subject.rolls_back();
    // Such as a COMMIT in the engine's own dialect.
    if rolled_back && !undone && !subject.reads() {
        return Err(writes("the statement would outlive the rollback of its transaction"));
    }
    let Subject { mut request, .. } = subject;
    let from = request.dialect;
    let (sql, fidelity, rules) = match &translator.transpiler {
        _ if from == translator.engine => (request.sql, Fidelity::Exact, Vec::new()),
        Some(transpiler) if from == translator.source.dialect() => {
            let translation = transpiler
                .translate(&request.sql, &request.binds)
                .map_err(|refusal| refused(translator, from, &refusal.diagnostics))?;
            if translation.writes && !undone {
                return Err(writes("the statement writes, and nothing that writes is run"));
            }
            translation.tell_types(&mut request.binds);
            let rules = translation.rules.into_iter().map(|rule| rule.code).collect();
            (translation.sql, translation.fidelity, rules)
        }
        _ => {
            return Err(Stop::new(
                Stage::Transpile,
                &NO_CATALOG,
                format!(
                    "the statement is in dialect `{from}`, the engine reads `{}` and the catalog \
                     is spelled in `{}`; give a catalog spelled in `{from}`",
                    translator.engine,
                    translator.source.dialect()
                ),
            ));
        }
    };
    let verdict = TranspileVerdict { from, to: translator.engine, fidelity, rules };
    let text = Request { sql, dialect: translator.engine, ..request };
    Ok((Translated { text, tables, shape, policy, funds }, verdict))
}

fn writes(message: &str) -> Stop {
    Stop::new(Stage::Transpile, &WRITES, message.to_owned())
        .sqlstate(SqlState::FEATURE_NOT_SUPPORTED)
}

fn refused(translator: &Translator, from: Dialect, diagnostics: &[Diagnostic]) -> Stop {
    let why = diagnostics.first().map_or_else(
        || "no rule translates it".to_owned(),
        |first| format!("{}: {}", first.code, first.message),
    );
    let message = format!(
        "the statement cannot be translated from `{from}` to `{}`: {why}",
        translator.engine
    );
    let all: Vec<Value> =
        diagnostics.iter().filter_map(|one| serde_json::to_value(one).ok()).collect();
    Stop::new(Stage::Transpile, &REFUSED, message)
        .sqlstate(SqlState::FEATURE_NOT_SUPPORTED)
        .with("diagnostics", all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::guarded;

    #[test]
    fn the_engines_own_dialect_stays_as_it_is() {
        let translator = Translator::new(Dialect::DuckDb, Dialect::Postgres, &[]);
        let sql = "SELECT  x  FROM a -- as it is";
        let (translated, verdict) = run(&translator, guarded(sql), false).unwrap();
        let (text, remains) = translated.into_parts();
        assert_eq!((text.sql.as_str(), text.dialect), (sql, Dialect::Postgres));
        assert_eq!(remains.tables, ["a"]);
        assert_eq!(verdict.evidence()["rules"], "");
        assert_eq!(verdict.evidence()["fidelity"], "exact");
    }

    #[test]
    fn another_dialect_is_translated_and_the_rules_are_the_evidence() {
        let translator = Translator::new(Dialect::Postgres, Dialect::DuckDb, &[]);
        let (translated, verdict) = run(&translator, guarded("SELECT 7 / 2"), false).unwrap();
        let (text, _) = translated.into_parts();
        assert_eq!(text.dialect, Dialect::DuckDb);
        assert!(text.sql.contains("//"), "{}", text.sql);
        assert!(verdict.evidence()["rules"].starts_with("TR"), "{verdict:?}");
    }

    #[test]
    fn a_refusal_carries_the_diagnostics() {
        let translator = Translator::new(Dialect::Postgres, Dialect::DuckDb, &[]);
        let sql = "SELECT no_such_function_anywhere(1)";
        let error = run(&translator, guarded(sql), false).unwrap_err().for_request("r");
        assert_eq!((error.code, error.rule()), (ErrorCode::UnsupportedConstruct, "GV0501"));
        assert!(error.details["diagnostics"].is_array());
    }

    #[test]
    fn what_writes_is_refused_although_it_can_be_translated() {
        let translator = Translator::new(Dialect::Postgres, Dialect::DuckDb, &[]);
        for sql in ["DROP TABLE IF EXISTS a", "CREATE TABLE a (x integer)"] {
            let error = run(&translator, guarded(sql), false).unwrap_err().for_request("r");
            assert_eq!((error.code, error.rule()), (ErrorCode::UnsupportedConstruct, "GV0503"));
        }
    }

    #[test]
    fn where_changes_are_rolled_back_only_what_a_rollback_undoes_passes() {
        let own = Translator::new(Dialect::Postgres, Dialect::Postgres, &[]);
        let other = Translator::new(Dialect::Postgres, Dialect::DuckDb, &[]);
        for sql in ["COMMIT", "CREATE TABLE a (x integer)", "SET x = 1", "DROP TABLE a"] {
            for translator in [&own, &other] {
                let error = run(translator, guarded(sql), true).unwrap_err().for_request("r");
                assert_eq!(error.rule(), "GV0503", "{sql}");
            }
        }
        for sql in ["DELETE FROM a", "SELECT x FROM a"] {
            assert!(run(&own, guarded(sql), true).is_ok(), "{sql}");
        }
    }

    #[test]
    fn a_dialect_without_a_catalog_is_refused() {
        for catalog in [Dialect::DuckDb, Dialect::DataFusion] {
            let translator = Translator::new(catalog, Dialect::DuckDb, &[]);
            let error = run(&translator, guarded("SELECT 1"), false).unwrap_err().for_request("r");
            assert_eq!(error.rule(), "GV0502");
        }
    }
}
