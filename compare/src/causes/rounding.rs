//! `DC0101`: one number is the other with fewer digits.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    decimal::Decimal,
    pair::{Pair, views},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0101",
        name: "rounding",
        page: "\
One side has the other's numbers rounded to a number of digits after the point, or cut there. It is
recognised by the digits: rounding the longer number gives the shorter one exactly. What happens to
a half, 0.125 to two digits, tells how: half up (away from zero) gives 0.13, half even 0.12; where
no half was seen, the rounding is called `nearest`. Digits that are cut whatever they are are
`towards zero`. Numbers without a fraction at all are integer division (DC0103). A negative number
of digits counts zeros before the point: thousands are -3 digits.

Usual reasons: a quotient or an average has another scale, a cast to a decimal with fewer digits, a
`round` whose halves the engines treat differently. Where the statement should have a fixed scale,
round both sides alike (`round(x, 2)`). Or accept it:

    [[tolerances]]
    kind = \"decimal_scale\"
    digits = 2
    scope = { column = \"price\" }
    reason = \"the new engine keeps two digits\"

Floats need `float_absolute` with a little more than half a unit of the last digit instead, as they
are not quite the numbers meant; numbers that are cut, and not rounded, a whole unit.",
    },
    kinds: &[PairKind::Number],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 5 },
    explain,
    words,
    join: None,
};

const NEAREST: u8 = 0;
const HALF_UP: u8 = 1;
const HALF_EVEN: u8 = 2;
const TOWARDS_ZERO: u8 = 3;
/// Added to a form where a float is in the pair: other tolerances speak for floats.
const FLOATS: u8 = 4;
/// A float has at most so many digits, and nobody rounds to more.
const PLACES_MAX: i32 = 16;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some(numbers) = pair.decimals() else { return };
    let floats = pair.legacy.as_float().or(pair.governed.as_float()).is_some();
    for (side, short, long) in views(numbers) {
        for places in short.places().max(-12)..long.places().min(PLACES_MAX + 1) {
            let forms = forms(short, long, places);
            if forms == [None; 4] {
                break;
            }
            // 17 and 20 are a matter of chance; no fraction at all is a matter of division.
            let told = |form: &u8| places != -1 && (places != 0 || *form != TOWARDS_ZERO);
            let parameter = Parameter::of_side(side).amount(places.into());
            let all = forms.into_iter().flatten().filter(told);
            found.extend(all.map(|form| parameter.form(form | if floats { FLOATS } else { 0 })));
        }
    }
}

/// The ways of rounding `long` to so many places that give `short`.
fn forms(short: Decimal, long: Decimal, places: i32) -> [Option<u8>; 4] {
    let nothing = [None; 4];
    if short.digits != 0 && short.negative != long.negative {
        return nothing;
    }
    let unit = u32::try_from(long.places() - places).ok().and_then(|n| 10_u128.checked_pow(n));
    let (Some(unit), Some(short)) = (unit, short.at(places)) else { return nothing };
    let (whole, rest) = (long.digits / unit, long.digits % unit);
    if short != whole && short != whole + 1 {
        return nothing;
    }
    let (up, half) = (short != whole, unit / 2);
    let cut = (!up).then_some(TOWARDS_ZERO);
    if rest == half {
        let even = short.is_multiple_of(2).then_some(HALF_EVEN);
        [None, up.then_some(HALF_UP), even, cut]
    } else if up == (rest > half) {
        [Some(NEAREST), Some(HALF_UP), Some(HALF_EVEN), cut]
    } else {
        [None, None, None, cut]
    }
}

