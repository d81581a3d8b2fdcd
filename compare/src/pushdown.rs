//! Compares two sides without reading them: what both have equally often is found out by the sides
//! themselves, from counts and sums of row hashes; only rows that may differ are fetched.
//!
//! The steps, one file each: the columns get their encodings, or are refused (`columns`); both sides
//! are asked for summaries of buckets, until the rows of unequal ones are few (`bisect`); these rows
//! are fetched (`fetch`) and judged as any others. What a judgement asks of all rows, how many there
//! are and whether a key holds among them, is asked of the sides again (`whole`). A side that is no
//! database is summed up here (`summed`), by the text of its rows (`canonical`).
//!
//! Buckets are told by the hash of the whole row. So all copies of a row lie in one bucket, on both
//! sides, and a row that is in no unequal bucket is on both sides equally often, but for a chance
//! that [`confidence`] states.

mod bisect;
mod canonical;
mod columns;
mod fetch;
mod summed;
mod totals;
mod whole;

pub use summed::Summed;
pub use totals::{Total, totals};
pub(crate) use whole::Whole;

use crate::{
    fingerprint::collision_bound,
    judge::{Request, judge_whole},
    settings::Settings,
    shape,
    watch::{STOPPED, Watch},
};
use bisect::Limits;
use model::{
    Differences, InMemory, Judgement, Rows, RowsError, Side, StatementFacts, Summarized, Verdict,
};
use std::{sync::mpsc, thread, time::Duration};

/// How often a stop is looked for while the sides work.
const PATIENCE: Duration = Duration::from_millis(50);

/// How sure it is that rows taken for equal are equal, in a sentence.
#[must_use]
pub fn confidence(rows: [u64; 2]) -> String {
    format!(
        "equal rows are told by counts and sums of 128-bit MD5 hashes of typed values, computed by the sides themselves: the chance that a difference was missed is below 10^{}, unless rows were made to collide",
        collision_bound(rows).exponent()
    )
}

/// Compares the rows of both sides (legacy, governed), fetching only those that may differ.
///
/// The judgement is the one of [`crate::judge_rows`], but that rows are numbered as they were fetched,
/// so that other examples may be shown where there are too many. Must not be called from a task of an
/// asynchronous runtime: the sides block.
///
/// What cannot be told is [`Verdict::Inconclusive`] with its reason: also a column that cannot be
/// summed up, and a statement that sorts, limits or leaves open what it gives.
pub fn judge_pushed(
    request: Request<'_>,
    sides: [&dyn Summarized; 2],
    settings: &Settings,
) -> Judgement {
    judge_within(request, sides, settings, Limits::default())
}

fn judge_within(
    request: Request<'_>,
    sides: [&dyn Summarized; 2],
    settings: &Settings,
    limits: Limits,
) -> Judgement {
    push(request, sides, settings, limits).unwrap_or_else(|reason| Judgement {
        verdict: Verdict::Inconclusive { reason },
        differences: Differences::default(),
    })
}

/// An error is the reason why nothing can be told.
fn push(
    request: Request<'_>,
    sides: [&dyn Summarized; 2],
    settings: &Settings,
    limits: Limits,
) -> Result<Judgement, String> {
    pushable(request.statement.facts)?;
    let [legacy, governed] = sides.map(Summarized::schema);
    let Ok(shape) = shape::plan(&request.statement, legacy, governed, settings)? else {
        // Rows have nothing to say to another shape.
        let [legacy, governed] = [nothing(sides[0])?, nothing(sides[1])?];
        return Ok(judge_whole(request, [&legacy, &governed], settings, None));
    };
    let encodings = columns::encodings(&shape.columns)?;
    for (side, summarized) in Side::BOTH.into_iter().zip(sides) {
        let checked = summarized.check(&encodings);
        checked.map_err(|error| format!("the {side} side: {error}"))?;
    }
    let found = bisect::differing(sides, &encodings, request.watch, limits)?;
    let rows: [Box<dyn Rows>; 2] = if found.open.numbers().is_empty() {
        [Box::new(nothing(sides[0])?), Box::new(nothing(sides[1])?)]
    } else {
        fetch::rows(sides, &encodings, &found, request.memory, request.watch)?
    };
    let whole = Whole::new(sides, &encodings, found.rows);
    let [legacy, governed] = &rows;
    Ok(judge_whole(request, [legacy.as_ref(), governed.as_ref()], settings, Some(&whole)))
}

/// Can summaries tell whether such statements agree?
fn pushable(facts: &StatementFacts) -> Result<(), String> {
    let refused = |what: &str, remedy: &str| {
        Err(format!("push-down cannot tell {what}; {remedy}, or compare without push-down"))
    };
    if !facts.order_by.is_empty() {
        return refused("the order of rows", "leave `ORDER BY` out");
    }
    if facts.limited {
        return refused("which rows a limit leaves", "leave `LIMIT` out");
    }
    if let Some(what) = facts.volatile.first() {
        let what = format!("rows that change with each reading, by `{what}`");
        return refused(&what, "store the rows first");
    }
    Ok(())
}

fn nothing(side: &dyn Summarized) -> Result<InMemory, String> {
    InMemory::new(side.schema().clone(), Vec::new()).map_err(|error| error.to_string())
}

/// Asks both sides at the same time. Ends both where one fails or the work is stopped.
fn both<T: Send>(
    sides: [&dyn Summarized; 2],
    watch: &dyn Watch,
    ask: impl Fn(Side, &dyn Summarized) -> Result<T, RowsError> + Sync,
) -> Result<[T; 2], String> {
    let (done, is_done) = mpsc::channel();
    let ask = &ask;
    let (answers, stopped) = thread::scope(|scope| {
        let ask_one = |side: Side, summarized| {
            let done = done.clone();
            scope.spawn(move || {
                let answer = ask(side, summarized);
                // Nobody waits any more only where both have ended.
                let _ = done.send(answer.is_ok());
                answer.map_err(|error| format!("the {side} side: {error}"))
            })
        };
        let [legacy, governed] = sides;
        let running = [ask_one(Side::Legacy, legacy), ask_one(Side::Governed, governed)];
        let (mut ended, mut stopped) = (0, false);
        while ended < running.len() {
            match is_done.recv_timeout(PATIENCE) {
                Ok(answered) => {
                    ended += 1;
                    stopped |= !answered;
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                // A thread that ended early has said nothing.
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            // Again and again: what was about to begin has not heard of it.
            if ended < running.len() && (stopped || watch.is_stopped()) {
                for side in sides {
                    side.stop();
                }
            }
        }
        let answers = running.map(|thread| {
            let joined = thread.join();
            joined.unwrap_or_else(|_| Err("a thread of the comparison ended early".to_owned()))
        });
        (answers, watch.is_stopped())
    });
    if stopped {
        return Err(STOPPED.to_owned());
    }
    match answers {
        [Ok(legacy), Ok(governed)] => Ok([legacy, governed]),
        // Of two the first is the cause, unless it was ended because of the other.
        [Err(error), Ok(_)] | [Ok(_), Err(error)] => Err(error),
        [Err(legacy), Err(governed)] => Err(format!("{legacy}; {governed}")),
    }
}

#[cfg(test)]
mod tests;
