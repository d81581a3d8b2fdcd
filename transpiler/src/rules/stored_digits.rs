//! Columns of numbers without digits of their own, on targets whose decimals have some.

use crate::{
    rule::{Fidelity, Rule, datafusion, duckdb, from},
    targets::Target,
};
use model::{Caveat, Dialect};

pub(crate) static RULE: Rule = Rule {
    code: "TR1107",
    name: "columns of numbers without digits",
    fidelity: Fidelity::Approximate(Caveat::StoredDigits),
    constructs: &[],
    page: "\
A column of type NUMERIC (PostgreSQL) or NUMBER (Oracle) without digits keeps every digit of its numbers. DuckDB and DataFusion have decimals of at most 38 digits with a fixed place of the point: such a column is DECIMAL(38, 10) there. Statements that would store more than ten digits behind the point are refused; rows that are loaded in another way are rounded to ten. Give the column its digits (`NUMBER(12, 2)`) where they are known, and the translation is exact.",
    // A statement is no expression: the emitter writes it.
    emit: |_, _| Ok(None),
    examples: &[
        from(
            Dialect::Oracle,
            Target::DuckDb,
            "CREATE TABLE u (k NUMBER, i NUMBER(9))",
            "CREATE TABLE u (\n    k DECIMAL(38, 10),\n    i DECIMAL(9, 0)\n)",
        ),
        duckdb("CREATE TABLE u (k numeric)", "CREATE TABLE u (\n    k DECIMAL(38, 10)\n)"),
        datafusion("CREATE TABLE u (k numeric)", "CREATE TABLE u (\n    k DECIMAL(38, 10)\n)"),
    ],
};
