//! The noise baseline: a mismatch held against what the legacy answers when it is asked again.
//!
//! Only a mismatch needs it. What agrees needs no excuse, and what cannot be said is not said more
//! clearly by a second answer, so the legacy is asked again for mismatches alone.
//!
//! The second answer is held against the first by the same rules. Where they agree, the mismatch
//! stands. Where they differ, what the difference reaches is open, and the rest is not: without the
//! columns in which the legacy differs from itself, both sides are judged again. Two answers show
//! some of the noise, hardly all: a column that changes in one row is open in every row, and where
//! rows come and go nothing but columns and failures can be held against the governed side. Where
//! one column or another may be the open one, the governed side has the benefit of the doubt.

mod without;

use crate::{Answer, Request, Settings, StatementRef, failures, judge::judge_rows};
use model::{Differences, Judgement, MismatchClass, Noise, NoiseReach, Rows, Verdict};
use std::{collections::BTreeSet, iter};
use without::{Without, facts_without};

/// Most columns that are looked at one by one for those that are open.
const COLUMNS_MAX: usize = 64;

/// Columns that a message names.
const NAMED_MAX: usize = 8;

/// Judges a mismatch again, knowing what the legacy answers when it is asked the same: its first
/// answer, its second one, and the governed side's. `first` is the judgement without the second; any
/// verdict but a mismatch is given back as it is.
///
/// What the legacy has with itself is [`Verdict::Inconclusive`], with the reason and, in
/// [`Differences::noise`], the evidence.
pub fn judge_noise(
    request: Request<'_>,
    first: Judgement,
    [legacy, again, governed]: [Answer<'_>; 3],
    settings: &Settings,
) -> Judgement {
    let Some(class) = first.mismatch_class() else { return first };
    let itself = Itself::of(request, [legacy, again], settings);
    let sides = match (legacy, governed) {
        (Answer::Rows(legacy), Answer::Rows(governed)) if class != MismatchClass::Columns => {
            Some([legacy, governed])
        }
        _ => None,
    };
    let (reach, settled) = itself.settle(request, class, (sides, &first.differences), settings);
    let mut found = first.differences;
    found.noise = Some(Noise { judgement: Box::new(itself.judgement), reach });
    match settled {
        Settled::Stands(note) => {
            found.notes.push(note);
            Judgement { verdict: Verdict::Mismatch, differences: found }
        }
        Settled::Open(what) => {
            let reason = format!("nondeterministic: {what}");
            Judgement { verdict: Verdict::Inconclusive { reason }, differences: found }
        }
    }
}

/// What becomes of the mismatch.
enum Settled {
    /// It stands, with this to know.
    Stands(String),
    /// It is open, for this reason.
    Open(String),
}

/// The legacy held against itself.
struct Itself<'a> {
    judgement: Judgement,
    /// Both answers, where both are rows of the same columns.
    answers: Option<[&'a dyn Rows; 2]>,
}

impl<'a> Itself<'a> {
    fn of(request: Request<'_>, [legacy, again]: [Answer<'a>; 2], settings: &Settings) -> Self {
        let judgement = match (legacy, again) {
            (Answer::Rows(first), Answer::Rows(second)) => {
                let judgement = judge_rows(request, [first, second], settings);
                let is_shape = judgement.mismatch_class() == Some(MismatchClass::Columns);
                let answers = (!is_shape).then_some([first, second]);
                return Self { judgement, answers };
            }
            // The words for two sides would name the wrong one.
            (_, Answer::Failed(failure)) if !failures::tells(failure.class) => {
                let reason = format!(
                    "the second answer failed with SQLSTATE {}: {}",
                    failure.sqlstate, failure.message
                );
                let verdict = Verdict::Inconclusive { reason };
                Judgement { verdict, differences: Differences::default() }
            }
            _ => failures::judge(legacy.failure(), again.failure()),
        };
        Self { judgement, answers: None }
    }

    /// What is open, and what that makes of a mismatch of this class, with these differences between
    /// the rows of both `sides`, if rows and columns of both are there.
    fn settle(
        &self,
        request: Request<'_>,
        class: MismatchClass,
        (sides, found): (Option<[&dyn Rows; 2]>, &Differences),
        settings: &Settings,
    ) -> (NoiseReach, Settled) {
        let stands = |note: &str| Settled::Stands(note.to_owned());
        match (&self.judgement.verdict, self.judgement.mismatch_class()) {
            (Verdict::Tolerated, _) => {
                let note =
                    "the legacy was asked again and gave the same answer within the tolerances";
                (NoiseReach::Nothing, stands(note))
            }
            (Verdict::Inconclusive { reason } | Verdict::Skipped { reason }, _) => {
                let note = format!("asking the legacy again told nothing: {reason}");
                (NoiseReach::Unknown, Settled::Stands(note))
            }
            (_, None) => {
                let note = "the legacy was asked again and gave the same answer";
                (NoiseReach::Nothing, stands(note))
            }
            (_, Some(own)) if own.has_failure() => {
                let what =
                    "the legacy answers one time and fails the other, or fails in another way";
                (NoiseReach::Everything, Settled::Open(what.to_owned()))
            }
            (_, Some(MismatchClass::Order)) => {
                let said = differs("in the order of its rows");
                let settled = match class {
                    MismatchClass::Order => Settled::Open(said),
                    _ => Settled::Stands(format!("{said}; that explains no more than an order")),
                };
                (NoiseReach::Order, settled)
            }
            _ => self.settle_rows(request, class, (sides, found), settings),
        }
    }

    /// The same where rows, or columns, of the legacy are others.
    fn settle_rows(
        &self,
        request: Request<'_>,
        class: MismatchClass,
        (sides, found): (Option<[&dyn Rows; 2]>, &Differences),
        settings: &Settings,
    ) -> (NoiseReach, Settled) {
        let own = &self.judgement.differences;
        let fields = self.answers.map(|[first, _]| first.schema().fields().clone());
        let told = |open: &BTreeSet<usize>| -> Vec<String> {
            let names = fields.iter().flat_map(|fields| fields.iter()).map(|field| field.name());
            let open = names.enumerate().filter(|(index, _)| open.contains(index));
            open.map(|(_, name)| name.clone()).collect()
        };
        let mut explained: Option<Vec<String>> = None;
        let mut unsure: Option<(Vec<String>, String)> = None;
        if let Some(answers) = self.answers {
            for open in explanations(request, answers, own, settings) {
                let columns = told(&open);
                let Some(sides) = sides else {
                    explained = Some(columns);
                    break;
                };
                match (Elsewhere { request, open: &open, settings }).judge(sides, found) {
                    Verdict::Mismatch => explained = explained.or(Some(columns)),
                    Verdict::Inconclusive { reason } | Verdict::Skipped { reason } => {
                        unsure = unsure.or(Some((columns, reason)));
                    }
                    Verdict::Match | Verdict::Tolerated => {
                        let said = differs(&in_columns(&columns));
                        return (NoiseReach::Columns { columns }, Settled::Open(said));
                    }
                }
            }
        }
        if let Some((columns, reason)) = unsure {
            let said = differs(&in_columns(&columns));
            let what = format!("{said}; elsewhere it cannot be said: {reason}");
            return (NoiseReach::Columns { columns }, Settled::Open(what));
        }
        let (reach, how) = match explained {
            Some(columns) => {
                let how = in_columns(&columns);
                (NoiseReach::Columns { columns }, how)
            }
            None => (NoiseReach::Everything, in_rows(own)),
        };
        let said = differs(&how);
        let settled = match (class, &reach) {
            (MismatchClass::Columns, _) if self.answers.is_some() => {
                Settled::Stands(format!("{said}; that explains no other columns"))
            }
            (class, _) if class.has_failure() => {
                Settled::Stands(format!("{said}; that explains no failure"))
            }
            (_, NoiseReach::Columns { .. }) => {
                Settled::Stands(format!("{said}; the sides differ elsewhere too"))
            }
            _ => Settled::Open(said),
        };
        (reach, settled)
    }
}

