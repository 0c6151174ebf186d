// Every module that has to do with a network, in all the ways to get one. It knows nothing of synack.
import * as netNamespace from 'net';
import net, { connect, createServer } from 'node:net';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { lookup } from 'node:dns/promises';
import http2 from 'node:http2';
import tls from 'node:tls';
import { createRequire } from 'node:module';
import { once } from 'node:events';

const require = createRequire(import.meta.url);
console.log(netNamespace.default === net, netNamespace.connect === connect, require('net') === net);
console.log(require('node:dns/promises') === dns.promises, process.getBuiltinModule?.('net') === net);
console.log(require('https').request === require('node:https').request, typeof tls.connect, typeof require('fs').open);

const server = createServer((socket) => socket.pipe(socket)).listen(0);
await once(server, 'listening');
const socket = connect(server.address().port, 'localhost');
socket.end('over TCP');
console.log(String((await once(socket, 'data'))[0]), socket instanceof net.Socket);
server.close();

const udp = dgram.createSocket('udp4').bind(0, '127.0.0.1');
await once(udp, 'listening');
udp.send('over UDP', udp.address().port, '127.0.0.1');
console.log(String((await once(udp, 'message'))[0]));
udp.close();

console.log(await lookup('localhost', 4));
console.log(await lookup('name.invalid').catch((error) => error.syscall));

const h2 = http2.createServer().listen(0);
h2.on('stream', (stream) => stream.respond() || stream.end('over HTTP/2'));
await once(h2, 'listening');
const session = http2.connect(`http://localhost:${h2.address().port}`);
console.log(String((await once(session.request({ ':path': '/' }), 'data'))[0]));
session.close();
h2.close();
