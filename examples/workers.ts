// One web server on two cores: two worker threads, each with a stack and a queue of one TAP, at 10.9.0.2. As root:
//   npx synack lab -- sh -c 'ip link delete tap0; npx ts-node examples/workers.ts & sleep 4; curl http://10.9.0.2/ http://10.9.0.2/'
import { isMainThread } from 'node:worker_threads';
import { StackWorkers, type Stack, type WorkerInfo } from '../src';

// Each worker loads this file again, and calls its default export with a stack of its own.
export default function program(stack: Stack, { index }: WorkerInfo): void {
  stack.http.createServer((_request, response) => response.end(`hello from worker ${index}\n`)).listen(80);
}

if (isMainThread) {
  const tap = { name: 'tap0', host: '10.9.0.1/24' };
  void StackWorkers.start({ file: __filename, queues: 2, tap, address: '10.9.0.2/24' });
}
