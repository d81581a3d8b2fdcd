//! The audit chain: one record for every attempt, redacted before it is written, each bound to the
//! one before by a hash.
//!
//! # What it proves
//! [`verify`] finds every edit, insertion, deletion and reordering inside the chain, every splice
//! of records from another chain, and every changed byte, and names the first broken record.
//!
//! # What it does not prove
//! Records cut off *at the end* leave a shorter chain that is sound; and whoever can write the file
//! can compute all hashes anew. Both take an anchor outside the file, such as the head
//! ([`Summary::head`]) written down somewhere else: compare it.
//!
//! # What is written
//! Nothing of a statement but its redacted text ([`redact`]), the tables that it names and numbers;
//! bound values, rows and engine messages never. The principal is kept as it is: a log has to say
//! who.
//!
//! A process that is killed while a statement runs writes nothing for it; no result has left then.

mod canonical;
mod chain;
mod log;
pub mod record;
pub mod redact;
mod sink;
mod trail;
mod verify;

pub use chain::BrokenReason;
pub use log::{AuditError, AuditLog, Durability, Opened, Receipt, Repair};
pub use record::{Draft, Ending, Record, StageRecord};
pub use redact::Literals;
pub use sink::Sink;
pub(crate) use trail::{Attempt, Paid, Trail};
pub use verify::{Broken, Summary, VerifyError, verify, verify_each};
