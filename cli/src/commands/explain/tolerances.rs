//! The pages of the tolerances.

use super::Page;
use model::{Blanks, ToleranceKind};

/// One of each kind, so that a new kind does not compile without a page.
static KINDS: [ToleranceKind; 16] = [
    ToleranceKind::FloatAbsolute { max: 0.0 },
    ToleranceKind::FloatRelative { max: 0.0 },
    ToleranceKind::DecimalScale { digits: 0 },
    ToleranceKind::TimePrecision { micros: 0 },
    ToleranceKind::JsonValue,
    ToleranceKind::FloatUlps { max: 0 },
    ToleranceKind::DecimalAbsolute { max: 0.0 },
    ToleranceKind::DecimalRelative { max: 0.0 },
    ToleranceKind::TextTrim { blanks: Blanks::Trailing },
    ToleranceKind::TextCase,
    ToleranceKind::TextNfc,
    ToleranceKind::NullIsEmpty,
    ToleranceKind::NanIsNull,
    ToleranceKind::TimeZone { legacy: String::new(), governed: String::new() },
    ToleranceKind::ListMultiset,
    ToleranceKind::StructByName,
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
        ToleranceKind::FloatAbsolute { .. }
        | ToleranceKind::FloatRelative { .. }
        | ToleranceKind::FloatUlps { .. } => floats(kind),
        ToleranceKind::DecimalScale { .. }
        | ToleranceKind::DecimalAbsolute { .. }
        | ToleranceKind::DecimalRelative { .. } => decimals(kind),
        ToleranceKind::TimePrecision { .. } | ToleranceKind::TimeZone { .. } => times(kind),
        ToleranceKind::JsonValue | ToleranceKind::ListMultiset | ToleranceKind::StructByName => {
            documents(kind)
        }
        ToleranceKind::TextTrim { .. }
        | ToleranceKind::TextCase
        | ToleranceKind::TextNfc
        | ToleranceKind::NullIsEmpty
        | ToleranceKind::NanIsNull => forms(kind),
    }
}

