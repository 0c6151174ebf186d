import { expect, test } from '@jest/globals';
import { LinkError, PacketLink, Stack, VirtualClock } from '../../src';
import { sharePorts } from '../../src/cli/shared-ports';

function sharing(): { stack: Stack; reserved: number[]; said: string[] } {
  const stack = new Stack({ clock: new VirtualClock() });
  const reserved: number[] = [];
  const said: string[] = [];
  const link = Object.assign(new PacketLink(), {
    reservePort: (port: number) => {
      if (port === 22) throw new LinkError('EADDRINUSE', 'a program has TCP port 22');
      reserved.push(port);
    },
  });
  stack.attach(link, { address: '10.9.0.2/24' });
  sharePorts(stack, [link, new PacketLink()], (message) => said.push(message));
  return { stack, reserved, said };
}

test('what is listened on, or called from, is reserved before; a port that is none is not', () => {
  const { stack, reserved } = sharing();
  stack.tcp.open({ passive: true, local: { port: 80 } });
  stack.tcp.open({ passive: true });
  stack.tcp.open({ remote: { address: '10.9.0.1', port: 7 }, local: { port: 1024 } });
  stack.tcp.open({ remote: { address: '10.9.0.1', port: 7 } });
  stack.udp.open({ local: { port: 53 } });
  stack.udp.open();
  expect(reserved).toEqual([80, 1024, 53]);
  expect(stack.tcp.listeners().map(({ local }) => local.port)).toContain(80);
});

test('a port that a program of the host has is in use, and it is said whose it is', () => {
  const { stack, said } = sharing();
  expect(() => stack.tcp.open({ passive: true, local: { port: 22 } })).toThrow(
    expect.objectContaining({ code: 'EADDRINUSE', message: 'EADDRINUSE: a program has TCP port 22' }),
  );
  expect(() => stack.udp.open({ local: { port: 22 } })).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
  expect(said).toEqual(['a program has TCP port 22', 'a program has TCP port 22']);
  expect(stack.tcp.listeners()).toEqual([]);
});
