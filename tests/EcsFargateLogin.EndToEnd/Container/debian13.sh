#!/bin/sh
# debian13.sh FOLDER: unpacks what an image of Debian 13 with openssh-server holds into FOLDER, where that is not there
# yet. The packages come from the mirror that this machine's apt uses, by lists of its own: nothing is installed.
set -eu

folder=$1
[ ! -d "$folder" ] || exit 0
work=$(mktemp -d "${TMPDIR:-/tmp}/efl-debian13.XXXXXX")
trap 'rm -rf "$work"' EXIT
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/sources.list"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/image"
: >"$work/status"
apt() {
    apt-get --quiet -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
        -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Acquire::Languages=none "$@" >&2
}
apt update
apt install --yes --download-only openssh-server bash coreutils dash findutils grep mawk ncurses-base ncurses-bin \
    perl-base procps sed util-linux
# Debian 13 keeps all programs below /usr.
mkdir -p "$work/image/usr/bin" "$work/image/usr/sbin" "$work/image/usr/lib" "$work/image/usr/lib64"
for part in bin sbin lib lib64; do ln -s "usr/$part" "$work/image/$part"; done
for package in "$work"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar --extract --directory "$work/image" --keep-directory-symlink --exclude "./usr/share/[dlm]*"
done
ln -sf dash "$work/image/usr/bin/sh"
ln -sf mawk "$work/image/usr/bin/awk"
mkdir -p "$(dirname "$folder")"
mv -T "$work/image" "$folder"
