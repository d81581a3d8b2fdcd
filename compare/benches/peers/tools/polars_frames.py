"""polars: lazy frames over both Parquet files, run by its streaming engine."""

import polars as pl
import task as protocol
from task import SHOWN

ROW = "row_hash"
COUNT = "count"


def hashed(path):
    """The file, and its rows with the hash of all columns."""
    frame = pl.scan_parquet(path)
    return frame, frame.with_columns(pl.struct(pl.all()).hash().alias(ROW))


def collect(frame):
    return frame.collect(engine="streaming")


def hash_sum(task):
    """Are the sums of row hashes the same?"""
    sums = [collect(hashed(task[side])[1].select(pl.len(), pl.col(ROW).sum())).row(0) for side in ("left", "right")]
    return {"equal": sums[0] == sums[1]}


def group_by_hash(task):
    """Rows grouped by their hash over both sides, then the rows of uneven groups."""
    sides = [(hashed(task["left"])[1], 1), (hashed(task["right"])[1], -1)]
    counted = pl.concat([frame.select(ROW, pl.lit(sign).alias(COUNT)) for frame, sign in sides])
    uneven = collect(counted.group_by(ROW).agg(pl.col(COUNT).sum()).filter(pl.col(COUNT) != 0))
    counts, shown = [], 0
    for frame, sign in sides:
        own = uneven.filter(pl.col(COUNT) * sign > 0)
        counts.append(int(own[COUNT].sum()) * sign)
        shown += collect(frame.join(own.head(SHOWN // 2).lazy(), on=ROW, how="semi").head(SHOWN // 2)).height
    return {"left_only": counts[0], "right_only": counts[1], "shown": shown}


def differs(column, kind, relative):
    """Do the cells of a column differ, by the tolerance if there is one?"""
    a, b = pl.col(column), pl.col(f"{column}_right")
    if not (relative and kind == pl.Float64):
        return a.ne_missing(b)
    near = (a - b).abs() <= relative * pl.max_horizontal(a.abs(), b.abs())
    return a.ne_missing(b) & ~near.fill_null(False)


def two_stage_join(task):
    """A join by key of the row hashes, then the cells of the rows that differ.

    With a tolerance the first stage joins the hashes of the exact columns, and the floats.
    """
    keys, relative = task["key"], task["relative"]
    frames = [pl.scan_parquet(task[side]) for side in ("left", "right")]
    schema = frames[0].collect_schema()
    floats = [name for name, kind in schema.items() if relative and kind == pl.Float64]
    exact = [name for name in schema if name not in floats]
    parts = [frame.select(*keys, pl.struct(exact).hash().alias(ROW), *floats) for frame in frames]
    joined = parts[0].join(parts[1], on=keys, how="full", coalesce=True)
    some = pl.any_horizontal(
        pl.col(ROW).ne_missing(pl.col(f"{ROW}_right")), *(differs(name, pl.Float64, relative) for name in floats)
    )
    rest = collect(joined.filter(some).select(*keys, ROW, f"{ROW}_right"))
    missing, extra = rest[f"{ROW}_right"].null_count(), rest[ROW].null_count()
    both = rest.drop_nulls().select(keys)
    rows = [collect(frame.join(both.lazy(), on=keys, how="semi")) for frame in frames]
    pairs = rows[0].join(rows[1], on=keys, how="inner")
    others = [(name, kind) for name, kind in schema.items() if name not in keys]
    cells = pairs.select(differs(name, kind, relative).alias(name) for name, kind in others)
    changed = int(cells.select(pl.any_horizontal(pl.all()).sum()).item())
    alone = [
        collect(
            frame.join(rest.filter(pl.col(gone).is_null()).select(keys).head(SHOWN).lazy(), on=keys, how="semi")
        ).height
        for frame, gone in zip(frames, (f"{ROW}_right", ROW))
    ]
    return {
        "missing": missing,
        "extra": extra,
        "changed": changed,
        "cells": int(sum(cells.sum().row(0))),
        "shown": min(SHOWN, pairs.head(SHOWN).height + sum(alone)),
    }


if __name__ == "__main__":
    protocol.run({form.__name__: form for form in (hash_sum, group_by_hash, two_stage_join)})
