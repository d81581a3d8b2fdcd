//! `DC0303`: times with fewer digits of a second.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    pair::{Pair, views},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0303",
        name: "fraction of a second",
        page: "\
One side has fewer digits of a second, cut or rounded: SQL Server's `datetime` has steps of 1/300 s,
MySQL's `DATETIME` no digits unless told, PostgreSQL six, Snowflake and Parquet nine. It is
recognised by cutting or rounding the finer time.

Give both sides one precision (`date_trunc('milliseconds', x)`, `timestamp(3)`). Or accept it:

    [[tolerances]]
    kind = \"time_precision\"
    micros = 1000
    scope = { column = \"at\" }
    reason = \"the new engine keeps milliseconds\"",
    },
    kinds: &[PairKind::Time, PairKind::Text],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 5 },
    explain,
    words,
    join: None,
};

const CUT: u8 = 0;
const ROUNDED: u8 = 1;
const THIRDS: u8 = 2;
const SECOND: i128 = 1_000_000_000;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.nanos().filter(|[a, b]| a.abs_diff(*b) < SECOND.unsigned_abs()) else {
        return;
    };
    for (side, coarse, fine) in views([a, b]) {
        for digits in 0..9_u8 {
            let unit = 10_i128.pow(9 - u32::from(digits));
            if coarse % unit != 0 || fine % unit == 0 {
                continue;
            }
            let parameter = Parameter::of_side(side).amount(digits.into());
            if fine.div_euclid(unit) * unit == coarse {
                found.push(parameter.form(CUT));
            }
            if (fine + unit / 2).div_euclid(unit) * unit == coarse {
                found.push(parameter.form(ROUNDED));
            }
        }
        // Milliseconds end with 0, 3 or 7.
        let (millis, distance) = (coarse / 1_000_000, coarse.abs_diff(fine));
        let thirds = coarse % 1_000_000 == 0 && matches!(millis.rem_euclid(10), 0 | 3 | 7);
        let whole = fine % 1_000_000 == 0 && matches!((fine / 1_000_000).rem_euclid(10), 0 | 3 | 7);
        if thirds && !whole && distance <= 2_000_000 {
            found.push(Parameter::of_side(side).form(THIRDS));
        }
    }
}

fn words(parameter: Parameter, column: &str) -> Words {
    let digits = parameter.amount;
    let plural = if digits == 1 { "" } else { "s" };
    let what = match parameter.form {
        CUT => format!("cut to {digits} digit{plural} of a second"),
        ROUNDED => format!("rounded to {digits} digit{plural} of a second"),
        _ => "rounded to 1/300 s".to_owned(),
    };
    let micros = match (parameter.form, u32::try_from(6 - digits)) {
        (THIRDS, _) => 2_001,
        (_, Ok(zeros)) => 10_u64.pow(zeros),
        (_, Err(_)) => 1,
    };
    Words {
        parameter: parameter.told(&what),
        says: format!("{what} on {}", parameter.the_side()),
        remedy: with_tolerance(
            "give the column one precision on both sides",
            &["kind = \"time_precision\"", &format!("micros = {micros}")],
            column,
            "the sides keep a different number of digits of a second",
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        causes::testing::{Cells, assert_silent, assert_told},
        value::{Instant, Value},
    };

    fn times(cells: &[(i128, i128)]) -> Cells<'static> {
        let at = |nanos: i128| Value::Timestamp { at: Instant::At(nanos), zoned: true };
        cells.iter().map(|(a, b)| (at(*a), at(*b))).collect()
    }

    #[test]
    fn each_way_is_told() {
        let cells = [(1_234_567_000, 1_234_000_000), (-1_234_567_000, -1_235_000_000)];
        assert_told(&times(&cells), &[("DC0303", "governed: cut to 3 digits of a second", 2)]);
        let cells = [(5_000_000_000, 4_700_000_000), (7_000_000_000, 7_300_000_000)];
        assert_told(&times(&cells), &[("DC0303", "legacy: rounded to 0 digits of a second", 2)]);
        let cells = [
            (1_003_000_000, 1_004_000_000),
            (1_127_000_000, 1_126_000_000),
            (1_000_000_000, 999_000_000),
        ];
        assert_told(&times(&cells), &[("DC0303", "legacy: rounded to 1/300 s", 3)]);
    }

    #[test]
    fn near_misses() {
        let cells =
            [(1_234_567_000, 1_232_000_000), (1_234_000_000, 2_234_000_000), (1_111, 1_112)];
        assert_silent("DC0303", &times(&cells));
    }
}
