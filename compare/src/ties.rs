//! Answers that a limit cuts through a tie, held against what both sides have to choose from.
//!
//! Where the order leaves open which rows a limit takes, two answers that differ tell nothing. Asked
//! again for more rows, without passing any over, each side shows the rows that it could take: those
//! of the tied groups at both ends of the cut, and all between. These are compared like any answers.
//! Where they are the same, and each first answer is a possible choice from them, the sides agree.
//!
//! Rows outside of these groups are in no answer to the statement and are not compared, nor is a
//! group that the wider limit cuts itself: then somebody has to ask for more.

mod choice;
mod part;

use crate::{
    Answer, Request, Settings, StatementRef,
    indeterminate::all_equal,
    judge::judge_rows,
    order::visible_keys,
    shape::{self, Column},
    table::Table,
    tolerances::LaidOut,
};
use choice::Choice;
use model::{
    AskedWider, Cut, CutEnd, CutKind, Differences, Judgement, Rows, Side, StatementFacts, Verdict,
    Wider,
};
use part::Part;

/// Most rows of an answer that are looked at: places and hashes of all of them are held in memory.
const ROWS_MAX: u64 = 4_000_000;

/// Both sides' answers to the statement, and to the same with a wider limit: legacy, governed.
#[derive(Debug, Clone, Copy)]
pub struct WideAnswers<'a> {
    /// To the statement itself.
    pub cut: [Answer<'a>; 2],
    /// To the wider one.
    pub wide: [Answer<'a>; 2],
    /// How much wider it is.
    pub wider: Wider,
}

/// Judges answers again that are inconclusive by `first` because of a cut, knowing what both sides
/// answer when they are asked for more rows. Any other judgement is given back as it is.
///
/// What is found then are the differences of the rows that may be taken. Where they tell nothing,
/// [`Differences::cut`] says whether asking for still more may.
pub fn judge_ties(
    request: Request<'_>,
    first: Judgement,
    answers: WideAnswers<'_>,
    settings: &Settings,
) -> Judgement {
    let Judgement { verdict: Verdict::Inconclusive { reason }, differences } = &first else {
        return first;
    };
    let Some(cut) = differences.cut.clone().filter(|cut| cut.kind != CutKind::Hidden) else {
        return first;
    };
    let wider = answers.wider;
    let mut asked = AskedWider {
        wider,
        end: CutEnd::Unknown,
        legacy_rows: None,
        governed_rows: None,
        legacy_tied: None,
        governed_tied: None,
    };
    let settled = Settling { request, answers, settings }.settle(&mut asked);
    let for_rows = asked_for(wider);
    let told = |verdict, mut differences: Differences, note: Option<String>| {
        differences.notes.extend(note);
        differences.cut = Some(Cut { kind: cut.kind, asked: Some(asked.clone()) });
        Judgement { verdict, differences }
    };
    match settled {
        Err(why) => {
            let reason = format!("{reason}; both sides were asked again for {for_rows}: {why}");
            told(Verdict::Inconclusive { reason }, first.differences, None)
        }
        Ok(wide) if wide.verdict == Verdict::Mismatch => {
            let note = format!(
                "the differences are those of all rows that the limit may take, of both sides asked \
                 again for {for_rows}"
            );
            told(wide.verdict, wide.differences, Some(note))
        }
        Ok(wide) => {
            let note = format!(
                "each side chose other rows of the same tie: both were asked again for {for_rows}, \
                 and the rows that the limit may take agree"
            );
            told(wide.verdict, wide.differences, Some(note))
        }
    }
}

fn asked_for(wider: Wider) -> String {
    match wider.asked {
        Some(1) => "1 row".to_owned(),
        Some(rows) => format!("{rows} rows"),
        None => "all rows".to_owned(),
    }
}

struct Settling<'a> {
    request: Request<'a>,
    answers: WideAnswers<'a>,
    settings: &'a Settings,
}

