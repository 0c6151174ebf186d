#!/usr/bin/env bash
# A lab: a network namespace of its own with a TAP in it, and a command inside.
#
#   scripts/lab.sh [--tun | --pcap] [--ipv6] [command [argument ...]]        without a command: your shell
#
# Inside, tap0 is the cable between the kernel, 10.9.0.1/24, and synack, which attaches to it as 10.9.0.2. The command
# finds this in SYNACK_LAB=1, SYNACK_LINK (tap:tap0), SYNACK_TAP, SYNACK_HOST and SYNACK_ADDRESS. With --tun the cable is a TUN,
# tun0, with the same addresses, and the command finds SYNACK_LINK=tun:tun0, SYNACK_TUN and no SYNACK_TAP. With --pcap it is
# an Ethernet cable whose one end, veth0, is the kernel's, and on whose other, pcap0, synack is to capture. With --ipv6 the kernel is
# fd00:9::1/64 and fe80::1, too, and synack fd00:9::2: SYNACK_HOST6 and SYNACK_ADDRESS6. The host's network is not touched.
# When the command ends, or lab.sh is told to (INT, TERM, HUP), whatever still runs in the lab is ended too, and with its
# last process the namespace is gone. Exit code: the command's, or 125 when there could be no lab.
#
# Needs root. A container that may not make namespaces (no CAP_SYS_ADMIN) is in a namespace of its own already: there the
# TAP is made in the container's, and deleted at the end.
set -uo pipefail
PATH=$PATH:/usr/sbin:/sbin
export SYNACK_LAB=1 SYNACK_HOST=10.9.0.1 SYNACK_ADDRESS=10.9.0.2/24
kind=tap ipv6= flags=()
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
    exec unshare --net -- "$BASH" "$0" --in-new-namespace "$kind" "$ipv6" "$@"
  elif ((EUID != 0)); then
    die "a network namespace needs root; try: sudo $0${flags[*]:+ ${flags[*]}}${*:+ $*}"
  elif in_container; then
    say "this container may not make a network namespace; its own one serves as the lab"
    run_lab container "$@"
  else
    die "cannot make a network namespace: $reason"
  fi
}

make_cable() {
  local reason
  cable=${kind}0
  unset SYNACK_TAP SYNACK_TUN SYNACK_PCAP
  export SYNACK_LINK=$kind:$cable "SYNACK_${kind^^}=$cable"
  [[ -c /dev/net/tun || $kind == pcap ]] ||
    die "/dev/net/tun is not there; in Docker add --device /dev/net/tun --cap-add NET_ADMIN, elsewhere try: modprobe tun"
  command -v ip >/dev/null || die "the program ip is not there; it comes with iproute2: run scripts/setup.sh"
  local make=(ip tuntap add dev $cable mode $kind)
  [[ $kind == pcap ]] && make=(ip link add veth0 type veth peer name $cable)
  reason=$("${make[@]}" 2>&1) ||
    die "cannot make $cable: $reason; it needs CAP_NET_ADMIN, in Docker --cap-add NET_ADMIN"
  trap 'ip link delete $cable 2>/dev/null' EXIT
  ip link set dev lo up
  # Without an IPv6 address of its own the kernel sends nothing that nobody asked for.
  ip link set dev $cable addrgenmode none 2>/dev/null
  if [[ $kind == pcap ]]; then
    ip link set dev $cable up
    cable=veth0
    ip link set dev $cable addrgenmode none 2>/dev/null
  fi
  reason=$(ip address add $SYNACK_HOST/24 dev $cable 2>&1 && ip link set dev $cable up 2>&1) ||
    die "cannot give $cable its address: $reason"
  if [[ $ipv6 ]]; then
    export SYNACK_HOST6=fd00:9::1 SYNACK_ADDRESS6=fd00:9::2/64
    # nodad: its other end is ours, and tests need not wait for the seconds that looking for a duplicate takes.
    reason=$(ip address add fe80::1/64 dev $cable nodad 2>&1 && ip address add $SYNACK_HOST6/64 dev $cable nodad 2>&1) ||
      die "cannot give $cable its IPv6 address: $reason"
  fi
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
  make_cable
  if (($# == 0)); then
    say "the kernel is $SYNACK_HOST on $cable, synack attaches as $SYNACK_ADDRESS; exit ends the lab"
    set -- "${SHELL:-/bin/bash}"
  fi
  run_command "$@"
  status=$?
  [[ $whose == namespace ]] && end_others
  exit $status
}

while [[ ${1:-} == --tun || ${1:-} == --pcap || ${1:-} == --ipv6 ]]; do
  if [[ $1 == --ipv6 ]]; then ipv6=yes; else kind=${1#--}; fi
  flags+=("$1")
  shift
done
case ${1:-} in
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" ;;
  --in-new-namespace)
    find_others
    ((${#others[@]})) && die "--in-new-namespace is for its own use" # everything in here would be ended
    kind=$2 ipv6=$3
    shift 3
    run_lab namespace "$@"
    ;;
  --)
    shift
    enter "$@"
    ;;
  *) enter "$@" ;;
esac
