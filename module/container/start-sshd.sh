#!/bin/sh
# Lets one person log in to this container over ssh, and ends the container when they are done.
# Its contract (variables, log lines, exit codes) is in README.md beside this file.
# POSIX sh and the tools that Debian (dash, coreutils, mawk) and Alpine (BusyBox) both have.
#
# Where it runs as root, other users of the container must not gain anything by it. So:
# - its programs come from the system's folders, and nothing of the container's environment decides what they do;
# - what it believes comes from sshd, from the kernel's view of processes, or from files in a folder of its own;
# - the values of the environment are in no argument list, which every user can read in /proc.

set -u

# The kernel keeps from process 1 each signal that it has no trap for.
trap 'printf "ecs-fargate-login end stopped: this task was asked to stop\n"; exit 0' TERM INT HUP

# bash alone has a BASHOPTS that nobody can set. From the environment it takes functions, which would run in place of its
# own commands and of programs, and options such as xtrace; but not with -p.
if ! (BASHOPTS='') 2>/dev/null; then
    case $- in
    *p*) ;;
    *) exec "$BASH" -p "$0" "$@" ;;
    esac
fi

PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
# What the dynamic loader takes from the environment, and bash when it searches for programs; the rest goes in take_environment.
unset LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT LD_DEBUG LD_DEBUG_OUTPUT LD_PROFILE LD_PROFILE_OUTPUT LD_SHOW_AUXV GLIBC_TUNABLES
unset EXECIGNORE FUNCNEST

readonly EXIT_SETTING=64 # a variable is missing or malformed
readonly EXIT_IMAGE=69   # the image lacks something
readonly EXIT_SSHD=70    # sshd ended by itself
readonly EXIT_LIMIT=124  # a time limit ended the task

# The kernel moves the times of a terminal forward in steps of so many seconds.
readonly TTY_TIME_STEP=8
# Who has logged out may come back within so many seconds, where nobody asked for more.
readonly LOGOUT_WINDOW=5
# Soon after a login, which may wait for that, the watch checks so many times more: after 0.1 s, another 0.2 s, and so on.
readonly QUICK_LOOKS=4
# Once a limit is near, this many seconds (or half of the limit) are left to save one's work.
readonly WARNING_TIME=600
# At the end, programs that ignore SIGTERM are killed after so many seconds,
readonly HANGUP_TIME=3
# and all others after so many: ECS itself kills after 30, unless the task definition says otherwise.
readonly STOP_TIME=25
readonly POWERSHELL_ARGUMENTS='-sshs -NoLogo -NoProfile'

say() {
    printf 'ecs-fargate-login %s\n' "$*"
}

fail() {
    status=$1
    shift
    printf 'ecs-fargate-login error: %s\n' "$*" >&2
    exit "$status"
}

package_of() {
    case $1 in
    sshd | ssh-keygen) printf 'openssh-server (Debian) or openssh (Alpine)' ;;
    awk) printf 'mawk, gawk or busybox' ;;
    sed) printf 'sed or busybox' ;;
    *) printf 'coreutils or busybox' ;;
    esac
}

# Names every program that the image lacks at once, each with what brings it.
check_programs() {
    missing=
    for program in sshd ssh-keygen awk cat chmod chown date env id mkdir mkfifo mktemp od rm sed sleep stat tr; do
        command -v "$program" >/dev/null ||
            missing="${missing:+$missing; }$program is missing: install $(package_of "$program")"
    done
    [ -z "$missing" ] || fail $EXIT_IMAGE "$missing"
}

# Prints what the container's environment means for logins, in four lines, each behind a dot, so that none is empty:
#   a format for printf, which makes of it the shell commands that hand the environment over;
#   one that makes of it the command that restores PATH;
#   the names that can be names of shell variables;
#   how many names cannot (spring.datasource.url).
# It is read from the kernel, byte by byte and as octal text, so that no character of a name or value is special.
describe_environment() {
    env -i PATH="$PATH" od -An -v -t o1 "/proc/$$/environ" | env -i PATH="$PATH" awk '
        BEGIN {
            for (code = 33; code < 127; code++) character[sprintf("%03o", code)] = sprintf("%c", code)
            # What the script and the module agree on stays here,
            split("_AUTHORIZED_PUBLIC_KEY _SSH_PORT _SSH_LISTEN_ADDRESS _SSH_USER _SESSION_NONCE _SESSION_PROOF_KEY " \
                "_LOGIN_TIMEOUT _IDLE_TIMEOUT _UNUSED_TIMEOUT _MAX_LIFETIME _RECONNECT_WINDOW _KEEP_SESSION", own, " ")
            # and this the login itself decides.
            split("HOME USER LOGNAME SHELL TERM PWD OLDPWD SHLVL _ SSH_CLIENT SSH_CONNECTION SSH_TTY " \
                "SSH_ORIGINAL_COMMAND SSH_AUTH_SOCK SSH_USER_AUTH", of_login, " ")
            for (i in own) is_own[own[i]] = 1
            for (i in of_login) is_of_login[of_login[i]] = 1
            part = "name"
            printf "."
        }
        # put TEXT: hands it over, and once more where it is of PATH.
        function put(text) {
            printf "%s", text
            if (name == "PATH") path = path text
        }
        function begin_value() {
            part = "dropped"
            if (name !~ /^[A-Za-z_][A-Za-z0-9_]*$/) odd++
            else if (!(name in is_own)) {
                names = names " " name
                if (name in is_of_login) return
                part = "value"
                # Plain export would end the login where the shell has a constant of that name (UID in bash).
                put("command export " name "=\\047")
            }
        }
        function take(byte) {
            if (byte == "000") {
                if (part == "value") put("\\047\\n")
                part = "name"
                name = ""
            } else if (part == "value") put(byte == "047" ? "\\047\\134\\047\\047" : "\\" byte)
            else if (part == "name" && byte == "075") begin_value()
            else if (part == "name") name = name (byte in character ? character[byte] : "?")
        }
        { for (i = 1; i <= NF; i++) take($i) }
        END { printf "\n.%s\n.%s\n.%d\n", path, names, odd }'
}

