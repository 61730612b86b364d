#!/bin/sh
# Takes the picture of a login that README.md shows: runs login.ps1 in a terminal of tmux, types what a person would,
# captures the screen while the task starts and at the end, and draws both captures into login.svg.
set -eu

fail() {
    printf 'take-picture.sh: %s\n' "$*" >&2
    exit 1
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=${here%/tests/Pictures}
command -v tmux >/dev/null 2>&1 || fail 'tmux is missing: it is the terminal. Install it: apt-get install tmux'
"$root/build.sh"
if command -v pwsh >/dev/null 2>&1; then
    set -- pwsh -NoProfile -File
else
    set -- dotnet "$root/artifacts/host/bin/PowerShellHost/release/PowerShellHost.dll" -NoProfile -File
fi

folder=$(mktemp -d)
terminal() { tmux -S "$folder/tmux" "$@"; }
clean_up() {
    terminal kill-server 2>/dev/null || true
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# wait_until COMMAND [ARGUMENT]…: waits, for a minute at most, until the command succeeds.
wait_until() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || fail "waited in vain: $*. The terminal shows: $(terminal capture-pane -p)"
        sleep 0.1
    done
}

shows() { terminal capture-pane -p | grep -Eq -- "$1"; }
has_ended() { ! terminal has-session 2>/dev/null; }

# enter COMMAND: types a command once the remote shell asks for one.
enter() {
    wait_until shows '[#$] *$'
    terminal send-keys -l -- "$1"
    terminal send-keys Enter
}

# The screen without the lines below the last one in use.
capture() { terminal capture-pane -e -p | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'; }

env -u TMUX LC_ALL=C.UTF-8 tmux -S "$folder/tmux" -f /dev/null new-session -d -x 88 -y 24 \
    "$@" "$here/login.ps1" -StateHome "$folder/state"
terminal set-option -g status off
wait_until shows 'PENDING'
capture > "$folder/starting"
enter 'hostname'
wait_until shows '^ip-'
enter 'env | grep RAILS'
wait_until shows '^RAILS_ENV='
enter 'exit 7'
wait_until shows '^PS> *$'
capture > "$folder/done"
terminal send-keys Enter
wait_until has_ended

"$@" "$here/draw-terminal.ps1" -Capture "$folder/starting,$folder/done" -Path "$here/login.svg"
