//! What explains differences, ready to be shown: what was found, and what settles it.

use crate::format::counted;
use crate::visible::line;
use crate::words::message;
use model::{Cause, CauseCluster};

/// Causes shown of one comparison.
pub(crate) const CAUSES_MAX: usize = 12;
/// Lines of a block shown; a tolerance has fewer.
const BLOCK_LINES_MAX: usize = 12;
/// Tolerances shown of one cluster.
const TOLERANCES_MAX: usize = 3;

/// One cause, its texts on single lines without invisible characters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) code: String,
    /// What was found.
    pub(crate) sentence: String,
    /// What settles it.
    pub(crate) advice: String,
    /// What can be copied for that: the lines of a tolerance; none where there is nothing to copy.
    pub(crate) block: Vec<String>,
}

/// The causes that there is room for, in their order.
pub(crate) fn causes(causes: &[Cause]) -> Vec<Told> {
    causes.iter().take(CAUSES_MAX).map(told).collect()
}

fn told(cause: &Cause) -> Told {
    let (advice, block) = cause.remedy_parts();
    Told {
        code: line(&cause.code),
        sentence: message(&cause.sentence),
        advice: one_line(advice),
        block: block.lines().take(BLOCK_LINES_MAX).map(message).collect(),
    }
}

/// A cause over many statements; its sentence counts them.
pub(crate) fn told_cluster(cluster: &CauseCluster) -> Told {
    let blocks = cluster.tolerances.iter().take(TOLERANCES_MAX);
    // An empty line between two tolerances.
    let block = blocks.enumerate().flat_map(|(place, block)| {
        let lines = block.lines().take(BLOCK_LINES_MAX).map(message);
        (place > 0).then(String::new).into_iter().chain(lines)
    });
    Told {
        code: line(&cluster.code),
        sentence: format!("{}: {}", title(cluster), counts(cluster)),
        advice: one_line(cluster.advice()),
        block: block.collect(),
    }
}

/// `zone shift, +1 h`.
pub(crate) fn title(cluster: &CauseCluster) -> String {
    let name = message(&cluster.name);
    match cluster.parameter.as_str() {
        "" => name,
        parameter => format!("{name}, {}", message(parameter)),
    }
}

/// `212 statements, 48,000 cells`: what a cluster explains.
pub(crate) fn counts(cluster: &CauseCluster) -> String {
    let parts = [(cluster.cells, "cell"), (cluster.rows, "row")];
    let parts = parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, noun)| counted(n, noun));
    let statements = counted(cluster.statements, "statement");
    std::iter::once(statements).chain(parts).collect::<Vec<_>>().join(", ")
}

/// Tolerances of a cluster that are not shown, in words.
pub(crate) fn tolerances_left_out(cluster: &CauseCluster) -> Option<String> {
    let left_out = cluster.tolerances.len().saturating_sub(TOLERANCES_MAX) as u64;
    (left_out > 0).then(|| format!("and {}", counted(left_out, "more tolerance")))
}

fn one_line(text: &str) -> String {
    message(&text.lines().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::cause::cluster;

    #[test]
    fn what_can_be_copied_is_apart_from_what_is_said() {
        let mut cause = crate::comparison_fixture::rounding();
        let found = told(&cause);
        assert!(found.advice.ends_with("; or accept it:"), "{}", found.advice);
        assert_eq!(found.block.first().map(String::as_str), Some("[[tolerances]]"));
        cause.remedy = "sort both sides\nby `id`".to_owned();
        let found = told(&cause);
        assert_eq!((found.advice.as_str(), found.block.len()), ("sort both sides by `id`", 0));
    }

    #[test]
    fn a_cluster_tells_its_counts_and_the_tolerances_of_all_its_columns() {
        let causes: Vec<Cause> = (0..5)
            .map(|at| {
                let mut cause = crate::comparison_fixture::rounding();
                cause.remedy = cause.remedy.replace("amount", &format!("amount_{at}"));
                cause
            })
            .collect();
        let all = cluster(causes.iter().map(|cause| ("s", std::slice::from_ref(cause))));
        let found = told_cluster(&all[0]);
        assert_eq!(
            found.sentence,
            "rounding, governed: nearest, 2 digits: 5 statements, 4,940 cells"
        );
        assert_eq!(found.block.iter().filter(|line| *line == "[[tolerances]]").count(), 3);
        assert_eq!(found.block.iter().filter(|line| line.is_empty()).count(), 2);
        assert_eq!(tolerances_left_out(&all[0]).as_deref(), Some("and 2 more tolerances"));
    }
}
