import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { makeCertificate } from '../../../src/cli/web/certificate';
import { Ladder } from '../../../src/inspect/ladder';
import type { Lang } from '../../../src/inspect/lang';
import { Log } from '../../../src/inspect/log';
import type { TraceEvent } from '../../../src/trace';
import { Hosts, webSocket } from './conversation';

/** The ladder without its legend. */
function ladder(events: readonly TraceEvent[], lang: Lang = 'en'): string {
  let text = '';
  const drawing = new Ladder({ write: (more) => (text += more), width: 110, lang });
  for (const event of events) drawing.event(event);
  drawing.end();
  return `\n${text.slice(text.indexOf('#1'))}`;
}

/** What the log adds to segments. */
function logged(events: readonly TraceEvent[]): string[] {
  const lines: string[] = [];
  const log = new Log({ write: (line) => lines.push(line) });
  for (const event of events) if (event.type === 'segment') log.event(event);
  return lines.flatMap((line) => / {2}\S*(?: → \S+)?(?: \([-a-z]+\))? {2}(.*)\n$/.exec(line)?.[1] ?? []);
}

describe('a WebSocket, from the first SYN to the end of TIME-WAIT', () => {
  test('the client begins the close handshake; the server, which has answered, closes TCP', async () => {
    const { server, client } = await webSocket('client');
    expect(ladder(server)).toBe(`
#1       10.9.0.1:33628                           synack 10.9.0.2:80
   ?            ┬                                          ┬ LISTEN
   SYN-SENT     │── SYN  seq 2801448853  mss 1460 ────────▶│ SYN-RECEIVED  can you hear me?
   ESTABLISHED? │◀─ SYN-ACK seq 1701138380 ack 2801448854 ─│               I hear you. do you hear me?
   ESTABLISHED  │── ACK  ack 1701138381 ──────────────────▶│ ESTABLISHED   I hear you.
                │── PSH-ACK  seq 1  len 151  ack 1 ───────▶│               GET /chat HTTP/1.1, Upgrade:
                │                                          │               websocket: let us speak WebSocket
                │                                          │               from here on.
                │◀─ ACK  ack 152 ──────────────────────────│               got it. next is 152.
                │◀─ PSH-ACK  seq 1  len 129  ack 152 ──────│               101 Switching Protocols: agreed.
                │── ACK  ack 130 ─────────────────────────▶│               got it. next is 130.
                │── PSH-ACK  seq 152  len 11  ack 130 ────▶│               WebSocket text, 5 bytes: "hello"
                │◀─ ACK  ack 163 ──────────────────────────│               got it. next is 163.
                │◀─ PSH-ACK  seq 130  len 7  ack 163 ──────│               WebSocket text, 5 bytes: "hello"
                │── ACK  ack 137 ─────────────────────────▶│               got it. next is 137.
                │── PSH-ACK  seq 163  len 6  ack 137 ─────▶│               WebSocket ping: are you there?
                │◀─ ACK  ack 169 ──────────────────────────│               got it. next is 169.
                │◀─ PSH-ACK  seq 137  len 2  ack 169 ──────│               WebSocket pong: I am.
                │── ACK  ack 139 ─────────────────────────▶│               got it. next is 139.
                │── PSH-ACK  seq 169  len 14  ack 139 ────▶│               WebSocket close 1000 "enough": I am
                │                                          │               done talking.
                │◀─ ACK  ack 183 ──────────────────────────│               got it. next is 183.
                │◀─ PSH-ACK  seq 139  len 10  ack 183 ─────│               WebSocket close 1000 "enough": so
                │                                          │               am I.
   CLOSE-WAIT?  │◀─ FIN-ACK  seq 149  ack 183 ─────────────│ FIN-WAIT-1    I have sent everything. let's hang
                │                                          │               up.
   CLOSE-WAIT   │── ACK  ack 150 ─────────────────────────▶│ FIN-WAIT-2    all right, one moment.
   LAST-ACK     │── FIN-ACK  seq 183  ack 150 ────────────▶│ TIME-WAIT     I am hanging up too.
   CLOSED?      │◀─ ACK  ack 184 ──────────────────────────│               all right.
                │  (synack now waits 2 MSL = 60 s: its     │
                │  "all right." may be lost and asked for  │
                │  again, and nothing late must get into   │
                │  a new connection)                       │
                │  (60 s are over)                         │ CLOSED
                ┴                                          ┴
synack takes no more calls at 10.9.0.2:80.
`);
    expect(ladder(client, 'ko')).toBe(`
#1         10.9.0.2:80                           synack 10.9.0.1:33628
   ?            ┬                                          ┬ CLOSED
                │◀─ SYN  seq 2801448853  mss 1460 ─────────│ SYN-SENT      들려?
   SYN-RECEIVED │── SYN-ACK seq 1701138380 ack 2801448854 ▶│ ESTABLISHED   잘 들려. 내 말은 들려?
   ESTABLISHED? │◀─ ACK  ack 1701138381 ───────────────────│               잘 들려.
                │◀─ PSH-ACK  seq 1  len 151  ack 1 ────────│               GET /chat HTTP/1.1, Upgrade:
                │                                          │               websocket: 이제부터 WebSocket으로
                │                                          │               말하자.
   ESTABLISHED  │── ACK  ack 152 ─────────────────────────▶│               받았어. 다음은 152번.
                │── PSH-ACK  seq 1  len 129  ack 152 ─────▶│               101 Switching Protocols: 좋아.
                │◀─ ACK  ack 130 ──────────────────────────│               받았어. 다음은 130번.
                │◀─ PSH-ACK  seq 152  len 11  ack 130 ─────│               WebSocket 텍스트 5바이트: "hello"
                │── ACK  ack 163 ─────────────────────────▶│               받았어. 다음은 163번.
                │── PSH-ACK  seq 130  len 7  ack 163 ─────▶│               WebSocket 텍스트 5바이트: "hello"
                │◀─ ACK  ack 137 ──────────────────────────│               받았어. 다음은 137번.
                │◀─ PSH-ACK  seq 163  len 6  ack 137 ──────│               WebSocket 핑: 거기 있어?
                │── ACK  ack 169 ─────────────────────────▶│               받았어. 다음은 169번.
                │── PSH-ACK  seq 137  len 2  ack 169 ─────▶│               WebSocket 퐁: 응, 있어.
                │◀─ ACK  ack 139 ──────────────────────────│               받았어. 다음은 139번.
                │◀─ PSH-ACK  seq 169  len 14  ack 139 ─────│               WebSocket 닫기 1000 "enough": 나는
                │                                          │               할 말을 다 했어.
                │── ACK  ack 183 ─────────────────────────▶│               받았어. 다음은 183번.
                │── PSH-ACK  seq 139  len 10  ack 183 ────▶│               WebSocket 닫기 1000 "enough": 나도.
   FIN-WAIT-1   │── FIN-ACK  seq 149  ack 183 ────────────▶│ CLOSE-WAIT    나는 다 보냈어. 이제 끊자.
   FIN-WAIT-2?  │◀─ ACK  ack 150 ──────────────────────────│               알겠어. 잠시만.
   TIME-WAIT?   │◀─ FIN-ACK  seq 183  ack 150 ─────────────│ LAST-ACK      나도 끊을게.
   TIME-WAIT    │── ACK  ack 184 ─────────────────────────▶│ CLOSED        알겠어.
                │  (상대는 "알겠어."가 사라졌을까 봐 이제  │
                │  잠시 기다린다)                          │
                ┴                                          ┴
`);
    expect(logged(server)).toEqual([
      'GET /chat HTTP/1.1, Upgrade: websocket',
      '101 Switching Protocols, Upgrade: websocket',
      'WebSocket text 5 bytes: hello',
      'WebSocket text 5 bytes: hello',
      'WebSocket ping 0 bytes',
      'WebSocket pong 0 bytes',
      'WebSocket close 1000: enough',
      'WebSocket close 1000: enough',
    ]);
  });

  test('the server begins the close handshake; the client, which has answered, closes TCP', async () => {
    const { server, client } = await webSocket('server');
    expect(ladder(server)).toBe(`
#1       10.9.0.1:33628                           synack 10.9.0.2:80
   ?            ┬                                          ┬ LISTEN
   SYN-SENT     │── SYN  seq 2801448853  mss 1460 ────────▶│ SYN-RECEIVED  can you hear me?
   ESTABLISHED? │◀─ SYN-ACK seq 1701138380 ack 2801448854 ─│               I hear you. do you hear me?
   ESTABLISHED  │── ACK  ack 1701138381 ──────────────────▶│ ESTABLISHED   I hear you.
                │── PSH-ACK  seq 1  len 151  ack 1 ───────▶│               GET /chat HTTP/1.1, Upgrade:
                │                                          │               websocket: let us speak WebSocket
                │                                          │               from here on.
                │◀─ ACK  ack 152 ──────────────────────────│               got it. next is 152.
                │◀─ PSH-ACK  seq 1  len 129  ack 152 ──────│               101 Switching Protocols: agreed.
                │── ACK  ack 130 ─────────────────────────▶│               got it. next is 130.
                │── PSH-ACK  seq 152  len 11  ack 130 ────▶│               WebSocket text, 5 bytes: "hello"
                │◀─ ACK  ack 163 ──────────────────────────│               got it. next is 163.
                │◀─ PSH-ACK  seq 130  len 7  ack 163 ──────│               WebSocket text, 5 bytes: "hello"
                │── ACK  ack 137 ─────────────────────────▶│               got it. next is 137.
                │── PSH-ACK  seq 163  len 6  ack 137 ─────▶│               WebSocket ping: are you there?
                │◀─ ACK  ack 169 ──────────────────────────│               got it. next is 169.
                │◀─ PSH-ACK  seq 137  len 2  ack 169 ──────│               WebSocket pong: I am.
                │── ACK  ack 139 ─────────────────────────▶│               got it. next is 139.
                │◀─ PSH-ACK  seq 139  len 4  ack 169 ──────│               WebSocket close 1001: I am done
                │                                          │               talking.
                │── ACK  ack 143 ─────────────────────────▶│               got it. next is 143.
                │── PSH-ACK  seq 169  len 8  ack 143 ─────▶│               WebSocket close 1001: so am I.
   FIN-WAIT-1   │── FIN-ACK  seq 177  ack 143 ────────────▶│ CLOSE-WAIT    I have sent everything. let's hang
                │                                          │               up.
   FIN-WAIT-2?  │◀─ ACK  ack 178 ──────────────────────────│               all right, one moment.
   TIME-WAIT?   │◀─ FIN-ACK  seq 143  ack 178 ─────────────│ LAST-ACK      I am hanging up too.
   TIME-WAIT    │── ACK  ack 144 ─────────────────────────▶│ CLOSED        all right.
                │  (the other end now waits, in case its   │
                │  "all right." was lost)                  │
                ┴                                          ┴
synack takes no more calls at 10.9.0.2:80.
`);
    expect(ladder(client, 'ko')).toBe(`
#1         10.9.0.2:80                           synack 10.9.0.1:33628
   ?            ┬                                          ┬ CLOSED
                │◀─ SYN  seq 2801448853  mss 1460 ─────────│ SYN-SENT      들려?
   SYN-RECEIVED │── SYN-ACK seq 1701138380 ack 2801448854 ▶│ ESTABLISHED   잘 들려. 내 말은 들려?
   ESTABLISHED? │◀─ ACK  ack 1701138381 ───────────────────│               잘 들려.
                │◀─ PSH-ACK  seq 1  len 151  ack 1 ────────│               GET /chat HTTP/1.1, Upgrade:
                │                                          │               websocket: 이제부터 WebSocket으로
                │                                          │               말하자.
   ESTABLISHED  │── ACK  ack 152 ─────────────────────────▶│               받았어. 다음은 152번.
                │── PSH-ACK  seq 1  len 129  ack 152 ─────▶│               101 Switching Protocols: 좋아.
                │◀─ ACK  ack 130 ──────────────────────────│               받았어. 다음은 130번.
                │◀─ PSH-ACK  seq 152  len 11  ack 130 ─────│               WebSocket 텍스트 5바이트: "hello"
                │── ACK  ack 163 ─────────────────────────▶│               받았어. 다음은 163번.
                │── PSH-ACK  seq 130  len 7  ack 163 ─────▶│               WebSocket 텍스트 5바이트: "hello"
                │◀─ ACK  ack 137 ──────────────────────────│               받았어. 다음은 137번.
                │◀─ PSH-ACK  seq 163  len 6  ack 137 ──────│               WebSocket 핑: 거기 있어?
                │── ACK  ack 169 ─────────────────────────▶│               받았어. 다음은 169번.
                │── PSH-ACK  seq 137  len 2  ack 169 ─────▶│               WebSocket 퐁: 응, 있어.
                │◀─ ACK  ack 139 ──────────────────────────│               받았어. 다음은 139번.
                │── PSH-ACK  seq 139  len 4  ack 169 ─────▶│               WebSocket 닫기 1001: 나는 할 말을
                │                                          │               다 했어.
                │◀─ ACK  ack 143 ──────────────────────────│               받았어. 다음은 143번.
                │◀─ PSH-ACK  seq 169  len 8  ack 143 ──────│               WebSocket 닫기 1001: 나도.
   CLOSE-WAIT?  │◀─ FIN-ACK  seq 177  ack 143 ─────────────│ FIN-WAIT-1    나는 다 보냈어. 이제 끊자.
   CLOSE-WAIT   │── ACK  ack 178 ─────────────────────────▶│ FIN-WAIT-2    알겠어. 잠시만.
   LAST-ACK     │── FIN-ACK  seq 143  ack 178 ────────────▶│ TIME-WAIT     나도 끊을게.
   CLOSED?      │◀─ ACK  ack 144 ──────────────────────────│               알겠어.
                │  (이제 synack은 2 MSL = 60초 동안        │
                │  기다린다. "알겠어."가 사라졌으면 다시   │
                │  말해 주고, 늦게 온 것이 새 연결에       │
                │  섞이지 않게 하려는 것이다)              │
                │  (60초가 지났다)                         │ CLOSED
                ┴                                          ┴
`);
  });
});

