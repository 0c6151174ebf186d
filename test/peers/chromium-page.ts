import type { RequestListener, Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';

/** How many pictures, scripts and style sheets the page has. */
export const RESOURCES = 50;

const MESSAGES = 20;
/** How long the page may wait for its WebSocket before the last picture ends its loading all the same, in ms. */
const PATIENCE = 15_000;

/** A web page that loads its parts and talks by a WebSocket, and writes into itself how that went. */
export interface Page {
  readonly answer: RequestListener;
  /** To be called with each server that answers. */
  readonly addWebSocket: (server: Server) => void;
}

/**
 * Browsers that write out a page do it once all is loaded, so the last picture of this one is not answered before the WebSocket has echoed
 * all that it was sent.
 */
export function page(): Page {
  let talked: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (talked = resolve));
  return {
    answer(request, response) {
      const { url = '' } = request;
      if (url === '/') {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(html(request.headers.host ?? ''));
      } else if (url === '/held.svg') {
        void Promise.race([done, delay(PATIENCE, undefined, { ref: false })]).then(() => {
          response.setHeader('content-type', 'image/svg+xml');
          response.end(picture(0));
        });
      } else if (url.endsWith('.svg')) {
        response.setHeader('content-type', 'image/svg+xml');
        response.end(picture(Number.parseInt(url.slice(1))));
      } else if (url.endsWith('.js')) {
        response.setHeader('content-type', 'text/javascript');
        response.end('loaded++;');
      } else if (url.endsWith('.css')) {
        response.setHeader('content-type', 'text/css');
        response.end(`.part${Number.parseInt(url.slice(1))} { border-bottom: 2px solid #444; }`);
      } else {
        response.writeHead(404).end();
      }
    },
    addWebSocket(server) {
      new WebSocketServer({ server }).on('connection', (socket) => {
        socket.on('message', (data: Buffer, binary) => {
          if (data.toString() === 'done') talked();
          socket.send(data, { binary });
        });
      });
    },
  };
}

/** Of the 50 parts 10 are scripts, 10 are style sheets, the others are pictures. */
function html(host: string): string {
  const numbers = Array.from({ length: RESOURCES }, (_, index) => index);
  const sheets = numbers.slice(0, 10).map((n) => `<link rel="stylesheet" href="/${n}.css" onload="loaded++">`);
  const scripts = numbers.slice(10, 20).map((n) => `<script src="/${n}.js"></script>`);
  const pictures = numbers.slice(20).map((n) => `<img class="part${n - 20}" src="/${n}.svg" onload="loaded++">`);
  return `<!doctype html>
<title>synack</title>
<script>var loaded = 0;</script>
<style>body { font: 18px sans-serif; margin: 2em; background: #fafafa } img { width: 60px; margin: 4px } p { margin: .6em 0 }</style>
${sheets.join('\n')}
${scripts.join('\n')}
<h1>A page from a TCP/IP stack in TypeScript</h1>
<p>Chromium has it from <b>${host}</b>, which is no socket of the kernel's.</p>
<p>Parts loaded: <b id="parts">…</b> of ${RESOURCES}</p>
<p>WebSocket: <b id="socket">…</b></p>
${pictures.join('')}
<img src="/held.svg" width="1" style="width: 1px">
<script>
  const say = (id, text) => (document.getElementById(id).textContent = text);
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/socket');
  let echoes = 0;
  socket.onopen = () => socket.send('message 0');
  socket.onerror = () => say('socket', 'failed');
  socket.onclose = ({ code }) => say('socket', 'closed with ' + code);
  socket.onmessage = ({ data }) => {
    if (data === 'done') return;
    if (data === 'message ' + echoes) echoes++;
    say('socket', echoes + ' echoes, and it stays open');
    if (echoes < ${MESSAGES}) socket.send('message ' + echoes);
    else finish();
  };
  function finish() {
    say('parts', String(loaded));
    if (loaded < ${RESOURCES}) setTimeout(finish, 10);
    else socket.send('done');
  }
</script>
`;
}

function picture(n: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60"><rect width="60" height="60" rx="8" fill="hsl(${n * 11} 60% 60%)"/><text x="30" y="38" font-size="22" text-anchor="middle" fill="#fff">${n}</text></svg>`;
}
