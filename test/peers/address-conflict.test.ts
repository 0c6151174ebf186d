import { expect } from 'expect';
import { Stack, type InterfaceConfig } from '../../src';
import type { AddressNews } from '../../src/ip/interface';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

/** A stack with this configuration, and what it has heard of its addresses. */
function attached(lab: Lab, config: Partial<InterfaceConfig>): { stack: Stack; news: AddressNews[] } {
  const news: AddressNews[] = [];
  const stack = new Stack();
  stack.attach(lab.open(), { address: [], mac: lab.mac, onAddress: (each) => news.push(each), ...config });
  lab.atEnd(() => void stack.close());
  return { stack, news };
}

async function told(news: AddressNews[], count = 1): Promise<void> {
  await until(
    () => `news of an address; there was ${JSON.stringify(news)}`,
    () => news.length >= count,
  );
}

async function kernelHas(lab: Lab, address: string): Promise<void> {
  expect(await lab.start('ip', 'addr', 'add', address, 'dev', lab.tap).ended).toBe(0);
  lab.atEnd(() => void lab.start('ip', 'addr', 'del', address, 'dev', lab.tap));
}

labSuite(__filename, 'address conflicts', ['arping', 'ip', 'ping'], (test) => {
  test('an address that the kernel has is not used', async (lab) => {
    await kernelHas(lab, '10.9.0.99/32');
    const { stack, news } = attached(lab, { address: '10.9.0.99/24', conflictDetection: true });
    await told(news);
    expect(news).toMatchObject([{ cidr: '10.9.0.99/24', state: 'lost' }]);
    expect(stack.counters).toMatchObject({ 'arp.conflict': 1 });
  });

  test('one that nobody has is used after its probes, and so is a link-local one; arping -D finds it then', async (lab) => {
    await kernelHas(lab, '169.254.3.3/16');
    const { news } = attached(lab, { address: '10.9.0.2/24', conflictDetection: true, linkLocal: 'always' });
    await told(news, 2);
    const cidrs = news.map(({ cidr }) => cidr).sort();
    expect(cidrs).toEqual(['10.9.0.2/24', expect.stringMatching(/^169\.254\..*\/16$/)]);
    for (const cidr of cidrs) {
      expect(await lab.start('ping', '-c1', '-W5', cidr.replace(/\/.*/, '')).ended).toBe(0);
    }
    const arping = lab.start('arping', '-D', '-c1', '-w5', '-I', lab.tap, '10.9.0.2');
    expect(await arping.ended).toBe(1);
    expect(arping.output.toString()).toContain('Received 1 response');
  });

  test('the kernel claims our address: we keep it, and say so once', async (lab) => {
    const { stack } = attached(lab, { address: '10.9.0.2/24' });
    await kernelHas(lab, '10.9.0.2/32');
    const arping = lab.start('arping', '-A', '-c2', '-I', lab.tap, '10.9.0.2');
    await arping.ended;
    await until(
      () => `a conflict, ${JSON.stringify(stack.counters)}`,
      () => (stack.counters['arp.conflict'] ?? 0) > 0,
    );
    expect(stack.ip.isLocal(0x0a090002)).toBe(true);
  });
});
