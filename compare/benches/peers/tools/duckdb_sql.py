"""DuckDB, by SQL over both Parquet files."""

import duckdb
import task as protocol
from task import SHOWN

KEPT_ROWS = 1_000_000
"""So many differing rows are kept as tables; with more of them the files are read again."""


def quoted(name):
    return f'"{name}"'


class Files:
    """A connection, and the two files as views `l` and `r`."""

    def __init__(self, task):
        self.connection = duckdb.connect()
        self.run(f"SET temp_directory = '{task['folder']}'")
        self.run("SET preserve_insertion_order = false")
        if task["memory_bytes"]:
            self.run(f"SET memory_limit = '{task['memory_bytes']}B'")
        for name, path in (("l", task["left"]), ("r", task["right"])):
            self.run(f"CREATE VIEW {name} AS FROM '{path}'")
        described = self.all("SELECT column_name, column_type FROM (DESCRIBE l)")
        self.columns = [quoted(name) for name, _ in described]
        self.floats = [quoted(name) for name, kind in described if kind == "DOUBLE"]
        self.hash = f"hash({', '.join(self.columns)})"

    def run(self, sql):
        self.connection.execute(sql)

    def all(self, sql):
        return self.connection.execute(sql).fetchall()

    def one(self, sql):
        return self.all(sql)[0]

    def shown(self, sql):
        return len(self.connection.execute(sql).fetchmany(SHOWN))


def hash_sum(task):
    """Are the sums of row hashes the same?"""
    files = Files(task)
    sums = [files.one(f"SELECT count(*), sum({files.hash}::HUGEINT) FROM {side}") for side in "lr"]
    return {"equal": sums[0] == sums[1]}


def uneven(files):
    """A table `d` of the row hashes that one side has more often, by how much."""
    files.run(f"""CREATE TEMP TABLE d AS SELECT h, sum(side) AS n FROM (
            SELECT {files.hash} AS h, 1 AS side FROM l UNION ALL SELECT {files.hash}, -1 FROM r
        ) GROUP BY h HAVING sum(side) <> 0""")


def group_by_hash(task):
    """Rows grouped by their hash over both sides, then the rows of uneven groups."""
    files = Files(task)
    uneven(files)
    if task["path"] == "fingerprint":
        return {"equal": files.one("SELECT count(*) FROM d")[0] == 0}
    left, right = files.one("SELECT coalesce(sum(n) FILTER (n > 0), 0), coalesce(-sum(n) FILTER (n < 0), 0) FROM d")
    half = SHOWN // 2
    shown = sum(
        files.shown(f"FROM {side} WHERE {files.hash} IN (SELECT h FROM d WHERE n {sign} 0 LIMIT {half}) LIMIT {half}")
        for side, sign in (("l", ">"), ("r", "<"))
    )
    return {"left_only": int(left), "right_only": int(right), "shown": shown}


def except_all(task):
    """EXCEPT ALL both ways."""
    files = Files(task)
    answer, shown = {}, 0
    for name, one, other in (("left_only", "l", "r"), ("right_only", "r", "l")):
        files.run(f"CREATE TEMP TABLE {name} AS FROM {one} EXCEPT ALL FROM {other}")
        answer[name] = files.one(f"SELECT count(*) FROM {name}")[0]
        shown += files.shown(f"FROM {name} LIMIT {SHOWN // 2}")
    return {**answer, "shown": shown}


def different(files, task, a, b):
    """Do the cells of a column differ, by the tolerance if there is one?"""
    distinct = f"{a} IS DISTINCT FROM {b}"
    if not task["relative"]:
        return lambda column: distinct.format(column)

    def differs(column):
        x, y = a.format(column), b.format(column)
        if column not in files.floats:
            return distinct.format(column)
        far = f"abs({x} - {y}) > {task['relative']} * greatest(abs({x}), abs({y}))"
        return f"({x} IS DISTINCT FROM {y} AND coalesce({far}, true))"

    return differs


