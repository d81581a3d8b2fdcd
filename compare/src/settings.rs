//! What a team accepts, and the bounds of the work.

mod columns;
mod contradiction;
mod covered;
mod error;
mod tables;

pub use error::SettingsError;

use crate::{
    kind::Kind,
    tolerances::{Rule, compile},
};
use model::{Scope, Tolerance};
use std::sync::Arc;

/// Most tolerances: each is held against every other one, and against every column.
const TOLERANCES_MAX: usize = 10_000;

/// Tolerances that have been checked, and the bounds of one comparison. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) rules: Arc<[Rule]>,
    /// How many of the rules, from the first, the team gave.
    pub(crate) given: usize,
    pub(crate) examples_max: usize,
    pub(crate) match_checks_max: u64,
    pub(crate) pair_rows_max: usize,
    pub(crate) cell_bytes_max: usize,
}

/// How much a comparison looks at and keeps, of one statement. Counts are exact whatever these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Examples of differences that are kept.
    pub examples: usize,
    /// Pairs of rows that are checked against the tolerances. A difference that rests on the bound
    /// alone is inconclusive, never a mismatch.
    pub match_checks: u64,
    /// Differing rows a side among which pairs of changed rows are looked for without a key; the rest
    /// is shown as missing and extra.
    pub pair_rows: usize,
    /// Bytes of the text of a shown cell.
    pub cell_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { examples: 20, match_checks: 4_000_000, pair_rows: 10_000, cell_bytes: 65_536 }
    }
}

impl Settings {
    /// Settings with these tolerances and the default [`Bounds`].
    ///
    /// # Errors
    /// A tolerance that cannot be meant: see [`SettingsError`].
    pub fn new(tolerances: Vec<Tolerance>) -> Result<Self, SettingsError> {
        if tolerances.len() > TOLERANCES_MAX {
            let (count, max) = (tolerances.len(), TOLERANCES_MAX);
            return Err(SettingsError::TooMany { count, max });
        }
        let mut rules: Vec<Rule> = Vec::with_capacity(tolerances.len());
        for (index, tolerance) in tolerances.into_iter().enumerate() {
            let position = index + 1;
            let code = tolerance.kind.code();
            if tolerance.reason.trim().is_empty() {
                return Err(SettingsError::NoReason { position, code });
            }
            if let Some(part) = empty_part(&tolerance.scope) {
                return Err(SettingsError::EmptyScope { position, code, part });
            }
            let twin = rules.iter().position(|rule| {
                rule.tolerance.kind.code() == code && rule.tolerance.scope == tolerance.scope
            });
            if let Some(twin) = twin {
                return Err(SettingsError::Duplicate { first: twin + 1, position, code });
            }
            let rule = ready(position, tolerance)?;
            check_type(position, &rule)?;
            for (before, other) in rules.iter().enumerate() {
                let (by, covered) = (before + 1, position);
                if covered::covers(&other.tolerance, &rule.tolerance) {
                    return Err(SettingsError::Covered { position: covered, by, code });
                }
                if covered::covers(&rule.tolerance, &other.tolerance) {
                    return Err(SettingsError::Covered { position: by, by: covered, code });
                }
                if contradiction::contradicts(&other.tolerance, &rule.tolerance) {
                    return Err(SettingsError::Contradiction { first: by, position, code });
                }
            }
            rules.push(rule);
        }
        let bounds = Bounds::default();
        Ok(Self {
            given: rules.len(),
            rules: rules.into(),
            examples_max: bounds.examples,
            match_checks_max: bounds.match_checks,
            pair_rows_max: bounds.pair_rows,
            cell_bytes_max: bounds.cell_bytes,
        })
    }

    /// The same tolerances within other bounds.
    #[must_use]
    pub fn with_bounds(self, bounds: Bounds) -> Self {
        self.with_examples_max(bounds.examples)
            .with_match_checks_max(bounds.match_checks)
            .with_pair_rows_max(bounds.pair_rows)
            .with_cell_bytes_max(bounds.cell_bytes)
    }

    /// These settings with further tolerances behind them, which one statement needs. What the team
    /// gave goes first.
    ///
    /// # Errors
    /// A limit outside its range.
    pub fn and(&self, more: Vec<Tolerance>) -> Result<Self, SettingsError> {
        let own = self.tolerances().cloned();
        let mut rules: Vec<Rule> = Vec::with_capacity(self.rules.len() + more.len());
        for (index, tolerance) in own.chain(more).enumerate() {
            rules.push(ready(index + 1, tolerance)?);
        }
        Ok(Self { rules: rules.into(), ..*self })
    }

