#!/usr/bin/env bash
# Captures for explain.test.ts: programs and kernels talk in namespaces of their own, each time with one thing wrong (or nothing),
# and tcpdump writes what passes.
#
#   explain-captures.sh FOLDER [scenario ...]
#
# A scenario's capture is NAME.pcap, and whole once there is a NAME.done.
# All scenarios run at the same time. Needs root.
set -u
cd "$(dirname "$0")" || exit 1
OUT=$1
shift
PEERS=$PWD/explain-peers.py
PYTHON=/usr/bin/python3
TAG=x$$
mkdir -p "$OUT"

C() { ip netns exec "$TAG$N-c" "$@"; }
S() { ip netns exec "$TAG$N-s" "$@"; }
W() { ip netns exec "$TAG$N-w" "$@"; }

# Waits until a file holds a word.
await() {
  local twentieth
  for ((twentieth = 0; twentieth < 400; twentieth++)); do
    grep -q "$2" "$1" 2>/dev/null && return
    sleep 0.05
  done
  echo "$N: no '$2' in $1" >&2
}

# Waits until a program in s listens on a port.
listening() {
  local twentieth
  for ((twentieth = 0; twentieth < 400; twentieth++)); do
    [[ $(S ss -Hltn "sport = :$1") ]] && return
    sleep 0.05
  done
  echo "$N: nobody listens on $1" >&2
}

quiet() {
  C ip link set lo up
  S ip link set lo up
  C ethtool -K v tx off tso off gso off gro off >/dev/null 2>&1
  S ethtool -K v tx off tso off gso off gro off >/dev/null 2>&1
}

# Two hosts, c and s, on one cable. `direct offload`: their cards (veth) cut segments and fill in checksums.
direct() {
  ip netns add "$TAG$N-c" && ip netns add "$TAG$N-s"
  ip link add v netns "$TAG$N-c" type veth peer name v netns "$TAG$N-s"
  addresses
  [[ ${1-} == offload ]] || quiet
}

# The same with explain-peers.py's wire between them.
wired() {
  ip netns add "$TAG$N-c" && ip netns add "$TAG$N-s" && ip netns add "$TAG$N-w"
  ip link add v netns "$TAG$N-c" type veth peer name c netns "$TAG$N-w"
  ip link add v netns "$TAG$N-s" type veth peer name s netns "$TAG$N-w"
  W sh -c 'for each in c s; do ip link set $each addrgenmode none; ip link set $each promisc on up; done'
  addresses
  quiet
  W "$PYTHON" "$PEERS" wire "$@" >"$OUT/$N.wire" 2>&1 &
  await "$OUT/$N.wire" ready
}

# A router between them, whose link to s has a small MTU.
routed() {
  ip netns add "$TAG$N-c" && ip netns add "$TAG$N-s" && ip netns add "$TAG$N-w"
  ip link add v netns "$TAG$N-c" type veth peer name c netns "$TAG$N-w"
  ip link add v netns "$TAG$N-s" type veth peer name s netns "$TAG$N-w"
  W sh -c 'sysctl -qw net.ipv4.ip_forward=1; ip address add 10.76.0.254/24 dev c; ip address add 10.77.0.254/24 dev s
    ip link set c up; ip link set s mtu 1200 up; ip route add unreachable 10.99.0.0/16'
  C sh -c 'ip address add 10.76.0.1/24 dev v; ip link set v up; ip route add default via 10.76.0.254'
  S sh -c 'ip address add 10.77.0.2/24 dev v; ip link set v up; ip route add default via 10.77.0.254'
  quiet
}

addresses() {
  C sh -c 'ip link set v addrgenmode none; ip address add 10.77.0.1/24 dev v; ip -6 address add fd77::1/64 dev v nodad; ip link set v up'
  S sh -c 'ip link set v addrgenmode none; ip address add 10.77.0.2/24 dev v; ip -6 address add fd77::2/64 dev v nodad; ip link set v up'
}