impl Settling<'_> {
    /// The judgement on all rows that may be taken: match, tolerated or mismatch. An error is the
    /// reason why nothing can be told; what is known of the answers is written to `asked`.
    fn settle(&self, asked: &mut AskedWider) -> Result<Judgement, String> {
        let Self { request, settings, .. } = self;
        let facts = request.statement.facts;
        let cut = both_rows(self.answers.cut)?;
        let wide = self.answers.wide.map(|answer| match answer {
            Answer::Rows(rows) => rows.rows(),
            Answer::Failed(_) => None,
        });
        [asked.legacy_rows, asked.governed_rows] = wide;
        let wide = both_rows(self.answers.wide)?;
        for (side, rows) in Side::BOTH.into_iter().zip(cut.into_iter().zip(wide)) {
            let most = rows.0.rows().unwrap_or(u64::MAX).max(rows.1.rows().unwrap_or(u64::MAX));
            if most > ROWS_MAX {
                return Err(format!(
                    "the answers of the {side} side have more than {ROWS_MAX} rows"
                ));
            }
        }

        let [legacy, governed] = wide;
        let plan = shape::plan(&request.statement, legacy.schema(), governed.schema(), settings)?;
        let shape = plan.map_err(|_| "the answers have other columns".to_owned())?;
        let laid_out = shape.layout.as_ref().map(|layout| LaidOut { rows: governed, layout });
        let laid = [legacy, laid_out.as_ref().map_or(governed, |laid_out| laid_out as &dyn Rows)];
        let keys = visible_keys(facts, &shape.columns);
        if keys.len() < facts.order_by.len() {
            return Err("an order key is not in the output, so that ties are not seen".to_owned());
        }

        let mut groups = [Group::default(); 2];
        for ((side, group), (cut, wide)) in
            Side::BOTH.into_iter().zip(&mut groups).zip(cut.into_iter().zip(laid))
        {
            *group = self.group(side, &keys, (cut, wide))?;
        }
        let [of_legacy, of_governed] = &groups;
        [asked.legacy_tied, asked.governed_tied] = [of_legacy, of_governed].map(|g| Some(g.tied));
        if groups.iter().any(|group| !group.ends) {
            asked.end = CutEnd::Beyond;
            return Err("the tie goes on behind them".to_owned());
        }
        asked.end = CutEnd::Seen;

        let parts = [Part::new(legacy, of_legacy.rows), Part::new(governed, of_governed.rows)];
        let facts = StatementFacts { limited: false, skips: false, ..facts.clone() };
        let whole =
            Request { statement: StatementRef { facts: &facts, ..request.statement }, ..*request };
        let [legacy_part, governed_part] = &parts;
        let judgement = judge_rows(whole, [legacy_part, governed_part], settings);
        if let Verdict::Inconclusive { reason } | Verdict::Skipped { reason } = &judgement.verdict {
            return Err(reason.clone());
        }
        let choices = self.choices((cut, wide), &groups)?;
        if judgement.verdict == Verdict::Mismatch {
            // Where it is not sure which rows are tied, the groups of the sides may be others though
            // both have the same rows.
            if keys.iter().any(|key| !key.is_exact()) {
                return Err("the rows that may be taken differ, and a tolerance of an order key \
                            leaves open which these are"
                    .to_owned());
            }
            if let Some((side, _)) = choices.iter().find(|(_, choice)| !choice.keys_stand_together)
            {
                return Err(format!(
                    "the rows that may be taken differ, and rows of one order key do not stand \
                     together in the answer of the {side} side, as if it sorted unequal values as \
                     equal ones"
                ));
            }
            return Ok(judgement);
        }
        match choices.iter().find(|(_, choice)| !choice.is_possible) {
            Some((side, _)) => {
                Err(format!("the {side} side gave other rows when it was asked again"))
            }
            None => Ok(judgement),
        }
    }

    /// The rows of a wide answer that the limit may take.
    fn group(
        &self,
        side: Side,
        keys: &[&Column<'_>],
        (cut, wide): (&dyn Rows, &dyn Rows),
    ) -> Result<Group, String> {
        let Wider { window, asked } = self.answers.wider;
        let count = |rows: &dyn Rows| {
            let counted = rows.rows().and_then(|rows| usize::try_from(rows).ok());
            counted.ok_or_else(|| format!("the rows of the {side} side are not counted"))
        };
        let (taken, all) = (count(cut)?, count(wide)?);
        let is_all = asked.is_none_or(|asked| length(all) < asked);
        let left = length(all).saturating_sub(window.skipped);
        if length(taken) != window.taken.map_or(left, |most| most.min(left)) {
            return Err(format!("the {side} side gave another number of rows then"));
        }
        if keys.is_empty() {
            return Ok(Group { rows: [0, all], tied: length(all), ends: is_all });
        }
        let first = usize::try_from(window.skipped).unwrap_or(usize::MAX);
        let last = first.saturating_add(taken).saturating_sub(1);
        if taken == 0 {
            return Ok(Group { rows: [0, 0], tied: 0, ends: true });
        }
        let table = Table::of_columns(side, wide, keys)?;
        let tied = |a, b| all_equal(keys, (&table, a), (&table, b));
        let (mut start, mut end) = (first, last + 1);
        while start > 0 && tied(start - 1, start)? {
            start -= 1;
        }
        while end < all && tied(end - 1, end)? {
            end += 1;
        }
        let mut of_last = last;
        while of_last > start && tied(of_last - 1, of_last)? {
            of_last -= 1;
        }
        Ok(Group { rows: [start, end], tied: length(end - of_last), ends: end < all || is_all })
    }

    /// Is each first answer a possible choice from the wide one of its side?
    fn choices(
        &self,
        (cut, wide): ([&dyn Rows; 2], [&dyn Rows; 2]),
        groups: &[Group; 2],
    ) -> Result<Vec<(Side, Choice)>, String> {
        let first = usize::try_from(self.answers.wider.window.skipped).unwrap_or(usize::MAX);
        let statement = &self.request.statement;
        let sides = Side::BOTH.into_iter().zip(cut.into_iter().zip(wide)).zip(groups);
        let choice = |((side, (cut, wide)), group): ((Side, _), &Group)| {
            Ok((
                side,
                Choice::of(side, statement, [cut, wide], (first, group.rows), self.settings)?,
            ))
        };
        sides.map(choice).collect()
    }
}

/// The rows of two answers that are some.
fn both_rows([legacy, governed]: [Answer<'_>; 2]) -> Result<[&dyn Rows; 2], String> {
    let rows = |side: Side, answer| match answer {
        Answer::Rows(rows) => Ok(rows),
        Answer::Failed(failure) => Err(format!("the {side} side failed: {failure}")),
    };
    Ok([rows(Side::Legacy, legacy)?, rows(Side::Governed, governed)?])
}

/// Rows of a wide answer that the limit may take.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    /// The first one, and the one behind the last.
    rows: [usize; 2],
    /// How many of them are tied at the end of the cut.
    tied: u64,
    /// Is it sure that there are no more?
    ends: bool,
}

/// No platform has a usize wider than 64 bits.
fn length(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
