//! TPC-H and TPC-DS as the users of several warehouses write them: each statement is translated,
//! executed, and gives the answer of its warehouse.
//!
//! The answers are PostgreSQL's to the PostgreSQL form, and those of a real Spark to the Spark form
//! (`corpora/*/answers/spark.jsonl`), which differ from PostgreSQL's where a quotient does.

use crate::world::{Answer, World, verdict};
use corpora::{Corpus, CorpusForms};
use engines::ResultSet;
use model::{Dialect, Fidelity, Verdict, catalog::CatalogTable};
use std::collections::BTreeMap;
use tests::{
    canonical::{self, Actual},
    recorded::{self, Case},
};
use transpiler::Transpiler;

/// What became of the statements of a corpus in one dialect on one target.
#[derive(Default)]
struct Count {
    right: usize,
    refused: Vec<String>,
    wrong: Vec<String>,
}

/// What the answers are held against.
enum Reference<'a> {
    /// PostgreSQL's answers by the statement's number.
    Postgres(&'a BTreeMap<String, (String, Answer)>),
    /// Recorded answers by the statement's number.
    Recorded(&'a BTreeMap<String, Case>),
}

/// `tpcds-14a` and `tpcds-spark-14a` are `14a`.
fn number(id: &str) -> &str {
    id.rsplit('-').next().unwrap_or(id)
}

/// Texts of these tables have no blanks at their end, which Redshift's users can say.
fn transpiler_of(from: Dialect, to: Dialect, tables: &[CatalogTable]) -> Transpiler {
    let given = match from {
        Dialect::Redshift => vec![("trailing_blanks", "absent")],
        _ => vec![],
    };
    Transpiler::under(sql::SourceSettings::with(from, given).unwrap(), to, tables)
}

async fn run(
    world: &mut World,
    corpus: &str,
    from: Dialect,
    to: Dialect,
    tables: &[CatalogTable],
    statements: &[(String, String)],
    reference: &Reference<'_>,
) -> Count {
    let mut count = Count::default();
    let transpiler = transpiler_of(from, to, tables);
    for (id, sql) in statements {
        let translation = match transpiler.translate(sql, &[]) {
            Ok(translation) => translation,
            Err(refusal) => {
                let why = &refusal.diagnostics[0];
                let at = why.span.map_or("", |span| span.slice(sql));
                let at = at.lines().next().unwrap_or("");
                count.refused.push(format!("{id}: {} at `{at}`", why.message));
                continue;
            }
        };
        let governed = world.on(&translation.sql, to).await;
        let differs = match reference {
            Reference::Postgres(answers) if from != Dialect::Postgres => {
                let (_, legacy) = &answers[number(id)];
                let own = has_own_arithmetic(corpus, from, number(id));
                let by_postgres =
                    transpiler_of(from, Dialect::Postgres, tables).translate(sql, &[]);
                let answer = match by_postgres {
                    Ok(by_postgres) if own => Some(world.legacy(&by_postgres.sql).await),
                    // Nothing else knows the warehouse's arithmetic: that it runs is all that can be told.
                    Err(_) if own && governed.is_ok() => {
                        count.right += 1;
                        continue;
                    }
                    _ => None,
                };
                match (answer.as_ref().unwrap_or(legacy), &governed) {
                    (Ok(legacy), Ok(governed)) => to_their_digits(legacy, governed),
                    _ => Some(String::new()),
                }
            }
            Reference::Postgres(answers) => {
                let (form, legacy) = &answers[number(id)];
                let judgement = verdict(form, legacy, &governed);
                match judgement.verdict {
                    Verdict::Match | Verdict::Tolerated => None,
                    other => Some(format!("{other} {:?}", judgement.differences.examples.first())),
                }
            }
            Reference::Recorded(cases) => {
                let case = &cases[number(id)];
                match &governed {
                    Ok(set) => {
                        let kinds: Vec<&str> =
                            case.columns.iter().map(|c| c.kind.as_str()).collect();
                        canonical::difference(
                            &canonical::rows(&set.batches).unwrap(),
                            &case.rows,
                            &kinds,
                            case.ordered,
                            translation.fidelity == Fidelity::Approximate,
                        )
                    }
                    Err(_) => Some(String::new()),
                }
            }
        };
        match differs {
            None => count.right += 1,
            Some(what) => {
                let failed = governed.err().map_or_else(String::new, |f| f.to_string());
                count.wrong.push(format!("{id}: {failed} {what}\n{}", translation.sql));
            }
        }
    }
    count
}

/// What differs beyond the digits that the warehouse's own types keep: a quotient or an average is
/// of a fixed scale there, where PostgreSQL gives 16 digits and more. Rows are a bag.
fn to_their_digits(legacy: &ResultSet, governed: &ResultSet) -> Option<String> {
    let rows = |set: &ResultSet| canonical::rows(&set.batches).unwrap();
    let (legacy, mine) = (rows(legacy), rows(governed));
    if legacy.len() != mine.len() {
        return Some(format!("{} rows instead of {}", mine.len(), legacy.len()));
    }
    // One in the last place that any value of the column has.
    let digits = |cell: &Actual| match cell {
        Actual::Exact(digits) => Some(digits.split_once('.').map_or(0, |(_, f)| f.len())),
        _ => None,
    };
    let units: Vec<f64> = (0..governed.schema.fields().len())
        .map(|column| mine.iter().filter_map(|row| digits(row.get(column)?)).max())
        .map(|most| most.map_or(0.0, |most| 10_f64.powi(-i32::try_from(most).unwrap())))
        .collect();
    let value = |cell: &Actual| match cell {
        Actual::Exact(digits) => digits.parse::<f64>().ok(),
        Actual::Float(value) => Some(*value),
        _ => None,
    };
    let same = |mine: &Actual, theirs: &Actual, unit: f64| match (value(mine), value(theirs)) {
        (Some(a), Some(b)) => {
            // Only what they have more digits of can have been cut or rounded.
            let cut =
                digits(theirs).is_some_and(|n| 10_f64.powi(-i32::try_from(n).unwrap()) < unit);
            let unit = if cut { unit } else { 0.0 };
            (a - b).abs() <= unit + 1e-9 * a.abs().max(1e-6)
        }
        _ => mine == theirs,
    };
    let mut left: Vec<&Vec<Actual>> = mine.iter().collect();
    for wanted in &legacy {
        let at = left.iter().position(|row| {
            row.iter().zip(wanted).zip(&units).all(|((a, b), unit)| same(a, b, *unit))
        });
        match at {
            Some(at) => left.swap_remove(at),
            None => return Some(format!("no row {wanted:?} but {:?}", left.first())),
        };
    }
    None
}

/// Statements that must be right, by source and target.
type Floor = &'static [(Dialect, [usize; 3])];

const TARGETS: [Dialect; 3] = [Dialect::DuckDb, Dialect::DataFusion, Dialect::Postgres];

async fn check(corpus: &Corpus, forms: &[(Dialect, CorpusForms)], floor: Floor) {
    let mut world = World::start().await;
    world.load_corpus(corpus).await;
    let mut answers = BTreeMap::new();
    let mut own = Vec::new();
    for statement in &corpus.statements {
        let legacy = world.legacy(&statement.sql).await;
        answers.insert(number(&statement.id).to_owned(), (statement.sql.clone(), legacy));
        own.push((statement.id.clone(), statement.sql.clone()));
    }
    let spark: BTreeMap<String, Case> = recorded::answers(corpus.name, Dialect::Spark)
        .unwrap()
        .into_iter()
        .map(|case| (number(&case.id).to_owned(), case))
        .collect();
    let mut faults = Vec::new();
    for (from, least) in floor {
        let form = forms.iter().find(|(dialect, _)| dialect == from).map(|(_, form)| form);
        let (tables, statements) = match form {
            None => (corpus.tables.clone(), own.clone()),
            Some(form) => (
                form.tables.clone(),
                form.statements.iter().map(|s| (s.id.clone(), s.sql.clone())).collect(),
            ),
        };
        let reference = match from {
            Dialect::Spark => Reference::Recorded(&spark),
            _ => Reference::Postgres(&answers),
        };
        for (to, least) in TARGETS.into_iter().zip(least) {
            if *from == to {
                continue;
            }
            let count =
                run(&mut world, corpus.name, *from, to, &tables, &statements, &reference).await;
            println!(
                "{} in {from} to {to}: {} right, {} refused, {} wrong",
                corpus.name,
                count.right,
                count.refused.len(),
                count.wrong.len()
            );
            for line in count.refused.iter().chain(&count.wrong) {
                println!("  {line}");
            }
            if !count.wrong.is_empty() || count.right < *least {
                faults.push(format!(
                    "{} in {from} to {to}: {} right, at least {least} expected; {} wrong",
                    corpus.name,
                    count.right,
                    count.wrong.len()
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Statements whose answer depends on the warehouse's own arithmetic or order, so that PostgreSQL's
/// is none for them: quotients of integers that keep their fraction (Q34, Q73, Q83), averages of
/// integers that are integers (Redshift), ranks of rounded quotients, NULLs at the LIMIT. Their
/// reference is PostgreSQL's answer to their own translation: the targets agree with each other.
const OWN_ARITHMETIC: &[(Dialect, &[&str])] = &[
    (Dialect::Snowflake, &["21", "34", "39a", "39b", "58", "73", "78", "83"]),
    // Rows at a LIMIT that come after others because NULL is first (Q5, Q14a, Q27, Q33, Q36, Q67, Q86).
    (
        Dialect::BigQuery,
        &["05", "14a", "21", "27", "33", "34", "36", "62", "67", "73", "78", "83", "86"],
    ),
    (Dialect::Redshift, &["22", "36", "39a", "39b", "58", "66"]),
];

fn has_own_arithmetic(corpus: &str, dialect: Dialect, number: &str) -> bool {
    // 0.06 + 0.01 is a float of BigQuery, a little less than 0.07.
    let floats = corpus == "tpch" && dialect == Dialect::BigQuery && number == "06";
    floats
        || corpus == "tpcds"
            && OWN_ARITHMETIC.iter().any(|(d, numbers)| *d == dialect && numbers.contains(&number))
}

const SOURCES: [Dialect; 4] =
    [Dialect::Snowflake, Dialect::BigQuery, Dialect::Redshift, Dialect::Spark];

#[tokio::test]
async fn tpch_in_five_dialects() {
    let corpus = corpora::tpch(0.01).unwrap();
    let forms = SOURCES.map(|d| (d, corpora::tpch_in(d, 0.01).unwrap()));
    check(
        &corpus,
        &forms,
        &[
            (Dialect::Postgres, [22, 22, 0]),
            (Dialect::Snowflake, [22, 22, 22]),
            (Dialect::BigQuery, [22, 22, 22]),
            (Dialect::Redshift, [22, 22, 22]),
            (Dialect::Spark, [22, 22, 22]),
        ],
    )
    .await;
}

#[tokio::test]
async fn tpcds_in_five_dialects() {
    let corpus = corpora::tpcds(0.01).unwrap();
    let forms = SOURCES.map(|d| (d, corpora::tpcds_in(d).unwrap()));
    check(
        &corpus,
        &forms,
        &[
            (Dialect::Postgres, [103, 103, 0]),
            (Dialect::Snowflake, [103, 103, 103]),
            (Dialect::BigQuery, [103, 103, 103]),
            (Dialect::Redshift, [103, 103, 103]),
            (Dialect::Spark, [103, 103, 103]),
        ],
    )
    .await;
}
