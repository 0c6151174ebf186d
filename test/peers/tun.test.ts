import { expect } from 'expect';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';
import { familyTests } from './either-family';
import { IPV4, IPV6 } from './family';

const PROGRAMS = ['nc', 'ip'];

labSuite(
  __filename,
  'over a TUN',
  PROGRAMS,
  (test) => {
    familyTests(test, IPV4);
    familyTests(test, IPV6);

    test('the kernel end goes down and up: the connection goes on', async (lab) => {
      const stack = lab.attach();
      const server = stack.net.createServer((socket) => socket.pipe(socket)).listen(4000);
      const nc = lab.start('nc', '-4', '-N', lab.address, '4000');
      const [socket] = (await once(server, 'connection')) as [Socket];
      nc.stdin.write('one\n');
      await nc.says('one\n');
      ip('link', 'set', lab.tap, 'down');
      socket.write('two\n');
      await until(
        () => 'a retransmission into the void',
        () => stack.tcp.connections().some((each) => each.status().retransmissions > 0),
      );
      ip('link', 'set', lab.tap, 'up');
      // The kernel forgets IPv6 addresses meanwhile.
      ip('address', 'add', `${lab.kernel6}/64`, 'dev', lab.tap, 'nodad');
      await nc.says('two\n');
      nc.stdin.end('three\n');
      await nc.says('three\n');
      expect(await nc.ended).toBe(0);
    });
  },
  { link: 'tun', ipv6: true },
);

function ip(...args: string[]): void {
  execFileSync('ip', args);
}
