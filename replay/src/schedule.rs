//! The sessions of a run, and when each of their statements is due.

use crate::{
    error::ReplayError,
    pace::{Pace, Speed},
};
use chrono::{DateTime, Utc};
use engines::Access;
use model::{Disposition, Plan, PlanItem};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};
use tokio::time::Instant;

/// When a statement is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// So long after the run began.
    At(Duration),
    /// So long after the answer before it in its session; the first one at once.
    After(Duration),
}

/// A statement and when it is due.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) item: PlanItem,
    pub(crate) due: Due,
    /// The transaction to run it in.
    pub(crate) within: Option<Within>,
    /// It has its verdict; what it changed was undone since, and is needed again. Did both sides do the
    /// same then?
    pub(crate) again: Option<bool>,
}

/// A transaction that statements run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Within {
    /// The captured one, by the index of the item that began it, or of the only statement.
    pub(crate) number: u64,
    pub(crate) access: Access,
}

/// What is left of a captured session, in its order.
#[derive(Debug)]
pub(crate) struct Track {
    pub(crate) name: String,
    pub(crate) steps: VecDeque<Step>,
    /// When its last statement was answered on both sides.
    pub(crate) answered: Option<Instant>,
}

impl Track {
    /// How long it lasts where no answer takes any time.
    fn length(&self) -> Duration {
        self.steps.iter().fold(Duration::ZERO, |length, step| match step.due {
            Due::At(at) => length.max(at),
            Due::After(pause) => length.saturating_add(pause),
        })
    }

    /// When the next statement is due in a run that began at `began`; absent where that is whenever the
    /// session gets to it.
    pub(crate) fn due(&self, began: Instant) -> Option<Instant> {
        let front = self.steps.front()?;
        match (front.due, self.answered) {
            (Due::At(after), _) => Some(later(began, after)),
            (Due::After(after), Some(answered)) => Some(later(answered, after)),
            (Due::After(_), None) => None,
        }
    }
}

/// The longest time that a run may be planned to last. Times that are further apart are no times of one
/// capture: a clock was not set, or a record is damaged.
const LENGTH_MAX: Duration = Duration::from_hours(31 * 24);

/// How long the sessions will last where no answer takes any time; absent where they keep no times.
///
/// # Errors
/// Longer than a month.
pub(crate) fn length(tracks: &[Track], pace: Pace) -> Result<Option<Duration>, ReplayError> {
    if pace == Pace::Fast {
        return Ok(None);
    }
    let Some((longest, track)) =
        tracks.iter().map(|track| (track.length(), track)).max_by_key(|(length, _)| *length)
    else {
        return Ok(Some(Duration::ZERO));
    };
    if longest <= LENGTH_MAX {
        return Ok(Some(longest));
    }
    let times = |track: &Track| {
        track.steps.iter().filter_map(|step| step.item.captured_time).collect::<Vec<_>>()
    };
    let first = tracks.iter().flat_map(times).min();
    let span = first.zip(times(track).into_iter().max());
    let span =
        span.map(|(first, last)| format!(": the workload begins {first}, the session ends {last}"));
    Err(ReplayError::Settings {
        message: format!(
            "at this pace session `{}` would last for {} days{}; replay the workload with `pace = \
             \"fast\"` or a larger `speed`, or leave out what has a wrong time",
            track.name,
            longest.as_secs() / 86_400,
            span.unwrap_or_default(),
        ),
    })
}

/// How long a plan lasts at a pace where no answer takes any time; absent where it keeps no times.
///
/// # Errors
/// Longer than a month, or no times to keep.
pub fn planned_length(plan: &Plan, pace: Pace) -> Result<Option<Duration>, ReplayError> {
    if pace == Pace::Fast {
        return Ok(None);
    }
    let items = plan.items.clone();
    let begins = first(&items);
    length(&tracks(Vec::new(), items, (pace, begins, true))?, pace)
}

/// What is too far away to be an instant is due in a century.
pub(crate) fn later(from: Instant, after: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_hours(100 * 365 * 24);
    from.checked_add(after.min(CENTURY)).unwrap_or(from)
}

/// The captured time of the first statement that runs; absent where none tells.
pub(crate) fn first(items: &[PlanItem]) -> Option<DateTime<Utc>> {
    items.iter().filter(|item| runs(item)).filter_map(|item| item.captured_time).min()
}

fn runs(item: &PlanItem) -> bool {
    matches!(item.disposition, Disposition::Run { .. })
}

