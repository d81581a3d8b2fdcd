//! Rule `TR0515`, `date_trunc in a zone`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, datafusion, refused},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind},
};

pub(crate) static RULE: Rule = Rule {
    code: "TR0515",
    name: "date_trunc in a zone",
    fidelity: Fidelity::Exact,
    constructs: &["date_trunc"],
    page: "\
A moment is cut in a zone: it is shown there, cut, and read there again.",
    emit,
    examples: &[
        refused(Target::DuckDb, "SELECT date_trunc('day', ts, 'UTC+3') AS d FROM t"),
        datafusion(
            "SELECT date_trunc('day', ts, 'Europe/Berlin') AS d FROM t",
            "SELECT CASE WHEN 1 / CASE WHEN date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN CASE WHEN to_local_time(arrow_cast(arrow_cast(date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) + ((date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) + INTERVAL '1 day') - to_local_time(arrow_cast(arrow_cast(date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) + INTERVAL '1 day', 'Timestamp(Microsecond, Some(\"UTC\"))'), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))'))), 'Timestamp(Microsecond, Some(\"UTC\"))'), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) = date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) THEN arrow_cast(date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) + ((date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) + INTERVAL '1 day') - to_local_time(arrow_cast(arrow_cast(date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) + INTERVAL '1 day', 'Timestamp(Microsecond, Some(\"UTC\"))'), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))'))), 'Timestamp(Microsecond, Some(\"UTC\"))') ELSE arrow_cast(date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) + ((date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) - INTERVAL '1 day') - to_local_time(arrow_cast(arrow_cast(date_trunc('day', CASE WHEN 1 / CASE WHEN CAST(ts AS TIMESTAMP(6) WITH TIME ZONE) >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6)) THEN 0 ELSE 1 END = 1 THEN to_local_time(arrow_cast(CAST(ts AS TIMESTAMP(6) WITH TIME ZONE), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))')) END) - INTERVAL '1 day', 'Timestamp(Microsecond, Some(\"UTC\"))'), 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))'))), 'Timestamp(Microsecond, Some(\"UTC\"))') END END AS d\nFROM t",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [unit, value, zone] = call.args.as_slice() else { return Ok(None) };
    let units = ["year", "quarter", "month", "week", "day"];
    let fine = unit.text().is_some_and(|unit| units.contains(&unit))
        && zone.text().is_some_and(sql::is_region)
        && value.ty == Type::TimestampTz;
    if !fine {
        return Ok(None);
    }
    if emitter.target() == Target::DataFusion {
        let made = |name, args: [&Expr; 2], ty| {
            let call = Call { name, args: args.map(Clone::clone).to_vec(), ..(*call).clone() };
            Expr { kind: ExprKind::Call(Box::new(call)), ty, span: expr.span }
        };
        let shown = made("at time zone", [value, zone], Type::Timestamp);
        let cut = made("date_trunc", [unit, &shown], Type::Timestamp);
        let moment = made("at time zone", [&cut, zone], Type::TimestampTz);
        return emitter.expr(&moment).map(Some);
    }
    let args = emitter.args(&call.args)?;
    Ok(Some(fill("(date_trunc({0}, ({1} AT TIME ZONE {2})) AT TIME ZONE {2})", &args)))
}
