import { describe, expect, test } from '@jest/globals';
import { whyNoTap } from '../support/netns';
import { inLab } from './run';

const why = whyNoTap();
const inALab = why === undefined ? describe : describe.skip;

/** A WebSocket client over the kernel's TCP: says hello, hears it, and waits to be closed. */
const CLIENT = `node -e '
  const { WebSocket } = require("ws");
  const socket = new WebSocket(process.argv[1], { rejectUnauthorized: false });
  socket.on("open", () => socket.send("hello"));
  socket.on("message", (data) => console.log("heard " + data));
  socket.on("close", (code, reason) => console.log("closed " + code + " " + reason));
'`;

inALab(`the web's services, and the kernel's clients${why === undefined ? '' : ` (${why})`}`, () => {
  test('http: curl gets a file of the directory; lines about requests, or --quiet', async () => {
    const { stdout } = await inLab(`
      for quiet in '' --quiet; do
        : > /tmp/err.$$; $SYNACK serve http src $quiet 2> /tmp/err.$$ & said try: /tmp/err.$$
        curl -s --max-time 20 http://10.9.0.2/stack.ts | cmp - src/stack.ts && echo same
        kill -TERM $!; wait $!; echo "exit $? $(grep -c GET /tmp/err.$$) lines"
      done; rm /tmp/err.$$
    `);
    expect(stdout).toBe('same\nexit 143 1 lines\nsame\nexit 143 0 lines\n');
  });

  test.each(['ws', 'wss'])(
    '%s: an echo; on Ctrl-C the close handshake, and then TCP is closed in four steps',
    async (service) => {
      const { stdout } = await inLab(`
        $SYNACK serve ${service} --watch=log > /tmp/out.$$ 2> /tmp/err.$$ & said try: /tmp/err.$$; server=$!
        ${CLIENT} ${service}://10.9.0.2/ > /tmp/client.$$ & client=$!; said heard /tmp/client.$$
        kill -INT $server; wait $server; echo "exit $?"; wait $client
        cat /tmp/client.$$; grep -oE '→ (TIME-WAIT|CLOSED) \\(rcv .*FIN' /tmp/out.$$; grep -c ': R' /tmp/out.$$
        rm /tmp/out.$$ /tmp/err.$$ /tmp/client.$$
      `);
      // Whose FIN is first is a matter of chance: each end has heard the other's goodbye.
      expect(stdout).toMatch(
        /^exit 130\nheard hello\nclosed 1001 the server ends\n→ (TIME-WAIT|CLOSED) \(rcv .*FIN\n0\n$/,
      );
    },
  );

  test('wss: the capture has the secrets, the key log too, and --no-keylog neither', async () => {
    const { stdout } = await inLab(`
      for option in '' "--keylog /tmp/keys.$$" --no-keylog; do
        : > /tmp/err.$$; $SYNACK serve wss --once --msl 0.1 --pcap /tmp/wss.$$ $option 2> /tmp/err.$$ & said try: /tmp/err.$$
        grep -cE '([0-9A-F]{2}:){31}' /tmp/err.$$
        curl -sk --max-time 20 https://10.9.0.2/ | grep -o '<title>.*</title>'; wait $!
        tshark -r /tmp/wss.$$ -Y http.response -T fields -e http.response.code 2> /dev/null; echo
      done; cut -d' ' -f1 /tmp/keys.$$; rm /tmp/wss.$$ /tmp/keys.$$ /tmp/err.$$
    `);
    const page = '1\n<title>synack: WebSocket echo</title>\n';
    expect(stdout.slice(0, stdout.lastIndexOf(page))).toBe(`${page}200\n\n${page}200\n\n`);
    expect(stdout.slice(stdout.lastIndexOf(page) + page.length)).toMatch(
      /^\n([A-Z]+_[A-Z_0]+\n)*SERVER_TRAFFIC_SECRET_0\n/m,
    );
  });

  test('files that cannot be written are told at once', async () => {
    const { stdout, stderr } = await inLab(`
      for option in --pcap --keylog; do timeout -s KILL 20 $SYNACK serve ws $option /no/such/file; echo "exit $?"; done
    `);
    expect(stdout).toBe('exit 1\nexit 1\n');
    expect(stderr).toMatch(/^synack: cannot write the capture: .*\nsynack: cannot write the key log: .*\n$/);
  });

  test('--once with ws: the one connection, until TIME-WAIT is over', async () => {
    const { stdout } = await inLab(`
      $SYNACK serve ws --once --msl 0.1 2> /tmp/err.$$ & said try: /tmp/err.$$
      node -e '
        const socket = new (require("ws").WebSocket)("ws://10.9.0.2/");
        socket.on("open", () => socket.close(1000));
        socket.on("close", (code) => console.log("closed " + code));
      '; wait $!; echo "exit $?"; rm /tmp/err.$$
    `);
    expect(stdout).toBe('closed 1000\nexit 0\n');
  });
});
