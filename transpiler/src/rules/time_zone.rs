//! A region name such as `Europe/Berlin` means the same on both. Offsets such as `UTC+3` have the opposite sign on DuckDB, so anything but a region name is refused.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level},
    rule::{Emit, Rule, duckdb, refused},
    targets::Target,
};
use model::Fidelity;
use sql::{Type, is_region, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0505",
    name: "AT TIME ZONE",
    fidelity: Fidelity::Exact,
    constructs: &["at time zone", "timezone"],
    page: "\
A region name such as `Europe/Berlin` means the same on both. Offsets such as `UTC+3` have the opposite sign on DuckDB, so anything but a region name is refused.",
    emit,
    examples: &[
        duckdb(
            "SELECT ts AT TIME ZONE 'Europe/Berlin' AS b FROM t",
            "SELECT (ts AT TIME ZONE 'Europe/Berlin') AS b\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT ts AT TIME ZONE 'UTC+3' AS b FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call().filter(|_| emitter.target() == Target::DuckDb) else {
        return Ok(None);
    };
    let [one, two] = call.args.as_slice() else { return Ok(None) };
    // `timezone(zone, time)` is the same with its arguments turned round.
    let (time, zone) = if call.name == "timezone" { (two, one) } else { (one, two) };
    let region = zone.text().is_some_and(is_region);
    if !region || !matches!(time.ty, Type::Timestamp | Type::TimestampTz) {
        return Ok(None);
    }
    let (time, zone) = (emitter.expr(time)?, emitter.expr(zone)?);
    Ok(Some(Fragment::atom(format!("({} AT TIME ZONE {})", time.at(Level::Atom), zone.text))))
}
