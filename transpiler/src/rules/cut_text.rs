//! Texts that the source cuts at a number of bytes, with a warning.

use crate::{
    rule::{Fidelity, Rule, from, value_itself},
    targets::Target,
};
use model::{Caveat, Dialect};

pub(crate) static RULE: Rule = Rule {
    code: "TR0232",
    name: "text that the source cuts",
    fidelity: Fidelity::Approximate(Caveat::CutText),
    constructs: &["cut_text"],
    page: "\
MySQL cuts what GROUP_CONCAT joins at `group_concat_max_len` bytes, 1,024 if nobody says another number, and warns where few look. No target has such a limit, so the text is whole here. Say the source's number in the setting `group_concat_max_len`: from 1,073,741,824 on nothing is cut, and the translation is exact. Teradata cuts the texts of a set operation at the length of those of its first SELECT; where no type says that length, they are whole here.",
    emit: value_itself,
    examples: &[
        from(
            Dialect::MySql,
            Target::DuckDb,
            "SELECT GROUP_CONCAT(x ORDER BY i) AS a FROM t",
            "SELECT string_agg(x, ',' ORDER BY i NULLS FIRST) AS a\nFROM t",
        ),
        from(
            Dialect::MySql,
            Target::DataFusion,
            "SELECT GROUP_CONCAT(x ORDER BY i) AS a FROM t",
            "SELECT string_agg(x, ',' ORDER BY i NULLS FIRST) AS a\nFROM t",
        ),
    ],
};
