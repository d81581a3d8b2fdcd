//! Stage: capture. Takes what a warehouse wrote down of its statements (logs, histories), or what goes by
//! between its clients and itself, gives a workload: a folder that vouches for each statement in it.
//! Never: executes or translates a statement, makes a client wait for the recording, keeps a password, or
//! passes on what is cut or redacted as if it were whole.
//!
//! [`import::import`] reads the files of a source ([`Source`]) record by record ([`import`]), each source has a
//! file that knows what its records mean (`history`), secrets are taken out (`scrub`), and what is
//! left goes into a folder ([`folder`]). What could not be read is counted, with examples. [`stats`] says what a
//! workload consists of, [`sample`] takes a part that stands for it, [`merge`] makes one of several. [`proxy`] stands between clients and a server.

pub mod folder;
mod history;
pub mod import;
pub mod merge;
pub mod proxy;
pub mod sample;
mod scrub;
pub mod stats;

pub use history::Source;
pub use scrub::{Key, Values};
