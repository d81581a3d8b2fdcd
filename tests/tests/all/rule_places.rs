//! Places of applied rules: each lies in its text, on the borders of characters, and holds what it
//! claims to hold.

use crate::coverage_page::sources;
use model::Dialect;
use tests::recorded;
use transpiler::Transpiler;

/// Is the piece an expression, or an element of ORDER BY or GROUP BY, as far as the parser knows the
/// target? It does not know DuckDB's `IGNORE NULLS` inside of a call, but Snowflake's, nor its `EXCLUDE`
/// of a frame, but PostgreSQL's.
fn is_whole(piece: &str, to: Dialect) -> bool {
    ["SELECT", "SELECT 1 ORDER BY", "SELECT 1 GROUP BY"].iter().any(|before| {
        let text = format!("{before} {piece}");
        [to, Dialect::Snowflake, Dialect::Postgres].iter().any(|by| sql::parse(&text, *by).is_ok())
    })
}

/// Are there more parentheses that open than close?
fn is_unclosed(piece: &str) -> bool {
    piece.matches('(').count() > piece.matches(')').count()
}

#[test]
fn places_lie_in_their_texts_and_hold_whole_expressions() {
    let (mut seen, mut unclosed) = (0_u32, 0_u32);
    for from in sources() {
        let tables: Vec<_> =
            recorded::tables(from).unwrap().0.into_iter().map(|table| table.vendor).collect();
        let cases = recorded::cases(from).unwrap();
        for to in [Dialect::DuckDb, Dialect::DataFusion, Dialect::Postgres] {
            for case in &cases {
                let given = case.settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
                let settings = sql::SourceSettings::with(from, given).unwrap();
                let transpiler = Transpiler::under(settings, to, &tables);
                let Ok(translation) = transpiler.translate(&case.sql, &[]) else { continue };
                let text = &translation.sql;
                assert!(!text.contains(['\u{FDD0}', '\u{FDD1}', '\u{FDD2}', '\u{FDD3}']), "{text}");
                for rule in &translation.rules {
                    assert!(rule.spans.len() <= 16, "{}: {}", rule.code, case.id);
                    for span in &rule.spans {
                        let (start, end) = (span.source.start, span.source.end);
                        let source = case.sql.get(start..end);
                        let source = source.unwrap_or_else(|| panic!("{}: {span:?}", case.id));
                        unclosed += u32::from(is_unclosed(source));
                        let piece = text.get(span.target.start..span.target.end);
                        let piece = piece.unwrap_or_else(|| panic!("{}: {span:?}", case.id));
                        assert!(
                            is_whole(piece, to),
                            "{}, {}: `{piece}` of {text}",
                            case.id,
                            rule.code
                        );
                        seen += 1;
                    }
                }
                for mark in &translation.not_comparable {
                    let (start, end) = (mark.span.start, mark.span.end);
                    assert!(case.sql.get(start..end).is_some(), "{}: {mark:?}", case.id);
                }
            }
        }
    }
    assert!(seen > 2_000, "only {seen} places were seen");
    assert!(unclosed < seen / 100, "{unclosed} of {seen} places are cut inside of parentheses");
}
