//! What a workload consists of: kinds of statements, their shares of the number and of the time, and how
//! much of it will be translated.
//!
//! Statements that differ in literals only are one group (`Parsed::fingerprint`), and one of them is
//! looked at for all.

use model::{ArtifactError, Incomplete, Statement, StatementKind};
use serde::Serialize;
use sql::SourceSettings;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, hash_map::RandomState},
    hash::BuildHasher as _,
};

/// Groups that are told apart; statements of further ones are counted together.
pub(crate) const GROUPS_MAX: usize = 200_000;
/// Texts whose group is remembered, so that the same text is not parsed twice.
pub(crate) const TEXTS_MAX: usize = 1_000_000;
/// Users that are told apart.
const USERS_MAX: usize = 100_000;
/// Characters of an example.
const EXAMPLE_CHARS_MAX: usize = 2_000;
/// What stands for the groups that are too many.
const OTHERS: &str = "others";

/// What a statement is, each exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It reads, and can be replayed.
    Read,
    /// It writes.
    Write,
    /// It is about the session or a transaction, or a command.
    Command,
    /// It cannot be parsed.
    Unparsable,
    /// It was cut where it was captured, or what is left of it cannot be parsed.
    Incomplete,
}

/// Statements, and the time that they took when they were captured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Weight {
    /// How many.
    pub statements: u64,
    /// Microseconds together, of those whose latency is known.
    pub latency_us: u64,
}

impl Weight {
    fn add(&mut self, statement: &Statement) {
        self.statements += 1;
        self.latency_us = self.latency_us.saturating_add(statement.latency_us.unwrap_or_default());
    }

    fn merge(&mut self, other: Self) {
        self.statements += other.statements;
        self.latency_us = self.latency_us.saturating_add(other.latency_us);
    }
}

/// What a translation makes of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Coverage {
    /// The same value for every input.
    Exact,
    /// The same up to a stated caveat.
    Approximate,
    /// No translation is known to be right.
    Refused {
        /// The code of the reason.
        code: String,
        /// The reason.
        message: String,
    },
}

/// Translates statements. The transpiler is plugged in by the caller.
pub trait Cover {
    /// What becomes of a statement that reads.
    fn cover(&self, statement: &Statement) -> Coverage;
}

/// Statements of one fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its 16 hexadecimal digits; of what cannot be parsed, those of its text.
    pub fingerprint: String,
    /// How many, and how long they took.
    pub weight: Weight,
    /// What they are.
    pub kind: Kind,
    /// Constructs whose value may differ from run to run, of the example.
    pub volatile: Vec<String>,
    /// What becomes of the example, if it reads and somebody asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// The id of the first of them.
    pub first: String,
    /// Its text, cut where it is long.
    pub example: String,
}

/// Why statements are not translated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusals {
    /// The code of the reason.
    pub code: String,
    /// The reason, of the weightiest group.
    pub message: String,
    /// All that it concerns.
    pub weight: Weight,
    /// Of so many fingerprints.
    pub fingerprints: u64,
}

/// How much of what reads is translated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// With the same value for every input.
    pub exact: Weight,
    /// Up to a stated caveat.
    pub approximate: Weight,
    /// Not at all.
    pub refused: Weight,
    /// Why not, the weightiest first.
    pub refusals: Vec<Refusals>,
}

/// What a workload consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// All statements.
    pub all: Weight,
    /// How many sessions they are of.
    pub sessions: u64,
    /// How many users they are of.
    pub users: u64,
    /// By what they are; these add up to all.
    pub kinds: BTreeMap<Kind, Weight>,
    /// Those with constructs whose value may differ from run to run.
    pub volatile: Weight,
    /// Those that are not all that was executed, whatever they are: cut, redacted, or without the values of
    /// their parameters. They are not replayed.
    pub incomplete: Weight,
    /// Those that ended with an error when they were captured.
    pub failed: Weight,
    /// Those whose latency is not known.
    pub untimed: u64,
    /// How much is translated, if somebody asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covered: Option<Covered>,
    /// All groups; the longest together first, then the most frequent.
    pub groups: Vec<Group>,
}

/// Reads a workload to its end and says what it consists of.
///
/// # Errors
/// The workload cannot be read.
pub fn of(
    statements: impl Iterator<Item = Result<Statement, ArtifactError>>,
    settings: Option<&SourceSettings>,
    cover: Option<&dyn Cover>,
) -> Result<Stats, ArtifactError> {
    let mut counting = Counting { settings, cover, ..Counting::default() };
    for statement in statements {
        counting.add(&statement?);
    }
    Ok(counting.finish())
}

/// The fingerprint of a statement; of one that cannot be parsed that of its text.
#[must_use]
pub fn fingerprint(statement: &Statement, settings: Option<&SourceSettings>) -> String {
    let parsed = parse(statement, settings);
    parsed.as_ref().map_or_else(|_| of_text(statement), sql::Parsed::fingerprint)
}

