import { describe, expect, test } from '@jest/globals';
import { whyNoTap } from '../support/netns';
import { inLab } from './run';

const why = whyNoTap();
const inALab = why === undefined ? describe : describe.skip;

/**
 * The kernel of the lab as a router: behind it, at the other end of a veth, is a namespace of its own with 10.8.0.2 and fd00:8::2.
 * /proc/sys may be read-only in a container; a new /proc is not, and shows the same network namespace.
 */
const ROUTER = `
  set_sysctl() { unshare --mount sh -c "mount -t proc proc /proc && echo $2 > /proc/sys/$1"; }
  unshare --net sleep 60 & far=$!; while [ /proc/$far/ns/net -ef /proc/$$/ns/net ]; do sleep 0.02; done
  ip link add far0 type veth peer name far1 netns $far
  ip address add 10.8.0.1/24 dev far0; ip address add fd00:8::1/64 dev far0 nodad; ip link set far0 up
  inside() { nsenter --net=/proc/$far/ns/net "$@"; }
  inside ip link set lo up; inside ip address add 10.8.0.2/24 dev far1; inside ip address add fd00:8::2/64 dev far1 nodad
  inside ip link set far1 up; inside ip route add default via 10.8.0.1; inside ip -6 route add default via fd00:8::1
  set_sysctl net/ipv4/ip_forward 1; set_sysctl net/ipv6/conf/all/forwarding 1
  # Both say what they have to say as often as they are asked. (icmp_ratelimit alone would let one answer use up what another may take.)
  unlimited='mount -t proc proc /proc && echo 0 > /proc/sys/net/ipv4/icmp_ratemask && echo 0 > /proc/sys/net/ipv6/icmp/ratelimit'
  unshare --mount sh -c "$unlimited"; inside unshare --mount sh -c "$unlimited"
  trap 'kill $far' EXIT
`;

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const objects = (text: string): Record<string, unknown>[] =>
  lines(text)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

