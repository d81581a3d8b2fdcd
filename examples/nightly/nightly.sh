#!/bin/sh
# One night of a replay job. A run that ended before everything had its verdict (exit code 4: its budget
# was used up, or the machine went down) goes on; otherwise a new run begins.
#
#   nightly.sh FOLDER [option of `gnomon run`]…
#
# FOLDER holds gnomon.toml. The exit code is that of gnomon: 0 the gate holds, 1 it fails, 2 the
# configuration is wrong, 3 an engine or the disk could not be reached, 4 incomplete.
set -u

cd "${1:?give the folder of gnomon.toml}" || exit 2
shift
unfinished=unfinished-run

run() {
    gnomon run -c gnomon.toml "$@"
}

code=2
if [ -s "$unfinished" ]; then
    run --resume "$(cat "$unfinished")" "$@"
    code=$?
    # Another configuration or another gnomon cannot go on with it.
    [ "$code" -eq 2 ] && rm -f "$unfinished"
fi
if [ ! -s "$unfinished" ]; then
    run --again "$@"
    code=$?
fi

if [ "$code" -eq 4 ]; then
    # The newest run is the one that is not complete.
    ls -t runs | grep -v '^audit\.jsonl$' | head -n 1 > "$unfinished"
elif [ "$code" -ne 3 ]; then
    rm -f "$unfinished"
fi
exit "$code"
