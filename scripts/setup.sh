#!/usr/bin/env bash
# Makes a fresh checkout ready to run: programs, npm packages, the native addon. Does what is missing and no more, so
# `npm start` and `npm test` run it each time.
#
#   scripts/setup.sh        all that running and testing need
#   scripts/setup.sh run    what running needs: without tshark and the other programs of the tests
#   scripts/setup.sh bench  all that, and the peers of `npm run bench`
#   SYNACK_SETUP=skip       in the environment: do nothing
#
# What cannot be installed here is told, and the rest goes on: without the addon synack runs over memory links.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin

say() { echo "synack setup: $*" >&2; }

# Debian's and Ubuntu's packages whose program or file is not there, in `missing`.
find_missing() {
  missing=()
  local package program
  while read -r package program; do
    case $program in
      /*) [[ -e $program ]] || missing+=("$package") ;;
      *) command -v "$program" >/dev/null || missing+=("$package") ;;
    esac
  done
}

running_needs() {
  cat <<'LIST'
g++ g++
make make
python3 python3
libpcap-dev /usr/include/pcap/pcap.h
iproute2 ip
iputils-ping ping
netcat-openbsd nc.openbsd
ncat ncat
nftables nft
LIST
}

# On a fresh Debian 12 these, with what they depend on, are a download of about 150 MB and 20 s of unpacking; Chromium is most of it.
testing_needs() {
  cat <<'LIST'
chromium chromium
curl curl
dnsmasq-base dnsmasq
ethtool ethtool
hping3 hping3
ndisc6 rdisc6
nmap nmap
openssl openssl
python3-scapy /usr/lib/python3/dist-packages/scapy/__init__.py
python3-websockets /usr/lib/python3/dist-packages/websockets/__init__.py
redis-server redis-server
redis-tools redis-cli
socat socat
squid squid
tcpdump tcpdump
tinyproxy-bin tinyproxy
traceroute traceroute
tshark tshark
udhcpd udhcpd
wget wget
wireshark wireshark
wrk wrk
xdotool xdotool
xvfb Xvfb
LIST
}

benchmarking_needs() {
  cat <<'LIST'
iperf3 iperf3
liblwip-dev /usr/include/lwip/lwip/init.h
slirp4netns slirp4netns
LIST
}

# The tests run these by themselves, in a namespace. As services they would begin to listen on this machine: so those that are about to be
# installed are masked (`systemctl unmask squid` is the way back).
keep_from_starting() {
  local service
  [[ -d /run/systemd/system ]] || return 0
  for service in "$@"; do
    [[ " ${missing[*]} " != *" $service "* ]] || "${root[@]}" systemctl mask --quiet "$service.service"
  done
}

install_programs() {
  local root=()
  find_missing < <(running_needs; [[ $1 == run ]] || testing_needs; [[ $1 != bench ]] || benchmarking_needs)
  ((${#missing[@]})) || return 0

  if ! command -v apt-get >/dev/null; then
    say "this is not Debian or Ubuntu; please install what they call: ${missing[*]}"
    return 0
  fi
  if ((EUID != 0)); then
    if ! sudo -n true 2>/dev/null; then
      say "without root these stay missing; please run: sudo apt-get install ${missing[*]}"
      return 0
    fi
    root=(sudo -n)
  fi
  say "installing ${missing[*]}"
  keep_from_starting squid redis-server udhcpd
  "${root[@]}" apt-get update -qq || say 'apt-get update failed; going on with the package lists as they are'
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    say "apt-get could not install all of: ${missing[*]}"
}

# Does node_modules hold what package-lock.json asks for? Optional packages may be for another platform.
npm_packages_agree() {
  [[ -f node_modules/.package-lock.json ]] && node - <<'JS'
const { readFileSync } = require('node:fs');
const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
const installed = packages('node_modules/.package-lock.json');
const differs = ([path, { version, optional, devOptional }]) =>
  path !== '' && (path in installed ? installed[path].version !== version : !optional && !devOptional);
process.exitCode = Object.entries(packages('package-lock.json')).some(differs) ? 1 : 0;
JS
}

install_npm_packages() {
  # As a package inside another project there is no lock file, and npm has done this already.
  if [[ ! -f package-lock.json ]] || npm_packages_agree; then return 0; fi
  say 'installing npm packages'
  # cap and raw-socket are compiled here: cap without its assertions, one of which ends the process when an interface is set down.
  # Node's headers often lie beside Node; then nothing need be downloaded for them.
  export CXXFLAGS="${CXXFLAGS:-} -DNDEBUG"
  local prefix
  prefix=$(dirname "$(dirname "$(node -p process.execPath)")")
  if [[ -f $prefix/include/node/node_api.h ]]; then export npm_config_nodedir=$prefix; fi
  npm ci --no-audit --no-fund --loglevel=error >/dev/null
}

build_addon() {
  local built=native/build/Release/synack.node
  if [[ -f $built && -z $(find native -maxdepth 1 -type f -newer "$built") ]]; then return 0; fi
  say 'building the native addon'
  scripts/build-native.sh || say 'the addon could not be built (see above); TAP devices will not open'
}

if [[ ${SYNACK_SETUP:-} == skip ]]; then exit 0; fi
command -v node >/dev/null || {
  say 'Node.js 20 or newer is needed first: https://nodejs.org'
  exit 1
}
if [[ $(uname -s) == Linux ]]; then install_programs "${1:-all}"; fi
install_npm_packages
if [[ $(uname -s) == Linux ]]; then build_addon; fi
