//! Why results differ, in words that somebody can act on.

mod cluster;

pub use cluster::{CauseCluster, cluster};

use crate::difference::CellChange;
use serde::{Deserialize, Serialize};

/// What explains some of the differences between two results.
///
/// Causes of cells explain changed cells of one column; causes of rows explain rows that one side
/// alone has; causes of order explain why the rows stand in another order. A cell or a row is
/// counted under one cause only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cause {
    /// `DC0001` and so on: the page that `gnomon explain` shows.
    pub code: String,
    /// Its name: `rounding`.
    pub name: String,
    /// With what figures and on which side it explains the differences: `governed: nearest, 2
    /// digits`, `+1 h`. Empty where it has none. Equal for equal causes of different statements.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub parameter: String,
    /// The columns that it is about, by their names on the legacy side.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Cells that it explains, of those that were looked at.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cells: u64,
    /// Changed cells of the columns.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub of_cells: u64,
    /// How many of the changed cells were looked at; absent where all were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at_cells: Option<u64>,
    /// Rows that it explains: missing and extra ones, copies counted, or rows in another order.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rows: u64,
    /// What was found, with its figures: "212 of 212 changed cells of `at` are 1 h later on the
    /// governed side".
    pub sentence: String,
    /// What settles it; a tolerance is given as a block of TOML.
    pub remedy: String,
    /// Some of the cells; at most 3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<CellChange>,
}

impl Cause {
    /// The remedy in its two parts: what to do, and the block of TOML of a tolerance that settles it.
    /// The block is empty where no tolerance does.
    pub fn remedy_parts(&self) -> (&str, &str) {
        remedy_parts(&self.remedy)
    }
}

/// An empty line stands between what to do and the block.
fn remedy_parts(remedy: &str) -> (&str, &str) {
    let (advice, block) = remedy.split_once("\n\n").unwrap_or((remedy, ""));
    (advice.trim(), block.trim())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_is_what_to_do_and_what_to_copy() {
        let remedy = "trim it; or accept it:\n\n[[tolerances]]\nkind = \"text_trim\"\n";
        let parts = ("trim it; or accept it:", "[[tolerances]]\nkind = \"text_trim\"");
        assert_eq!(remedy_parts(remedy), parts);
        assert_eq!(remedy_parts("sort both sides\nby `id`"), ("sort both sides\nby `id`", ""));
    }

    #[test]
    fn what_is_not_known_is_left_out_and_read_back() {
        let cause = Cause {
            code: "DC0501".to_owned(),
            name: "order only".to_owned(),
            parameter: String::new(),
            columns: vec![],
            cells: 0,
            of_cells: 0,
            looked_at_cells: None,
            rows: 3,
            sentence: "3 rows stand in another order".to_owned(),
            remedy: "sort".to_owned(),
            examples: vec![],
        };
        let text = serde_json::to_string(&cause).unwrap();
        assert_eq!(
            text,
            r#"{"code":"DC0501","name":"order only","rows":3,"sentence":"3 rows stand in another order","remedy":"sort"}"#
        );
        assert_eq!(serde_json::from_str::<Cause>(&text).unwrap(), cause);
    }
}
