import { describe, expect, test } from '@jest/globals';
import type { IcmpMessage } from '../../../src/wire/icmp';
import { established, script, type Script } from '../../support/script';

describe('ICMP (RFC 9293 §3.9.2.2)', () => {
  test('MUST-55: source quench slows nothing down', () => {
    const t = established();
    t.send(4380);
    t.skip();
    const before = t.status;
    t.icmp({ type: 'source-quench', quoted: t.quote() });
    expect(t.status).toEqual(before);
  });

  test.each<[string, (quoted: Uint8Array) => IcmpMessage]>([
    ['network', (quoted) => ({ type: 'destination-unreachable', code: 0, nextHopMtu: 0, quoted })],
    ['host', (quoted) => ({ type: 'destination-unreachable', code: 1, nextHopMtu: 0, quoted })],
    ['source route', (quoted) => ({ type: 'destination-unreachable', code: 5, nextHopMtu: 0, quoted })],
    ['time exceeded', (quoted) => ({ type: 'time-exceeded', code: 0, quoted })],
    ['reassembly time exceeded', (quoted) => ({ type: 'time-exceeded', code: 1, quoted })],
    ['parameter problem', (quoted) => ({ type: 'parameter-problem', code: 0, pointer: 0, quoted })],
  ])('MUST-56: %s ends a connection in no state that has something in flight', (_, message) => {
    const inFlight = (t: Script): { t: Script; quoted: Uint8Array } => ({ t, quoted: t.skip().quote() });
    const peersFin = 'F. 1:1(0) ack 1';
    const closing = inFlight(established().shutdown());
    closing.t.inject(peersFin).skip().state('CLOSING');
    for (const { t, quoted } of [
      inFlight(script({ active: 80 })),
      inFlight(script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').state('SYN-RECEIVED')),
      inFlight(established().shutdown().state('FIN-WAIT-1')),
      inFlight(established().inject(peersFin).skip().shutdown().state('LAST-ACK')),
      closing,
    ]) {
      const [connection] = t.wire.stack.tcp.connections();
      const before = connection?.state;
      t.icmp(message(quoted));
      expect([connection?.state, t.counter('tcp.icmp-out-of-window')]).toEqual([before, 0]);
    }
  });
});