inALab(`what asks the network${why === undefined ? '' : ` (${why})`}`, () => {
  test('ping: size, ttl, a router that answers instead, deadline, broadcast, JSON', async () => {
    const { stdout, stderr } = await inLab(`${ROUTER}
      P="$SYNACK ping --gateway 10.9.0.1"
      $P -c 1 -s 1000 10.8.0.2 | head -2; $P -c 1 -t 1 10.8.0.2 | sed -n 2p; $P -c 3 -i 1.1 10.7.0.1 | grep -m1 Unreachable
      $P -q -c 5 -i 0.1 -w 9 10.9.0.1 | tail -2 | head -1; $P -c 9 -w 0.5 10.9.0.1 > /dev/null; echo "exit $?"
      $P -c 1 10.9.0.255; echo "exit $?"; $P -c 1 nowhere.invalid --dns 10.9.0.1; echo "exit $?"
      $P -c 2 -i 0.1 --json 10.9.0.1
    `);
    expect(stdout).toMatch(
      /^PING 10\.8\.0\.2 \(10\.8\.0\.2\) 1000\(1028\) bytes of data\.\n1008 bytes from 10\.8\.0\.2: /,
    );
    expect(stdout).toMatch(/icmp_seq=1 ttl=63 time=/);
    expect(stdout).toContain('\nFrom 10.9.0.1 icmp_seq=1 Time to live exceeded\n');
    // The kernel does not say it of each: it limits how often it does.
    expect(stdout).toMatch(/\nFrom 10\.9\.0\.1 icmp_seq=\d Destination Net Unreachable\n/);
    // Until five have been answered: on a busy machine the wire is there some time after the device is, and more have been sent then.
    expect(stdout).toMatch(/\n(\d+) packets transmitted, \1 received, 0% packet loss/);
    // Fewer than were asked for; a broadcast that was not meant; a name that nobody knows.
    expect(stdout).toContain('\nexit 1\nexit 2\nexit 2\n');
    expect(stderr).toContain('10.9.0.255 is a broadcast address');
    const [first, second, statistics] = objects(stdout);
    expect(first).toMatchObject({ type: 'reply', seq: 1, from: '10.9.0.1', bytes: 64, ttl: 64, duplicate: false });
    expect(second).toMatchObject({ seq: 2 });
    expect(statistics).toMatchObject({
      type: 'statistics',
      transmitted: 2,
      received: 2,
      loss: 0,
      rtt: { mdev: expect.any(Number) },
    });
  });

  test('ping6, and traceroute over IPv6', async () => {
    const { stdout } = await inLab(
      `${ROUTER}
      $SYNACK ping6 -c 1 fd00:9::1; echo "exit $?"
      G="--gateway fd00:9::1"
      $SYNACK ping $G -c 1 -t 1 fd00:8::2 | sed -n 2p; $SYNACK ping6 $G -c 1 fd00:8::2 | sed -n 2p
      for how in '' -I -T; do $SYNACK traceroute $how $G --json fd00:8::2; done
      $SYNACK arp -c 1 --json fd00:9::1`,
      ['--ipv6'],
    );
    expect(stdout).toMatch(/64 bytes from fd00:9::1: icmp_seq=1 ttl=64 time=.* ms\n/);
    expect(stdout).toContain('From fd00:9::1 icmp_seq=1 Time to live exceeded\n');
    expect(stdout).toMatch(/64 bytes from fd00:8::2: icmp_seq=1 ttl=63 /);
    const found = objects(stdout);
    for (const at of [0, 3, 6]) {
      expect(found[at]).toMatchObject({ type: 'hop', ttl: 1, probes: [{ from: 'fd00:9::1', mark: '' }, {}, {}] });
      expect(found[at + 1]).toMatchObject({ ttl: 2, probes: [{ from: 'fd00:8::2', rtt: expect.any(Number) }, {}, {}] });
      expect(found[at + 2]).toMatchObject({ type: 'result', reached: true, hops: 2 });
    }
    expect(found[9]).toMatchObject({
      type: 'reply',
      address: 'fd00:9::1',
      mac: expect.stringMatching(/^[0-9a-f:]{17}$/),
    });
  });

  test('traceroute through a router: UDP, ICMP, TCP; nobody there; no way; as the real one says it', async () => {
    const { stdout } = await inLab(`${ROUTER}
      T="$SYNACK traceroute --gateway 10.9.0.1"
      for how in '' --icmp --tcp; do $T $how 10.8.0.2 | sed 's/ [0-9.]* ms//g'; echo "exit $?"; done
      $T 10.7.0.1; echo "exit $?"; $T 10.9.0.77 -m 4; echo "exit $?"; $T -f 2 -q 1 10.8.0.2 | tail -1
      traceroute -n 10.8.0.2 | sed 's/ [0-9.]* ms//g' | head -1
    `);
    const title = 'traceroute to 10.8.0.2 (10.8.0.2), 30 hops max, 60 byte packets\n';
    const way = `${title} 1  10.9.0.1\n 2  10.8.0.2\nexit 0\n`;
    expect(stdout.replaceAll(/ +\n/g, '\n')).toContain(way + way + way);
    // The kernel says so a few times a second only.
    expect(stdout).toMatch(/10\.9\.0\.1 {2}[\d.]+ ms !N.*\nexit 1\n/);
    expect(stdout).toMatch(/ 1 {2}10\.9\.0\.2 {2}[\d.]+ ms !H {2}[\d.]+ ms !H {2}[\d.]+ ms !H\nexit 1\n/);
    expect(stdout).toMatch(/\n 2 {2}10\.8\.0\.2 {2}[\d.]+ ms\n/);
    // The title is traceroute's own.
    expect(stdout.split(title)).toHaveLength(5);
  });

  test('arp asks as arping does', async () => {
    const { stdout } = await inLab(`
      $SYNACK arp -c 4 -i 0.5 10.9.0.1; echo "exit $?"; ip -br link show tap0 | awk '{ print $3 }'
      $SYNACK arp -c 1 10.9.0.77; echo "exit $?"
    `);
    const [, mac = ''] = /\n([0-9a-f:]{17})\n/.exec(stdout) ?? [];
    expect(stdout).toMatch(/^ARPING 10\.9\.0\.1 from 10\.9\.0\.2 tap0\n/);
    // The kernel loses what it sends before it has noticed that the device is in use, which on a busy machine takes up to a second.
    const replies = stdout.split(`reply from 10.9.0.1 [${mac}]`).length - 1;
    expect(replies).toBeGreaterThanOrEqual(2);
    expect(stdout).toContain(`Sent 4 probe(s)\nReceived ${replies} response(s)\nexit 0\n`);
    expect(stdout).toMatch(/Sent 1 probe\(s\)\nReceived 0 response\(s\)\nexit 1\n$/);
  });
});

