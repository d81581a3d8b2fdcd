//! The verdict on one statement: the steps of the comparison in their order.

use crate::{
    causes, failures,
    fingerprint::collision_bound,
    indeterminate,
    ledger::Ledger,
    order::{self, Order},
    partition::{self, Judged},
    pushdown::Whole,
    residue::{self, Input, Memory},
    settings::Settings,
    shape::{self, Column},
    table::Table,
    tolerances::LaidOut,
    unreadable::{Noting, Unreadable},
    watch::{Unwatched, Watch},
};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use model::{
    Cut, Difference, Differences, Failure, InMemory, Judgement, KeyOrigin, RowKey, Rows, Side,
    StatementFacts, Verdict,
};
use std::sync::OnceLock;

/// What a comparison needs to know of a statement.
#[derive(Debug, Clone, Copy)]
pub struct StatementRef<'a> {
    /// Its id in the workload; tolerances may be scoped to it.
    pub id: &'a str,
    /// Its fingerprint; tolerances may be scoped to it.
    pub fingerprint: &'a str,
    /// Order keys, limits and volatile parts.
    pub facts: &'a StatementFacts,
}

/// The answer of one side.
#[derive(Debug, Clone, Copy)]
pub enum SideResult<'a> {
    /// A complete result.
    Rows {
        /// Names and types of the columns.
        schema: &'a SchemaRef,
        /// The rows, in the order of the result.
        batches: &'a [RecordBatch],
    },
    /// A failure.
    Failed(&'a Failure),
}

impl SideResult<'_> {
    fn rows(&self) -> u64 {
        match self {
            Self::Rows { batches, .. } => batches
                .iter()
                .map(|batch| u64::try_from(batch.num_rows()).unwrap_or(u64::MAX))
                .fold(0, u64::saturating_add),
            Self::Failed(_) => 0,
        }
    }

    fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Rows { .. } => None,
        }
    }
}

/// Judges the answers of both sides to one statement. What cannot be told is
/// [`Verdict::Inconclusive`] with its reason.
pub fn judge(
    statement: StatementRef<'_>,
    legacy: SideResult<'_>,
    governed: SideResult<'_>,
    settings: &Settings,
) -> Judgement {
    let (
        SideResult::Rows { schema: left_schema, batches: left },
        SideResult::Rows { schema: right_schema, batches: right },
    ) = (legacy, governed)
    else {
        let failures = [legacy.failure(), governed.failure()];
        return judge_failures(failures, [legacy.rows(), governed.rows()]);
    };
    let rows = |side: Side, schema: &SchemaRef, batches: &[RecordBatch]| {
        InMemory::new(SchemaRef::clone(schema), batches.to_vec())
            .map_err(|error| format!("the {side} side: {error}"))
    };
    let both = rows(Side::Legacy, left_schema, left)
        .and_then(|left| Ok((left, rows(Side::Governed, right_schema, right)?)));
    match both {
        Ok((left, right)) => judge_rows(
            Request { statement, key: None, memory: Memory::default(), watch: &Unwatched },
            [&left, &right],
            settings,
        ),
        Err(reason) => {
            let differences = Differences {
                legacy_rows: legacy.rows(),
                governed_rows: governed.rows(),
                ..Differences::default()
            };
            Judgement { verdict: Verdict::Inconclusive { reason }, differences }
        }
    }
}

/// What is asked of a comparison.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// What the rows answer.
    pub statement: StatementRef<'a>,
    /// The 0-based columns whose values say which row is which; looked for where none are given.
    pub key: Option<&'a [usize]>,
    /// How much is kept at a time.
    pub memory: Memory<'a>,
    /// Who is told how far it is, and may stop it.
    pub watch: &'a dyn Watch,
}

/// The answer of one side, whose rows can be read again.
#[derive(Debug, Clone, Copy)]
pub enum Answer<'a> {
    /// A complete result.
    Rows(&'a dyn Rows),
    /// A failure.
    Failed(&'a Failure),
}

impl<'a> Answer<'a> {
    pub(crate) fn failure(self) -> Option<&'a Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Rows(_) => None,
        }
    }

    /// Rows, as far as they are known without being read.
    fn rows(self) -> u64 {
        match self {
            Self::Rows(rows) => rows.rows().unwrap_or_default(),
            Self::Failed(_) => 0,
        }
    }
}