# Takes the lines that describe_environment prints, and ends what the environment could tell this script and its programs.
# They are only then put into variables, which might have the names of some that the container has.
take_environment() {
    set +f
    unset IFS
    for name in ${3#.}; do
        case $name in
        PATH | LC_ALL | IFS | OPTIND | PPID) ;;
        *) command unset "$name" 2>/dev/null ;;
        esac
    done
    environment=${1#.} container_path=${2#.} odd_names=${4#.}
}

# check_number NAME VALUE MINIMUM MAXIMUM: fails where it is not such a number. VALUE itself stays out of the log.
check_number() {
    case $2 in
    *[!0-9]* | 0?* | ??????????*) ;;
    *) [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ] || return 0 ;;
    esac
    fail $EXIT_SETTING "$1 must be a whole number from $3 to $4, without leading zeros"
}

# check_seconds NAME VALUE: the same for a time limit, where 0 stands for no limit.
check_seconds() {
    check_number "$1" "$2" 0 999999999
}

read_settings() {
    port=${_SSH_PORT:-22}
    login_timeout=${_LOGIN_TIMEOUT:-600} idle_timeout=${_IDLE_TIMEOUT:-0} unused_timeout=${_UNUSED_TIMEOUT:-1800}
    max_lifetime=${_MAX_LIFETIME:-14400} reconnect_window=${_RECONNECT_WINDOW:-120}
    check_number _SSH_PORT "$port" 1 65535
    check_seconds _LOGIN_TIMEOUT "$login_timeout"
    check_seconds _IDLE_TIMEOUT "$idle_timeout"
    check_seconds _UNUSED_TIMEOUT "$unused_timeout"
    check_seconds _MAX_LIFETIME "$max_lifetime"
    check_seconds _RECONNECT_WINDOW "$reconnect_window"
    # Whether the whole session is kept; otherwise each login says so for itself.
    always_kept=${_KEEP_SESSION:+yes}
    nonce=${_SESSION_NONCE:-}
    case $nonce in
    *[!0-9A-Za-z]*) fail $EXIT_SETTING "_SESSION_NONCE must be letters and digits" ;;
    esac
    proof_key=${_SESSION_PROOF_KEY:-}
    case $proof_key in
    '') ;;
    *[!0-9A-Fa-f]*) fail $EXIT_SETTING "_SESSION_PROOF_KEY must be 64 hexadecimal digits" ;;
    *) [ ${#proof_key} -eq 64 ] || fail $EXIT_SETTING "_SESSION_PROOF_KEY must be 64 hexadecimal digits" ;;
    esac
    listen_address=${_SSH_LISTEN_ADDRESS:-}
    case $listen_address in
    *[!0-9A-Fa-f.:]*) fail $EXIT_SETTING "_SSH_LISTEN_ADDRESS must be an IPv4 or IPv6 address" ;;
    esac
}

# PowerShell may lie on the container's own PATH: whoever logs in runs it, and this script does not.
find_programs() {
    sshd=$(command -v sshd)
    perl=$(command -v perl) || perl=
    # shellcheck disable=SC2059
    pwsh=$(eval "$(printf "$container_path")" && command -v pwsh) || pwsh=
    case $pwsh in
    /*[!A-Za-z0-9/._+-]*) pwsh= ;;
    /*) ;;
    *) pwsh= ;;
    esac
    sftp_server=
    for candidate in /usr/lib/openssh /usr/lib/ssh /usr/libexec/openssh /usr/libexec; do
        [ -z "$sftp_server" ] && [ -x "$candidate/sftp-server" ] && sftp_server=$candidate/sftp-server
    done
}

# Who logs in: sshd finds users by name and starts their shell, so both must be there.
find_user() {
    # id prints uid=0(root) gid=0(root) …, and of a user without a name uid=1234 gid=….
    identity=$(id 2>/dev/null)
    own_id=${identity#uid=}
    own_id=${own_id%%[!0-9]*} own_name=${identity%% *}
    case $own_name in
    *'('*')')
        own_name=${own_name#*'('}
        own_name=${own_name%')'} user_id=$own_id
        ;;
    *) fail $EXIT_IMAGE "uid $own_id has no name in /etc/passwd, and sshd only logs in users with a name: add one" ;;
    esac
    user=${_SSH_USER:-$own_name}
    case $user in
    -* | *[!A-Za-z0-9._-]*) fail $EXIT_SETTING "_SSH_USER is not a user name" ;;
    esac
    read_account ||
        fail $EXIT_SETTING "_SSH_USER names $user, a user that /etc/passwd does not have"
    [ "$user" = "$own_name" ] || user_id=$(id -u "$user")
    [ "$own_id" -eq 0 ] || [ "$user_id" -eq "$own_id" ] ||
        fail $EXIT_SETTING "_SSH_USER names $user, but a container that runs as $own_name can only log in $own_name"
    case ${shell:=/bin/sh} in
    */nologin | */false)
        fail $EXIT_IMAGE "the shell of $user is $shell: give $user another in the image (usermod -s /bin/sh $user)"
        ;;
    esac
    [ -f "$shell" ] && [ -x "$shell" ] || fail $EXIT_IMAGE "the shell of $user, $shell, cannot be run"
}

