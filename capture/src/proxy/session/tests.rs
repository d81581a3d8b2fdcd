//! Sessions as their messages go by.

use crate::proxy::{
    recorder::Settings,
    watched::{Recorded, Seen, Watched},
};
use model::{Incomplete, Statement};
use proptest::prelude::*;

/// A message: its kind and its body.
fn message(kind: u8, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = vec![kind];
    bytes.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes
}

/// A body whose texts end with `|`.
fn texts(text: &str) -> Vec<u8> {
    text.replace('|', "\0").into_bytes()
}

fn query(sql: &str) -> Vec<u8> {
    message(b'Q', texts(&format!("{sql}|")))
}

fn parse(name: &str, sql: &str, types: &[u32]) -> Vec<u8> {
    let mut body = texts(&format!("{name}|{sql}|"));
    body.extend(u16::try_from(types.len()).unwrap().to_be_bytes());
    body.extend(types.iter().flat_map(|oid| oid.to_be_bytes()));
    message(b'P', body)
}

/// Values as texts.
fn bind(portal: &str, name: &str, values: &[Option<&str>]) -> Vec<u8> {
    let mut body = texts(&format!("{portal}|{name}|"));
    body.extend([0, 0]);
    body.extend(u16::try_from(values.len()).unwrap().to_be_bytes());
    for value in values {
        let length = value.map_or(-1, |value| i32::try_from(value.len()).unwrap());
        body.extend(length.to_be_bytes());
        body.extend(value.unwrap_or_default().bytes());
    }
    body.extend([0, 0]);
    message(b'B', body)
}

fn execute(portal: &str, most: u32) -> Vec<u8> {
    let mut body = texts(&format!("{portal}|"));
    body.extend(most.to_be_bytes());
    message(b'E', body)
}

fn close(of: char, name: &str) -> Vec<u8> {
    message(b'C', texts(&format!("{of}{name}|")))
}

fn describe(of: char, name: &str) -> Vec<u8> {
    message(b'D', texts(&format!("{of}{name}|")))
}

fn sync() -> Vec<u8> {
    message(b'S', [])
}

fn row(text: &str) -> Vec<u8> {
    message(b'D', text)
}

fn complete(tag: &str) -> Vec<u8> {
    message(b'C', texts(&format!("{tag}|")))
}

fn error(state: &str) -> Vec<u8> {
    message(b'E', texts(&format!("SERROR|C{state}|Mno||")))
}

fn ready(status: u8) -> Vec<u8> {
    message(b'Z', [status])
}

fn client(messages: &[Vec<u8>]) -> Seen {
    Seen::Client(messages.concat())
}

fn server(messages: &[Vec<u8>]) -> Seen {
    Seen::Server(messages.concat())
}

/// One whose login is through.
fn watched(settings: Settings) -> Watched {
    let mut watched = Watched::new(settings).unwrap();
    watched.saw(&client(&[message(b'p', texts("geheim-4711|"))]));
    watched.saw(&server(&[message(b'R', [0, 0, 0, 0]), ready(b'I')]));
    watched
}

/// What was recorded, and how many were dropped and how often it was not followed.
fn end(watched: Watched) -> (Vec<Statement>, u64, u64) {
    let Recorded { statements, dropped, unfollowed } = watched.end().unwrap();
    (statements, dropped, unfollowed)
}

fn recorded(seen: &[Seen]) -> Vec<Statement> {
    let mut session = watched(Settings { digest: true, ..Settings::default() });
    for seen in seen {
        session.saw(seen);
    }
    let (statements, dropped, unfollowed) = end(session);
    assert_eq!((dropped, unfollowed), (0, 0), "{statements:?}");
    statements
}

/// Text, values, rows and error of a statement.
type Known = (String, Vec<Option<String>>, Option<u64>, Option<String>);

/// What is known of each statement.
fn told(statements: &[Statement]) -> Vec<Known> {
    let of = |statement: &Statement| {
        assert_eq!(statement.user.as_deref(), Some("ana"));
        assert_eq!(statement.database.as_deref(), Some("shop"));
        assert!(statement.time.is_some());
        let values = statement.binds.iter().map(|bind| bind.value.clone()).collect();
        let error = statement.error.map(|state| state.to_string());
        (statement.sql.clone(), values, statement.rows, error)
    };
    statements.iter().map(of).collect()
}

