//! The page of each code, for `gnomon explain` and the generated documentation.

use crate::{
    BY_DEFINITION, DOES_NOT_BIND, NAME_COLLISION, NO_TRANSLATION, UNKNOWN_PAIR,
    rule::{Example, Fidelity},
    rules,
    targets::Target,
};
use model::Caveat;
use std::fmt::Write as _;

/// What there is to know about one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The code.
    pub code: &'static str,
    /// Its title.
    pub title: String,
    /// Markdown.
    pub text: String,
}

/// The pages of all transpile codes, in order of their codes.
pub fn pages() -> Vec<Page> {
    let mut pages: Vec<Page> = rules::all()
        .map(|rule| {
            let mut text = String::new();
            let fidelity = match rule.fidelity {
                Fidelity::Exact => "exact".to_owned(),
                Fidelity::Approximate(caveat) => format!("approximate: {caveat}"),
            };
            let _ = writeln!(text, "{}\n\nFidelity: {fidelity}.", rule.page.trim());
            let codes: Vec<&str> = rule
                .fidelity
                .caveat()
                .into_iter()
                .flat_map(Caveat::tolerances)
                .map(|kind| kind.code())
                .collect();
            if !codes.is_empty() {
                let _ = writeln!(
                    text,
                    "\nA run compares by that ({}) the columns that the rule reaches, and notes what it excused under this code.",
                    codes.join(", ")
                );
            }
            for example in rule.examples {
                let _ = write!(text, "\n{}", shown(example));
            }
            Page { code: rule.code, title: rule.name.to_owned(), text }
        })
        .collect();
    for (code, title, text) in OTHERS {
        pages.push(Page { code, title: (*title).to_owned(), text: (*text).to_owned() });
    }
    pages.sort_by_key(|page| page.code);
    pages
}

fn shown(example: &Example) -> String {
    let from = example.from.title();
    let name = match example.target {
        Target::DuckDb => "DuckDB",
        Target::DataFusion => "DataFusion",
        Target::Postgres => "PostgreSQL",
    };
    match example.becomes {
        Some(text) => format!("```sql\n-- {from}\n{}\n-- {name}\n{text}\n```\n", example.sql),
        None => format!("```sql\n-- {from}, refused for {name}\n{}\n```\n", example.sql),
    }
}

/// Codes that are no rule's: what definitions do, and refusals.
const OTHERS: &[(&str, &str, &str)] = &[
    (
        BY_DEFINITION,
        "construct of the dialect, written out by its definition",
        "What another dialect has and PostgreSQL has not, or has in another meaning, is defined by a line such as `zeroifnull(numeric) = coalesce($1, 0)`: a PostgreSQL expression over the arguments, verified by recorded statements of the dialect. The line takes the place of the rule's name. What a line makes may be changed further by the rules of the target.\n\nFidelity: exact.\n\n```sql\n-- Snowflake\nSELECT zeroifnull(a) AS b FROM t\n-- PostgreSQL\nSELECT coalesce(a, 0) AS b\nFROM t\n```\n",
    ),
    (
        sql::UNPARSABLE,
        "statement cannot be parsed",
        "The text does not follow the grammar of its dialect as far as it is known. The place is where the text stops making sense.\n",
    ),
    (
        sql::codes::UNSUPPORTED,
        "construct not supported",
        "The statement holds a clause or form for which no translation is known. It is refused rather than passed on.\n",
    ),
    (
        sql::codes::UNKNOWN_TABLE,
        "table not in the catalog",
        "Translating needs the types of columns, so every table must be in the catalog. Give its columns, or let the catalog be read from the legacy engine.\n",
    ),
    (
        sql::codes::UNKNOWN_COLUMN,
        "column not known",
        "No table in scope has the column, or several have.\n",
    ),
    (
        sql::codes::UNKNOWN_FUNCTION,
        "function not known",
        "The function or operator is not known for arguments of these types. User-defined functions are not translated.\n",
    ),
    (
        sql::codes::TYPES,
        "types not known",
        "The types of the operands are not known or do not go together, so no translation can be chosen. \"Needs type of `x`\" says whose type is missing: the catalog gives `x` none that is known, or a parameter is bound without one. Such a value can be selected, counted and asked for NULL, since that is the same for every type.\n",
    ),
    (
        sql::codes::LITERAL,
        "literal not understood",
        "The literal's text is not understood as a value of its type, or could mean several.\n",
    ),
    (
        sql::codes::DEPTH,
        "statement too deep",
        "The statement nests deeper than the translator follows.\n",
    ),
    (
        sql::codes::LEFT_OUT,
        "left out",
        "A note, no refusal: a hint, a setting of the server, a way to spread rows or the database of a table was left out, because it changes no result.\n",
    ),
    (
        NO_TRANSLATION,
        "no translation known",
        "No rule translates this construct to the target, and the target has no function that was verified to give the same value for every input.\n",
    ),
    (
        NAME_COLLISION,
        "names differ in case only",
        "DuckDB does not tell names apart by case. Two such names in one statement cannot be kept apart.\n",
    ),
    (
        UNKNOWN_PAIR,
        "unknown pair of dialects",
        "No translation between the two dialects is known.\n",
    ),
    (
        DOES_NOT_BIND,
        "translation does not bind",
        "The target engine was asked to read the translation without running it, and refused: a table or column that the catalog has is not there, or is of another type, or the translation is wrong. The engine's message is given. If the tables agree, please report it.\n",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_sorted() {
        let codes: Vec<&str> = pages().iter().map(|page| page.code).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    }

    #[test]
    fn what_the_binder_says_has_a_page() {
        let pages = pages();
        let declared = include_str!("../../sql/src/bind.rs").lines().filter_map(|line| {
            let code = line.trim().strip_prefix("pub const ")?.split('"').nth(1)?;
            code.starts_with("TR").then_some(code)
        });
        let missing: Vec<&str> =
            declared.filter(|code| pages.iter().all(|page| page.code != *code)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
