import { netcatSuite } from './netcat';

netcatSuite(__filename, {
  program: 'socat',
  call: (address, port) => ['-t10', '-', `TCP4:${address}:${port}`],
  listen: (address, port) => ['-t10', '-', `TCP4-LISTEN:${port},reuseaddr,bind=${address}`],
  goesOnAfterEnd: true,
});
