"""What is asked: of which files, of whom, and how good the answer has to be.

Paths: `fingerprint` asks only whether both files have the same rows; `keyed` which rows are missing,
extra or changed, by a key, and in which cells; `keyless` which rows one file has alone, as a bag;
`tolerances` is keyed, and floats may differ by a share; `capped` is keyed within little memory.
"""

from dataclasses import dataclass, replace

PATHS = ("fingerprint", "keyed", "keyless", "tolerances", "capped")
CAP_BYTES = 512_000_000
RELATIVE = 1e-9
"""The tolerance: far above the noise of the inputs, and far below their changes."""


@dataclass(frozen=True)
class Tool:
    """A program in one form."""

    name: str
    module: str
    form: str = ""
    exact: bool = False
    """Without the tolerance of the case."""
    without_key: bool = False
    """Without the key of the case: it is looked for."""


OURS = Tool("gnomon", "gnomon")
OURS_FINDING_KEY = Tool("gnomon, key not given", "gnomon", without_key=True)
OURS_EXACT = Tool("gnomon, without the rule", "gnomon", exact=True)
DUCKDB_SUM = Tool("DuckDB, sum of hashes", "duckdb_sql", "hash_sum")
DUCKDB_GROUP = Tool("DuckDB, group by hash", "duckdb_sql", "group_by_hash")
DUCKDB_EXCEPT = Tool("DuckDB, EXCEPT ALL", "duckdb_sql", "except_all")
DUCKDB_JOIN = Tool("DuckDB, two-stage join", "duckdb_sql", "two_stage_join")
DUCKDB_GROUP_JOIN = Tool("DuckDB, group by hash, then join", "duckdb_sql", "group_then_join")
POLARS_SUM = Tool("polars, sum of hashes", "polars_frames", "hash_sum")
POLARS_GROUP = Tool("polars, group by hash", "polars_frames", "group_by_hash")
POLARS_JOIN = Tool("polars, two-stage join", "polars_frames", "two_stage_join")
DATACOMPY = Tool("datacompy", "datacompy_frames", "compare")

EVEN = (OURS, DUCKDB_SUM, DUCKDB_GROUP, POLARS_SUM)
KEYED = (OURS, OURS_FINDING_KEY, DUCKDB_JOIN, DUCKDB_GROUP_JOIN, POLARS_JOIN, DATACOMPY)
KEYLESS = (OURS, DUCKDB_GROUP, DUCKDB_EXCEPT, POLARS_GROUP)


@dataclass(frozen=True)
class Case:
    """One question."""

    name: str
    """As the table calls it."""
    group: str
    """What `--inputs` calls it."""
    path: str
    input: str
    variant: str
    tools: tuple
    keyed: bool = False
    memory_bytes: int = 0
    relative: float = 0
    seconds_most: float | None = None
    """Targets for 10,000,000 rows and two cores, of ours."""
    bytes_most: float | None = None


def of_input(name, words, keyed_tools=KEYED):
    """The three paths of an input."""
    return (
        Case(f"{words}: equal", name, "fingerprint", name, "equal", EVEN),
        Case(f"{words}: keyed", name, "keyed", name, "changed", keyed_tools, keyed=True),
        Case(f"{words}: keyless", name, "keyless", name, "changed", KEYLESS),
    )


BASE = (
    Case("equal, by fingerprint", "base", "fingerprint", "base", "equal", EVEN, seconds_most=1.0, bytes_most=150e6),
    Case("keyed", "base", "keyed", "base", "changed", KEYED, keyed=True, seconds_most=2.0, bytes_most=0.7e9),
    Case("keyless", "base", "keyless", "base", "changed", KEYLESS, seconds_most=2.0, bytes_most=0.7e9),
    Case(
        "tolerance on, few rows differ",
        "base",
        "tolerances",
        "base",
        "changed",
        (OURS, OURS_EXACT, DUCKDB_JOIN, POLARS_JOIN, DATACOMPY),
        keyed=True,
        relative=RELATIVE,
    ),
    Case(
        "tolerance on, noise in every row",
        "base",
        "tolerances",
        "base",
        "noise",
        (OURS, OURS_EXACT, DUCKDB_JOIN, POLARS_JOIN, DATACOMPY),
        keyed=True,
        relative=RELATIVE,
    ),
    Case(
        "keyed, 512 MB",
        "base",
        "capped",
        "base",
        "changed",
        (OURS, DUCKDB_JOIN, DUCKDB_GROUP_JOIN),
        keyed=True,
        memory_bytes=CAP_BYTES,
        seconds_most=4.0,
    ),
)
DIFFERENT = (
    Case("all rows differ: keyed", "different", "keyed", "base", "different", KEYED, keyed=True),
    Case("all rows differ: keyless", "different", "keyless", "base", "different", KEYLESS),
    Case(
        "all rows differ: keyed, 512 MB",
        "different",
        "capped",
        "base",
        "different",
        (OURS, DUCKDB_JOIN, DUCKDB_GROUP_JOIN),
        keyed=True,
        memory_bytes=CAP_BYTES,
    ),
)
SKEWED = (
    Case("few rows in many copies: equal", "skewed", "fingerprint", "skewed", "equal", EVEN),
    Case("few rows in many copies: keyless", "skewed", "keyless", "skewed", "changed", KEYLESS),
    # Where several rows have a key, a join by it gives every pair of them.
    Case(
        "one key for a fifth of the rows",
        "skewed",
        "keyed",
        "skewed-key",
        "changed",
        (OURS, DUCKDB_GROUP, DUCKDB_EXCEPT, POLARS_GROUP),
        keyed=True,
    ),
)
CASES = (
    *BASE,
    *of_input("wide", "500 columns"),
    *of_input("nested", "nested"),
    *of_input("text", "long texts"),
    *SKEWED,
    *DIFFERENT,
)
UNABLE = {
    ("polars_frames", "nested"): "it does not read maps",
    ("datacompy_frames", "nested"): "polars does not read maps",
    ("datacompy_frames", "wide"): "it compares integers of 64 bits as floats",
}
"""What a peer cannot do with an input, in the pinned version: the check knows of it."""
GROUPS = tuple(dict.fromkeys(case.group for case in CASES))


def checks():
    """More cases that only a check of the answers needs: what is not equal must not pass for equal."""
    for case in CASES:
        if case.path == "fingerprint":
            yield replace(case, name=f"{case.name} (one that is not)", variant="changed")
