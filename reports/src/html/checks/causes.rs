//! Checks of what pages say of causes, columns and facets.

use super::{page, tags, values};
use crate::html::PAGE_BYTES_MAX;
use crate::{Summary, fixture};
use std::time::{Duration, Instant};

/// What stands between two texts of a page.
fn between<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let (_, rest) = page.split_once(from).unwrap_or_else(|| panic!("no {from}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to} after {from}")).0
}

#[test]
fn causes_come_before_statements_with_counts_and_links() {
    let report = fixture::clustered();
    let page = page(&report);
    let section = between(&page, "<h2>Root causes</h2>", "<h2>Statements</h2>");
    let summary = Summary::of(&report);
    assert!(summary.causes.len() >= 5, "{:#?}", summary.causes);
    for cluster in &summary.causes {
        assert!(section.contains(&crate::causes::counts(cluster)), "{}", cluster.code);
        for statement in &cluster.first_statements {
            assert!(section.contains(&format!("href=\"#{statement}\"")), "{statement}");
        }
    }
    // Both names of the rounded column have their tolerance.
    for name in ["amount", "net_amount"] {
        assert!(
            section.contains(&format!("scope = {{ column = &quot;{name}&quot; }}")),
            "{section}"
        );
    }
    assert!(!super::page(&fixture::transpiled()).contains("Root causes"));
}

/// A browser's way back from the page to what is copied.
fn copied(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((plain, tag)) = rest.split_once('<') {
        out.push_str(plain);
        let (tag, after) = tag.split_once('>').unwrap();
        rest = after;
        if let Some(code) = tag.strip_prefix("span class=\"m\" data-c=\"") {
            let code: u32 = code.trim_end_matches('"').parse().unwrap();
            out.push(char::from_u32(code).unwrap());
            rest = after.split_once("</span>").unwrap().1;
        }
    }
    out.push_str(rest);
    ["&quot;\"", "&lt;<", "&gt;>", "&amp;&"].iter().fold(out, |text, pair| {
        let (entity, c) = pair.split_at(pair.len() - 1);
        text.replace(entity, c)
    })
}

#[test]
fn what_is_copied_is_the_tolerance_whatever_the_column_is_called() {
    let report = fixture::clustered();
    let page = page(&report);
    let blocks: Vec<String> = page
        .split("<code class=\"copy-text\">")
        .skip(1)
        .map(|rest| copied(rest.split_once("</code>").unwrap().0))
        .collect();
    let causes =
        report.items.iter().flat_map(|item| &item.judgement.as_ref().unwrap().differences.causes);
    let mut seen = 0;
    for cause in causes {
        let (_, block) = cause.remedy_parts();
        assert!(block.is_empty() || blocks.iter().any(|shown| shown == block), "{block}");
        seen += usize::from(block.contains('\u{202e}'));
    }
    assert!(seen > 0, "a hostile name is among them");
}

#[test]
fn figures_are_shown_and_exact() {
    let page = page(&fixture::clustered());
    assert!(page.contains("<table class=\"sortable\">"));
    assert!(page.contains("Rows are paired by `id`, a key found in the data."));
    assert!(page.contains("data-v=\"0.005\">0.005</td>"));
    assert!(page.contains(">1 hour</td>"));
    assert!(page.contains("the chance that two different rows were taken for one is below 10^-32"));
    assert!(page.contains("the chance that two different rows were taken for one is below 10^-30"));
    assert!(page.contains("nothing known to give other values each time"));
}

#[test]
fn hostile_causes_and_pairs_stay_text() {
    let page = page(&fixture::clustered());
    let raw = |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    assert_eq!(page.chars().find(|c| raw(*c)), None);
    assert!(!page.contains("<b onclick"));
    let (before, _) = page.split_once("<script>").unwrap();
    assert!(!before.contains("</script"));
}

#[test]
fn facets_name_what_there_is() {
    let page = page(&fixture::clustered());
    let tags = tags(&page);
    let of = |key: &str| {
        let of_statements = values(&tags, key).filter(|(tag, _)| *tag == "details");
        let numbers = of_statements.flat_map(|(_, numbers)| numbers.split(' '));
        numbers.map(|number| number.parse::<usize>().unwrap()).max().unwrap()
    };
    let (causes, tables) = (of("data-c"), of("data-t"));
    for most in [causes, tables] {
        assert!(values(&tags, "value").any(|(_, value)| value == format!("!{most}")), "{most}");
    }
    assert!(
        !values(&tags, "value").any(|(_, value)| value == format!("{}", causes.max(tables) + 1))
    );
}

#[test]
fn thousands_of_statements_with_causes_stay_in_bounds() {
    let report = fixture::many(5_000);
    let start = Instant::now();
    let page = page(&report);
    assert!(page.len() <= PAGE_BYTES_MAX, "{}", page.len());
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    // Counts are of the whole run, also where lines were left out.
    let cluster = &Summary::of(&report).causes[0];
    assert!(cluster.statements > 1_400);
    assert!(page.contains(&crate::causes::counts(cluster)));
}
