#!/bin/sh
# The first process of a machine of the cluster (see machine.ts), started with a mount, network and process namespace of its own.
# Usage: machine.sh FOLDER PROGRAMS, with the line `recorded` as input.
# It gives the machine a /run and a /var of its own, so that every program can use the usual paths and touches nothing of the
# real machine's, and then adopts and reaps orphans, as an init does. When it is killed, the kernel ends everything in here.
set -eu
folder=$1
programs=$2

# Not before this machine is on record: if whoever starts it dies first, it ends here rather than be forgotten.
read -r word && [ "$word" = recorded ] || exit 1

# (-n: no account of them in the real machine's /run.) Mounts of the real machine come in, those of this one do not get out (unshare made it so); pods share this one's.
mount -n --make-rshared /

mkdir -p "$folder/etc" "$folder/var/lib" "$folder/var/log" "$folder/var/tmp"
[ -L "$folder/var/run" ] || ln -s /run "$folder/var/run"
mount -n -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/rookery/machine /run/rookery/programs /run/lock
mount --bind "$folder" /run/rookery/machine
mount --bind "$programs" /run/rookery/programs

# kubelet tunes the kernel for a machine that is all its own. This one is not, so it turns knobs that are connected to nothing.
mkdir /run/rookery/knobs
for knob in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops \
  kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  copy=/run/rookery/knobs/${knob##*/}
  cat "/proc/sys/$knob" > "$copy"
  mount --bind "$copy" "/proc/sys/$knob"
done

# Last, because the two folders may be below /var.
mount --bind "$folder/var" /var

trap : TERM INT HUP
echo ready
while :; do
  sleep 86400 &
  wait
done
