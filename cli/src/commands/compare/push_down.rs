//! `--push-down`: engines sum up their rows themselves, and only rows that may differ are fetched.

use super::{
    input::{self, Asking, Input},
    sides::{Answer, Sides, Wanted, noted, said, settings, stopped, tables},
    statement,
};
use crate::{
    error::CliError,
    wiring::{interrupt, pushed::Pushed},
};
use compare::{Request, Settings};
use engines::{SessionSettings, summary::PushedQuery};
use model::{FailureClass, InMemory, Judgement, Side, Summarized as _};
use replay::StopSignal;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The columns of a side, without rows where these are in the database.
fn shape(pushed: &Pushed) -> Result<Answer, CliError> {
    match pushed {
        Pushed::Query(query) => {
            let nothing = InMemory::new(Arc::clone(query.schema()), Vec::new());
            Ok(Ok(Arc::new(nothing.map_err(CliError::unreachable)?)))
        }
        Pushed::Rows(rows) => Ok(Ok(Arc::clone(rows))),
    }
}

/// Judges the sides by their summaries.
pub(super) fn judge(sides: &[Pushed; 2], request: Request<'_>, settings: &Settings) -> Judgement {
    Pushed::both(sides, |sides| compare::judge_pushed(request, sides, settings))
}

/// Opens the file and the queries, each in a snapshot of its database. The signal is of Ctrl-C.
pub(super) fn open(
    wanted: &Wanted<'_>,
    runtime: &Runtime,
) -> Result<(Sides, [Pushed; 2], StopSignal), CliError> {
    let mut inputs = runtime.block_on(async { input::both(wanted.paths, wanted.queries) })?;
    if inputs.iter().all(|input| matches!(input, Input::File(_))) {
        let error = "`--push-down` lets engines sum up their rows, and LEFT and RIGHT are files";
        return Err(CliError::usage(error).hint("leave it out: files are read where they are"));
    }
    let stop = runtime.block_on(async { interrupt::listen() });
    let mut queries = [None, None];
    for ((side, input), query) in Side::BOTH.into_iter().zip(&mut inputs).zip(&mut queries) {
        // Only what reads is asked.
        input.question(side)?;
        if let Input::Engine(asking) = input {
            *query = Some(runtime.block_on(async {
                tokio::select! {
                    query = ask(side, asking, wanted) => query,
                    () = stop.stopped() => Err(stopped()),
                }
            })?);
        }
    }
    let schema = queries.iter().flatten().next().map(|query| Arc::clone(query.schema()));
    let opened = |input: &Input, query: Option<PushedQuery>| match (query, input, &schema) {
        (Some(query), ..) => Ok(Pushed::Query(Box::new(query))),
        (None, Input::File(path), Some(schema)) => {
            let rows = files::open_beside(path, &wanted.options, schema);
            Ok(Pushed::Rows(noted(rows.map_err(CliError::unreachable)?, path)))
        }
        // Every engine has been asked.
        (None, ..) => Err(stopped()),
    };
    let ([left, right], [l_query, r_query]) = (&inputs, queries);
    let pushed = [opened(left, l_query)?, opened(right, r_query)?];
    let [l_pushed, r_pushed] = &pushed;
    let (legacy, governed) = (shape(l_pushed)?, shape(r_pushed)?);
    let (facts, fingerprint) = statement::of([said(left, &legacy), said(right, &governed)]);
    let declared_key = left.declared_key(&legacy).or_else(|| right.declared_key(&governed));
    let labels = [left.label(), right.label()];
    let answers = [legacy, governed];
    let sides = Sides { labels, answers, facts, fingerprint, declared_key, inputs };
    Ok((sides, pushed, stop))
}

async fn ask(
    side: Side,
    asking: &mut Asking,
    wanted: &Wanted<'_>,
) -> Result<PushedQuery, CliError> {
    let settings = settings(wanted);
    let tables = tables(side, asking, &settings).await;
    asking.refine(tables);
    let session =
        SessionSettings { statement_timeout: Some(wanted.timeout), ..settings.legacy.clone() };
    let opened = PushedQuery::open(asking.engine.as_ref(), &session, &asking.query.text.sql).await;
    opened.map_err(|failure| {
        let message = format!("the {side} side: {failure}");
        match failure.class {
            FailureClass::Unreachable | FailureClass::Transient => CliError::unreachable(message),
            _ => CliError::usage(message),
        }
    })
}
