//! Any bytes in any dialect, cut into statements: never a panic, every place is inside the text,
//! nothing is lost, and a text in two parts gives the same pieces. The first byte chooses the
//! dialect, the second where the parts meet.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::Dialect;
use sql::{
    SourceSettings,
    script::{PieceKind, Script},
};

/// The pieces of a text that is given up to `first` and then whole.
fn pieces(settings: &SourceSettings, text: &str, first: usize) -> Vec<(bool, String)> {
    let mut script = Script::under(settings);
    let (mut out, mut at, mut end) = (Vec::new(), 0, first);
    while at < text.len() {
        end = end.max(at);
        let part = &text[at..end];
        let cut = script.cut(part, end == text.len());
        for piece in cut.pieces {
            let own = part.get(piece.span.start..piece.span.end).unwrap();
            let comment = matches!(piece.kind, PieceKind::Comment(_));
            if let PieceKind::Refused(diagnostic) = &piece.kind
                && let Some(span) = diagnostic.span
            {
                assert!(part.get(span.start..span.end).is_some());
            }
            out.push((comment, own.to_owned()));
        }
        assert!(cut.taken > 0 || end < text.len(), "it stands still");
        assert!(part.is_char_boundary(cut.taken));
        at += cut.taken;
        if cut.taken == 0 {
            end = text.len();
        }
    }
    out
}

fuzz_target!(|data: &[u8]| {
    let [dialect, cut, rest @ ..] = data else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let settings = SourceSettings::of(Dialect::ALL[usize::from(*dialect) % Dialect::ALL.len()]);
    let whole = pieces(&settings, text, text.len());
    let first = text.floor_char_boundary(text.len() * usize::from(*cut) / 255);
    assert_eq!(pieces(&settings, text, first), whole);
});
