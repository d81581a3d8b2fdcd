//! No text makes the transpiler panic, hang or lose its place: recorded statements of every dialect
//! with bytes changed, cut, doubled and spliced, and bytes that are no SQL at all.

use model::Dialect;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use std::time::{Duration, Instant};
use tests::recorded;
use transpiler::{TARGETS, Transpiler};

/// Mutated statements of one dialect in one run; `GNOMON_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("GNOMON_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(150)
}

fn seed() -> u64 {
    std::env::var("GNOMON_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(20_261_121)
}

/// One change of a text, by byte positions that are brought to character boundaries.
#[derive(Debug, Clone)]
enum Change {
    Delete(usize, usize),
    Double(usize, usize),
    Insert(usize, String),
    /// The rest is that of another statement.
    Splice(usize, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let odd = prop::sample::select(vec![
        "'",
        "\"",
        "`",
        "(",
        ")",
        "[",
        "]",
        ",",
        "--",
        "/*",
        "$$",
        "\\",
        "\0",
        "é",
        "😀",
        "::",
        "NULL",
        "1e999",
        "99999999999999999999",
        " OVER (",
        " ORDER BY ",
        " FILTER ",
        "@",
        "{",
        ":a",
        "DISTINCT ",
        "INTERVAL '1",
        "CAST(",
        " AS ",
        "-",
        ".",
        "$1",
        "?",
    ]);
    prop_oneof![
        (0_usize..400, 1_usize..30).prop_map(|(at, len)| Change::Delete(at, len)),
        (0_usize..400, 1_usize..60).prop_map(|(at, len)| Change::Double(at, len)),
        (0_usize..400, odd).prop_map(|(at, text)| Change::Insert(at, text.to_owned())),
        (0_usize..400, 0_usize..1000, 0_usize..400).prop_map(|(a, o, b)| Change::Splice(a, o, b)),
    ]
}

fn boundary(text: &str, at: usize) -> usize {
    let at = at % (text.len() + 1);
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn changed(text: &str, change: &Change, others: &[String]) -> String {
    let head = |text: &str, at: usize| text.get(..at).unwrap_or("").to_owned();
    let tail = |text: &str, at: usize| text.get(at..).unwrap_or("").to_owned();
    let part = |at: usize, len: usize| {
        let start = boundary(text, at);
        let end = boundary(text, (start + len).min(text.len()));
        (start, end.max(start))
    };
    match change {
        Change::Delete(at, len) => {
            let (start, end) = part(*at, *len);
            head(text, start) + &tail(text, end)
        }
        Change::Double(at, len) => {
            let (start, end) = part(*at, *len);
            head(text, end) + &tail(text, start)
        }
        Change::Insert(at, odd) => {
            let at = boundary(text, *at);
            head(text, at) + odd + &tail(text, at)
        }
        Change::Splice(at, other, from) => {
            let other = &others[other % others.len()];
            head(text, boundary(text, *at)) + &tail(other, boundary(other, *from))
        }
    }
}

/// Translates and checks that findings point into the text. A panic fails the test by itself.
fn translate(transpiler: &Transpiler, text: &str) -> Result<(), TestCaseError> {
    let begun = Instant::now();
    if let Err(refusal) = transpiler.translate(text, &[]) {
        prop_assert!(!refusal.diagnostics.is_empty());
        for diagnostic in &refusal.diagnostics {
            prop_assert!(!diagnostic.message.is_empty());
            if let Some(span) = diagnostic.span {
                prop_assert!(span.start <= span.end && span.end <= text.len(), "{text}");
                prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            }
        }
    }
    // No timing: a bound on what would otherwise never end.
    prop_assert!(begun.elapsed() < Duration::from_secs(20), "{text}");
    Ok(())
}

#[test]
fn changed_statements_are_translated_or_refused() {
    println!("GNOMON_SEED={} GNOMON_CASES={}", seed(), cases());
    for dialect in Dialect::ALL {
        let statements: Vec<String> =
            recorded::cases(dialect).unwrap().into_iter().map(|case| case.sql).collect();
        if statements.is_empty() {
            continue;
        }
        let (tables, _) = recorded::tables(dialect).unwrap();
        let tables: Vec<_> = tables.into_iter().map(|table| table.vendor).collect();
        let transpilers = TARGETS.map(|to| Transpiler::new(dialect, to, &tables));
        let mut bytes = [0_u8; 32];
        bytes[..8].copy_from_slice(&seed().to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let config = Config { cases: cases(), failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, rng);
        let strategy = (0..statements.len(), prop::collection::vec(change(), 1..4), 0_usize..3);
        runner
            .run(&strategy, |(index, changes, target)| {
                let text = changes
                    .iter()
                    .fold(statements[index].clone(), |text, c| changed(&text, c, &statements));
                translate(&transpilers[target], &text)
            })
            .unwrap_or_else(|error| panic!("{dialect}, GNOMON_SEED={}: {error}", seed()));
    }
}

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_text_is_translated_or_refused(text in "\\PC{0,200}", dialect in prop::sample::select(&Dialect::ALL[..])) {
        translate(&Transpiler::new(dialect, Dialect::DuckDb, &[]), &text)?;
    }
}
