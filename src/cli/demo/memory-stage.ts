import { SystemClock } from '../../clock/system-clock';
import { memoryPair } from '../../link/memory';
import { Stack } from '../../node/stack';
import { hostOn } from '../host';
import type { HostOptions } from '../options';
import { Dialogue, WEBSOCKET_CLIENT, type Stage } from './stage';
import { talkWebSocket } from './websocket';
import { DEMO_WORDS } from './words';

const CLIENT_ADDRESS = '10.9.0.1';
const ADDRESSES = ['10.9.0.2/24'];
const NAME = 'client';

/** Without a device: another synack is the client, over a cable in memory. */
export function openMemoryStage(options: HostOptions): Stage {
  const clock = new SystemClock();
  const [ours, theirs] = memoryPair({ clock, medium: 'ethernet', names: ['memory', 'memory-client'] });
  let current = NAME;
  const nameOf = (): string => current;
  const host = hostOn([{ link: ours, config: { address: ADDRESSES } }], clock, options, {
    screen: process.stdout,
    names: { remote: nameOf },
  });
  const client = new Stack({ clock });
  client.attach(theirs, { address: `${CLIENT_ADDRESS}/24` });
  return {
    host,
    nameOf,
    clients: [
      {
        name: NAME,
        command: () => undefined,
        call: (port, lines) =>
          new Promise((resolve, reject) => {
            const socket = client.net.connect({ port, host: host.address });
            const dialogue = new Dialogue(
              {
                write: (text) => void socket.write(text),
                end: () => socket.end(),
              },
              lines,
            );
            socket.setEncoding('utf8');
            socket.on('connect', () => {
              dialogue.hear('');
            });
            socket.on('data', (text: string) => {
              dialogue.hear(text);
            });
            socket.on('error', reject);
            socket.on('close', () => {
              resolve(dialogue.received);
            });
          }),
      },
    ],
    otherSide: () => {
      const lines = client.tcp
        .connections()
        .map(
          ({ state, local, remote }) =>
            `${state.padEnd(12)} ${local.address}:${local.port}  ${remote.address}:${remote.port}`,
        );
      return Promise.resolve({ command: 'tcp.connections()', answer: lines.join('\n') || 'CLOSED' });
    },
    talkWebSocket: (url, lang) => {
      current = WEBSOCKET_CLIENT;
      return talkWebSocket(url, DEMO_WORDS[lang], { agent: new client.http.Agent() });
    },
    close: async () => {
      await client.close();
      await host.close();
    },
  };
}
