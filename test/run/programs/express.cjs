// A web application of express, and requests to it. It knows nothing of synack.
const express = require('express');
const http = require('http');

const app = express();
app.use(express.json());
app.get('/hello/:name', (request, response) => response.send(`hello, ${request.params.name}`));
app.post('/sum', (request, response) => response.json({ sum: request.body.reduce((a, b) => a + b, 0) }));
app.get('/whoami', (request, response) => response.json({ ip: request.ip, host: request.hostname }));

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function ask(port, method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'Content-Type': 'application/json' } : {};
    const request = http.request({ port, host: 'localhost', method, path, headers, agent }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve([method, path, response.statusCode, text.slice(0, 60), request.reusedSocket]));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const server = app.listen(0, async () => {
  const { port } = server.address();
  console.log(await ask(port, 'GET', '/hello/world'));
  console.log(await ask(port, 'POST', '/sum', '[1,2,3]'));
  console.log((await ask(port, 'GET', '/whoami'))[3].replace('::ffff:', ''));
  console.log((await ask(port, 'GET', '/nowhere'))[2]);
  agent.destroy();
  server.close(() => console.log('closed'));
});
