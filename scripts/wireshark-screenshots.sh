#!/usr/bin/env bash
# The pictures in docs/wireshark.md: Wireshark itself on a screen that nobody sees. Needs root (a lab), wireshark, Xvfb,
# openbox, xdotool and ImageMagick. Usage: scripts/wireshark-screenshots.sh [folder]; default: docs
set -euo pipefail
cd "$(dirname "$0")/.."
into=${1:-docs}
synack="node $PWD/bin/synack.js"

if [ "${SYNACK_IN_LAB:-}" != 1 ]; then
  export SYNACK_IN_LAB=1
  exec timeout 150 $synack lab -- bash "$0" "$into"
fi

work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; wait; rm -r "$work"' EXIT
export HOME=$work XDG_CONFIG_HOME=$work/config XDG_RUNTIME_DIR=$work/run LANG=C.UTF-8 QT_FONT_DPI=96
mkdir -m 700 "$XDG_RUNTIME_DIR"
said() { for _ in $(seq 200); do grep -q -- "$1" "$2" 2>/dev/null && return; sleep 0.1; done; echo "never said: $1" >&2; exit 1; }

$synack wireshark --install
mkdir -p "$XDG_CONFIG_HOME/wireshark"
printf 'privs.warn_if_elevated: FALSE\ngui.geometry_main_x: 0\ngui.geometry_main_y: 0\ngui.geometry_main_width: 1280\ngui.geometry_main_height: 800\ngui.geometry_main_upper_pane: 520\n' \
  > "$XDG_CONFIG_HOME/wireshark/recent_common"

# A session over a bad network.
$synack serve echo --impair loss=15%,delay=20ms,seed=3 --pcap "$work/session.pcapng" 2> "$work/serve" &
server=$!; started+=("$server")
said try: "$work/serve"
ping -c 3 -i 0.2 -W 1 10.9.0.2 > /dev/null || true
(echo hello; sleep 0.5; head -c 20000 /dev/zero; sleep 1.5) | timeout 20 nc -N 10.9.0.2 7 > /dev/null || true
nc -w 1 10.9.0.2 9 < /dev/null || true
kill "$server"; wait "$server" || true

Xvfb :77 -screen 0 1280x800x24 -nolisten tcp 2> "$work/x" &
started+=("$!"); export DISPLAY=:77
sleep 1
openbox & started+=("$!")
# One that runs.
$synack serve wss 2> "$work/wss" & started+=("$!")
said try: "$work/wss"

picture() { # file, then Wireshark's arguments
  local file=$1; shift
  wireshark "$@" 2> "$work/wireshark" &
  local viewer=$!; started+=("$viewer")
  for _ in $(seq 100); do window=$(xdotool search --onlyvisible --name "${title:-Wireshark}" 2>/dev/null | tail -1) && [ -n "$window" ] && break; sleep 0.2; done
  xdotool windowmove "$window" 0 0 windowsize "$window" 1280 800
  sleep "${settle:-4}"
  [ -z "${scroll:-}" ] || xdotool mousemove 600 300 click --repeat "$scroll" 5
  xdotool mousemove $click click 1; sleep 0.5
  [ -z "${keys:-}" ] || { xdotool key --delay 200 $keys; sleep 1; }
  import -window root "$work/picture.png"
  convert "$work/picture.png" -colors 128 -define png:compression-level=9 "png8:$into/$file"
  kill "$viewer"; wait "$viewer" 2> /dev/null || true
}

again=$(tshark -r "$work/session.pcapng" -Y 'frame.comment contains "sent retransmission"' -T fields -e frame.number 2> /dev/null | head -1)
# The first line of the details are the comments: opened.
scroll=3 click='60 464' keys='Right' title=session settle=5 picture wireshark-capture.png -C synack -r "$work/session.pcapng" -g "${again:-12}"
# Ours among all the others.
click='340 457' title='Wireshark' settle=6 picture wireshark-interfaces.png -C synack
ls -l "$into"/wireshark-*.png
