# Outlives the process that started it and cleans up after it. Argument: the cluster's folder.
trap '' INT TERM HUP QUIT
# Ends when the other end of the pipe is closed: by a drop, or by the death of its owner.
while IFS= read -r _; do :; done
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
    kill -QUIT "$pid" 2>/dev/null
    tries=0
    while [ -e "$1/data/postmaster.pid" ] && kill -0 "$pid" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -ge 50 ] && kill -KILL "$pid" 2>/dev/null && break
        sleep 0.1
    done
fi
tries=0
while [ -e "$1" ] && [ "$tries" -lt 100 ]; do
    # A server that is still ending may write while we remove.
    rm -rf "$1" 2>/dev/null
    [ -e "$1" ] && sleep 0.1
    tries=$((tries + 1))
done
