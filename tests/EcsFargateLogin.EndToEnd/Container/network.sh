#!/bin/sh
# network.sh PID: joins this network namespace and that of process PID by a cable, until standard input ends. Started by
# `unshare --net`; neither namespace has a way to this machine's network, and both go with their last process.
set -eu

ip link add outside type veth peer name inside netns "$1"
ip address add 10.211.0.1/30 dev outside
ip address add fd7a:211::1/64 dev outside nodad
ip link set outside up
nsenter --net --target "$1" sh -eu <<'INSIDE'
ip link set lo up
ip address add 10.211.0.2/30 dev inside
ip address add fd7a:211::2/64 dev inside nodad
ip link set inside up
INSIDE
echo joined
exec cat
