//! Reports that may leave the house: values replaced, structure kept.
//!
//! What is replaced is facts, before any report is made of them, so that no format can forget one.
//! Every value of a row becomes `value 1`, `value 2`, … — the same value the same word within one
//! statement, so that one still sees what is equal and what is not; NULL and the empty text stay.
//! Literals of SQL keep their length and lose their characters; messages of engines are replaced.
//! Names of columns and tables, counts, types, and figures of differences stay.

mod text;

use model::difference::CellText;
use model::plan::{Disposition, SkipReason};
use model::report::{ItemReport, RunReport};
use model::{
    CellChange, ColumnInfo, Diagnostic, Difference, Differences, Judgement, Outcome, OutcomeResult,
    Verdict,
};
use text::{Known, Values};

pub use text::sql;

/// Stands for what an engine said, which may hold any value.
const MESSAGE: &str = "(message redacted)";

/// A run without its values.
#[must_use]
pub fn run(report: &RunReport) -> RunReport {
    let mut report = report.clone();
    report.run.title.push_str(" (values redacted)");
    report.items.iter_mut().for_each(item);
    report
}

/// A judgement without its values; `columns` are those of both sides.
#[must_use]
pub fn judgement(judgement: &Judgement, columns: [&[ColumnInfo]; 2]) -> Judgement {
    let mut judgement = judgement.clone();
    let known = Known::new(columns.into_iter().flatten().map(|column| column.name.clone()));
    Redactor { known, values: Values::default() }.judgement(&mut judgement);
    judgement
}

fn item(item: &mut ItemReport) {
    let columns = [&item.legacy, &item.governed].into_iter().flatten().flat_map(|outcome| {
        match &outcome.result {
            OutcomeResult::Rows { columns, .. } => columns.as_slice(),
            OutcomeResult::Failed(_) => &[],
        }
    });
    let facts = item.item.facts.iter();
    let tables = facts.flat_map(|facts| &facts.tables).cloned();
    let known = Known::new(columns.map(|column| column.name.clone()).chain(tables));
    let mut redactor = Redactor { known, values: Values::default() };
    for outcome in [&mut item.legacy, &mut item.governed].into_iter().flatten() {
        answer(outcome);
    }
    if let Some(judgement) = &mut item.judgement {
        redactor.judgement(judgement);
    }
    let plan = &mut item.item;
    plan.sql = sql(&plan.sql);
    for bind in &mut plan.binds {
        redactor.values.replace(&mut bind.value);
    }
    if let Some(facts) = &mut plan.facts {
        facts.volatile.iter_mut().for_each(|part| *part = sql(part));
    }
    match &mut plan.disposition {
        Disposition::Run { legacy, governed, translated, .. } => {
            for text in [&mut legacy.sql, &mut governed.sql, translated] {
                *text = sql(text);
            }
        }
        Disposition::Skip { reason } => {
            redactor.reason(reason);
            // The verdict says the same.
            let told = reason.to_string();
            if let Some(Verdict::Skipped { reason }) =
                item.judgement.as_mut().map(|judgement| &mut judgement.verdict)
            {
                *reason = told;
            }
        }
    }
}

fn answer(outcome: &mut Outcome) {
    outcome.executed_sql = sql(&outcome.executed_sql);
    if let OutcomeResult::Failed(failure) = &mut outcome.result {
        MESSAGE.clone_into(&mut failure.message);
    }
    if let Some(again) = &mut outcome.again {
        answer(again);
    }
    if let Some(wide) = &mut outcome.wide {
        answer(&mut wide.outcome);
    }
}

struct Redactor {
    /// Names, which stay.
    known: Known,
    values: Values,
}

impl Redactor {
    fn judgement(&mut self, judgement: &mut Judgement) {
        if let Verdict::Inconclusive { reason } | Verdict::Skipped { reason } =
            &mut judgement.verdict
        {
            self.sentence(reason);
        }
        self.differences(&mut judgement.differences);
    }

