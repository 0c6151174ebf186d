// Ends in the middle, as programs do: process.exit, or a signal, with what was written last on its way.
const http = require('http');

const server = http.createServer((request, response) => {
  if (request.url === '/exit') response.end('gone', () => process.exit(3));
  else response.end('here');
});
server.listen(80, () => console.log('listening'));
