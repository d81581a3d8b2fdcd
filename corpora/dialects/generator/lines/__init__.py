"""Calls of every line of a dialect's tables (`sql/src/dialects/*.txt`) over edge values.

    cd corpora/dialects
    python3 -m generator snowflake --lines --each 1 > snowflake/lines.jsonl

Each statement stands alone: its values are literals of a subquery. Where the vendor's engine can be
installed its `record.py` fills in what it answers; elsewhere the targets are held against each other.
"""

from .calls import statements

__all__ = ["statements"]
