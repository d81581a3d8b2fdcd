//! The pages of the tolerances.

use super::Page;
use model::ToleranceKind;

/// One of each kind, so that a new kind does not compile without a page.
const KINDS: [ToleranceKind; 5] = [
    ToleranceKind::FloatAbsolute { max: 0.0 },
    ToleranceKind::FloatRelative { max: 0.0 },
    ToleranceKind::DecimalScale { digits: 0 },
    ToleranceKind::TimePrecision { micros: 0 },
    ToleranceKind::JsonValue,
];

/// A page for each kind.
pub(super) fn pages() -> impl Iterator<Item = Page> {
    KINDS.iter().map(|kind| {
        let (title, text) = text(kind);
        Page { code: kind.code(), title: title.to_owned(), text: text.to_owned() }
    })
}

const fn text(kind: &ToleranceKind) -> (&'static str, &'static str) {
    match kind {
        ToleranceKind::FloatAbsolute { .. } => (
            "floats that differ by at most `max`",
            "\
Excuses two unequal numbers, at least one of them a float, where |legacy - governed| ≤ `max`. It is
decided on the exact values. NaN and infinities are never excused.

    [[tolerances]]
    kind = \"float_absolute\"
    max = 0.005
    scope = { column = \"share\" }
    reason = \"percentages are shown with two digits\"

Use it where values are near zero; elsewhere `float_relative` (TL0002) says more.",
        ),
        ToleranceKind::FloatRelative { .. } => (
            "floats that differ by at most `max` of the larger one",
            "\
Excuses two unequal numbers, at least one of them a float, where |legacy - governed| ≤ `max` × the
larger magnitude. It is decided on the exact values, without a division. NaN and infinities are
never excused; nor is a value against zero.

    [[tolerances]]
    kind = \"float_relative\"
    max = 1e-9
    reason = \"sums of floats depend on the order of the rows\"",
        ),
        ToleranceKind::DecimalScale { .. } => (
            "exact numbers that agree in `digits` digits after the point",
            "\
Excuses two unequal numbers that are equal once both are rounded, half away from zero, to `digits`
digits after the decimal point. Values are matched in pairs; nothing is rounded into buckets. Floats
are not exact numbers: `float_absolute` and `float_relative` speak for them.

    [[tolerances]]
    kind = \"decimal_scale\"
    digits = 6
    scope = { column = \"avg_price\" }
    reason = \"the engines give quotients a different number of digits\"",
        ),
        ToleranceKind::TimePrecision { .. } => (
            "times that differ by less than `micros`",
            "\
Excuses two unequal times of day or points in time (a date against a timestamp included) where
|legacy - governed| is below `micros` microseconds, because engines keep a different number of
digits of a second. Two dates and infinities are never excused.

    [[tolerances]]
    kind = \"time_precision\"
    micros = 1000
    reason = \"the new engine keeps milliseconds\"",
        ),
        ToleranceKind::JsonValue => (
            "JSON and texts out of it that are written in another way",
            "\
Excuses two unequal texts, or two cells of JSON, that are both JSON and equal by value, where a number
with a point or an exponent counts as a float of 64 bits: `1.5` for `1.50`, `{\"a\":1}` for
`{\"a\": 1}`. Other texts are never excused. Cells of JSON on both sides are equal by their exact
value without it.

    [[tolerances]]
    kind = \"json_value\"
    scope = { column = \"payload\" }
    reason = \"the engines write JSON in different ways\"",
        ),
    }
}
