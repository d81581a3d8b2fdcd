//! The two passes of the demo side by side.

use super::Style;
use super::paint::{Page, Tone};
use crate::format::{count, engine_short};
use crate::summary::{Counts, Passes, Summary};
use crate::visible::{fit, line, pad};
use model::report::RunReport;

pub(super) fn text(unchanged: &RunReport, transpiled: &RunReport, style: Style) -> String {
    let mut page = Page::new(style);
    let (before, after) = (Summary::of(unchanged), Summary::of(transpiled));
    let passes = Passes::of(unchanged, transpiled);
    let tone = if after.counts.silent == 0 { Tone::Good } else { Tone::Bad };
    page.wrapped("", Tone::Title, &passes.sentence(), Some(tone));
    page.wrapped("", Tone::Dim, &passes.fates(), Some(Tone::Dim));
    page.line("");
    let head = row("", "unchanged", "transpiled");
    let head = page.paint(Tone::Dim, &head);
    page.line(&head);
    for (corpus, before, after) in corpora(&before, &after) {
        counts(&mut page, &corpus, before, after);
    }
    counts(&mut page, "all", before.counts, after.counts);
    let (legacy, governed) =
        (engine_short(&transpiled.run.legacy), engine_short(&transpiled.run.governed));
    page.wrapped("legacy    ", Tone::Dim, &line(&legacy), None);
    page.wrapped("governed  ", Tone::Dim, &line(&governed), None);
    page.finish()
}

/// Each corpus of either pass, with its counts in both.
fn corpora(before: &Summary, after: &Summary) -> Vec<(String, Counts, Counts)> {
    let mut found: Vec<(String, Counts, Counts)> =
        before.corpora.iter().map(|c| (c.corpus.clone(), c.counts, Counts::default())).collect();
    for corpus in &after.corpora {
        match found.iter_mut().find(|(name, ..)| *name == corpus.corpus) {
            Some((_, _, counts)) => *counts = corpus.counts,
            None => found.push((corpus.corpus.clone(), Counts::default(), corpus.counts)),
        }
    }
    found
}

fn counts(page: &mut Page, corpus: &str, before: Counts, after: Counts) {
    let title = page.paint(Tone::Title, &fit(&line(corpus), page.width()));
    page.line(&title);
    for ((label, before), (_, after)) in before.labelled().into_iter().zip(after.labelled()) {
        if before == 0 && after == 0 {
            continue;
        }
        let text = row(label, &count(before), &count(after));
        let silent = label == "mismatch, silent";
        let text = if silent { page.paint(Tone::Bad, &text) } else { text };
        page.line(&text);
    }
    let text = row("statements", &count(before.sum()), &count(after.sum()));
    let text = page.paint(Tone::Dim, &text);
    page.line(&text);
    page.line("");
}

/// At most 40 columns: the narrowest terminal that is laid out for.
fn row(label: &str, before: &str, after: &str) -> String {
    format!("  {} {before:>9} {after:>10}", pad(label, 16))
}