/// Sessions in the order of their first item, each with its items in sequence order, in a run that
/// begins at the captured time `first`. The items of `again` have their verdict and come before those
/// of their session. Reads of one captured transaction stay together where `keeps` says so; with what
/// changes rows they always do.
///
/// # Errors
/// A pace that goes by captured times, where no statement that runs has one.
pub(crate) fn tracks(
    again: Vec<(PlanItem, bool)>,
    items: Vec<PlanItem>,
    (pace, first, keeps): (Pace, Option<DateTime<Utc>>, bool),
) -> Result<Vec<Track>, ReplayError> {
    if pace != Pace::Fast && first.is_none() && items.iter().any(runs) {
        return Err(ReplayError::Settings {
            message:
                "no statement of this workload tells when it ran, so that there is no pace to \
                      keep; replay it with `pace = \"fast\"`"
                    .to_owned(),
        });
    }
    let first = first.unwrap_or_default();
    let all = items.iter().chain(again.iter().map(|(item, _)| item));
    let changing: BTreeSet<u64> =
        all.filter_map(|item| item.transaction.filter(|_| changes(item))).collect();
    let within = |item: &PlanItem| within(item, &changing, keeps);
    let mut again_of: BTreeMap<String, Vec<(PlanItem, bool)>> = BTreeMap::new();
    for (item, agreed) in again {
        again_of.entry(item.session.clone()).or_default().push((item, agreed));
    }
    let tracks = by_session(items).into_iter().map(|(name, items)| {
        let dues = match pace {
            Pace::Fast => vec![Due::After(Duration::ZERO); items.len()],
            Pace::Closed(speed) => closed(&items, speed),
            Pace::Recorded(speed) => recorded(&items, speed, first),
        };
        let step = |item: PlanItem, due, again| {
            let within = within(&item);
            Step { item, due, within, again }
        };
        let again = again_of.remove(&name).unwrap_or_default().into_iter();
        let again =
            again.map(|(item, agreed)| step(item, Due::After(Duration::ZERO), Some(agreed)));
        let fresh = items.into_iter().zip(dues).map(|(item, due)| step(item, due, None));
        let steps = again.chain(fresh).collect();
        Track { name, steps, answered: None }
    });
    Ok(tracks.collect())
}

/// Does it run and change rows?
pub(crate) fn changes(item: &PlanItem) -> bool {
    runs(item) && item.facts.as_ref().is_some_and(|facts| facts.changes.is_some())
}

fn within(item: &PlanItem, changing: &BTreeSet<u64>, keeps: bool) -> Option<Within> {
    let write = |number| Some(Within { number, access: Access::ReadWrite });
    match item.transaction {
        Some(number) if changing.contains(&number) => write(number),
        Some(number) if keeps => Some(Within { number, access: Access::ReadOnly }),
        None if changes(item) => write(item.index),
        _ => None,
    }
}

fn by_session(items: Vec<PlanItem>) -> Vec<(String, Vec<PlanItem>)> {
    let mut place_of: BTreeMap<String, usize> = BTreeMap::new();
    let mut sessions: Vec<(String, Vec<PlanItem>)> = Vec::new();
    for item in items {
        let place = *place_of.entry(item.session.clone()).or_insert(sessions.len());
        match sessions.get_mut(place) {
            Some((_, session)) => session.push(item),
            None => sessions.push((item.session.clone(), vec![item])),
        }
    }
    for (_, session) in &mut sessions {
        session.sort_by_key(|item| (item.sequence, item.index));
    }
    sessions
}

/// The captured time of each, where a statement without one, or with one before that of the statement
/// before it, is due with the latter. What does not run waits for nothing.
fn recorded(items: &[PlanItem], speed: Speed, first: DateTime<Utc>) -> Vec<Due> {
    let mut latest = Duration::ZERO;
    let due = |item: &PlanItem| {
        if let Disposition::Skip { .. } = item.disposition {
            return Due::After(Duration::ZERO);
        }
        if let Some(time) = item.captured_time {
            latest = latest.max(between(first, time));
        }
        Due::At(speed.scale(latest))
    };
    items.iter().map(due).collect()
}

