#!/bin/sh
# Lets one person log in to this container over ssh, and ends the container when they are done.
# Its contract (variables, log lines, exit codes) is in README.md beside this file.
# POSIX sh and the tools that Debian (dash, coreutils, mawk) and Alpine (BusyBox) both have.

set -u

EXIT_SETTING=64 # a variable is missing or malformed
EXIT_IMAGE=69   # the image lacks something
EXIT_SSHD=70    # sshd ended by itself
EXIT_LIMIT=124  # a time limit ended the task

# The kernel moves the times of a terminal forward in steps of so many seconds.
TTY_TIME_STEP=8
# Who has logged out may come back within so many seconds, unless that login asked for the whole reconnect window.
LOGOUT_WINDOW=5
# Once a limit is near, this many seconds (or half of the limit) are left to save one's work.
WARNING_TIME=600

folder=
sshd_pid=
sleep_pid=
log_pid=
logins=0
ttys=
logins_without_tty=0

say() {
    printf 'ecs-fargate-login %s\n' "$*"
}

fail() {
    status=$1
    shift
    printf 'ecs-fargate-login error: %s\n' "$*" >&2
    exit "$status"
}

# number NAME VALUE MINIMUM MAXIMUM: prints VALUE, or fails. VALUE itself stays out of the log.
number() {
    case $2 in
    *[!0-9]* | 0?* | ??????????*) ;;
    *) [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] && printf '%s' "$2" && return ;;
    esac
    fail $EXIT_SETTING "$1 must be a whole number from $3 to $4, without leading zeros"
}

# seconds NAME VALUE: the same for a time limit, where 0 stands for no limit.
seconds() {
    number "$1" "$2" 0 999999999
}

read_settings() {
    port=$(number _SSH_PORT "${_SSH_PORT:-22}" 1 65535) || exit
    login_timeout=$(seconds _LOGIN_TIMEOUT "${_LOGIN_TIMEOUT:-600}") || exit
    idle_timeout=$(seconds _IDLE_TIMEOUT "${_IDLE_TIMEOUT:-0}") || exit
    max_lifetime=$(seconds _MAX_LIFETIME "${_MAX_LIFETIME:-14400}") || exit
    reconnect_window=$(seconds _RECONNECT_WINDOW "${_RECONNECT_WINDOW:-120}") || exit
    nonce=${_SESSION_NONCE:-}
    case $nonce in
    *[!0-9A-Za-z]*) fail $EXIT_SETTING "_SESSION_NONCE must be letters and digits" ;;
    esac
    listen_address=${_SSH_LISTEN_ADDRESS:-}
    case $listen_address in
    *[!0-9A-Fa-f.:]*) fail $EXIT_SETTING "_SSH_LISTEN_ADDRESS must be an IPv4 or IPv6 address" ;;
    esac
}

find_programs() {
    sshd=$(command -v sshd) && command -v ssh-keygen >/dev/null ||
        fail $EXIT_IMAGE "sshd or ssh-keygen is missing: install openssh-server (Debian) or openssh (Alpine)"
    pwsh=$(command -v pwsh) || pwsh=
    sftp_server=
    for candidate in /usr/lib/openssh /usr/lib/ssh /usr/libexec/openssh /usr/libexec; do
        [ -z "$sftp_server" ] && [ -x "$candidate/sftp-server" ] && sftp_server=$candidate/sftp-server
    done
}

# Who logs in: sshd looks users up by name and starts their shell, so both must be there.
find_user() {
    own_name=$(id -un 2>/dev/null) && id -u "$own_name" >/dev/null 2>&1 ||
        fail $EXIT_IMAGE "uid $(id -u) has no name in /etc/passwd, and sshd only logs in users with a name: add one"
    user=${_SSH_USER:-$own_name}
    case $user in
    -* | *[!A-Za-z0-9._-]*) fail $EXIT_SETTING "_SSH_USER is not a user name" ;;
    esac
    [ "$(user_field /etc/passwd 1)" = "$user" ] ||
        fail $EXIT_SETTING "_SSH_USER names $user, a user that /etc/passwd does not have"
    [ "$(id -u)" -eq 0 ] || [ "$(id -u "$user")" -eq "$(id -u)" ] ||
        fail $EXIT_SETTING "_SSH_USER names $user, but a container that runs as $own_name can only log in $own_name"
    shell=$(user_field /etc/passwd 7)
    case ${shell:=/bin/sh} in
    */nologin | */false)
        fail $EXIT_IMAGE "the shell of $user is $shell: give $user another in the image (usermod -s /bin/sh $user)"
        ;;
    esac
    [ -x "$shell" ] || fail $EXIT_IMAGE "the shell of $user, $shell, cannot be run"
}