# capture c|s|w [interface [tcpdump arguments]]
capture() {
  local where=$1 interface=${2:-v}
  shift
  (($#)) && shift
  rm -f "$OUT/$N.tcpdump"
  ip netns exec "$TAG$N-$where" tcpdump -i "$interface" -U --immediate-mode -B 16384 -w "$OUT/$N.pcap" "$@" 2>"$OUT/$N.tcpdump" &
  tcpdump=$!
  await "$OUT/$N.tcpdump" listening
}

# server NAME [arguments]: one of explain-peers.py in s
server() {
  S "$PYTHON" "$PEERS" "$@" >"$OUT/$N.server" 2>&1 &
  await "$OUT/$N.server" ready
}
client() { C timeout 12 "$PYTHON" "$PEERS" "$@" >"$OUT/$N.client" 2>&1; }
drop() { # drop c|s hook rule...
  local where=$1 hook=$2
  shift 2
  ip netns exec "$TAG$N-$where" nft -f - <<<"table ip t { chain $hook { type filter hook $hook priority 0; $*; }; }"
}

# --- Nothing is wrong

clean_echo() { direct; server echo; capture c; client talks 5 200 0.02; }
clean_download() { direct offload; server source 3000000; capture s; client receives; }
clean_far() { wired delay=0.02; server source 300000; capture c; client receives; }
clean_http() { direct; server slow_http 0; capture s; C curl -s http://10.77.0.2/hello >/dev/null; }
clean_nc() {
  direct
  S nc -6 -lN fd77::2 4000 <<<'hello to you' >/dev/null &
  listening 4000
  capture c
  C nc -N fd77::2 4000 <<<'hello' >/dev/null
}
iperf() {
  direct offload
  S iperf3 -s -1 >/dev/null &
  listening 5201
  capture c v -s 96
  C iperf3 -c 10.77.0.2 -n 4M >/dev/null
}
clean_websocket() { direct; server websocket_server; capture c; client websocket_client one two three; }
clean_tls() {
  direct
  certificate
  S openssl s_server -quiet -www -accept 4433 -cert "$OUT/$N.crt" -key "$OUT/$N.key" >/dev/null 2>&1 &
  listening 4433
  capture c
  C curl -sk https://10.77.0.2:4433/ >/dev/null
}
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test \
    -keyout "$OUT/$N.key" -out "$OUT/$N.crt" 2>/dev/null
}

# The handshake is not in it: nobody knows how the windows are scaled.
middle() {
  wired delay=0.01
  server trickles 60 40000 0.02
  client receives &
  local receiver=$!
  await "$OUT/$N.server" sending
  capture c
  wait $receiver
}

# --- The handshake

no_answer() { direct; drop s input tcp dport 4000 drop; capture c; C nc -w 4 10.77.0.2 4000 </dev/null; }
refused() { direct; capture c; C nc -w 2 10.77.0.2 4000 </dev/null; }
prohibited() { direct; drop s input tcp dport 4000 reject with icmp type admin-prohibited; capture c; C nc -w 2 10.77.0.2 4000 </dev/null; }
no_route() { routed; capture c; C nc -w 2 10.99.0.1 4000 </dev/null; }
syn_lost() { wired "drop=p.src == 'c' and p.syn and not p.again"; server echo; capture c; client talks 1 10 0; }
ack_lost() { direct; drop c input "tcp flags & syn == syn drop"; server echo; capture s; timeout 4 ip netns exec "$TAG$N-c" nc 10.77.0.2 4000 </dev/null; }
at_once() {
  wired delay=0.1
  capture c
  # Before the first call arrives, after 100 ms, the other one has to be made.
  local when=$(($(date +%s) + 4))
  C timeout 9 "$PYTHON" "$PEERS" opens_at_once 10.77.0.1 5000 10.77.0.2 4000 "$when" &
  S timeout 9 "$PYTHON" "$PEERS" opens_at_once 10.77.0.2 4000 10.77.0.1 5000 "$when"
  sleep 0.5
}
fast_open() {
  direct
  C sysctl -qw net.ipv4.tcp_fastopen=3
  S sysctl -qw net.ipv4.tcp_fastopen=3
  S ncat -lk 4000 -e /bin/cat 2>/dev/null &
  # A server that asks for it, as web servers do.
  S "$PYTHON" - <<'PY' >"$OUT/$N.server" 2>&1 &
import socket
end = socket.socket(); end.setsockopt(socket.IPPROTO_TCP, 23, 16); end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
end.bind(("10.77.0.2", 80)); end.listen(); print("ready", flush=True)
for _ in range(2):
    one = end.accept()[0]; one.recv(9999); one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"); one.shutdown(1); one.recv(1); one.close()
PY
  await "$OUT/$N.server" ready
  capture c
  C curl -s --tcp-fastopen http://10.77.0.2/
  C curl -s --tcp-fastopen http://10.77.0.2/
}
half_open() {
  direct
  server echo
  capture c
  rm -f "$OUT/$N.in"; mkfifo "$OUT/$N.in"
  C timeout 12 "$PYTHON" "$PEERS" calls_twice <"$OUT/$N.in" >"$OUT/$N.client" 2>&1 &
  exec 8>"$OUT/$N.in"
  await "$OUT/$N.client" connected
  # The client's RST gets lost: as if its machine had lost power.
  drop c output "tcp flags & rst == rst drop"
  echo >&8
  await "$OUT/$N.client" closed
  C nft flush ruleset
  echo >&8
  sleep 1.8
}
same_port() {
  direct
  server echo
  capture s
  C sysctl -qw net.ipv4.tcp_tw_reuse=1
  for _ in 1 2; do C timeout 3 "$PYTHON" -c '
import socket
end = socket.socket(); end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); end.bind(("10.77.0.1", 5000)); end.connect(("10.77.0.2", 4000))
end.sendall(b"hi"); end.recv(9); end.shutdown(1); end.recv(9)'; sleep 1.1; done
}

queue_full() { direct; server accepts_never; capture c; client calls_often 3 3.5; }

# --- Loss

one_lost() { wired delay=0.01 "drop=p.src == 's' and p.n == 30"; server source 200000; capture c; client receives; }
one_lost_sender() { wired delay=0.01 "drop=p.src == 's' and p.n == 30"; server source 200000; capture s; client receives; }
tail_lost() { wired delay=0.02 "drop=p.src == 'c' and p.n in (9, 10) and not p.again"; server echo; capture c; client talks 3 6000 0; }
break_short() { wired "drop=p.src == 'c' and p.length > 0 and 0.3 < t < 0.8"; server echo; capture c; client talks 12 100 0.1; }
delay_jump() { wired delay=0.01 "hold=p.src == 's' and p.n == 25 and not p.again" pause=1.5; server source 100000; capture s; client receives; }
reordered() { wired delay=0.005 "hold=p.src == 's' and p.n % 12 == 7"; server source 200000; capture c; client receives; }
doubled() { wired "twice=p.length > 0 and p.n % 3 == 1"; server echo; capture s; client talks 9 300 0; }
corrupted() { wired delay=0.005 "corrupt=p.src == 's' and p.n in (12, 40)"; server source 100000; capture c; client receives; }
black_hole() { direct; drop s input meta length gt 1000 drop; server sink; capture c; client sends 20000 3.5; sleep 0.2; }
small_mtu() { routed; server sink; capture c; client sends 20000; }
vanished() { wired "drop=t > 0.5"; server echo; capture c; client talks 60 100 0.1; sleep 1; }
keep_alive() { wired "drop=t > 0.4"; server echo; capture c; client keeps_alive; }
fin_lost() { wired "drop=p.fin and p.src == 'c' and not p.again"; server sink; capture c; client sends 100; sleep 1; }

# --- Waiting

zero_window() { direct; server sink 1.5 4096; capture c; client sends 400000; }
small_window() { wired delay=0.02; S sysctl -qw net.ipv4.tcp_window_scaling=0; server sink 0 8192; capture c; client sends 150000; }
nagle() { direct; server answer_whole 100; capture c; client writes_twice 12; }
bloated() { routed; W sh -c 'ip link set s mtu 1500; tc qdisc add dev c root tbf rate 4mbit burst 5k limit 600k'; server source 1200000; capture s; client receives; }
slow_server() { direct; server slow_http 1.3; capture c; C curl -s http://10.77.0.2/ >/dev/null; }
error_500() { direct; server slow_http 0 '503 Service Unavailable'; capture c; C curl -s http://10.77.0.2/ >/dev/null; }
no_sack() { direct; S sysctl -qw net.ipv4.tcp_sack=0 net.ipv4.tcp_timestamps=0; server echo; capture c; client talks 2 100 0; }
ecn() { direct; C sysctl -qw net.ipv4.tcp_ecn=1; S sysctl -qw net.ipv4.tcp_ecn=1; server echo; capture c; client talks 2 100 0; }

# --- The end

unread() { direct; server closes_unread; capture c; client sends 5000; }
linger() { direct; server lingers_not; capture c; client talks 3 50 0; }
closed_early() { direct; server closes_early; capture c; client talks_after_close; }
forged() { wired "reset=p.src == 's' and p.n == 5" ttl=200; server echo; capture c; client talks 9 100 0.05; }
forged_vain() { wired "reset=p.src == 's' and p.n == 5" ttl=200 offset=3000; server echo; capture c; client talks 9 100 0.05; }
cut_short() { direct; server http_stops; capture c; C curl -s http://10.77.0.2/ >/dev/null; }
https_to_http() { direct; server slow_http 0 '400 Bad Request'; capture c; C curl -sk https://10.77.0.2:80/ >/dev/null; }
websocket_1011() { direct; server websocket_server; capture c; client websocket_client one break; }
tls_alert() {
  direct
  certificate
  S openssl s_server -quiet -tls1_2 -www -accept 4433 -cert "$OUT/$N.crt" -key "$OUT/$N.key" >/dev/null 2>&1 &
  listening 4433
  capture c
  C curl -s https://10.77.0.2:4433/ >/dev/null
}

tls13_alert() {
  direct
  certificate
  S openssl s_server -quiet -tls1_3 -www -accept 4433 -cert "$OUT/$N.crt" -key "$OUT/$N.key" >/dev/null 2>&1 &
  listening 4433
  capture c
  C curl -s https://10.77.0.2:4433/ >/dev/null
}

# --- Crowds, and the capture itself

flood() { direct; drop c input "tcp flags & rst == rst drop"; server echo; capture s; C hping3 -q -S -p 4000 -i u4000 -c 150 --rand-source 10.77.0.2 >/dev/null 2>&1; }
scan() { direct; server echo; capture s; C nmap -n -Pn -sS -p 3980-4010 10.77.0.2 >/dev/null; }
scan_fin() { direct; server echo; capture s; C nmap -n -Pn -sF -T4 -p 3980-4010 10.77.0.2 >/dev/null; }
both_interfaces() { routed; W ip link set s mtu 1500; server echo; capture w any; client talks 3 100 0; }
one_way() { direct; server source 50000; capture c v src host 10.77.0.2; client receives; }
holes() { direct; server source 300000; capture c; client receives; }
cut() { direct; server echo; capture c; client talks 4 100 0; }

after_holes() { mv "$OUT/$N.pcap" "$OUT/$N.all"; editcap "$OUT/$N.all" "$OUT/$N.pcap" 20-24 2>/dev/null; }
after_cut() { local size; size=$(stat -c %s "$OUT/$N.pcap"); truncate -s $((size - 30)) "$OUT/$N.pcap"; editcap -F pcapng "$OUT/$N.pcap" "$OUT/$N.ng" 2>/dev/null; }

ALL=(clean_echo clean_download clean_far clean_http clean_nc clean_websocket clean_tls middle
  no_answer refused prohibited no_route syn_lost ack_lost at_once fast_open half_open same_port queue_full
  one_lost one_lost_sender tail_lost break_short delay_jump reordered doubled corrupted black_hole small_mtu vanished keep_alive fin_lost
  zero_window small_window bloated nagle slow_server error_500 no_sack ecn
  unread iperf linger closed_early forged forged_vain cut_short https_to_http websocket_1011 tls_alert tls13_alert
  flood scan scan_fin both_interfaces one_way holes cut)
(($#)) || set -- "${ALL[@]}"

clean_up() {
  local each
  for each in $(ip netns list | awk '{print $1}' | grep "^$TAG[a-z][a-z_0-9]*-[csw]$"); do
    ip netns pids "$each" 2>/dev/null | xargs -r kill -KILL 2>/dev/null
    ip netns delete "$each" 2>/dev/null
  done
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

for N in "$@"; do
  (
    trap - EXIT
    tcpdump=
    "$N"
    sleep 0.3
    [[ $tcpdump ]] && kill -INT "$tcpdump" && wait "$tcpdump"
    declare -F "after_$N" >/dev/null && "after_$N"
    touch "$OUT/$N.done"
    exit 0
  ) </dev/null &
done
wait
exit 0