const fn floats(kind: &ToleranceKind) -> (&'static str, &'static str) {
    match kind {
        ToleranceKind::FloatAbsolute { .. } => (
            "floats that differ by at most `max`",
            "\
Excuses two unequal numbers, at least one of them a float, where |legacy - governed| ≤ `max`. It is
decided on the exact values. NaN and infinities are never excused. Two exact numbers are for
`decimal_absolute` (TL0007).

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
never excused; nor is a value against zero. Two exact numbers are for `decimal_relative` (TL0008).

    [[tolerances]]
    kind = \"float_relative\"
    max = 1e-9
    reason = \"sums of floats depend on the order of the rows\"",
        ),
        _ => (
            "floats that are at most `max` units in the last place apart",
            "\
Excuses two unequal numbers, at least one of them a float, that are at most `max` steps from one float
to the next apart. The steps are those of the narrower of the two types: a double against a single
must lie between the singles that are `max` steps below and above. 0.0 and -0.0 are no step apart. NaN
and infinities are never excused.

    [[tolerances]]
    kind = \"float_ulps\"
    max = 4
    scope = { type = \"float64\" }
    reason = \"the engines round the last digits of logarithms in other ways\"",
        ),
    }
}

const fn decimals(kind: &ToleranceKind) -> (&'static str, &'static str) {
    match kind {
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
        ToleranceKind::DecimalAbsolute { .. } => (
            "exact numbers that differ by at most `max`",
            "\
Excuses two unequal exact numbers where |legacy - governed| ≤ `max`, which counts as it is written: 0.01
is one hundredth. Integers are exact numbers too, and most of them are keys: they are compared within
it only where the scope names their column or type.

    [[tolerances]]
    kind = \"decimal_absolute\"
    max = 0.01
    scope = { table = \"orders\", column = \"tax\" }
    reason = \"the old warehouse rounds each line, the new one the sum\"",
        ),
        _ => (
            "exact numbers that differ by at most `max` of the larger one",
            "\
Excuses two unequal exact numbers where |legacy - governed| ≤ `max` × the larger magnitude; `max` counts
as it is written. A value against zero is never excused. Integers are compared within it only where
the scope names their column or type.

    [[tolerances]]
    kind = \"decimal_relative\"
    max = 0.0001
    scope = { column = \"revenue\" }
    reason = \"rates of exchange are kept with fewer digits\"",
        ),
    }
}

const fn times(kind: &ToleranceKind) -> (&'static str, &'static str) {
    match kind {
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
        _ => (
            "times that are the same instant in the zones of the two sides",
            "\
Excuses two timestamps, or two texts of timestamps, that are the same instant, where one without a zone
or an offset is read in the zone of its side. A local time that comes twice when clocks are set back
is either instant; one that is left out when they are set forward is read with the offset before.
Dates and infinities are never excused. `time_precision` (TL0004) beside it counts between the
instants.

    [[tolerances]]
    kind = \"time_zone\"
    legacy = \"Europe/Berlin\"
    governed = \"UTC\"
    scope = { type = \"timestamp\" }
    reason = \"the old warehouse keeps local times\"",
        ),
    }
}

const fn documents(kind: &ToleranceKind) -> (&'static str, &'static str) {
    match kind {
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
        ToleranceKind::ListMultiset => (
            "lists of the same elements in another order",
            "\
Excuses two lists of the same elements in another order; copies count. Other tolerances of the column
hold for the elements. Of lists whose elements are nested and near each other only, at most 100,000
pairs of elements are tried; where that does not do, the lists are told apart.

    [[tolerances]]
    kind = \"list_multiset\"
    scope = { column = \"tags\" }
    reason = \"array_agg has no order here\"",
        ),
        _ => (
            "structs of the same fields in another order",
            "\
Compares the fields of structs by name instead of position, also inside lists and maps, where both
sides have the same names. A field that one side does not have is never excused. The ledger counts
every cell of a column whose fields stand in another order.

    [[tolerances]]
    kind = \"struct_by_name\"
    scope = { column = \"address\" }
    reason = \"the new table was made with the fields in another order\"",
        ),
    }
}

const fn forms(kind: &ToleranceKind) -> (&'static str, &'static str) {
    match kind {
        ToleranceKind::TextTrim { .. } => (
            "texts that differ in blanks at their ends",
            "\
Excuses two texts that are equal without the blanks at their end, or at both ends with
`blanks = \"both\"`. A blank is a space; tabs and line ends are characters like any other. It composes
with the other rules of text: with `text_case` (TL0010) `ABC ` is `abc`.

    [[tolerances]]
    kind = \"text_trim\"
    blanks = \"trailing\"
    scope = { column = \"code\" }
    reason = \"CHAR columns are padded in the old warehouse\"",
        ),
        ToleranceKind::TextCase => (
            "texts that differ in upper and lower case",
            "\
Excuses two texts that are equal letter by letter whatever their case, by Unicode's tables and in no
language. What has no single letter in the other case stays itself: `ß` is not `SS`. It composes with
the other rules of text.

    [[tolerances]]
    kind = \"text_case\"
    scope = { column = \"email\" }
    reason = \"the old collation does not tell case apart, so either spelling may be shown\"",
        ),
        ToleranceKind::TextNfc => (
            "texts of the same characters in other code points",
            "\
Excuses two texts that are canonically equivalent in Unicode: `é` as one code point and as `e` with an
accent behind it. Ligatures and wide letters are other characters. It composes with the other rules of
text.

    [[tolerances]]
    kind = \"text_nfc\"
    reason = \"the load into the new warehouse brings texts to normal form C\"",
        ),
        ToleranceKind::NullIsEmpty => (
            "NULL for the empty text",
            "\
Excuses NULL against the empty text. With `text_trim` (TL0009) beside it a text of blanks is empty too.

    [[tolerances]]
    kind = \"null_is_empty\"
    scope = { table = \"customers\" }
    reason = \"the old warehouse knows no empty text\"",
        ),
        _ => (
            "NULL for NaN",
            "\
Excuses NULL against NaN, of floats and of exact numbers that have a NaN.

    [[tolerances]]
    kind = \"nan_is_null\"
    scope = { type = \"float\" }
    reason = \"the export writes NaN as NULL\"",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tolerance_file::ToleranceFile;

    /// The example of each page is a file of tolerances that is read, of the page's own kind.
    #[test]
    fn the_examples_can_be_copied() {
        for page in pages() {
            let example: Vec<&str> =
                page.text.lines().filter_map(|line| line.strip_prefix("    ")).collect();
            let example = example.join("\n");
            let path = std::path::Path::new("page.toml");
            let file = ToleranceFile::parse(path, example)
                .map_err(|error| format!("{}: {}", page.code, error.render(false)))
                .unwrap();
            let codes: Vec<_> = file.settings.tolerances().map(|t| t.kind.code()).collect();
            assert_eq!(codes, [page.code]);
        }
    }

    #[test]
    fn every_kind_has_a_page_of_its_own() {
        let titles: std::collections::BTreeSet<String> = pages().map(|page| page.title).collect();
        assert_eq!(titles.len(), KINDS.len());
        assert!(KINDS.iter().zip(pages()).all(|(kind, page)| page.text.contains(kind.name())));
    }
}
