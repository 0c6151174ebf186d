import { expect } from 'expect';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { netcatSuite } from './netcat';

// Half a connection may stay for ten seconds when the other half is closed; socat's default is half a second.
const socat = {
  program: 'socat',
  asClient: {
    args: (address: string, port: number) => ['-t10', '-', `TCP4:${address}:${port}`],
    whenPeerEnds: 'sends',
    whenReset: [[1], 'Connection reset by peer'],
  },
  asServer: {
    args: (address: string, port: number) => ['-t10', '-', `TCP4-LISTEN:${port},bind=${address},reuseaddr`],
    whenPeerEnds: 'sends',
    whenReset: [[1], 'Connection reset by peer'],
  },
} as const;

netcatSuite(__filename, socat, (test) => {
  test('SO_LINGER of 0: a RST in place of a FIN, and ECONNRESET', async (lab) => {
    const server = lab.attach().net.createServer().listen(4000);
    const socat = lab.start('socat', '-u', '-', `TCP4:${lab.address}:4000,linger=0`);
    const [socket] = (await once(server, 'connection')) as [Socket];
    socat.stdin.write('as far as here');
    expect(String(await once(socket, 'data'))).toBe('as far as here');
    const failed = once(socket, 'error');
    socat.signal('SIGKILL');
    expect(await failed).toMatchObject([{ code: 'ECONNRESET', syscall: 'read' }]);
    // It was killed in the callback that brought the data, before the ACK of it went out: that is answered by a RST of its own.
    const end = lab.history.slice(lab.history.lastIndexOf('ESTABLISHED'));
    expect([...new Set(end)]).toEqual(['ESTABLISHED', 'CLOSED', 'RST in']);
  });
});
