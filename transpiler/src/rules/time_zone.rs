//! A region name such as `Europe/Berlin` means the same on both. An abbreviation or an offset is a fixed distance from UTC on PostgreSQL, where offsets count westwards; DuckDB takes some of them for regions, and others the other way round.

use crate::{
    emit::Emitter,
    fragment::{Fragment, Level, fill},
    rule::{Emit, Fidelity, Rule, duckdb, refused},
    targets::Target,
};
use sql::{Type, is_region, tree::Expr};

pub(crate) static RULE: Rule = Rule {
    code: "TR0505",
    name: "AT TIME ZONE",
    fidelity: Fidelity::Exact,
    constructs: &["at time zone", "timezone"],
    page: "\
A region name such as `Europe/Berlin` means the same on both. An abbreviation or an offset is a fixed distance from UTC on PostgreSQL, where offsets count westwards; DuckDB takes some of them for regions, and others the other way round: the distance is written. A zone that is no constant must be a region name, or an error is raised.",
    emit,
    examples: &[
        duckdb(
            "SELECT ts AT TIME ZONE 'Europe/Berlin' AS b FROM t",
            "SELECT (ts AT TIME ZONE 'Europe/Berlin') AS b\nFROM t",
        ),
        duckdb(
            "SELECT ts AT TIME ZONE 'UTC+3' AS b FROM t",
            "SELECT ((ts - (INTERVAL '-10800 seconds')) AT TIME ZONE 'UTC') AS b\nFROM t",
        ),
        duckdb(
            "SELECT ts AT TIME ZONE x AS b FROM t",
            "SELECT CASE WHEN NOT regexp_full_match(x, 'UTC|[A-Z][A-Za-z]+/[A-Za-z_/]+') THEN error('22023: a time zone that is no region name') ELSE ts AT TIME ZONE x END AS b\nFROM t",
        ),
        refused(Target::DuckDb, "SELECT ts AT TIME ZONE 'EST5EDT' AS b FROM t"),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [one, two] = call.args.as_slice() else { return Ok(None) };
    // `timezone(zone, time)` is the same with its arguments turned round.
    let (time, zone) = if call.name == "timezone" { (two, one) } else { (one, two) };
    if !matches!(time.ty, Type::Timestamp | Type::TimestampTz) || !zone.ty.is_text() {
        return Ok(None);
    }
    if emitter.target() == Target::DataFusion {
        return match zone.text().filter(|name| is_region(name)) {
            Some(name) => on_datafusion(emitter, time, name).map(Some),
            None => Ok(None),
        };
    }
    let plain = time.ty == Type::Timestamp;
    let Some(name) = zone.text() else {
        if zone.literal().is_some() {
            return Ok(None);
        }
        let args = [emitter.expr(time)?, emitter.expr(zone)?];
        return Ok(Some(fill(
            "CASE WHEN NOT regexp_full_match({1}, 'UTC|[A-Z][A-Za-z]+/[A-Za-z_/]+') THEN error('22023: a time zone that is no region name') ELSE {0} AT TIME ZONE {1} END",
            &args,
        )));
    };
    if is_region(name) {
        let (time, zone) = (emitter.expr(time)?, emitter.expr(zone)?);
        let text = format!("({} AT TIME ZONE {})", time.at(Level::Atom), zone.text);
        return Ok(Some(Fragment::atom(text)));
    }
    let Some(minutes) = abbreviation(name).or_else(|| offset(name)) else { return Ok(None) };
    let distance = crate::emit::interval(0, 0, minutes * 60_000_000);
    let args = [emitter.expr(time)?, distance];
    let template =
        if plain { "(({0} - {1}) AT TIME ZONE 'UTC')" } else { "(({0} AT TIME ZONE 'UTC') + {1})" };
    Ok(Some(fill(template, &args)))
}

/// Minutes east of UTC of PostgreSQL's default abbreviations, without those that changed over time
/// (share/timezonesets/Default).
fn abbreviation(name: &str) -> Option<i64> {
    Some(match name.to_ascii_uppercase().as_str() {
        "GMT" | "UT" | "UCT" | "Z" | "ZULU" | "WET" => 0,
        "BST" | "CET" => 60,
        "CEST" | "EET" | "IST" | "SAST" => 120,
        "EEST" => 180,
        "JST" => 540,
        "AEST" => 600,
        "AEDT" => 660,
        "NZST" => 720,
        "NZDT" => 780,
        "ADT" => -180,
        "AST" | "EDT" => -240,
        "EST" | "CDT" => -300,
        "CST" | "MDT" => -360,
        "MST" | "PDT" => -420,
        "PST" | "AKDT" => -480,
        "AKST" => -540,
        "HST" => -600,
        _ => return None,
    })
}

/// Minutes east of UTC of `UTC+3`, `+03:30`, which count westwards as in POSIX.
fn offset(name: &str) -> Option<i64> {
    let at = name.find(['+', '-'])?;
    let (letters, distance) = name.split_at_checked(at)?;
    let letters = letters.trim_end_matches(' ');
    if !(letters.is_empty()
        || letters.len() >= 3 && letters.bytes().all(|b| b.is_ascii_alphabetic()))
    {
        return None;
    }
    let (sign, digits) = match distance.strip_prefix('+') {
        Some(digits) => (-1, digits),
        None => (1, distance.strip_prefix('-')?),
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "00"));
    let number = |text: &str| {
        let plain = text.bytes().all(|b| b.is_ascii_digit()) && (1..=2).contains(&text.len());
        text.parse::<i64>().ok().filter(|_| plain)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 14 && minutes < 60).then(|| sign * (hours * 60 + minutes))
}

/// A zone is part of a timestamp's type there; the rules of a zone are not known after the year
/// 2099. A moment shows its time there. Which moment a time there is, it does not tell where the
/// clocks change: the moment is reckoned with the offset of the day after, and where that does not
/// show the time, with the offset of the day before. So does PostgreSQL: a time that is given twice
/// is the later one, one that is left out is reckoned as if the clocks had not changed yet.
fn on_datafusion(emitter: &mut Emitter, time: &Expr, zone: &str) -> Emit<Fragment> {
    let moment =
        |time: &str| format!("arrow_cast({time}, 'Timestamp(Microsecond, Some(\"UTC\"))')");
    let shown = |moment: &str| {
        format!("to_local_time(arrow_cast({moment}, 'Timestamp(Microsecond, Some(\"{zone}\"))'))")
    };
    let value = match (&time.ty, zone) {
        (Type::Timestamp, "UTC") => moment("{0}"),
        (Type::Timestamp, _) => {
            let by_offset_of =
                |day: &str| moment(&format!("{{0}} + (({day}) - {})", shown(&moment(day))));
            let after = by_offset_of("{0} + INTERVAL '1 day'");
            let before = by_offset_of("{0} - INTERVAL '1 day'");
            format!("CASE WHEN {} = {{0}} THEN {after} ELSE {before} END", shown(&after))
        }
        _ => shown("{0}"),
    };
    let condition = "{0} >= CAST('2099-12-31 00:00:00' AS TIMESTAMP(6))";
    let guarded = match zone {
        "UTC" => value,
        _ => emitter.raise_if_of(std::slice::from_ref(time), condition, &value),
    };
    let time = emitter.expr(time)?;
    Ok(fill(&guarded, &[time]))
}
