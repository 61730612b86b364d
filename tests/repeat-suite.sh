#!/bin/sh
# Runs the whole suite again and again, to find tests that do not give the same answer every time.
# repeat-suite.sh RUNS [BUSY]: RUNS times, the last BUSY of them while other processes keep every core busy. It goes on after a
# failure, keeps the output of each run in artifacts/repeat, and exits with the number of runs that failed.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=${here%/tests}
runs=${1:?repeat-suite.sh RUNS [BUSY]}
busy=${2:-0}
output=$root/artifacts/repeat
load=
mkdir -p "$output"

# $load is a list of process ids.
# shellcheck disable=SC2086
end_load() { [ -z "$load" ] || kill $load 2>/dev/null; load=; }
trap end_load EXIT
trap 'exit 129' INT TERM HUP

failed=0 run=0
while [ "$run" -lt "$runs" ]; do
    run=$((run + 1))
    if [ -z "$load" ] && [ "$run" -gt $((runs - busy)) ]; then
        for _ in $(seq "$(nproc)"); do
            sh -c 'while :; do :; done' &
            load="$load $!"
        done
    fi
    began=$(date +%s)
    if "$root/build.sh" test </dev/null >"$output/$run.log" 2>&1; then answer=passed; else answer=FAILED failed=$((failed + 1)); fi
    printf '%s run %2d: %s in %d s%s: %s\n' "$(date +%T)" "$run" "$answer" "$(($(date +%s) - began))" "${load:+, cores busy}" \
        "$(tail -n 1 "$output/$run.log")"
    grep -F '[FAIL]' "$output/$run.log" | sort -u
done
printf '%d of %d runs failed\n' "$failed" "$runs"
exit "$failed"
