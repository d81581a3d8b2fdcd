//! From the typed tree to the target's text. Rules come first; then what is the same everywhere;
//! whatever is left is refused.

mod alike;
mod calls;
mod common_forms;
mod convert;
mod datafusion;
mod duckdb;
mod expr;
mod guard;
mod key;
mod literal;
mod loose_digits;
mod lowered;
mod names;
mod order;
mod postgres;
mod query;
mod relation;
mod row_in_query;
mod sample;
mod set_operation;
mod statement;

pub(crate) use {
    convert::fixed_scale,
    datafusion::in_floats::is_float,
    literal::interval,
    names::{quoted, text_literal},
};

use crate::{
    NO_TRANSLATION,
    fragment::Fragment,
    marks::{Marks, Place},
    rule::{Emit, Rule},
    rules,
    targets::Target,
};
use foldhash::HashMap;
use loose_digits::LooseDigits;
use lowered::Lowerings;
use model::{AppliedRule, Diagnostic, Dialect, RuleSpan, Span};
use sql::{
    Lowered, SourceSettings,
    tree::{Column, Expr, Relation},
};
use std::collections::{BTreeMap, BTreeSet};

/// Longest text of one expression, in bytes: a bound on time and memory for nested guards.
const TEXT_BYTES_MAX: usize = 256 * 1024;

/// A text that is long by itself is not refused for being long.
const TIMES_LONGER_MAX: usize = 16;

/// Is the text of an expression longer than what is written explains? What repeats its operand doubles
/// each time it is nested; a long list is long in the source.
fn is_too_long(text: &str, expr: &Expr) -> bool {
    let written = expr.span.end.saturating_sub(expr.span.start);
    text.len() > TEXT_BYTES_MAX && text.len() > written.saturating_mul(TIMES_LONGER_MAX)
}

/// Most places that are kept of one rule in one statement.
const SPANS_MAX: usize = 16;

/// The state of one translation.
#[expect(clippy::struct_excessive_bools, reason = "each says something else of the statement")]
pub(crate) struct Emitter {
    target: Target,
    /// How often each rule changed something.
    applied: BTreeMap<&'static str, (&'static Rule, u32)>,
    /// Where each of them stands in the text.
    marks: Marks,
    places: Vec<Place>,
    /// Constructs that the dialect's definitions wrote out.
    lowered: Lowerings,
    /// Where the items of the outermost SELECT stand in the text, with their names.
    outputs: Vec<(Span, String)>,
    /// Identifiers by their lower-case form.
    names: HashMap<String, String>,
    /// Are columns written with their relation? Inside sort and group keys an output name could
    /// hide them.
    qualify: bool,
    /// Where in a query something is being written.
    around: Around,
    /// Was a query written for a value? DataFusion then forgets how the rows around it are sorted.
    values_of_queries: bool,
    /// Could DataFusion leave out keys in this statement?
    keys_may_be_mistaken: bool,
    /// Is there a DISTINCT over a join of what INTERSECT or EXCEPT give in this statement?
    distinct_over_join: bool,
    /// Could DataFusion move conditions below aggregates in this statement?
    conditions_may_be_moved: bool,
    /// Does a query of this statement ask something of the rows of a query inside?
    conditions_above: bool,
    /// Does a query inside of this statement's give what is computed in floats there and is none?
    floats_inside: bool,
    /// Could DataFusion leave out keys of a sort that are constants in a branch of UNION ALL?
    branches_sorted: bool,
    /// Names of WITH queries so far: DataFusion takes each name once in a statement.
    with_names: BTreeSet<String>,
    /// Queries of WITH RECURSIVE so far.
    recursive: Vec<datafusion::recursive::Recursive>,
    /// Depth of queries: only the outermost is written over several lines.
    depth: u32,
    /// How the aggregates of the SELECT sort their input.
    aggregate_orders: AggregateOrders,
    /// The SELECTs that are being written, outermost first, where their names matter.
    selects: Vec<duckdb::Names>,
    /// Floats that the SELECT is grouped by and that are written as keys in it.
    group_keys: Vec<Expr>,
    /// Keys of several sets of keys in the SELECT, of which DataFusion must know nothing.
    opaque_keys: Vec<Expr>,
    /// Full joins by names of the SELECT.
    merged: Vec<datafusion::full_join::Merged>,
    /// Relations that are computed around others, and what their columns are written as.
    hosted: Vec<datafusion::hosted::Hosted>,
    replaced: Vec<datafusion::written_out::Replaced>,
    /// Tables of the queries around what is written, by their names.
    tables: Vec<(String, Relation)>,
    /// Is the statement an INSERT?
    inserts: bool,
    /// Columns whose values show other digits than their type says.
    loose: LooseDigits,
    /// Where the item of a SELECT list that is being written stands, if it may give several rows.
    rows_item: Option<Span>,
    /// The dialect that the statement was read from.
    source: Dialect,
    /// Does the session's clock never change? Then no time on the wall comes twice.
    steady_clock: bool,
    json_text: JsonText,
    json: JsonTexts,
}

