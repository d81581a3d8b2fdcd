//! Prepared statements of a session, and those that have parameters: portals.

use super::{Moment, said::Told};
use crate::proxy::{executed::Prepared, message::Value};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// So many statements and portals of a session are known by name, and so many bytes of their texts; what
/// is executed of others is counted as dropped.
const NAMES_MAX: usize = 1 << 16;
const BYTES_MAX: usize = 64 << 20;

/// A statement with its parameters, as far as it was executed.
#[derive(Debug)]
pub(super) struct Portal {
    pub(super) prepared: Arc<Prepared>,
    pub(super) values: Option<Vec<Value>>,
    pub(super) began: Option<Moment>,
    pub(super) spent: Duration,
    pub(super) rows: u64,
    pub(super) digest: u128,
    /// Are there rows, or a number of them?
    pub(super) counts: bool,
}

impl Portal {
    /// Another part of its rows.
    pub(super) fn add(&mut self, at: Moment, told: &Told) {
        self.began.get_or_insert(at);
        self.spent += told.latency.unwrap_or_default();
        self.rows += told.rows.unwrap_or_default();
        self.digest = self.digest.wrapping_add(told.digest.unwrap_or_default());
    }
}

/// What a session has prepared.
#[derive(Debug, Default)]
pub(super) struct Portals {
    statements: HashMap<Vec<u8>, Arc<Prepared>>,
    bytes: usize,
    open: HashMap<Vec<u8>, Portal>,
}

impl Portals {
    pub(super) fn prepare(&mut self, name: Vec<u8>, prepared: Arc<Prepared>) {
        self.close_statement(&name);
        let bytes = name.len() + prepared.sql.len();
        if self.statements.len() < NAMES_MAX && self.bytes + bytes <= BYTES_MAX {
            self.bytes += bytes;
            self.statements.insert(name, prepared);
        }
    }

    /// The server tells the types of a statement's parameters.
    pub(super) fn described(&mut self, name: &[u8], types: Vec<u32>) {
        if let Some(prepared) = self.statements.get_mut(name)
            && prepared.types != types
        {
            Arc::make_mut(prepared).types = types;
        }
    }

    /// A portal is made. What had its name is given back.
    pub(super) fn bind(
        &mut self,
        name: Vec<u8>,
        statement: &[u8],
        values: Option<Vec<Value>>,
    ) -> Option<Portal> {
        let old = self.open.remove(&name);
        if let Some(prepared) = self.statements.get(statement)
            && self.open.len() < NAMES_MAX
        {
            let portal = Portal {
                prepared: Arc::clone(prepared),
                values,
                began: None,
                spent: Duration::ZERO,
                rows: 0,
                digest: 0,
                counts: true,
            };
            self.open.insert(name, portal);
        }
        old
    }

    pub(super) fn suspended(&mut self, name: &[u8], at: Moment, told: &Told) {
        if let Some(portal) = self.open.get_mut(name) {
            portal.add(at, told);
        }
    }

    /// A portal that was closed, or executed to its end: executed again it has no rows.
    pub(super) fn finish(&mut self, name: &[u8]) -> Option<Portal> {
        self.open.remove(name)
    }

    pub(super) fn close_statement(&mut self, name: &[u8]) {
        if let Some(old) = self.statements.remove(name) {
            self.bytes = self.bytes.saturating_sub(name.len() + old.sql.len());
        }
    }

    /// Portals that were left before their last row.
    pub(super) fn end_transaction(&mut self) -> Vec<Portal> {
        if self.open.is_empty() {
            return Vec::new();
        }
        let mut left: Vec<Portal> = self.open.drain().map(|(_, portal)| portal).collect();
        left.retain(|portal| portal.began.is_some());
        left.sort_by_key(|portal| portal.began.map(|began| began.instant));
        left
    }

    /// Portals are not known any more; statements may be.
    pub(super) fn forget(&mut self) {
        self.open.clear();
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
