//! "did you mean": the known name that is nearest to an unknown one.

/// How alike two names must be, from 0 (nothing in common) to 1 (equal).
const LIKENESS_MIN: f64 = 0.6;

/// The nearest of `known`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (likeness(&name, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// The same as a hint.
pub(crate) fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, known).map(|nearest| format!("did you mean `{nearest}`?"))
}

/// Names that share their beginning are often meant even where they are of different lengths.
fn likeness(name: &str, candidate: &str) -> f64 {
    let edits = strsim::normalized_damerau_levenshtein(name, candidate);
    let prefixed = name.len() > 2 && (candidate.starts_with(name) || name.starts_with(candidate));
    if prefixed { edits.max(LIKENESS_MIN) } else { edits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["workload", "legacy", "governed", "tolerances"];
        assert_eq!(nearest("tolerence", known), Some("tolerances"));
        assert_eq!(nearest("Legcay", known), Some("legacy"));
        assert_eq!(nearest("work", known), Some("workload"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
    }
}
