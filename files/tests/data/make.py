"""Writes the files of this folder: what other writers make and the Rust ones do not.

Needs pyarrow and duckdb. `python make.py`
"""

import pathlib

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent

pq.write_table(
    pa.table({"n": pa.array(range(200), pa.int64())}),
    here / "checksums.parquet",
    compression="none",
    use_dictionary=False,
    write_statistics=False,
    store_schema=False,
    write_page_checksum=True,
)

duckdb.sql(
    f"""
    copy (
        select
            uuid '00000000-0000-0000-0000-0000000000ff' as u,
            json '{{"a": 1}}' as j,
            interval '1 month 2 days 3 seconds' as i,
            12.34::decimal(4, 2) as d4, 12.34::decimal(9, 2) as d9, 12.34::decimal(18, 2) as d18,
            12.34::decimal(38, 2) as d38,
            time '01:02:03' as t, timestamp '2024-01-02 03:04:05.678901' as ts,
            timestamptz '2024-01-02 03:04:05+00' as tz, [1, 2] as l, 'text' as s, '\\x01'::blob as b
        union all
        select null, null, null, null, null, null, null, null, null, null, null, null, null
    ) to '{here}/duckdb.parquet' (format parquet)
    """
)