/// Where in a query a value is written.
#[derive(Debug, Default, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each says something else of the place")]
struct Around {
    /// In a WHERE or HAVING: `DataFusion` takes IN and EXISTS with a query only there.
    filtering: bool,
    /// In a WHERE or HAVING, whatever is in it.
    condition: bool,
    /// In a SELECT that may choose among its rows by their numbers, or whose rows others choose from.
    numbers_asked: bool,
    /// In a value or the WHERE of a SELECT that gathers no rows: only there it plans a query for each.
    each_row: bool,
}

/// The orders in which aggregates of a SELECT take their input: `DataFusion` sorts it in one way for
/// all that join texts.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says something else of the calls")]
struct AggregateOrders {
    /// Is there one without an order of its own?
    open: bool,
    /// Is there one with an order?
    sorted: bool,
    /// The order of those that join texts.
    of_texts: Option<String>,
    /// Their first keys, with their directions.
    first_keys: Vec<(Expr, bool)>,
    /// May what they look at be sorted already?
    from_sorted: bool,
    /// Is there one of distinct values?
    of_sets: bool,
}

/// What counts of JSON: the setting `json_text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JsonText {
    /// What it says.
    Value,
    /// How it is written, too.
    Exact,
}

/// Whether the statement reads text as `jsonb`, and shows `jsonb` as text: what was not written by
/// PostgreSQL has its keys in an order of its own.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct JsonTexts {
    read: bool,
    shown: bool,
    /// Both are so, as a translation before this one found.
    both: bool,
}

impl Emitter {
    pub(crate) fn new(target: Target) -> Self {
        Self {
            target,
            applied: BTreeMap::new(),
            marks: Marks::default(),
            places: Vec::new(),
            lowered: Lowerings::default(),
            outputs: Vec::new(),
            names: HashMap::default(),
            qualify: false,
            around: Around::default(),
            values_of_queries: false,
            keys_may_be_mistaken: false,
            distinct_over_join: false,
            conditions_may_be_moved: false,
            conditions_above: false,
            floats_inside: false,
            branches_sorted: false,
            with_names: BTreeSet::new(),
            recursive: Vec::new(),
            depth: 0,
            aggregate_orders: AggregateOrders::default(),
            selects: Vec::new(),
            group_keys: Vec::new(),
            opaque_keys: Vec::new(),
            merged: Vec::new(),
            hosted: Vec::new(),
            replaced: Vec::new(),
            tables: Vec::new(),
            inserts: false,
            loose: LooseDigits::default(),
            rows_item: None,
            source: Dialect::Postgres,
            steady_clock: true,
            json_text: JsonText::Value,
            json: JsonTexts::default(),
        }
    }

    /// What the statement was read from.
    pub(crate) fn of_source(self, settings: &SourceSettings) -> Self {
        Self {
            source: settings.dialect(),
            steady_clock: settings.time_zone() == "UTC",
            json_text: match settings.get("json_text") {
                Some("exact") => JsonText::Exact,
                _ => JsonText::Value,
            },
            ..self
        }
    }

    /// The same, for a statement in which definitions wrote these constructs out.
    pub(crate) fn with_lowered(self, lowered: Vec<Lowered>) -> Self {
        Self { lowered: Lowerings::new(lowered), ..self }
    }

    /// Columns whose values show other digits than their type says.
    pub(crate) const fn loose_digits(&self) -> &LooseDigits {
        &self.loose
    }

    /// Does the session's clock never change?
    pub(crate) const fn steady_clock(&self) -> bool {
        self.steady_clock
    }

    /// Is the text of JSON kept digit by digit, whatever that takes?
    pub(crate) const fn keeps_json_text(&self) -> bool {
        matches!(self.json_text, JsonText::Exact)
    }

    /// Is the translation to be made again, since it reads and shows JSON? Then all else is as it
    /// was before.
    fn begins_again(&mut self) -> bool {
        let again = self.json.read && self.json.shown && !self.json.both;
        if again {
            *self = Self {
                source: self.source,
                steady_clock: self.steady_clock,
                json_text: self.json_text,
                json: JsonTexts { both: true, ..JsonTexts::default() },
                lowered: std::mem::take(&mut self.lowered),
                ..Self::new(self.target)
            };
        }
        again
    }

