import { describe, expect, test } from '@jest/globals';
import { observePeer, UNKNOWN_PEER } from '../../src/inspect/peer-state';
import { segment } from './script';

/** Each line: a segment, and what is then known of the peer; a question mark where it is only presumed. */
function follow(lines: readonly (readonly [string, string])[]): void {
  let peer = UNKNOWN_PEER;
  for (const [line, expected] of lines) {
    peer = observePeer(peer, segment(`${line} | ESTABLISHED`));
    const { state, presumed } = peer;
    expect(`${line}: ${state ?? ''}${state === undefined || presumed ? '?' : ''}`).toBe(`${line}: ${expected}`);
  }
}

const PEER_CALLS = [
  ['< S 100:100(0)', 'SYN-SENT'],
  ['> S. 300:300(0) ack 101', 'ESTABLISHED?'],
  ['< . 101:101(0) ack 301', 'ESTABLISHED'],
] as const;

const WE_CALL = [
  ['> S 300:300(0)', '?'],
  ['< S. 100:100(0) ack 301', 'SYN-RECEIVED'],
  ['> . 301:301(0) ack 101', 'ESTABLISHED?'],
] as const;

describe("the peer's state, inferred", () => {
  test('of nothing seen, nothing is known', () => {
    expect(UNKNOWN_PEER).toMatchObject({ state: undefined, presumed: false });
  });

  test('the peer opens actively', () => {
    follow(PEER_CALLS);
  });

  test('the peer opens passively: ESTABLISHED is presumed until it speaks', () => {
    follow([...WE_CALL, ['< P. 101:106(5) ack 301', 'ESTABLISHED']]);
  });

  test('simultaneous open (RFC 9293, Figure 7)', () => {
    follow([
      ['> S 300:300(0)', '?'],
      ['< S 100:100(0)', 'SYN-SENT'],
      ['> S. 300:300(0) ack 101', 'SYN-RECEIVED?'],
      ['< S. 100:100(0) ack 301', 'ESTABLISHED?'],
      ['< P. 101:102(1) ack 301', 'ESTABLISHED'],
    ]);
  });

  test('the peer closes first', () => {
    follow([
      ...PEER_CALLS,
      ['< F. 101:101(0) ack 301', 'FIN-WAIT-1'],
      ['> . 301:301(0) ack 102', 'FIN-WAIT-2?'],
      ['> F. 301:301(0) ack 102', 'TIME-WAIT?'],
      ['< . 102:102(0) ack 302', 'TIME-WAIT'],
    ]);
  });

  test('the peer closes first and our ACK and FIN are one segment', () => {
    follow([
      ...PEER_CALLS,
      ['< F. 101:101(0) ack 301', 'FIN-WAIT-1'],
      ['> F. 301:301(0) ack 102', 'TIME-WAIT?'],
      ['< . 102:102(0) ack 302', 'TIME-WAIT'],
    ]);
  });

  test('we close first', () => {
    follow([
      ...WE_CALL,
      ['> F. 301:301(0) ack 101', 'CLOSE-WAIT?'],
      ['< . 101:101(0) ack 302', 'CLOSE-WAIT'],
      ['< F. 101:101(0) ack 302', 'LAST-ACK'],
      ['> . 302:302(0) ack 102', 'CLOSED?'],
    ]);
  });

  test('simultaneous close (RFC 9293, Figure 13)', () => {
    follow([
      ...PEER_CALLS,
      ['> F. 301:301(0) ack 101', 'CLOSE-WAIT?'],
      ['< F. 101:101(0) ack 301', 'FIN-WAIT-1'],
      ['> . 302:302(0) ack 102', 'CLOSING?'],
      ['< . 102:102(0) ack 302', 'TIME-WAIT?'],
    ]);
  });

  test('half close by the peer: FIN-WAIT-2 is proven when it acknowledges what we sent after our ACK of its FIN', () => {
    follow([
      ...PEER_CALLS,
      ['< F. 101:101(0) ack 301', 'FIN-WAIT-1'],
      ['> . 301:301(0) ack 102', 'FIN-WAIT-2?'],
      ['> P. 301:311(10) ack 102', 'FIN-WAIT-2?'],
      ['< . 102:102(0) ack 311', 'FIN-WAIT-2'],
      ['> F. 311:311(0) ack 102', 'TIME-WAIT?'],
      ['< . 102:102(0) ack 312', 'TIME-WAIT'],
    ]);
  });

  test('half close by us: data that is still on its way does not move the peer back', () => {
    follow([
      ...WE_CALL,
      ['> F. 301:301(0) ack 101', 'CLOSE-WAIT?'],
      ['< P. 101:111(10) ack 301', 'CLOSE-WAIT?'],
      ['< . 111:111(0) ack 302', 'CLOSE-WAIT'],
      ['< P. 111:121(10) ack 302', 'CLOSE-WAIT'],
      ['< F. 121:121(0) ack 302', 'LAST-ACK'],
    ]);
  });

  test('a repeated SYN: the peer has not heard our answer; it is no second step', () => {
    follow([
      ['< S 100:100(0)', 'SYN-SENT'],
      ['> S. 300:300(0) ack 101', 'ESTABLISHED?'],
      ['< S 100:100(0)', 'SYN-SENT'],
      ['> S. 300:300(0) ack 101', 'ESTABLISHED?'],
      ['< . 101:101(0) ack 301', 'ESTABLISHED'],
    ]);
  });

  test('a repeated SYN,ACK: our ACK was lost', () => {
    follow([...WE_CALL, ['< S. 100:100(0) ack 301', 'SYN-RECEIVED'], ['> . 301:301(0) ack 101', 'ESTABLISHED?']]);
  });

  test('a repeated FIN: our ACK was lost', () => {
    follow([
      ...WE_CALL,
      ['> F. 301:301(0) ack 101', 'CLOSE-WAIT?'],
      ['< F. 101:101(0) ack 302', 'LAST-ACK'],
      ['> . 302:302(0) ack 102', 'CLOSED?'],
      ['< F. 101:101(0) ack 302', 'LAST-ACK'],
      ['> . 302:302(0) ack 102', 'CLOSED?'],
    ]);
  });

  test('repeated data, and our own FIN repeated, move nothing', () => {
    follow([
      ...PEER_CALLS,
      ['< P. 101:111(10) ack 301', 'ESTABLISHED'],
      ['< P. 101:111(10) ack 301', 'ESTABLISHED'],
      ['> F. 301:301(0) ack 111', 'CLOSE-WAIT?'],
      ['> F. 301:301(0) ack 111', 'CLOSE-WAIT?'],
      ['< . 111:111(0) ack 302', 'CLOSE-WAIT'],
      ['< . 111:111(0) ack 302', 'CLOSE-WAIT'],
    ]);
  });

  test('sequence numbers that wrap', () => {
    follow([
      ['< S 4294967295:4294967295(0)', 'SYN-SENT'],
      ['> S. 4294967295:4294967295(0) ack 0', 'ESTABLISHED?'],
      ['< . 0:0(0) ack 0', 'ESTABLISHED'],
      ['< F. 0:0(0) ack 0', 'FIN-WAIT-1'],
      ['> F. 0:0(0) ack 1', 'TIME-WAIT?'],
      ['< . 1:1(0) ack 1', 'TIME-WAIT'],
    ]);
  });

  test('RST: from the peer it is the end, from us presumably', () => {
    follow([...PEER_CALLS, ['< R. 101:101(0) ack 301', 'CLOSED']]);
    follow([...PEER_CALLS, ['> R. 301:301(0) ack 101', 'CLOSED?']]);
    follow([
      ['> S 300:300(0)', '?'],
      ['< R. 0:0(0) ack 301', 'CLOSED'],
    ]);
  });

  test('a peer that speaks on after a RST has not closed', () => {
    follow([...PEER_CALLS, ['< R 150:150(0)', 'CLOSED'], ['< . 101:101(0) ack 301', 'ESTABLISHED']]);
  });

  test('what begins in the middle has shaken hands', () => {
    follow([
      ['< P. 5000:5010(10) ack 9000', 'ESTABLISHED'],
      ['> R 9000:9000(0)', 'CLOSED?'],
    ]);
  });
});
