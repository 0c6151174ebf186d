import { netcatSuite } from './netcat';

netcatSuite(__filename, {
  program: 'ncat',
  call: (address, port) => [address, `${port}`],
  listen: (address, port) => ['-l', address, `${port}`],
  goesOnAfterEnd: false,
});
