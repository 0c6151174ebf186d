// A server without an address, and clients of both families.
const dgram = require('node:dgram');
const http = require('node:http');
const net = require('node:net');
const { once } = require('node:events');

const told = ({ address, family }) => `${address} ${family}`;

async function main() {
  const server = net.createServer((socket) => {
    socket.end(`${socket.localAddress} ${socket.remoteAddress} ${socket.remoteFamily}`);
  });
  server.listen(0);
  await once(server, 'listening');
  console.log(told(server.address()));
  for (const host of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    const client = net.connect({ port: server.address().port, host });
    const [data] = await once(client, 'data');
    console.log(`${data}; ${client.localAddress} ${client.remoteAddress}`);
  }
  const again = net.createServer().listen(server.address().port, '0.0.0.0');
  const [{ code, address }] = await once(again, 'error');
  console.log(code, address);
  server.close();

  const web = http.createServer(({ headers }, response) => response.end(headers.host.replace(/\d+$/, 'port')));
  web.listen(0, '::1');
  await once(web, 'listening');
  console.log(await (await fetch(`http://[::1]:${web.address().port}/`)).text());
  web.close();
  web.closeAllConnections();

  const socket = dgram.createSocket('udp6').bind();
  await once(socket, 'listening');
  const client = dgram.createSocket('udp4');
  client.send('over IPv4', socket.address().port, '127.0.0.1');
  const [message, from] = await once(socket, 'message');
  console.log(told(socket.address()), String(message), told(from));
  socket.close();
  client.close();
}

void main();
