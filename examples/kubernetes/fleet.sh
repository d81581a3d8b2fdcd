#!/bin/sh
# One pod of a replay that several share. Pod 0 begins the run, or goes on with it, and reports; the others
# take part in it. All that a pod did not record is done by others, so that each may go away at any time.
#
#   fleet.sh CONFIG LABEL [option of `gnomon run` and `gnomon worker`]…
#
# CONFIG is gnomon.toml. LABEL is the same for all pods of one run and for no other run: the name of the job. The exit code is that of gnomon: 0 the gate holds (for workers: the run is over), 1 it fails, 2 the
# configuration is wrong, 3 an engine or the store could not be reached, 4 incomplete.
set -eu

config=${1:?give the configuration}
label=${2:?give the label of the run}
shift 2
if [ "${JOB_COMPLETION_INDEX:?is set by a Kubernetes job with completionMode: Indexed}" -eq 0 ]; then
    exec gnomon run -c "$config" "--again=$label" --name "pod-0" "$@"
fi
exec gnomon worker -c "$config" "--again=$label" --name "pod-$JOB_COMPLETION_INDEX" --wait 600 "$@"
