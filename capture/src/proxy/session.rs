//! What a session executes, seen from the messages of both directions.
//!
//! Messages of the client wait in the order in which they were sent until the server answers them, which it
//! does in that order. After an error it leaves out all up to the next Sync
//! (<https://www.postgresql.org/docs/17/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY>). Where an answer is
//! none to the message whose turn it is, the session is not followed until it pauses.

mod pending;
mod portals;
mod said;
mod sides;
#[cfg(test)]
mod tests;

use super::{
    counts,
    executed::{Executed, Prepared, Text, Who},
    frames::Message,
    message,
    recorder::{Recorder, Settings},
};
use chrono::{DateTime, Utc};
use model::SqlState;
use pending::{Operation, Pending};
use portals::{Portal, Portals};
use said::{Said, Told};
use sides::{ClientSide, ServerSide};
use std::{sync::Arc, time::Instant};
use xxhash_rust::xxh3::Xxh3;

/// When something was sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) time: DateTime<Utc>,
    pub(super) instant: Instant,
}

impl Moment {
    fn now() -> Self {
        Self { time: Utc::now(), instant: Instant::now() }
    }
}

/// The rows of an answer, as far as they have come.
#[derive(Debug, Default)]
struct Rows {
    count: u64,
    /// The sum of the rows' hashes.
    digest: u128,
}

/// What a session has executed so far.
pub(super) struct Session {
    who: Arc<Who>,
    sequence: u64,
    recorder: Arc<Recorder>,
    pending: Pending,
    portals: Portals,
    /// What the statement whose turn it is has said so far.
    said: Said,
    rows: Rows,
    /// Of the row that is being read, where results are digested.
    row: Option<Box<Xxh3>>,
    phase: Phase,
    /// When the last answer ended: what was sent ahead of it could not begin before.
    answered: Option<Instant>,
    /// Does the server leave out messages up to the next Sync?
    is_skipping: bool,
    /// Are statements dropped, up to the end of the transaction?
    is_dropping: bool,
    /// Requests for which the server has not said yet that it is ready.
    unanswered: u64,
    /// Has the client sent all rows of a COPY?
    has_copied: bool,
}

/// How a session is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The client logs in.
    Login,
    /// Each answer is known to be that to a message.
    Followed,
    /// Messages are not followed up to the next pause.
    Lost,
    /// Nothing of it is looked at any more.
    Passed,
}

impl Session {
    pub(super) fn new(who: Who, recorder: Arc<Recorder>) -> Self {
        let row = recorder.settings().digest.then(|| Box::new(Xxh3::new()));
        Self {
            who: Arc::new(who),
            sequence: 0,
            recorder,
            pending: Pending::default(),
            portals: Portals::default(),
            said: Said::default(),
            rows: Rows::default(),
            row,
            phase: Phase::Login,
            answered: None,
            is_skipping: false,
            is_dropping: false,
            // That the login is through is said in the same way.
            unanswered: 1,
            has_copied: false,
        }
    }

    fn settings(&self) -> Settings {
        self.recorder.settings()
    }

