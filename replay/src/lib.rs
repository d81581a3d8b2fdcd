//! Stage: takes a workload and two engines, gives a run: one recorded verdict for each statement.
//! Never: translates or compares by itself (both are plugged in), writes to an engine, or records
//! a verdict twice or by halves.
//!
//! The flow is [`plan`] → [`store`] → [`runner`]. What a run found lies in its
//! [`Store`] alone; killing the process at any moment leaves items that are judged completely and
//! items that are not judged at all, and starting the same run again finishes the latter. What is
//! recorded can be judged again under other rules ([`mod@rejudge`]).

pub mod answer;
pub mod ask;
pub mod budget;
pub mod checkpoint;
pub mod error;
pub mod event;
pub mod guard;
pub mod judge;
pub mod pace;
pub mod plan;
pub mod rejudge;
pub mod run_id;
pub mod runner;
pub mod settings;
pub mod stop;
pub mod store;
pub mod ties;

mod breaker;
mod engine_session;
mod item;
mod lateness;
mod queue;
mod recorder;
mod schedule;
mod session;
mod side_session;
mod supply;
mod transaction;
mod work;

pub use answer::{AnswerRows, SideAnswer};
pub use ask::{Asked, Listener, Question, ask};
pub use budget::{Budget, Exhausted, Spending};
pub use checkpoint::{Checkpoint, Checkpoints};
pub use error::{ErrorClass, ReplayError};
pub use event::{Event, Measured, Observer, Silent};
pub use guard::{Effect, Writes};
pub use judge::{AskedTwice, AskedWider, Judge};
pub use pace::{Pace, Speed};
pub use plan::{PlanError, Selection, Translate, TranslateOutcome, Unchanged};
pub use rejudge::{Rejudge, Rejudged, rejudge};
pub use run_id::{judged_id, run_id};
pub use runner::{RunEnd, Runner, probe};
pub use schedule::planned_length;
pub use settings::Settings;
pub use stop::{StopHandle, StopSignal};
pub use store::{
    CheckTurn, Retention, SharedOptions, SharedStore, Store, StoreError, StoreOptions, Unfinished,
};
