import { describe, expect, test } from '@jest/globals';
import { LinkError } from '../../src/link/errors';
import { loadOptional, type OptionalModuleName } from '../../src/link/missing';

function failure(name: OptionalModuleName, code: string | undefined, message: string): LinkError {
  try {
    loadOptional('pcap eth0', name, () => {
      throw Object.assign(new Error(message), code === undefined ? {} : { code });
    });
  } catch (error) {
    if (error instanceof LinkError) return error;
    throw error;
  }
  throw new Error('it loaded');
}

describe('an optional module', () => {
  test('is loaded by its name', () => {
    const module = {};
    expect(loadOptional('pcap eth0', 'cap', (name) => ({ name, module }))).toEqual({ name: 'cap', module });
  });

  test.each([
    [
      'cap, not installed',
      'cap',
      'MODULE_NOT_FOUND',
      "Cannot find module 'cap'\nRequire stack:\n- /app/x.js",
      'MODULE_NOT_FOUND',
      'cannot open pcap eth0: the npm package cap is not installed; run: apt-get install libpcap-dev g++ make python3 && CXXFLAGS=-DNDEBUG npm install cap',
    ],
    [
      'raw-socket, not installed',
      'raw-socket',
      'MODULE_NOT_FOUND',
      "Cannot find module 'raw-socket'",
      'MODULE_NOT_FOUND',
      'cannot open pcap eth0: the npm package raw-socket is not installed; run: apt-get install g++ make python3 && npm install raw-socket',
    ],
    [
      'cap, installed without its scripts',
      'cap',
      'MODULE_NOT_FOUND',
      "Cannot find module '../build/Release/cap.node'",
      'MODULE_NOT_FOUND',
      'cannot open pcap eth0: the npm package cap is installed, but not built; run: apt-get install libpcap-dev g++ make python3 && CXXFLAGS=-DNDEBUG npm rebuild cap',
    ],
    [
      'cap, without the library of C',
      'cap',
      'ERR_DLOPEN_FAILED',
      'libpcap.so.0.8: cannot open shared object file: No such file or directory',
      'ERR_DLOPEN_FAILED',
      'cannot open pcap eth0: the native part of the npm package cap does not load: libpcap.so is not there; run: apt-get install libpcap0.8',
    ],
    [
      'raw-socket, built for another Node',
      'raw-socket',
      'ERR_DLOPEN_FAILED',
      "The module 'raw.node' was compiled against a different Node.js version",
      'ERR_DLOPEN_FAILED',
      "cannot open pcap eth0: the native part of the npm package raw-socket does not load: The module 'raw.node' was compiled against a different Node.js version; run: apt-get install g++ make python3 && npm rebuild raw-socket",
    ],
    [
      'one that throws',
      'cap',
      undefined,
      'no luck',
      'EIO',
      'cannot open pcap eth0: the npm package cap does not load: no luck',
    ],
  ] as const)('%s', (_, name, thrown, text, code, message) => {
    const error = failure(name, thrown, text);
    expect(error.code).toBe(code);
    expect(error.message).toBe(message);
    expect(error.cause).toBeInstanceOf(Error);
  });
});
