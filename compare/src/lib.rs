//! Stage: takes the two answers to one statement, gives a verdict with its evidence.
//! Never: opens a file or an engine, knows SQL text, panics, or says "equal" of what it could not
//! tell.
//!
//! The steps, one module each: the columns are laid on each other by position and meet in a type
//! lattice (`shape`, `kind`); both sides are read once, their rows hashed by typed values (`scan`,
//! `hash`) into a fingerprint of constant size (`fingerprint`); where that is not even, rows that may
//! differ are read again, laid in partitions (`residue`, `store`) and judged one by one
//! (`partition`): equal rows cancel; what is left is matched within tolerances (`matching`,
//! `tolerances`, `ledger`); what is left then is paired so that people see cells (`pairing`,
//! `report`, `columns`), with what explains them (`causes`). The order of the kept rows is held
//! against the legacy result (`order`); and differences that the statement itself leaves open are
//! told from those that it does not (`indeterminate`); those that the legacy has with itself excuse
//! what they reach and no more (`noise`); answers that a limit cuts through a tie are held against all
//! rows that it may take (`ties`). Sides that are too large to read are asked for summaries, and
//! only rows that may differ go that way (`pushdown`).
//!
//! Rules of equality: exact numbers are equal by value whatever their width, scale or spelling; a
//! float equals an exact number if its exact binary value does; floats are equal by bits, all NaN
//! alike, -0.0 apart from 0.0; NULL equals NULL; timestamps are instants, and a date is its
//! midnight; text and bytes are equal byte by byte; json is equal by value, whatever its blanks,
//! escapes, order of members and spelling of numbers; the order of a map's entries means nothing; intervals are three independent parts. Another type with an equal value is a drift of
//! type, not a difference; other column names are a note. Exact equality goes before tolerance:
//! rows that are equal are matched with each other even where another matching within tolerances
//! would leave fewer rows over.

mod align;
mod calendar;
mod causes;
mod columns;
mod encode;
mod failures;
mod fingerprint;
mod frame;
mod hash;
mod indeterminate;
mod json;
mod judge;
mod kind;
mod ledger;
mod matching;
mod noise;
mod number;
mod order;
mod paired;
mod pairing;
mod partition;
mod position;
mod pushdown;
mod reader;
mod recorded;
mod render;
mod report;
mod residue;
mod scan;
mod scope;
mod seen;
mod settings;
mod shape;
mod store;
mod table;
mod tally;
mod ties;
mod tolerances;
mod unreadable;
mod value;
mod watch;

#[cfg(test)]
mod laws;

pub use causes::{CausePage, cause_pages};
pub use fingerprint::confidence;
pub use judge::{
    Answer, Request, SideResult, StatementRef, judge, judge_answers, judge_rows, try_judge_answers,
};
pub use kind::type_name;
pub use noise::judge_noise;
pub use pushdown::{Summed, Total, confidence as pushed_confidence, judge_pushed, totals};
pub use recorded::stands;
pub use residue::Memory;
pub use settings::{Bounds, Settings, SettingsError};
pub use ties::{WideAnswers, judge_ties};
pub use unreadable::Unreadable;
pub use watch::{Pass, Unwatched, Watch};
