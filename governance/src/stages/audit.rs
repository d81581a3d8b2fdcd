//! Stage 9: writes it down. Every attempt comes here, also a refused one; what cannot be written
//! down has no result.

use super::meter::Metered;
use crate::{
    audit::{AuditError, AuditLog, Durability, Paid, Receipt, Trail},
    error::{ErrorCode, GovernanceError, Stage, Stop},
    governed::Answer,
    pages::Page,
};

static NOT_WRITTEN: Page = Page {
    code: "GV0901",
    title: "the attempt could not be written down",
    text: "The audit record could not be written, so the statement has no result, and its credits \
           are given back. The audit log stays closed until it is opened again: mend the cause (a \
           full disk, a folder that may not be written) and restart; whatever was half written is \
           mended then.",
    error: ErrorCode::AuditFailed,
};

pub(crate) static PAGES: &[Page] = &[NOT_WRITTEN];

/// Refuses an attempt that could not be written down, before anything of it happens.
pub(crate) fn check(log: &AuditLog, request_id: &str) -> Result<(), GovernanceError> {
    log.check().map_err(|error| not_written(&error, request_id, None))
}

/// Writes down what became of a statement.
pub(crate) async fn run(
    trail: Trail,
    durability: Durability,
    outcome: Result<Metered, GovernanceError>,
) -> Result<Answer, GovernanceError> {
    let (result, paid) = match outcome {
        Ok(metered) => metered.into_parts(),
        Err(error) => return Err(refuse(trail, durability, error).await),
    };
    let (request_id, stages) = (trail.request_id().to_owned(), trail.stages());
    let receipt = accept(trail, durability, paid).await?;
    Ok(Answer { result, request_id, stages, receipt })
}

/// Writes down that an attempt had an answer.
pub(crate) async fn accept(
    trail: Trail,
    durability: Durability,
    paid: Paid,
) -> Result<Receipt, GovernanceError> {
    let request_id = trail.request_id().to_owned();
    blocking(durability, move || trail.complete(paid))
        .await
        .map_err(|error| not_written(&error, &request_id, None))
}

/// Writes down that an attempt ended with `error`, and gives the error to end with: that one, or
/// the failure to write it down.
pub(crate) async fn refuse(
    trail: Trail,
    durability: Durability,
    error: GovernanceError,
) -> GovernanceError {
    let noted = error.clone();
    match blocking(durability, move || trail.fail(&noted)).await {
        Ok(_) => error,
        Err(failed) => not_written(&failed, &error.request_id, Some(error.code)),
    }
}

/// Waiting for a disk takes milliseconds, which an executor's thread must not be kept from other
/// sessions for. The closure owns the trail: if it never runs, the trail still writes its record.
async fn blocking<T: Send + 'static>(
    durability: Durability,
    write: impl FnOnce() -> Result<T, AuditError> + Send + 'static,
) -> Result<T, AuditError> {
    match (durability, tokio::runtime::Handle::try_current()) {
        (Durability::Fsync, Ok(runtime)) => match runtime.spawn_blocking(write).await {
            Ok(written) => written,
            Err(error) => Err(AuditError::Closed { reason: error.to_string() }),
        },
        _ => write(),
    }
}

fn not_written(
    error: &AuditError,
    request_id: &str,
    instead_of: Option<ErrorCode>,
) -> GovernanceError {
    let stop = Stop::new(Stage::Audit, &NOT_WRITTEN, error.to_string());
    match instead_of {
        Some(code) => stop.with("instead_of", code.as_str()),
        None => stop,
    }
    .for_request(request_id)
}