# user_field FILE NUMBER: a field of the user's line in /etc/passwd or /etc/shadow.
user_field() {
    awk -F: -v user="$user" -v field="$2" '$1 == user { print $field; exit }' "$1"
}

make_folder() {
    for parent in /run /tmp /dev/shm; do
        folder=$(mktemp -d "$parent/ecs-fargate-login.XXXXXX" 2>/dev/null) && break
    done
    [ -n "$folder" ] || fail $EXIT_IMAGE "none of /run, /tmp and /dev/shm can be written: mount a volume at /tmp"
    mkdir "$folder/login"
    # Another user's login has to reach its own files, and none of sshd's.
    if [ "$user" != "$own_name" ]; then
        chmod 711 "$folder"
        chown "$user" "$folder/login" || fail $EXIT_IMAGE "cannot give a file to $user: the container lacks CAP_CHOWN"
    fi
}

write_authorized_keys() {
    printf '%s\n' "${_AUTHORIZED_PUBLIC_KEY:-}" | tr -d '\r' |
        sed -e '/^[[:space:]]*$/d' -e '/^[[:space:]]*#/d' >"$folder/authorized_keys"
    [ -s "$folder/authorized_keys" ] ||
        fail $EXIT_SETTING "_AUTHORIZED_PUBLIC_KEY is not set: without a public key nobody can log in"
    fingerprint=
    while IFS= read -r line; do
        # ForceCommand below would silently outrank this option.
        case $(printf '%s' "$line" | tr '[:upper:]' '[:lower:]') in
        command=\"* | *,command=\"*)
            fail $EXIT_SETTING "_AUTHORIZED_PUBLIC_KEY holds the option command=, which is not supported: leave it out"
            ;;
        esac
        key=$(printf '%s\n' "$line" | ssh-keygen -l -f - 2>/dev/null) ||
            fail $EXIT_SETTING "_AUTHORIZED_PUBLIC_KEY holds a line that is not a public key as in authorized_keys"
        key=${key#* }
        : "${fingerprint:=${key%% *}}"
    done <"$folder/authorized_keys"
    # Public keys are no secret, and sshd reads them as the user who logs in.
    chmod 644 "$folder/authorized_keys"
}

# Writes the container's environment as one shell command that sets the positional parameters to NAME=VALUE words.
# It is taken from the kernel, byte by byte and as octal text, so that no character of a name or value is special.
write_environment() {
    words=$(od -An -v -t o1 "/proc/$$/environ" | awk '
        BEGIN {
            for (code = 33; code < 127; code++) character[sprintf("%03o", code)] = sprintf("%c", code)
            # What the login itself decides.
            split("HOME USER LOGNAME SHELL TERM PWD OLDPWD SHLVL SSH_CLIENT SSH_CONNECTION SSH_TTY " \
                "SSH_ORIGINAL_COMMAND SSH_AUTH_SOCK SSH_USER_AUTH", names, " ")
            for (i in names) withheld[names[i]] = 1
        }
        function take(byte) {
            if (byte == "000") {
                if (part == "value") printf "\047"
                part = name = octal_name = ""
            } else if (part == "value") {
                printf "%s", byte == "047" ? "\047\\134\047\047" : "\\" byte
            } else if (part == "" && byte == "075") {
                part = name == "" || name ~ /^_/ || name in withheld ? "dropped" : "value"
                if (part == "value") printf " \047%s\\075", octal_name
            } else if (part == "") {
                name = name (byte in character ? character[byte] : "?")
                octal_name = octal_name (byte == "047" ? "\047\\134\047\047" : "\\" byte)
            }
        }
        { for (i = 1; i <= NF; i++) take($i) }')
    # shellcheck disable=SC2059 # The format is nothing but quotes, spaces and octal escapes.
    printf "set --$words\\n" >"$folder/login/environment" || fail $EXIT_IMAGE "cannot write to $folder"
}

# What sshd runs for every shell, command and sftp of a login.
write_login_script() {
    cat >"$folder/login.sh" <<'LOGIN'
folder=${0%/*}/login
true >"$folder/seen"
if [ -n "${_KEEP_SESSION:-}" ]; then true >"$folder/keep"; else rm -f "$folder/keep"; fi
unset _KEEP_SESSION
. "$folder/environment"
if [ -n "${SSH_ORIGINAL_COMMAND:-}" ]; then
    command=$SSH_ORIGINAL_COMMAND
    unset SSH_ORIGINAL_COMMAND
    exec env -- "$@" "$SHELL" -c "$command"
fi
container_path=$PATH
for word; do
    case $word in PATH=*) container_path=${word#PATH=} ;; esac
done
case ${SHELL##*/} in
sh | ash | bash | dash | ksh | mksh | zsh)
    # The profile of Debian and Alpine puts a PATH of its own in place of the container's.
    exec env -- "$@" "$SHELL" -l -c 'PATH=$1; export PATH; exec "$0"' "$SHELL" "$container_path"
    ;;
*) exec env -- "$@" "$SHELL" -l ;;
esac
LOGIN
    chmod 644 "$folder/login.sh"
    [ "$user" = "$own_name" ] || chown "$user" "$folder/login/environment"
}