# Sets home and shell to those of the user's line in /etc/passwd. The last line of a file may lack its end.
read_account() {
    while IFS=: read -r name _ _ _ _ home shell || [ -n "$name" ]; do
        [ "$name" != "$user" ] || return 0
    done </etc/passwd
    return 1
}

# Sets password and expiry to those of the user's line in /etc/shadow, or to nothing where that cannot be read.
read_shadow() {
    while IFS=: read -r name password _ _ _ _ _ expiry _ || [ -n "$name" ]; do
        [ "$name" != "$user" ] || return 0
    done </etc/shadow
    password= expiry=
} 2>/dev/null

fail_to_write() {
    fail $EXIT_IMAGE "cannot write to $folder: is the disk full?"
}

# is_safe FOLDER: can nobody else rename or replace what lies there? Either no others may write, or it is sticky as /tmp is.
is_safe() {
    # shellcheck disable=SC2046 # Two words.
    set -- $(stat -L -c '%u %A' "$1" 2>/dev/null)
    [ $# -eq 2 ] && { [ "$1" -eq 0 ] || [ "$1" -eq "$own_id" ]; } || return
    case $2 in
    *[tT]) ;;
    ?????w* | ????????w*) return 1 ;;
    esac
}

make_folder() {
    folder=
    for parent in /run /tmp /dev/shm; do
        is_safe "$parent" && folder=$(mktemp -d "$parent/ecs-fargate-login.XXXXXX" 2>/dev/null) && break
    done
    [ -n "$folder" ] ||
        fail $EXIT_IMAGE "none of /run, /tmp and /dev/shm can be written in safety: mount a volume at /tmp, with mode 1777"
    # What a login reads. All of it stays this user's own, so that nobody else can put anything in its place.
    mkdir "$folder/login" "$folder/login/home" "$folder/login/access" || fail_to_write
    # Another user's login has to reach its own files, and none of sshd's.
    [ "$user" = "$own_name" ] || chmod 711 "$folder" "$folder/login"
    chmod 755 "$folder/login/home"
}