    /// Keeps at most this many examples of differences a statement.
    #[must_use]
    pub fn with_examples_max(self, examples_max: usize) -> Self {
        Self { examples_max, ..self }
    }

    /// Checks at most this many pairs of rows against the tolerances a statement. A difference
    /// that rests on the bound alone is inconclusive, never a mismatch.
    #[must_use]
    pub fn with_match_checks_max(self, match_checks_max: u64) -> Self {
        Self { match_checks_max, ..self }
    }

    /// Looks for pairs of changed rows among at most this many differing rows a side; the rest is
    /// shown as missing and extra.
    #[must_use]
    pub fn with_pair_rows_max(self, pair_rows_max: usize) -> Self {
        Self { pair_rows_max, ..self }
    }

    /// Cuts the text of a shown cell at this many bytes.
    #[must_use]
    pub fn with_cell_bytes_max(self, cell_bytes_max: usize) -> Self {
        Self { cell_bytes_max, ..self }
    }

    /// The tolerances, in the order given.
    pub fn tolerances(&self) -> impl Iterator<Item = &Tolerance> {
        self.rules.iter().map(|rule| &rule.tolerance)
    }
}

fn ready(position: usize, tolerance: Tolerance) -> Result<Rule, SettingsError> {
    match compile(&tolerance.kind, &tolerance.scope) {
        Ok(means) => Ok(Rule { tolerance, means }),
        Err(problem) => {
            Err(SettingsError::Limit { position, code: tolerance.kind.code(), problem })
        }
    }
}

fn empty_part(scope: &Scope) -> Option<&'static str> {
    let parts = [
        ("column", &scope.column),
        ("table", &scope.table),
        ("type", &scope.data_type),
        ("fingerprint", &scope.fingerprint),
        ("statement", &scope.statement),
    ];
    parts
        .into_iter()
        .find_map(|(name, part)| part.as_deref().is_some_and(str::is_empty).then_some(name))
}

