import { describe, expect, test } from '@jest/globals';
import { whyNoTap } from '../support/netns';
import { inLab } from './run';

const why = whyNoTap();
const inALab = why === undefined ? describe : describe.skip;

/** Another machine: a namespace of its own with 10.6.0.2 on far0, at the other end of the lab's near0, 10.6.0.1. */
const FAR = `
  unshare --net sleep 60 & far=$!; while [ /proc/$far/ns/net -ef /proc/$$/ns/net ]; do sleep 0.02; done
  ip link add near0 type veth peer name far0 netns $far; ip link set near0 up; ip address add 10.6.0.1/24 dev near0
  inside="nsenter --net=/proc/$far/ns/net"
  $inside ip link set lo up; $inside ip link set far0 up; $inside ip address add 10.6.0.2/24 dev far0
  T=$(mktemp -d); trap 'kill $far $others 2>/dev/null; rm -r $T' EXIT
`;

const lastObject = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '');

inALab(`tunnels between two machines${why === undefined ? '' : ` (${why})`}`, () => {
  test('udp: with a key, both families; ping and nc', async () => {
    const { stdout, stderr } = await inLab(`${FAR}
      $inside $SYNACK serve echo --link udp:4789:10.6.0.1:4789,key=k,address=10.1.0.2/24+fd00:1::2/64 2> $T/err & others=$!
      said try: $T/err
      L=--link=udp:4789:10.6.0.2:4789,key=k,address=10.1.0.1/24+fd00:1::1/64
      $SYNACK ping -c 1 $L 10.1.0.2 | sed -n 2p; echo hello | $SYNACK nc -v -N $L fd00:1::2 7
      $SYNACK ping -c 1 -W 0.3 --link udp:4789:10.6.0.2:4789,key=other,address=10.1.0.1/24 10.1.0.2 > $T/out; echo "exit $?"
      sed 's/; try.*//' $T/err`);
    expect(stdout).toMatch(/^64 bytes from 10\.1\.0\.2: icmp_seq=1 ttl=64 .*\nhello\nexit 1\n/);
    expect(stdout).toContain('echo (RFC 862) at 10.1.0.2:7, [fd00:1::2]:7 on udp:4789:10.6.0.1:4789\n');
    expect(stderr).toBe('Connection to fd00:1::2 7 succeeded!\n');
  });

  test('ws: and udp: meet at a relay, who tells what it has done; without the key nobody joins', async () => {
    const { stdout, stderr } = await inLab(`${FAR}
      $SYNACK relay --ws 8765 --udp 4790 --key k --json > $T/counts 2> $T/relay & relay=$!; said UDP $T/relay
      $inside $SYNACK serve echo --link ws:ws://10.6.0.1:8765/,key=k,address=10.2.0.2/24 2> $T/err & others=$!; said try: $T/err
      L=--link=udp:0:127.0.0.1:4790,key=k,address=10.2.0.1/24
      $SYNACK ping -c 1 $L 10.2.0.2 | sed -n 2p; echo hello | $SYNACK nc -N $L 10.2.0.2 7
      $SYNACK ping -c 1 --link ws:ws://127.0.0.1:8765/,address=10.2.0.9/24 10.2.0.2; echo "exit $?"
      echo 'console.log("it ends")' > $T/program.js; $SYNACK run --link ws:ws://10.6.0.1:8765/,key=k,address=10.2.0.9/24 $T/program.js
      kill -TERM $relay; wait $relay; echo "exit $?"; cat $T/counts`);
    expect(stdout).toMatch(/^64 bytes from 10\.2\.0\.2: icmp_seq=1 ttl=64 .*\nhello\nexit 2\nit ends\nexit 143\n\{/);
    expect(stderr).toContain('cannot open WebSocket tunnel ws://127.0.0.1:8765/: Unexpected server response: 401\n');
    expect(lastObject(stdout)).toMatchObject({
      type: 'relay',
      forwarded: expect.any(Number),
      dropped: 0,
      turned_away: 0,
    });
  });
});

inALab(`both families${why === undefined ? '' : ` (${why})`}`, () => {
  test("a relay that the lab's kernel is on, too; nc listens for both, or with -4 and -6 for one", async () => {
    const { stdout, stderr } = await inLab(
      `T=$(mktemp -d); trap 'kill $others 2>/dev/null; rm -r $T' EXIT
      $SYNACK relay --link tap:tap0 --mtu 1500 2> $T/relay & others=$!; said WebSockets $T/relay
      L=--link=ws:ws://127.0.0.1:8765/,mtu=1500,address=10.9.0.2/24+fd00:9::2/64
      $SYNACK nc $L -v -k -l 6000 < /dev/null > $T/out 2> $T/err & server=$!; said Listening $T/err
      echo four | timeout 20 nc -N 10.9.0.2 6000; echo six | timeout 20 nc -N fd00:9::2 6000
      kill -TERM $server; wait $server; sed 's/ [0-9]*$//' $T/err; cat $T/out
      : > $T/err; $SYNACK nc $L -v -6 -l 6000 < /dev/null > $T/out 2> $T/err & server=$!; said Listening $T/err; cat $T/err
      echo four | timeout 20 nc -N 10.9.0.2 6000; echo "exit $?"; echo six | timeout 20 nc -N fd00:9::2 6000; wait $server; cat $T/out
      $SYNACK nc $L -4 fd00:9::1 7 < /dev/null`,
      ['--ipv6'],
    );
    expect(stdout).toBe(
      'Listening on 10.9.0.2, fd00:9::2\nConnection received on 10.9.0.1\nConnection received on fd00:9::1\nfour\nsix\n' +
        'Listening on fd00:9::2 6000\nexit 1\nsix\n',
    );
    expect(stderr).toBe('synack: fd00:9::1 is an IPv6 address, and IPv4 was asked for\n');
  });
});

inALab(`addresses from others${why === undefined ? '' : ` (${why})`}`, () => {
  test('dnsmasq leases one, and tells of a name server', async () => {
    const { stdout, stderr } = await inLab(`${FAR}
      dnsmasq --conf-file=/dev/null --keep-in-foreground --log-facility=- --user=root --pid-file= --no-resolv --no-hosts --no-ping \\
        --bind-interfaces --interface=tap0 --except-interface=lo --dhcp-leasefile=$T/leases --address=/web.test/10.9.0.1 \\
        --dhcp-range=10.9.0.50,10.9.0.50,255.255.255.0,2m 2> $T/dns & others=$!
      said started $T/dns; $SYNACK ping -c 1 --address dhcp web.test`);
    expect(stderr).toMatch(
      /^synack: tap0: 10\.9\.0\.50\/24 from the DHCP server 10\.9\.0\.1 for \d+ s; router 10\.9\.0\.1; name server 10\.9\.0\.1\n$/,
    );
    expect(stdout).toContain('PING web.test (10.9.0.1) 56(84) bytes of data.\n64 bytes from 10.9.0.1: ');
  });

  test('udhcpd leases one to a host of its own on a veth', async () => {
    const { stdout } = await inLab(`${FAR}
      printf 'start 10.6.0.50\\nend 10.6.0.50\\ninterface far0\\nlease_file %s\\npidfile %s\\noption subnet 255.255.255.0\\n' \\
        $T/leases $T/pid > $T/conf; : > $T/leases
      $inside udhcpd -f -a 100 $T/conf 2> $T/log & others=$!; said started $T/log
      $SYNACK serve echo --link pcap:near0 --address dhcp 2> $T/err & server=$!; said try: $T/err
      $inside sh -c 'echo hello | timeout 20 nc -N 10.6.0.50 7'; kill -TERM $server; wait $server; cat $T/err`);
    expect(stdout).toMatch(/^hello\nsynack: near0: 10\.6\.0\.50\/24 from the DHCP server 10\.6\.0\.2 for \d+ s\n/);
  });
});

inALab(`ports and packets of others${why === undefined ? '' : ` (${why})`}`, () => {
  test("run over raw: what the program listens on becomes synack's; what a program of the kernel's has, does not", async () => {
    const { stdout } = await inLab(`${FAR}
      echo "require('net').createServer((s) => s.pipe(s)).on('error', (e) => console.log(e.code))
        .listen(8081, () => console.log('listening'))" > $T/server.js
      $SYNACK run --link raw:near0 $T/server.js > $T/out 2> $T/err & others=$!; said listening $T/out
      $inside sh -c 'echo hello | timeout 20 nc -N 10.6.0.1 8081'; kill -TERM $others; wait $others
      timeout 20 nc -l 10.6.0.1 8081 & others=$!; until ss -tlnH | grep -q 8081; do sleep 0.02; done
      timeout 20 $SYNACK run --link raw:near0 $T/server.js 2>&1`);
    expect(stdout).toMatch(/^hello\nsynack: cannot reserve port 8081 at raw near0: .*\nEADDRINUSE\n$/);
  });

  test('router: who is behind it gets out under its address, and both links are counted', async () => {
    const { stdout } = await inLab(`${FAR}
      $SYNACK router -i 0.2 --json --link tap:tap0,address=10.9.0.2/24 --link pcap:near0,address=10.6.0.3/24,masquerade \\
        > $T/counts 2> $T/err & others=$!; said near0 $T/err
      ip route add 10.6.0.2/32 via 10.9.0.2
      $inside sh -c "timeout 20 nc -v -n -l 10.6.0.2 5000 2>&1" > $T/got & peer=$!
      until $inside ss -tlnH | grep -q 5000; do sleep 0.02; done
      echo through | timeout 20 nc -N 10.6.0.2 5000; wait $peer; cat $T/got
      rows() { wc -l < $T/counts; }; before=$(rows); more() { [ $(rows) -gt $((before + 4)) ]; }; waits 'more counts' more
      kill -TERM $others; wait $others; cat $T/counts`);
    expect(stdout).toMatch(/^Listening on 10\.6\.0\.2 5000\nConnection received on 10\.6\.0\.3 \d+\nthrough\n/);
    const rows = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { link: string; in_packets: number; out_packets: number });
    for (const name of ['tap0', 'near0']) {
      const own = rows.filter(({ link }) => link === name);
      expect(own.reduce((sum, { in_packets: packets }) => sum + packets, 0)).toBeGreaterThan(3);
      expect(own.reduce((sum, { out_packets: packets }) => sum + packets, 0)).toBeGreaterThan(3);
    }
  });
});
