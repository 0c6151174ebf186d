import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripTrace } from '../../../bench/machine/builds';

function stripped(text: string): string {
  return stripTrace('a.ts', text, { calls: 0, questions: 0, names: 0 });
}

describe('a build without the trace', () => {
  test('reports nothing', () => {
    expect(stripped("f();\ntcb.host.trace?.({ type: 'drop', detail: detail() });\ng();")).toBe(
      'f();\nundefined;\ng();',
    );
  });

  test('knows that nobody listens', () => {
    expect(stripped('if (this.trace !== undefined) f(tcb.trace);')).toBe('if (false) f(tcb.trace);');
    expect(stripped('const { trace } = this.#host;\nif (trace === undefined) return;')).toBe(
      'const trace: any = undefined;\nif (true) return;',
    );
  });

  test("keeps a connection's name, which is called trace too", () => {
    const text = 'const { settings, state, trace } = this.tcb; f(tcb.trace);';
    expect(stripped(text)).toBe(text);
  });

  test('leaves no report in the layers that it is made of', () => {
    const counts = { calls: 0, questions: 0, names: 0 };
    for (const file of ['tcp/timers', 'tcp/recovery/recovery', 'stack/tcp-layer', 'ip/drops', 'ip/arp']) {
      const path = join(__dirname, '../../../src', `${file}.ts`);
      expect(stripTrace(path, readFileSync(path, 'utf8'), counts)).not.toMatch(/\btrace\?\.\(/);
    }
    expect(counts.calls).toBeGreaterThan(5);
  });
});
