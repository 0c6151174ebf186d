import { diff } from '../../tcp/sequence';
import type { MeaningKey } from './lang';
import { hex, type Known, type Said, type Scope } from './scope';

interface Around {
  readonly syn: boolean;
  /** What SACK's numbers count from: the other end's first one. */
  readonly isn: number | undefined;
}

/** A kind of option: how it is called, how long it is (0: any), and what is behind its length. */
interface Kind {
  readonly name: string;
  readonly key: MeaningKey;
  readonly rfc: string;
  readonly isLength: (length: number) => boolean;
  readonly read: (scope: Scope, id: string, around: Around) => Said | string;
  /** Only in a segment with SYN. */
  readonly synOnly?: boolean;
}

const END = 0;
const NOP = 1;

const KINDS: Readonly<Record<number, Kind>> = {
  2: {
    name: 'Maximum Segment Size',
    key: 'tcp.option.mss',
    rfc: 'RFC 9293 §3.7.1',
    isLength: (length) => length === 4,
    synOnly: true,
    read: (scope, id) => {
      const mss = scope.uint(
        16,
        { id: `${id}.mss`, name: 'MSS', meaning: 'tcp.option.mss', rfc: 'RFC 9293 §3.7.1' },
        (value) => ({
          value: String(value),
          facts: { mss: value },
        }),
      );
      return { value: String(mss ?? '?'), facts: { mss: mss ?? 0 } };
    },
  },
  3: {
    name: 'Window Scale',
    key: 'tcp.option.window-scale',
    rfc: 'RFC 7323 §2.2',
    isLength: (length) => length === 3,
    synOnly: true,
    read: (scope, id) => {
      const say = (shift: number): Said => ({
        value: `${shift} (× ${2 ** Math.min(shift, 14)})`,
        facts: { shift, factor: 2 ** Math.min(shift, 14) },
        wrong: shift > 14 ? 'shift' : undefined,
      });
      const shift = scope.uint(
        8,
        { id: `${id}.shift`, name: 'shift.cnt', meaning: 'tcp.option.window-scale', rfc: 'RFC 7323 §2.2' },
        say,
      );
      return shift === undefined ? '?' : { ...say(shift), wrong: undefined };
    },
  },
  4: {
    name: 'SACK-Permitted',
    key: 'tcp.option.sack-permitted',
    rfc: 'RFC 2018 §2',
    isLength: (length) => length === 2,
    synOnly: true,
    read: () => '',
  },
  5: {
    name: 'SACK',
    key: 'tcp.option.sack',
    rfc: 'RFC 2018 §3',
    isLength: (length) => length >= 10 && length % 8 === 2,
    read: readSack,
  },
  8: {
    name: 'Timestamps',
    key: 'tcp.option.timestamps',
    rfc: 'RFC 7323 §3.2',
    isLength: (length) => length === 10,
    read: (scope, id) => {
      const value = scope.uint(32, {
        id: `${id}.value`,
        name: 'TSval',
        meaning: 'tcp.option.tsval',
        rfc: 'RFC 7323 §3.2',
      });
      const echo = scope.uint(32, {
        id: `${id}.echo`,
        name: 'TSecr',
        meaning: 'tcp.option.tsecr',
        rfc: 'RFC 7323 §3.2',
      });
      return `TSval ${value ?? '?'}, TSecr ${echo ?? '?'}`;
    },
  },
  28: {
    name: 'User Timeout',
    key: 'tcp.option.user-timeout',
    rfc: 'RFC 5482 §3',
    isLength: (length) => length === 4,
    read: (scope, id) => {
      const unit = scope.uint(
        1,
        { id: `${id}.granularity`, name: 'G', meaning: 'tcp.option.granularity', rfc: 'RFC 5482 §3' },
        (bit) => (bit === 1 ? '1 (min)' : '0 (s)'),
      );
      const value = scope.uint(15, {
        id: `${id}.timeout`,
        name: 'User Timeout',
        meaning: 'tcp.option.user-timeout',
        rfc: 'RFC 5482 §3',
      });
      return `${value ?? '?'} ${unit === 1 ? 'min' : 's'}`;
    },
  },
  34: {
    name: 'Fast Open Cookie',
    key: 'tcp.option.fast-open',
    rfc: 'RFC 7413 §4.1.1',
    isLength: (length) => length >= 2,
    read: (scope, id) => {
      let value = 'request';
      scope.rest(
        { id: `${id}.cookie`, name: 'Cookie', meaning: 'tcp.option.fast-open', rfc: 'RFC 7413 §4.1.1' },
        (cookie) => (value = hex(cookie)),
      );
      return value;
    },
  },
};

