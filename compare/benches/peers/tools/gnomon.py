"""Our program: its command line, and its answer in the words of the peers."""

import json

from .task import SHOWN


def command(program, task, rules):
    """`gnomon compare` for a task; `rules` is a file that does not hold yet what it should."""
    words = [program, "compare", task["left"], task["right"], "--format", "json", "--examples", SHOWN]
    if task["key"]:
        words += ["--key", ",".join(task["key"])]
    if task["memory_bytes"]:
        words += ["--memory-limit", task["memory_bytes"]]
    if task["relative"]:
        rule = f'[[tolerances]]\nkind = "float_relative"\nmax = {task["relative"]}\nreason = "noise of sums"\n'
        rules.write_text(rule, encoding="utf-8")
        words += ["--tolerances", rules]
    return words


def answer(text):
    """What the JSON of `gnomon compare` says; raises `ValueError` where it is none."""
    found = json.loads(text)
    missing, extra, changed = (found[name] for name in ("missing_rows", "extra_rows", "changed_rows"))
    return {
        "equal": found["verdict"] in ("match", "tolerated"),
        "missing": missing,
        "extra": extra,
        "changed": changed,
        "cells": found["changed_cells"],
        "left_only": missing + changed,
        "right_only": extra + changed,
        # Copies of a row are one example.
        "shown": sum(example.get("times", 1) for example in found["examples"]),
    }
