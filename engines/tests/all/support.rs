//! Short ways to ask an engine and to look at what it says.

use arrow::{
    array::{Array, ArrayRef},
    datatypes::Field,
    record_batch::RecordBatch,
    record_batch::RecordBatchIterator,
    util::display::{ArrayFormatter, FormatOptions},
};
use engines::{Request, ResultSet, Session};
use model::{
    Bind, Failure,
    catalog::{CatalogColumn, CatalogTable},
};

pub(crate) const BYTES_MAX: usize = 1 << 30;

pub(crate) async fn ask(session: &mut dyn Session, sql: &str) -> Result<ResultSet, Failure> {
    let request = Request::new(sql, session.info().dialect);
    session.execute(request).await?.collect(BYTES_MAX).await
}

pub(crate) async fn ask_with(
    session: &mut dyn Session,
    sql: &str,
    binds: &[(u32, Option<&str>)],
) -> Result<ResultSet, Failure> {
    let binds = binds
        .iter()
        .map(|(type_oid, value)| Bind { type_oid: *type_oid, value: value.map(str::to_owned) })
        .collect();
    let request = Request::bound(sql, session.info().dialect, binds);
    session.execute(request).await?.collect(BYTES_MAX).await
}

/// Rows as texts, NULL as `NULL`.
pub(crate) fn rows(result: &ResultSet) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for batch in &result.batches {
        for row in 0..batch.num_rows() {
            rows.push(batch.columns().iter().map(|column| cell(column, row)).collect());
        }
    }
    rows
}

pub(crate) fn cell(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) || column.data_type().is_null() {
        return "NULL".to_owned();
    }
    let options = FormatOptions::new().with_null("NULL");
    ArrayFormatter::try_new(column.as_ref(), &options).unwrap().value(row).to_string()
}

/// The only row of a result.
pub(crate) async fn row(session: &mut dyn Session, sql: &str) -> Vec<String> {
    let result = ask(session, sql).await.unwrap_or_else(|failure| panic!("{sql}: {failure}"));
    let mut rows = rows(&result);
    assert_eq!(rows.len(), 1, "{sql}");
    rows.remove(0)
}

/// The failure of a statement.
pub(crate) async fn fails(session: &mut dyn Session, sql: &str) -> Failure {
    match ask(session, sql).await {
        Ok(result) => panic!("{sql} gave {:?}", rows(&result)),
        Err(failure) => failure,
    }
}

pub(crate) fn concat(result: &ResultSet) -> RecordBatch {
    arrow::compute::concat_batches(&result.schema, &result.batches).unwrap()
}

pub(crate) fn field(result: &ResultSet, index: usize) -> Field {
    result.schema.field(index).clone()
}

/// Memory of this process, in kB.
pub(crate) fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or("VmRSS: 0 kB");
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Loads a result into a table.
pub(crate) async fn load(
    session: &mut dyn Session,
    table: &CatalogTable,
    result: ResultSet,
) -> Result<u64, Failure> {
    let batches = result.batches.into_iter().map(Ok);
    session.load(table, Box::new(RecordBatchIterator::new(batches, result.schema))).await
}

/// A table whose columns may be NULL.
pub(crate) fn table(name: &str, columns: &[(&str, &str)]) -> CatalogTable {
    CatalogTable {
        database: None,
        schema: None,
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|(name, data_type)| CatalogColumn {
                name: (*name).to_owned(),
                data_type: (*data_type).to_owned(),
                nullable: true,
            })
            .collect(),
        keys: Vec::new(),
    }
}

/// What binds is told from what does not, and nothing is run. Needs a table `bound` with a column `a`.
pub(crate) async fn check_binds(session: &mut dyn Session) {
    let dialect = session.info().dialect;
    for sql in ["SELECT a FROM bound", "SELECT 1 / a FROM bound", "SELECT count(*) AS n FROM bound"]
    {
        session.check(&Request::new(sql, dialect)).await.unwrap_or_else(|f| panic!("{sql}: {f}"));
    }
    for sql in [
        "SELECT b FROM bound",
        "SELECT a FROM unbound",
        "SELECT no_such_function(a) FROM bound",
        "SELECT a FROM bound WHERE",
    ] {
        let failure = session.check(&Request::new(sql, dialect)).await.unwrap_err();
        assert_eq!(failure.sqlstate.class(), "42", "{sql}: {failure}");
    }
    // The session goes on.
    assert_eq!(ask(session, "SELECT count(*) AS n FROM bound").await.unwrap().rows(), 1);
}
