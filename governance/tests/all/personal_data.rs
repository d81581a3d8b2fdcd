//! Law 27: planted personal data is in no persisted byte.

use crate::world::{World, request};
use engines::Session as _;
use governance::Literals;
use model::Bind;
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Planted {
    /// As it stands in the text.
    text: String,
    /// Can it stand as a number, too?
    number: Option<String>,
}

fn email() -> impl Strategy<Value = Planted> {
    "[a-z]{2,8}[.][a-z]{2,8}@[a-z]{2,8}[.](com|org|co[.]uk)"
        .prop_map(|text| Planted { text, number: None })
}

fn ssn() -> impl Strategy<Value = Planted> {
    ("[1-8][0-9]{2}", "[0-9]{2}", "[0-9]{4}", "[-. ]").prop_map(|(a, b, c, sep)| Planted {
        text: format!("{a}{sep}{b}{sep}{c}"),
        number: Some(format!("{a}{b}{c}")),
    })
}

fn card() -> impl Strategy<Value = Planted> {
    ("[345][0-9]{14}", "[- ]?").prop_map(|(digits, sep)| {
        let sum: u32 = digits
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, b)| {
                let digit = u32::from(b - b'0') * if place % 2 == 0 { 2 } else { 1 };
                digit / 10 + digit % 10
            })
            .sum();
        let number = format!("{digits}{}", (10 - sum % 10) % 10);
        let groups: Vec<&str> = (0..4).filter_map(|n| number.get(n * 4..n * 4 + 4)).collect();
        Planted { text: groups.join(&sep), number: Some(number) }
    })
}

fn phone() -> impl Strategy<Value = Planted> {
    ("[2-9][0-9]{2}", "[2-9][0-9]{2}", "[0-9]{4}", 0..5_u8).prop_map(|(a, b, c, form)| Planted {
        text: match form {
            0 => format!("{a}-{b}-{c}"),
            1 => format!("({a}) {b}-{c}"),
            2 => format!("+1 {a} {b} {c}"),
            3 => format!("+49 {a} {b}{c}"),
            _ => format!("{a}.{b}.{c}"),
        },
        number: Some(format!("{a}{b}{c}")),
    })
}

fn planted() -> impl Strategy<Value = Planted> {
    prop_oneof![email(), ssn(), card(), phone()]
}

/// Every place of a statement that a person's data can stand in.
fn statements(Planted { text, number }: &Planted) -> Vec<String> {
    let mut statements = vec![
        format!("SELECT '{text}'"),
        format!("SELECT x FROM t WHERE name = '{text}' AND y = 'before {text} behind'"),
        format!("SELECT $a${text}$a$"),
        format!("SELECT E'\\'{text}'"),
        format!("SELECT 1 -- {text}\n"),
        format!("SELECT 1 /* {text} */ + 2"),
        format!("SELECT 1 AS \"{text}\""),
        format!("SELECT x FROM \"{text}\""),
        format!("SELECT x FROM fails WHERE x = '{text}'"),
        format!("SELECT '{text}"),
        format!("SELEC {text}"),
        format!("{text}"),
    ];
    if let Some(number) = number {
        statements.push(format!("SELECT x FROM t WHERE x = {number}"));
        statements.push(format!("SELECT x FROM t WHERE x IN (1,{number},2)"));
        statements.push(format!("SELECT x FROM t_{number}"));
        statements.push(format!("SELECT '{number}' FROM fails"));
    }
    statements
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn is_in_no_persisted_byte(planted in planted()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for literals in [Literals::Hide, Literals::Scan] {
            let world = World::with(|settings| settings.literals = literals);
            let statements = statements(&planted);
            runtime.block_on(async {
                let mut session = world.session(Some("ana")).await;
                for sql in &statements {
                    let mut request = request(sql);
                    request.binds.push(Bind { type_oid: 25, value: Some(planted.text.clone()) });
                    let _ = session.run(request).await;
                    let _ = session.run_script(sql).await;
                }
            });
            let written = String::from_utf8(world.bytes()).unwrap();
            prop_assert_eq!(world.records().len(), statements.len() * 2);
            for secret in std::iter::once(&planted.text).chain(&planted.number) {
                let line = written.lines().find(|line| line.contains(secret.as_str()));
                prop_assert!(line.is_none(), "{} is written: {:?}", secret, line);
            }
        }
    }
}

#[tokio::test]
async fn other_literals_are_hidden_by_default_and_kept_where_asked() {
    let sql = "SELECT x FROM t WHERE status = 'open'";
    for (literals, kept) in [(Literals::Hide, false), (Literals::Scan, true)] {
        let world = World::with(|settings| settings.literals = literals);
        world.session(None).await.run(request(sql)).await.unwrap();
        assert_eq!(world.records()[0].sql.contains("open"), kept);
        assert_eq!(world.calls.texts(), [sql], "the engine gets the text as it is");
    }
}
