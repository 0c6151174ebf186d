// ws, both ends in one program. It knows nothing of synack.
const { createServer } = require('http');
const { WebSocket, WebSocketServer } = require('ws');

const ends = [];
function closed(...end) {
  if (ends.push(end.join(' ')) < 2) return;
  console.log(ends.sort());
  server.close();
  http.close(() => console.log('closed'));
}

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: true });
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on('close', (code, reason) => closed('server', code, reason));
});
http.listen(0, () => {
  const client = new WebSocket(`ws://localhost:${http.address().port}/chat`);
  client.on('open', () => {
    client.ping();
    client.send('안녕하세요');
    client.send(Buffer.alloc(1_000_000, 7));
  });
  client.on('pong', () => console.log('pong'));
  client.on('message', (data, isBinary) => {
    console.log(isBinary ? `${data.length} octets` : String(data));
    if (isBinary) client.close(1000, 'enough');
  });
  client.on('close', (code, reason) => closed('client', code, reason));
});
