'use strict';
// What is open when there is nothing more to wait for: the program ends, and hears nothing of it.
const http = require('node:http');
const net = require('node:net');

http.get({ host: 'never.example', lookup: () => undefined });
const server = net.createServer((socket) => {
  socket.unref().on('close', () => console.log('the end of a connection'));
});
server.on('close', () => console.log('the end of the server'));
server.listen(0, '127.0.0.1', () => {
  server.unref();
  const client = net.connect(server.address().port, '127.0.0.1', () => client.unref());
  client.on('close', () => console.log('the end of a call'));
});
process.on('exit', (code) => console.log(`exit ${code}`));