fn parse(
    statement: &Statement,
    settings: Option<&SourceSettings>,
) -> Result<sql::Parsed, model::Diagnostic> {
    match settings {
        Some(settings) => settings.parse(&statement.sql, statement.dialect),
        None => sql::parse(&statement.sql, statement.dialect),
    }
}

/// Of what cannot be parsed: as many digits as others have.
fn of_text(statement: &Statement) -> String {
    model::Digest::of_bytes(statement.sql.as_bytes()).short(16).to_owned()
}

#[derive(Default)]
struct Counting<'c> {
    settings: Option<&'c SourceSettings>,
    cover: Option<&'c dyn Cover>,
    all: Weight,
    failed: Weight,
    incomplete: Weight,
    untimed: u64,
    sessions: BTreeSet<String>,
    users: BTreeSet<String>,
    groups: Vec<Group>,
    /// Places in `groups`.
    by_fingerprint: BTreeMap<(String, Kind), usize>,
    by_text: HashMap<u64, usize>,
    hasher: RandomState,
}

impl Counting<'_> {
    fn add(&mut self, statement: &Statement) {
        self.all.add(statement);
        if statement.error.is_some() {
            self.failed.add(statement);
        }
        if statement.incomplete.is_some() {
            self.incomplete.add(statement);
        }
        self.untimed += u64::from(statement.latency_us.is_none());
        if !self.sessions.contains(&statement.session) {
            self.sessions.insert(statement.session.clone());
        }
        if let Some(user) = &statement.user
            && self.users.len() < USERS_MAX
            && !self.users.contains(user)
        {
            self.users.insert(user.clone());
        }
        let text = (&statement.sql, statement.dialect, statement.incomplete);
        let text = self.hasher.hash_one(text);
        let known = self.by_text.get(&text).copied();
        let place = known.unwrap_or_else(|| {
            let place = self.group(statement);
            if self.by_text.len() < TEXTS_MAX {
                self.by_text.insert(text, place);
            }
            place
        });
        if let Some(group) = self.groups.get_mut(place) {
            group.weight.add(statement);
        }
    }

    /// The place of its group; a new one where there is room.
    fn group(&mut self, statement: &Statement) -> usize {
        let parsed = parse(statement, self.settings);
        let facts = parsed.as_ref().ok().map(sql::Parsed::facts);
        let mut fingerprint =
            parsed.as_ref().map_or_else(|_| of_text(statement), sql::Parsed::fingerprint);
        let kind = match (statement.incomplete, &facts) {
            // What is left of a text that was cut may be another statement.
            (Some(Incomplete::Truncated), _) | (Some(_), None) => Kind::Incomplete,
            (None, None) => Kind::Unparsable,
            (_, Some(facts)) => match facts.kind {
                StatementKind::Read if facts.writes_by.is_none() => Kind::Read,
                StatementKind::Read | StatementKind::Write => Kind::Write,
                StatementKind::Session | StatementKind::Transaction | StatementKind::Utility => {
                    Kind::Command
                }
            },
        };
        if self.groups.len() >= GROUPS_MAX
            && !self.by_fingerprint.contains_key(&(fingerprint.clone(), kind))
        {
            OTHERS.clone_into(&mut fingerprint);
        }
        if let Some(place) = self.by_fingerprint.get(&(fingerprint.clone(), kind)) {
            return *place;
        }
        let cover = self.cover.filter(|_| kind == Kind::Read && fingerprint != OTHERS);
        let group = Group {
            weight: Weight::default(),
            kind,
            volatile: facts.map(|facts| facts.volatile).unwrap_or_default(),
            coverage: cover.map(|cover| cover.cover(statement)),
            first: statement.id.clone(),
            example: statement.sql.chars().take(EXAMPLE_CHARS_MAX).collect(),
            fingerprint: fingerprint.clone(),
        };
        self.by_fingerprint.insert((fingerprint, kind), self.groups.len());
        self.groups.push(group);
        self.groups.len() - 1
    }

    fn finish(self) -> Stats {
        let mut groups = self.groups;
        groups.sort_by(|a, b| {
            let weight = |group: &Group| (group.weight.latency_us, group.weight.statements);
            weight(b).cmp(&weight(a)).then_with(|| a.fingerprint.cmp(&b.fingerprint))
        });
        let (mut kinds, mut volatile) = (BTreeMap::<Kind, Weight>::new(), Weight::default());
        for group in &groups {
            kinds.entry(group.kind).or_default().merge(group.weight);
            if !group.volatile.is_empty() && group.kind == Kind::Read {
                volatile.merge(group.weight);
            }
        }
        Stats {
            all: self.all,
            sessions: self.sessions.len() as u64,
            users: self.users.len() as u64,
            kinds,
            volatile,
            failed: self.failed,
            incomplete: self.incomplete,
            untimed: self.untimed,
            covered: self.cover.map(|_| covered(&groups)),
            groups,
        }
    }
}

