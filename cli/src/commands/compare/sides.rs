//! What both sides answered to one statement: rows of files, answers of engines.

use super::{
    input::{self, Asking, Input, Queries},
    statement::{self, Said},
};
use crate::{
    error::CliError,
    output,
    wiring::{asking, collation, interrupt, progress::Phase, scratch::Scratch},
};
use engines::SessionSettings;
use files::{OpenedRows, Options};
use model::{Failure, FailureClass, Rows, RowsError, Side, StatementFacts, catalog::CatalogTable};
use replay::{SideAnswer, StopSignal};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{runtime::Runtime, time::timeout};

/// Rows, or how the query failed.
pub(super) type Answer = Result<Arc<dyn Rows>, Failure>;

/// What is asked for.
pub(super) struct Wanted<'a> {
    pub(super) paths: [&'a PathBuf; 2],
    pub(super) queries: Queries<'a>,
    /// How files are read.
    pub(super) options: Options,
    /// Limit for each query.
    pub(super) timeout: Duration,
    pub(super) time_zone: &'a str,
    /// Bytes of each engine's answer that stay in memory.
    pub(super) answer_bytes: usize,
}

/// Both answers, legacy first.
pub(super) struct Sides {
    /// What the inputs are called; never with a password.
    pub(super) labels: [String; 2],
    pub(super) answers: [Answer; 2],
    /// Facts of the statement that both answer.
    pub(super) facts: StatementFacts,
    /// The fingerprint of the query, where there is one.
    pub(super) fingerprint: Option<String>,
    /// The output columns of a key that a catalog declares.
    pub(super) declared_key: Option<Vec<usize>>,
    /// What was asked for.
    pub(super) inputs: [Input; 2],
}

impl Sides {
    /// Opens the files and asks the engines, both at the same time. The signal is of Ctrl-C.
    pub(super) fn read(
        wanted: &Wanted<'_>,
        runtime: &Runtime,
    ) -> Result<(Self, StopSignal), CliError> {
        let mut inputs = runtime.block_on(async { input::both(wanted.paths, wanted.queries) })?;
        let listen = || runtime.block_on(async { interrupt::listen() });
        let (answers, stop) = if let [Input::File(left), Input::File(right)] = &inputs {
            // Opening a large text takes a while, and may be interrupted the hard way.
            let answers = both_files([left, right], &wanted.options)?;
            (answers, listen())
        } else {
            let stop = listen();
            (runtime.block_on(ask(wanted, &mut inputs, &stop))?, stop)
        };
        let [legacy, governed] = &answers;
        let [left, right] = &inputs;
        let (facts, fingerprint) = statement::of([said(left, legacy), said(right, governed)]);
        let declared_key = left.declared_key(legacy).or_else(|| right.declared_key(governed));
        let labels = [left.label(), right.label()];
        Ok((Self { labels, answers, facts, fingerprint, declared_key, inputs }, stop))
    }

    /// The rows, where both sides have some.
    pub(super) fn rows(&self) -> Option<[&dyn Rows; 2]> {
        match &self.answers {
            [Ok(legacy), Ok(governed)] => Some([legacy.as_ref(), governed.as_ref()]),
            _ => None,
        }
    }
}

pub(super) fn said<'a>(input: &'a Input, answer: &'a Answer) -> Said<'a> {
    match input {
        Input::Engine(asking) => Said::Query(&asking.query),
        Input::File(path) => {
            let fields = answer.iter().flat_map(|rows| rows.schema().fields());
            Said::File(path, fields.map(|field| field.name().as_str()).collect())
        }
    }
}

fn both_files(paths: [&PathBuf; 2], options: &Options) -> Result<[Answer; 2], CliError> {
    let [left, right] = paths;
    let phase = Phase::start("opening both files");
    let rows = files::open_pair([left.as_path(), right.as_path()], [options, options]);
    drop(phase);
    let [left_rows, right_rows] = rows.map_err(CliError::unreachable)?;
    Ok([Ok(noted(left_rows, left)), Ok(noted(right_rows, right))])
}

/// Rows of a file. What is to be said of their types is said.
pub(super) fn noted(rows: OpenedRows, path: &Path) -> Arc<dyn Rows> {
    for note in rows.notes() {
        output::note(format!("{}: {note}", path.display()));
    }
    Arc::new(rows)
}

