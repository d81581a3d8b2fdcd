"""Drives a server by psycopg 3: parameters as texts and in binary, prepared statements, pipelines with and
without errors, COPY both ways, cursors of the server, notifications. Prints what it gets.

Usage: python.py CONNECTION
"""

import datetime
import decimal
import sys
import uuid

import psycopg


def show(*what):
    print(*what, flush=True)


def parameters(connection):
    values = (7, "it's ü", None, 1.5, decimal.Decimal("-12.340"), datetime.date(2024, 2, 29), [1, None, 3])
    for binary in (False, True):
        mark = "%b" if binary else "%t"
        sql = f"SELECT {', '.join([mark] * len(values))} AS last"
        show(connection.execute(sql, values, binary=binary).fetchall())
    at = datetime.datetime(2024, 2, 29, 12, 34, 56, 789000)
    key = uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
    show(connection.execute("SELECT %b::timestamp, %b::uuid, %b::bytea", (at, key, b"\0\1\xff")).fetchone())


def prepared(connection):
    for number in range(4):
        show(connection.execute("SELECT %s::int + 1", (number,), prepare=True).fetchone())


def pipelines(connection):
    with connection.pipeline():
        cursors = [connection.execute("SELECT %s::int, 'ahead'", (number,)) for number in range(5)]
    show([cursor.fetchone() for cursor in cursors])
    try:
        with connection.pipeline() as pipeline:
            connection.execute("SELECT 1 / %s::int", (0,))
            connection.execute("SELECT 'never executed'")
            pipeline.sync()
    except psycopg.Error as error:
        show(error.sqlstate)
    show(connection.execute("SELECT 'after the pipeline'").fetchone())


def copies(connection):
    connection.execute("CREATE TEMP TABLE copied (a int, b text)")
    cursor = connection.cursor()
    with cursor.copy("COPY copied FROM STDIN") as copy:
        for row in ((1, "one"), (2, None), (3, "tab\there")):
            copy.write_row(row)
    with cursor.copy("COPY copied (a) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4"])
        copy.write_row((4,))
    with cursor.copy("COPY (SELECT * FROM copied ORDER BY a) TO STDOUT") as copy:
        show([bytes(piece) for piece in copy])
    try:
        with cursor.copy("COPY copied FROM STDIN") as copy:
            copy.write(b"no number\tx\n")
    except psycopg.Error as error:
        show(error.sqlstate)
    show(connection.execute("SELECT count(*) FROM copied").fetchone())


def cursors(connection):
    with connection.transaction():
        with connection.cursor("walk") as cursor:
            cursor.execute("SELECT g, repeat('x', 100) FROM generate_series(1, 250) AS g")
            show(sum(len(row[1]) for row in cursor.fetchmany(200)))
    connection.cursor().executemany("SELECT %s::text", [("a",), ("b",)])


def notifications(connection):
    connection.add_notify_handler(lambda notice: show(notice.channel, notice.payload))
    connection.execute("LISTEN news")
    connection.execute("NOTIFY news, 'payload'")
    show(connection.execute("SELECT 'after the news'").fetchone())


def main():
    with psycopg.connect(sys.argv[1], autocommit=True) as connection:
        for work in (parameters, prepared, pipelines, copies, cursors, notifications):
            work(connection)


main()