inALab(`what looks at running synacks${why === undefined ? '' : ` (${why})`}`, () => {
  test('ss and arp: the same bytes, ports and sizes as the kernel has at the other end; a dead one is cleared', async () => {
    const { stdout } = await inLab(`
      export XDG_RUNTIME_DIR=/tmp/synack-run-$$; mkdir $XDG_RUNTIME_DIR; runs=$XDG_RUNTIME_DIR/synack
      trap 'rm -r $XDG_RUNTIME_DIR' EXIT
      $SYNACK serve echo 2> $XDG_RUNTIME_DIR/err & server=$!; said try: $XDG_RUNTIME_DIR/err
      (head -c 100000 /dev/zero; sleep 60) | nc 10.9.0.2 7 > /dev/null & client=$!
      all_there() { ss -tinHO dst 10.9.0.2 | grep -q bytes_acked:100001 && $SYNACK ss --json state established | grep -q '"bytes_acked":100000'; }
      waits 'all to be acknowledged' all_there
      echo ours; $SYNACK ss --json state established; echo kernels; ss -tinHO dst 10.9.0.2
      echo text; $SYNACK ss -ti; $SYNACK ss -tln; $SYNACK ss -H state all dport = :1
      echo arp; $SYNACK arp --json; ls $runs; stat -c %a $runs
      kill $client; kill -KILL $server; wait $server 2>/dev/null; ls $runs; $SYNACK ss -H; ls $runs | wc -l
      $SYNACK serve echo --no-status 2> $XDG_RUNTIME_DIR/err2 & server=$!; said try: $XDG_RUNTIME_DIR/err2
      ls $runs | wc -l; kill -TERM $server; wait $server
      $SYNACK nc -k -l 9000 < /dev/null & server=$!; until ls $runs | grep -q sock; do sleep 0.1; done
      $SYNACK ss -ltn; kill -TERM $server; wait $server; ls $runs | wc -l
    `);
    const part = (from: string, to: string): string =>
      stdout.slice(stdout.indexOf(`${from}\n`), stdout.indexOf(`${to}\n`));
    const [ours] = objects(part('ours', 'kernels'));
    const kernels = part('kernels', 'text');
    expect(ours).toMatchObject({ program: 'synack serve echo', netid: 'tcp', state: 'ESTAB', recv_q: 0, send_q: 0 });
    const tcp = ours?.['tcp'] as Record<string, number>;
    const kernel = (key: string): number => Number(new RegExp(`\\b${key}:(\\d+)`).exec(kernels)?.[1]);
    const peer = ours?.['peer'] as { port: number };
    expect(kernels).toContain(`10.9.0.1:${peer.port} `);
    expect(tcp['bytes_received']).toBe(100_000);
    // The kernel counts its SYN in what was acknowledged.
    expect(kernel('bytes_acked')).toBe(100_001);
    expect(tcp['bytes_acked']).toBe(kernel('bytes_received'));
    expect(tcp['mss']).toBe(kernel('mss'));
    expect(tcp['pmtu']).toBe(kernel('pmtu'));
    expect(stdout).toMatch(
      /\nESTAB +0 +0 +10\.9\.0\.2:7 +10\.9\.0\.1:\d+ +users:\(\("synack serve echo",pid=\d+\)\)\n\t ts sack cubic/,
    );
    expect(stdout).toMatch(/\nLISTEN +0 +511 +\*:7 +\*:\* +users:/);
    expect(objects(part('arp', '700'))[0]).toMatchObject({
      address: '10.9.0.1',
      interface: 'tap0',
      mac: expect.any(String),
    });
    // Alone to its owner; there after SIGKILL, gone once somebody has looked; none with --no-status; gone after SIGTERM.
    expect(stdout).toMatch(/\n((\d+)\.inspect\n\2\.pcap\n\2\.sock)\n700\n\1\n0\n0\n/);
    expect(stdout).toMatch(/LISTEN +0 +511 +\*:9000 +\*:\* +users:\(\("synack nc",pid=\d+\)\)\n0\n$/);
  });
});

