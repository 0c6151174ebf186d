import { expect } from 'expect';
import { createServer } from 'node:http';
import type { Stack } from '../../src';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';

const HTTP = 80;
const BANNER = 2121;
const CLOSED = [79, 81, 2120];
const PORTS = [...CLOSED, HTTP, BANNER].join();

labSuite(__filename, 'nmap', ['nmap'], (test) => {
  test('-sS: the ports with a listener are open, the others closed', async (lab) => {
    serve(lab.attach());
    expect(ports(await nmap(lab, '-sS', '-p', PORTS))).toEqual({
      79: 'closed by reset',
      80: 'open by syn-ack',
      81: 'closed by reset',
      2120: 'closed by reset',
      2121: 'open by syn-ack',
    });
  });

  test('-sT: as -sS, by connections that are made and reset', async (lab) => {
    serve(lab.attach());
    expect(ports(await nmap(lab, '-sT', '-p', PORTS))).toEqual({
      79: 'closed by conn-refused',
      80: 'open by syn-ack',
      81: 'closed by conn-refused',
      2120: 'closed by conn-refused',
      2121: 'open by syn-ack',
    });
  });

  test('-sA: a stray ACK gets a RST from every port: nothing is filtered', async (lab) => {
    serve(lab.attach());
    const unfiltered = 'unfiltered by reset';
    const expected = { 79: unfiltered, 80: unfiltered, 81: unfiltered, 2120: unfiltered, 2121: unfiltered };
    expect(ports(await nmap(lab, '-sA', '-p', PORTS))).toEqual(expected);
  });

  // RFC 9293 §3.10.7.1 and §3.10.7.2: without SYN, ACK or RST, CLOSED answers with a RST and LISTEN not at all.
  for (const [scan, what] of [
    ['-sX', 'FIN, PSH and URG'],
    ['-sF', 'a FIN alone'],
    ['-sN', 'no control bit at all'],
  ] as const) {
    test(`${scan}: ${what} gets a RST from a closed port and nothing from an open one`, async (lab) => {
      serve(lab.attach());
      expect(ports(await nmap(lab, scan, '-p', PORTS))).toEqual({
        79: 'closed by reset',
        80: 'open|filtered by no-response',
        81: 'closed by reset',
        2120: 'closed by reset',
        2121: 'open|filtered by no-response',
      });
    });
  }

  test('-sV: the services are found out', async (lab) => {
    serve(lab.attach());
    const xml = await nmap(lab, '-sS', '-sV', '-p', PORTS);
    const services = elements(xml, 'service').map(({ name, product, method }) => ({ name, product, method }));
    expect(services).toContainEqual({ name: 'http', product: 'nginx', method: 'probed' });
    expect(services).toContainEqual({ name: 'ftp', product: 'vsftpd', method: 'probed' });
  });

  test('-O: sequence numbers and identifications cannot be predicted', async (lab) => {
    const stack = lab.attach();
    serve(stack);
    const xml = await nmap(lab, '-sS', '-O', '--max-os-tries', '1', '-p', PORTS);
    const [sequence] = elements(xml, 'tcpsequence');
    // RFC 6528: the greatest of nmap's degrees, an index of 253 to 265 or so.
    expect(sequence?.['difficulty']).toBe('Good luck!');
    expect(Number(sequence?.['index'])).toBeGreaterThan(240);
    expect(elements(xml, 'ipidsequence')[0]?.['class']).toMatch(/^(Randomized|All zeros)$/);
    expect(elements(xml, 'osfingerprint')[0]?.['fingerprint'] ?? xml).toMatch(/SEQ\(/);
  });
});

/** HTTP on one port, a banner on another, which is what -sV can find. */
function serve(stack: Stack): void {
  const web = createServer((_, response) => {
    response.setHeader('Server', 'nginx/1.18.0'); // something that nmap's list has
    response.end('hello, nmap');
  });
  stack.net.createServer((socket) => web.emit('connection', socket)).listen(HTTP);
  stack.net
    .createServer((socket) => {
      socket.on('error', () => undefined); // scanners reset
      socket.end('220 (vsFTPd 3.0.3)\r\n');
    })
    .listen(BANNER);
}

/** Scans the stack and returns nmap's report, in XML. */
async function nmap(lab: Lab, ...args: readonly string[]): Promise<string> {
  const bounds = ['-n', '-Pn', '-T4', '--max-retries', '1', '--host-timeout', '25s', '-vv', '-oX', '-'];
  const scan = lab.start('nmap', ...bounds, ...args, lab.address);
  expect([await scan.ended, scan.stderr]).toEqual([0, '']);
  return String(scan.output);
}

/** What was found at each port, and why. */
function ports(xml: string): Record<string, string> {
  const found = /<port protocol="tcp" portid="(\d+)"><state state="([^"]*)" reason="([^"]*)"/g;
  return Object.fromEntries([...xml.matchAll(found)].map(([, port = '', state, why]) => [port, `${state} by ${why}`]));
}

/** The attributes of all elements of that name. */
function elements(xml: string, name: string): Record<string, string>[] {
  return [...xml.matchAll(new RegExp(`<${name} ([^>]*)>`, 'g'))].map(([, attributes = '']) =>
    Object.fromEntries([...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])),
  );
}
