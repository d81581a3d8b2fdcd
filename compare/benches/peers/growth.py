"""How time and memory of our program grow with the rows."""

import inputs
from bench import results
from cases import CAP_BYTES, OURS, Case
from dataclasses import dataclass

SIZES = (1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000)
SERIES = (
    Case("equal", "growth", "fingerprint", "base", "equal", (OURS,)),
    # From some millions of rows on, those that may differ are laid aside.
    Case(
        "one row in ten differs, 512 MB",
        "growth",
        "capped",
        "base",
        "many",
        (OURS,),
        keyed=True,
        memory_bytes=CAP_BYTES,
    ),
)


@dataclass(frozen=True)
class Point:
    """The medians at one size."""

    rows: int
    seconds: float
    cpu_seconds: float
    peak_bytes: float


def run(bench_of, sizes):
    """The points of each series by name, and what went wrong."""
    series, wrong = {case.name: [] for case in SERIES}, []
    for rows in sizes:
        bench = bench_of(rows)
        try:
            for case in SERIES:
                [result] = results(case, bench.case(case))
                if result.bad:
                    wrong.append(f"{case.name}, {rows:,} rows: {result.bad.wrong or result.bad.failed}")
                    continue
                medians = [result.median(name) for name in ("seconds", "cpu_seconds", "peak_bytes")]
                series[case.name].append(Point(inputs.INPUTS["base"].rows(rows), *medians))
        finally:
            # The largest are many gigabytes.
            bench.drop_files()
    return series, wrong
