//! Any bytes between a client and a server, in pieces of any size: never a panic, nothing is recorded that was
//! not sent, and where pieces begin and end means nothing. Each piece opens with a byte that says whose it is
//! and one with its length.
#![no_main]

use capture::proxy::{
    Settings,
    watched::{Recorded, Seen, Watched},
};
use libfuzzer_sys::fuzz_target;

fn recorded(pieces: &[Seen]) -> Recorded {
    let mut watched = Watched::new(Settings { digest: true, ..Settings::default() }).unwrap();
    for piece in pieces {
        watched.saw(piece);
    }
    watched.end().expect("a recording that can be read")
}

/// The statements, by what does not depend on the clock.
fn told(recorded: &Recorded) -> String {
    let mut told = String::new();
    for statement in &recorded.statements {
        let plain = model::Statement { time: None, latency_us: None, ..statement.clone() };
        told += &format!("{plain:?}\n");
    }
    told
}

fuzz_target!(|data: &[u8]| {
    let (mut rest, mut pieces, mut sent) = (data, Vec::new(), Vec::new());
    while let [whose, length, behind @ ..] = rest {
        let (piece, behind) = behind.split_at(usize::from(*length).min(behind.len()));
        rest = behind;
        if whose & 1 == 0 {
            sent.extend_from_slice(piece);
        }
        let seen = if whose & 1 == 0 { Seen::Client } else { Seen::Server };
        pieces.push(seen(piece.to_vec()));
    }
    let found = recorded(&pieces);
    for statement in &found.statements {
        let text = statement.sql.as_bytes();
        // What is scrubbed is not what was sent.
        assert!(
            statement.incomplete.is_some()
                || sent.windows(text.len().max(1)).any(|part| part == text),
            "{statement:?}"
        );
    }
    let single: Vec<Seen> = pieces
        .iter()
        .flat_map(|piece| match piece {
            Seen::Client(bytes) => {
                bytes.iter().map(|byte| Seen::Client(vec![*byte])).collect::<Vec<_>>()
            }
            Seen::Server(bytes) => bytes.iter().map(|byte| Seen::Server(vec![*byte])).collect(),
        })
        .collect();
    assert_eq!(told(&recorded(&single)), told(&found));
});
