//! Constructs of the dialect that its definitions wrote out in the core language, and where they stand
//! in the translation.
//!
//! All that a definition made has the place of the construct in the tree, so the outermost expression
//! of that place is what became of it.

use crate::{
    BY_DEFINITION,
    fragment::Fragment,
    marks::{Marks, Place},
    rule::Emit,
};
use model::{AppliedRule, Fidelity, RuleSpan, Span};
use sql::{
    Lowered,
    tree::{Call, Expr},
};
use std::collections::{BTreeMap, HashSet};

/// What a value by chance is marked with.
const CHANCE: &str = "chance";

/// Longest definition that is shown, in characters.
const SHOWN_MAX: usize = 100;

/// The constructs of a statement.
#[derive(Debug, Default)]
pub(super) struct Lowerings {
    /// In the order of their places.
    all: Vec<Lowered>,
    /// The ones that are being printed, innermost last.
    open: Vec<Span>,
}

/// Who prints expressions, and marks what definitions made.
pub(super) trait Marking {
    /// What is to be marked, and the marks so far.
    fn marking(&mut self) -> (&mut Lowerings, &mut Marks);

    /// Prints an expression without marks of its own.
    fn unmarked(&mut self, expr: &Expr) -> Emit<Fragment>;

    /// Prints an expression, between marks where a definition made it, and where chance does.
    fn marked(&mut self, expr: &Expr) -> Emit<Fragment> {
        let Some(definition) = self.marking().0.enter(expr.span) else {
            return self.with_chance(expr);
        };
        let printed = self.with_chance(expr);
        let (lowered, marks) = self.marking();
        lowered.open.pop();
        let Fragment { text, level } = printed?;
        Ok(Fragment { text: marks.around(definition, expr.span, &text), level })
    }

    /// Prints an expression, between marks if it is a value by chance.
    fn with_chance(&mut self, expr: &Expr) -> Emit<Fragment> {
        let printed = self.unmarked(expr)?;
        if !expr.call().is_some_and(Call::is_chance) {
            return Ok(printed);
        }
        let Fragment { text, level } = printed;
        Ok(Fragment { text: self.marking().1.around(CHANCE, expr.span, &text), level })
    }
}

/// A value by chance that stands twice in the text: a form that repeats its operand would take two
/// values of it.
pub(super) fn chance_repeated(places: &[Place]) -> Option<Span> {
    let mut seen = HashSet::new();
    let mut chances = places.iter().filter(|place| place.by == CHANCE);
    chances.find(|place| !seen.insert(place.source)).map(|place| place.source)
}

impl Lowerings {
    pub(super) fn new(all: Vec<Lowered>) -> Self {
        Self { all, open: Vec::new() }
    }

    /// The definition that made the expression at this place, unless it is a part of what it made.
    fn enter(&mut self, span: Span) -> Option<&'static str> {
        if self.all.is_empty() || self.open.contains(&span) {
            return None;
        }
        let at = self.all.binary_search_by_key(&span, |one| one.span).ok()?;
        self.open.push(span);
        Some(self.all.get(at)?.definition)
    }

    /// The definitions that stand in the translation, in order, and how many constructs they wrote.
    pub(super) fn places(&self, places: &[Place]) -> Vec<(&'static str, u32)> {
        // Both can be as many as the statement has calls.
        let standing: HashSet<(&str, Span)> =
            places.iter().map(|place| (place.by, place.source)).collect();
        let mut times: BTreeMap<&'static str, u32> = BTreeMap::new();
        for one in &self.all {
            if standing.contains(&(one.definition, one.span)) {
                *times.entry(one.definition).or_default() += 1;
            }
        }
        times.into_iter().collect()
    }
}

/// A definition as it is listed among the rules.
pub(super) fn rule(definition: &str, times: u32, spans: Vec<RuleSpan>) -> AppliedRule {
    let mut name: String = definition.chars().take(SHOWN_MAX).collect();
    if name.len() < definition.len() {
        name.push('…');
    }
    AppliedRule {
        code: BY_DEFINITION.to_owned(),
        name,
        times,
        fidelity: Fidelity::Exact,
        spans,
        caveat: None,
        columns: None,
    }
}

#[cfg(test)]
mod tests {
    use crate::Transpiler;
    use model::Dialect;

    fn refused(sql: &str, to: Dialect) -> bool {
        match Transpiler::new(Dialect::Postgres, to, &[]).translate(sql, &[]) {
            Ok(_) => false,
            Err(why) => {
                assert!(format!("{why:?}").contains("by chance"), "{sql}: {why:?}");
                true
            }
        }
    }

    #[test]
    fn a_value_by_chance_is_made_once() {
        let rows = "FROM (VALUES (1)) AS t(i)";
        // The divisor is looked at before it divides.
        for from in [rows.to_owned(), format!("{rows} TABLESAMPLE BERNOULLI (50)")] {
            let divided = format!("SELECT 1 / (random() * 9)::int AS q {from}");
            assert!(refused(&divided, Dialect::DuckDb), "{divided}");
        }
        for to in [Dialect::DuckDb, Dialect::DataFusion, Dialect::Postgres] {
            for fine in [
                format!("SELECT 'random()' AS a, random() AS b {rows}"),
                format!("SELECT random() AS \"random()\" {rows}"),
                format!("SELECT random() AS a, random() AS b {rows}"),
                format!("SELECT random() AS a, (SELECT u.i {rows} LIMIT 1) AS b {rows}")
                    .replace("u.i", "i"),
                format!("SELECT random() AS a {rows} ORDER BY a"),
            ] {
                assert!(!refused(&fine, to), "{fine}");
            }
        }
    }
}
