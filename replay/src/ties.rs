//! Asking both sides for more rows than a statement takes, to see what its limit cuts off.
//!
//! A limit that cuts through a tie leaves open which rows it takes. The same statement with a wider
//! limit shows them all. It is another text than the one that was captured, so the write guard looks
//! at it before it is sent.

use crate::guard::{self, Writes};
use model::{Judgement, SideStatement, Verdict, Wider, Window};
use sql::SourceSettings;

/// How many rows more than the statement takes are asked for, one time after the other, as long as the
/// tie goes on behind them.
pub const ROUNDS: [u64; 3] = [1_000, 16_000, 256_000];

/// Most rows that are asked for.
pub const ROWS_MAX: u64 = 1_000_000;

/// The same question with a wider limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// How much wider.
    pub wider: Wider,
    /// The texts: legacy, governed.
    pub statements: [SideStatement; 2],
}

/// Is this judgement open only because nobody has seen all rows that the limit may take?
#[must_use]
pub fn is_open(judgement: &Judgement) -> bool {
    let needs_more = judgement.differences.cut.as_ref().is_some_and(model::Cut::needs_more);
    needs_more && matches!(judgement.verdict, Verdict::Inconclusive { .. })
}

/// The question of a round, from 0, to sides that answered `rows` rows; nothing where no more rows are
/// asked for than in the round before.
///
/// # Errors
/// Why this statement cannot be asked for more rows.
pub fn question(
    [legacy, governed]: [&SideStatement; 2],
    rows: u64,
    source: &SourceSettings,
    round: usize,
) -> Result<Option<Question>, String> {
    let Some(more) = ROUNDS.get(round) else { return Ok(None) };
    let too_many = || format!("that is at most done for {ROWS_MAX} rows");
    if rows > ROWS_MAX {
        return Err(too_many());
    }
    let parsed = |statement: &SideStatement| {
        let parsed = source.parse(&statement.sql, statement.dialect);
        parsed.map_err(|diagnostic| format!("its text cannot be read: {}", diagnostic.message))
    };
    let no_number = || "its limit is no whole number in the text".to_owned();
    let legacy_parsed = parsed(legacy)?;
    let of_legacy = legacy_parsed.row_window().ok_or_else(no_number)?;
    let Some(wider) = of_legacy.window.wider(*more, ROWS_MAX) else {
        return if round == 0 { Err(too_many()) } else { Ok(None) };
    };
    let before = round.checked_sub(1).and_then(|before| ROUNDS.get(before));
    if before.is_some_and(|more| of_legacy.window.wider(*more, ROWS_MAX) == Some(wider)) {
        return Ok(None);
    }
    let legacy_sql = of_legacy.asking(wider);
    // A copy that its claimed dialect cannot read was found to be a read as the legacy text.
    let governed_sql = if governed.sql == legacy.sql {
        legacy_sql.clone()
    } else {
        let governed_parsed = parsed(governed)?;
        let of_governed = governed_parsed.row_window().ok_or_else(no_number)?;
        same_window(of_legacy.window, of_governed.window)?;
        of_governed.asking(wider)
    };
    let statements = [(legacy, legacy_sql), (governed, governed_sql)]
        .map(|(statement, sql)| SideStatement { dialect: statement.dialect, sql });
    let [legacy, governed] = &statements;
    guard::recheck(legacy, governed, source, Writes::Refused)
        .map_err(|reason| format!("it was refused right before it was sent: {reason}"))?;
    Ok(Some(Question { wider, statements }))
}

fn same_window(legacy: Window, governed: Window) -> Result<(), String> {
    if legacy == governed {
        return Ok(());
    }
    Err("the limits of both sides are not the same".to_owned())
}

