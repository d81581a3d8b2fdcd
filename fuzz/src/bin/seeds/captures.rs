//! The sample histories, and a session on the wire: `corpus/import`, `corpus/wire`.

use capture::Source;
use fuzz::seed;
use std::{error::Error, fs, path::Path};

/// Where the files of each source lie.
const SAMPLES: &[(Source, &str)] = &[
    (Source::PostgresCsvlog, "postgres/server.csv"),
    (Source::PostgresJsonlog, "postgres/server.json"),
    (Source::RedshiftSys, "redshift/sys_query_history.csv"),
    (Source::RedshiftStl, "redshift/stl_querytext.csv"),
    (Source::RedshiftActivity, "redshift/useractivitylog.log"),
    (Source::Snowflake, "snowflake/query_history.csv"),
    (Source::BigQuery, "bigquery/jobs.jsonl"),
    (Source::BigQueryAudit, "bigquery/audit.jsonl"),
    (Source::Databricks, "databricks/history.json"),
    (Source::MysqlSlow, "mysql/slow.log"),
    (Source::Dbt, "dbt/run_results.json"),
    (Source::SqlFiles, "sql/orders/by_region.sql"),
];

pub(crate) fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    let history = folder.join("../corpora/history");
    for (source, name) in SAMPLES {
        let place = Source::ALL.iter().position(|known| known == source).unwrap_or_default();
        for values in 0..3_u8 {
            let mut bytes = vec![u8::try_from(place)?, values];
            bytes.extend(fs::read(history.join(name))?);
            seed(folder, "import", &format!("{source}-{values}"), &bytes)?;
        }
    }
    seed(folder, "wire", "session", &session())?;
    Ok(())
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or(4);
    [&[kind][..], &length.to_be_bytes(), body].concat()
}

fn piece(whose: u8, messages: &[Vec<u8>]) -> Vec<u8> {
    let bytes = messages.concat();
    let pieces = bytes.chunks(200);
    pieces
        .flat_map(|part| [&[whose, u8::try_from(part.len()).unwrap_or(0)][..], part].concat())
        .collect()
}

/// A login, a simple query, and a prepared one with a parameter.
fn session() -> Vec<u8> {
    let ready = message(b'Z', b"I");
    let row = message(b'D', b"\0\x01\0\0\0\x01x");
    let column = message(b'T', b"\0\x01a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0");
    [
        piece(1, &[message(b'R', &[0; 4]), ready.clone()]),
        piece(0, &[message(b'Q', b"SELECT 'one'; SELECT 2\0")]),
        piece(
            1,
            &[
                column.clone(),
                row.clone(),
                message(b'C', b"SELECT 1\0"),
                column.clone(),
                row.clone(),
                message(b'C', b"SELECT 1\0"),
                ready.clone(),
            ],
        ),
        piece(
            0,
            &[
                message(b'P', b"s\0SELECT $1\0\0\x01\0\0\0\x19"),
                message(b'B', b"\0s\0\0\0\0\x01\0\0\0\x02ab\0\0"),
                message(b'D', b"P\0"),
                message(b'E', b"\0\0\0\0\0"),
                message(b'S', b""),
            ],
        ),
        piece(
            1,
            &[
                message(b'1', b""),
                message(b'2', b""),
                column,
                row,
                message(b'C', b"SELECT 1\0"),
                ready,
            ],
        ),
        piece(0, &[message(b'X', b"")]),
    ]
    .concat()
}