fn words(parameter: Parameter, column: &str) -> Words {
    let digits = parameter.amount;
    let plural = if digits == 1 { "" } else { "s" };
    let form = parameter.form & !FLOATS;
    let (how, what) = match form {
        HALF_UP => ("half up", "rounded half up to"),
        HALF_EVEN => ("half even", "rounded half even to"),
        TOWARDS_ZERO => ("towards zero", "cut, not rounded, to"),
        _ => ("nearest", "rounded to"),
    };
    // Half a unit of the last digit, or a whole one; TOML reads it as it is written. The floats next
    // to the numbers meant may be a little farther apart than these.
    let floats = parameter.form & FLOATS != 0;
    let (distance, place) = match (form, floats) {
        (TOWARDS_ZERO, false) => ("1", 0),
        (TOWARDS_ZERO, true) => ("1.01", 0),
        (_, false) => ("5", 1),
        (_, true) => ("5.01", 1),
    };
    let max = format!("max = {distance}e{}", -digits - place);
    let scale = format!("digits = {digits}");
    let lines = match (parameter.form & FLOATS, form) {
        (0, NEAREST | HALF_UP) if digits >= 0 => ["kind = \"decimal_scale\"", &scale],
        (0, _) => ["kind = \"decimal_absolute\"", &max],
        _ => ["kind = \"float_absolute\"", &max],
    };
    let remedy = with_tolerance(
        "give the column the same scale on both sides, for example by `round`",
        &lines,
        column,
        "the sides keep a different number of digits",
    );
    Words {
        parameter: parameter.told(&format!("{how}, {digits} digit{plural}")),
        says: format!("{what} {digits} digit{plural} on {}", parameter.the_side()),
        remedy,
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, floats, ints, numbers};

    #[test]
    fn ways_of_rounding_are_told_apart() {
        let nearest = [("1.2537", "1.25"), ("0.128", "0.13"), ("9.999", "10")];
        assert_told(&numbers(&nearest), &[("DC0101", "governed: nearest, 2 digits", 3)]);
        let up = [("1.2537", "1.25"), ("0.125", "0.13"), ("-0.125", "-0.13"), ("0.135", "0.14")];
        assert_told(&numbers(&up), &[("DC0101", "governed: half up, 2 digits", 4)]);
        let even = [("1.2537", "1.25"), ("0.125", "0.12"), ("0.135", "0.14")];
        assert_told(&numbers(&even), &[("DC0101", "governed: half even, 2 digits", 3)]);
        let cut = [("1.2587", "1.25"), ("0.125", "0.12"), ("-0.139", "-0.13"), ("0.004", "0")];
        assert_told(&numbers(&cut), &[("DC0101", "governed: towards zero, 2 digits", 4)]);
        assert_told(&numbers(&[("1.3", "1.2537")]), &[("DC0101", "legacy: nearest, 1 digit", 1)]);
    }

    #[test]
    fn the_scale_that_explains_all_is_told() {
        // 1.2003 and 1.2 are equal to three digits too.
        let cells = [("1.2003", "1.2"), ("1.2345", "1.23"), ("7.7777", "7.78")];
        assert_told(&numbers(&cells), &[("DC0101", "governed: nearest, 2 digits", 3)]);
    }

    #[test]
    fn floats_and_thousands() {
        let cells = [(1.005_678, 1.01), (2.344, 2.34)];
        assert_told(&floats(&cells), &[("DC0101", "governed: nearest, 2 digits", 2)]);
        let cells = [(1_234_567, 1_235_000), (9_400, 9_000), (-8_801, -9_000)];
        assert_told(&ints(&cells), &[("DC0101", "governed: nearest, -3 digits", 3)]);
    }

    #[test]
    fn near_misses() {
        let cells = [("1.2537", "1.26"), ("1.2537", "-1.25"), ("0.129", "0.14"), ("1.25", "1.35")];
        assert_silent("DC0101", &numbers(&cells));
        assert_silent("DC0101", &ints(&[(17, 20), (3, 0), (1, 2)]));
    }

    #[test]
    fn numbers_of_any_length_are_looked_at() {
        let long = format!("0.{}", "3".repeat(37));
        assert_told(&numbers(&[(&long, "0.33")]), &[("DC0101", "governed: nearest, 2 digits", 1)]);
        let longer = format!("0.{}", "3".repeat(60));
        assert_told(&numbers(&[(&longer, "0.33")]), &[]);
        assert_told(&floats(&[(1e300, 1e-300)]), &[]);
    }
}