write_authorized_keys() {
    # The options of a line are its first word, and nothing of what stands in quotes, which may hold blanks and commas.
    # ForceCommand below would silently outrank command=.
    keys=$(printf '%s\n' "${_AUTHORIZED_PUBLIC_KEY:-}" | awk '{
        gsub(/\r/, "")
        sub(/^[ \t\f\v]+/, "")
        if ($0 == "" || /^#/) next
        print
        gsub(/\\"/, "")
        gsub(/"[^"]*"/, "")
        sub(/[ \t].*/, "")
        if (index("," tolower($0), ",command=")) status = 1
    } END { exit status }') ||
        fail $EXIT_SETTING "_AUTHORIZED_PUBLIC_KEY holds the option command=, which is not supported: leave it out"
    [ -n "$keys" ] ||
        fail $EXIT_SETTING "_AUTHORIZED_PUBLIC_KEY is not set: without a public key nobody can log in"
    # By the shell, which tells that a disk is full.
    printf '%s\n' "$keys" >"$folder/authorized_keys" || fail_to_write
    fingerprint=
    while IFS= read -r line; do
        key=$(printf '%s\n' "$line" | ssh-keygen -l -f - 2>/dev/null) ||
            fail $EXIT_SETTING "_AUTHORIZED_PUBLIC_KEY holds a line that is not a public key as in authorized_keys"
        key=${key#* }
        : "${fingerprint:=${key%% *}}"
    done <"$folder/authorized_keys"
}

# Hands the container's environment over in files that whoever logs in can read, and no other user. They get their owner
# last, and lie in a folder that is not that user's: nobody can have put a link in their place. In the folder "access", which
# that user gets as well, only that user's own processes read and write, and sshd as that user.
write_environment() {
    set -- "$folder/login/environment" "$folder/login/path"
    # shellcheck disable=SC2059 # The formats are nothing but names, quotes and octal escapes.
    { printf "$environment" && printf 'export HOME=%s\n' "$(quote "$home")"; } >"$1" &&
        printf "$container_path" >"$2" || fail_to_write
    if [ "$odd_names" -gt 0 ] && [ -n "$perl" ]; then
        cat "/proc/$$/environ" >"$folder/login/environ" || fail_to_write
        set -- "$@" "$folder/login/environ"
    elif [ "$odd_names" -gt 0 ]; then
        say "note: logins do not get $odd_names variables with names that no shell can hold: that takes perl in the image"
    fi
    [ "$user" = "$own_name" ] || { chmod 400 "$@" && chown "$user" "$@" "$folder/login/access"; } ||
        fail $EXIT_IMAGE "cannot give a file to $user: the container lacks CAP_CHOWN"
}

# quote TEXT: prints it as one word of a shell command.
quote() {
    case $1 in
    *\'*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf "'%s'" "$1" ;;
    esac
}

# What sshd runs for every shell, command and subsystem of a login.
write_login_script() {
    {
        printf 'always_kept=%s perl=%s sftp=%s powershell=%s\n' "$always_kept" "$perl" "$sftp_server" \
            "$(quote "${pwsh:+$pwsh $POWERSHELL_ARGUMENTS}")" &&
            cat <<'LOGIN'
folder=${0%/*}
PATH=/usr/bin:/bin

# Whether the session is kept is noted by start-sshd.sh, which sees this process and its arguments: what this user could
# write, any program of this user could. A login waits until it is noted, and only where that changes anything.
is_kept() { [ -e "$folder/kept" ]; }
if [ -z "$always_kept" ] && [ $# -eq 0 ]; then
    if [ -n "${_KEEP_SESSION:-}" ]; then
        is_kept || exec /bin/sh "$0" keep
    else
        ! is_kept || exec /bin/sh "$0" leave
    fi
elif [ $# -eq 1 ]; then
    tries=50
    until [ $tries -eq 0 ]; do
        if is_kept; then state=keep; else state=leave; fi
        if [ $state = "$1" ]; then break; fi
        sleep 0.1
        tries=$((tries - 1))
    done
fi
unset _KEEP_SESSION SHLVL TZ

# Adds another key for this user, or takes it away: the input is an id for the key and its line of authorized_keys, or an empty
# line. Each key has a file, so that none is lost where two of these run at once: who is last finds the files of both.
if [ "${SSH_ORIGINAL_COMMAND:-}" = ecs-fargate-login-access ]; then
    keys() {
        set -- ./*.key
        [ -e "$1" ] || set -- /dev/null
        cat "$@" 2>/dev/null
    }
    umask 077
    cd "$folder/login/access" && IFS= read -r id && IFS= read -r line || exit 1
    case $id in '' | *[!0-9A-Fa-f]*) exit 1 ;; esac
    if [ -n "$line" ]; then printf '%s\n' "$line" >"new.$$" && mv "new.$$" "$id.key"; else rm -f "$id.key"; fi || exit 1
    tries=50
    until keys >"new.$$" && mv "new.$$" authorized_keys && [ "$(keys)" = "$(cat authorized_keys)" ]; do
        [ $tries -gt 0 ] || exit 1
        tries=$((tries - 1))
    done
    exit 0
fi

if [ -z "${SSH_ORIGINAL_COMMAND:-}" ]; then
    # The shell that reads the profile, which may put a PATH of its own in place of the container's, gives way to another.
    case ${SHELL##*/} in
    sh | ash | bash | dash | ksh | mksh | zsh)
        set -- "$SHELL" -l -c '. "$1"; exec "$0"' "$SHELL" "$folder/login/path"
        if [ "${SHELL##*/}" = bash ] && [ -t 0 ]; then
            set -- "$SHELL" --noprofile -l -c '. "$2"; . "$1"; exec "$0"' "$SHELL" "$folder/login/path" "$folder/bash_profile"
        fi
        ;;
    *) set -- "$SHELL" -l ;;
    esac
else
    case $SSH_ORIGINAL_COMMAND in
    # Without a shell: its start-up files may print what no client of a subsystem expects.
    "$sftp" | "$powershell") set -- $SSH_ORIGINAL_COMMAND ;;
    *) set -- "$SHELL" -c "$SSH_ORIGINAL_COMMAND" ;;
    esac
    unset SSH_ORIGINAL_COMMAND
fi

# Does the image know this kind of terminal?
knows() (
    IFS=:
    for place in ${TERMINFO:-} ~/.terminfo ${TERMINFO_DIRS:-} /etc/terminfo /lib/terminfo /usr/share/terminfo /usr/lib/terminfo; do
        [ ! -e "$place/${1%"${1#?}"}/$1" ] || exit 0
    done
    exit 1
)

# From here on the variables are the container's: none may be set but those of the login.
if [ -e "$folder/login/environ" ]; then
    # A shell cannot hold all names, and perl can.
    set -- "$perl" -e 'open my $file, "<", shift or die; local $/ = "\0";
        while (<$file>) { chomp; my ($name, $value) = split /=/, $_, 2;
            $ENV{$name} = $value if defined $value && length $name && $name !~ /^[A-Za-z_][A-Za-z0-9_]*\z/ }
        exec { $ARGV[0] } @ARGV or exit 127' "$folder/login/environ" "$@"
fi
. "$folder/login/environment" 2>/dev/null
[ -z "${TERM:-}" ] || knows "$TERM" || ! knows xterm-256color || TERM=xterm-256color
exec "$@"
LOGIN
    } >"$folder/login.sh" || fail_to_write
    # What bash reads as a login shell, but for ~/.bashrc and its like: the interactive bash that comes next reads those.
    cat >"$folder/bash_profile" <<'PROFILE' || fail_to_write
shopt -s extdebug
trap 'case $BASH_COMMAND in ". "*bashrc* | "source "*bashrc*) false ;; esac' DEBUG
[ ! -r /etc/profile ] || . /etc/profile
if [ -r ~/.bash_profile ]; then . ~/.bash_profile
elif [ -r ~/.bash_login ]; then . ~/.bash_login
elif [ -r ~/.profile ]; then . ~/.profile
fi
trap - DEBUG
shopt -u extdebug
PROFILE
    [ -z "$always_kept" ] || true >"$folder/kept" || fail_to_write
}

# write_sshd_config KEY_TYPE: makes the host key and sshd's configuration; sets problem where that fails.
write_sshd_config() {
    problem=$(ssh-keygen -q -t "$1" -N '' -C '' -f "$folder/host_key" </dev/null 2>&1) && problem='' ||
        { problem="cannot make a host key: $problem"; return; }
    case $1 in
    ed25519) algorithms='HostKeyAlgorithms ssh-ed25519
KexAlgorithms -ecdh-*,diffie-hellman-*' ;;
    # Of what FIPS leaves, all but SHA-1.
    ecdsa) algorithms='HostKeyAlgorithms ecdsa-sha2-nistp256
