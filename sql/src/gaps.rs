//! What docs/parser-gaps.md says of sqlparser, held against it: a newer version that reads a statement
//! right is told, so that what works around it can go.

use crate::parse;
use model::Dialect;
use sqlparser::{ast::Statement, dialect, parser::Parser};

const PAGE: &str = include_str!("../../docs/parser-gaps.md");

/// sqlparser's own dialect of that name.
fn stock(dialect: Dialect) -> &'static dyn dialect::Dialect {
    match dialect {
        Dialect::Postgres => &dialect::PostgreSqlDialect {},
        Dialect::Redshift => &dialect::RedshiftSqlDialect {},
        Dialect::Snowflake => &dialect::SnowflakeDialect {},
        Dialect::BigQuery => &dialect::BigQueryDialect {},
        Dialect::Spark => &dialect::SparkSqlDialect {},
        Dialect::MySql => &dialect::MySqlDialect {},
        Dialect::TSql => &dialect::MsSqlDialect {},
        Dialect::Oracle => &dialect::OracleDialect {},
        Dialect::Teradata => &dialect::TeradataDialect {},
        Dialect::ClickHouse => &dialect::ClickHouseDialect {},
        _ => &dialect::GenericDialect {},
    }
}

/// Dialect, whether sqlparser refuses it, and statement.
fn listed() -> Vec<(Dialect, bool, &'static str)> {
    let mut found = Vec::new();
    for block in PAGE.split("```sql ").skip(1) {
        let (head, rest) = block.split_once('\n').unwrap();
        let (dialect, how) = head.split_once(' ').unwrap();
        assert!(["refused", "misread"].contains(&how), "{head}");
        let (statements, _) = rest.split_once("```").unwrap();
        let dialect = dialect.parse().unwrap();
        found.extend(statements.lines().map(|text| (dialect, how == "refused", text)));
    }
    found
}

fn by_sqlparser(dialect: Dialect, text: &str) -> Option<Statement> {
    let mut statements = Parser::parse_sql(stock(dialect), text).ok()?;
    if statements.len() == 1 { statements.pop() } else { None }
}

#[test]
fn each_gap_is_one_and_is_read_here() {
    let listed = listed();
    assert!(listed.len() > 50, "{}", listed.len());
    let mut wrong = Vec::new();
    for (dialect, refused, text) in listed {
        let here = match parse(text, dialect) {
            Ok(parsed) => parsed.statement,
            Err(diagnostic) => {
                wrong.push(format!("{dialect}: {text}: not read here: {}", diagnostic.message));
                continue;
            }
        };
        match by_sqlparser(dialect, text) {
            None if refused => {}
            None => wrong.push(format!("{dialect}: {text}: sqlparser refuses it")),
            Some(there) if there == here => {
                wrong.push(format!("{dialect}: {text}: sqlparser reads it right"));
            }
            Some(there) if refused => {
                wrong.push(format!("{dialect}: {text}: sqlparser reads it now: {there}"));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