fn plain(sql: &str, rows: Option<u64>) -> Known {
    (sql.to_owned(), Vec::new(), rows, None)
}

fn failed(sql: &str, error: &str) -> Known {
    (sql.to_owned(), Vec::new(), None, Some(error.to_owned()))
}

fn bound(sql: &str, values: &[Option<&str>], rows: u64) -> Known {
    let values = values.iter().map(|value| value.map(str::to_owned)).collect();
    (sql.to_owned(), values, Some(rows), None)
}

#[test]
fn a_text_of_several_statements_is_told_apart() {
    let seen = [
        client(&[query("SELECT 1")]),
        server(&[message(b'T', []), row("1"), complete("SELECT 1"), ready(b'I')]),
        client(&[query("BEGIN; UPDATE t SET a = 'x;y'; -- one\nCOMMIT")]),
        server(&[complete("BEGIN"), complete("UPDATE 3"), complete("COMMIT"), ready(b'I')]),
        client(&[query("SELECT 2; SELEC; SELECT 3")]),
        server(&[message(b'T', []), row("2"), complete("SELECT 1"), error("42601"), ready(b'I')]),
        client(&[query("-- nothing")]),
        server(&[message(b'I', []), ready(b'I')]),
    ];
    let statements = recorded(&seen);
    assert_eq!(
        told(&statements),
        [
            plain("SELECT 1", Some(1)),
            plain("BEGIN", None),
            plain("UPDATE t SET a = 'x;y'", Some(3)),
            plain("COMMIT", None),
            plain("SELECT 2", Some(1)),
            failed("SELEC", "42601"),
        ]
    );
    let ids: Vec<&str> = statements.iter().map(|statement| statement.id.as_str()).collect();
    assert_eq!(ids, ["s.1", "s.2", "s.3", "s.4", "s.5", "s.6"]);
    let digests: Vec<bool> = statements.iter().map(|s| s.rows_digest.is_some()).collect();
    assert_eq!(digests, [true, false, true, false, true, false]);
}

#[test]
fn named_and_unnamed_statements_have_their_values() {
    let seen = [
        client(&[parse("a", "SELECT $1", &[23]), describe('S', "a"), sync()]),
        server(&[
            message(b'1', []),
            message(b't', [0, 1, 0, 0, 0, 25]),
            message(b'T', []),
            ready(b'I'),
        ]),
        client(&[bind("", "a", &[Some("7")]), execute("", 0), sync()]),
        server(&[message(b'2', []), row("7"), complete("SELECT 1"), ready(b'I')]),
        client(&[
            parse("", "SELECT $1, $2", &[]),
            bind("", "", &[None, Some("it's")]),
            describe('P', ""),
            execute("", 0),
            close('S', "a"),
            sync(),
        ]),
        server(&[
            message(b'1', []),
            message(b'2', []),
            message(b'T', []),
            complete("SELECT 0"),
            message(b'3', []),
            ready(b'I'),
        ]),
    ];
    let statements = recorded(&seen);
    assert_eq!(
        told(&statements),
        [bound("SELECT $1", &[Some("7")], 1), bound("SELECT $1, $2", &[None, Some("it's")], 0)]
    );
    // The server knows better than the client.
    assert_eq!(statements[0].binds[0].type_oid, 25);
    assert_eq!(statements[1].binds[0].type_oid, 0);
}

#[test]
fn what_is_sent_ahead_is_answered_in_order() {
    let one = |n: &str| [bind("", "a", &[Some(n)]), execute("", 0)].concat();
    let seen = [
        client(&[
            parse("a", "SELECT $1", &[]),
            one("1"),
            one("2"),
            sync(),
            query("SELECT 3"),
            one("4"),
            sync(),
        ]),
        server(&[message(b'1', []), message(b'2', []), row("1"), complete("SELECT 1")]),
        server(&[message(b'2', []), row("2"), row("2"), complete("SELECT 2"), ready(b'I')]),
        server(&[message(b'T', []), complete("SELECT 0"), ready(b'I')]),
        server(&[message(b'2', []), complete("SELECT 0"), ready(b'I')]),
    ];
    assert_eq!(
        told(&recorded(&seen)),
        [
            bound("SELECT $1", &[Some("1")], 1),
            bound("SELECT $1", &[Some("2")], 2),
            plain("SELECT 3", Some(0)),
            bound("SELECT $1", &[Some("4")], 0),
        ]
    );
}