KexAlgorithms -diffie-hellman-group1-*,diffie-hellman-*-sha1' ;;
    rsa) algorithms='HostKeyAlgorithms rsa-sha2-512,rsa-sha2-256
KexAlgorithms -diffie-hellman-group1-*,diffie-hellman-*-sha1' ;;
    esac
    root_login=no
    [ "$user_id" -ne 0 ] || root_login=prohibit-password
    # The login script takes the place of the shell that sshd starts for it, which so has the connection as its parent.
    case ${shell##*/} in
    sh | ash | bash | dash | ksh | mksh | zsh | fish | csh | tcsh) replace='exec ' ;;
    *) replace= ;;
    esac
    cat >"$folder/sshd_config" <<CONFIG || fail_to_write
Port $port
${listen_address:+ListenAddress $listen_address}
HostKey $folder/host_key
AuthorizedKeysFile $folder/authorized_keys $folder/login/access/authorized_keys
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
$algorithms
# Since 8.5 called PubkeyAcceptedAlgorithms, and still known by this name.
PubkeyAcceptedKeyTypes -ssh-rsa*,ssh-dss*
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
${pwsh:+Subsystem powershell $pwsh $POWERSHELL_ARGUMENTS}
ForceCommand ${replace}/bin/sh $folder/login.sh
CONFIG
    test_sshd_config
    case $problem in
    # OpenSSH before 7.8 does not know this setting.
    *SetEnv*)
        set_env=
        test_sshd_config
        ;;
    esac
    case $problem in
    *'Missing privilege separation directory: '*)
        directory=${problem##*directory: }
        mkdir -p "$directory" 2>/dev/null || fail $EXIT_IMAGE "sshd needs the folder $directory: make it in the image"
        chmod 755 "$directory"
        test_sshd_config
        ;;
    esac
}

# Sets problem to what sshd finds wrong with its configuration or the image, which is '' where all is well; and effective
# to all settings, one a line, and the names in small letters.
test_sshd_config() {
    effective=$("$sshd" -T -f "$folder/sshd_config" ${set_env:+-o "$set_env"} 2>&1) && problem='' && return
    problem=$(printf '%s' "${effective:-it does not say why}" | tr -d '\r' | tr '\n' ' ')
}

# Ed25519, unless the image does not take it: those in FIPS mode do not.
configure_sshd() {
    first_problem=
    # sshd starts the login script by the user's shell, and its start-up files are for the shell that comes after. Most
    # shells find them by HOME, and bash reads none below another shell.
    set_env="SetEnv HOME=$folder/login/home SHLVL=1"
    for key_type in ed25519 ecdsa rsa; do
        write_sshd_config $key_type
        [ -n "$problem" ] || break
        : "${first_problem:=$problem}"
        rm -f "$folder/host_key" "$folder/host_key.pub"
    done
    [ -z "$problem" ] || fail $EXIT_IMAGE "sshd cannot start: $first_problem"
    [ $key_type = ed25519 ] || say "note: the host key is of type $key_type, as sshd takes no Ed25519: $first_problem"
    setting=
    for word in $effective; do
        case $setting in
        # What sshd starts for each connection, and does not miss before: sshd-session since 9.8, sshd-auth since 10.0.
        sshdsessionpath | sshdauthpath)
            [ -x "$word" ] ||
                fail $EXIT_IMAGE "$word is missing, which this sshd needs: install $(package_of sshd) as a whole"
            ;;
        # Many connections in a short time are this module's own, and would lock it out (OpenSSH 9.8 and later).
        persourcepenalties) printf 'PerSourcePenalties no\n' >>"$folder/sshd_config" || fail_to_write ;;
        esac
        setting=$word
    done
}

# sshd refuses an account with a password that is locked with "!", even for a key; "*" allows no password either.
unlock_account() {
    [ "$own_id" -eq 0 ] || return 0
    case $password in
    '!'*) ;;
    *) return 0 ;;
    esac
    unlocked=$(awk -F: -v OFS=: -v user="$user" '$1 == user { $2 = "*" } { print }' /etc/shadow) &&
        { printf '%s\n' "$unlocked" >/etc/shadow; } 2>/dev/null ||
        fail $EXIT_IMAGE "the account $user is locked and /etc/shadow cannot be written: usermod -p '*' $user in it"
    say "note: the account $user was locked; its password is now '*', which no password matches"
}

