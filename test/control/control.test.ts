import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from '../../src';
import { askAll } from '../../src/control/ask';
import { makeRunDirectory, runDirectory, socketPath, socketsIn } from '../../src/control/directory';
import { offerStatus } from '../../src/control/offer';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'synack-run-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('where the sockets are', () => {
  test("the user's run directory, root's, or one in /tmp", () => {
    expect(runDirectory({ XDG_RUNTIME_DIR: '/run/user/1000' }, 1000)).toBe('/run/user/1000/synack');
    expect(runDirectory({}, 0)).toBe('/run/synack');
    expect(runDirectory({}, 1000)).toBe('/tmp/synack-1000');
    // A relative one is to be ignored (XDG Base Directory Specification).
    expect(runDirectory({ XDG_RUNTIME_DIR: 'here' }, 1000)).toBe('/tmp/synack-1000');
  });

  test('it is for its owner alone, whatever the mask and whoever made it open', () => {
    const directory = join(folder, 'synack');
    expect(makeRunDirectory(directory)).toBeUndefined();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    chmodSync(directory, 0o755);
    expect(makeRunDirectory(directory)).toBeUndefined();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test('a link to elsewhere, or a file, is not taken for it, and nothing in it is believed', () => {
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
    expect(makeRunDirectory(join(folder, 'link'))).toContain('is no directory');
    expect(socketsIn(join(folder, 'link'))).toEqual([]);
    expect(socketsIn(join(folder, 'nowhere'))).toEqual([]);
  });

  test('a path that is too long for the kernel is none', () => {
    expect(socketPath('/run/synack', 0)).toMatch(/^\/run\/synack\/\d+\.sock$/);
    expect(socketPath(`/${'long'.repeat(30)}`, 0)).toBeUndefined();
  });
});

describe('a stack tells of itself', () => {
  test('connections, listeners, UDP sockets, interfaces', async () => {
    const stack = new Stack();
    const server = stack.net.createServer(() => undefined);
    server.listen(7, '127.0.0.1');
    await once(server, 'listening');
    const client = stack.net.connect(7, '127.0.0.1');
    await once(server, 'connection');
    const udp = stack.udp.open({ local: { port: 53 } });
    udp.send(Buffer.from('hello'), { address: '127.0.0.1', port: 53 });
    while (udp.queued.datagrams === 0) await new Promise(setImmediate);
    const offer = offerStatus(stack, { directory: folder, program: 'a test' });
    const { reports, silent } = await askAll(folder);
    expect(silent).toEqual([]);
    expect(reports).toHaveLength(1);
    const [report] = reports;
    expect(report).toMatchObject({ version: 1, pid: process.pid, program: 'a test', omitted: 0, neighbours: [] });
    expect(report?.sockets.map(({ netid, state }) => `${netid} ${state}`)).toEqual([
      'tcp LISTEN',
      'tcp ESTAB',
      'tcp ESTAB',
      'udp UNCONN',
    ]);
    const [listener, connection, , datagrams] = report?.sockets ?? [];
    expect(listener).toMatchObject({ local: { address: '127.0.0.1', port: 7 }, peer: null, recv_q: 0, send_q: 511 });
    expect(connection).toMatchObject({ peer: { address: '127.0.0.1', port: 7 } });
    expect(connection?.tcp).toMatchObject({ sack: true, bytes_sent: 0, retrans: { current: 0, total: 0 } });
    expect(datagrams).toMatchObject({ local: { port: 53 }, recv_q: 5, udp: { sent: 1, received: 1, dropped: 0 } });
    expect(report?.interfaces[0]).toMatchObject({ medium: 'ip', mac: null });
    offer.close();
    client.destroy();
    server.close();
    await stack.close();
  });

  test('no more sockets than the limit, and how many are left out', async () => {
    const stack = new Stack();
    for (let port = 1; port <= 5; port += 1) stack.udp.open({ local: { port } });
    const offer = offerStatus(stack, { directory: folder, limit: 2 });
    const { reports } = await askAll(folder);
    expect(reports[0]?.sockets).toHaveLength(2);
    expect(reports[0]?.omitted).toBe(3);
    offer.close();
    await stack.close();
  });

  test('several stacks of a process have a socket each; closed ones are gone', async () => {
    const [one, other] = [new Stack(), new Stack()];
    const offers = [one, other].map((stack, index) =>
      offerStatus(stack, { directory: folder, program: `number ${index}` }),
    );
    expect((await askAll(folder)).reports.map(({ program }) => program).sort()).toEqual(['number 0', 'number 1']);
    offers[0]?.close();
    expect((await askAll(folder)).reports.map(({ program }) => program)).toEqual(['number 1']);
    offers[1]?.close();
    expect(readdirSync(folder)).toEqual([]);
    await Promise.all([one.close(), other.close()]);
  });

  test('where it cannot be offered the stack goes on, and the reason is told', async () => {
    const stack = new Stack();
    const reasons: string[] = [];
    const directory = `/${'long'.repeat(40)}`;
    const offer = offerStatus(stack, { directory, onError: (reason) => reasons.push(reason) });
    expect(offer.path).toBeUndefined();
    expect(reasons).toHaveLength(1);
    expect(existsSync(directory)).toBe(false);
    offer.close();
    await stack.close();
  });

  test('whoever talks instead of listening is not heard, and harms nobody', async () => {
    const stack = new Stack();
    const offer = offerStatus(stack, { directory: folder });
    const client = connect(offer.path ?? '');
    client.write('x'.repeat(100_000));
    const chunks: Buffer[] = [];
    client.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined);
    await once(client, 'close');
    expect((await askAll(folder)).reports).toHaveLength(1);
    offer.close();
    await stack.close();
  });
});

describe('what is there without a stack behind it', () => {
  test("a killed process' socket is cleared by whoever finds it", async () => {
    const path = join(folder, '4194305.sock');
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script]);
    expect(existsSync(path)).toBe(true);
    expect(await askAll(folder)).toEqual({ reports: [], silent: [] });
    expect(existsSync(path)).toBe(false);
  });

  test('one who answers something else is told of, and left', async () => {
    const path = join(folder, '4194306.sock');
    const server = createServer((client) => client.end('{"version":99}'));
    server.listen(path);
    await once(server, 'listening');
    const { reports, silent } = await askAll(folder);
    expect(reports).toEqual([]);
    expect(silent).toEqual([{ path, reason: expect.stringContaining('does not know') }]);
    expect(existsSync(path)).toBe(true);
    server.close();
  });

  test('other files are nobody’s business', async () => {
    mkdirSync(join(folder, '1.sock'));
    expect(await askAll(folder)).toMatchObject({ reports: [] });
    expect(existsSync(join(folder, '1.sock'))).toBe(true);
  });
});
