"""Records what the statements of `recorded.jsonl` leave on Apache Spark, in place.

    venv/bin/python corpora/dialects/spark/statements/record.py

The venv is that of `../record.py`, Spark 4.0.1. Each case runs over an empty warehouse. What only Delta
tables have is in `databricks.jsonl`, from the vendor's pages. Recording again gives the same file.
"""

import json
import logging
import pathlib
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent))

import record as cases  # noqa: E402

KEYS = ["id", "setup", "sql", "makes", "check", "columns", "rows", "ordered", "error", "origin", "note"]


def run(spark, case):
    case.update(columns=[], rows=[], error=None, origin=f"pyspark {spark.version}")
    for view in spark.catalog.listTables():
        kind = "VIEW" if view.tableType in ("VIEW", "TEMPORARY") else "TABLE"
        spark.sql(f"DROP {kind} {view.name}")
    for statement in case["setup"]:
        spark.sql(statement)
    try:
        spark.sql(case["sql"])
    except Exception as error:
        case["error"] = cases.error_class(error)
        return
    for table in case.get("makes", []):
        found = spark.table(table["name"]).schema
        table["columns"] = [{"name": f.name, "type": f.dataType.simpleString()} for f in found]
    case["columns"], case["rows"] = cases.run(spark, case["check"])


def main():
    folder = tempfile.mkdtemp()
    spark = (
        cases.SparkSession.builder.master("local[1]")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", folder)
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "OFF")
        .getOrCreate()
    )
    logging.disable(logging.CRITICAL)
    path = HERE / "recorded.jsonl"
    all_cases = [json.loads(line) for line in path.read_text().splitlines()]
    for case in all_cases:
        run(spark, case)
    lines = [json.dumps({k: c[k] for k in KEYS if k in c}, ensure_ascii=False) for c in all_cases]
    path.write_text("\n".join(lines) + "\n")
    spark.stop()
    shutil.rmtree(folder)


main()
