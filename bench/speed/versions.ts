import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The versions of all that takes part; what is not installed is not listed. */
export function versions(): Record<string, string> {
  const found: Record<string, string | undefined> = {
    synack: packageVersion('../..'),
    node: process.version,
    ws: packageVersion('../../node_modules/ws'),
    iperf3: printed('iperf3', ['--version'], /iperf (\S+)/),
    wrk: printed('wrk', ['--version'], /wrk (?:debian\/)?(\S+)/),
    slirp4netns: printed('slirp4netns', ['--version'], /version (\S+)/),
    lwip: printed('dpkg-query', ['--show', '--showformat=${Version}', 'liblwip-dev'], /(\S+)/),
    cc: printed('cc', ['--version'], /^.* (\d\S+)/),
  };
  const present = Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(present);
}

function packageVersion(folder: string): string | undefined {
  const text = readFileSync(resolve(__dirname, folder, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version?: string }).version;
}

/** What a program says of itself, on either output: wrk does it with its usage. */
function printed(program: string, args: readonly string[], version: RegExp): string | undefined {
  const { error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 5000 });
  return error === undefined ? version.exec(stdout + stderr)?.[1] : undefined;
}