/// The judgement, which stays, with the reason why nobody was asked for more rows.
#[must_use]
pub fn not_asked(judgement: Judgement, why: &str) -> Judgement {
    let Judgement { verdict: Verdict::Inconclusive { reason }, differences } = judgement else {
        return judgement;
    };
    let reason = format!("{reason}; nobody was asked for more rows: {why}");
    Judgement { verdict: Verdict::Inconclusive { reason }, differences }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Cut, CutKind, Dialect, Differences};

    fn asked(legacy: &str, governed: &str, round: usize) -> Result<Option<Question>, String> {
        let legacy = SideStatement { dialect: Dialect::Postgres, sql: legacy.to_owned() };
        let governed = SideStatement { dialect: Dialect::DuckDb, sql: governed.to_owned() };
        question([&legacy, &governed], 5, &SourceSettings::default(), round)
    }

    fn limits(legacy: &str, governed: &str) -> Vec<Option<u64>> {
        let rounds = (0..4).filter_map(|round| asked(legacy, governed, round).unwrap());
        rounds.map(|question| question.wider.asked).collect()
    }

    #[test]
    fn each_side_is_asked_in_its_own_words_for_more_each_time() {
        let (legacy, governed) =
            ("SELECT a FROM t ORDER BY a LIMIT 5 OFFSET 1", "SELECT b FROM t OFFSET 1 LIMIT 5");
        let found = asked(legacy, governed, 0).unwrap().unwrap();
        let texts = found.statements.map(|statement| (statement.dialect, statement.sql));
        let expected = [
            (Dialect::Postgres, "SELECT a FROM t ORDER BY a LIMIT 1006 OFFSET 0".to_owned()),
            (Dialect::DuckDb, "SELECT b FROM t OFFSET 0 LIMIT 1006".to_owned()),
        ];
        assert_eq!(texts, expected);
        assert_eq!(limits(legacy, governed), [Some(1_006), Some(16_006), Some(256_006)]);
    }

    #[test]
    fn rows_are_bounded() {
        let near = "SELECT a FROM t LIMIT 990000";
        assert_eq!(limits(near, near), [Some(991_000), Some(1_000_000)]);
        let far = "SELECT a FROM t LIMIT 1000000";
        assert!(asked(far, far, 0).unwrap_err().contains("1000000 rows"));
        let all = "SELECT a FROM t OFFSET 3";
        assert_eq!(limits(all, all), [None], "all rows come the first time");
    }

    #[test]
    fn what_cannot_be_asked_says_why() {
        for (legacy, governed, said) in [
            ("SELECT a FROM t LIMIT $1", "SELECT a FROM t LIMIT 5", "no whole number"),
            ("SELECT a FROM t LIMIT 5", "SELECT a FROM t LIMIT $1", "no whole number"),
            ("SELECT a FROM t LIMIT 5", "SELECT a FROM t LIMIT 6", "not the same"),
            ("SELEC", "SELECT a FROM t LIMIT 6", "cannot be read"),
            ("SELECT nextval('s') FROM t LIMIT 6", "SELECT a FROM t LIMIT 6", "refused"),
            ("SELECT a FROM t LIMIT 6", "SELECT a FROM t LIMIT 6 FOR UPDATE", "refused"),
        ] {
            let error = asked(legacy, governed, 0).unwrap_err();
            assert!(error.contains(said), "{legacy}: {error}");
        }
        // A copy that DuckDB's grammar does not read is a read as the legacy text.
        let copy = "SELECT a FROM t ORDER BY a LIMIT 5";
        assert!(asked(copy, copy, 0).unwrap().is_some());
    }

    #[test]
    fn only_what_is_open_is_asked() {
        let open = Judgement {
            verdict: Verdict::Inconclusive { reason: "a tie".to_owned() },
            differences: Differences {
                cut: Some(Cut { kind: CutKind::Tied, asked: None }),
                ..Differences::default()
            },
        };
        assert!(is_open(&open));
        assert!(!is_open(&Judgement { verdict: Verdict::Mismatch, ..open.clone() }));
        let other = Judgement { differences: Differences::default(), ..open.clone() };
        assert!(!is_open(&other));
        let told = not_asked(open, "why");
        assert_eq!(told.verdict.reason(), Some("a tie; nobody was asked for more rows: why"));
    }
}