/// The pause before each. What does not run takes no time, and its pause adds to the next one.
fn closed(items: &[PlanItem], speed: Speed) -> Vec<Due> {
    let mut pause = Duration::ZERO;
    let mut before: Option<DateTime<Utc>> = None;
    let due = |item: &PlanItem| {
        if let (Some(before), Some(time)) = (before, item.captured_time) {
            pause = pause.saturating_add(between(before, time));
        }
        let took = Duration::from_micros(item.captured_latency_us.unwrap_or(0));
        before =
            item.captured_time.and_then(|time| time.checked_add_signed(signed(took))).or(before);
        match item.disposition {
            Disposition::Skip { .. } => Due::After(Duration::ZERO),
            Disposition::Run { .. } => Due::After(speed.scale(std::mem::take(&mut pause))),
        }
    };
    items.iter().map(due).collect()
}

/// The time from one to the other, 0 where the other was before it.
fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    to.signed_duration_since(from).to_std().unwrap_or_default()
}

fn signed(duration: Duration) -> chrono::TimeDelta {
    chrono::TimeDelta::from_std(duration).unwrap_or(chrono::TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Dialect, Fidelity, SideStatement, SkipReason, Statement};
    use proptest::prelude::*;

    /// Session, captured second and latency in milliseconds, whether it runs.
    type Made = (usize, Option<u64>, u64, bool);

    fn items(made: &[Made]) -> Vec<PlanItem> {
        let item = |(index, (session, second, took, runs)): (usize, &Made)| {
            let place = (format!("s{session}"), index as u64);
            let statement = Statement {
                time: second
                    .map(|second| DateTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + second)),
                latency_us: Some(took * 1_000),
                ..Statement::new(index.to_string(), place, Dialect::Postgres, "SELECT 1")
            };
            let side = SideStatement { dialect: Dialect::Postgres, sql: "SELECT 1".to_owned() };
            let disposition = if *runs {
                Disposition::Run {
                    legacy: side.clone(),
                    governed: side,
                    translated: String::new(),
                    rules: vec![],
                    fidelity: Fidelity::Exact,
                }
            } else {
                Disposition::Skip { reason: SkipReason::Write { by: "INSERT".to_owned() } }
            };
            PlanItem::of(index as u64, &statement, "f", None, disposition)
        };
        made.iter().enumerate().map(item).collect()
    }

    fn dues(made: &[Made], pace: Pace) -> Vec<Vec<Due>> {
        let items = items(made);
        let first = first(&items);
        let tracks = tracks(Vec::new(), items, (pace, first, true)).unwrap();
        tracks.iter().map(|track| track.steps.iter().map(|step| step.due).collect()).collect()
    }

    const fn at(ms: u64) -> Due {
        Due::At(Duration::from_millis(ms))
    }

    const fn after(ms: u64) -> Due {
        Due::After(Duration::from_millis(ms))
    }

    fn speed(factor: f64) -> Speed {
        Speed::new(factor).unwrap()
    }

    #[test]
    fn recorded_times_count_from_the_first_statement_that_runs() {
        let made = [
            (0, Some(5), 0, false),
            (0, Some(10), 0, true),
            (1, Some(11), 0, true),
            (0, Some(14), 0, true),
        ];
        let pace = Pace::Recorded(speed(2.0));
        assert_eq!(dues(&made, pace), [vec![after(0), at(0), at(2_000)], vec![at(500)]]);
    }

    #[test]
    fn a_statement_without_a_time_or_out_of_order_is_due_with_the_one_before() {
        let made = [
            (0, Some(10), 0, true),
            (0, None, 0, true),
            (0, Some(8), 0, true),
            (0, Some(12), 0, true),
        ];
        let pace = Pace::Recorded(Speed::CAPTURED);
        assert_eq!(dues(&made, pace), [vec![at(2_000), at(2_000), at(2_000), at(4_000)]]);
    }

    #[test]
    fn a_closed_loop_keeps_the_pauses_and_adds_up_those_around_what_does_not_run() {
        let made = [
            (0, Some(10), 500, true),
            (0, Some(12), 0, true),
            (0, Some(13), 700, false),
            (0, Some(15), 0, true),
            (0, Some(14), 0, true),
        ];
        let pace = Pace::Closed(Speed::CAPTURED);
        // 12 − 10.5; 13 − 12 and 15 − 13.7; one that began before the other ended makes no pause.
        let expected = vec![after(0), after(1_500), after(0), after(2_300), after(0)];
        assert_eq!(dues(&made, pace), [expected]);
        assert_eq!(dues(&made, Pace::Closed(speed(0.5)))[0][1], after(3_000));
    }

    #[test]
    fn how_long_it_lasts_is_known_and_what_is_absurd_is_refused() {
        let length = |made: &[Made], pace| {
            let items = items(made);
            let first = first(&items);
            length(&tracks(Vec::new(), items, (pace, first, true)).unwrap(), pace)
        };
        let made = [(0, Some(10), 500, true), (1, Some(11), 0, true), (0, Some(70), 0, true)];
        let recorded = |factor| Pace::Recorded(speed(factor));
        assert_eq!(length(&made, recorded(2.0)).unwrap(), Some(Duration::from_secs(30)));
        let closed = Pace::Closed(Speed::CAPTURED);
        assert_eq!(length(&made, closed).unwrap(), Some(Duration::from_millis(59_500)));
        assert_eq!(length(&made, Pace::Fast).unwrap(), None);
        // 40 days between two statements.
        let absurd = [(0, Some(10), 0, true), (0, Some(10 + 40 * 86_400), 0, true)];
        for pace in [recorded(1.0), closed] {
            let error = length(&absurd, pace).unwrap_err().to_string();
            assert!(error.contains("session `s0`") && error.contains("for 40 days"), "{error}");
            assert!(error.contains("1970-01-12") && error.contains("pace = \"fast\""), "{error}");
        }
        assert!(length(&absurd, recorded(2.0)).is_ok());
    }

    #[test]
    fn without_a_pace_nothing_waits_and_without_times_there_is_no_pace() {
        let made = [(0, None, 0, true), (1, None, 0, true), (0, None, 0, true)];
        assert_eq!(dues(&made, Pace::Fast), [vec![after(0); 2], vec![after(0)]]);
        for pace in [Pace::Recorded(Speed::CAPTURED), Pace::Closed(Speed::CAPTURED)] {
            let error =
                tracks(Vec::new(), items(&made), (pace, None, true)).unwrap_err().to_string();
            assert!(error.contains("pace = \"fast\""), "{error}");
            // What is skipped needs no times.
            assert!(tracks(Vec::new(), items(&[(0, None, 0, false)]), (pace, None, true)).is_ok());
        }
    }

    fn made() -> impl Strategy<Value = Vec<Made>> {
        let one = (
            0..3_usize,
            proptest::option::weighted(0.9, 0..1_000_u64),
            0..5_000_u64,
            any::<bool>(),
        );
        proptest::collection::vec(one, 1..30)
    }

    proptest! {
        /// Dues of a session never go back, and every item is in its session's track once.
        #[test]
        fn nothing_is_lost_and_dues_ascend(made in made(), factor in 0.01..100.0_f64) {
            let speed = speed(factor);
            for pace in [Pace::Fast, Pace::Closed(speed), Pace::Recorded(speed)] {
                let items = items(&made);
                let first = first(&items);
                let Ok(tracks) = tracks(Vec::new(), items, (pace, first, true)) else { continue };
                let mut indexes = Vec::new();
                for track in &tracks {
                    let mut latest = Duration::ZERO;
                    let mut sequence = 0;
                    for Step { item, due, .. } in &track.steps {
                        prop_assert_eq!(&item.session, &track.name);
                        prop_assert!(item.sequence >= sequence);
                        sequence = item.sequence;
                        indexes.push(item.index);
                        if let Due::At(at) = due {
                            prop_assert!(*at >= latest);
                            latest = *at;
                        }
                    }
                }
                indexes.sort_unstable();
                prop_assert_eq!(indexes, (0..made.len() as u64).collect::<Vec<_>>());
            }
        }

        /// Twice as fast is half as long, for every statement.
        #[test]
        fn the_speed_divides_all_times(made in made()) {
            let lengths = |factor: f64| -> Option<Vec<Duration>> {
                let items = items(&made);
                let first = first(&items);
                let tracks = tracks(Vec::new(), items, (Pace::Recorded(speed(factor)), first, true)).ok()?;
                let dues = tracks.iter().flat_map(|track| track.steps.iter().map(|step| step.due));
                Some(dues.map(|due| match due { Due::At(of) | Due::After(of) => of }).collect())
            };
            if let (Some(slow), Some(fast)) = (lengths(0.75), lengths(1.5)) {
                for (slow, fast) in slow.iter().zip(&fast) {
                    prop_assert!(slow.abs_diff(*fast * 2) < Duration::from_micros(1));
                }
            }
        }
    }
}
