import { expect } from 'expect';
import type { Stack } from '../../src';
import type { Connection } from '../../src/tcp/user';
import { FLAG } from '../../src/wire/tcp';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

const PORT = 80;

/** Says each argument after the first two in a connection of its own, with the SYN where the kernel may, and prints the answers. */
const CLIENT = `
import socket, sys
for word in sys.argv[3:]:
    s = socket.socket()
    s.sendto(word.encode(), socket.MSG_FASTOPEN, (sys.argv[1], int(sys.argv[2])))
    s.shutdown(socket.SHUT_WR)
    answer = b''
    while piece := s.recv(100): answer += piece
    print(answer.decode(), flush=True)
    s.close()
`;

/** Answers everybody's first words in capital letters. */
const SERVER = `
import socket, sys
TCP_FASTOPEN = 23
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 16)
s.bind((sys.argv[1], int(sys.argv[2])))
s.listen()
print('listening', flush=True)
while True:
    c, _ = s.accept()
    c.sendall(c.recv(100).upper())
    c.close()
`;

labSuite(__filename, 'Fast Open with the kernel (RFC 7413)', ['python3'], (test) => {
  test('the kernel asks for a cookie, and its next SYN carries data, which is answered with the SYN,ACK', async (lab) => {
    lab.sysctl('tcp_fastopen', '1');
    const stack = lab.attach({ tcp: { fastOpen: {} } });
    const seen = synsOf(stack);
    stack.net
      .createServer({ allowHalfOpen: true }, (socket) => {
        socket.on('data', (data) => socket.end(String(data).toUpperCase()));
      })
      .listen(PORT);
    const client = lab.start('python3', '-c', CLIENT, lab.address, `${PORT}`, 'first', 'second', 'third');
    expect(await client.ended).toBe(0);
    expect(String(client.output).trim().split('\n')).toEqual(['FIRST', 'SECOND', 'THIRD']);
    expect(seen).toEqual(['in ""', 'out', 'in "second"', 'out', 'in "third"', 'out']);
    expect(stack.counters).toMatchObject({ 'tcp.fast-open-cookies-sent': 1, 'tcp.fast-open-accepted': 2 });
    expect(stack.counters['tcp.retransmissions']).toBeUndefined();
  });

  test("the kernel's cookie: our next SYN carries data, which it takes", async (lab) => {
    lab.sysctl('tcp_fastopen', '3');
    const stack = lab.attach();
    const seen = synsOf(stack);
    const server = lab.start('python3', '-c', SERVER, lab.kernel, `${PORT}`);
    await server.says('listening');
    for (const word of ['first', 'second', 'third']) expect(await say(stack, lab, word)).toBe(word.toUpperCase());
    expect(seen).toEqual(['out ""', 'in', 'out "second"', 'in', 'out "third"', 'in']);
    expect(stack.counters).toMatchObject({ 'tcp.fast-open-attempts': 3, 'tcp.fast-open-data-acked': 2 });
    expect(stack.counters['tcp.retransmissions']).toBeUndefined();
  });

  test('a kernel that has forgotten its key: the data goes again, and the new cookie serves the next', async (lab) => {
    lab.sysctl('tcp_fastopen', '3');
    const stack = lab.attach();
    const seen = synsOf(stack);
    const server = lab.start('python3', '-c', SERVER, lab.kernel, `${PORT}`);
    await server.says('listening');
    lab.sysctl('tcp_fastopen_key', '00000001-00000002-00000003-00000004');
    expect(await say(stack, lab, 'first')).toBe('FIRST');
    lab.sysctl('tcp_fastopen_key', '00000005-00000006-00000007-00000008');
    for (const word of ['second', 'third']) expect(await say(stack, lab, word)).toBe(word.toUpperCase());
    expect(seen).toEqual(['out ""', 'in', 'out "second"', 'in', 'out "third"', 'in']);
    expect(stack.counters).toMatchObject({ 'tcp.fast-open-data-refused': 1, 'tcp.fast-open-data-acked': 1 });
  });

  test('a kernel without Fast Open: an ordinary handshake', async (lab) => {
    lab.sysctl('tcp_fastopen', '0');
    const stack = lab.attach();
    const server = lab.start('python3', '-c', SERVER.replace(/.*TCP_FASTOPEN.*\n/g, ''), lab.kernel, `${PORT}`);
    await server.says('listening');
    for (const word of ['first', 'second']) expect(await say(stack, lab, word)).toBe(word.toUpperCase());
    expect(stack.counters['tcp.retransmissions']).toBeUndefined();
  });
});

/** The SYNs that go by, those that call with the text that they carry. */
function synsOf(stack: Stack): string[] {
  const seen: string[] = [];
  stack.observe((event) => {
    if (event.type !== 'segment' || (event.segment.flags & FLAG.SYN) === 0) return;
    const text = JSON.stringify(Buffer.from(event.segment.payload).toString());
    seen.push((event.segment.flags & FLAG.ACK) === 0 ? `${event.direction} ${text}` : event.direction);
  });
  return seen;
}

/** A call with Fast Open. Returns all that the kernel answers. */
async function say(stack: Stack, lab: Lab, word: string): Promise<string> {
  const remote = { address: lab.kernel, port: PORT };
  const connection = stack.tcp.open({ remote, fastOpen: true, data: Buffer.from(word) });
  let answer = '';
  await until(
    () => `the end of the answer; there came ${JSON.stringify(answer)}`,
    () => {
      answer += heard(connection);
      return connection.receive() === 'EOF';
    },
  );
  connection.close();
  return answer;
}

function heard(connection: Connection): string {
  let text = '';
  for (let piece = connection.receive(); typeof piece !== 'string'; piece = connection.receive()) {
    text += Buffer.from(piece).toString();
  }
  return text;
}
