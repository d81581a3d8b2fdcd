//! The write guard: replay reads, and changes rows only where that is asked for and undone. It decides
//! that from the parsed statement.
//!
//! It is asked twice: when the plan is made, and again right before an item is sent, because a
//! plan that was read from an artifact may have been edited. The engines' own read-only mode is a
//! third line, not the first.

use model::{Changes, Diagnostic, SideStatement, SkipReason, StatementFacts, StatementKind};
use sql::SourceSettings;

/// Longest name of a statement that is reported.
const VERB_CHARS_MAX: usize = 32;

/// What becomes of statements that change rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Writes {
    /// They do not run.
    #[default]
    Refused,
    /// They run in a transaction that is rolled back, and so do the statements of their captured
    /// transaction. For scratch copies only: sequences go on, triggers fire, locks are held.
    RolledBack,
}

/// What a statement that may run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It reads.
    Reads,
    /// It changes rows, and a rollback undoes that.
    Changes(Changes),
}

/// May a statement with these facts run, and what does it do then? `sql` is its text, for the message
/// only.
///
/// # Errors
/// Why it must not.
pub fn check(facts: &StatementFacts, sql: &str, writes: Writes) -> Result<Effect, SkipReason> {
    match facts.kind {
        StatementKind::Read => match (&facts.writes_by, facts.changes) {
            (None, None) => Ok(Effect::Reads),
            // Facts that contradict themselves are taken at their worst.
            (by, _) => Err(SkipReason::Write { by: by.clone().unwrap_or_else(|| verb(sql)) }),
        },
        StatementKind::Write => match (facts.changes, writes) {
            (Some(changes), Writes::RolledBack) => Ok(Effect::Changes(changes)),
            _ => {
                Err(SkipReason::Write { by: facts.writes_by.clone().unwrap_or_else(|| verb(sql)) })
            }
        },
        StatementKind::Session | StatementKind::Transaction | StatementKind::Utility => {
            Err(SkipReason::NotAQuery { statement: verb(sql) })
        }
    }
}

/// Looks at both texts of an item again, trusting nothing that the plan says about them. Both must do
/// the same.
///
/// The governed text may be one that its claimed dialect cannot parse (a text that was copied
/// unchanged); it passes only if it is, byte for byte, the legacy text that was found to be a read.
pub fn recheck(
    legacy: &SideStatement,
    governed: &SideStatement,
    source: &SourceSettings,
    writes: Writes,
) -> Result<Effect, SkipReason> {
    let effect = examine(legacy, source, writes).and_then(|verdict| verdict)?;
    match examine(governed, source, writes) {
        Ok(Ok(same)) if same == effect => Ok(effect),
        Ok(Ok(_)) => Err(SkipReason::Write { by: verb(&governed.sql) }),
        Ok(Err(reason)) => Err(reason),
        Err(_) if governed.sql == legacy.sql && effect == Effect::Reads => Ok(effect),
        Err(unparsable) => Err(unparsable),
    }
}

/// The outer error says that the text cannot be parsed, the inner one that it must not run.
fn examine(
    statement: &SideStatement,
    source: &SourceSettings,
    writes: Writes,
) -> Result<Result<Effect, SkipReason>, SkipReason> {
    let parsed = source
        .parse(&statement.sql, statement.dialect)
        .map_err(|diagnostic: Diagnostic| SkipReason::Unparsable { diagnostic })?;
    Ok(check(&parsed.facts(), &statement.sql, writes))
}

/// The first word of a statement in capitals, past white space, comments and parentheses.
pub(crate) fn verb(sql: &str) -> String {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(' || c == ';');
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = after_block_comment(comment);
        } else {
            break;
        }
    }
    let word: String =
        rest.chars().take_while(char::is_ascii_alphabetic).take(VERB_CHARS_MAX).collect();
    if word.is_empty() { "no statement".to_owned() } else { word.to_ascii_uppercase() }
}

