//! The canonical encoding of a record: what is hashed.
//!
//! Every value is framed by its length in bytes as 8 bytes little-endian, so that no byte can move
//! from one value to the next. Numbers are 8 bytes little-endian, absent values are the byte 0, and
//! present ones the byte 1 and the value. Lists begin with the number of their items.

use super::record::Record;
use model::Digest;

/// Told into every hash: another encoding is another domain.
const DOMAIN: &str = "gnomon.audit.record.v1";

/// What the first record points back to.
pub(super) fn genesis() -> Digest {
    Digest::of([b"gnomon.audit.genesis.v1".as_slice()])
}

/// The hash of a record, over all its fields but the hash itself.
pub(super) fn hash(record: &Record) -> Digest {
    let mut out = Encoder(Vec::with_capacity(1024));
    // Taken apart without `..`, so that a new field cannot be left out of the hash.
    let Record {
        version,
        id,
        sequence,
        previous,
        hash: _,
        time,
        elapsed_us,
        request,
        session,
        principal,
        action,
        sql,
        tables,
        tables_total,
        rows,
        stages,
        policy,
        credits_milli,
        ending,
        error,
        sqlstate,
        rule,
    } = record;
    out.text(DOMAIN);
    out.number(u64::from(*version));
    out.text(id);
    out.number(*sequence);
    out.text(previous.as_str());
    out.framed(&time.timestamp_micros().to_le_bytes());
    out.number(*elapsed_us);
    out.text(request);
    out.text(session);
    out.option(principal.as_deref());
    out.text(action.as_str());
    out.text(sql);
    out.count(tables.len());
    for table in tables {
        out.text(table);
    }
    out.number(*tables_total);
    out.number(*rows);
    out.count(stages.len());
    for stage in stages {
        out.text(stage.stage.as_str());
        out.number(u64::from(stage.passed));
        out.count(stage.evidence.len());
        for (name, value) in &stage.evidence {
            out.text(name);
            out.text(value);
        }
    }
    out.text(policy.as_str());
    out.number(credits_milli.milli());
    out.text(ending.as_str());
    out.option(error.map(crate::error::ErrorCode::as_str));
    out.option(sqlstate.as_ref().map(model::SqlState::as_str));
    out.option(rule.as_deref());
    Digest::of_bytes(&out.0)
}

struct Encoder(Vec<u8>);

impl Encoder {
    fn framed(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.framed(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.framed(&number.to_le_bytes());
    }

    fn count(&mut self, items: usize) {
        self.number(items as u64);
    }

    fn option(&mut self, text: Option<&str>) {
        match text {
            None => self.0.push(0),
            Some(text) => {
                self.0.push(1);
                self.text(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::record::sample;

    #[test]
    fn the_encoding_is_fixed() {
        // Computed by an independent program from the description above. A changed hash here means
        // that no chain written before can be verified any more: that takes a new format version.
        assert_eq!(
            genesis().as_str(),
            "0d7fa223eec78085b3d86f73a294f5cc6110e48eb4c0a863fe64d89c71787259"
        );
        assert_eq!(
            hash(&sample()).as_str(),
            "bcbd0248a75a98ac15ea2962ab74067ccad490c5937ede2684ab03ed0965e50e"
        );
    }

    type Change = Box<dyn Fn(&mut Record)>;

    #[test]
    fn every_field_counts() {
        let base = sample();
        let other = |change: &dyn Fn(&mut Record)| {
            let mut record = base.clone();
            change(&mut record);
            assert_ne!(record, base);
            hash(&record)
        };
        let changes: Vec<Change> = vec![
            Box::new(|r| r.version += 1),
            Box::new(|r| r.id.push('0')),
            Box::new(|r| r.sequence += 1),
            Box::new(|r| r.previous = Digest::of_bytes(b"x")),
            Box::new(|r| r.time += chrono::TimeDelta::microseconds(1)),
            Box::new(|r| r.elapsed_us += 1),
            Box::new(|r| r.request.push('0')),
            Box::new(|r| r.session.push('0')),
            Box::new(|r| r.principal = None),
            Box::new(|r| r.action = crate::policy::Action::Load),
            Box::new(|r| r.sql.push(' ')),
            Box::new(|r| r.tables.push("u".to_owned())),
            Box::new(|r| r.tables_total += 1),
            Box::new(|r| r.rows += 1),
            Box::new(|r| r.stages[0].passed = false),
            Box::new(|r| r.stages[0].stage = crate::error::Stage::Meter),
            Box::new(|r| {
                r.stages[0].evidence.insert("x".to_owned(), "y".to_owned());
            }),
            Box::new(|r| {
                r.stages.pop();
            }),
            Box::new(|r| r.policy = Digest::of_bytes(b"x")),
            Box::new(|r| r.credits_milli = crate::Credits::from_milli(1)),
            Box::new(|r| r.ending = super::super::Ending::Abandoned),
            Box::new(|r| r.error = Some(crate::ErrorCode::AuditFailed)),
            Box::new(|r| r.sqlstate = Some(model::SqlState::DIVISION_BY_ZERO)),
            Box::new(|r| r.rule = Some("GV0001".to_owned())),
        ];
        let mut hashes: Vec<Digest> = changes.iter().map(|change| other(change.as_ref())).collect();
        hashes.push(hash(&base));
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), changes.len() + 1);
    }

    #[test]
    fn a_byte_cannot_move_to_the_next_field() {
        let (mut one, mut two) = (sample(), sample());
        (one.request, one.session) = ("ab".to_owned(), "c".to_owned());
        (two.request, two.session) = ("a".to_owned(), "bc".to_owned());
        assert_ne!(hash(&one), hash(&two));
        (one, two) = (sample(), sample());
        one.tables = vec!["a".to_owned(), "b".to_owned()];
        two.tables = vec!["ab".to_owned()];
        assert_ne!(hash(&one), hash(&two));
    }
}