#[test]
fn behind_an_error_nothing_is_executed_up_to_the_next_sync() {
    let whole = |sql: &str| [parse("", sql, &[]), bind("", "", &[]), execute("", 0)].concat();
    // All was sent before the error came, or some of it afterwards.
    for late in [false, true] {
        let (before, after) = ([whole("SELECT 1/0")], [whole("SELECT 2"), sync()]);
        let answer = server(&[message(b'1', []), message(b'2', []), error("22012")]);
        let mut seen = if late {
            vec![client(&before), answer, client(&after)]
        } else {
            vec![client(&[before.concat(), after.concat()]), answer]
        };
        seen.push(server(&[ready(b'I')]));
        seen.push(client(&[whole("SELECT 3"), sync()]));
        seen.push(server(&[
            message(b'1', []),
            message(b'2', []),
            complete("SELECT 0"),
            ready(b'I'),
        ]));
        assert_eq!(
            told(&recorded(&seen)),
            [failed("SELECT 1/0", "22012"), plain("SELECT 3", Some(0))],
            "{late}"
        );
    }
}

#[test]
fn a_text_or_values_that_the_server_refuses_are_kept() {
    let seen = [
        client(&[parse("", "SELEC", &[]), bind("", "", &[]), execute("", 0), sync()]),
        server(&[error("42601"), ready(b'I')]),
        client(&[
            parse("", "SELECT $1::int", &[]),
            bind("", "", &[Some("x")]),
            execute("", 0),
            sync(),
        ]),
        server(&[message(b'1', []), error("22P02"), ready(b'I')]),
    ];
    let statements = recorded(&seen);
    let mut wrong = failed("SELECT $1::int", "22P02");
    wrong.1 = vec![Some("x".to_owned())];
    assert_eq!(told(&statements), [failed("SELEC", "42601"), wrong]);
}

#[test]
fn a_portal_that_gives_its_rows_in_parts_is_one_statement() {
    let seen = [
        client(&[query("BEGIN")]),
        server(&[complete("BEGIN"), ready(b'T')]),
        client(&[parse("", "SELECT 1", &[]), bind("c", "", &[]), execute("c", 2), sync()]),
        server(&[
            message(b'1', []),
            message(b'2', []),
            row("1"),
            row("1"),
            message(b's', []),
            ready(b'T'),
        ]),
        client(&[execute("c", 2), sync()]),
        server(&[row("1"), complete("SELECT 1"), ready(b'T')]),
        // The next one is left before its last row.
        client(&[bind("d", "", &[]), execute("d", 1), sync()]),
        server(&[message(b'2', []), row("1"), message(b's', []), ready(b'T')]),
        client(&[query("COMMIT")]),
        server(&[complete("COMMIT"), ready(b'I')]),
    ];
    assert_eq!(
        told(&recorded(&seen)),
        [
            plain("BEGIN", None),
            plain("SELECT 1", Some(3)),
            plain("COMMIT", None),
            plain("SELECT 1", Some(1)),
        ]
    );
}

#[test]
fn a_sync_that_was_sent_before_the_rows_of_a_copy_is_not_answered() {
    let copy = [parse("", "COPY t FROM STDIN", &[]), bind("", "", &[]), execute("", 0), sync()];
    let rows = [message(b'd', "1\n"), message(b'c', [])];
    let begun = [message(b'1', []), message(b'2', []), message(b'G', [0, 0, 0])];
    let next = client(&[query("SELECT 1")]);
    let answer = server(&[message(b'T', []), complete("SELECT 0"), ready(b'I')]);
    // Asked, then sent; or all at once.
    for at_once in [false, true] {
        let mut seen = vec![client(&copy)];
        if at_once {
            seen.push(client(&rows));
            seen.push(client(&[sync()]));
            seen.push(server(&begun));
        } else {
            seen.push(server(&begun));
            seen.push(client(&rows));
            seen.push(client(&[sync()]));
        }
        seen.push(server(&[complete("COPY 1"), ready(b'I')]));
        seen.extend([next.clone(), answer.clone()]);
        assert_eq!(
            told(&recorded(&seen)),
            [plain("COPY t FROM STDIN", Some(1)), plain("SELECT 1", Some(0))],
            "{at_once}"
        );
    }
    // A row that the server does not take.
    let seen = [
        client(&copy),
        server(&begun),
        client(&[message(b'd', "x\n")]),
        server(&[error("22P02")]),
        client(&[message(b'c', []), sync()]),
        server(&[ready(b'I')]),
        next,
        answer,
    ];
    assert_eq!(
        told(&recorded(&seen)),
        [failed("COPY t FROM STDIN", "22P02"), plain("SELECT 1", Some(0))]
    );
}