/// What follows a block comment; PostgreSQL's nest.
fn after_block_comment(mut rest: &str) -> &str {
    let mut depth = 1_u32;
    while depth > 0 {
        let opened = rest.find("/*");
        let Some(closed) = rest.find("*/") else { return "" };
        let (at, change_up) = match opened {
            Some(opened) if opened < closed => (opened, true),
            _ => (closed, false),
        };
        depth = if change_up { depth.saturating_add(1) } else { depth - 1 };
        rest = rest.get(at + 2..).unwrap_or("");
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Dialect;

    fn facts(kind: StatementKind, writes_by: Option<&str>) -> StatementFacts {
        StatementFacts {
            kind,
            order_by: vec![],
            limited: false,
            skips: false,
            volatile: vec![],
            volatile_columns: None,
            tables: vec![],
            origins: vec![],
            writes_by: writes_by.map(str::to_owned),
            changes: None,
        }
    }

    fn side(sql: &str, dialect: Dialect) -> SideStatement {
        SideStatement { dialect, sql: sql.to_owned() }
    }

    fn recheck_under(writes: Writes, legacy: &str, governed: &str) -> Result<Effect, SkipReason> {
        let (legacy, governed) = (side(legacy, Dialect::Postgres), side(governed, Dialect::DuckDb));
        recheck(&legacy, &governed, &SourceSettings::default(), writes)
    }

    fn recheck_texts(legacy: &str, governed: &str) -> Result<Effect, SkipReason> {
        recheck_under(Writes::Refused, legacy, governed)
    }

    #[test]
    fn only_reads_pass() {
        let check = |facts: &StatementFacts, sql| check(facts, sql, Writes::Refused);
        assert_eq!(check(&facts(StatementKind::Read, None), "SELECT 1"), Ok(Effect::Reads));
        let write = check(&facts(StatementKind::Write, Some("INSERT")), "INSERT INTO t VALUES (1)");
        assert_eq!(write, Err(SkipReason::Write { by: "INSERT".to_owned() }));
        for kind in [StatementKind::Session, StatementKind::Transaction, StatementKind::Utility] {
            let skip = check(&facts(kind, None), "-- hi\n /* a /* b */ c */ set x = 1");
            assert_eq!(skip, Err(SkipReason::NotAQuery { statement: "SET".to_owned() }));
        }
    }

    #[test]
    fn contradicting_facts_are_taken_at_their_worst() {
        for writes in [Writes::Refused, Writes::RolledBack] {
            let twofold = facts(StatementKind::Read, Some("nextval()"));
            assert!(check(&twofold, "SELECT 1", writes).is_err());
            let changes = Some(Changes::Counted);
            let twofold = StatementFacts { changes, ..facts(StatementKind::Read, None) };
            assert!(check(&twofold, "SELECT 1", writes).is_err());
        }
    }

    #[test]
    fn the_texts_are_looked_at_again() {
        assert_eq!(recheck_texts("SELECT 1", "SELECT 1"), Ok(Effect::Reads));
        for (legacy, governed) in [
            ("DELETE FROM t", "SELECT 1"),
            ("SELECT 1", "DELETE FROM t"),
            ("WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "SELECT 1"),
            ("SELECT 1; DELETE FROM t", "SELECT 1"),
            ("SELECT 1", "SELECT 1; DELETE FROM t"),
            ("SELECT nextval('s')", "SELECT 1"),
            ("SELECT * FROM t FOR UPDATE", "SELECT 1"),
            ("COPY t FROM '/x'", "SELECT 1"),
        ] {
            assert!(recheck_texts(legacy, governed).is_err(), "{legacy} | {governed}");
        }
    }

    #[test]
    fn changes_of_rows_pass_where_they_are_undone_and_nothing_else_does() {
        let undone = |legacy, governed| recheck_under(Writes::RolledBack, legacy, governed);
        for (sql, changes) in [
            ("INSERT INTO t VALUES (1)", Changes::Counted),
            ("UPDATE t SET a = 1", Changes::Counted),
            ("DELETE FROM t RETURNING a", Changes::Returned),
        ] {
            assert_eq!(undone(sql, sql), Ok(Effect::Changes(changes)), "{sql}");
            assert!(recheck_texts(sql, sql).is_err(), "{sql}");
        }
        for (legacy, governed) in [
            ("SELECT 1", "DELETE FROM t"),
            ("DELETE FROM t", "SELECT 1"),
            ("DELETE FROM t", "DELETE FROM t RETURNING a"),
            ("DELETE FROM t; COMMIT", "DELETE FROM t; COMMIT"),
            ("COMMIT", "COMMIT"),
            ("DROP TABLE t", "DROP TABLE t"),
            ("TRUNCATE t", "TRUNCATE t"),
            ("SELECT nextval('s')", "SELECT nextval('s')"),
            ("INSERT INTO t VALUES (nextval('s'))", "INSERT INTO t VALUES (nextval('s'))"),
            ("COPY t TO PROGRAM 'x'", "COPY t TO PROGRAM 'x'"),
            ("CALL p()", "CALL p()"),
            ("DO 'x'", "DO 'x'"),
        ] {
            assert!(undone(legacy, governed).is_err(), "{legacy} | {governed}");
        }
    }

    #[test]
    fn an_unparsable_governed_text_passes_only_as_a_copy_of_a_read() {
        let broken = "SELEC 1";
        assert!(recheck_texts("SELECT 1", broken).is_err());
        assert!(recheck_texts(broken, broken).is_err());
    }

    #[test]
    fn the_verb_of_odd_texts() {
        for (text, expected) in [
            ("((select 1))", "SELECT"),
            ("", "no statement"),
            ("/* open", "no statement"),
            ("--", "no statement"),
            ("ü", "no statement"),
            (";; Listen x", "LISTEN"),
        ] {
            assert_eq!(verb(text), expected, "{text:?}");
        }
        assert_eq!(verb(&"x".repeat(1000)).len(), VERB_CHARS_MAX);
    }
}