inALab(`every link by its notation${why === undefined ? '' : ` (${why})`}`, () => {
  /** A veth pair in the lab, whose other end is in a namespace of its own. */
  const VETH = `
    unshare --net sleep 60 & far=$!; while [ /proc/$far/ns/net -ef /proc/$$/ns/net ]; do sleep 0.02; done
    ip link add near0 type veth peer name far0 netns $far; ip link set near0 up; ip address add 10.6.0.1/24 dev near0
    inside() { nsenter --net=/proc/$far/ns/net "$@"; }
    inside ip link set lo up; inside ip link set far0 up; inside ip address add 10.6.0.2/24 dev far0
    trap 'kill $far' EXIT
    err=/tmp/synack-err-$$
  `;
  const serve = (options: string): string =>
    `$SYNACK serve echo --once --msl 0.1 ${options} 2> $err & server=$!; said try: $err`;

  test('tun', async () => {
    const { stdout } = await inLab(
      `err=/tmp/synack-err-$$; ${serve('')}; printf 'hello\\n' | timeout 20 nc -N 10.9.0.2 7; wait $server; rm $err`,
      ['--tun'],
    );
    expect(stdout).toBe('hello\n');
  });

  test("raw: the kernel's own address, without --address", async () => {
    const { stdout, stderr } = await inLab(
      `${VETH} ${serve('--link raw:near0')}; inside sh -c "printf 'hello\\n' | timeout 20 nc -N 10.6.0.1 7"; wait $server; cat $err; rm $err`,
    );
    expect({ stdout, stderr }).toMatchObject({ stdout: expect.stringMatching(/^hello\n.*10\.6\.0\.1:7 on near0/) });
  });

  test('pcap: a host of its own', async () => {
    const { stdout, stderr } = await inLab(
      `${VETH} ${serve('--link pcap:near0,address=10.6.0.3/24')}; inside sh -c "printf 'hello\\n' | timeout 20 nc -N 10.6.0.3 7"; wait $server; cat $err; rm $err`,
    );
    expect({ stdout, stderr }).toMatchObject({ stdout: expect.stringMatching(/^hello\n.*10\.6\.0\.3:7 on near0/) });
  });

  test('several links at once, in one capture', async () => {
    const { stdout } = await inLab(`${VETH}
      $SYNACK serve echo --link tap:tap0,address=10.9.0.2/24 --link pcap:near0,address=10.6.0.3/24 --pcap /tmp/two-$$.pcapng 2> $err & server=$!
      said try: $err
      printf 'one\\n' | timeout 20 nc -N 10.9.0.2 7; inside sh -c "printf 'two\\n' | timeout 20 nc -N 10.6.0.3 7"
      kill -TERM $server; wait $server; kill $far
      tshark -r /tmp/two-$$.pcapng -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 0' -T fields -e frame.interface_name -e ip.dst 2>/dev/null
      rm $err /tmp/two-$$.pcapng
    `);
    expect(stdout).toBe('one\ntwo\ntap0\t10.9.0.2\nnear0\t10.6.0.3\n');
  });
});
