#!/usr/bin/env bash
# Makes server.csv and server.json anew: what a PostgreSQL 15 server logs of a few clients. Not as root;
# BIN is the folder of its programs, for example /usr/lib/postgresql/15/bin.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
bin="${BIN:-/usr/lib/postgresql/15/bin}"
folder="$(mktemp -d)"
trap '"$bin/pg_ctl" -D "$folder/data" -m fast stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT

"$bin/initdb" -D "$folder/data" -U owner -A trust -E UTF8 -N --locale=C.UTF-8 >/dev/null
cat >>"$folder/data/postgresql.conf" <<SETTINGS
unix_socket_directories = '$folder'
listen_addresses = ''
logging_collector = on
log_destination = 'csvlog,jsonlog'
log_filename = 'server.log'
log_timezone = 'UTC'
log_min_duration_statement = 0
log_parameter_max_length = 24
log_parameter_max_length_on_error = -1
log_connections = on
SETTINGS
"$bin/pg_ctl" -D "$folder/data" -w -l "$folder/start.log" start >/dev/null
export PGHOST="$folder" PGUSER=owner PGDATABASE=postgres PGAPPNAME=nightly

"$bin/psql" -q -v ON_ERROR_STOP=0 >/dev/null 2>&1 <<'SQL' || true
CREATE TABLE orders (id int PRIMARY KEY, region text, amount numeric(12,2));
INSERT INTO orders SELECT n, 'r' || n % 3, n FROM generate_series(1, 30) AS n;
SELECT region,
       count(*) AS "how many, in all" -- a comment; with "quotes"
FROM orders GROUP BY 1 ORDER BY 1;
SELECT 1 / 0;
SELEC 1;
CREATE ROLE reporter LOGIN PASSWORD 'Sesam-0ffen';
SELECT 'a'; SELECT 'b';
DO $$ BEGIN RAISE WARNING 'only a message'; END $$;
SQL
printf '%s\n' '\set id random(1, 30)' "SELECT amount FROM orders WHERE id = :id;" >"$folder/one.sql"
"$bin/pgbench" -n -M extended -c 2 -t 2 -f "$folder/one.sql" >/dev/null 2>&1
"$bin/pgbench" -n -M prepared -t 2 -f "$folder/one.sql" >/dev/null 2>&1
"$bin/pgbench" -n -M extended -t 1 -D long="a text that is longer than what is logged" \
  -f <(echo "SELECT count(*) FROM orders WHERE region <> :long;") >/dev/null 2>&1 || true

"$bin/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null
for kind in csv json; do
  sed "s#$folder#/var/run/postgresql#g" "$folder/data/log/server.$kind" >"$here/server.$kind"
done
