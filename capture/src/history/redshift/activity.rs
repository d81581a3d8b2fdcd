//! The user activity log: <https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html>.
//!
//! `'2023-01-01T00:00:00Z UTC [ db=dev user=ana pid=1 userid=4 xid=9 ]' LOG: SELECT …`, over as many lines
//! as the text has. It is written before the statement is executed: neither its end nor its failure is known.

use super::super::{History, Order, Out};
use crate::import::{
    csv::Header,
    entries,
    record::{Record, Unreadable, Wanted},
    time,
};
use model::{Dialect, Statement};
use std::collections::HashMap;

/// The log.
#[derive(Debug, Default)]
pub(in crate::history) struct Activity {
    /// Entries of each session so far.
    entries: HashMap<String, u64>,
}

/// Does a line open an entry?
fn opens(line: &[u8], _: Option<&[u8]>) -> bool {
    let has_date = line.get(1..5).is_some_and(|year| year.iter().all(u8::is_ascii_digit));
    line.starts_with(b"'") && has_date && memchr::memmem::find(line, b" [ db=").is_some()
}

impl History for Activity {
    fn wanted(&self) -> &'static [Wanted] {
        entries::WANTED
    }

    fn header(&self) -> Header {
        Header::Entries(opens)
    }

    fn order(&self) -> Order {
        Order::BySession
    }

    fn time(&self, record: &Record<'_>) -> Option<chrono::DateTime<chrono::Utc>> {
        let entry = record.get(entries::ENTRY).ok()??;
        time::parse(entry.strip_prefix('\'')?.split(" [").next()?)
    }

    fn record(&mut self, record: &Record<'_>, out: &mut Out) -> Result<(), Unreadable> {
        let entry = record.need(entries::ENTRY)?;
        let (head, text) = entry.split_once(" ]' LOG: ").ok_or_else(|| {
            Unreadable::new("it does not begin as an entry of the activity log does")
        })?;
        let (at, fields) = head.split_once(" [ ").unwrap_or((head, ""));
        let field = |name: &str| {
            fields.split(' ').find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
        };
        let (database, user) = (field("db"), field("user"));
        let session = format!(
            "{}:{}:{}",
            database.unwrap_or_default(),
            user.unwrap_or_default(),
            field("pid").unwrap_or_default()
        );
        let text = text.trim();
        if text.is_empty() {
            out.leave_out("an entry without a text");
            return Ok(());
        }
        let sequence = self.entries.entry(session.clone()).or_default();
        *sequence += 1;
        out.statement(Statement {
            time: time::parse(at.trim_start_matches('\'')),
            database: database.map(str::to_owned),
            user: user.map(str::to_owned),
            ..Statement::new(
                format!("{session}:{sequence}"),
                (session, *sequence),
                Dialect::Redshift,
                text,
            )
        });
        Ok(())
    }
}