write_sshd_config() {
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$folder/host_key" </dev/null || fail $EXIT_IMAGE "cannot make a host key"
    root_login=no
    [ "$(id -u "$user")" -ne 0 ] || root_login=prohibit-password
    cat >"$folder/sshd_config" <<CONFIG
Port $port
${listen_address:+ListenAddress $listen_address}
HostKey $folder/host_key
AuthorizedKeysFile $folder/authorized_keys
# The path leads through /tmp, which all may write to; the folder itself is private.
StrictModes no
AllowUsers $user
PermitRootLogin $root_login
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitEmptyPasswords no
MaxAuthTries 3
LoginGraceTime 20
HostKeyAlgorithms ssh-ed25519
# Since 8.5 called PubkeyAcceptedAlgorithms, and still known by this name.
PubkeyAcceptedKeyTypes -ssh-rsa*,ssh-dss*
KexAlgorithms -ecdh-*,diffie-hellman-*
Ciphers -*-cbc
MACs -umac-64*,hmac-sha1*
AllowTcpForwarding local
AllowStreamLocalForwarding no
AllowAgentForwarding no
X11Forwarding no
PermitTunnel no
PermitUserEnvironment no
AcceptEnv _KEEP_SESSION
PermitUserRC no
PrintLastLog no
# A client that is gone without a word has logged out after a minute.
ClientAliveInterval 15
ClientAliveCountMax 4
TCPKeepAlive no
UseDNS no
PidFile none
${sftp_server:+Subsystem sftp $sftp_server}
${pwsh:+Subsystem powershell $pwsh -sshs -NoLogo -NoProfile}
ForceCommand /bin/sh $folder/login.sh
CONFIG
}

# sshd refuses an account whose password is locked with "!", even for a key; "*" allows no password either.
unlock_account() {
    [ "$(id -u)" -eq 0 ] || return 0
    case $(user_field /etc/shadow 2 2>/dev/null) in
    '!'*) ;;
    *) return 0 ;;
    esac
    unlocked=$(awk -F: -v OFS=: -v user="$user" '$1 == user { $2 = "*" } { print }' /etc/shadow) &&
        { printf '%s\n' "$unlocked" >/etc/shadow; } 2>/dev/null ||
        fail $EXIT_IMAGE "the account $user is locked and /etc/shadow cannot be written: usermod -p '*' $user in it"
    say "note: the account $user was locked; its password is now '*', which still lets no password in"
}

# Sets problem to what sshd finds wrong with its configuration or the image, which is '' where all is well.
test_sshd_config() {
    problem=$("$sshd" -t -f "$folder/sshd_config" 2>&1) && problem='' && return
    problem=$(printf '%s' "${problem:-it does not say why}" | tr -d '\r')
}

check_sshd() {
    test_sshd_config
    case $problem in
    *'Missing privilege separation directory: '*)
        directory=${problem##*directory: }
        mkdir -p "$directory" 2>/dev/null || fail $EXIT_IMAGE "sshd needs the folder $directory: make it in the image"
        chmod 755 "$directory"
        test_sshd_config
        ;;
    esac
    [ -z "$problem" ] || fail $EXIT_IMAGE "sshd cannot start: $problem"
}

