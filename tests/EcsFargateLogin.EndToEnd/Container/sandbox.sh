#!/bin/sh
# sandbox.sh FOLDER KIND UID [OPTION…]: runs FOLDER/entry as process 1, and as UID, of a container of its own.
# Started by `unshare --mount --pid --fork`; all it mounts is gone with its last process. KIND is one of
#   debian     this machine's programs
#   bash       the same, with bash as /bin/sh: what Amazon Linux has
#   busybox    BusyBox, sshd and ssh-keygen, and nothing else: what Alpine has
#   debian13   programs of Debian 13, which debian13.sh has unpacked, with OpenSSH 10
# and OPTION of
#   read-only  only /tmp can be written
#   locked     root's password is locked
#   empty-password  root's password is empty
#   expired    root's account has expired
#   lacks=PROGRAM  the image lacks it (busybox only)
#   clock      the seconds since boot are those in FOLDER/uptime
#   capabilities=LIST  what setpriv --bounding-set leaves of them
set -eu

folder=$1 kind=$2 uid=$3 options=" $* "
# As in LocalFargate's containers: only a place to mount on, which is there on every machine.
root=/sys

mount -t tmpfs -o mode=755 root "$root"
cd "$root"
# Few programs with many arguments: each start takes milliseconds, and a test run makes hundreds of containers.
mkdir -p var/log etc/ssh etc/alternatives dev home/app proc root run/sshd tmp usr/bin usr/sbin usr/lib usr/lib64 var/empty
: >var/log/lastlog
: >var/log/wtmp
chmod 1777 tmp
chmod 700 root
chown 1000:1000 home/app
ln -s usr/bin usr/sbin usr/lib usr/lib64 .

shell=/bin/bash
case $kind in
debian) mounts="/usr $root/usr none bind,ro" ;;
bash)
    mounts="/usr $root/usr none bind,ro
/usr/bin/bash $root/usr/bin/dash none bind"
    ;;
debian13)
    # Its path may hold blanks, which separate words in the table below.
    mounts=
    mount -o bind,ro "$DEBIAN13/usr" usr
    ;;
busybox)
    mounts="/usr/lib $root/usr/lib none bind
/usr/lib64 $root/usr/lib64 none bind"
    cp "$(command -v busybox)" usr/bin/busybox
    usr/bin/busybox --install usr/bin
    cp /usr/sbin/sshd usr/sbin/
    cp /usr/bin/ssh-keygen usr/bin/
    for option; do
        case $option in lacks=*) rm "usr/bin/${option#lacks=}" 2>/dev/null || rm "usr/sbin/${option#lacks=}" ;; esac
    done
    shell=/bin/sh
    ;;
esac
[ "$kind" = busybox ] || ln -s /usr/bin/mawk etc/alternatives/awk

password='*'
case $options in
*' locked '*) password='!' ;;
*' empty-password '*) password= ;;
esac
printf '%s\n' "root:x:0:0:root:/root:$shell" 'sshd:x:102:65534::/run/sshd:/usr/sbin/nologin' \
    "app:x:1000:1000::/home/app:$shell" 'service:x:1001:1000::/home/app:/usr/sbin/nologin' >etc/passwd
expiry=
case $options in *' expired '*) expiry=0 ;; esac
printf '%s\n' "root:$password:19000:::::$expiry:" 'sshd:!:19000::::::' 'app:*:19000::::::' 'service:*:19000::::::' >etc/shadow
chmod 640 etc/shadow
printf '%s\n' 'root:x:0:' 'app:x:1000:' 'nogroup:x:65534:' >etc/group
cp /etc/ld.so.cache etc/
# What Debian and Alpine do, and a container's PATH must outlive.
printf '%s\n' 'export PATH=/from/etc/profile:/usr/bin:/bin' 'export PROFILE_WAS_READ=yes' >etc/profile

cat >"$folder/fstab" <<FSTAB
proc $root/proc proc defaults
dev $root/dev tmpfs mode=755
devpts $root/dev/pts devpts newinstance,ptmxmode=0666,mode=620,X-mount.mkdir
$mounts
FSTAB
mount --all --fstab "$folder/fstab"
case $options in *' clock '*) mount --bind "$folder/uptime" proc/uptime ;; esac
mkdir dev/shm
cp -a /dev/null /dev/zero /dev/random /dev/urandom /dev/tty /dev/ptmx dev

cp "$folder/start-sshd.sh" "$folder/entry" .
case $options in
*' read-only '*)
    mount -t tmpfs -o mode=1777 tmp tmp
    mount -o remount,ro "$root"
    ;;
esac
capabilities=
for option; do
    case $option in capabilities=*) capabilities=${option#capabilities=} ;; esac
done
set -- chroot --userspec="$uid:$uid" --groups= "$root" /bin/sh /entry
[ -z "$capabilities" ] || set -- setpriv --bounding-set="$capabilities" "$@"
exec "$@"