    /// Is a WHERE or HAVING being written?
    pub(crate) const fn is_filtering(&self) -> bool {
        self.around.condition
    }

    /// Was the statement written for PostgreSQL?
    pub(crate) fn is_postgres(&self) -> bool {
        self.source == Dialect::Postgres
    }

    /// Text is read as `jsonb` here.
    pub(crate) fn reads_json(&mut self) {
        self.json.read = true;
    }

    /// `jsonb` is shown as text here. Can its keys be in another order than PostgreSQL's?
    pub(crate) fn shows_json(&mut self) -> bool {
        self.json.shown = true;
        self.json.both
    }

    /// The text of a statement without marks; what they said is kept.
    fn settled(&mut self, text: &str, columns: &[Column], span: Span) -> Emit<String> {
        let Some(taken) = self.marks.taken_out(text) else {
            return self.refuse("a text of such characters is not done", span);
        };
        if let Some(place) = lowered::chance_repeated(&taken.places) {
            return self
                .refuse("a value by chance is needed twice here, which would be two,", place);
        }
        self.places = taken.places;
        let named = taken
            .items
            .into_iter()
            .filter_map(|(index, target)| Some((target, columns.get(index)?.name.clone())));
        self.outputs = named.collect();
        Ok(taken.text)
    }

    pub(crate) const fn target(&self) -> Target {
        self.target
    }

    /// What changed something, by code: definitions of the dialect, then rules. Their places are
    /// there once the statement is emitted.
    pub(crate) fn applied(&self) -> Vec<AppliedRule> {
        let rules = self.applied.values().map(|&(rule, times)| AppliedRule {
            code: rule.code.to_owned(),
            name: rule.name.to_owned(),
            times,
            fidelity: rule.fidelity.shown(),
            spans: self.spans(rule.code),
            caveat: rule.fidelity.caveat(),
            columns: rule.fidelity.caveat().and_then(|_| self.columns_reached(rule)),
        });
        let definitions = self.lowered.places(&self.places).into_iter();
        definitions
            .map(|(definition, times)| lowered::rule(definition, times, self.spans(definition)))
            .chain(rules)
            .collect()
    }

    /// Output columns that the rule reaches; nothing where that is not known.
    fn columns_reached(&self, rule: &Rule) -> Option<Vec<String>> {
        let mut reached = BTreeSet::new();
        for place in self.places.iter().filter(|place| place.by == rule.code) {
            let holds = |(target, _): &&(Span, String)| {
                target.start <= place.target.start && place.target.end <= target.end
            };
            reached.insert(self.outputs.iter().find(holds)?.1.clone());
        }
        Some(reached.into_iter().collect())
    }

    fn spans(&self, by: &str) -> Vec<RuleSpan> {
        let own = self.places.iter().filter(|place| place.by == by);
        own.take(SPANS_MAX)
            .map(|place| RuleSpan { source: place.source, target: place.target })
            .collect()
    }

    /// Counts a rule that has no place of its own.
    pub(crate) fn count(&mut self, rule: &'static Rule) {
        self.applied.entry(rule.code).or_insert((rule, 0)).1 += 1;
    }

    /// `text`, which `rule` made from what stands at `source`; the rule is counted.
    pub(crate) fn made_by(&mut self, rule: &'static Rule, source: Span, text: &str) -> String {
        self.count(rule);
        self.marks.around(rule.code, source, text)
    }

    /// The first rule that applies to an expression of this construct.
    fn by_rule(&mut self, construct: &str, expr: &Expr) -> Emit<Option<Fragment>> {
        for rule in rules::of(construct) {
            if let Some(fragment) = (rule.emit)(self, expr)? {
                self.within_bounds(&fragment, expr)?;
                let text = self.made_by(rule, expr.span, &fragment.text);
                return Ok(Some(Fragment { text, level: fragment.level }));
            }
        }
        Ok(None)
    }

    /// A guard repeats its operands, so that nested guards double each time.
    fn within_bounds(&self, fragment: &Fragment, expr: &Expr) -> Emit<()> {
        if fragment.text.len() > TEXT_BYTES_MAX {
            return self.refuse("a translation this long is not done", expr.span);
        }
        Ok(())
    }

    /// A refusal at `span`.
    pub(crate) fn refuse<T>(&self, what: impl Into<String>, span: Span) -> Emit<T> {
        let message = format!("{} on {}", what.into(), self.target.dialect());
        Err(Box::new(Diagnostic::error(NO_TRANSLATION, message, Some(span))))
    }

    /// Every argument of a call, in order.
    pub(crate) fn args(&mut self, args: &[Expr]) -> Emit<Vec<Fragment>> {
        args.iter().map(|arg| self.expr(arg)).collect()
    }
}
