#!/usr/bin/env bash
# A lab: a network namespace of its own with a TAP in it, and a command inside.
#
#   scripts/lab.sh [command [argument ...]]        without a command: your shell
#
# Inside, tap0 is the cable between the kernel, 10.9.0.1/24, and synack, which attaches to it as 10.9.0.2. The command
# finds this in SYNACK_LAB=1, SYNACK_TAP, SYNACK_HOST and SYNACK_ADDRESS. The host's network is not touched.
# When the command ends, or lab.sh is told to (INT, TERM, HUP), whatever still runs in the lab is ended too, and with its
# last process the namespace is gone. Exit code: the command's, or 125 when there could be no lab.
#
# Needs root. A container that may not make namespaces (no CAP_SYS_ADMIN) is in a namespace of its own already: there the
# TAP is made in the container's, and deleted at the end.
set -uo pipefail
PATH=$PATH:/usr/sbin:/sbin
export SYNACK_LAB=1 SYNACK_TAP=tap0 SYNACK_HOST=10.9.0.1 SYNACK_ADDRESS=10.9.0.2/24
readonly GRACE_TENTHS=30 # of a second, between asking a process to end and ending it

say() { echo "synack lab: $*" >&2; }
die() {
  say "$*"
  exit 125
}
in_container() { [[ -e /.dockerenv || -e /run/.containerenv || ${SYNACK_IN_CONTAINER:-} == 1 ]]; }

# The processes of this namespace other than this one, in `others`. Nothing is forked to find out: it would be found.
find_others() {
  local process
  others=()
  for process in /proc/[0-9]*; do
    [[ $process/ns/net -ef /proc/$$/ns/net && $process != "/proc/$$" ]] && others+=("${process#/proc/}")
  done
}

enter() {
  local reason
  if reason=$(unshare --net true 2>&1); then
    exec unshare --net -- "$BASH" "$0" --in-new-namespace "$@"
  elif ((EUID != 0)); then
    die "a network namespace needs root; try: sudo $0 $*"
  elif in_container; then
    say "this container may not make a network namespace; its own one serves as the lab"
    run_lab container "$@"
  else
    die "cannot make a network namespace: $reason"
  fi
}

make_tap() {
  local reason
  [[ -c /dev/net/tun ]] ||
    die "/dev/net/tun is not there; in Docker add --device /dev/net/tun --cap-add NET_ADMIN, elsewhere try: modprobe tun"
  command -v ip >/dev/null || die "the program ip is not there; it comes with iproute2: run scripts/setup.sh"
  reason=$(ip tuntap add dev $SYNACK_TAP mode tap 2>&1) ||
    die "cannot make $SYNACK_TAP: $reason; it needs CAP_NET_ADMIN, in Docker --cap-add NET_ADMIN"
  trap 'ip link delete $SYNACK_TAP 2>/dev/null' EXIT
  ip link set dev lo up
  # Without an IPv6 address of its own the kernel sends nothing that nobody asked for.
  ip link set dev $SYNACK_TAP addrgenmode none 2>/dev/null
  reason=$(ip address add $SYNACK_HOST/24 dev $SYNACK_TAP 2>&1 && ip link set dev $SYNACK_TAP up 2>&1) ||
    die "cannot give $SYNACK_TAP its address: $reason"
}

# A signal is passed on, and the command has some time to obey. A terminal's Ctrl-C reached the command without us, and
# what it means is the command's own affair: shells and editors go on.
on_signal() {
  local tenth
  if [[ $1 == INT && -t 0 ]]; then return; fi
  kill -s "$1" "$command_pid" 2>/dev/null
  for ((tenth = 0; tenth < GRACE_TENTHS; tenth++)); do
    kill -0 "$command_pid" 2>/dev/null || return
    sleep 0.1
  done
  kill -s KILL "$command_pid" 2>/dev/null
}

# The command runs beside this script, so that signals are handled at once, and yet as it would in its place: with our
# standard input, default signals, and killed if we are.
run_command() {
  local signal
  for signal in HUP INT TERM; do trap "on_signal $signal" $signal; done
  env --default-signal=INT,QUIT setpriv --pdeathsig KILL -- "$@" <&0 &
  command_pid=$!
  while kill -0 "$command_pid" 2>/dev/null; do wait "$command_pid" 2>/dev/null; done
  wait "$command_pid" 2>/dev/null
}

end_others() {
  local tenth
  find_others
  ((${#others[@]})) && kill -s TERM "${others[@]}" 2>/dev/null
  for ((tenth = 0; tenth < GRACE_TENTHS; tenth++)); do
    find_others
    ((${#others[@]})) || return
    sleep 0.1
  done
  kill -s KILL "${others[@]}" 2>/dev/null
}

# run_lab namespace|container command...
run_lab() {
  local whose=$1 status
  shift
  make_tap
  if (($# == 0)); then
    say "the kernel is $SYNACK_HOST on $SYNACK_TAP, synack attaches as $SYNACK_ADDRESS; exit ends the lab"
    set -- "${SHELL:-/bin/bash}"
  fi
  run_command "$@"
  status=$?
  [[ $whose == namespace ]] && end_others
  exit $status
}

case ${1:-} in
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" ;;
  --in-new-namespace)
    shift
    find_others
    ((${#others[@]})) && die "--in-new-namespace is for its own use" # everything in here would be ended
    run_lab namespace "$@"
    ;;
  --)
    shift
    enter "$@"
    ;;
  *) enter "$@" ;;
esac
