//! Rule `TR1002`, `floats rounded exactly`.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::{Emit, Fidelity, Rule, google},
    targets::Target,
};
use sql::tree::Expr;

pub(crate) static RULE: Rule = Rule {
    code: "TR1002",
    name: "floats rounded exactly",
    fidelity: Fidelity::Exact,
    constructs: &["round_exact", "trunc_exact"],
    page: "\
A float is rounded, or cut, to decimal digits as the exact number that it is: 1.115 is a little less, and so 1.11. Its digits are written out and read as a decimal. Numbers of 16 digits and more before the point have none behind it. DataFusion and PostgreSQL write out no more than 17 digits: there the part behind the point is multiplied by two to the power of 100, which is exact, and divided as a decimal.",
    emit,
    examples: &[
        google(
            Target::DataFusion,
            "SELECT round(1.115, 2) AS r",
            "SELECT CASE WHEN NOT abs(CAST('1.115' AS DOUBLE)) < 4503599627370496 THEN CAST('1.115' AS DOUBLE) ELSE signum(CAST('1.115' AS DOUBLE)) * CAST(CAST(CAST(trunc(abs(CAST('1.115' AS DOUBLE))) AS DECIMAL(16, 0)) + CAST(CAST(CAST(floor((abs(CAST('1.115' AS DOUBLE)) - trunc(abs(CAST('1.115' AS DOUBLE)))) * CAST('1267650600228229401496703205376' AS DOUBLE)) AS DECIMAL(31, 0)) AS DECIMAL(38, 0)) / CAST('1267650600228229401496703205376' AS DECIMAL(31, 0)) AS DECIMAL(38, 2)) AS VARCHAR) AS DOUBLE) END AS r",
        ),
        google(
            Target::DuckDb,
            "SELECT round(1.115, 2) AS r",
            "SELECT CASE WHEN NOT abs(CAST('1.115' AS DOUBLE)) < 4503599627370496 THEN CAST('1.115' AS DOUBLE) ELSE CAST(CAST(round(CAST(printf('%.22f', CAST('1.115' AS DOUBLE)) AS DECIMAL(38,22)), 2) AS VARCHAR) AS DOUBLE) END AS r",
        ),
    ],
};

fn emit(emitter: &mut Emitter, expr: &Expr) -> Emit<Option<Fragment>> {
    let Some(call) = expr.call() else { return Ok(None) };
    let [value, digits] = call.args.as_slice() else { return Ok(None) };
    // With 22 digits written out, what is no half of a digit does not look like one.
    let Some(digits) = digits.integer().filter(|digits| (-15..=5).contains(digits)) else {
        return Ok(None);
    };
    if emitter.target() == Target::DataFusion {
        let Some(digits) = u32::try_from(digits).ok().filter(|_| call.name == "round_exact") else {
            return Ok(None);
        };
        let value = emitter.expr(value)?;
        return Ok(Some(fill(&by_decimals(digits), &[value])));
    }
    let name = if call.name == "round_exact" { "round" } else { "trunc" };
    let value = emitter.expr(value)?;
    let large = if digits >= 0 {
        // A whole number; an infinity; NaN, which is greater than any.
        "{0}"
    } else {
        "CASE WHEN isfinite({0}) THEN error('so large a float is not rounded') ELSE {0} END"
    };
    Ok(Some(fill(
        &format!(
            "CASE WHEN NOT abs({{0}}) < 4503599627370496 THEN {large} ELSE CAST(CAST({name}(CAST(printf('%.22f', {{0}}) AS DECIMAL(38,22)), {digits}) AS VARCHAR) AS DOUBLE) END"
        ),
        &[value],
    )))
}

/// For `DataFusion`, whose decimals are divided to four digits more than the dividend has.
fn by_decimals(digits: u32) -> String {
    format!(
        "CASE WHEN NOT abs({{0}}) < 4503599627370496 THEN {{0}} ELSE signum({{0}}) * \
         CAST(CAST({} AS VARCHAR) AS DOUBLE) END",
        decimal(digits)
    )
}

/// The size of a float below 2^52 as a decimal of these digits, rounded half up, on `DataFusion`.
pub(super) fn decimal(digits: u32) -> String {
    let scale = digits.saturating_sub(3);
    let power = 1_u128 << 100;
    let behind = format!("(abs({{0}}) - trunc(abs({{0}}))) * CAST('{power}' AS DOUBLE)");
    format!(
        "CAST(trunc(abs({{0}})) AS DECIMAL(16, 0)) + \
         CAST(CAST(CAST(floor({behind}) AS DECIMAL(31, 0)) AS DECIMAL(38, {scale})) \
         / CAST('{power}' AS DECIMAL(31, 0)) AS DECIMAL(38, {digits}))"
    )
}

/// For PostgreSQL, whose conversion of a float to a decimal keeps 15 digits, and to a `bigint` all.
pub(crate) fn on_postgres(name: &str, digits: i64) -> Option<String> {
    let digits = u32::try_from(digits).ok().filter(|digits| *digits <= 5)?;
    let unit = match digits {
        0 => "1".to_owned(),
        some => format!("0.{}1", "0".repeat(some as usize - 1)),
    };
    let behind = format!("(abs({{0}}) - trunc(abs({{0}}))) * {}", 1_u64 << 60);
    let bits = format!(
        "(CAST(CAST(floor({behind}) AS bigint) AS numeric) * {forty} + CAST(floor(({behind} - floor({behind})) * {forty}) AS bigint))",
        forty = 1_u64 << 40
    );
    // Half a digit more, where it is not cut.
    let half = if name == "round_exact" { 1_u128 << 100 } else { 0 };
    Some(format!(
        "CASE WHEN NOT abs({{0}}) < 4503599627370496 THEN {{0}} ELSE sign({{0}}) * \
         CAST(CAST(trunc(abs({{0}})) AS bigint) + div({bits} * {twice} + {half}, {whole}) * {unit} AS double precision) END",
        twice = 2 * 10_u32.pow(digits),
        whole = 1_u128 << 101
    ))
}
