#!/bin/sh
# One night of a replay job. A run that ended before everything had its verdict goes on (its budget was used
# up, an engine was down, the machine was switched off); otherwise a new run begins.
#
#   nightly.sh FOLDER [option of `gnomon run`]…
#
# FOLDER holds gnomon.toml. The exit code is that of gnomon: 0 the gate holds, 1 it fails, 2 the
# configuration is wrong, 3 an engine or the disk could not be reached, 4 incomplete.
set -u

cd "${1:?give the folder of gnomon.toml}" || exit 2
shift
unfinished=unfinished-run
begun=.night-begun

# A service that is stopped tells this script, too; it waits for gnomon, which finishes what it is about.
trap : TERM INT

# The run that was begun tonight, if one was.
newest() {
    find runs -mindepth 1 -maxdepth 1 -type d -newer "$begun" 2> /dev/null | head -n 1
}

touch "$begun"
code=2
if [ -s "$unfinished" ]; then
    gnomon run -c gnomon.toml --resume "$(cat "$unfinished")" "$@"
    code=$?
fi
# Nothing is unfinished, or another configuration or another gnomon cannot go on with it.
if [ "$code" -eq 2 ]; then
    rm -f "$unfinished"
    gnomon run -c gnomon.toml --again "$@"
    code=$?
    run=$(newest)
    if [ "$code" -ge 3 ] && [ -n "$run" ]; then
        basename "$run" > "$unfinished"
    fi
elif [ "$code" -lt 3 ]; then
    rm -f "$unfinished"
fi
exit "$code"
