import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { whyNoTap } from '../support/netns';
import { inLab } from './run';

/** Everything that is a person's is the test's own; `until_ TENTHS COMMAND` asks until it holds, every tenth of a second. */
const HOME = `T=$(mktemp -d); export XDG_CONFIG_HOME=$T HOME=$T XDG_RUNTIME_DIR=$T TMPDIR=$T
  started=(); trap 'kill "\${started[@]}" 2>/dev/null; wait; rm -r $T' EXIT
  until_() { local tenths=$1; shift; until "$@"; do [ $((tenths -= 1)) -gt 0 ] || { echo "never: $*"; return 1; }; sleep 0.1; done; }
  gone() { ! kill -0 $1 2>/dev/null; }
  serve() { : > $T/err; $SYNACK serve echo 2> $T/err & server=$!; started+=($server); said try: $T/err; }
  call() { echo hello | timeout 20 nc -N 10.9.0.2 7; }`;

const missing = ['Xvfb', 'wireshark', 'xdotool'].find((each) => spawnSync('which', [each]).status !== 0);
const whyNoLab = whyNoTap();
const whyNoWindow = whyNoLab ?? (missing === undefined ? undefined : `${missing} is not installed`);
const suite = (why: string | undefined) => (why === undefined ? describe : describe.skip);
const named = (name: string, why: string | undefined): string => `${name}${why === undefined ? '' : ` (${why})`}`;

suite(whyNoWindow)(named("Wireshark's own window", whyNoWindow), () => {
  test('shows a running synack live; closing it ends the command, and not the synack; when that ends, the window stays', async () => {
    // Two windows on the same synack: one is closed, in front of the other the synack ends. Packets are in Wireshark's own file.
    const { stdout } = await inLab(
      `${HOME}
      mkdir -p $T/wireshark/profiles/synack; echo 'privs.warn_if_elevated: FALSE' > $T/wireshark/recent_common
      echo 'gui.ask_unsaved: FALSE' > $T/wireshark/profiles/synack/preferences
      Xvfb -displayfd 3 -screen 0 800x600x16 -nolisten tcp 3> $T/display 2> /dev/null & started+=($!)
      said . $T/display; export DISPLAY=:$(cat $T/display)
      serve; for each in 1 2; do $SYNACK wireshark $server 2> $T/log$each & viewers[$each]=$!; started+=($!); done
      both() { call > /dev/null; [ $(grep -al 'LISTEN -> SYN-RECEIVED (rcv SYN): received SYN' $T/wireshark_* 2> /dev/null | wc -l) = 2 ]; }
      until_ 250 both
      windows() { xdotool search --onlyvisible --name "$1" 2> /dev/null; }
      have() { [ $(windows "$1" | wc -l) = $2 ]; }
      until_ 200 have "^Capturing from .*/synack serve echo \\($server\\)$" 2
      started+=($(xdotool search --onlyvisible --name Capturing getwindowpid %@))
      one=$(windows Capturing | head -1)
      close() { timeout 2 xdotool windowfocus $one key ctrl+q; have . 1; }
      until_ 200 close; ended() { gone \${viewers[1]} || gone \${viewers[2]}; }; until_ 200 ended
      call; cat /proc/$server/comm; have Capturing 1 && echo one is left
      kill $server; wait $server; wait \${viewers[1]}; echo $?; wait \${viewers[2]}; echo $?
      until_ 200 have Capturing 0; have "/synack serve echo \\($server\\)$" 1 && echo its window stays
      tshark -r $(ls $T/wireshark_*) -c 9 2>&1 > /dev/null | grep -i 'cut short'; ls -d $T/synack-* $T/synack/* 2> /dev/null`,
    );
    expect(stdout).toBe('hello\nnode\none is left\n0\n0\nits window stays\n');
  }, 60_000);
});

suite(whyNoLab)(named('programs in the place of Wireshark', whyNoLab), () => {
  test('termshark; one that ends at once, with and without a reason: nothing waits for it', async () => {
    const { stdout } = await inLab(
      `${HOME}; exec 2>&1; unset DISPLAY WAYLAND_DISPLAY
      mkdir $T/bin; PATH=$T/bin:$PATH; program() { printf '#!/bin/sh\\n%s\\n' "$2" > $T/bin/$1; chmod +x $T/bin/$1; }
      program termshark 'echo "$@"; head -c 60 "$2" | grep -ao synack; exit 0'; serve
      timeout 30 $SYNACK wireshark --termshark $server | sed "s#$T.*/#T/#; s/$server/PID/"; echo "termshark \${PIPESTATUS[0]}"
      $SYNACK extcap --extcap-interface nobodys --extcap-capture-filter tcp
      program wireshark 'exit 3'
      timeout 30 $SYNACK wireshark $server; echo "failed $?"
      timeout 30 $SYNACK wireshark serve echo; echo "failed $?"
      program wireshark 'exit 0'
      timeout 30 $SYNACK wireshark $server; echo "closed $?"
      kill $server; wait $server
      timeout 30 $SYNACK wireshark serve echo --once 2> $T/log & command=$!; said goes.on $T/log; said try: $T/log; call; wait $command; echo "goes on $?"
      program tshark 'exec cat "$4"'
      timeout 30 $SYNACK wireshark --tshark serve nosuch 2>&1 | grep comments; echo "nothing came \${PIPESTATUS[0]}"
      ls -d $T/synack-* 2> /dev/null`,
    );
    expect(stdout).toMatch(
      /^synack: termshark on synack serve echo .*\n-i T\/synack serve echo \(PID\)\nsynack\ntermshark 0\n/m,
    );
    expect(
      stdout.match(
        /\nsynack: wireshark has ended with exit code 3; is there a display\? --tshark shows it in the terminal\nfailed 1\n/g,
      ),
    ).toHaveLength(2);
    expect(stdout).toContain('\neverything is captured: filter what is shown\n');
    expect(stdout).toMatch(/\nclosed 0\n/);
    expect(stdout).toMatch(
      /\nhello\ngoes on 0\nsynack: for the comments in the list: synack wireshark --install\nnothing came 1\n$/,
    );
  }, 60_000);
});