# What else sshd refuses for. It is somebody's will, so that it is told and not changed.
check_account() {
    case $expiry in
    '' | *[!0-9]* | ?????????*) ;;
    *)
        [ "$expiry" -ge $(($(date +%s) / 86400)) ] ||
            say "note: the account $user has expired, and sshd refuses it: chage -E -1 $user in the image"
        ;;
    esac
    [ "$user_id" -eq 0 ] || [ ! -e /etc/nologin ] ||
        say "note: /etc/nologin is there, for which sshd refuses everybody but root: remove it in the image"
}

# escape_bytes HEX MASK COUNT: prints the format by which printf makes COUNT bytes: those of HEX and then zeros, xor MASK.
escape_bytes() {
    hex=$1 count=$3
    while [ "$count" -gt 0 ]; do
        rest=${hex#??}
        byte=${hex%"$rest"}
        printf '\\%03o' $((0x${byte:-0} ^ $2))
        hex=$rest count=$((count - 1))
    done
}

# hmac_sha256 HEX: prints the HMAC-SHA256 of standard input by a key of 64 bytes at most (RFC 2104), in hexadecimal.
# The shell does it, all but the hash, which takes its text from a pipe: so the key is in no argument list.
# shellcheck disable=SC2059 # The formats are nothing but octal escapes.
hmac_sha256() {
    inner=$({ printf "$(escape_bytes "$1" 0x36 64)" && cat; } | sha256sum) &&
        outer=$({ printf "$(escape_bytes "$1" 0x5c 64)" && printf "$(escape_bytes "${inner%% *}" 0 32)"; } | sha256sum) &&
        printf '%s\n' "${outer%% *}"
}

# prove TEXT: lets sshd's first line prove TEXT to who has given this container the key for that. Half of the HMAC is enough
# (RFC 2104, section 5), and ssh shows 100 characters of that line, no more.
prove() {
    [ -n "$proof_key" ] || return 0
    if proof=$(printf '%s' "$1" | hmac_sha256 "$proof_key" 2>/dev/null); then
        printf 'VersionAddendum ecs-fargate-login proof=%.32s\n' "$proof" >>"$folder/sshd_config" || fail_to_write
    else
        say "note: sshd does not prove its host key in its first line: that takes sha256sum in the image"
    fi
}

start_sshd() {
    IFS=' ' read -r key_type key_text _ <"$folder/host_key.pub"
    tag="for $fingerprint${nonce:+ nonce=$nonce}"
    say "start user=$user port=$port $tag"
    say "host-key $key_type $key_text $tag"
    prove "ecs-fargate-login host-key $key_type $key_text${nonce:+ nonce=$nonce}"
    mkfifo -m 600 "$folder/log" || fail_to_write
    has_programs=yes
    relay_log <"$folder/log" &
    log_pid=$!
    # sshd gets a clean environment: what is left of the container's belongs to this script. An expiry-time is of sshd's own
    # time zone, unless it ends with Z, which OpenSSH before 9.1 does not know.
    env -i PATH="$PATH" TZ=UTC0 "$sshd" -D -e -f "$folder/sshd_config" ${set_env:+-o "$set_env"} </dev/null 2>"$folder/log" &
    sshd_pid=$!
}

# Passes sshd's log on, and notes in files what it tells of logins, which nobody but sshd can write there.
relay_log() {
    trap '' TERM INT HUP USR1
    connections=' '
    carriage_return=$(printf '\r')
    while IFS= read -r line; do
        line=${line%"$carriage_return"}
        printf '%s\n' "$line"
        note_line
    done
}

# Lines about a connection name it by "ADDRESS port NUMBER", and those from before its authentication end with [preauth].
# Only connections that were authenticated count: anybody can open and close others.
#   accepted  somebody has logged in since the last check of the watch
#   left      all who had logged in have logged out, and none was lost since the latest login
#   refused   why sshd refused the user, though not the key
note_line() {
    case $line in
    *'[preauth]'*) return ;;
    "Account $user has expired" | "User $user from "*' not allowed because '* | "User $user not allowed because "*)
        # The first line is the reason: OpenSSH 9.2 says of an expired account that it is locked as well.
        [ -e "$folder/refused" ] || printf '%s\n' "$line" >"$folder/refused"
        return
        ;;
    'Accepted publickey for '* | 'Received disconnect from '*) ;;
    *) return ;;
    esac
    number=${line#*' port '}
    address=${line%%' port '*}
    connection="${address##* }/${number%%[!0-9]*}"
    case $line in
    Accepted*)
        forget_lost
        connections="$connections$connection "
        rm -f "$folder/left" "$folder/refused"
        true >"$folder/accepted"
        # The watch checks at once, because the login may wait for that.
        kill -s USR1 $$
        ;;
    *)
        case $connections in *" $connection "*) ;; *) return ;; esac
        connections="${connections%%" $connection "*} ${connections#*" $connection "}"
        case $connections in *[!\ ]*) ;; *) true >"$folder/left" ;; esac
        ;;
    esac
}

# Whoever logs in has come back from what was lost before: the connections that are not there any more.
forget_lost() {
    sockets=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
    for lost in $connections; do
        # The client's port, and 01 for a connection that stands.
        case $sockets in
        *"$(printf ':%04X 01 ' "${lost##*/}")"*) ;;
        *) connections="${connections%%" $lost "*} ${connections#*" $lost "}" ;;
        esac
    done
}

