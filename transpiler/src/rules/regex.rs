//! What RE2 and PostgreSQL see differently in a text, raised before a pattern is tried.

use crate::{emit::Emitter, targets::Target};

pub(super) use sql::regex::read;

/// Characters that are letters for one engine and not for the other: marks, digits and letters of
/// other kinds than plain ones, and what stands beyond the basic plane.
pub(super) const AMBIGUOUS: &str = r"[\pM\x{24B6}-\x{24E9}\x{10000}-\x{10FFFF}]|[^\PN0-9]";

/// Characters that fold to ASCII letters for RE2 and not for PostgreSQL, or the other way round.
const COUSINS: &str = r"[\x{130}\x{131}\x{17F}\x{212A}]";

/// `template` over the text `{0}` under a pattern of ASCII that folds case, raised where the text
/// has letters that fold in other ways.
pub(super) fn folded(emitter: &Emitter, template: &str) -> String {
    let test = match emitter.target() {
        Target::DuckDb => "regexp_matches",
        Target::DataFusion | Target::Postgres => "regexp_like",
    };
    let condition = format!("{test}({{0}}, '{COUSINS}')");
    emitter.raise_if(&condition, "case of such a letter is not known", template)
}

/// `template` over the text `{0}`, raised where the engines see other words in it.
pub(super) fn guarded(emitter: &Emitter, template: &str) -> String {
    let test = match emitter.target() {
        Target::DuckDb => "regexp_matches",
        Target::DataFusion | Target::Postgres => "regexp_like",
    };
    let condition = format!("{test}({{0}}, '{AMBIGUOUS}')");
    emitter.raise_if(&condition, "a word with such a character is not known", template)
}