/// Columns without which both answers of the legacy agree: those that changed in paired rows; with
/// those whose values differ on their own, since rows may be paired wrongly or not at all; and each
/// column by itself, since a pairing may take one for the other.
fn explanations<'a>(
    request: Request<'a>,
    answers: [&'a dyn Rows; 2],
    found: &'a Differences,
    settings: &'a Settings,
) -> impl Iterator<Item = BTreeSet<usize>> + 'a {
    let all = answers[0].schema().fields().len();
    let agrees = move |open: &BTreeSet<usize>| {
        let verdict = Elsewhere { request, open, settings }.judge(answers, found);
        matches!(verdict, Verdict::Match | Verdict::Tolerated)
    };
    let changed: BTreeSet<usize> = found.columns.iter().map(|column| column.column).collect();
    let single = if all <= COLUMNS_MAX { all } else { 0 };
    let on_their_own = {
        let changed = changed.clone();
        iter::once_with(move || {
            let differs = |index: &usize| {
                changed.contains(index)
                    || !agrees(&(0..all).filter(|other| other != index).collect())
            };
            (0..single).filter(differs).collect()
        })
    };
    let each = (0..single).map(|index| BTreeSet::from([index]));
    iter::once(changed)
        .chain(on_their_own)
        .chain(each)
        .filter(move |open| !open.is_empty() && agrees(open))
}

/// A judgement on everything but some columns.
struct Elsewhere<'a> {
    request: Request<'a>,
    open: &'a BTreeSet<usize>,
    settings: &'a Settings,
}

impl Elsewhere<'_> {
    /// The verdict on two answers of which `found` are the differences in all columns.
    fn judge(&self, [a, b]: [&dyn Rows; 2], found: &Differences) -> Verdict {
        let Self { request, open, settings } = *self;
        let columns = a.schema().fields().len();
        if (0..columns).all(|index| open.contains(&index)) {
            // Nothing but the number of rows is left.
            let same = found.legacy_rows == found.governed_rows;
            return if same { Verdict::Match } else { Verdict::Mismatch };
        }
        let (left, right) = match (Without::new(a, open), Without::new(b, open)) {
            (Ok(left), Ok(right)) => (left, right),
            (Err(error), _) | (_, Err(error)) => {
                return Verdict::Inconclusive { reason: error.to_string() };
            }
        };
        let facts = facts_without(request.statement.facts, open);
        let key: Option<Vec<usize>> = request
            .key
            .and_then(|key| key.iter().map(|index| without::place(*index, open)).collect());
        let statement = StatementRef { facts: &facts, ..request.statement };
        let request = Request { statement, key: key.as_deref(), ..request };
        judge_rows(request, [&left, &right], settings).verdict
    }
}

fn differs(how: &str) -> String {
    format!("the legacy differs from itself when it is asked again: {how}")
}

fn in_columns(columns: &[String]) -> String {
    let shown: Vec<String> =
        columns.iter().take(NAMED_MAX).map(|name| format!("`{name}`")).collect();
    let more = match columns.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let plural = if columns.len() == 1 { "" } else { "s" };
    format!("in the column{plural} {}{more}", shown.join(", "))
}

fn in_rows(found: &Differences) -> String {
    let Differences { legacy_rows, missing_rows, extra_rows, changed_rows, .. } = found;
    format!(
        "of {legacy_rows} rows {missing_rows} went, {changed_rows} changed, and {extra_rows} came"
    )
}
