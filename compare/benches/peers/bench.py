"""Runs cases: files are made once, programs take turns, medians count."""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import answers
import inputs
import measure
from tools import gnomon

HERE = Path(__file__).resolve().parent


@dataclass
class Bench:
    """Where files lie, and how programs are run."""

    folder: Path
    python: Path
    program: Path
    rows: int
    runs: int
    seconds_max: float
    note: object = field(default=lambda text: print(text, file=sys.stderr))

    def file(self, name, variant):
        """The path of an input's file, which is written where it is not there."""
        path = self.folder / f"{name}-{variant}-{self.rows}.parquet"
        if not path.exists():
            self.note(f"peers: writing {path.name}")
            part = path.with_suffix(".part")
            words = [self.python, HERE / "inputs.py", name, variant, str(self.rows), part]
            subprocess.run(words, check=True)
            part.rename(path)
        return path

    def drop_files(self):
        """Removes the files of this size."""
        for path in self.folder.glob(f"*-{self.rows}.parquet"):
            path.unlink()

    def once(self, case, tool, truth, paths):
        """One run of one program."""
        scratch = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            task = {
                "left": str(paths[0]),
                "right": str(paths[1]),
                "path": case.path,
                "form": tool.form,
                "key": ["k"] if case.keyed and not tool.without_key else [],
                "memory_bytes": case.memory_bytes,
                "relative": 0 if tool.exact else case.relative,
                "folder": str(scratch),
            }
            if tool.module == "gnomon":
                command = gnomon.command(self.program, task, scratch / "rules.toml")
            else:
                command = [self.python, HERE / "tools" / f"{tool.module}.py", json.dumps(task)]
            measured = measure.run(command, self.seconds_max, {"TMPDIR": str(scratch)})
        finally:
            shutil.rmtree(scratch)
        return answers.read(case, tool, truth, measured, self.seconds_max)

    def case(self, case):
        """All programs of a case: the outcomes of each, in the order of its tools."""
        self.note(f"peers: {case.name}")
        paths = [self.file(case.input, "left"), self.file(case.input, case.variant)]
        for path in paths:
            warm(path)
        truth = inputs.truth(case.input, case.variant, self.rows)
        outcomes = [[] for _ in case.tools]
        for _ in range(self.runs):
            for tool, own in zip(case.tools, outcomes):
                # What fails does so again.
                if all(outcome.good for outcome in own):
                    own.append(self.once(case, tool, truth, paths))
        return outcomes


def warm(path):
    """Reads a file, so that it is in the system's cache for all who follow."""
    with open(path, "rb") as file:
        while file.read(1 << 20):
            pass


@dataclass(frozen=True)
class Result:
    """The medians of a program in a case."""

    tool: object
    outcomes: list

    @property
    def bad(self):
        """What is wrong, or went wrong."""
        return next((outcome for outcome in self.outcomes if not outcome.good), None)

    def median(self, name):
        return statistics.median(getattr(outcome, name) for outcome in self.outcomes)

    @property
    def seconds(self):
        return None if self.bad else self.median("seconds")


def results(case, outcomes):
    return [Result(tool, own) for tool, own in zip(case.tools, outcomes)]