/// Is the type that the scope names one that there is, and one that the rule speaks of?
fn check_type(position: usize, rule: &Rule) -> Result<(), SettingsError> {
    let Some(wanted) = &rule.tolerance.scope.data_type else { return Ok(()) };
    let code = rule.tolerance.kind.code();
    let samples = Kind::samples();
    let named: Vec<&Kind> = samples.iter().filter(|kind| kind.is_called(wanted)).collect();
    if named.is_empty() {
        let (name, known) = (wanted.clone(), Kind::NAMES.join("`, `"));
        return Err(SettingsError::UnknownType { position, code, name, known });
    }
    // What is inside them may be anything.
    if ["list", "struct", "map"].contains(&wanted.as_str()) {
        return Ok(());
    }
    let touches = |kind: &&Kind| {
        rule.touches(kind, kind) || samples.iter().any(|other| rule.touches(kind, other))
    };
    if named.iter().any(touches) {
        return Ok(());
    }
    let kind = rule.tolerance.kind.name();
    Err(SettingsError::TypeForNothing { position, code, kind, name: wanted.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ToleranceKind;

    fn tolerance(kind: ToleranceKind) -> Tolerance {
        Tolerance { kind, scope: Scope::default(), reason: "noise of sums".to_owned() }
    }

    #[test]
    fn good_tolerances_are_kept_in_order() {
        let both = vec![
            tolerance(ToleranceKind::FloatRelative { max: 1e-9 }),
            tolerance(ToleranceKind::FloatAbsolute { max: 0.0 }),
        ];
        let settings = Settings::new(both.clone()).unwrap();
        assert!(settings.tolerances().eq(&both));
    }

    #[test]
    fn what_a_statement_needs_stands_behind_what_the_team_gave() {
        let team = tolerance(ToleranceKind::FloatRelative { max: 1e-6 });
        let settings = Settings::new(vec![team.clone()]).unwrap().with_examples_max(3);
        let own = tolerance(ToleranceKind::FloatRelative { max: 1e-12 });
        let both = settings.and(vec![own.clone()]).unwrap();
        assert!(both.tolerances().eq(&[team, own]));
        assert_eq!(both.examples_max, 3);
        assert!(settings.and(vec![tolerance(ToleranceKind::FloatAbsolute { max: -1.0 })]).is_err());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let reason = |reason: &str| Tolerance {
            reason: reason.to_owned(),
            ..tolerance(ToleranceKind::FloatAbsolute { max: 1.0 })
        };
        for (bad, message) in [
            (tolerance(ToleranceKind::FloatAbsolute { max: -1.0 }), "0 or more"),
            (tolerance(ToleranceKind::FloatAbsolute { max: f64::NAN }), "finite"),
            (tolerance(ToleranceKind::FloatRelative { max: 1.5 }), "every pair"),
            (tolerance(ToleranceKind::DecimalScale { digits: 20_000 }), "digits"),
            (tolerance(ToleranceKind::TimePrecision { micros: 0 }), "nothing"),
            (tolerance(ToleranceKind::FloatUlps { max: u32::MAX }), "steps"),
            (tolerance(ToleranceKind::DecimalAbsolute { max: -0.01 }), "0 or more"),
            (tolerance(ToleranceKind::DecimalRelative { max: 2.0 }), "every pair"),
            (reason(" \t"), "no reason"),
        ] {
            let error = Settings::new(vec![bad]).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
            assert!(error.starts_with("tolerance 1 (TL000"), "{error}");
        }
        let (legacy, governed) = ("Europe/Berln".to_owned(), "UTC".to_owned());
        let zone = tolerance(ToleranceKind::TimeZone { legacy, governed });
        let error = Settings::new(vec![zone]).unwrap_err().to_string();
        assert!(error.contains("TL0014") && error.contains("`Europe/Berln`"), "{error}");
    }

    #[test]
    fn the_number_of_tolerances_is_bounded() {
        let kind = ToleranceKind::TextCase;
        let of = |column: usize| {
            let mut tolerance = tolerance(kind.clone());
            tolerance.scope.column = Some(column.to_string());
            tolerance
        };
        let error = Settings::new((0..=TOLERANCES_MAX).map(of).collect()).unwrap_err();
        assert_eq!(error.to_string(), "there are 10001 tolerances; the limit is 10000");
        assert_eq!(error.position(), TOLERANCES_MAX + 1);
    }

    #[test]
    fn a_type_must_be_one_that_the_rule_speaks_of() {
        let of = |name: &str, kind: ToleranceKind| {
            let mut tolerance = tolerance(kind);
            tolerance.scope.data_type = Some(name.to_owned());
            Settings::new(vec![tolerance]).map(|_| ()).map_err(|error| error.to_string())
        };
        let error = of("numeric", ToleranceKind::TextCase).unwrap_err();
        assert!(error.contains("`numeric`, which is unknown; known are `bool`, "), "{error}");
        let error = of("text", ToleranceKind::FloatAbsolute { max: 0.1 }).unwrap_err();
        assert!(error.contains("`text`, of which `float_absolute` says nothing"), "{error}");
        // An exact number may meet a float on the other side.
        assert_eq!(of("decimal", ToleranceKind::FloatAbsolute { max: 0.1 }), Ok(()));
        assert_eq!(of("int", ToleranceKind::DecimalAbsolute { max: 1.0 }), Ok(()));
        assert_eq!(of("list", ToleranceKind::FloatAbsolute { max: 0.1 }), Ok(()));
        assert_eq!(of("struct", ToleranceKind::StructByName), Ok(()));
        // A list of texts is of the type inside it too.
        assert_eq!(of("text", ToleranceKind::ListMultiset), Ok(()));
        assert!(of("text", ToleranceKind::NanIsNull).is_err());
    }

    #[test]
    fn duplicates_are_refused_only_within_one_scope() {
        let tight = tolerance(ToleranceKind::FloatRelative { max: 1e-9 });
        let mut wide = tolerance(ToleranceKind::FloatRelative { max: 1e-6 });
        let error = Settings::new(vec![tight.clone(), wide.clone()]).unwrap_err();
        assert_eq!(error, SettingsError::Duplicate { first: 1, position: 2, code: "TL0002" });
        wide.scope.column = Some("avg".to_owned());
        assert!(Settings::new(vec![tight.clone(), wide.clone()]).is_ok());
        // The other way round the narrower scope changes nothing, wherever it stands.
        let (everywhere, column) = (
            Tolerance { scope: Scope::default(), ..wide.clone() },
            Tolerance { scope: wide.scope.clone(), ..tight.clone() },
        );
        let error = Settings::new(vec![everywhere.clone(), column.clone()]).unwrap_err();
        assert_eq!(error, SettingsError::Covered { position: 2, by: 1, code: "TL0002" });
        let error = Settings::new(vec![column, everywhere]).unwrap_err();
        assert_eq!(error, SettingsError::Covered { position: 1, by: 2, code: "TL0002" });
        wide.scope.column = Some(String::new());
        let error = Settings::new(vec![tight, wide]).unwrap_err();
        assert!(matches!(error, SettingsError::EmptyScope { part: "column", .. }));
    }
}
