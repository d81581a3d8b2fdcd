//! Which messages of either direction a session looks at, and how much of them.

use super::{Phase, Session};
use crate::proxy::frames::{Message, Reader, Want};

/// So much of a client's message that is no statement is looked at.
const SMALL_BYTES: usize = 4096;

/// So much of an answer that is no row: the types of 65,535 parameters.
const ANSWER_BYTES_MAX: usize = 1 << 18;

/// The client's messages of a session.
pub(in crate::proxy) struct ClientSide<'s>(pub(super) &'s mut Session);

impl Reader for ClientSide<'_> {
    fn begins(&mut self, kind: u8, _: usize) -> Want {
        let session = &mut *self.0;
        if session.phase == Phase::Lost && session.unanswered == 0 {
            session.phase = Phase::Followed;
        }
        let is_request = matches!(kind, b'Q' | b'S' | b'F');
        session.unanswered += u64::from(is_request);
        match kind {
            // Never `p`: it may be a password.
            _ if matches!(session.phase, Phase::Lost | Phase::Passed) => Want::Head,
            b'Q' | b'P' | b'B' => Want::Body(session.settings().statement_bytes_max),
            b'D' | b'E' | b'C' => Want::Body(SMALL_BYTES),
            _ => Want::Head,
        }
    }

    fn part(&mut self, _: &[u8]) {}

    fn message(&mut self, message: Message<'_>) {
        if matches!(self.0.phase, Phase::Login | Phase::Followed) {
            self.0.sent(message);
        }
    }
}

/// The server's messages of a session.
pub(in crate::proxy) struct ServerSide<'s>(pub(super) &'s mut Session);

impl Reader for ServerSide<'_> {
    fn begins(&mut self, kind: u8, _: usize) -> Want {
        let session = &mut *self.0;
        match kind {
            _ if session.is_passed() => Want::Head,
            b'D' => {
                session.rows.count += 1;
                match &mut session.row {
                    Some(row) => {
                        row.reset();
                        Want::Parts
                    }
                    None => Want::Head,
                }
            }
            b'Z' | b'C' | b'E' | b't' | b'S' => Want::Body(ANSWER_BYTES_MAX),
            _ => Want::Head,
        }
    }

    fn part(&mut self, bytes: &[u8]) {
        if let Some(row) = &mut self.0.row {
            row.update(bytes);
        }
    }

    fn message(&mut self, message: Message<'_>) {
        let session = &mut *self.0;
        match message.kind {
            b'D' => {
                if let Some(row) = &session.row {
                    session.rows.digest = session.rows.digest.wrapping_add(row.digest128());
                }
            }
            b'Z' => {
                session.unanswered = session.unanswered.saturating_sub(1);
                if !session.is_passed() {
                    session.ready(message.body.first().copied().unwrap_or_default());
                }
            }
            b'S' => session.reported(message.body),
            // Notices, notifications, the login, rows of COPY.
            b'N' | b'A' | b'R' | b'K' | b'v' | b'd' | b'c' => {}
            _ if session.phase == Phase::Followed => session.answered(message),
            _ => {}
        }
    }
}