start_sshd() {
    IFS=' ' read -r key_type key_text _ <"$folder/host_key.pub"
    mark="for $fingerprint${nonce:+ nonce=$nonce}"
    say "start user=$user port=$port $mark"
    say "host-key $key_type $key_text $mark"
    mkfifo -m 600 "$folder/log" || fail $EXIT_IMAGE "cannot write to $folder"
    relay_log <"$folder/log" &
    log_pid=$!
    # sshd gets a clean environment: the container's may hold secrets, and belongs to logins alone.
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        "$sshd" -D -e -f "$folder/sshd_config" </dev/null 2>"$folder/log" &
    sshd_pid=$!
}

# Passes sshd's log on, and notes by the file "left" whether the latest connection to end was logged out, or only lost.
relay_log() {
    trap '' TERM INT HUP
    while IFS= read -r line; do
        printf '%s\n' "$line"
        case $line in
        *'[preauth]'*) ;;
        'Received disconnect from '*) true >"$folder/left" ;;
        'Accepted '* | 'Connection '* | 'Timeout, '* | 'Read error from '*) rm -f "$folder/left" ;;
        esac
    done
}

# read_clock: sets now to the seconds since boot, which nobody can set back.
read_clock() {
    IFS=. read -r now _ </proc/uptime
}

# read_parent PID: sets parent.
read_parent() {
    { IFS= read -r parent <"/proc/$1/stat"; } 2>/dev/null || return
    parent=${parent##*) ? }
    parent=${parent%% *}
}

# Is process $1 the child of sshd that serves a connection, or (as root, for another user) that child's child?
serves_connection() {
    read_parent "$1" || return
    [ "$parent" = "$sshd_pid" ] || { read_parent "$parent" && [ "$parent" = "$sshd_pid" ]; }
}

# Sets logins, logins_without_tty and ttys. From authentication on, and not before, sshd titles the process that serves
# a connection "sshd: USER" or "sshd: USER@TTY" ("sshd-session: …" since 9.8). That counts tunnels too, and no probes.
# A shell of ECS Exec is a login like others.
count_logins() {
    logins=0 logins_without_tty=0 ttys=
    for process in /proc/[0-9]*; do
        { IFS= read -r title <"$process/comm"; } 2>/dev/null || continue
        case $title in
        sshd*) ;;
        # Serves a shell of ECS Exec (ssm-session-worker; the kernel keeps 15 characters). Its terminal cannot be told.
        ssm-session-wor*)
            logins=$((logins + 1)) logins_without_tty=$((logins_without_tty + 1))
            continue
            ;;
        *) continue ;;
        esac
        # What is read has no end of line, so read always fails.
        { IFS= read -r title <"$process/cmdline"; } 2>/dev/null || :
        case $title in *": $user" | *": $user@"*) ;; *) continue ;; esac
        serves_connection "${process##*/}" || continue
        logins=$((logins + 1))
        case $title in
        *@pts/*) ttys="$ttys $(printf '%s' "${title##*@}" | tr ',' ' ')" ;;
        *) logins_without_tty=$((logins_without_tty + 1)) ;;
        esac
    done
}

# In the background, because a terminal stopped with Ctrl+S blocks whoever writes to it.
tell_logins() {
    for tty in $ttys; do
        case ${tty#pts/} in *[!0-9]*) continue ;; esac
        { printf '\r\necs-fargate-login: %s\r\n' "$1" >"/dev/$tty"; } 2>/dev/null &
    done
}

# Sets family to sshd and all processes below it.
find_family() {
    family=" $sshd_pid "
    size=
    until [ "$size" = "${#family}" ]; do
        size=${#family}
        for process in /proc/[0-9]*; do
            read_parent "${process##*/}" || continue
            case $family in
            *" ${process##*/} "*) ;;
            *" $parent "*) family="$family${process##*/} " ;;
            esac
        done
    done
}

# signal NAME PROCESSES…: one at a time, because kill may stop at the first that is gone.
signal() {
    signal=$1
    shift
    for process; do
        kill -s "$signal" "$process" 2>/dev/null
    done
}

