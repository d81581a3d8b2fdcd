//! Recorded statements that write, of every dialect: after transpiling they leave on DuckDB,
//! DataFusion and PostgreSQL what the vendor's engine leaves, or are refused. Never anything else.

use crate::{
    tally::{Fate, Tally},
    world::World,
};
use engines::{Engine, Request, Session, SessionSettings, datafusion::DataFusion, duckdb::DuckDb};
use model::{Dialect, Fidelity, catalog::CatalogTable};
use tests::{
    canonical,
    statements::{StatementCase, statements},
};
use transpiler::{TARGETS, Transpiler};

/// A case in the target's dialect.
struct Translated {
    setup: Vec<String>,
    sql: String,
    check: Option<String>,
    approximate: bool,
}

/// Translates every statement of a case, each over the tables that are there by then.
fn translate(case: &StatementCase, from: Dialect, to: Dialect) -> Result<Translated, String> {
    let given = case.settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    let settings = sql::SourceSettings::with(from, given).unwrap();
    let mut tables: Vec<CatalogTable> = Vec::new();
    let one = |tables: &[CatalogTable], text: &str| {
        let transpiler = Transpiler::under(settings.clone(), to, tables);
        let done = if from == to {
            transpiler::reprint(text, tables)
        } else {
            transpiler.translate(text, &[])
        };
        done.map_err(|refusal| {
            let first = refusal.diagnostics.first();
            format!("{}\n      {text}", first.map_or("", |d| d.message.as_str()))
        })
    };
    let mut setup = Vec::new();
    for text in &case.setup {
        setup.push(one(&tables, text)?.sql);
        tables.extend(sql::tables_of_ddl(text, from).unwrap_or_default());
    }
    let statement = one(&tables, &case.sql)?;
    assert!(statement.writes, "{}: nobody is told that the statement writes", case.id);
    let made = if case.makes.is_empty() {
        sql::tables_of_ddl(&case.sql, from).unwrap_or_default()
    } else {
        case.makes.iter().map(tests::statements::Made::table).collect()
    };
    for table in made {
        let known = tables.iter().position(|t| t.name.eq_ignore_ascii_case(&table.name));
        match known {
            // `IF NOT EXISTS` leaves what is there; what a query makes is recorded.
            Some(at) if !case.makes.is_empty() => tables[at] = table,
            Some(_) => {}
            None => tables.push(table),
        }
    }
    let check = case.check.as_ref().map(|check| one(&tables, check)).transpose()?;
    let all = [Some(&statement), check.as_ref()];
    let approximate = all.iter().flatten().any(|t| t.fidelity == Fidelity::Approximate);
    Ok(Translated { setup, sql: statement.sql, check: check.map(|check| check.sql), approximate })
}

/// Runs a translated case in an empty database.
async fn run(
    session: &mut Box<dyn Session>,
    to: Dialect,
    case: &StatementCase,
    translated: &Translated,
) -> Fate {
    let wrong = |what: String| Fate::Wrong(format!("{what}\n      {}", translated.sql));
    for text in &translated.setup {
        if let Err(failure) = session.run_script(text).await {
            return wrong(format!("the setup fails: {failure}\n      {text}"));
        }
    }
    let answer = match session.execute(Request::new(&translated.sql, to)).await {
        Ok(stream) => stream.collect(1 << 30).await,
        Err(failure) => Err(failure),
    };
    let answer = match (answer, &case.error) {
        (Err(_), Some(_)) => return Fate::Right,
        (Ok(_), Some(error)) => return wrong(format!("success instead of an error ({error})")),
        (Err(failure), None) => return wrong(format!("an error instead of success: {failure}")),
        (Ok(answer), None) => answer,
    };
    let answer = match &translated.check {
        None => answer,
        Some(check) => {
            let checked = match session.execute(Request::new(check, to)).await {
                Ok(stream) => stream.collect(1 << 30).await,
                Err(failure) => Err(failure),
            };
            match checked {
                Ok(checked) => checked,
                Err(failure) => return wrong(format!("the check fails: {failure}\n      {check}")),
            }
        }
    };
    let kinds: Vec<&str> = case.columns.iter().map(|c| c.kind.as_str()).collect();
    let rows = match canonical::rows(&answer.batches) {
        Ok(rows) => rows,
        Err(what) => return wrong(what),
    };
    let differs =
        canonical::difference(&rows, &case.rows, &kinds, case.ordered, translated.approximate);
    differs.map_or(Fate::Right, wrong)
}

