//! Checks of whole pages: well-formed, offline, balanced, bounded, and deaf to hostile text.

mod causes;

use super::{PAGE_BYTES_MAX, write_html, write_pair};
use crate::fixture;
use model::report::{ItemReport, RunReport};
use model::{Difference, Differences, Outcome, Verdict};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

fn page(report: &RunReport) -> String {
    let mut out = Vec::new();
    write_html(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn pair() -> String {
    let mut out = Vec::new();
    write_pair(&fixture::unchanged(), &fixture::transpiled(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn pages() -> Vec<String> {
    fixture::all().iter().map(page).chain([pair()]).collect()
}

/// One start or end tag.
#[derive(Debug)]
struct Tag {
    name: String,
    end: bool,
    attributes: Vec<(String, String)>,
}

/// The tags of a page, read strictly: what is written here needs no more of HTML.
fn tags(page: &str) -> Vec<Tag> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("the document type comes first");
    let mut found = Vec::new();
    while let Some((text, tag)) = rest.split_once('<') {
        assert!(!text.contains('>'), "a bare `>` in {text}");
        let (inner, after) = split_tag(tag);
        let (end, inner) = match inner.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, inner),
        };
        let (name, attributes) = match inner.split_once(' ') {
            Some((name, attributes)) => (name, read_attributes(attributes)),
            None => (inner, vec![]),
        };
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "tag {name}");
        found.push(Tag { name: name.to_owned(), end, attributes });
        rest = after;
        // Their content is no markup.
        if !end && ["style", "script"].contains(&name) {
            let close = format!("</{name}>");
            let (content, _) = rest.split_once(&close).expect("style and script are closed");
            rest = rest.strip_prefix(content).unwrap();
        }
    }
    found
}

/// A tag's inside up to the `>` that is in no quotes.
fn split_tag(tag: &str) -> (&str, &str) {
    let mut quoted = false;
    let end = tag.find(|c| {
        quoted ^= c == '"';
        c == '>' && !quoted
    });
    let (inner, after) = tag.split_at(end.expect("a tag is closed"));
    (inner, after.strip_prefix('>').unwrap())
}

fn read_attributes(mut text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while !text.is_empty() {
        let name_end = text.find(['=', ' ']).unwrap_or(text.len());
        let (name, rest) = text.split_at(name_end);
        let (value, rest) = match rest.strip_prefix("=\"") {
            Some(value) => value.split_once('"').expect("a value ends with its quote"),
            None => ("", rest),
        };
        assert!(!name.is_empty() && !value.contains('<'), "attribute `{name}` = `{value}`");
        assert!(found.iter().all(|(known, _)| known != name), "two attributes `{name}`");
        found.push((name.to_owned(), value.to_owned()));
        text = rest.trim_start();
    }
    found
}

/// Every value of `attribute`, with the tag's name.
fn values<'a>(tags: &'a [Tag], attribute: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    tags.iter().flat_map(move |tag| {
        let of = tag.attributes.iter().filter(move |(name, _)| name == attribute);
        of.map(|(_, value)| (tag.name.as_str(), value.as_str()))
    })
}

