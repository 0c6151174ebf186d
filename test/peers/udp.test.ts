import { expect } from 'expect';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from '../../src';
import { capture } from '../../src/link/capture';
import type { Lab } from '../support/lab';
import { dissectFile } from '../support/lab-capture';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

/** One for which Wireshark knows no protocol. */
const PORT = 47_100;
const GROUP = '239.1.2.3';

async function bound(stack: Stack, port = PORT, address = '0.0.0.0'): Promise<Socket> {
  const socket = stack.dgram.createSocket('udp4').bind(port, address);
  await once(socket, 'listening');
  return socket;
}

async function message(socket: Socket): Promise<{ text: string; from: RemoteInfo }> {
  const [data, from] = (await once(socket, 'message')) as [Buffer, RemoteInfo];
  return { text: String(data), from };
}

/** Waits until the kernel has a UDP socket with this port. */
async function listens(lab: Lab, port: number): Promise<void> {
  await until(
    () => `a UDP socket on port ${port}`,
    async () => {
      const ss = lab.start('ss', '-Hnulp', `sport = :${port}`);
      await ss.ended;
      return ss.output.length > 0;
    },
  );
}

labSuite(__filename, 'UDP', ['nc', 'socat', 'ss', 'tshark'], (test) => {
  test('nc -u as client: what it says is answered', async (lab) => {
    const socket = await bound(lab.attach());
    socket.on('message', (data, { port, address }) => {
      socket.send(`re: ${String(data)}`, port, address);
    });
    const nc = lab.start('nc', '-u', lab.address, `${PORT}`);
    nc.stdin.write('hello\n');
    await nc.says('re: hello\n');
    nc.stdin.write('again\n');
    await nc.says('re: again\n');
  });

  test('nc -u as server: what we say is answered', async (lab) => {
    const stack = lab.attach();
    const nc = lab.start('nc', '-u', '-l', lab.kernel, `${PORT}`);
    await listens(lab, PORT);
    const socket = stack.dgram.createSocket('udp4');
    socket.connect(PORT, lab.kernel);
    await once(socket, 'connect');
    expect(socket.address().address).toBe(lab.address);
    socket.send('hello\n');
    await nc.says('hello\n');
    const answer = message(socket);
    nc.stdin.write('hello yourself\n');
    expect(await answer).toMatchObject({ text: 'hello yourself\n', from: { address: lab.kernel, port: PORT } });
  });

  test('socat as an echo server: datagrams of every length come back as they went', async (lab) => {
    const stack = lab.attach();
    lab.start('socat', '-T10', `UDP4-RECVFROM:${PORT},bind=${lab.kernel},fork`, 'PIPE');
    await listens(lab, PORT);
    const socket = await bound(stack, 0);
    for (const length of [1, 2, 63, 1471, 1472]) {
      const answer = once(socket, 'message') as Promise<[Buffer]>;
      const data = Buffer.from(Array.from({ length }, (_, index) => (index * 7) % 251));
      socket.send(data, PORT, lab.kernel);
      const [echo] = await answer;
      expect(echo.equals(data)).toBe(true);
    }
  });

  test('socat as client: datagrams of every length come back as they went', async (lab) => {
    const socket = await bound(lab.attach());
    const lengths: number[] = [];
    socket.on('message', (data, { port, address }) => {
      lengths.push(data.length);
      socket.send(data, port, address);
    });
    for (const length of [1, 700, 1472]) {
      const socat = lab.start('socat', '-b2000', '-T5', '-', `UDP4:${lab.address}:${PORT}`);
      const data = Buffer.alloc(length, 'socat');
      socat.stdin.write(data);
      await until(
        () => `the echo of ${length} bytes`,
        () => socat.output.equals(data),
      );
      await socat.end();
    }
    expect(lengths).toEqual([1, 700, 1472]);
  });

  test('a broadcast of the kernel’s reaches us, and ours reaches it', async (lab) => {
    const stack = lab.attach();
    const socket = await bound(stack);
    const heard = message(socket);
    const sender = lab.start('socat', '-u', '-', `UDP4-DATAGRAM:10.9.0.255:${PORT},broadcast`);
    sender.stdin.end('to all of them');
    expect((await heard).text).toBe('to all of them');

    const receiver = lab.start('socat', '-u', `UDP4-RECV:${PORT},bind=0.0.0.0`, '-');
    await listens(lab, PORT);
    socket.setBroadcast(true);
    socket.send('to the network;', PORT, '10.9.0.255');
    socket.send('to everybody;', PORT, '255.255.255.255');
    await receiver.says('to the network;to everybody;');
  });

  test('a group: what the kernel sends to it reaches its members here, and what we send its members there', async (lab) => {
    const stack = lab.attach();
    const [member, stranger] = [await bound(stack), await bound(stack, PORT + 1)];
    member.addMembership(GROUP, lab.address);
    const strangers: string[] = [];
    stranger.on('message', (data) => strangers.push(String(data)));
    const heard = message(member);
    for (const port of [PORT + 1, PORT]) {
      const sender = lab.start('socat', '-u', '-', `UDP4-DATAGRAM:${GROUP}:${port},ip-multicast-if=${lab.kernel}`);
      sender.stdin.end('to the group');
      expect(await sender.ended).toBe(0);
    }
    expect(await heard).toMatchObject({ text: 'to the group', from: { address: lab.kernel } });
    expect(strangers).toEqual([]);

    const membership = `ip-add-membership=${GROUP}:${lab.kernel}`;
    const receiver = lab.start('socat', '-u', `UDP4-RECV:${PORT},bind=0.0.0.0,${membership}`, '-');
    await listens(lab, PORT);
    const own = message(member);
    stranger.send('from a guest', PORT, GROUP);
    await receiver.says('from a guest');
    expect((await own).from.address).toBe(lab.address);
  });

  test('a closed port of the kernel’s: ECONNREFUSED', async (lab) => {
    const socket = lab.attach().dgram.createSocket('udp4');
    socket.connect(PORT, lab.kernel);
    await once(socket, 'connect');
    const failed = once(socket, 'error');
    socket.send('anybody?');
    expect(await failed).toMatchObject([{ message: 'recvmsg ECONNREFUSED', code: 'ECONNREFUSED' }]);
  });

  test('a closed port of ours, once it was open: the kernel’s socket is refused', async (lab) => {
    const socket = await bound(lab.attach());
    const socat = lab.start('socat', '-', `UDP4:${lab.address}:${PORT}`);
    const heard = message(socket);
    socat.stdin.write('hello');
    expect((await heard).text).toBe('hello');
    socket.close();
    socat.stdin.write('still there?');
    expect(await socat.ended).toBe(1);
    expect(socat.stderr).toContain('Connection refused');
  });

  test('what is more than IP takes: EMSGSIZE', async (lab) => {
    const socket = await bound(lab.attach());
    const error = await new Promise((resolve) => {
      socket.send(Buffer.alloc(65_508), PORT, lab.kernel, resolve);
    });
    expect(error).toMatchObject({ code: 'EMSGSIZE' });
  });

  for (const offload of ['kernel', 'none'] as const) {
    test(`tshark finds nothing wrong, with offload ${offload}`, async (lab) => {
      const directory = await mkdtemp(join(tmpdir(), 'synack-udp-'));
      lab.atEnd(() => void rm(directory, { recursive: true }));
      const file = join(directory, 'udp.pcapng');
      const blocks: Uint8Array[] = [];
      const stack = lab.attach({
        offload,
        through: (tap, clock) => capture(tap, (block) => blocks.push(block), { clock }),
      });
      lab.start('socat', '-T10', `UDP4-RECVFROM:${PORT},bind=${lab.kernel},fork`, 'PIPE');
      await listens(lab, PORT);
      const socket = await bound(stack);
      socket.addMembership(GROUP, lab.address);
      socket.setBroadcast(true);
      for (const length of [0, 1, 2, 999, 1472]) {
        const answer = length === 0 ? undefined : message(socket);
        socket.send(Buffer.alloc(length, 'q'), PORT, lab.kernel);
        await answer;
      }
      socket.send('g', PORT + 1, GROUP);
      socket.send('b', PORT + 1, '255.255.255.255');
      socket.send('refused', PORT + 2, lab.kernel);
      await until(
        () => 'the last answer',
        () => stack.udp.sockets()[0]?.softError?.code === 'ECONNREFUSED',
      );
      await writeFile(file, Buffer.concat(blocks));
      const names = [
        'icmp.type',
        'eth.dst',
        'udp.length',
        'udp.checksum.status',
        'ip.checksum.status',
        '_ws.malformed',
      ] as const;
      const packets = await dissectFile(file, names);
      // In what an ICMP message quotes of a datagram of ours the device has not filled the checksum in yet.
      const datagrams = packets.filter((packet) => packet['udp.length'] !== '' && packet['icmp.type'] === '');
      expect(datagrams.length).toBeGreaterThanOrEqual(5 + 4 + 3);
      for (const packet of datagrams) {
        const first = (name: keyof typeof packet): string | undefined => packet[name].split(',')[0];
        expect([first('udp.checksum.status'), first('ip.checksum.status'), packet['_ws.malformed']]).toEqual([
          '1',
          '1',
          '',
        ]);
      }
      const groups = datagrams.map((packet) => packet['eth.dst']);
      if (lab.isEthernet) expect(groups).toEqual(expect.arrayContaining(['01:00:5e:01:02:03', 'ff:ff:ff:ff:ff:ff']));
    });
  }
});