/// Runs a translated case in a database of its own.
async fn effect(
    world: &mut World,
    to: Dialect,
    case: &StatementCase,
    translated: &Translated,
) -> Fate {
    let settings = SessionSettings::default();
    match to {
        Dialect::DuckDb => {
            let mut session = DuckDb::in_memory().unwrap().open(&settings).await.unwrap();
            run(&mut session, to, case, translated).await
        }
        Dialect::DataFusion => {
            let mut session = DataFusion::new().unwrap().open(&settings).await.unwrap();
            run(&mut session, to, case, translated).await
        }
        _ => {
            let fresh = "DROP SCHEMA IF EXISTS one CASCADE; DISCARD TEMP; CREATE SCHEMA one; \
                         SET search_path TO one";
            world.postgres.run_script(fresh).await.unwrap();
            run(&mut world.postgres, to, case, translated).await
        }
    }
}

async fn check(dialect: Dialect) {
    let cases = statements(dialect).unwrap();
    assert!(!cases.is_empty(), "no statements are recorded for {dialect}");
    let mut ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "an id stands twice");
    let mut world = World::start().await;
    let only = std::env::var("GNOMON_CASE").unwrap_or_default();
    let mut tally = Tally::of(dialect);
    for to in TARGETS {
        let mut fates = Vec::new();
        for case in cases.iter().filter(|case| case.id.contains(&only)) {
            let fate = match translate(case, dialect, to) {
                Ok(translated) => effect(&mut world, to, case, &translated).await,
                Err(why) => Fate::Refused(why),
            };
            fates.push((case.id.as_str(), case.sql.as_str(), fate));
        }
        tally.count(to, &fates);
    }
    tally.settle(only.is_empty().then_some("statements/floor.json"));
}

/// What would go unseen if effects were not looked at: each wrong translation must be found.
#[tokio::test]
async fn wrong_translations_are_found() {
    let cases = statements(Dialect::Postgres).unwrap();
    let case = |id: &str| cases.iter().find(|case| case.id == id).unwrap();
    let mut world = World::start().await;
    for (id, from, to) in [
        // A condition is forgotten.
        ("postgres-delete-001", "\nWHERE ", "\nWHERE true OR "),
        // A value is rounded in another way.
        ("postgres-insert-002", "2.5", "2.4"),
        // A text that is too long is stored.
        ("postgres-insert-004", "error('22001: value too long')", "x"),
        // A row matched twice takes any of the values.
        ("postgres-merge-003", "> 1 THEN ERROR", "> 9 THEN ERROR"),
    ] {
        let case = case(id);
        let mut translated = translate(case, Dialect::Postgres, Dialect::DuckDb).unwrap();
        let fate = effect(&mut world, Dialect::DuckDb, case, &translated).await;
        assert!(matches!(fate, Fate::Right), "{id}: {fate:?}");
        assert!(translated.sql.contains(from), "{id}: {}", translated.sql);
        translated.sql = translated.sql.replace(from, to);
        for text in &mut translated.setup {
            // The table's own guard would find it too.
            *text = text.replace("CHECK (length(v) <= 3)", "CHECK (length(v) <= 99)");
        }
        let fate = effect(&mut world, Dialect::DuckDb, case, &translated).await;
        assert!(matches!(fate, Fate::Wrong(_)), "{id}: {fate:?}");
    }
}

in_every_dialect!(check);