/// Asks the engine or the engines, and then opens the file, if there is one: a text has the types of
/// the answer.
async fn ask(
    wanted: &Wanted<'_>,
    inputs: &mut [Input; 2],
    stop: &StopSignal,
) -> Result<[Answer; 2], CliError> {
    let [left, right] = inputs;
    for input in [&*left, &*right] {
        if let Input::File(path) = input {
            files::check(path, &wanted.options).map_err(CliError::unreachable)?;
        }
    }
    let questions = [left.question(Side::Legacy)?, right.question(Side::Governed)?];
    let settings = settings(wanted);
    for (side, input) in [(Side::Legacy, &mut *left), (Side::Governed, &mut *right)] {
        if let Input::Engine(asking) = input {
            let tables = tokio::select! {
                tables = tables(side, asking, &settings) => tables,
                () = stop.stopped() => return Err(stopped()),
            };
            asking.refine(tables);
        }
    }
    let scratch: Arc<dyn model::Scratch> = Arc::new(Scratch::keeping(wanted.answer_bytes));
    let phase = Phase::start("waiting for the answers");
    let answered =
        asking::both(questions.each_ref().map(Option::as_ref), &settings, &scratch, stop).await;
    drop(phase);
    let answered = answered?;
    if let [Some((_, Some(legacy))), Some((_, Some(governed)))] = &answered
        && let Some(warning) = collation::warning(legacy, governed)
    {
        output::note(warning);
    }
    let [legacy, governed] = answered.map(|answered| {
        answered.map(|(answer, _)| match answer {
            SideAnswer::Rows(answer) => Ok(answer.rows),
            SideAnswer::Failed(failure) => Err(failure),
        })
    });
    let schema = [&legacy, &governed]
        .into_iter()
        .flatten()
        .find_map(|answer| Some(Arc::clone(answer.as_ref().ok()?.schema())));
    let opened = |input: &Input, answer: Option<Answer>| match (answer, input, &schema) {
        (Some(answer), ..) => Ok(answer),
        (None, Input::File(path), Some(schema)) => {
            let rows = files::open_beside(path, &wanted.options, schema);
            Ok(Ok(noted(rows.map_err(CliError::unreachable)?, path)))
        }
        (None, Input::File(path), None) => {
            let rows: Result<Box<dyn Rows>, RowsError> = files::open(path, &wanted.options);
            Ok(Ok(Arc::from(rows.map_err(CliError::unreachable)?)))
        }
        // Every engine that was asked has answered.
        (None, Input::Engine(_), _) => Err(stopped()),
    };
    Ok([opened(left, legacy)?, opened(right, governed)?])
}

/// Settings of both sessions.
pub(super) fn settings(wanted: &Wanted<'_>) -> replay::Settings {
    let session =
        SessionSettings { time_zone: wanted.time_zone.to_owned(), ..SessionSettings::default() };
    replay::Settings {
        statement_timeout: wanted.timeout,
        // The disk bounds it, as it does a file.
        result_bytes_max: usize::MAX,
        legacy: session.clone(),
        governed: session,
        ..replay::Settings::default()
    }
}

pub(super) fn stopped() -> CliError {
    CliError::interrupted("the queries were stopped, nothing is known")
}

/// The tables of an engine, as far as it tells: they only make clearer what its query means.
pub(super) async fn tables(
    side: Side,
    asking: &Asking,
    settings: &replay::Settings,
) -> Vec<CatalogTable> {
    if !asking.has_tables {
        return Vec::new();
    }
    let session = SessionSettings {
        read_only: true,
        statement_timeout: Some(settings.statement_timeout),
        ..settings.legacy.clone()
    };
    let reading = async { asking.engine.open(&session).await?.catalog().await };
    match timeout(settings.statement_timeout, reading).await {
        Ok(Ok(tables)) => tables,
        Ok(Err(failure)) if failure.class != FailureClass::Unreachable => {
            output::note(format!(
                "note: the catalog of the {side} side cannot be read, and its query is judged by \
                 its text alone: {failure}"
            ));
            Vec::new()
        }
        // Whether the engine can be reached, the query will tell.
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}
