"""Holds answers against the truth. A wrong answer is no time."""

import json
import re
from dataclasses import dataclass

from inputs import INPUTS
from tools import gnomon
from tools.task import SHOWN


@dataclass(frozen=True)
class Outcome:
    """What became of a run: an answer that is right, or in a few words why not."""

    seconds: float = 0
    cpu_seconds: float = 0
    peak_bytes: int = 0
    wrong: str = ""
    failed: str = ""

    @property
    def good(self):
        return not self.wrong and not self.failed


def expected(case, tool, truth):
    """The counts that the answer must have."""
    tolerated = case.relative and not tool.exact and case.variant == "noise"
    missing, extra, changed, cells = truth.missing, truth.extra, truth.changed, truth.cells
    if tolerated:
        changed, cells = 0, 0
    if case.path == "fingerprint":
        return {"equal": missing + extra + changed == 0}
    if case.keyed and INPUTS[case.input].key_unique and not tool.without_key:
        return {"missing": missing, "extra": extra, "changed": changed, "cells": cells}
    # By likeness or a key that was found, rows may be paired that a given key leaves alone.
    return {"left_only": missing + changed, "right_only": extra + changed}


def hold(case, tool, truth, answer):
    """What is wrong with the answer; nothing where it is right."""
    wanted = expected(case, tool, truth)
    found = {name: answer.get(name) for name in wanted}
    if found != wanted:
        return f"{said(found)} instead of {said(wanted)}"
    differing = sum(count for name, count in wanted.items() if name not in ("cells", "equal"))
    # Of rows that changed, some show both sides and some the pair.
    if "equal" not in wanted and answer.get("shown", 0) < min(SHOWN // 2, differing // 2):
        return f"only {answer.get('shown')} rows shown"
    return ""


def said(counts):
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def read(case, tool, truth, measured, seconds_max):
    """What a run says, held against the truth."""
    if measured.timed_out:
        return Outcome(failed=f"over {seconds_max:g} s")
    ours = tool.module == "gnomon"
    if measured.exit_code not in ((0, 1) if ours else (0,)):
        return Outcome(failed=failure(measured))
    try:
        if ours:
            answer, seconds, cpu = gnomon.answer(measured.out), measured.seconds, measured.cpu_seconds
        else:
            said_so = json.loads(measured.out.strip().splitlines()[-1])
            answer, seconds, cpu = said_so["answer"], said_so["seconds"], said_so["cpu_seconds"]
    except (ValueError, KeyError, IndexError) as error:
        return Outcome(failed=f"no answer: {error!r}")
    wrong = hold(case, tool, truth, answer)
    return Outcome(seconds, cpu, measured.peak_bytes, wrong=wrong)


def failure(measured):
    """Why a program gave up, in a few words."""
    text = measured.err.lower()
    if measured.exit_code == -9 or any(
        word in text for word in ("out of memory", "memoryerror", "cannot allocate", "bad_alloc")
    ):
        return "out of memory"
    # The last line that begins with the name of an error; below it may stand the place in a query.
    named = re.findall(r"^[\w.]*(?:Error|Exception)\b.*", measured.err, re.MULTILINE)
    return f"fails: {(named or measured.err.strip().splitlines() or ['without a word'])[-1][:80]}"