def cells(files, task, rest):
    """Changed rows and cells of the rows whose keys are in `d`, and some of these rows."""
    keys = [quoted(name) for name in task["key"]]
    using = f"USING ({', '.join(keys)})"
    if rest <= KEPT_ROWS:
        for side in "lr":
            files.run(f"CREATE TEMP TABLE {side}_rest AS FROM {side} SEMI JOIN d {using}")
        left, right = "l_rest", "r_rest"
    else:
        left, right = (f"(FROM {side} SEMI JOIN d {using})" for side in "lr")
    differs = different(files, task, "a.{0}", "b.{0}")
    others = [column for column in files.columns if column not in keys]
    sums = ", ".join(f"count(*) FILTER ({differs(column)})" for column in others)
    some = " OR ".join(differs(column) for column in others)
    found = files.one(f"SELECT count(*) FILTER ({some}), {sums} FROM {left} a JOIN {right} b {using}")
    few = f"(FROM d LIMIT {SHOWN})"
    if rest > KEPT_ROWS:
        left, right = (f"(FROM {side} SEMI JOIN {few} {using})" for side in "lr")
    shown = files.shown(f"SELECT a.*, b.* FROM {left} a FULL JOIN {right} b {using} LIMIT {SHOWN}")
    return {"changed": found[0], "cells": sum(found[1:]), "shown": shown}


def two_stage_join(task):
    """A join by key of the row hashes, then the cells of the rows that differ.

    With a tolerance the first stage joins the hashes of the exact columns, and the floats.
    """
    files = Files(task)
    keys = ", ".join(quoted(name) for name in task["key"])
    inexact = files.floats if task["relative"] else []
    exact = [column for column in files.columns if column not in inexact]
    kept = "".join(f", {column}" for column in inexact)
    sides = [f"(SELECT {keys}, hash({', '.join(exact)}) AS h{kept} FROM {side})" for side in "lr"]
    differs = different(files, task, "a.{0}", "b.{0}")
    some = " OR ".join(["a.h IS DISTINCT FROM b.h", *(differs(column) for column in inexact)])
    files.run(f"""CREATE TEMP TABLE d AS SELECT {keys}, a.h IS NULL AS extra, b.h IS NULL AS missing
            FROM {sides[0]} a FULL JOIN {sides[1]} b USING ({keys}) WHERE {some}""")
    rest, missing, extra = files.one("SELECT count(*), count(*) FILTER (missing), count(*) FILTER (extra) FROM d")
    found = cells(files, task, rest) if rest else {"changed": 0, "cells": 0, "shown": 0}
    return {"missing": missing, "extra": extra, **found}


def group_then_join(task):
    """Rows grouped by their hash over both sides, then a join by key of the uneven ones."""
    files = Files(task)
    uneven(files)
    keys = ", ".join(quoted(name) for name in task["key"])
    for side, sign in (("l", ">"), ("r", "<")):
        files.run(
            f"CREATE TEMP TABLE {side}_key AS SELECT {keys} FROM {side} WHERE {files.hash} IN (SELECT h FROM d WHERE n {sign} 0)"
        )
    counts = {side: files.one(f"SELECT count(*) FROM {side}_key")[0] for side in "lr"}
    files.run("DROP TABLE d")
    files.run(f"CREATE TEMP TABLE d AS SELECT DISTINCT {keys} FROM (FROM l_key UNION ALL FROM r_key)")
    rest = files.one("SELECT count(*) FROM d")[0]
    found = cells(files, task, rest) if rest else {"changed": 0, "cells": 0, "shown": 0}
    changed = found["changed"]
    return {"missing": counts["l"] - changed, "extra": counts["r"] - changed, **found}


if __name__ == "__main__":
    protocol.run(
        {form.__name__: form for form in (hash_sum, group_by_hash, except_all, two_stage_join, group_then_join)}
    )
