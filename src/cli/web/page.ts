import type { RequestListener } from 'node:http';
import type { Lang } from '../../inspect';
import { plain } from './plain';

/** What stands on the page, in one language. */
interface PageWords {
  readonly about: string;
  readonly send: string;
  readonly close: string;
  readonly again: string;
  readonly states: readonly string[];
  readonly said: string;
  readonly heard: string;
  readonly closed: string;
}

const WORDS: Readonly<Record<Lang, PageWords>> = {
  en: {
    about: 'Whatever you say over this WebSocket comes back. The TCP below it is synack, written in TypeScript.',
    send: 'Send',
    close: 'Close',
    again: 'Open again',
    states: ['opening ...', 'open', 'closing ...', 'closed'],
    said: 'you',
    heard: 'synack',
    closed: 'closed',
  },
  ko: {
    about: '이 WebSocket으로 보낸 말은 그대로 돌아옵니다. 그 아래의 TCP는 TypeScript로 쓴 synack입니다.',
    send: '보내기',
    close: '닫기',
    again: '다시 열기',
    states: ['여는 중', '열림', '닫는 중', '닫힘'],
    said: '나',
    heard: 'synack',
    closed: '닫힘',
  },
};

/** The page's program: it needs nothing but what is on the page. */
const SCRIPT = `
const words = JSON.parse(document.getElementById('words').textContent);
const find = (id) => document.getElementById(id);
let socket;
function line(who, text) {
  const item = document.createElement('li');
  const name = document.createElement('b');
  name.textContent = who + ': ';
  item.append(name, text);
  find('log').append(item);
  item.scrollIntoView();
}
function show() {
  const open = socket.readyState === WebSocket.OPEN;
  find('state').textContent = words.states[socket.readyState];
  find('text').disabled = find('send').disabled = !open;
  find('close').textContent = socket.readyState === WebSocket.CLOSED ? words.again : words.close;
}
function open() {
  socket = new WebSocket(location.href.replace(/^http/, 'ws').replace(/#.*/, ''));
  socket.onopen = show;
  socket.onmessage = ({ data }) => line(words.heard, data);
  socket.onclose = ({ code, reason }) => {
    line(words.closed, code + ' ' + reason);
    show();
  };
  show();
}
find('form').onsubmit = (event) => {
  event.preventDefault();
  socket.send(find('text').value);
  line(words.said, find('text').value);
  find('text').value = '';
};
find('close').onclick = () => {
  if (socket.readyState === WebSocket.CLOSED) open();
  else socket.close(1000, 'enough');
  show();
};
open();
`;

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
ul { list-style: none; padding: 0; min-height: 8rem; }
input { font: inherit; width: 60%; }
button { font: inherit; }
`;

/** Nothing from elsewhere is loaded, and only WebSockets are opened. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src ws: wss:";

/** The page that is a client of the WebSocket echo server that serves it. */
export function echoPage(lang: Lang): string {
  const words = WORDS[lang];
  return `<!doctype html>
<html lang="${lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>synack: WebSocket echo</title>
<style>${STYLE}</style>
<h1>WebSocket echo</h1>
<p>${words.about}</p>
<p id="state" role="status"></p>
<ul id="log"></ul>
<form id="form"><input id="text" aria-label="${words.said}" autofocus autocomplete="off"> <button id="send">${words.send}</button>
<button type="button" id="close">${words.close}</button></form>
<script type="application/json" id="words">${JSON.stringify(words)}</script>
<script>${SCRIPT}</script>
`;
}

/** Answers plain requests to a WebSocket server: the page at `/`. */
export function servePage(lang: Lang): RequestListener {
  const page = echoPage(lang);
  return (request, response) => {
    const path = request.url?.replace(/\?.*/, '');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      plain(response, 405, 'This is a WebSocket echo server.', { allow: 'GET, HEAD' });
    } else if (path !== '/') {
      plain(response, 404, 'There is only a page at /, and a WebSocket echo at every path.');
    } else {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-length': Buffer.byteLength(page),
        'content-security-policy': POLICY,
        'cache-control': 'no-store',
      });
      response.end(page);
    }
  };
}
