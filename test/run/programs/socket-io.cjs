// socket.io: long polling first, then an upgrade to WebSocket. It knows nothing of synack.
const { Server } = require('socket.io');
const { io } = require('socket.io-client');
const { createServer } = require('http');

const http = createServer();
const server = new Server(http);
server.on('connection', (socket) => {
  socket.conn.on('upgrade', (transport) => console.log('server: upgraded to', transport.name));
  socket.on('say', (text, answer) => {
    socket.join('room');
    server.to('room').emit('said', text);
    answer(text.length);
  });
});
http.listen(0, () => {
  const client = io(`http://127.0.0.1:${http.address().port}`);
  client.io.engine.on('upgrade', async () => {
    client.on('said', (text) => console.log('client: said', text));
    console.log('client: answered', await client.emitWithAck('say', 'hello'));
    client.close();
    server.close(() => console.log('closed'));
  });
});