    fn differences(&mut self, found: &mut Differences) {
        let columns = found.columns.iter().map(|column| column.name.clone());
        self.known.extend(columns.chain(found.key.iter().flat_map(|key| key.columns.clone())));
        self.known.extend(found.causes.iter().flat_map(|cause| cause.columns.clone()));
        for difference in &mut found.examples {
            match difference {
                Difference::Missing { row, .. } | Difference::Extra { row, .. } => self.row(row),
                Difference::Changed { row, cells } => {
                    self.row(row);
                    self.changes(cells);
                }
                Difference::Order { message, .. } | Difference::Shape { message } => {
                    self.sentence(message);
                }
                Difference::Failure { legacy, governed } => {
                    for message in [legacy, governed].into_iter().flatten() {
                        MESSAGE.clone_into(message);
                    }
                }
            }
        }
        for pair in found.columns.iter_mut().flat_map(|column| &mut column.top_pairs) {
            self.values.replace(&mut pair.legacy);
            self.values.replace(&mut pair.governed);
        }
        for cause in &mut found.causes {
            self.sentence(&mut cause.parameter);
            self.sentence(&mut cause.sentence);
            self.changes(&mut cause.examples);
            let (advice, block) = cause.remedy_parts();
            let mut advice = advice.to_owned();
            let block = if block.is_empty() { String::new() } else { format!("\n\n{block}\n") };
            self.sentence(&mut advice);
            cause.remedy = advice + &block;
        }
        if let Some(noise) = &mut found.noise {
            self.judgement(&mut noise.judgement);
        }
        for entry in &mut found.ledger {
            self.changes(&mut entry.examples);
        }
        found.notes.iter_mut().for_each(|note| self.sentence(note));
    }

    fn row(&mut self, row: &mut [CellText]) {
        for cell in row {
            self.values.replace(cell);
        }
    }

    fn changes(&mut self, cells: &mut [CellChange]) {
        for cell in cells {
            self.values.replace(&mut cell.legacy);
            self.values.replace(&mut cell.governed);
        }
    }

    fn reason(&self, reason: &mut SkipReason) {
        match reason {
            // Parsers quote what they met.
            SkipReason::Unparsable { diagnostic } => {
                MESSAGE.clone_into(&mut diagnostic.message);
                diagnostic.hint = None;
            }
            SkipReason::Refused { diagnostics } => {
                for Diagnostic { message, hint, .. } in diagnostics {
                    self.sentence(message);
                    if let Some(hint) = hint {
                        self.sentence(hint);
                    }
                }
            }
            SkipReason::Write { .. }
            | SkipReason::NotAQuery { .. }
            | SkipReason::Incomplete { .. }
            | SkipReason::NotSelected { .. } => {}
        }
    }