#[test]
fn pages_are_well_formed() {
    const VOID: [&str; 5] = ["meta", "link", "input", "wbr", "br"];
    for page in pages() {
        let mut open: Vec<String> = Vec::new();
        for tag in tags(&page) {
            if tag.end {
                assert_eq!(open.pop().as_deref(), Some(tag.name.as_str()), "inside {open:?}");
            } else if !VOID.contains(&tag.name.as_str()) {
                open.push(tag.name);
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}

/// The reader itself must not let hostile text through.
#[test]
fn the_reader_of_pages_refuses_what_breaks_out() {
    for planted in [
        "<!DOCTYPE html><p>a > b</p>",
        "<!DOCTYPE html><p class=\"a\" class=\"b\"></p>",
        "<!DOCTYPE html><p title=\"<b>\"></p>",
        "<!DOCTYPE html><p title=\"open></p>",
        "<!DOCTYPE html><script>alert(1)",
        "<html></html>",
    ] {
        assert!(std::panic::catch_unwind(|| tags(planted)).is_err(), "{planted}");
    }
}

#[test]
fn ids_are_unique_and_links_lead_somewhere() {
    for page in pages() {
        let tags = tags(&page);
        let ids: Vec<&str> = values(&tags, "id").map(|(_, id)| id).collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len());
        let targets: Vec<&str> = values(&tags, "href").map(|(_, href)| href).collect();
        assert!(targets.len() > 10);
        for target in targets.into_iter().filter(|target| *target != "data:,") {
            let id = target.strip_prefix('#').unwrap_or_else(|| panic!("{target} leads outside"));
            assert!(distinct.contains(id), "{target}");
        }
    }
}

#[test]
fn permalinks_are_the_ids_of_statements() {
    assert!(page(&fixture::everything()).contains("<details class=\"stmt\" id=\"traps-01\""));
    let pair = pair();
    assert!(pair.contains("id=\"traps-01\"") && pair.contains("id=\"unchanged-traps-01\""));
}

#[test]
fn nothing_is_loaded_and_only_our_script_runs() {
    for page in pages() {
        let tags = tags(&page);
        for attribute in ["src", "srcset", "action", "data", "poster", "background"] {
            assert_eq!(values(&tags, attribute).next(), None, "{attribute}");
        }
        let scripts = tags.iter().filter(|tag| tag.name == "script" && !tag.end).count();
        assert_eq!(scripts, 1);
        for tag in &tags {
            let handler = tag.attributes.iter().find(|(name, _)| name.starts_with("on"));
            assert!(handler.is_none(), "{handler:?}");
            assert!(
                !["img", "iframe", "object", "embed", "base", "form"].contains(&tag.name.as_str())
            );
        }
        assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    }
}

#[test]
fn hostile_text_is_shown_and_never_acts() {
    let page = page(&fixture::everything());
    assert!(page.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"));
    let (before_script, _) = page.split_once("<script>").unwrap();
    assert!(!before_script.contains("</script"));
    assert!(!page.contains("<img") && !page.contains("<b onclick"));
    // A direction or control character would change what stands beside it.
    let raw = |c: char| {
        c != '\n' && c != '\t' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c))
    };
    assert_eq!(page.chars().find(|c| raw(*c)), None);
    assert!(page.contains("⟨U+202E⟩") && page.contains("⟨ESC⟩"));
}

#[test]
fn null_is_not_the_text_null() {
    let page = page(&fixture::everything());
    assert!(page.contains("<span class=\"null\">NULL</span>"));
    assert!(page.contains(">NULL</td>"));
}

#[test]
fn totals_balance_on_the_page() {
    for report in fixture::all() {
        let page = page(&report);
        let tags = tags(&page);
        let listed = tags.iter().filter(|tag| !tag.end && tag.name == "details");
        let statements =
            listed.filter(|tag| tag.attributes.contains(&("class".into(), "stmt".into())));
        assert_eq!(statements.count() as u64, report.totals.sum());
        // The parts of the bar grow by the exact counts.
        let grown: u64 = values(&tags, "style")
            .filter_map(|(_, style)| style.strip_prefix("flex-grow:")?.parse::<u64>().ok())
            .sum();
        assert_eq!(grown, report.totals.sum());
        let summary = crate::Summary::of(&report);
        assert!(page.contains(&summary.verdict_line()));
        // No percentage anywhere in what is said: none could be rounded up to 100.
        let (_, body) = page.split_once("<main").unwrap();
        let (body, _) = body.split_once("<script>").unwrap();
        assert!(!body.contains("100 %") && !body.contains("100%"));
    }
}

#[test]
fn a_tiny_share_of_mismatches_is_never_hidden() {
    let mut report = fixture::transpiled();
    let matched = report.items[0].clone();
    let wrong = fixture::everything().items[4].clone();
    report.items = (0..100_000).map(|i| renamed(&matched, i)).chain([wrong]).collect();
    let report = RunReport::new(report.run, report.items);
    let page = page(&report);
    assert!(page.len() <= PAGE_BYTES_MAX, "{}", page.len());
    assert!(page.contains("1 of 100,001 statements differ without anybody being told"));
    // The one that matters is listed with its rows; the rest is cut, and counted.
    assert!(page.contains("33333<ins>.333333333336</ins>"));
    assert!(page.contains("statements not listed to keep this page small"));
}

fn renamed(item: &ItemReport, i: usize) -> ItemReport {
    let mut item = item.clone();
    item.item.statement = format!("log-{i}");
    item.item.index = i as u64;
    item
}

#[test]
fn long_statements_and_wide_rows_stay_in_bounds() {
    let mut report = fixture::everything();
    let base = report.items[4].clone();
    let cell = Some("<\u{202e}\" ".repeat(600));
    report.items = (0..20)
        .map(|i| {
            let mut item = renamed(&base, i);
            item.item.sql = format!("SELECT {i} {}", "<a & b> ".repeat(12_500));
            for (outcome, text) in [(&mut item.legacy, "c d "), (&mut item.governed, "e f ")] {
                let outcome: &mut Outcome = outcome.as_mut().unwrap();
                outcome.executed_sql = format!("{} {i}", text.repeat(25_000));
            }
            let judgement = item.judgement.as_mut().unwrap();
            judgement.verdict = Verdict::Mismatch;
            judgement.differences = Differences {
                missing_rows: 1_000,
                examples: vec![Difference::Missing { row: vec![cell.clone(); 35], times: 1 }; 45],
                ..Differences::default()
            };
            item
        })
        .collect();
    let report = RunReport::new(report.run, report.items);
    let start = Instant::now();
    let page = page(&report);
    assert!(page.len() <= PAGE_BYTES_MAX, "{}", page.len());
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert!(page.contains("listed without details to keep this page small"));
}

#[test]
fn texts_too_large_to_compare_say_so() {
    let mut report = fixture::everything();
    let mut item = report.items[4].clone();
    item.legacy.as_mut().unwrap().executed_sql = "a b c d ".repeat(12_500);
    item.governed.as_mut().unwrap().executed_sql = "e f g h ".repeat(12_500);
    report.items = vec![item];
    let page = page(&RunReport::new(report.run, report.items));
    assert!(page.contains("too large to look for single differences"));
    assert!(page.contains("80,000 more characters in the JSON report"));
}

#[test]
fn the_demo_page_says_what_was_removed() {
    let page = pair();
    assert!(page.contains("5 silent differences without the transpiler, 0 with it."));
    assert!(page.contains("What the transpiler changed: 8 statements"));
    assert!(page.len() <= PAGE_BYTES_MAX);
}

#[test]
fn an_empty_run_has_a_page() {
    let run = fixture::transpiled().run;
    let page = page(&RunReport::new(run, vec![]));
    assert!(page.contains("0 statements: 0 match"));
}
