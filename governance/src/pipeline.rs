//! The nine stages in their order, on one screen.

use crate::{
    audit::{Attempt, Trail},
    error::GovernanceError,
    governed::Answer,
    policy::Action,
    settings::{Caller, Desk},
    stages::{
        audit, column_mask, cost_estimate, execute, meter, policy_check, quota_check, row_filter,
        transpile,
    },
};
use engines::{Request, Session};

/// Takes a statement through the pipeline: one complete answer or one error, and one audit record.
pub(crate) async fn run(
    desk: &Desk,
    caller: &Caller,
    session: &mut dyn Session,
    request: Request,
) -> Result<Answer, GovernanceError> {
    // From here on the attempt is written down, even if this future is dropped.
    let mut trail = begin(desk, caller, Action::Query, &request.sql)?;
    let outcome = stages(desk, caller, session, request, &mut trail).await;
    audit::run(trail, desk.audit.durability(), outcome).await // 9
}

async fn stages(
    desk: &Desk,
    caller: &Caller,
    session: &mut dyn Session,
    request: Request,
    trail: &mut Trail,
) -> Result<meter::Metered, GovernanceError> {
    let (policy, who) = (desk.policy.as_ref(), caller.principal.as_deref());

    let subject =
        policy_check::read(request, desk.translator.source()).map_err(|stop| trail.refuse(stop))?;
    trail.tables(subject.tables());

    let allowed = trail.note(policy_check::run(policy, who, subject))?; // 1
    let estimated = trail.note(cost_estimate::run(&desk.prices, allowed))?; // 2
    let at = trail.time();
    let reserved = trail.note(quota_check::run(&desk.ledger, who, at, estimated))?; // 3
    let guarded = trail.note(row_filter::run(policy, who, reserved))?; // 4
    let translated = trail.note(transpile::run(&desk.translator, guarded, caller.rolls_back))?; // 5
    let executed = trail.note(
        execute::run(session, desk.engine_messages, desk.result_bytes_max, translated).await,
    )?; // 6
    let checked = trail.note(column_mask::run(policy, who, executed))?; // 7
    trail.note(meter::run(&desk.prices, checked)) // 8
}

/// Begins an attempt, unless it could not be written down.
pub(crate) fn begin(
    desk: &Desk,
    caller: &Caller,
    action: Action,
    sql: &str,
) -> Result<Trail, GovernanceError> {
    let request = desk.ids.next();
    audit::check(&desk.audit, &request)?;
    let attempt = Attempt {
        time: desk.clock.now(),
        request,
        session: &caller.session,
        principal: caller.principal.as_deref(),
        action,
        sql,
        literals: desk.literals,
        policy: desk.policy.digest(),
    };
    Ok(Trail::begin(desk.audit.clone(), attempt))
}
