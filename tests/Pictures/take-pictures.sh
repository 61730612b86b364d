#!/bin/sh
# Takes the pictures that README.md and docs show: plays each scene of scene.ps1 in a terminal of tmux, types what a person would,
# captures the screen where there is something to see, and draws the captures into NAME.svg.
# take-pictures.sh [NAME…] takes those alone.
set -eu

fail() {
    printf 'take-pictures.sh: %s\n' "$*" >&2
    exit 1
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=${here%/tests/Pictures}
names=${*:-login waiting list narrow history doctor commands detached tunnels files log ssh advice presets setup}
command -v tmux >/dev/null 2>&1 || fail 'tmux is missing: it is the terminal. Install it: apt-get install tmux'
"$root/build.sh"
PATH=$PATH:$root/artifacts/powershell
set -- pwsh -NoProfile -File

folder=$(mktemp -d)
home=
terminal() { tmux -S "$folder/tmux" "$@"; }
clean_up() {
    terminal kill-server 2>/dev/null || true
    rm -rf "$folder" ${home:+"$home"}
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# wait_until COMMAND [ARGUMENT]…: waits, for two minutes at most, until the command succeeds.
wait_until() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || fail "waited in vain: $*. The terminal shows: $(terminal capture-pane -p)"
        [ "$*" = has_ended ] || ! has_ended || fail "the scene '$name' has ended by itself: waited for $*"
        sleep 0.1
    done
}

shows() { terminal capture-pane -p | grep -Eq -- "$1"; }
has_ended() { ! terminal has-session 2>/dev/null; }

# enter COMMAND: types a command once the remote shell, or PowerShell at its last line, asks for one.
enter() {
    wait_until shows '[#$] *$|^PS> *$'
    terminal send-keys -l -- "$1"
    terminal send-keys Enter
}

# see PATTERN: captures the screen, as soon as it shows the pattern, without the lines below the last one in use. The scene's
# folder becomes a user's home with a path as long, so that columns stay where they are.
see() {
    wait_until shows "$1"
    capture="$folder/$name-$((count += 1))"
    terminal capture-pane -e -p | sed -e "s|$home|/home/sarah|g" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' > "$capture"
    captures="$captures${captures:+,}$capture"
}

prompt='^PS> *$'
for name in $names; do
    captures='' count=0 columns=88
    [ "$name" != narrow ] || columns=40
    home=$(mktemp -d /tmp/XXXXXX)
    env -u TMUX -u NO_COLOR LC_ALL=C.UTF-8 tmux -S "$folder/tmux" -f /dev/null new-session -d -x $columns -y 80 \
        "$@" "$here/scene.ps1" -Name "$name" -Folder "$home"
    terminal set-option -g status off
    case $name in
        login)
            title='A login to a Fargate task: while the task starts, and after the remote shell has ended'
            see 'PENDING'
            enter 'hostname'
            wait_until shows '^ip-'
            enter 'env | grep RAILS'
            wait_until shows '^RAILS_ENV='
            enter 'exit 7'
            ;;
        waiting)
            title='Five sessions that are waited for together: on their way, and all of them running'
            see '[0-9] PENDING'
            ;;
        narrow)
            title='A session on a terminal of 40 columns: on its way, and in a table'
            see 'PENDING'
            ;;
        list) title='A session in all detail, with its times as they are and how long ago that was' ;;
        doctor) title='What Test-FargateLogin finds: a symbol, the check and what was found, in a row for each' ;;
        commands) title='A command in one session and in three, with its output and with results' ;;
        tunnels) title='Two tunnels, one to a database and one for SOCKS, with their status' ;;
        files) title='A file that was copied to a session, and two that were copied from it' ;;
        log) title='A log that is followed to the end of its task, and the exit code of the container' ;;
        detached) title='A command that runs on by itself, while it runs and after it has ended with exit code 3' ;;
        ssh) title='The lines that Export-FargateSshConfig would add, each behind a plus sign' ;;
        history) title='The starts from this machine as a table, and one as a list with its phases' ;;
        advice)
            title='What stands below commands: what mends an error, and what still runs'
            enter 'Enter-FargateShell fl-nobody'
            wait_until shows 'Get-FargateSession'
            enter '$session = New-FargateSession rails-cli -Wait'
            enter '$session | Enter-FargateShell'
            wait_until shows '^root@'
            enter 'exit'
            wait_until shows 'Stop-FargateSession fl-'
            ;;
        presets) title='Two presets, in the own file and in the file of a project, as table and list' ;;
        setup) title='The files for an image, and the task definition that would be registered' ;;
        *) fail "there is no scene '$name'" ;;
    esac
    see "$prompt"
    enter exit
    wait_until has_ended
    rm -rf "$home"
    "$@" "$here/draw-terminal.ps1" -Capture "$captures" -Path "$here/$name.svg" -Title "$title" -Columns $columns
done
