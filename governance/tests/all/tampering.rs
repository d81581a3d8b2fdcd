//! Law 21: every edit, insertion, deletion, reordering and splice is found, and the first broken
//! record is named. A cut at the end is not found by the chain alone; its head tells.

use crate::world::{World, request};
use governance::audit::{Broken, BrokenReason, Summary, VerifyError, verify};
use proptest::prelude::*;
use std::sync::LazyLock;

fn chain(session: &str) -> Vec<Vec<u8>> {
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut session = world.session(Some(session)).await;
        for sql in ["SELECT 1", "SELECT * FROM t", "SELEC", "SELECT x FROM fails", "SELECT 'é'"] {
            let _ = session.run(request(sql)).await;
            let _ = session.run(request(sql)).await;
        }
    });
    world.bytes().split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

static CHAIN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| chain("ana"));
static OTHER: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| chain("bob"));

fn check(lines: &[Vec<u8>]) -> Result<Summary, Broken> {
    match verify(lines.concat().as_slice()) {
        Ok(summary) => Ok(summary),
        Err(VerifyError::Broken(broken)) => Err(broken),
        Err(VerifyError::Io(error)) => panic!("{error}"),
    }
}

fn broken(lines: &[Vec<u8>]) -> (u64, BrokenReason) {
    let broken = check(lines).unwrap_err();
    assert_eq!(broken.sequence, broken.line);
    (broken.sequence, broken.reason)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_changed_byte_is_found_in_its_record(
        record in 0..10_usize,
        place in any::<prop::sample::Index>(),
        flip in 1..=255_u8,
    ) {
        let mut lines = CHAIN.clone();
        let place = place.index(lines[record].len());
        lines[record][place] ^= flip;
        let found = check(&lines).unwrap_err();
        prop_assert_eq!(found.sequence, record as u64 + 1);
    }

    #[test]
    fn any_reordering_is_found_at_its_first_record(
        order in Just((0..10_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let lines: Vec<Vec<u8>> = order.iter().map(|n| CHAIN[*n].clone()).collect();
        match order.iter().enumerate().find(|(place, record)| place != *record) {
            None => prop_assert!(check(&lines).is_ok()),
            Some((place, record)) => {
                let found = *record as u64 + 1;
                let reason = BrokenReason::WrongSequence { found };
                prop_assert_eq!(broken(&lines), (place as u64 + 1, reason));
            }
        }
    }
}

#[test]
fn every_deletion_but_that_of_the_end_is_found() {
    for deleted in 0..CHAIN.len() - 1 {
        let mut lines = CHAIN.clone();
        lines.remove(deleted);
        let place = deleted as u64 + 1;
        assert_eq!(broken(&lines), (place, BrokenReason::WrongSequence { found: place + 1 }));
    }
}

#[test]
fn every_insertion_is_found() {
    for place in 0..CHAIN.len() {
        for inserted in [CHAIN[place].clone(), b"\n".to_vec(), b"{}\n".to_vec()] {
            let mut lines = CHAIN.clone();
            lines.insert(place + 1, inserted);
            assert_eq!(broken(&lines).0, place as u64 + 2);
        }
    }
}

#[test]
fn every_splice_is_found() {
    for place in 0..CHAIN.len() {
        let mut lines = CHAIN.clone();
        lines[place] = OTHER[place].clone();
        let (found, reason) = broken(&lines);
        // Sound by itself, the first record of another chain is noticed by the one after it.
        assert_eq!(found, (place as u64 + 1).max(2));
        assert_eq!(reason, BrokenReason::BrokenLink);
    }
    let tail: Vec<Vec<u8>> = [&CHAIN[..4], &OTHER[4..]].concat();
    assert_eq!(broken(&tail), (5, BrokenReason::BrokenLink));
}

#[test]
fn an_edit_that_keeps_the_form_is_named_altered() {
    let mut lines = CHAIN.clone();
    let edited = String::from_utf8(lines[1].clone()).unwrap().replace("\"rows\":0", "\"rows\":9");
    let edited = edited.replace("\"rows\":3", "\"rows\":9");
    assert_ne!(edited.as_bytes(), lines[1]);
    lines[1] = edited.into_bytes();
    assert_eq!(broken(&lines), (2, BrokenReason::Altered));
}

#[test]
fn another_spelling_of_the_same_record_is_found() {
    let mut lines = CHAIN.clone();
    let spelled = String::from_utf8(lines[0].clone()).unwrap().replacen("{\"", "{ \"", 1);
    lines[0] = spelled.into_bytes();
    assert_eq!(broken(&lines), (1, BrokenReason::NotCanonical));
}

#[test]
fn a_cut_at_the_end_is_not_found_but_changes_the_head() {
    let whole = check(&CHAIN).unwrap();
    for kept in 0..CHAIN.len() {
        let cut = check(&CHAIN[..kept]).unwrap();
        assert_eq!(cut.records, kept as u64);
        assert_ne!(cut.head, whole.head);
        assert!(cut.to_string().contains("cut off"), "{cut}");
    }
}

#[test]
fn a_chain_does_not_verify_without_its_beginning() {
    assert_eq!(broken(&CHAIN[1..]), (1, BrokenReason::WrongSequence { found: 2 }));
}