/// Compares two answers: legacy, governed.
///
/// What cannot be told is [`Verdict::Inconclusive`] with its reason.
pub fn judge_answers(
    request: Request<'_>,
    [legacy, governed]: [Answer<'_>; 2],
    settings: &Settings,
) -> Judgement {
    if let (Answer::Rows(legacy), Answer::Rows(governed)) = (legacy, governed) {
        return judge_rows(request, [legacy, governed], settings);
    }
    let failures = [legacy.failure(), governed.failure()];
    judge_failures(failures, [legacy.rows(), governed.rows()])
}

/// The same, where rows that cannot be read are no verdict.
///
/// # Errors
/// The side that could not be read to its end, and why.
pub fn try_judge_answers(
    request: Request<'_>,
    answers: [Answer<'_>; 2],
    settings: &Settings,
) -> Result<Judgement, Unreadable> {
    let [Answer::Rows(legacy), Answer::Rows(governed)] = answers else {
        return Ok(judge_answers(request, answers, settings));
    };
    match judge_noting(request, [legacy, governed], settings, None) {
        (_, Some(unreadable)) => Err(unreadable),
        (judgement, None) => Ok(judgement),
    }
}

fn judge_failures(
    [legacy, governed]: [Option<&Failure>; 2],
    [legacy_rows, governed_rows]: [u64; 2],
) -> Judgement {
    let mut judgement = failures::judge(legacy, governed);
    let found = &mut judgement.differences;
    (found.legacy_rows, found.governed_rows) = (legacy_rows, governed_rows);
    judgement
}

/// Compares the rows of both sides, which are read as often as is needed: legacy, governed.
///
/// What cannot be told is [`Verdict::Inconclusive`] with its reason; so are rows that cannot be read,
/// which [`try_judge_answers`] tells apart.
pub fn judge_rows(request: Request<'_>, sides: [&dyn Rows; 2], settings: &Settings) -> Judgement {
    judge_noting(request, sides, settings, None).0
}

/// The same for rows that are all of both sides, or those that may differ, of the `whole`.
pub(crate) fn judge_whole(
    request: Request<'_>,
    sides: [&dyn Rows; 2],
    settings: &Settings,
    whole: Option<&Whole<'_>>,
) -> Judgement {
    judge_noting(request, sides, settings, whole).0
}

/// The judgement, and what could not be read.
fn judge_noting(
    request: Request<'_>,
    [legacy, governed]: [&dyn Rows; 2],
    settings: &Settings,
    whole: Option<&Whole<'_>>,
) -> (Judgement, Option<Unreadable>) {
    let first = OnceLock::new();
    let noting = |side, rows| Noting { side, rows, first: &first };
    let (legacy, governed) = (noting(Side::Legacy, legacy), noting(Side::Governed, governed));
    let judgement = judge_readable(request, [&legacy, &governed], settings, whole);
    (judgement, first.into_inner())
}

fn judge_readable(
    request: Request<'_>,
    [legacy, governed]: [&dyn Rows; 2],
    settings: &Settings,
    whole: Option<&Whole<'_>>,
) -> Judgement {
    let mut comparison = Comparison {
        statement: request.statement,
        request,
        rows: [legacy, governed],
        whole,
        settings,
        found: Differences {
            legacy_rows: legacy.rows().unwrap_or_default(),
            governed_rows: governed.rows().unwrap_or_default(),
            ..Differences::default()
        },
    };
    let verdict = comparison.run().unwrap_or_else(|reason| Verdict::Inconclusive { reason });
    let mut differences = comparison.found;
    // A key that was given is told although nothing came of it: who judges again needs it.
    if verdict != Verdict::Match && differences.key.is_none() {
        differences.key = request.key.and_then(|key| given(key, legacy));
    }
    // Other columns are the finding itself, not one example of many.
    let is_whole = matches!(differences.examples.first(), Some(Difference::Shape { .. }));
    differences.examples.truncate(settings.examples_max.max(is_whole.into()));
    Judgement { verdict, differences }
}

/// A key by the names of its columns.
fn given(key: &[usize], rows: &dyn Rows) -> Option<RowKey> {
    let name = |index: &usize| rows.schema().fields().get(*index).map(|field| field.name().clone());
    Some(RowKey { columns: key.iter().map(name).collect::<Option<_>>()?, origin: KeyOrigin::Given })
}

struct Comparison<'a> {
    statement: StatementRef<'a>,
    request: Request<'a>,
    rows: [&'a dyn Rows; 2],
    whole: Option<&'a Whole<'a>>,
    settings: &'a Settings,
    found: Differences,
}

impl Comparison<'_> {
    /// An error is the reason why nothing can be told.
    fn run(&mut self) -> Result<Verdict, String> {
        let (facts, settings) = (self.statement.facts, self.settings);
        let [legacy, governed] = self.rows;
        let planned = shape::plan(&self.statement, legacy.schema(), governed.schema(), settings)?;
        let shape = match planned {
            Ok(shape) => shape,
            Err(difference) => {
                self.found.examples.push(difference);
                return Ok(Verdict::Mismatch);
            }
        };
        self.found.type_drifts = shape.drifts;
        self.found.notes = shape.notes;
        let columns = shape.columns;
        let laid_out = shape.layout.as_ref().map(|layout| LaidOut { rows: governed, layout });
        let sides = [legacy, laid_out.as_ref().map_or(governed, |laid_out| laid_out as &dyn Rows)];

        let input = Input {
            sides,
            columns: &columns,
            key: self.request.key,
            limited: facts.limited,
            whole: self.whole,
            memory: self.request.memory,
            watch: self.request.watch,
        };
        let mut residue = residue::collect(input)?;
        if let Some(whole) = self.whole {
            residue.rows = whole.rows();
        }
        let rows = residue.rows;
        [self.found.legacy_rows, self.found.governed_rows] = rows;
        // Of summaries the sides tell something else (`pushdown::confidence`).
        self.found.collision_bound = self.whole.is_none().then(|| collision_bound(rows));
        let with_places = !facts.order_by.is_empty() || facts.limited;
        let Judged { mut findings, strangers, key, .. } =
            partition::judge(input, residue, settings, with_places)?;
        self.found.examples = strangers;
        if !self.found.examples.is_empty() {
            return Ok(Verdict::Mismatch);
        }
        self.found.key = key;
        findings.tell(&mut self.found, &columns, settings);
        let (missing, extra) = (findings.legacy_rows(), findings.governed_rows());
        let unproven = u64::try_from(findings.unproven).unwrap_or(u64::MAX);
        let mut places = findings.places.unwrap_or_default();
        for places in &mut places {
            places.sort_unstable();
        }
        let mut ledger = findings.ledger;

        let order = self.check_order(sides, &mut ledger, &columns, &places)?;
        for (index, rule) in shape.layout.iter().flat_map(|layout| &layout.columns) {
            if let (Some(column), Some(labels)) = (columns.get(*index), shape.labels.get(*index)) {
                ledger.record_layout(*rule, (column, labels.clone()), rows[0]);
            }
        }
        let tolerated = !ledger.is_empty() || order == Order::HeldWithin;
        self.found.unused = ledger.unused(&shape.in_scope);
        self.found.ledger = ledger.into_entries();
        if let Order::Broken(difference) = order {
            self.found.order_broken = true;
            // Where the multisets differ too, the example must not fall to the bound.
            self.found.examples.truncate(settings.examples_max.saturating_sub(1));
            self.found.examples.push(difference);
        }
        if missing == 0 && extra == 0 && !self.found.order_broken {
            return Ok(if tolerated { Verdict::Tolerated } else { Verdict::Match });
        }

        if let Some(reason) = indeterminate::volatile(facts)
            && indeterminate::reaches_all(
                facts,
                input,
                self.found.order_broken,
                settings.match_checks_max,
            )?
        {
            return Ok(Verdict::Inconclusive { reason });
        }
        if self.found.order_broken {
            return Ok(Verdict::Mismatch);
        }
        if let Some((kind, reason)) =
            indeterminate::cut(facts, (sides, rows), &columns, &places, settings)?
        {
            // Each row that the limit takes from one side stands for one of the other.
            self.found.causes.push(causes::of_limit_ties(missing.max(extra)));
            // What else is open would be open in more rows, too.
            if facts.volatile.is_empty() {
                self.found.cut = Some(Cut { kind, asked: None });
            }
            return Ok(Verdict::Inconclusive { reason });
        }
        if unproven > 0 {
            let bound = format!(
                "the bound of {} pair checks was hit while matching rows within tolerances; up to {} more pairs may match",
                settings.match_checks_max, unproven
            );
            if missing <= unproven && extra <= unproven {
                let reason = format!("{bound}; raise `match_checks_max`, or narrow the tolerances");
                return Ok(Verdict::Inconclusive { reason });
            }
            self.found.notes.push(bound);
        }
        Ok(Verdict::Mismatch)
    }

    fn check_order(
        &mut self,
        [legacy, governed]: [&dyn Rows; 2],
        ledger: &mut Ledger<'_>,
        columns: &[Column<'_>],
        differing: &[Vec<u64>; 2],
    ) -> Result<Order, String> {
        let facts = self.statement.facts;
        let keys = order::visible_keys(facts, columns);
        if keys.len() < facts.order_by.len() {
            self.found.notes.push(format!(
                "the order is checked by the first {} of {} keys; key {} is not in the output",
                keys.len(),
                facts.order_by.len(),
                keys.len() + 1
            ));
        }
        if keys.is_empty() {
            return Ok(Order::Held);
        }
        if order::is_same([legacy, governed], &keys, differing, self.request.watch)? {
            return Ok(Order::Held);
        }
        // Which row is out of order, and whether a tolerance accepts it, is seen in the keys alone.
        let legacy = Table::of_columns(Side::Legacy, legacy, &keys)?;
        let governed = Table::of_columns(Side::Governed, governed, &keys)?;
        let [l_differing, g_differing] = differing;
        let kept_legacy = order::remaining(&legacy, l_differing);
        let kept_governed = order::remaining(&governed, g_differing);
        // Cells excused as parts of rows are in the ledger already; where all rows are equal, the
        // keys that only a tolerance lets stand at their position are what is excused.
        let all_equal = ledger.is_empty();
        let order = order::check(
            &keys,
            (&legacy, &kept_legacy),
            (&governed, &kept_governed),
            all_equal.then_some(ledger),
            self.settings.cell_bytes_max,
        )?;
        if matches!(order, Order::Broken(_)) {
            let kept = [(&legacy, kept_legacy.as_slice()), (&governed, kept_governed.as_slice())];
            self.found.causes.extend(causes::of_order(&keys, &facts.order_by, kept)?);
        }
        Ok(order)
    }
}