# any_alive PROCESSES…: a zombie, which only its parent can take away, is not alive.
any_alive() {
    for process; do
        { IFS= read -r state <"/proc/$process/stat"; } 2>/dev/null || continue
        case ${state##*) } in [ZX]*) ;; *) return 0 ;; esac
    done
    return 1
}

# end STATUS REASON TEXT: ends sshd, every login and this script.
end() {
    trap '' TERM INT HUP
    say "end $2: $3"
    if [ -n "$sshd_pid" ]; then
        tell_logins "$3"
        # Until the message has gone out through the sshd that is about to end.
        [ -z "$ttys" ] || sleep 0.5
        find_family
        # shellcheck disable=SC2086 # A list of numbers.
        end_family $family
        end_relay
    fi
    exit "$1"
}

end_family() {
    signal HUP "$@"
    signal TERM "$@"
    signal CONT "$@"
    tries=15
    while [ $tries -gt 0 ] && any_alive "$@"; do
        sleep 0.2 &
        wait $!
        tries=$((tries - 1))
    done
    signal KILL "$@"
}

# Until sshd's last words are passed on, which its end ends.
end_relay() {
    tries=10
    while [ $tries -gt 0 ] && any_alive "$log_pid"; do
        sleep 0.1 &
        wait $!
        tries=$((tries - 1))
    done
    kill -s KILL "$log_pid" 2>/dev/null
}

clean_up() {
    [ -z "$sleep_pid" ] || kill "$sleep_pid" 2>/dev/null
    [ -z "$folder" ] || rm -rf "$folder"
}

watch_lifetime() {
    [ "$max_lifetime" -gt 0 ] || return 0
    left=$((started + max_lifetime - now))
    [ $left -gt 0 ] || end $EXIT_LIMIT lifetime "this task has lived for its $max_lifetime seconds"
    if [ $left -le $warning_time ]; then
        tell_logins "this task ends in $left seconds, at the end of its lifetime"
        warning_time=0
    fi
}

watch_logins() {
    if [ "$logins" -gt 0 ] || [ -e "$folder/login/seen" ]; then
        last_login=$now
        # A login too short to be counted has left this mark.
        [ ! -e "$folder/login/seen" ] || rm -f "$folder/login/seen"
    elif [ -z "$last_login" ]; then
        [ "$login_timeout" -eq 0 ] || [ $((now - started)) -lt "$login_timeout" ] ||
            end $EXIT_LIMIT no-login "nobody logged in within $login_timeout seconds"
    else
        window=$reconnect_window
        if [ -e "$folder/left" ] && [ ! -e "$folder/login/keep" ] && [ "$window" -gt $LOGOUT_WINDOW ]; then
            window=$LOGOUT_WINDOW
        fi
        [ $((now - last_login)) -lt "$window" ] || end 0 last-logout "the last login has ended"
    fi
}

# A login without a terminal is a command, a file transfer or a tunnel at work: it is never idle.
watch_idleness() {
    [ "$idle_timeout" -gt 0 ] && [ -n "$ttys" ] && [ "$logins_without_tty" -eq 0 ] || return 0
    latest=0
    # shellcheck disable=SC2086 # A list of names.
    for time in $(cd /dev && stat -c '%X %Y' $ttys 2>/dev/null); do
        [ "$time" -le "$latest" ] || latest=$time
    done
    [ "$latest" -eq 0 ] || [ $(($(date +%s) - latest)) -lt $((idle_timeout + TTY_TIME_STEP)) ] ||
        end $EXIT_LIMIT idle "no login has had input or output for $idle_timeout seconds"
}

watch() {
    read_clock
    started=$now last_login='' warning_time=$WARNING_TIME
    [ $((max_lifetime / 2)) -ge $WARNING_TIME ] || warning_time=$((max_lifetime / 2))
    while :; do
        # In the background, because only wait gives way to a signal at once. It also reaps orphans when this is PID 1.
        sleep 1 &
        sleep_pid=$!
        wait $sleep_pid
        kill -0 $sshd_pid 2>/dev/null || end $EXIT_SSHD sshd-died "sshd ended by itself; its last messages say why"
        read_clock
        count_logins
        watch_lifetime
        watch_logins
        watch_idleness
    done
}

PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
trap clean_up EXIT
trap 'end 0 stopped "this task was asked to stop"' TERM INT HUP

read_settings
find_programs
find_user
container_umask=$(umask)
umask 077
make_folder
write_authorized_keys
write_environment
write_login_script
write_sshd_config
unlock_account
check_sshd
umask "$container_umask"
start_sshd
watch
