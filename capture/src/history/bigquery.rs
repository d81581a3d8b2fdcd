//! BigQuery: jobs as its view has them, and as its audit log has them.

mod audit;
mod jobs;
mod scripts;

pub(super) use audit::AuditLog;
pub(super) use jobs::Jobs;
