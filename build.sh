#!/bin/sh
# The way into build.ps1 on a machine without PowerShell: sets up what is missing, then runs build.ps1 in its place.
set -eu

usage() {
    cat <<'EOF'
Usage: ./build.sh [build | test | pester | analyze | package | publish | demo | compare] [argument for build.ps1 …]

  build     builds the module into module/bin (what happens without an argument)
  test      builds, and runs every test; --filter EXPRESSION runs some of them
  pester    runs the tests of tests/Pester alone, on what was built
  analyze   runs PSScriptAnalyzer over the scripts
  package   builds, and makes the folder that is installed and a .nupkg, in out/
  publish   packs, and publishes to -Repository (the PowerShell Gallery) with -ApiKey
  demo      builds, and shows the module at work on a Fargate on this machine: in a terminal by a tour
  compare   shows where LocalFargate answers the AWS CLI otherwise than moto does
EOF
}

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "build.sh: $*"
    exit 1
}

find_dotnet() {
    for folder in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
        if ! command -v dotnet >/dev/null 2>&1 && [ -n "$folder" ] && [ -x "$folder/dotnet" ]; then
            PATH=$folder:$PATH
        fi
    done
    command -v dotnet >/dev/null 2>&1 && dotnet --list-sdks | grep -Eq '^[1-9][0-9]\.' ||
        fail 'the .NET 10 SDK is missing. Install it: https://dotnet.microsoft.com/download/dotnet/10.0'
    # What dotnet installs, such as pwsh, searches for a runtime there and not on PATH.
    folder=$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")
    if [ -z "${DOTNET_ROOT:-}" ] && [ -d "$folder/host/fxr" ]; then export DOTNET_ROOT="$folder"; fi
}

# Runs a command as root, or fails where that takes a password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n -- "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

install_package() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install --yes --quiet \
        --no-install-recommends "$1" </dev/null >&2
}

# Installs a Debian package, and starts none of its services: now by Debian's own policy hook, later by disabling them.
install_without_service() {
    policy=/usr/sbin/policy-rc.d
    is_policy_ours=
    if [ ! -e $policy ]; then
        is_policy_ours=yes
        trap 'as_root rm -f $policy' EXIT
        trap 'exit 1' INT TERM HUP
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod 755 $policy
    elif $policy ssh start >/dev/null 2>&1; then
        fail "$1 is missing, and $policy would let it start a service. Install $1 yourself."
    fi
    say "Installing $1 …"
    install_package "$1" || { as_root apt-get --quiet update </dev/null >&2 && install_package "$1"; } ||
        fail "apt-get could not install $1: see above."
    case $1 in
        openssh-server)
            if command -v systemctl >/dev/null 2>&1; then
                as_root systemctl --quiet disable ssh.service ssh.socket >&2 || true
            fi ;;
    esac
    if [ "$is_policy_ours" ]; then
        as_root rm -f $policy
        trap - EXIT INT TERM HUP
    fi
}

# need PROGRAM PACKAGE WHY
need() {
    PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1 && return
    may_install || fail "$1 is missing: $3 Install it: apt-get install $2"
    install_without_service "$2"
}

suits() {
    "$1" -NoProfile -NonInteractive -Command \
        'exit [int]($PSVersionTable.PSVersion -lt [version]"7.4")' </dev/null >/dev/null 2>&1
}

# Puts PowerShell on PATH: the machine's own, or else one that NuGet serves, as a dotnet tool inside this checkout.
find_powershell() {
    command -v pwsh >/dev/null 2>&1 && suits pwsh && return
    tools=$root/artifacts/powershell
    if [ ! -x "$tools/pwsh" ] || ! suits "$tools/pwsh"; then
        say "PowerShell 7.4 or later is not installed: getting PowerShell $powershell_version from NuGet …"
        rm -rf "$tools"
        # What it prints is of no interest unless it fails: NuGet writes its errors to standard output.
        answer=$(dotnet tool install PowerShell --version "$powershell_version" --tool-path "$tools" </dev/null 2>&1) || {
            say "$answer"
            fail "PowerShell $powershell_version could not be had from NuGet: see above. Check the network and \`dotnet nuget list source\`, or install PowerShell 7.4 or later: https://aka.ms/powershell"
        }
    fi
    PATH=$tools:$PATH
}

# Gives dotnet and NuGet a place of their own where the home directory does not take what they write.
find_home() {
    if [ -n "${HOME:-}" ] && mkdir -p "$HOME/.nuget" 2>/dev/null && [ -w "$HOME/.nuget" ] && [ -w "$HOME" ]; then return; fi
    mkdir -p "$root/artifacts/home"
    say "The home directory '${HOME:-}' cannot be written: using $root/artifacts/home in its place."
    export HOME="$root/artifacts/home"
}

powershell_version=7.6.9
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

task=build
case ${1:-} in
    build | test | pester | analyze | package | publish | demo | compare)
        task=$1
        shift ;;
    -h | --help | help)
        usage
        exit ;;
    '' | -*) ;;
    *)
        usage >&2
        exit 64 ;;
esac
if [ "${1:-}" = --filter ]; then
    shift
    set -- -Filter "$@"
fi

find_dotnet
find_home
if [ "$task" = test ] || [ "$task" = demo ]; then
    need ssh openssh-client 'it is what logs in to a task.'
    need sshd openssh-server 'it is what a task on this machine runs.'
fi
if [ "$task" = test ]; then
    need busybox busybox 'the script of the container is tested in its shell.'
    need ip iproute2 'the ports of a container are scanned in a network of its own.'
    need tmux tmux 'a shell that outlives its connection is tested in it.'
    sh "$root/tests/EcsFargateLogin.EndToEnd/Container/debian13.sh" "$root/artifacts/debian13" ||
        say 'Debian 13 could not be had: the tests with OpenSSH 10 are left out.'
fi

find_powershell
export PATH
exec pwsh -NoProfile -File "$root/build.ps1" -Task "$task" "$@"
