//! Messages of a client that the server has not answered yet.

use super::Moment;
use crate::proxy::{
    executed::Prepared,
    message::{self, Value},
};
use std::{collections::VecDeque, sync::Arc};

/// So many messages may wait for their answers, and so many bytes in them; a client that sends more ahead
/// is not followed.
const MESSAGES_MAX: usize = 1 << 17;
const BYTES_MAX: usize = 64 << 20;

/// A message of a client.
#[derive(Debug)]
pub(super) enum Operation {
    Query { sql: Vec<u8>, is_whole: bool, at: Moment },
    Parse { name: Vec<u8>, prepared: Arc<Prepared> },
    Bind { portal: Vec<u8>, statement: Vec<u8>, values: Option<Vec<Value>> },
    DescribeStatement(Vec<u8>),
    DescribePortal,
    Execute { portal: Vec<u8>, at: Moment },
    CloseStatement(Vec<u8>),
    ClosePortal(Vec<u8>),
    Sync,
    Call,
}

impl Operation {
    fn bytes(&self) -> usize {
        match self {
            Self::Query { sql, .. } => sql.len(),
            Self::Parse { name, prepared } => name.len() + prepared.sql.len(),
            Self::Bind { portal, statement, values } => {
                portal.len() + statement.len() + message::bytes_of(values.as_deref())
            }
            Self::DescribeStatement(name)
            | Self::Execute { portal: name, .. }
            | Self::CloseStatement(name)
            | Self::ClosePortal(name) => name.len(),
            Self::DescribePortal | Self::Sync | Self::Call => 0,
        }
    }

    /// Does the server say that it is ready, once it is answered?
    fn is_request(&self) -> bool {
        matches!(self, Self::Query { .. } | Self::Sync | Self::Call)
    }
}

/// Messages that the server has not answered yet, in their order.
#[derive(Debug, Default)]
pub(super) struct Pending {
    operations: VecDeque<Operation>,
    bytes: usize,
}

impl Pending {
    /// False where there are too many.
    pub(super) fn push(&mut self, operation: Operation) -> bool {
        self.bytes += operation.bytes();
        self.operations.push_back(operation);
        self.operations.len() <= MESSAGES_MAX && self.bytes <= BYTES_MAX
    }

    pub(super) fn first(&self) -> Option<&Operation> {
        self.operations.front()
    }

    pub(super) fn pop(&mut self) -> Option<Operation> {
        let first = self.operations.pop_front()?;
        self.bytes = self.bytes.saturating_sub(first.bytes());
        Some(first)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// What the server's being ready answers, and all that stands before it.
    pub(super) fn pop_request(&mut self) -> Option<Operation> {
        while let Some(operation) = self.pop() {
            if operation.is_request() {
                return Some(operation);
            }
        }
        None
    }

    /// Takes out what stands before the next Sync; false where there is none.
    pub(super) fn skip_to_sync(&mut self) -> bool {
        while let Some(operation) = self.first() {
            if matches!(operation, Operation::Sync) {
                return true;
            }
            self.pop();
        }
        false
    }

    /// Takes out the Syncs at the end, behind an Execute that now gets its rows, and says how many. A
    /// client that sent them along with the Execute sends another one behind the rows.
    pub(super) fn take_early_syncs(&mut self) -> u64 {
        let mut taken = 0;
        while matches!(self.operations.back(), Some(Operation::Sync)) && self.operations.len() > 1 {
            self.operations.pop_back();
            taken += 1;
        }
        taken
    }
}
