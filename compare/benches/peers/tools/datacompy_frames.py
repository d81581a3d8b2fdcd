"""datacompy, by its comparison of polars frames, which is the fastest on one machine."""

import polars as pl
import task as protocol
from datacompy import PolarsCompare
from task import SHOWN


def compare(task):
    """Its comparison by key, with all that it counts."""
    frames = [pl.read_parquet(task[side]) for side in ("left", "right")]
    found = PolarsCompare(*frames, join_columns=task["key"], rel_tol=task["relative"] or 0)
    changed = found.intersect_rows.height - found.count_matching_rows()
    missing, extra = found.df1_unq_rows.height, found.df2_unq_rows.height
    shown = missing + extra + (found.all_mismatch().head(SHOWN).height if changed else 0)
    return {
        "missing": missing,
        "extra": extra,
        "changed": changed,
        "cells": sum(column["unequal_cnt"] for column in found.column_stats),
        "shown": min(SHOWN, shown),
    }


if __name__ == "__main__":
    protocol.run({"compare": compare})