/** Option after option, up to the end of the list; what is behind it is padding. */
export function dissectTcpOptions(scope: Scope, around: Around): string {
  const names: string[] = [];
  for (let index = 0; scope.left > 0; index++) {
    const id = `tcp.options.${index}`;
    const code = scope.bytes[scope.offset] ?? 0;
    if (code === END) {
      scope.uint(8, { id, name: 'End of Option List', meaning: 'tcp.option.end', rfc: 'RFC 9293 §3.2' });
      scope.rest(
        { id: `${id}.padding`, name: 'Padding', meaning: 'tcp.option.padding', rfc: 'RFC 9293 §3.1' },
        (bytes) => ({
          value: hex(bytes),
          wrong: bytes.every((byte) => byte === 0) ? undefined : 'padding',
        }),
      );
      break;
    }
    if (code === NOP) {
      scope.uint(8, { id, name: 'No-Operation', meaning: 'tcp.option.nop', rfc: 'RFC 9293 §3.2' });
      continue;
    }
    names.push(dissectOption(scope, id, code, around));
  }
  return names.join(', ');
}

function dissectOption(scope: Scope, id: string, code: number, around: Around): string {
  const given = scope.octets;
  const length = given < 2 ? 0 : (scope.bytes[scope.offset + 1] ?? 0);
  const kind = KINDS[code];
  const isPossible = length >= 2 && length <= given;
  const name = kind?.name ?? `Option ${code}`;
  const known: Known = { id, name, meaning: kind?.key ?? 'tcp.option.unknown', rfc: kind?.rfc };
  scope.group(
    known,
    (inner) => {
      inner.uint(8, { id: `${id}.kind`, name: 'Kind', meaning: 'tcp.option.kind', rfc: 'RFC 9293 §3.2' });
      inner.uint(
        8,
        { id: `${id}.length`, name: 'Length', meaning: 'tcp.option.length', rfc: 'RFC 9293 §3.2' },
        (value) => ({
          value: String(value),
          wrong: isPossible && (kind?.isLength(length) ?? true) ? undefined : 'length',
        }),
      );
      // Nobody can say where the next one begins: all the rest is this one's (RFC 9293 §3.1, MUST-7).
      if (!isPossible || kind?.isLength(length) === false) {
        inner.rest({ id: `${id}.data`, name: 'Data', meaning: 'rest' }, hex);
        return { value: '', wrong: 'length' };
      }
      if (kind !== undefined) {
        const said = kind.read(inner, id, around);
        const whole: Said = typeof said === 'string' ? { value: said } : said;
        return kind.synOnly === true && !around.syn ? { ...whole, wrong: 'not-in-syn' } : whole;
      }
      inner.rest({ id: `${id}.data`, name: 'Data', meaning: 'tcp.option.unknown' }, hex);
      return { value: '', facts: { kind: code } };
    },
    isPossible ? length : given,
  );
  return name;
}

function readSack(scope: Scope, id: string, { isn }: Around): string {
  const shown: string[] = [];
  for (let index = 0; scope.octets >= 8; index++) {
    const edges: string[] = [];
    scope.group(
      { id: `${id}.block.${index}`, name: `Block ${index + 1}`, meaning: 'tcp.option.sack-block', rfc: 'RFC 2018 §3' },
      (block) => {
        for (const [edge, name, meaning] of EDGES) {
          block.uint(32, { id: `${id}.block.${index}.${edge}`, name, meaning, rfc: 'RFC 2018 §3' }, (value) => {
            const text = isn === undefined ? String(value) : `${value} (${diff(value, isn) >>> 0})`;
            edges.push(isn === undefined ? String(value) : String(diff(value, isn) >>> 0));
            return text;
          });
        }
        return edges.join('–');
      },
    );
    shown.push(edges.join('–'));
  }
  return shown.join(', ');
}

const EDGES = [
  ['left', 'Left Edge', 'tcp.option.sack-left'],
  ['right', 'Right Edge', 'tcp.option.sack-right'],
] as const;
