// Does what was built run as it is published? A handshake, data and a close over the loopback interface of dist/.
const { Stack } = require('../dist');

const stack = new Stack();
let received = '';
stack.net
  .createServer((socket) => socket.end('built'))
  .listen(80, () => {
    stack.net
      .connect(80, '127.0.0.1')
      .on('data', (data) => (received += data))
      .on('close', () => {
        if (received !== 'built') throw new Error(`dist/ carried "${received}" where "built" was sent`);
        process.exit();
      });
  });
setTimeout(() => {
  throw new Error('dist/ carried nothing within 10 s');
}, 10_000);