#[test]
fn an_error_that_answers_nothing_hides_nothing() {
    let seen = [
        server(&[error("57P01")]),
        client(&[query("SELECT 1")]),
        server(&[message(b'T', []), complete("SELECT 0"), ready(b'I')]),
    ];
    assert_eq!(told(&recorded(&seen)), [plain("SELECT 1", Some(0))]);
}

#[test]
fn a_secret_is_not_recorded() {
    let seen = [
        client(&[query("CREATE ROLE a PASSWORD 'geheim-4711'")]),
        server(&[complete("CREATE ROLE"), ready(b'I')]),
    ];
    let statements = recorded(&seen);
    assert_eq!(statements[0].incomplete, Some(Incomplete::Redacted));
    assert!(!statements[0].sql.contains("geheim"), "{statements:?}");
}

#[test]
fn a_long_text_is_cut_and_says_so() {
    let mut session = watched(Settings { statement_bytes_max: 20, ..Settings::default() });
    let long = format!("SELECT '{}'", "x".repeat(50));
    session.saw(&client(&[query(&long)]));
    session.saw(&server(&[complete("SELECT 1"), ready(b'I')]));
    session.saw(&client(&[
        parse("", "SELECT $1", &[]),
        bind("", "", &[Some(&long)]),
        execute("", 0),
        sync(),
    ]));
    session.saw(&server(&[
        message(b'1', []),
        message(b'2', []),
        complete("SELECT 1"),
        ready(b'I'),
    ]));
    session.saw(&client(&[query("SELECT 1")]));
    session.saw(&server(&[complete("SELECT 1"), ready(b'I')]));
    let (statements, _, unfollowed) = end(session);
    let cut: Vec<Option<Incomplete>> = statements.iter().map(|s| s.incomplete).collect();
    assert_eq!(cut, [Some(Incomplete::Truncated), Some(Incomplete::Truncated), None]);
    assert_eq!((statements[0].sql.len(), unfollowed), (20, 0));
}

#[test]
fn answers_out_of_turn_lose_the_session_up_to_its_next_pause() {
    let mut session = watched(Settings::default());
    session.saw(&client(&[query("SELECT 1"), query("SELECT 2")]));
    // Nobody prepared anything.
    session.saw(&server(&[message(b'1', []), complete("SELECT 1"), ready(b'I')]));
    session.saw(&client(&[query("SELECT 3")]));
    session.saw(&server(&[complete("SELECT 1"), ready(b'I'), complete("SELECT 1"), ready(b'I')]));
    session.saw(&client(&[query("SELECT 4")]));
    session.saw(&server(&[complete("SELECT 1"), ready(b'I')]));
    let (statements, _, unfollowed) = end(session);
    assert_eq!(told(&statements), [plain("SELECT 4", Some(1))]);
    assert_eq!(unfollowed, 1);
}

#[test]
fn a_statement_that_nobody_saw_prepared_is_counted() {
    let mut session = watched(Settings::default());
    session.saw(&client(&[bind("", "elsewhere", &[]), execute("", 0), sync()]));
    session.saw(&server(&[message(b'2', []), complete("SELECT 1"), ready(b'I')]));
    session.saw(&client(&[query("SELECT 1")]));
    session.saw(&server(&[complete("SELECT 1"), ready(b'I')]));
    let (statements, dropped, unfollowed) = end(session);
    assert_eq!((told(&statements), dropped, unfollowed), (vec![plain("SELECT 1", Some(1))], 1, 0));
}

#[test]
fn a_stream_of_another_kind_is_not_looked_at() {
    let mut session = watched(Settings::default());
    session.saw(&client(&[query("START_REPLICATION SLOT s LOGICAL 0/0")]));
    session.saw(&server(&[message(b'W', [0, 0, 0])]));
    session.saw(&server(&[message(b'd', "w"), complete("SELECT 1"), ready(b'I')]));
    assert!(session.is_passed());
    assert_eq!(end(session), (Vec::new(), 0, 0));
}

