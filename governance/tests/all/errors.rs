//! Law 22: every error has a code, a stage and a page; no row data, no partial frame; no panic on
//! any text.

use crate::{
    spy::SECRET,
    world::{World, request},
};
use engines::Session as _;
use governance::{ErrorCode, Stage, pages};
use model::{Dialect, Failure};
use proptest::prelude::*;

fn sql() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("SELECT"),
        Just("*"),
        Just("FROM"),
        Just("t"),
        Just("WHERE"),
        Just("x"),
        Just("1"),
        Just("("),
        Just(")"),
        Just(","),
        Just("'a"),
        Just("'"),
        Just("\""),
        Just("$$"),
        Just("--"),
        Just("/*"),
        Just("*/"),
        Just("\n"),
        Just(";"),
        Just("fails"),
        Just("fails_late"),
        Just("UNION ALL"),
        Just("WITH c AS"),
        Just("INSERT INTO t VALUES"),
        Just("é\u{0}"),
    ];
    prop_oneof![
        proptest::collection::vec(word, 0..14).prop_map(|words| words.join(" ")),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn are_total(sql in sql(), dialect in prop::sample::select(&Dialect::ALL)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let world = World::new();
        let outcome = runtime.block_on(async {
            let mut request = request(&sql);
            request.dialect = dialect;
            world.session(None).await.run(request).await
        });
        prop_assert_eq!(world.records().len(), 1);
        prop_assert_eq!(world.calls.executed() == 0, matches!(&outcome, Err(e) if e.stage < Stage::Execute));
        if let Err(error) = outcome {
            prop_assert!(pages().iter().any(|page| page.code == error.rule()), "{}", error);
            prop_assert!(ErrorCode::ALL.contains(&error.code));
            prop_assert!(!error.message.is_empty() && !error.request_id.is_empty());
            let json = serde_json::to_string(&error).unwrap();
            prop_assert!(!json.contains(SECRET));
            let failure = Failure::from(error.clone());
            prop_assert_eq!(failure.code.as_deref(), Some(error.code.as_str()));
            prop_assert_eq!(failure.sqlstate, error.sqlstate);
        }
    }
}

#[tokio::test]
async fn no_part_of_a_result_leaves_when_it_fails_late() {
    let world = World::new();
    let mut session = world.session(None).await;
    assert!(session.execute(request("SELECT x FROM fails_late")).await.is_err());
    assert_eq!(world.records()[0].rows, 0);
}

#[tokio::test]
async fn the_error_as_json_has_the_documented_fields() {
    let world = World::new();
    let error = world.session(None).await.run(request("SELEC")).await.unwrap_err();
    let json = serde_json::to_value(&error).unwrap();
    for field in ["code", "sqlstate", "stage", "message", "request_id", "details"] {
        assert!(json.get(field).is_some_and(|value| !value.is_null()), "{field}");
    }
    assert_eq!(json["code"], "UNSUPPORTED_CONSTRUCT");
    assert_eq!(json["stage"], "policy_check");
}
