import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build, type BuildResult } from 'esbuild';
import { resolve } from 'node:path';
import { createContext, runInContext, type Context } from 'node:vm';

const CORE = resolve(__dirname, '../../src/core.ts');

/** All that the bundle gets to see beside the language itself. */
const BROWSER = [
  'setTimeout',
  'clearTimeout',
  'queueMicrotask',
  'performance',
  'crypto',
  'TextEncoder',
  'TextDecoder',
] as const;

/** A program for a page: two stacks on a cable shake hands, talk, and close. It resolves with what each end saw. */
const PROGRAM = `
  (clock, run) => {
    const { Stack, memoryPair, impair } = synack;
    const [left, right] = memoryPair({ clock });
    const wire = impair(left, { clock, seed: 1, delay: 1000 });
    const states = [];
    const make = (link, address) => {
      const stack = new Stack({ clock, tcp: { msl: 50_000 } });
      stack.observe((event) => {
        if (event.type === 'transition') states.push(address.slice(-4, -3) + ' ' + event.to);
      });
      stack.attach(link, { address });
      return stack;
    };
    const a = make(wire, '10.9.0.1/24');
    const b = make(right, '10.9.0.2/24');
    const text = (bytes) => new TextDecoder().decode(bytes);

    const listener = b.tcp.open({ passive: true, local: { port: 7 } });
    listener.on('connection', () => {
      const served = listener.accept();
      served.on('readable', () => {
        for (let data = served.receive(); data !== 'EAGAIN'; data = served.receive()) {
          if (data === 'EOF') return served.shutdown();
          served.send(new TextEncoder().encode(text(data).toUpperCase()));
        }
      });
    });

    const done = new Promise((resolve, reject) => {
      const call = a.tcp.open({ remote: { address: '10.9.0.2', port: 7 } });
      let heard = '';
      call.on('connect', () => call.send(new TextEncoder().encode('can you hear me?')));
      call.on('readable', () => {
        for (let data = call.receive(); data !== 'EAGAIN'; data = call.receive()) {
          if (data === 'EOF') return;
          heard += text(data);
          call.shutdown();
        }
      });
      call.on('error', (code) => reject(new Error(code)));
      call.on('closed', (how) => resolve({ heard, how, states: states.join(', ') }));
    });
    run(clock);
    return done;
  }
`;

describe('the core in a browser', () => {
  let bundle: BuildResult<{ write: false; metafile: true }>;
  let page: Context;
  const ports: { close(): void }[] = [];

  beforeAll(async () => {
    bundle = await build({
      entryPoints: [CORE],
      bundle: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'synack',
      target: 'es2022',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    page = createContext(Object.fromEntries(BROWSER.map((name) => [name, globalThis[name]])));
    page['MessageChannel'] = class extends MessageChannel {
      constructor() {
        super();
        ports.push(this.port1);
      }
    };
    const [file] = bundle.outputFiles;
    runInContext(file?.text ?? '', page);
  });

  afterAll(() => {
    for (const port of ports) port.close();
  });

  test('is bundled without a module of Node, and without anything left outside', () => {
    expect(bundle.warnings).toEqual([]);
    const imports = Object.values(bundle.metafile.outputs).flatMap((output) => output.imports);
    expect(imports).toEqual([]);
    const sources = Object.keys(bundle.metafile.inputs);
    expect(sources.filter((path) => !path.startsWith('src/'))).toEqual([]);
    expect(sources.filter((path) => /^src\/(node|cli|link\/tap)/.test(path))).toEqual([]);
  });

  test('finds nothing of Node around it', () => {
    const names = ['process', 'require', 'Buffer', 'setImmediate', 'global', 'module', '__dirname'];
    const types = runInContext(`[${names.map((name) => `typeof ${name}`).join(', ')}]`, page) as string[];
    expect([...types]).toEqual(names.map(() => 'undefined'));
  });

  test.each([
    ['virtual', 'new synack.VirtualClock()', '(clock) => clock.run()'],
    ["the page's", 'new synack.SystemClock()', '() => undefined'],
  ])('shakes hands, exchanges words and closes, in %s time', async (_, clock, run) => {
    const outcome = (await runInContext(`(${PROGRAM})(${clock}, ${run})`, page)) as Record<string, string>;
    expect({ ...outcome }).toEqual({
      heard: 'CAN YOU HEAR ME?',
      how: 'closed',
      states: [
        '2 LISTEN, 1 SYN-SENT, 2 SYN-RECEIVED, 1 ESTABLISHED, 2 ESTABLISHED',
        '1 FIN-WAIT-1, 2 CLOSE-WAIT, 2 LAST-ACK, 1 FIN-WAIT-2, 1 TIME-WAIT, 2 CLOSED, 1 CLOSED',
      ].join(', '),
    });
  });
});
