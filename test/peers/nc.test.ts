import { netcatSuite } from './netcat';

netcatSuite(__filename, {
  program: 'nc',
  call: (address, port) => ['-N', address, `${port}`],
  listen: (address, port) => ['-N', '-l', address, `${port}`],
  goesOnAfterEnd: true,
});
