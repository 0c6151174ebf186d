import { describe, expect, test } from '@jest/globals';
import { namespace } from '../support/netns';
import { whyNoRaw } from '../support/raw-cable';
import type * as scenarios from './raw-socket.scenarios';

const reason = whyNoRaw('nc', 'ncat', 'socat', 'curl', 'ping', 'tcpdump', 'tshark');
const suite = reason === undefined ? describe : describe.skip;
const inNamespace = namespace<typeof scenarios>(require.resolve('./raw-socket.scenarios'));

suite(`a raw link at a kernel's own address${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  test.each([4, 6] as const)('IPv%i: the programs call and are called, and nobody resets', async (family) => {
    expect(await inNamespace('programs', family)).toEqual({
      clients: { nc: true, ncat: true, socat: true, curl: true },
      servers: { nc: true, ncat: true, socat: true },
      answered: [1, 2, 3],
      twice: false,
      replies: 3,
      resets: [],
      isCaptured: true,
      malformed: 0,
      tested: 'dropped',
      lost: { dropped: 0, notOurs: 0, fromSelf: 0 },
      tables: [],
    });
  });

  test('RSTs that are meant go out, once each', async () => {
    expect(await inNamespace('resets')).toEqual({
      refused: 'refused',
      resets: ['10.7.0.2.20005 > 10.7.0.1: R.', '10.7.0.2.80 > 10.7.0.1: R'],
    });
  });

  test.each([4, 6] as const)(
    'UDP over IPv%i is answered, and a closed port by one port unreachable',
    async (family) => {
      expect(await inNamespace('datagrams', family)).toEqual({
        answers: ['5 octets', '3000 octets'],
        errors: 1,
        malformed: 0,
      });
    },
  );
});
