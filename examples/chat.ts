// A chat on port 80: a page, and a WebSocket on the same port. As root:
//   npx synack lab -- sh -c 'npx ts-node examples/chat.ts & chromium --no-sandbox http://10.9.0.2/'
import { WebSocketServer } from 'ws';
import { Stack, TapLink } from '../src';

const PAGE = `<!doctype html><meta charset="utf-8"><title>chat</title>
<ul id="said"></ul><form id="say"><input id="text" autofocus placeholder="say something"></form>
<script>
  const socket = new WebSocket('ws://' + location.host);
  socket.onmessage = ({ data }) => {
    const line = document.createElement('li');
    line.textContent = data;
    document.getElementById('said').append(line);
  };
  document.getElementById('say').onsubmit = (event) => {
    event.preventDefault();
    const text = document.getElementById('text');
    socket.send(text.value);
    text.value = '';
  };
</script>`;

const stack = new Stack();
stack.attach(TapLink.open('tap0', { host: '10.9.0.1/24' }), { address: '10.9.0.2/24' });

const web = stack.http.createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(PAGE);
});
const chat = new WebSocketServer({ server: web });
chat.on('connection', (socket, { socket: { remoteAddress, remotePort } }) => {
  const tellAll = (text: string): void => {
    for (const each of chat.clients) each.send(text);
  };
  // Who calls over IPv4 is seen so at a server for both families.
  const address = remoteAddress?.replace(/^::ffff:/, '') ?? '?';
  tellAll(`${address}:${remotePort ?? '?'} is here`);
  socket.on('message', (text: Buffer) => {
    tellAll(text.toString());
  });
});
web.listen(80);