    fn sentence(&self, text: &mut String) {
        *text = self.known.sentence(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Style;
    use crate::fixture;
    use model::{Noise, NoiseReach, WideOutcome, Wider, Window};

    const SECRET: &str = "hunter2";

    /// The run in all formats.
    fn written(report: &RunReport) -> [String; 5] {
        let mut out: [Vec<u8>; 5] = Default::default();
        let [html, json, junit, markdown, console] = &mut out;
        crate::html::write_html(report, html).unwrap();
        crate::json::write_json(report, json).unwrap();
        crate::junit::write_junit(report, junit).unwrap();
        crate::markdown::write_markdown(report, markdown).unwrap();
        let style = Style { color: false, width: 160 };
        crate::console::write_console(report, style, console).unwrap();
        out.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    /// A secret wherever a value of the data can be.
    fn leaky(mut report: RunReport) -> RunReport {
        for (at, item) in report.items.iter_mut().enumerate() {
            let secret = || Some(format!("{SECRET} {at}"));
            let literal = format!("{} -- {SECRET}\n AND x = '{SECRET} it''s {at}'", item.item.sql);
            item.item.sql.clone_from(&literal);
            for bind in &mut item.item.binds {
                bind.value = secret();
            }
            if let Disposition::Run { legacy, governed, translated, .. } =
                &mut item.item.disposition
            {
                for text in [&mut legacy.sql, &mut governed.sql, translated] {
                    text.clone_from(&literal);
                }
            }
            for outcome in [&mut item.legacy, &mut item.governed].into_iter().flatten() {
                outcome.executed_sql.clone_from(&literal);
                if let OutcomeResult::Failed(failure) = &mut outcome.result {
                    failure.message.push_str(SECRET);
                }
                let window = Window { skipped: 0, taken: None };
                let wider = Wider { window, asked: None };
                let wide = WideOutcome { wider, outcome: outcome.clone() };
                outcome.again = Some(Box::new(outcome.clone()));
                outcome.wide = Some(Box::new(wide));
            }
            let Some(judgement) = &mut item.judgement else { continue };
            let found = &mut judgement.differences;
            let own = Differences {
                notes: vec![format!("`id` was `{SECRET}`")],
                examples: vec![Difference::Missing { row: vec![secret()], times: 1 }],
                ..Differences::default()
            };
            let again = Judgement { verdict: Verdict::Match, differences: own };
            found.noise = Some(Noise { judgement: Box::new(again), reach: NoiseReach::Nothing });
            found.notes.push(format!("`value` is not `{SECRET}` but `x` {SECRET} `y`"));
            for difference in &mut found.examples {
                match difference {
                    Difference::Missing { row, .. } | Difference::Extra { row, .. } => {
                        row[0] = secret();
                    }
                    Difference::Changed { row, cells } => {
                        row[0] = secret();
                        cells[0].governed = secret();
                    }
                    Difference::Order { message, .. } | Difference::Shape { message } => {
                        message.push_str(&format!(" from `{SECRET}`"));
                    }
                    Difference::Failure { legacy, governed } => {
                        (*legacy, *governed) = (secret(), secret());
                    }
                }
            }
            for pair in found.columns.iter_mut().flat_map(|column| &mut column.top_pairs) {
                pair.legacy = secret();
            }
            for cause in &mut found.causes {
                cause.parameter = format!("legacy: `id` = `{SECRET}`");
                cause.sentence.push_str(&format!(", all with `id` = `{SECRET}`"));
                for example in &mut cause.examples {
                    example.legacy = secret();
                }
            }
            for example in found.ledger.iter_mut().flat_map(|entry| &mut entry.examples) {
                example.legacy = secret();
            }
        }
        report
    }

    #[test]
    fn no_value_is_left_in_any_format() {
        for report in fixture::all() {
            let report = leaky(report);
            // The plant must show where nothing is redacted.
            let shown = written(&report).iter().filter(|text| text.contains(SECRET)).count();
            assert!(shown == 5 || (shown >= 2 && report.totals.mismatched == 0), "{shown}");
            for text in written(&run(&report)) {
                let at = text.find(SECRET).map(|at| text.get(at.saturating_sub(200)..at + 20));
                assert_eq!(at, None);
            }
        }
    }

    #[test]
    fn structure_stays() {
        let report = fixture::clustered();
        let redacted = run(&report);
        let (before, after) = (crate::Summary::of(&report), crate::Summary::of(&redacted));
        assert_eq!(before.counts, after.counts);
        let told = |summary: &crate::Summary| {
            let causes = summary.causes.iter();
            causes
                .map(|c| (c.parameter.clone(), c.statements, c.tolerances.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&before), told(&after));
        assert_eq!(report.totals, redacted.totals);
        for (a, b) in report.items.iter().zip(&redacted.items) {
            assert_eq!(a.item.sql.len(), b.item.sql.len());
            let pairs = |item: &ItemReport| {
                let columns = &item.judgement.as_ref().unwrap().differences.columns;
                let pairs = columns.iter().flat_map(|column| column.top_pairs.clone());
                pairs.map(|pair| (pair.legacy, pair.governed)).collect::<Vec<_>>()
            };
            for ((l, g), (redacted_l, redacted_g)) in pairs(a).into_iter().zip(pairs(b)) {
                assert_eq!(l == g, redacted_l == redacted_g);
                assert_eq!(
                    (l.is_none(), g.is_none()),
                    (redacted_l.is_none(), redacted_g.is_none())
                );
            }
        }
        // What was redacted once has nothing left.
        let again = run(&redacted);
        assert_eq!(crate::Summary::of(&again).mismatches, after.mismatches);
    }
}
