//! `--push-down`: engines sum up their rows themselves, and only rows that may differ are fetched.

use super::{
    input::{self, Asking, Input},
    sides::{Answer, Sides, Wanted, noted, said, settings, stopped, tables},
    statement,
};
use crate::{error::CliError, wiring::interrupt};
use compare::{Request, Settings, Summed};
use engines::{SessionSettings, summary::PushedQuery};
use model::{FailureClass, InMemory, Judgement, Rows, Side, Summarized};
use replay::StopSignal;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// One side: a query in its database, or rows of a file, which are read here.
pub(super) enum Pushed {
    Query(Box<PushedQuery>),
    File(Arc<dyn Rows>),
}

impl Pushed {
    /// The columns, without rows where these are in the database.
    fn shape(&self) -> Result<Answer, CliError> {
        match self {
            Self::Query(query) => {
                let nothing = InMemory::new(Arc::clone(query.schema()), Vec::new());
                Ok(Ok(Arc::new(nothing.map_err(CliError::unreachable)?)))
            }
            Self::File(rows) => Ok(Ok(Arc::clone(rows))),
        }
    }

    /// What rows of a file are summed up by.
    fn summed(&self) -> Option<Summed<'_>> {
        match self {
            Self::Query(_) => None,
            Self::File(rows) => Some(Summed::new(rows.as_ref())),
        }
    }

    fn summarized<'s>(&'s self, summed: Option<&'s Summed<'s>>) -> Option<&'s dyn Summarized> {
        match self {
            Self::Query(query) => Some(query.as_ref()),
            Self::File(_) => summed.map(|summed| summed as &dyn Summarized),
        }
    }
}

/// Judges the sides by their summaries; nothing where one has none, which every side has.
pub(super) fn judge(
    sides: &[Pushed; 2],
    request: Request<'_>,
    settings: &Settings,
) -> Option<Judgement> {
    let [legacy, governed] = sides;
    let (of_legacy, of_governed) = (legacy.summed(), governed.summed());
    let both = [legacy.summarized(of_legacy.as_ref())?, governed.summarized(of_governed.as_ref())?];
    Some(compare::judge_pushed(request, both, settings))
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
            Ok(Pushed::File(noted(rows.map_err(CliError::unreachable)?, path)))
        }
        // Every engine has been asked.
        (None, ..) => Err(stopped()),
    };
    let ([left, right], [l_query, r_query]) = (&inputs, queries);
    let pushed = [opened(left, l_query)?, opened(right, r_query)?];
    let [l_pushed, r_pushed] = &pushed;
    let (legacy, governed) = (l_pushed.shape()?, r_pushed.shape()?);
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
