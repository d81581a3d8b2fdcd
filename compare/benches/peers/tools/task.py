"""What a peer is asked, and how it answers.

The task is a JSON object: `left`, `right` (Parquet files), `path` (what is asked, see `cases.py`),
`form` (how the peer does it), `key` (columns, perhaps none), `memory_bytes`, `relative` (a tolerance
of floats) and `folder` for temporary files. The answer is one line of JSON: how long it took from
the end of the imports, and counts by name. Asked for differences, a peer also gets up to `SHOWN`
differing rows and says how many (`shown`), so that nobody is faster by counting alone.
"""

import json
import resource
import sys
import time

SHOWN = 1000


def run(forms):
    """Answers the task of the command line by the form that it names."""
    task = json.loads(sys.argv[1])
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    answer = forms[task["form"]](task)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "answer": answer}))
