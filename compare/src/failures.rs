//! Verdicts where a side failed.

use model::{Difference, Differences, Failure, FailureClass, Judgement, Side, Verdict};

/// Judges a pair of answers of which at least one is a failure.
pub(crate) fn judge(legacy: Option<&Failure>, governed: Option<&Failure>) -> Judgement {
    let mut differences = Differences::default();
    let sides = [(Side::Legacy, legacy), (Side::Governed, governed)];
    let untold: Vec<_> = sides
        .iter()
        .filter_map(|(side, failure)| Some((side, (*failure)?)))
        .filter(|(_, failure)| !tells(failure.class))
        .map(|(side, failure)| {
            format!(
                "the {side} side failed with SQLSTATE {}: {}",
                failure.sqlstate, failure.message
            )
        })
        .collect();
    if !untold.is_empty() {
        let reason = untold.join("; ");
        return Judgement { verdict: Verdict::Inconclusive { reason }, differences };
    }
    if let (Some(a), Some(b)) = (legacy, governed)
        && a.class == b.class
        && a.sqlstate.class() == b.sqlstate.class()
    {
        differences.notes.push(format!(
            "both sides failed alike: legacy with SQLSTATE {}, governed with SQLSTATE {}",
            a.sqlstate, b.sqlstate
        ));
        return Judgement { verdict: Verdict::Match, differences };
    }
    differences.examples.push(Difference::Failure {
        legacy: legacy.map(Failure::to_string),
        governed: governed.map(Failure::to_string),
    });
    Judgement { verdict: Verdict::Mismatch, differences }
}

/// Does a failure of this class say something about the statement? The others say something about
/// the day: another run may end differently.
pub(crate) fn tells(class: FailureClass) -> bool {
    match class {
        FailureClass::Statement | FailureClass::Refused => true,
        FailureClass::Resource
        | FailureClass::Transient
        | FailureClass::Unreachable
        | FailureClass::Unrepresentable => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{MismatchClass, SqlState};

    fn failure(class: FailureClass, sqlstate: &str) -> Failure {
        Failure {
            class,
            sqlstate: SqlState::parse(sqlstate).unwrap(),
            message: "it failed".to_owned(),
            code: None,
            position: None,
        }
    }

    fn statement(sqlstate: &str) -> Failure {
        failure(FailureClass::Statement, sqlstate)
    }

    #[test]
    fn the_same_class_of_sqlstate_is_a_match() {
        let found = judge(Some(&statement("22012")), Some(&statement("22000")));
        assert_eq!(found.verdict, Verdict::Match);
        assert_eq!(found.differences.notes.len(), 1);
        assert!(found.differences.notes[0].contains("22012"));
        assert!(found.differences.notes[0].contains("22000"));
    }

    #[test]
    fn other_classes_and_one_sided_failures_are_mismatches_of_their_own_class() {
        let (data, syntax) = (statement("22012"), statement("42601"));
        for (l, g, class) in [
            (Some(&data), Some(&syntax), MismatchClass::FailuresDiffer),
            (Some(&data), None, MismatchClass::LegacyFailed),
            (None, Some(&data), MismatchClass::GovernedFailed),
        ] {
            let found = judge(l, g);
            assert_eq!(found.verdict, Verdict::Mismatch);
            assert_eq!(found.mismatch_class(), Some(class));
            let expected = Difference::Failure {
                legacy: l.map(ToString::to_string),
                governed: g.map(ToString::to_string),
            };
            assert_eq!(found.differences.examples, [expected]);
        }
    }

    #[test]
    fn a_refusal_is_a_mismatch_even_against_a_failure() {
        let refused = failure(FailureClass::Refused, "42501");
        assert_eq!(judge(None, Some(&refused)).verdict, Verdict::Mismatch);
        assert_eq!(judge(Some(&statement("42501")), Some(&refused)).verdict, Verdict::Mismatch);
        assert_eq!(judge(Some(&refused), Some(&refused)).verdict, Verdict::Match);
    }

    #[test]
    fn what_says_nothing_about_the_statement_is_inconclusive() {
        for class in [
            FailureClass::Resource,
            FailureClass::Transient,
            FailureClass::Unreachable,
            FailureClass::Unrepresentable,
        ] {
            let limit = failure(class, "57014");
            for (l, g) in [
                (Some(&limit), None),
                (None, Some(&limit)),
                (Some(&limit), Some(&statement("57014"))),
                (Some(&limit), Some(&limit)),
            ] {
                let found = judge(l, g);
                let reason = found.verdict.reason().unwrap();
                let side = if l == Some(&limit) { "legacy" } else { "governed" };
                assert!(reason.starts_with(&format!("the {side} side failed with SQLSTATE 57014")));
                assert!(matches!(found.verdict, Verdict::Inconclusive { .. }));
            }
        }
    }
}
