//! Both engines asked for more rows, where a limit cuts through a tie: as a replay does it.

use super::{
    input::{Asking, Input},
    sides::{Sides, Wanted, settings, stopped},
};
use crate::{
    error::CliError,
    wiring::{asking, judge::answer, scratch::Scratch},
};
use compare::WideAnswers;
use engines::Request;
use model::{Judgement, Side, SideStatement};
use replay::{Question, StopSignal, ties};
use sql::SourceSettings;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The judgement on `first`, once `judge` was told what both sides answer to a wider limit; `first`
/// itself where nobody needs to be asked.
pub(super) fn settle(
    first: Judgement,
    sides: &Sides,
    wanted: &Wanted<'_>,
    (runtime, stop): (&Runtime, &StopSignal),
    judge: impl Fn(Judgement, WideAnswers<'_>) -> Result<Judgement, CliError>,
) -> Result<Judgement, CliError> {
    if !ties::is_open(&first) {
        return Ok(first);
    }
    let [Input::Engine(left), Input::Engine(right)] = &sides.inputs else {
        return Ok(ties::not_asked(first, "one side is a file"));
    };
    let asked = [left, right].map(|asking| SideStatement {
        dialect: asking.query.dialect,
        sql: asking.query.text.sql.clone(),
    });
    let counts = sides.rows().into_iter().flatten().filter_map(model::Rows::rows);
    let rows = counts.max().unwrap_or_default();
    let source = SourceSettings::default();
    let mut judgement = first.clone();
    for round in 0..ties::ROUNDS.len() {
        let question = match ties::question(asked.each_ref(), rows, &source, round) {
            Ok(Some(question)) => question,
            Ok(None) => break,
            Err(why) => return Ok(ties::not_asked(judgement, &why)),
        };
        let [legacy, governed] = question.statements;
        let questions = [of(Side::Legacy, left, legacy)?, of(Side::Governed, right, governed)?];
        // The first answers have their share of memory already.
        let scratch: Arc<dyn model::Scratch> = Arc::new(Scratch::on_disk());
        let both = questions.each_ref().map(Some);
        let answered = runtime.block_on(asking::both(both, &settings(wanted), &scratch, stop))?;
        let [Some((legacy, _)), Some((governed, _))] = &answered else { return Err(stopped()) };
        let answers = WideAnswers {
            cut: super::answers(sides),
            wide: [answer(legacy), answer(governed)],
            wider: question.wider,
        };
        judgement = judge(first.clone(), answers)?;
        if !ties::is_open(&judgement) {
            break;
        }
    }
    Ok(judgement)
}

fn of(side: Side, asking: &Asking, statement: SideStatement) -> Result<Question, CliError> {
    let request = Request::new(statement.sql, statement.dialect);
    let question = Question::new(side, Arc::clone(&asking.engine), request, &asking.query.facts);
    question.map_err(|reason| CliError::usage(format!("the wider query does not run: {reason}")))
}