describe('others', () => {
  test('HTTP without more: the first lines of heads, bodies as data', async () => {
    const hosts = new Hosts();
    const http = hosts.server.http.createServer((request, response) => {
      request.resume();
      response.writeHead(request.url === '/' ? 200 : 404, { connection: 'close' }).end('a body\n');
    });
    http.listen(80, '10.9.0.2');
    for (const path of ['/', '/nothing']) {
      const request = hosts.client.http.request({ host: '10.9.0.2', path, method: 'POST', agent: false });
      request.end('some data');
      const answer = once(request, 'response') as Promise<[IncomingMessage]>;
      await hosts.quiet();
      (await answer)[0].resume();
      await hosts.quiet();
    }
    const seen = await hosts.end();
    const picture = ladder(seen.server).replaceAll(/\n.* {3}│ {43}│ {15}(?=\S)/g, ' ');
    for (const text of [
      'POST / HTTP/1.1: please.',
      '200 OK: here you are.',
      'POST /nothing HTTP/1.1: please.',
      '404 Not Found: that I cannot do.',
    ])
      expect(picture).toContain(text);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: records by name', async (version) => {
    const hosts = new Hosts();
    const { cert, key } = await makeCertificate('10.9.0.2');
    const server = hosts.server.tls.createServer({ cert, key, minVersion: version, maxVersion: version }, (socket) => {
      socket.end('hello');
    });
    server.listen(443, '10.9.0.2');
    const socket = hosts.client.tls.connect({ host: '10.9.0.2', port: 443, ca: cert });
    socket.resume();
    await hosts.quiet();
    const seen = await hosts.end();
    const told = logged(seen.client);
    expect(told[0]).toBe('TLS ClientHello');
    expect(told[1]).toBe(
      version === 'TLSv1.2'
        ? 'TLS ServerHello, Certificate, ServerKeyExchange, ServerHelloDone'
        : 'TLS ServerHello, ChangeCipherSpec, application data',
    );
    if (version === 'TLSv1.2') {
      expect(told[2]).toBe('TLS ClientKeyExchange, ChangeCipherSpec, encrypted handshake');
      expect(told.join()).toContain('alert');
    }
    expect(told.join()).toContain('application data');
    expect(ladder(seen.client)).toContain('TLS ClientHello: let us');
  });
});
