import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { whyNoTap } from '../support/netns';
import { inLab } from './run';

const isInstalled = spawnSync('tshark', ['--version'], { timeout: 20_000 }).status === 0;
const why = whyNoTap() ?? (isInstalled ? undefined : 'tshark is not installed');
const inALab = why === undefined ? describe : describe.skip;

/** A folder of the test's own in the place of everything that is a person's. */
const HOME = `T=$(mktemp -d); trap 'rm -r $T' EXIT; export XDG_CONFIG_HOME=$T HOME=$T XDG_RUNTIME_DIR=$T; unset DISPLAY`;
const FIELDS = ['ip.src', 'tcp.flags', 'tcp.seq', 'tcp.len', 'frame.comment', '_ws.malformed'] as const;
const READ = `tshark -r $T/c -C synack -o tcp.analyze_sequence_numbers:TRUE -T fields ${FIELDS.map((each) => `-e ${each}`).join(' ')}`;

type Packet = Record<(typeof FIELDS)[number], string>;

function packets(stdout: string): Packet[] {
  return stdout
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => {
      const values = line.split('\t');
      return Object.fromEntries(FIELDS.map((name, index) => [name, values[index] ?? ''])) as Packet;
    });
}

inALab(`Wireshark${why === undefined ? '' : ` (${why})`}`, () => {
  test('comments of a session with nc over a bad network: on every packet, and the right ones', async () => {
    const { stdout } = await inLab(`${HOME}
      $SYNACK wireshark --install > /dev/null
      $SYNACK serve echo --once --msl 0.1 --impair loss=0.1,delay=2ms,seed=7 --pcap $T/c 2> $T/err & server=$!; said try: $T/err
      ping -c 9 -i 0.05 -W 1 10.9.0.2 > /dev/null
      head -c 150000 /dev/zero | timeout 25 nc -N 10.9.0.2 7 | wc -c; wait $server; ${READ}`);
    expect(stdout).toMatch(/^150000\n/);
    const all = packets(stdout);
    expect(all.filter((each) => each['frame.comment'] === '' || each['_ws.malformed'] !== '')).toEqual([]);

    const tcp = all.filter((each) => each['tcp.flags'] !== '');
    const commented = (flags: string, from: string): string[] =>
      tcp.filter((each) => each['tcp.flags'] === flags && each['ip.src'] === from).map((each) => each['frame.comment']);
    // Of the network's losses the seed decides, and of which packets they are, time.
    const arrived = commented('0x0002', '10.9.0.1').find((each) => !each.includes('lost by the bad network'));
    expect(arrived).toMatch(
      /^#\d+ LISTEN -> SYN-RECEIVED \(rcv SYN\): received SYN; "can you hear me\?"; answered SYN-ACK/,
    );
    expect(commented('0x0012', '10.9.0.2')[0]).toMatch(/^#\d+ SYN-RECEIVED: sent SYN-ACK; .*rto 1 s/);
    const fins = [...commented('0x0011', '10.9.0.2'), ...commented('0x0019', '10.9.0.2')];
    expect(fins[0]).toMatch(/^#\d+ CLOSE-WAIT -> LAST-ACK \(CLOSE\): sent second FIN/);

    // What we send a second time says so, and nothing else does.
    let end = 0;
    for (const each of tcp.filter(({ 'ip.src': src, 'tcp.len': length }) => src === '10.9.0.2' && length !== '0')) {
      const [seq, length] = [Number(each['tcp.seq']), Number(each['tcp.len'])];
      expect(each['frame.comment']).toMatch(
        seq < end ? /: sent retransmission, (second FIN, )?\d+ bytes/ : /: sent (data|second FIN), /,
      );
      end = Math.max(end, seq + length);
    }
    const comments = tcp.map((each) => each['frame.comment']).join('\n');
    expect(comments).toContain('; lost by the bad network (--impair)');
    expect(comments).toMatch(/sent retransmission, .*(fast retransmit|tail loss probe|time-out)/);
    expect(comments).toMatch(/received duplicate ACK; SACK of \d+ more bytes/);
  });

  test('live: as an interface of its own, by process id, and around a command', async () => {
    const { stdout } = await inLab(`${HOME}
      $SYNACK wireshark --install | sed "s#$T##"
      $SYNACK serve echo 2> $T/err & server=$!; said try: $T/err
      tshark -D 2>/dev/null | grep -o 'synack.*' | sed s/$server/PID/g
      # A viewer says that it captures before it does: so one calls until it has seen a whole call.
      run() { "$@" > $T/out 2>> $T/log & viewer=$!; said 'Capturing on' $T/log; n=0
        until grep -q "$waits" $T/out || [ $((n += 1)) -gt 60 ]; do echo hello | nc -N 10.9.0.2 7; sleep 0.2; done; }
      waits='LISTEN.*cwnd' run tshark -l -i synack-$server-tap0 -c 40 -T fields -e frame.comment; kill $viewer; wait $viewer; cat $T/out; : > $T/log
      waits='LISTEN.*들려' run $SYNACK wireshark --tshark --lang ko $server; kill $viewer; wait $viewer; cat $T/out
      kill $server; wait $server
      $SYNACK wireshark 4711; $SYNACK wireshark --tshark serve echo --once --msl 0.1 > $T/out 2> $T/log & viewer=$!; said try: $T/log
      echo again | nc -N 10.9.0.2 7; wait $viewer; echo "exit $?"; grep -c -e '->' $T/out
      $SYNACK wireshark --uninstall | wc -l; find $T -name '*.pcap' -o -name '*.sock' -o -name 'synack*' -a -type f | wc -l`);
    expect(stdout).toMatch(/^profile: \/wireshark\/profiles\/synack .*\ninterfaces: .*synack-extcap .*\n/);
    expect(stdout).toContain('synack-PID-tap0 (synack serve echo (PID): tap0)\n');
    expect(stdout).toMatch(/\n#\d+ LISTEN -> SYN-RECEIVED \(rcv SYN\): received SYN; .*cwnd \d+/);
    expect(stdout).toMatch(/→ 10\.9\.0\.2 .* LISTEN -> SYN-RECEIVED \(rcv SYN\): 받음: SYN; "들려\?"/);
    expect(stdout).toMatch(/again\nexit 0\n[3-9]\n2\n0\n$/);
  });
});