fn covered(groups: &[Group]) -> Covered {
    let mut covered = Covered::default();
    let mut refusals: BTreeMap<&str, Refusals> = BTreeMap::new();
    for group in groups {
        match &group.coverage {
            None => {}
            Some(Coverage::Exact) => covered.exact.merge(group.weight),
            Some(Coverage::Approximate) => covered.approximate.merge(group.weight),
            Some(Coverage::Refused { code, message }) => {
                covered.refused.merge(group.weight);
                // Groups come by their weight: the first one tells the reason.
                let refused = refusals.entry(code).or_insert_with(|| Refusals {
                    code: code.clone(),
                    message: message.clone(),
                    weight: Weight::default(),
                    fingerprints: 0,
                });
                refused.weight.merge(group.weight);
                refused.fingerprints += 1;
            }
        }
    }
    covered.refusals = refusals.into_values().collect();
    covered.refusals.sort_by_key(|refused| {
        std::cmp::Reverse((refused.weight.latency_us, refused.weight.statements))
    });
    covered
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Dialect;

    /// Refuses what has an `x`, and approximates what has a `y`.
    struct Picky;

    impl Cover for Picky {
        fn cover(&self, statement: &Statement) -> Coverage {
            match &statement.sql {
                sql if sql.contains('x') => {
                    Coverage::Refused { code: "TR9010".to_owned(), message: format!("no x: {sql}") }
                }
                sql if sql.contains('y') => Coverage::Approximate,
                _ => Coverage::Exact,
            }
        }
    }

    fn stats(texts: &[(&str, u64)], cover: Option<&dyn Cover>) -> Stats {
        let statements = texts.iter().enumerate().map(|(id, (sql, latency))| {
            let place = (format!("s{}", id % 2), id as u64);
            Ok(Statement {
                latency_us: (*latency > 0).then_some(*latency),
                incomplete: match sql {
                    sql if sql.contains("cut") => Some(Incomplete::Truncated),
                    sql if sql.contains("[redacted]") => Some(Incomplete::Redacted),
                    _ => None,
                },
                ..Statement::new(id.to_string(), place, Dialect::Postgres, *sql)
            })
        });
        of(statements, None, cover).unwrap()
    }

    #[test]
    fn statements_are_grouped_and_kinds_add_up() {
        let found = stats(
            &[
                ("SELECT a FROM t WHERE b = 1", 5),
                ("SELECT a FROM t WHERE b = 2", 6),
                ("SELECT now()", 1),
                ("INSERT INTO t VALUES (1)", 90),
                ("BEGIN", 0),
                ("SELEC", 0),
                ("SELECT 'cut", 3),
            ],
            None,
        );
        let kinds: Vec<(Kind, u64)> =
            found.kinds.iter().map(|(kind, weight)| (*kind, weight.statements)).collect();
        let expected = [
            (Kind::Read, 3),
            (Kind::Write, 1),
            (Kind::Command, 1),
            (Kind::Unparsable, 1),
            (Kind::Incomplete, 1),
        ];
        assert_eq!(kinds, expected);
        assert_eq!(found.all, Weight { statements: 7, latency_us: 105 });
        assert_eq!((found.volatile.statements, found.untimed, found.sessions), (1, 2, 2));
        let groups: Vec<(&str, u64, u64)> = found
            .groups
            .iter()
            .map(|g| (g.example.as_str(), g.weight.statements, g.weight.latency_us))
            .collect();
        assert_eq!(groups[0], ("INSERT INTO t VALUES (1)", 1, 90));
        assert_eq!(groups[1], ("SELECT a FROM t WHERE b = 1", 2, 11));
        assert!(found.covered.is_none());
    }

    #[test]
    fn what_lacks_its_values_is_what_it_is() {
        let texts = [
            ("SELECT a FROM t WHERE b = '[redacted]'", 2),
            ("SELECT a FROM t WHERE b = 'c'", 3),
            ("[redacted]", 4),
        ];
        let found = stats(&texts, Some(&Picky));
        let read = Weight { statements: 2, latency_us: 5 };
        assert_eq!(found.kinds[&Kind::Read], read);
        assert_eq!(found.kinds[&Kind::Incomplete], Weight { statements: 1, latency_us: 4 });
        assert_eq!(found.incomplete, Weight { statements: 2, latency_us: 6 });
        assert_eq!(found.covered.unwrap().exact, read);
    }

    #[test]
    fn what_is_translated_is_weighed() {
        let texts =
            [("SELECT x", 5), ("SELECT y", 7), ("SELECT 1", 2), ("SELECT x, 2", 10), ("BEGIN", 1)];
        let covered = stats(&texts, Some(&Picky)).covered.unwrap();
        assert_eq!(covered.exact, Weight { statements: 1, latency_us: 2 });
        assert_eq!(covered.approximate, Weight { statements: 1, latency_us: 7 });
        assert_eq!(covered.refused, Weight { statements: 2, latency_us: 15 });
        let [refused] = covered.refusals.as_slice() else { panic!("{covered:?}") };
        assert_eq!((refused.fingerprints, refused.message.as_str()), (2, "no x: SELECT x, 2"));
    }
}
