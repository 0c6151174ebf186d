import { describe, expect, test } from '@jest/globals';
import {
  FIGURE_5_TRANSITIONS,
  isLegalTransition,
  isSynchronized,
  STATES,
  TRANSITIONS,
  type State,
} from '../../src/tcp/states';

/** Figure 5 and its notes once more, as pairs: data that says the same in another way. */
const FIGURE: Readonly<Record<State, readonly State[]>> = {
  CLOSED: ['LISTEN', 'SYN-SENT'],
  LISTEN: ['CLOSED', 'SYN-SENT', 'SYN-RECEIVED'],
  'SYN-SENT': ['CLOSED', 'SYN-RECEIVED', 'ESTABLISHED'],
  'SYN-RECEIVED': ['ESTABLISHED', 'FIN-WAIT-1', 'LISTEN'],
  ESTABLISHED: ['FIN-WAIT-1', 'CLOSE-WAIT'],
  'FIN-WAIT-1': ['FIN-WAIT-2', 'CLOSING', 'TIME-WAIT'],
  'FIN-WAIT-2': ['TIME-WAIT'],
  'CLOSE-WAIT': ['LAST-ACK'],
  CLOSING: ['TIME-WAIT'],
  'LAST-ACK': ['CLOSED'],
  'TIME-WAIT': ['CLOSED'],
};

describe('the states and transitions (RFC 9293 §3.3.2)', () => {
  test('there are eleven states', () => {
    expect(new Set(STATES).size).toBe(11);
    expect([...STATES].sort()).toEqual(Object.keys(FIGURE).sort());
  });

  test('the arrows are those of Figure 5', () => {
    const arrows = FIGURE_5_TRANSITIONS.map(({ from, to }) => `${from} → ${to}`).sort();
    const figure = Object.entries(FIGURE).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`));
    expect(arrows).toEqual(figure.sort());
  });

  test('beside the figure the text has abrupt ends, and the FIN behind the handshake; nothing else is legal', () => {
    for (const from of STATES) {
      for (const to of STATES) {
        const abrupt = to === 'CLOSED' && from !== 'CLOSED';
        const early = from === 'SYN-RECEIVED' && to === 'CLOSE-WAIT';
        expect([from, to, isLegalTransition(from, to)]).toEqual([
          from,
          to,
          FIGURE[from].includes(to) || abrupt || early,
        ]);
      }
    }
  });

  test('every transition says where it comes from', () => {
    for (const { event, action, source } of TRANSITIONS) {
      expect(source).toMatch(/^RFC 9293 §3\./);
      expect([event, action]).not.toContain('');
    }
  });

  test('a state is synchronized when both sides know both sequence numbers (§3.5)', () => {
    expect(STATES.filter((state) => !isSynchronized(state))).toEqual(['LISTEN', 'SYN-SENT', 'SYN-RECEIVED', 'CLOSED']);
  });
});
