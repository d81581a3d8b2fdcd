"""The programs that compare: ours and its peers, each in its best form.

Each module of a peer is a program that gets its task as JSON (see `task.py`) and prints its answer.
"""