# read_clock: sets now to the seconds since boot, which nobody can set back.
read_clock() {
    IFS=. read -r now _ </proc/uptime
}

# read_status PID FIELD: sets value to the first word of it. The file "stat" has the same in one line, but for a process
# with a name that holds an end of line and what it likes after that; here the kernel escapes the name.
read_status() {
    field= value=
    while IFS=':	' read -r field value _ && [ "$field" != "$2" ]; do :; done <"/proc/$1/status"
    drop_read_ahead
    [ "$field" = "$2" ]
} 2>/dev/null

# bash reads more than a line and goes back in the file, which fails where the process has ended meanwhile. The rest would
# then be what is read of the next file.
drop_read_ahead() {
    read -r _ </dev/null
}

# read_parent PID: sets parent.
read_parent() {
    read_status "$1" PPid && parent=$value
}

# read_arguments PID: sets arguments, with nothing between them. What is read has no end of line, so read always fails.
read_arguments() {
    arguments=
    { IFS= read -r arguments <"/proc/$1/cmdline"; } 2>/dev/null || :
}

# is_roots PID: was it started by root? A program with root's rights that somebody else has started does not count.
is_roots() {
    read_status "$1" Uid && [ "$value" = 0 ]
}

# is_connection PID: does it serve a connection that has been authenticated? From then on, and not before, sshd titles such
# a process "sshd: USER" or "sshd: USER@TTY" ("sshd-session: …" since 9.8); and it is the child of sshd, or (as root, for
# another user) that child's child. Anybody can take such a title, but sshd alone has such children. Sets arguments.
is_connection() {
    read_arguments "$1"
    case $arguments in sshd*": $user" | sshd*": $user@"*) ;; *) return 1 ;; esac
    read_parent "$1" || return
    [ "$parent" = "$sshd_pid" ] || { read_parent "$parent" && [ "$parent" = "$sshd_pid" ]; }
}

