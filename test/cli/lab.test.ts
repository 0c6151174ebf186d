import { describe, expect, test } from '@jest/globals';
import { whyNoTap } from '../support/netns';
import { inLab, synack } from './run';

const why = whyNoTap();
const inALab = why === undefined ? describe : describe.skip;

inALab(`against the kernel's programs${why === undefined ? '' : ` (${why})`}`, () => {
  test('the demo: nc and ncat shake hands with synack, and the capture has nothing wrong in it', async () => {
    const capture = `/tmp/synack-demo-${process.pid}.pcapng`;
    const { code, stdout, stderr } = await synack(['demo', '--pcap', capture]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('$ nc -N 10.9.0.2 7');
    expect(stdout).toMatch(/nc printed:\n {4}hello\n {4}how are you\?\n/);
    expect(stdout).toMatch(/TIME-WAIT .* 10\.9\.0\.2:7/);
    const wrong = await inLab(
      `tshark -r ${capture} -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -Y '_ws.malformed || _ws.expert.severity >= 6291456'; rm ${capture}`,
    );
    expect(wrong.stdout).toBe('');
  });

  test('the demo of a WebSocket: both handshakes, both goodbyes, and the capture has nothing wrong in it', async () => {
    const capture = `/tmp/synack-demo-ws-${process.pid}.pcapng`;
    const { code, stdout, stderr } = await synack(['demo', 'websocket', '--pcap', capture], {
      env: { COLUMNS: '120' },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const order = [
      'can you hear me?',
      'I hear you. do you hear me?',
      'I hear you.',
      'GET /chat HTTP/1.1, Upgrade:',
      '101 Switching Protocols: agreed.',
      'WebSocket text, 5 bytes: "hello"',
      'WebSocket ping: are you there?',
      'WebSocket pong: I am.',
      'WebSocket close 1000 "enough":',
      'I have sent everything.',
      'all right, one moment.',
      'I am hanging up too.',
      'all right.',
      '(1 s are over)',
      'ws printed:',
    ];
    let place = 0;
    for (const text of order) {
      const next = stdout.indexOf(text, place);
      expect(`${text} ${next === -1 ? 'is missing' : 'is there'}`).toBe(`${text} is there`);
      place = next + text.length;
    }
    const frames = await inLab(`
      tshark -r ${capture} -o tcp.check_checksum:TRUE -Y '_ws.malformed || _ws.expert.severity >= 6291456'
      tshark -r ${capture} -Y websocket -T fields -e websocket.opcode | tr '\n' ' '; rm ${capture}`);
    expect(frames.stdout).toBe('1 1 9 10 8 8 ');
  });

  test('serve: echo to nc, the ladder on stdout; with --pcap - the capture and nothing else', async () => {
    const { code, stdout } = await inLab(`
      $SYNACK serve echo --once --watch --lang ko > /tmp/out.$$ 2> /tmp/err.$$ & said try: /tmp/err.$$
      printf 'hello\\n' | timeout 20 nc -N 10.9.0.2 7; wait $!; echo "exit $?"
      cat /tmp/out.$$
      : > /tmp/err.$$; $SYNACK serve echo --once --watch --pcap - > /tmp/out.$$ 2> /tmp/err.$$ & said try: /tmp/err.$$
      printf 'hello\\n' | timeout 20 nc -N 10.9.0.2 7; wait $!; echo "exit $?"
      tshark -r /tmp/out.$$ -Y 'tcp.flags.syn == 1' -T fields -e tcp.flags 2>/dev/null
      grep -c 'can you hear me' /tmp/err.$$; rm /tmp/out.$$ /tmp/err.$$
    `);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^hello\nexit 0\n/);
    expect(stdout).toContain('6바이트 보낼게: "hello⏎"');
    expect(stdout).toMatch(/hello\nexit 0\n0x0*02\n0x0*12\n1\n$/);
  });

  test('nc calls: half-close, exit codes, refusal, nobody there', async () => {
    const { stdout, stderr } = await inLab(`
      (timeout 20 nc -N -l 10.9.0.1 5000 <<< late > /tmp/got.$$) & listens 5000
      echo early | $SYNACK nc -v -N 10.9.0.1 5000; echo "exit $?"; wait; cat /tmp/got.$$; rm /tmp/got.$$
      $SYNACK nc 10.9.0.1 5999 < /dev/null; echo "exit $?"
      $SYNACK nc -w 0.5 10.9.0.77 5999 < /dev/null; echo "exit $?"
    `);
    expect(stdout).toBe('late\nexit 0\nearly\nexit 1\nexit 1\n');
    expect(stderr).toBe(
      'Connection to 10.9.0.1 5000 succeeded!\n' +
        'synack: no connection to 10.9.0.1:5999: connection refused: nobody listens there (ECONNREFUSED)\n' +
        'synack: no connection to 10.9.0.77:5999: no answer in 0.5 s\n',
    );
  });

  test('nc listens, once, and with -k again and again', async () => {
    const { stdout } = await inLab(`
      echo answer | $SYNACK nc -v -N -l 6000 2> /tmp/err.$$ > /tmp/out.$$ & said Listening /tmp/err.$$
      echo call | timeout 20 nc -N 10.9.0.2 6000; wait $!; echo "exit $?"; cat /tmp/out.$$; grep -c received /tmp/err.$$
      : > /tmp/err.$$; $SYNACK nc -v -k -l 10.9.0.2 6001 < /dev/null 2> /tmp/err.$$ > /tmp/out.$$ & said Listening /tmp/err.$$
      for n in 1 2 3; do echo call $n | timeout 20 nc -N 10.9.0.2 6001; done; kill -TERM $!; wait $!; echo "exit $?"
      cat /tmp/out.$$; rm /tmp/out.$$ /tmp/err.$$
    `);
    expect(stdout).toBe('answer\nexit 0\ncall\n1\nexit 143\ncall 1\ncall 2\ncall 3\n');
  });

  test('--offload: segments come as on a wire, or joined', async () => {
    const { stdout } = await inLab(`
      for who in none software kernel; do
        : > /tmp/err.$$; $SYNACK nc -v --offload $who --watch=log -N -l 7000 < /dev/null > /dev/null 2> /tmp/err.$$ & said Listening /tmp/err.$$
        head -c 1000000 /dev/zero | timeout 20 nc -N 10.9.0.2 7000; wait $!
        echo $who $(grep -oE '\\([0-9]+\\)' /tmp/err.$$ | tr -d '()' | sort -n | tail -1)
      done; rm /tmp/err.$$
    `);
    const longest = new Map(stdout.split('\n').map((line) => line.split(' ') as [string, string]));
    expect(longest.get('none')).toBe('1448');
    expect(Number(longest.get('software'))).toBeGreaterThan(1448);
    expect(Number(longest.get('kernel'))).toBeGreaterThan(1448);
  });

  test('10 MB through nc, both ways, arrive as they were', async () => {
    const { stdout } = await inLab(`
      head -c 10000000 /dev/urandom > /tmp/data.$$
      (timeout 20 nc -N -l 10.9.0.1 5000 < /tmp/data.$$ | sha256sum) & listens 5000
      $SYNACK nc -N --watch 10.9.0.1 5000 < /tmp/data.$$ 2> /tmp/err.$$ | sha256sum; wait
      sha256sum < /tmp/data.$$; wc -l < /tmp/err.$$; rm /tmp/data.$$ /tmp/err.$$
    `);
    const [one, two, three, lines] = stdout.trim().split('\n');
    expect(one).toMatch(/^[0-9a-f]{64}/);
    expect([two, three]).toEqual([one, one]);
    expect(Number(lines)).toBeLessThan(100);
  });

  test('ping: answers, and nobody', async () => {
    const { stdout } = await inLab(`
      $SYNACK ping -c 2 -i 0.1 10.9.0.1; echo "exit $?"
      $SYNACK ping -c 1 10.9.0.77; echo "exit $?"
    `);
    expect(stdout).toMatch(/64 bytes from 10\.9\.0\.1: icmp_seq=2 ttl=64 time=[\d.]+ ms\n/);
    expect(stdout).toMatch(/2 packets transmitted, 2 received, 0% packet loss, .*\nrtt min.* ms\nexit 0\n/);
    expect(stdout).toMatch(/From 10\.9\.0\.2 icmp_seq=1 Destination Host Unreachable\n/);
    expect(stdout).toMatch(/1 packets transmitted, 0 received, \+1 errors, 100% packet loss, .*\nexit 1\n$/);
  });

  test("outside a lab nothing is made without a name for it; lab's exit code is the command's", async () => {
    const outside = await inLab(
      'env -u SYNACK_TAP -u SYNACK_LINK timeout 20 unshare --net $SYNACK serve echo; echo "exit $?"; cat /proc/net/dev',
    );
    expect(outside.stdout).toMatch(/^exit 1\n/);
    expect(outside.stderr).toContain('there is no TAP device tap0 here');
    expect((await inLab('exit 7')).code).toBe(7);
    expect((await synack(['lab', '--', 'synack', '--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
