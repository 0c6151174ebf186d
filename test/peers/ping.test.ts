import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import type { EchoReply } from '../../src/ip/ping';
import { requireIpv4Address } from '../../src/wire';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';
import { answeredOf, PATIENT, upTo } from '../support/pings';

labSuite(__filename, 'ping', ['ping'], (test) => {
  // 1472 bytes with the headers of ICMP and IPv4 are Ethernet's 1500.
  for (const size of [0, 1, 56, 57, 1471, 1472]) {
    test(`the kernel pings synack with ${size} bytes: nothing is lost or changed`, async (lab) => {
      lab.attach();
      const args = ['-c', '20', '-i', '0.002', '-M', 'do', '-s', `${size}`, ...PATIENT];
      const ping = lab.start('ping', ...args, lab.address);
      expect(await ping.ended).toBe(0);
      const report = ping.output.toString();
      expect(answeredOf(report).slice(0, 20)).toEqual(upTo(20));
      expect(report).not.toMatch(/wrong data|truncated|DUP|error/i);
      expect(report.match(/bytes from .* ttl=64/g)).toHaveLength(answeredOf(report).length);
    });
  }

  test('a flood: the kernel pings as fast as it is answered', async (lab) => {
    lab.attach();
    const ping = lab.start('ping', '-f', '-q', '-c', '2000', '-w', '20', lab.address);
    expect(await ping.ended).toBe(0);
    const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(ping.output.toString()) ?? [];
    expect(Number(received)).toBeGreaterThanOrEqual(2000);
    // What is under way when it ends: every 10 ms it sends one that nothing has called for.
    expect(Number(sent) - Number(received)).toBeLessThan(100);
  });

  test('a pattern of bytes comes back as it was', async (lab) => {
    lab.attach();
    const ping = lab.start('ping', '-c', '1', '-p', '00ff55aa', '-s', '999', lab.address);
    expect(await ping.ended).toBe(0);
    expect(ping.output.toString()).not.toContain('wrong data byte');
  });

  test('synack pings the kernel: the same bytes come back', async (lab) => {
    const { ip } = lab.attach();
    const replies: EchoReply[] = [];
    const ping = ip.ping({ reply: (reply) => replies.push(reply) });
    const path = ip.path(requireIpv4Address(lab.kernel));
    if (typeof ping === 'string') throw new Error(ping);
    if (typeof path === 'string') throw new Error(path);
    for (const [sequence, size] of [0, 1, 56, 1472].entries()) {
      const data = new Uint8Array(randomBytes(size));
      expect(ping.send(path, { sequence, data })).toBe(true);
      await until(
        () => `reply ${sequence}`,
        () => replies.length > sequence,
      );
      expect(replies.at(-1)).toMatchObject({ address: lab.kernel, sequence, data, ttl: 64 });
    }
  });
});
