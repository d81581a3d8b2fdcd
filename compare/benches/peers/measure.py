"""Runs a program as a child process: how long it took, what it used, what it said."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """What a run took. Memory is the most that the process had at one time."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    exit_code: int
    timed_out: bool
    out: str
    err: str


def run(command, seconds_max, variables=None):
    """Runs `command` with more environment variables; after `seconds_max` it is killed."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        child = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={**os.environ, **(variables or {})},
            # A group of its own, so that all of it can be ended.
            start_new_session=True,
        )
        late = threading.Event()

        def end():
            late.set()
            os.killpg(child.pid, signal.SIGKILL)

        timer = threading.Timer(seconds_max, end)
        timer.start()
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except KeyboardInterrupt:
            os.killpg(child.pid, signal.SIGKILL)
            raise
        finally:
            timer.cancel()
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
        # In bytes on macOS, in units of 1,024 elsewhere.
        unit = 1 if sys.platform == "darwin" else 1024
        return Measured(
            seconds,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss * unit,
            child.returncode,
            late.is_set(),
            *texts,
        )
