import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackOptions } from '../../src/node/stack';
import { Served } from '../ip/dhcp/served';
import { TERMS } from '../ip/dhcp/scripted';

const NAMED = { ...TERMS, domainNameServers: ['10.9.0.1', '10.9.0.4'], domainName: 'corp.test' };

function served(stack: StackOptions = {}): Served {
  const t = new Served(undefined, undefined, { stack });
  t.terms = NAMED;
  return t;
}

describe('name servers from DHCP', () => {
  test('are asked as long as the lease lasts, and those of /etc before and after', async () => {
    const t = served();
    const standard = t.stack.dns.getServers();
    t.attach();
    t.after(1);
    expect(t.stack.dns.getServers()).toEqual(NAMED.domainNameServers);
    await t.stack.close();
    expect(t.stack.dns.getServers()).toEqual(standard);
  });

  test('do not take the place of those that the program has named', () => {
    const t = served({ dns: { servers: ['192.0.2.1'] } });
    t.attach();
    t.after(1);
    expect(t.stack.dns.getServers()).toEqual(['192.0.2.1']);
  });

  test('nor of those in a file that it has named', () => {
    const directory = mkdtempSync(join(tmpdir(), 'synack-dns-'));
    try {
      const resolvConf = join(directory, 'resolv.conf');
      writeFileSync(resolvConf, 'nameserver 192.0.2.9\n');
      const t = served({ dns: { resolvConf } });
      t.attach();
      t.after(1);
      expect(t.stack.dns.getServers()).toEqual(['192.0.2.9']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('where DHCP names none, those of /etc', () => {
    const t = served();
    const standard = t.stack.dns.getServers();
    t.terms = TERMS;
    t.attach();
    t.after(1);
    expect(t.stack.dns.getServers()).toEqual(standard);
  });
});
