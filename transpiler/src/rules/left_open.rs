//! Values of which the vendor's documentation leaves the last digit open, or which of several texts is shown.

use crate::{
    rule::{Fidelity, Rule, from, value_itself},
    targets::Target,
};
use model::{Caveat, Dialect};

pub(crate) static RULE: Rule = Rule {
    code: "TR0140",
    name: "what the vendor leaves open",
    fidelity: Fidelity::Approximate(Caveat::LeftOpen),
    constructs: &["left_open"],
    page: "\
Redshift documents that a cast to a type with fewer digits loses some, and not how: its examples round, and a sentence says that values from tables are not rounded. It does not say either what ROUND and casts make of the half of a float, nor how many digits the percentile of a decimal keeps. Here they are rounded. LISTAGG of distinct texts shows one of those that differ in blanks at their end, here the one without. Where no digit is lost, as in `FLOOR(x)::INT`, the translation is exact. T-SQL cuts a quotient of decimals to as many digits as its operands say; how many an integer constant beside a decimal has depends on whether the server makes a parameter of it (`d / 3`). Here it has those that it shows. Snowflake's VARIANCE of exact numbers is a decimal; how many digits it has is documented for two of them alone, and here it is a float. MySQL adds up quotients with more digits than it shows; in a query with GROUP BY, or of DISTINCT ones, the last digit depends on whether the server stores groups in a table of its own, where it keeps those that are shown.",
    emit: value_itself,
    examples: &[
        from(
            Dialect::MySql,
            Target::DuckDb,
            "SELECT s, SUM(n / 7) AS a FROM t GROUP BY s",
            "SELECT s, round(CAST(sum(CAST(CAST((CAST(n * CAST(100 AS DECIMAL(3, 0)) AS HUGEINT) * CAST('10000000' AS HUGEINT)) // CAST(7 AS HUGEINT) AS DECIMAL(29, 0)) * CAST('0.000000001' AS DECIMAL(9, 9)) AS DECIMAL(38, 9))) AS DECIMAL(38, 9)), 6) AS a\nFROM t\nGROUP BY t.s",
        ),
        from(
            Dialect::Redshift,
            Target::DuckDb,
            "SELECT CAST(f AS INT) AS a FROM t",
            "SELECT CAST(f AS INTEGER) AS a\nFROM t",
        ),
        from(
            Dialect::Redshift,
            Target::DuckDb,
            "SELECT CAST(FLOOR(f) AS INT) AS a FROM t",
            "SELECT CAST(floor(f) AS INTEGER) AS a\nFROM t",
        ),
        from(
            Dialect::Redshift,
            Target::Postgres,
            "SELECT CAST(f AS INT) AS a FROM t",
            "SELECT CAST(f AS integer) AS a\nFROM t",
        ),
    ],
};
