// A web server whose TCP is synack's, at 10.9.0.2 on a TAP device. As root:
//   npx synack lab -- sh -c 'npx ts-node examples/http.ts & sleep 2; curl http://10.9.0.2/'
import { Stack, TapLink } from '../src';

const stack = new Stack();
stack.attach(TapLink.open('tap0', { host: '10.9.0.1/24' }), { address: '10.9.0.2/24' });
stack.http.createServer((_request, response) => response.end('hello over a TCP of our own\n')).listen(80);
