//! sqlparser without what Gnomon adds to it: the peer of the benchmarks.

use model::Dialect;
use sqlparser::{
    dialect::{
        BigQueryDialect, ClickHouseDialect, DatabricksDialect, Dialect as ParserDialect,
        DuckDbDialect, GenericDialect, MsSqlDialect, MySqlDialect, OracleDialect,
        PostgreSqlDialect, RedshiftSqlDialect, SnowflakeDialect, TeradataDialect,
    },
    parser::Parser,
};

/// The text of a statement as sqlparser alone parses and prints it; nothing where it cannot read it.
pub fn printed_by_parser_alone(text: &str, dialect: Dialect) -> Option<String> {
    Parser::parse_sql(grammar(dialect), text).ok()?.first().map(ToString::to_string)
}

/// sqlparser's own grammar of a dialect.
pub(super) fn grammar(dialect: Dialect) -> &'static dyn ParserDialect {
    match dialect {
        Dialect::Postgres => &PostgreSqlDialect {},
        Dialect::Redshift => &RedshiftSqlDialect {},
        Dialect::Snowflake => &SnowflakeDialect {},
        Dialect::BigQuery => &BigQueryDialect {},
        Dialect::Spark => &DatabricksDialect {},
        Dialect::MySql => &MySqlDialect {},
        Dialect::TSql => &MsSqlDialect {},
        Dialect::Oracle => &OracleDialect {},
        Dialect::Teradata => &TeradataDialect {},
        Dialect::ClickHouse => &ClickHouseDialect {},
        Dialect::DuckDb => &DuckDbDialect {},
        Dialect::Trino | Dialect::DataFusion => &GenericDialect {},
    }
}