# Sets logins, logins_without_tty and ttys. That counts tunnels too, and no probes. A shell of ECS Exec is a login like others.
count_logins() {
    logins=0 logins_without_tty=0 ttys=
    for process in /proc/[0-9]*; do
        process=${process#/proc/}
        { IFS= read -r name <"/proc/$process/comm"; } 2>/dev/null || continue
        case $name in
        sshd*) is_connection "$process" || continue ;;
        # Serves a shell of ECS Exec (ssm-session-worker; the kernel keeps 15 characters). Its terminal cannot be told.
        ssm-session-wor*) is_roots "$process" || continue ;;
        sh)
            note_wish "$process"
            is_detached "$process" || continue
            ;;
        *) continue ;;
        esac
        logins=$((logins + 1))
        case $name$arguments in
        sshd*@pts/*) ttys="$ttys $(printf '%s' "${arguments##*@}" | tr ',' ' ')" ;;
        *) logins_without_tty=$((logins_without_tty + 1)) ;;
        esac
    done
}

# note_wish PID: where it is the login script that tells whether the session is kept, notes what it says. It is the child
# of its connection, or of the shell by which sshd has started it; no other program of a login is the script there.
note_wish() {
    read_arguments "$1"
    case $arguments in
    "/bin/sh$folder/login.shkeep" | "/bin/sh$folder/login.shleave") ;;
    *) return ;;
    esac
    wish=${arguments##*login.sh}
    read_parent "$1" || return
    [ -n "$replace" ] || read_parent "$parent" || return
    is_connection "$parent" || return
    case $wish in
    keep) true >"$folder/kept" ;;
    leave) rm -f "$folder/kept" ;;
    esac
}

# is_detached PID: does it watch a command that its user has left running, without a connection? That counts as a login. Any program
# of this user can have that form: it may keep the task until the end of its lifetime, as a login may. Sets arguments.
is_detached() {
    read_arguments "$1"
    [ "$arguments" = '/bin/sh-c: ecs-fargate-login-detached' ] && read_status "$1" Uid && [ "$value" = "$user_id" ]
}

# In the background, because a terminal stopped with Ctrl+S blocks whoever writes to it.
tell_logins() {
    for tty in $ttys; do
        case ${tty#pts/} in *[!0-9]*) continue ;; esac
        { printf '\r\necs-fargate-login: %s\r\n' "$1" >"/dev/$tty"; } 2>/dev/null &
    done
}

# Sets programs to all processes of this container but this script, those that it runs below, and ECS Exec's agent. With
# pidMode "task" there are processes of other containers, too, which are in other control groups.
find_running() {
    own=" 1 $$ $log_pid "
    read_parent $$
    while [ "$parent" -gt 1 ]; do
        own="$own$parent "
        read_parent "$parent" || break
    done
    read_group $$
    own_group=$group
    programs=
    for process in /proc/[0-9]*; do
        process=${process#/proc/}
        case $own in *" $process "*) continue ;; esac
        { IFS= read -r name <"/proc/$process/comm"; } 2>/dev/null || continue
        case $name in amazon-ssm-* | ssm-*) continue ;; esac
        read_group "$process"
        [ "$group" != "$own_group" ] || programs="$programs $process"
    done
}

# read_group PID: sets group to its control group, or one of them.
read_group() {
    group=
    { IFS= read -r group <"/proc/$1/cgroup"; } 2>/dev/null
    drop_read_ahead || :
}

# ignores_term PID: by the fourth digit from the right, which has the bit of signal 15.
ignores_term() {
    read_status "$1" SigIgn || return
    case $value in *[4567cdef]???) ;; *) return 1 ;; esac
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
        read_status "$process" State || continue
        case $value in [ZX]) ;; *) return 0 ;; esac
    done
    return 1
}

# await_end DEADLINE PROCESSES…: until they have ended, or it is that late.
await_end() {
    deadline=$1
    shift
    while read_clock && [ "$now" -lt "$deadline" ] && any_alive "$@"; do
        sleep 0.2 &
        wait $!
    done
}

# end STATUS REASON TEXT: ends sshd, every login, every other program of the container, and this script.
end() {
    trap '' TERM INT HUP USR1
    say "end $2: $3"
    if [ -n "$has_programs" ]; then
        tell_logins "$3"
        # Until the message has gone out through the sshd that is about to end.
        [ -z "$ttys" ] || sleep 0.5
        end_programs
        await_end $((now + 2)) "$log_pid"
        # Waited for, so that nothing of this script is there any more when it has ended.
        { kill -s KILL "$log_pid" && wait "$log_pid"; } 2>/dev/null
    fi
    exit "$1"
}

# Asks everything to end, what has detached itself from its login (nohup, setsid, tmux) as well. With sshd's processes the
# terminals of the logins go, and the kernel hangs up what runs there. Who ignores TERM needs no time; others get it all.
end_programs() {
    read_clock
    hangup_end=$((now + HANGUP_TIME + 1)) stop_end=$((now + STOP_TIME))
    find_running
    # shellcheck disable=SC2086 # Lists of numbers.
    {
        signal TERM $programs
        signal CONT $programs
        await_end $hangup_end $programs
        # It may have been too young for the first one.
        kill -s TERM "$sshd_pid" 2>/dev/null
        for process in $programs; do
            ! ignores_term "$process" || signal KILL "$process"
        done
        await_end $stop_end $programs
        # Among them what was started meanwhile.
        find_running
        signal KILL $programs
    }
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
    if [ "$logins" -gt 0 ] || [ -e "$folder/accepted" ]; then
        last_login=$now
        # A login too short to be counted has left this note.
        [ ! -e "$folder/accepted" ] || rm -f "$folder/accepted"
    elif [ -z "$last_login" ]; then
        [ "$login_timeout" -eq 0 ] || [ $((now - started)) -lt "$login_timeout" ] || end_without_login
    elif [ -e "$folder/kept" ]; then
        [ "$unused_timeout" -eq 0 ] || [ $((now - last_login)) -le "$unused_timeout" ] ||
            end $EXIT_LIMIT unused "nobody has been logged in for $unused_timeout seconds"
    else
        window=$reconnect_window
        [ ! -e "$folder/left" ] || [ "$window" -le $LOGOUT_WINDOW ] || window=$LOGOUT_WINDOW
        [ $((now - last_login)) -le "$window" ] || end 0 last-logout "the last login has ended"
    fi
}

end_without_login() {
    refusal=
    [ ! -e "$folder/refused" ] || IFS= read -r refusal <"$folder/refused"
    end $EXIT_LIMIT no-login "nobody logged in within $login_timeout seconds${refusal:+; sshd refused to: $refusal}"
}

# A login without a terminal is a command, a file transfer or a tunnel at work: it is never idle. A terminal is in use when
# its times change: what they are is of a clock that may be set.
watch_idleness() {
    [ "$idle_timeout" -gt 0 ] || return 0
    times=none
    [ -z "$ttys" ] || [ "$logins_without_tty" -gt 0 ] ||
        # shellcheck disable=SC2086 # A list of names.
        times=$(cd /dev && stat -c '%n %X %Y' $ttys 2>/dev/null)
    [ "$times" != none ] && [ "$times" = "$last_times" ] || last_activity=$now
    last_times=$times
    [ $((now - last_activity)) -lt $((idle_timeout + TTY_TIME_STEP)) ] ||
        end $EXIT_LIMIT idle "no login has had input or output for $idle_timeout seconds"
}

watch() {
    read_clock
    started=$now last_login='' warning_time=$WARNING_TIME last_times='' last_activity=$now
    [ $((max_lifetime / 2)) -ge $WARNING_TIME ] || warning_time=$((max_lifetime / 2))
    while :; do
        pause=1
        if [ $quick_looks -gt 0 ]; then
            pause=0.$((QUICK_LOOKS + 1 - quick_looks))
            quick_looks=$((quick_looks - 1))
        fi
        # In the background, because only wait gives way to a signal at once. It also reaps orphans when this is PID 1.
        sleep $pause &
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

check_programs
set -f
IFS='
'
# shellcheck disable=SC2046 # One word for each line.
take_environment $(describe_environment)
folder= has_programs= sshd_pid= sleep_pid= log_pid=
logins=0 ttys= logins_without_tty=0 quick_looks=0
trap clean_up EXIT
trap 'end 0 stopped "this task was asked to stop"' TERM INT HUP

read_settings
find_programs
find_user
container_umask=$(umask)
umask 077
make_folder
write_environment
# These are no secret, and read by the user who logs in.
umask 022
write_authorized_keys
write_login_script
umask 077
read_shadow
unlock_account
configure_sshd
check_account
umask "$container_umask"
trap 'quick_looks=$QUICK_LOOKS' USR1
start_sshd
watch
