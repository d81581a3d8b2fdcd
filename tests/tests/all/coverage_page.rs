//! `docs/dialects.md` and `docs/dialects/*.md` are made from the definitions, and are current.

use model::Dialect;
use sql::Values;
use std::{fmt::Write as _, fs, path::PathBuf};
use tests::recorded;
use transpiler::{Construct, Coverage, TARGETS, Transpiler};

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// Dialects that statements are read in.
pub(crate) fn sources() -> impl Iterator<Item = Dialect> {
    Dialect::ALL.into_iter().filter(|d| !transpiler::coverage(*d).is_empty())
}

const HEAD: &str = "\
# Dialects

What is translated from which dialect to which target. This page and those of the single dialects are
made from the definitions and the recorded cases; `GNOMON_WRITE_DOCS=1 cargo nextest run -p tests
coverage_page` writes them anew.

*Constructs* are functions, operators, casts and forms with their argument types. Each is an
**identity** (the target means the same, which the tests execute), a **rewrite** (written in another
way there) or **refused**. What is not in the tables at all is refused too, with its place.

*Recorded cases* are statements with the values that the vendor's engine gives, or its documentation
says. A case is right, or it is refused; the tests execute all of them.

A translation speaks of statements that the source answers. Some that the source rejects have an answer
on the target: a row that is written twice into a SET table (Teradata), a quoted name in small letters
that another query calls without quotes (Snowflake), `abs(-2147483648)` (Trino), a stored value that is
too long for the one moment until the MERGE deletes its row (Oracle). A replay shows these: only one
side fails.

";

fn summary() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("| source | constructs |");
    for to in TARGETS {
        let _ = write!(page, " {}: identity | rewrite | refused |", to.title());
    }
    page.push_str("\n|---|--:|");
    page.push_str(&"--:|--:|--:|".repeat(TARGETS.len()));
    page.push('\n');
    for dialect in sources() {
        let all = transpiler::coverage(dialect);
        let _ = write!(page, "| [{}](dialects/{dialect}.md) | {} |", dialect.title(), all.len());
        for index in 0..TARGETS.len() {
            let count = |test: fn(&Coverage) -> bool| {
                all.iter().filter(|c| c.on.get(index).is_some_and(test)).count()
            };
            let _ = write!(
                page,
                " {} | {} | {} |",
                count(|c| *c == Coverage::Identity),
                count(|c| *c == Coverage::Rewrite),
                count(|c| matches!(c, Coverage::Refused(_)))
            );
        }
        page.push('\n');
    }
    page.push_str("\n## Recorded cases\n\n| source | cases |");
    for to in TARGETS {
        let _ = write!(page, " translated to {} |", to.title());
    }
    page.push_str("\n|---|--:|");
    page.push_str(&"--:|".repeat(TARGETS.len()));
    page.push('\n');
    for dialect in sources() {
        let cases = recorded::cases(dialect).unwrap();
        let (tables, _) = recorded::tables(dialect).unwrap();
        let tables: Vec<_> = tables.into_iter().map(|t| t.vendor).collect();
        let _ = write!(page, "| {} | {} |", dialect.title(), cases.len());
        for to in TARGETS {
            let translated = cases
                .iter()
                .filter(|case| {
                    let given = case.settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
                    let settings = sql::SourceSettings::with(dialect, given).unwrap();
                    let transpiler = Transpiler::under(settings, to, &tables);
                    transpiler.translate(&case.sql, &[]).is_ok()
                })
                .count();
            let share = translated * 100 / cases.len().max(1);
            let _ = write!(page, " {translated} ({share} %) |");
        }
        page.push('\n');
    }
    page
}

fn dialect_page(dialect: Dialect, all: &[Construct]) -> String {
    let mut page = format!("# {}\n\n", dialect.title());
    let settings = sql::settings(dialect);
    if !settings.is_empty() {
        page.push_str("## Settings\n\n| setting | values, the default first | what it changes |\n|---|---|---|\n");
        for setting in settings {
            let others = match setting.values {
                Values::OneOf(values) => values
                    .iter()
                    .filter(|value| **value != setting.default)
                    .map(|value| format!("`{value}`"))
                    .collect::<Vec<_>>()
                    .join(", "),
                Values::AnyOf(words) => format!("any of {}", listed(words.iter())),
                Values::AnyOfGroups(words, groups) => {
                    let groups = listed(groups.iter().map(|(name, _)| name));
                    format!("any of {}, or {groups} for several", listed(words.iter()))
                }
                Values::Number => "another number".to_owned(),
                Values::Zone => "a region".to_owned(),
            };
            let _ = writeln!(
                page,
                "| `{}` | `{}`, {} | {} |",
                setting.name,
                setting.default,
                others,
                setting.page.split_whitespace().collect::<Vec<_>>().join(" ")
            );
        }
        page.push('\n');
    }
    let types = sql::type_spellings(dialect);
    if !types.is_empty() {
        page.push_str("## Types\n\n| type | read as |\n|---|---|\n");
        for (spelling, core) in types {
            let _ = writeln!(page, "| `{spelling}` | `{core}` |");
        }
        page.push('\n');
    }
    page.push_str("## Constructs\n\n| construct |");
    for to in TARGETS {
        let _ = write!(page, " {} |", to.title());
    }
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(TARGETS.len()));
    page.push('\n');
    for construct in all {
        let _ = write!(page, "| `{}` |", construct.name.replace('|', "\\|"));
        for on in &construct.on {
            let word = match on {
                Coverage::Identity => "identity",
                Coverage::Rewrite => "rewrite",
                Coverage::Refused(_) => "refused",
            };
            let _ = write!(page, " {word} |");
        }
        page.push('\n');
    }
    page
}

#[test]
fn coverage_pages_are_current() {
    let mut pages = vec![(docs().join("dialects.md"), summary())];
    for dialect in sources() {
        let page = dialect_page(dialect, &transpiler::coverage(dialect));
        pages.push((docs().join("dialects").join(format!("{dialect}.md")), page));
    }
    if std::env::var_os("GNOMON_WRITE_DOCS").is_some() {
        fs::create_dir_all(docs().join("dialects")).unwrap();
        for (path, page) in &pages {
            fs::write(path, page).unwrap();
        }
    }
    for (path, page) in pages {
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == page,
            "{} is not current: GNOMON_WRITE_DOCS=1 cargo nextest run -p tests coverage_page",
            path.display()
        );
    }
}

/// Words of a setting, with commas between them.
fn listed<'w>(words: impl Iterator<Item = &'w &'static str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
