//! Samples of rows. No two engines take the same rows; each form takes as many, in the same way.

use sql::tree::{SampleMethod, SampleSize};

/// `… TABLESAMPLE …` of DuckDB, which takes it of tables and of subqueries.
pub(super) fn clause(
    input: &str,
    method: SampleMethod,
    size: &SampleSize,
    seed: Option<u32>,
) -> String {
    let taken = match (size, method) {
        (SampleSize::Percent(percent), SampleMethod::Rows) => {
            format!("BERNOULLI({percent} PERCENT)")
        }
        (SampleSize::Percent(percent), SampleMethod::Blocks) => {
            format!("SYSTEM({percent} PERCENT)")
        }
        (SampleSize::Rows(count), _) => format!("RESERVOIR({count} ROWS)"),
    };
    format!("{input} TABLESAMPLE {taken}{}", repeatable(seed))
}

/// `… TABLESAMPLE …` of PostgreSQL, which takes it of tables only, and no number of rows.
pub(super) fn of_table(
    input: &str,
    method: SampleMethod,
    percent: &str,
    seed: Option<u32>,
) -> String {
    let word = match method {
        SampleMethod::Rows => "BERNOULLI",
        SampleMethod::Blocks => "SYSTEM",
    };
    format!("{input} TABLESAMPLE {word} ({percent}){}", repeatable(seed))
}

/// A query that takes the rows by chance, where there is no clause for it.
pub(super) fn query(input: &str, name: &str, columns: &str, size: &SampleSize) -> String {
    let rows = match size {
        SampleSize::Percent(percent) => format!("WHERE random() * 100 < {percent}"),
        SampleSize::Rows(count) => format!("ORDER BY random() LIMIT {count}"),
    };
    format!("(SELECT {columns} FROM {input} {rows}) AS {name}")
}

fn repeatable(seed: Option<u32>) -> String {
    seed.map_or_else(String::new, |seed| format!(" REPEATABLE ({seed})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_takes_as_many_rows() {
        let (tenth, five) = (SampleSize::Percent("10".to_owned()), SampleSize::Rows(5));
        assert_eq!(
            clause("t AS a", SampleMethod::Rows, &tenth, Some(7)),
            "t AS a TABLESAMPLE BERNOULLI(10 PERCENT) REPEATABLE (7)"
        );
        assert_eq!(
            clause("t", SampleMethod::Blocks, &five, None),
            "t TABLESAMPLE RESERVOIR(5 ROWS)"
        );
        assert_eq!(of_table("t", SampleMethod::Blocks, "0.5", None), "t TABLESAMPLE SYSTEM (0.5)");
        assert_eq!(
            query("t AS a", "a", "x, y", &tenth),
            "(SELECT x, y FROM t AS a WHERE random() * 100 < 10) AS a"
        );
        assert_eq!(query("t", "t", "x", &five), "(SELECT x FROM t ORDER BY random() LIMIT 5) AS t");
    }
}