/// Everything that sessions above do, one after the other.
fn long_session() -> Vec<Seen> {
    let whole =
        |sql: &str| [parse("", sql, &[]), bind("p", "", &[Some("ü")]), execute("p", 0)].concat();
    vec![
        client(&[query("SELECT 'one'; SELECT 'two'")]),
        server(&[message(b'T', []), row("one"), complete("SELECT 1")]),
        server(&[
            message(b'N', "notice"),
            message(b'T', []),
            row("two"),
            complete("SELECT 1"),
            ready(b'I'),
        ]),
        client(&[whole("SELECT $1"), sync(), whole("SELECT 1/$1"), whole("SELECT 2"), sync()]),
        server(&[
            message(b'1', []),
            message(b'2', []),
            row("ü"),
            complete("SELECT 1"),
            ready(b'I'),
        ]),
        server(&[
            message(b'1', []),
            message(b'2', []),
            error("22012"),
            message(b'A', "x"),
            ready(b'I'),
        ]),
        client(&[whole("COPY t FROM STDIN"), sync()]),
        server(&[message(b'1', []), message(b'2', []), message(b'G', [0, 0, 0])]),
        client(&[message(b'd', "row\n"), message(b'c', []), sync()]),
        server(&[complete("COPY 1"), ready(b'I')]),
        client(&[query("SELECT 'last'")]),
        server(&[message(b'T', []), row("last"), complete("SELECT 1"), ready(b'I')]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// However the bytes of a direction are cut, the same is recorded.
    #[test]
    fn where_bytes_are_cut_means_nothing(cuts in proptest::collection::vec(1_usize..40, 1..60)) {
        let expected = recorded(&long_session());
        let mut lengths = cuts.iter().cycle();
        let mut pieces = Vec::new();
        for seen in long_session() {
            let (Seen::Client(bytes) | Seen::Server(bytes)) = &seen;
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let length = (*lengths.next().unwrap()).min(rest.len());
                let (piece, behind) = rest.split_at(length);
                pieces.push(match seen {
                    Seen::Client(_) => Seen::Client(piece.to_vec()),
                    Seen::Server(_) => Seen::Server(piece.to_vec()),
                });
                rest = behind;
            }
        }
        let found = recorded(&pieces);
        prop_assert_eq!(told(&found), told(&expected));
        let digests = |all: &[Statement]| all.iter().map(|s| s.rows_digest.clone()).collect::<Vec<_>>();
        prop_assert_eq!(digests(&found), digests(&expected));
    }

    /// Whatever goes by, nothing panics, and what is recorded was sent.
    #[test]
    fn any_bytes_are_survived(
        at in 0_usize..3000,
        bytes in proptest::collection::vec(any::<u8>(), 1..30),
        drops in any::<bool>(),
    ) {
        let mut session = watched(Settings { digest: true, ..Settings::default() });
        let mut at = at;
        let mut sent = Vec::new();
        for seen in long_session() {
            let (Seen::Client(all) | Seen::Server(all)) = &seen;
            let mut all = all.clone();
            if at < all.len() {
                let end = if drops { (at + bytes.len()).min(all.len()) } else { at };
                all.splice(at..end, bytes.iter().copied());
                at = usize::MAX;
            } else {
                at = at.saturating_sub(all.len());
            }
            if let Seen::Client(_) = seen {
                sent.extend_from_slice(&all);
            }
            session.saw(&match seen {
                Seen::Client(_) => Seen::Client(all),
                Seen::Server(_) => Seen::Server(all),
            });
        }
        let (statements, ..) = end(session);
        for statement in statements {
            let text = statement.sql.as_bytes();
            prop_assert!(sent.windows(text.len()).any(|part| part == text), "{statement:?}");
        }
    }
}

/// The tests above fail where nothing is told apart.
#[test]
fn texts_are_what_was_sent() {
    let texts: Vec<String> = recorded(&long_session()).into_iter().map(|s| s.sql).collect();
    assert_eq!(
        texts,
        [
            "SELECT 'one'",
            "SELECT 'two'",
            "SELECT $1",
            "SELECT 1/$1",
            "COPY t FROM STDIN",
            "SELECT 'last'"
        ]
    );
}