    /// The client's messages.
    pub(super) fn client(&mut self) -> ClientSide<'_> {
        ClientSide(self)
    }

    /// The server's messages.
    pub(super) fn server(&mut self) -> ServerSide<'_> {
        ServerSide(self)
    }

    /// Is nothing of it looked at any more?
    pub(super) fn is_passed(&self) -> bool {
        self.phase == Phase::Passed
    }

    /// Nothing of it can be followed any more.
    pub(super) fn pass(&mut self) {
        self.phase = Phase::Passed;
        self.pending.clear();
        self.portals.clear();
    }

    /// What comes is not followed until the session pauses.
    pub(super) fn lose(&mut self) {
        if self.phase == Phase::Passed {
            return;
        }
        if self.phase != Phase::Lost {
            counts::add(&self.recorder.counts.unfollowed, 1);
        }
        self.phase = Phase::Lost;
        self.is_skipping = false;
        self.pending.clear();
        self.portals.forget();
        self.said = Said::default();
        self.rows = Rows::default();
    }

    /// The connection is gone: what is running has no end.
    pub(super) fn end(&mut self) {
        self.portals.clear();
        self.pending.clear();
    }

    fn sent(&mut self, Message { kind, body, is_cut }: Message<'_>) {
        let operation = match kind {
            b'Q' => message_text(body, is_cut).map(|(sql, is_whole)| Operation::Query {
                sql,
                is_whole,
                at: Moment::now(),
            }),
            b'P' => message::parse(body).map(|parse| Operation::Parse {
                name: parse.name.to_vec(),
                prepared: Arc::new(Prepared {
                    sql: parse.sql.to_vec(),
                    types: parse.types,
                    is_whole: parse.is_whole,
                }),
            }),
            b'B' => message::bind(body).map(|bind| Operation::Bind {
                portal: bind.portal.to_vec(),
                statement: bind.statement.to_vec(),
                values: bind.values,
            }),
            b'D' => message::named(body).map(|(of, name)| match of {
                b'S' => Operation::DescribeStatement(name.to_vec()),
                _ => Operation::DescribePortal,
            }),
            b'E' => message::execute(body)
                .map(|portal| Operation::Execute { portal: portal.to_vec(), at: Moment::now() }),
            b'C' => message::named(body).map(|(of, name)| match of {
                b'S' => Operation::CloseStatement(name.to_vec()),
                _ => Operation::ClosePortal(name.to_vec()),
            }),
            b'S' => Some(Operation::Sync),
            b'F' => Some(Operation::Call),
            // The server does not heed a Sync while it waits for rows.
            b'c' | b'f' => {
                self.has_copied = true;
                return self.take_early_syncs();
            }
            _ => return,
        };
        let Some(operation) = operation else { return self.lose() };
        if matches!(operation, Operation::Sync) {
            self.is_skipping = false;
        } else if self.is_skipping {
            return;
        }
        if !self.pending.push(operation) {
            self.lose();
        }
    }

    fn answered(&mut self, Message { kind, body, .. }: Message<'_>) {
        let is_its_turn = match (kind, self.pending.first()) {
            (b'1', Some(Operation::Parse { .. })) => self.parsed(),
            (b'2', Some(Operation::Bind { .. })) => self.bound(),
            (b'3', Some(Operation::CloseStatement(_) | Operation::ClosePortal(_))) => self.closed(),
            (b't', Some(Operation::DescribeStatement(name))) => {
                if let Some(types) = message::parameter_types(body) {
                    self.portals.described(name, types);
                }
                true
            }
            (b'T' | b'n', Some(Operation::DescribeStatement(_) | Operation::DescribePortal)) => {
                self.pending.pop();
                true
            }
            (b'T' | b'G' | b'H', Some(Operation::Query { .. })) => true,
            (b'H', Some(Operation::Execute { .. })) => true,
            (b'G', Some(Operation::Execute { .. })) => {
                if !self.has_copied {
                    self.take_early_syncs();
                }
                true
            }
            (b'V', Some(Operation::Call)) => true,
            (b'C', Some(Operation::Query { .. })) => {
                let told = Told { rows: message::rows(body), ..self.told() };
                self.said.add(told);
                true
            }
            (b'I', Some(Operation::Query { .. })) => true,
            (b'C' | b'I', Some(Operation::Execute { .. })) => {
                let rows = if kind == b'C' { message::rows(body) } else { None };
                self.executed(rows, None, kind == b'I');
                true
            }
            (b's', Some(Operation::Execute { .. })) => self.suspended(),
            (b'W', _) => {
                counts::add(&self.recorder.counts.passed, 1);
                self.pass();
                true
            }
            (b'E', _) => {
                self.failed(message::sqlstate(body).and_then(state));
                true
            }
            _ => false,
        };
        if !is_its_turn {
            self.lose();
        }
    }

    /// What is known of an answer that ends now.
    fn told(&mut self) -> Told {
        let rows = std::mem::take(&mut self.rows);
        let now = Instant::now();
        let begun = self.said.last().or_else(|| Some(self.began()?.instant));
        let begun = begun.max(self.answered);
        let digest = self.row.is_some().then_some(rows.digest);
        Told {
            ended: now,
            latency: begun.map(|begun| now.saturating_duration_since(begun)),
            rows: Some(rows.count),
            digest,
            error: None,
        }
    }

    fn take_early_syncs(&mut self) {
        self.unanswered = self.unanswered.saturating_sub(self.pending.take_early_syncs());
    }

    /// When the message was sent whose turn it is.
    fn began(&self) -> Option<Moment> {
        match self.pending.first()? {
            Operation::Query { at, .. } | Operation::Execute { at, .. } => Some(*at),
            _ => None,
        }
    }

    fn parsed(&mut self) -> bool {
        if let Some(Operation::Parse { name, prepared }) = self.pending.pop() {
            self.portals.prepare(name, prepared);
        }
        true
    }

    fn bound(&mut self) -> bool {
        if let Some(Operation::Bind { portal, statement, values }) = self.pending.pop()
            && let Some(open) = self.portals.bind(portal, &statement, values)
        {
            self.keep(open, None);
        }
        true
    }

    fn closed(&mut self) -> bool {
        match self.pending.pop() {
            Some(Operation::CloseStatement(name)) => self.portals.close_statement(&name),
            Some(Operation::ClosePortal(name)) => {
                if let Some(open) = self.portals.finish(&name) {
                    self.keep(open, None);
                }
            }
            _ => {}
        }
        true
    }

    /// A portal gave some of its rows, and will give more.
    fn suspended(&mut self) -> bool {
        let told = self.told();
        self.answered = Some(told.ended);
        if let Some(Operation::Execute { portal, at }) = self.pending.pop() {
            self.portals.suspended(&portal, at, &told);
        }
        true
    }

    /// A portal gave all of its rows, or failed.
    fn executed(&mut self, counted: Option<u64>, error: Option<SqlState>, is_empty: bool) {
        let told = self.told();
        self.answered = Some(told.ended);
        let Some(Operation::Execute { portal, at }) = self.pending.pop() else { return };
        let Some(mut portal) = self.portals.finish(&portal) else {
            // Of a statement that was prepared while the session was not followed, or by SQL.
            return self.drop_one();
        };
        if is_empty {
            return;
        }
        portal.add(at, &told);
        self.has_copied = false;
        // A command without rows says how many it changed.
        if portal.rows == 0 {
            portal.rows = counted.unwrap_or_default();
            portal.counts = counted.is_some();
        }
        portal.counts &= error.is_none();
        self.keep(portal, error);
    }

    /// A portal gives no more rows: it has given all, or was left before; one that was never executed is no
    /// statement.
    fn keep(&mut self, portal: Portal, error: Option<SqlState>) {
        let Some(began) = portal.began else { return };
        let told = Told {
            ended: began.instant,
            latency: Some(portal.spent),
            rows: portal.counts.then_some(portal.rows),
            digest: self.row.is_some().then_some(portal.digest),
            error,
        };
        self.record(Text::Bound(portal.prepared, portal.values), began.time, &told);
    }

    /// The message whose turn it is failed.
    fn failed(&mut self, error: Option<SqlState>) {
        match self.pending.first() {
            // Said by itself, such as the end of the connection.
            None => return,
            // Its end comes with the server's being ready.
            Some(Operation::Query { .. }) => {
                let told = Told { error, rows: None, ..self.told() };
                self.said.add(told);
                return;
            }
            Some(Operation::Execute { .. }) => self.executed(None, error, false),
            Some(Operation::Parse { .. }) => {
                if let Some(Operation::Parse { prepared, .. }) = self.pending.pop() {
                    let told = Told { error, rows: None, latency: None, ..self.told() };
                    self.record(Text::Bound(prepared, Some(Vec::new())), Utc::now(), &told);
                }
            }
            Some(Operation::Bind { .. }) => self.unbound(error),
            _ => {}
        }
        // All that was sent behind it is left out.
        self.is_skipping = !self.pending.skip_to_sync();
    }

    /// Values that the server did not take.
    fn unbound(&mut self, error: Option<SqlState>) {
        let Some(Operation::Bind { portal, statement, values }) = self.pending.pop() else {
            return;
        };
        if let Some(open) = self.portals.bind(portal.clone(), &statement, values) {
            self.keep(open, None);
        }
        let told = self.told();
        match self.portals.finish(&portal) {
            Some(mut portal) => {
                portal.add(Moment::now(), &told);
                portal.counts = false;
                self.keep(portal, error);
            }
            None => self.drop_one(),
        }
    }

    /// The server is ready for the next request; `status` says whether a transaction is open.
    fn ready(&mut self, status: u8) {
        if self.phase == Phase::Login {
            self.phase = Phase::Followed;
        } else if let Some(Operation::Query { sql, is_whole, at }) = self.pending.pop_request() {
            self.asked(sql, is_whole, at);
        }
        self.has_copied = false;
        self.said = Said::default();
        self.rows = Rows::default();
        self.answered = Some(Instant::now());
        if status == b'I' {
            // Portals end with their transaction.
            for portal in self.portals.end_transaction() {
                self.keep(portal, None);
            }
            self.is_dropping = false;
        }
    }

    /// A text of one statement or several was executed.
    fn asked(&mut self, sql: Vec<u8>, is_whole: bool, at: Moment) {
        let mut said = std::mem::take(&mut self.said);
        if said.answers.len() > 1
            && let Ok(text) = std::str::from_utf8(&sql)
            && let Some(pieces) = said::pieces(text, &said)
        {
            let mut time = at.time;
            for (piece, told) in pieces.into_iter().zip(&said.answers) {
                self.record(Text::Plain(piece.as_bytes().to_vec(), is_whole), time, told);
                time += told.latency.unwrap_or_default();
            }
            return;
        }
        // A text of nothing but comments has no answer at all.
        if let Some(told) = said.as_one() {
            self.record(Text::Plain(sql, is_whole), at.time, &told);
        }
    }

    fn record(&mut self, text: Text, time: DateTime<Utc>, told: &Told) {
        self.sequence += 1;
        let executed = Executed {
            who: Arc::clone(&self.who),
            sequence: self.sequence,
            text,
            time,
            latency: told.latency,
            rows: told.rows,
            digest: told.digest,
            error: told.error,
        };
        if self.is_dropping || !self.recorder.offer(executed) {
            self.drop_one();
        }
    }

    /// A statement that is not recorded; nor are those up to the end of its transaction.
    fn drop_one(&mut self) {
        self.is_dropping = true;
        counts::add(&self.recorder.counts.dropped, 1);
    }

    /// A setting that the server reports.
    fn reported(&mut self, body: &[u8]) {
        let mut body = message::Body(body);
        if body.text() == Some(b"session_authorization")
            && let Some(user) = body.text()
        {
            let user = Some(String::from_utf8_lossy(user).into_owned());
            if self.who.user != user {
                Arc::make_mut(&mut self.who).user = user;
            }
        }
    }
}

/// The text of a Query, and whether it is whole.
fn message_text(body: &[u8], is_cut: bool) -> Option<(Vec<u8>, bool)> {
    match message::Body(body).text() {
        Some(text) => Some((text.to_vec(), true)),
        None => is_cut.then(|| (body.to_vec(), false)),
    }
}

fn state(bytes: &[u8]) -> Option<SqlState> {
    SqlState::parse(std::str::from_utf8(bytes).ok()?)
}
