# Makes a container's root out of this machine's, and runs the container's command in it.
#
# Run by `sh -c TEXT container-root HOSTNAME ADDRESS USER READONLY [FILE CONTAINER_PATH]… -- NAME=VALUE… COMMAND [ARGUMENT]…`
# as PID 1 of new mount, PID, UTS and IPC namespaces. Everything mounted here goes away with them.
set -eu

hostname=$1 address=$2 user=$3 readonly=$4
shift 4

# What is written goes to memory. /sys is only a place to mount on: it is there on every machine, and nothing of it is
# needed before the new root has one of its own.
stage=/sys
mount -t tmpfs -o mode=0755 tmpfs "$stage"
mkdir "$stage/upper" "$stage/work" "$stage/root"
root=$stage/root

# By few programs: each start of another one takes milliseconds, and a test run makes hundreds of containers. Nothing of this
# machine's state and of its users' files is seen in the container.
cat >"$stage/fstab" <<FSTAB
overlay $root overlay lowerdir=/,upperdir=$stage/upper,workdir=$stage/work
proc $root/proc proc nosuid,nodev,noexec
sysfs $root/sys sysfs ro,nosuid,nodev,noexec
tmpfs $root/dev tmpfs mode=0755,nosuid
tmpfs $root/run tmpfs mode=0755
tmpfs $root/tmp tmpfs mode=1777
tmpfs $root/root tmpfs mode=0700
tmpfs $root/home tmpfs mode=0755
devpts $root/dev/pts devpts newinstance,nosuid,noexec,ptmxmode=0666,mode=0620,gid=5,X-mount.mkdir
tmpfs $root/dev/shm tmpfs mode=1777,nosuid,nodev,noexec,X-mount.mkdir
FSTAB
mount --all --fstab "$stage/fstab"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/ptmx /dev/fd /dev/stdin /dev/stdout /dev/stderr "$root/dev"
# sshd's folder is one that the image of module/container/Dockerfile.debian has.
mkdir "$root/run/sshd"

# The files of the image, which may lie anywhere on this machine.
while [ "$1" != -- ]; do
    install -D -m 0755 -- "$1" "$root$2"
    shift 2
done
shift

printf '%s\n' "$hostname" > "$root/proc/sys/kernel/hostname"
printf '%s\n' "$hostname" > "$root/etc/hostname"
printf '127.0.0.1 localhost\n%s %s\n' "$address" "$hostname" > "$root/etc/hosts"

cd "$root"
pivot_root . .
umount --lazy --no-canonicalize .
cd /
if [ "$readonly" = true ]; then
    mount -o remount,ro /
fi

home=/root
if [ -n "$user" ]; then
    home=$(getent passwd "${user%%:*}" | cut -d: -f6) || home=/
fi
set -- env -i "HOME=${home:-/}" "$@"
case $user in
    '') ;;
    *:*) set -- setpriv "--reuid=${user%%:*}" "--regid=${user#*:}" --clear-groups "$@" ;;
    *) set -- setpriv "--reuid=$user" "--regid=$(id -g -- "$user" 2>/dev/null || echo 0)" --clear-groups "$@" ;;
esac

# The capabilities that a container on Fargate has.
exec setpriv --bounding-set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+sys_chroot,+mknod,+audit_write,+setfcap \
    --inh-caps=-all "$@"
