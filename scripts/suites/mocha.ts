import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ENDS, type Source, type Suite, type Verdict } from './suite';

interface MochaReport {
  readonly passes: readonly MochaTest[];
  readonly failures: readonly MochaTest[];
  readonly pending: readonly MochaTest[];
}

interface MochaTest {
  readonly fullTitle: string;
}

interface MochaSuite {
  readonly name: string;
  readonly title: string;
  readonly source: Source;
  readonly packages: readonly string[];
  /** Which files of the folder `test` hold tests, or a folder and they. */
  readonly files: RegExp;
  /** mocha's, as the library's package.json has them. */
  readonly options: readonly string[];
}

function mocha({ files, options, ...suite }: MochaSuite): Suite {
  return {
    ...suite,
    limit: 120_000,
    files: (folder) =>
      readdirSync(join(folder, 'test'))
        .filter((each) => files.test(each))
        .sort()
        .map((each) => `test/${each}`),
    program: (file, packages) => [join(packages, 'mocha/bin/_mocha'), ...options, '--reporter', 'json', file],
    read: ({ code, stdout }) => {
      const verdicts = new Map<string, Verdict>();
      const start = stdout.search(/^\{$/m);
      const end = stdout.lastIndexOf('\n}');
      if (start < 0 || end < start) return verdicts.set(ENDS, 'fail');
      const report = JSON.parse(stdout.slice(start, end + 2)) as MochaReport;
      const add = (tests: readonly MochaTest[], verdict: Verdict): void => {
        for (const { fullTitle } of tests) verdicts.set(fullTitle, verdict);
      };
      add(report.passes, 'pass');
      add(report.pending, 'skip');
      add(report.failures, 'fail');
      // A test that fails leaves its server open, and mocha waits for it.
      if (code === undefined && report.failures.length === 0) verdicts.set(ENDS, 'fail');
      return verdicts;
    },
  };
}

/** The libraries whose sources Debian has, with their tests, which mocha runs. */
export const LIBRARIES: readonly Suite[] = [
  mocha({
    name: 'ws',
    title: 'ws 8.18.1',
    source: {
      debian: 'n/node-ws/node-ws_8.18.1+~cs14.18.2.orig.tar.gz',
      sha256: 'f80308e18245a666ebfe76c8ce6180485ea608f182af2dfb2c08773b591c7bcb',
    },
    packages: ['mocha@8.4.0'],
    files: /\.test\.js$/,
    options: ['--throw-deprecation'],
  }),
  mocha({
    name: 'mqtt',
    title: 'mqtt 4.3.7',
    source: {
      debian: 'n/node-mqtt/node-mqtt_4.3.7.orig.tar.gz',
      sha256: '8ed202ed374f7e468b81bf07e9f506c95ec90586fe5526ea760215461a3b7ad3',
    },
    packages: [
      ...['mqtt@4.3.7', 'mocha@9.2.0', 'chai@4.2.0', 'sinon@9.2.4', 'should@13.2.3', 'mqtt-connection@4.1.0'],
      ...['aedes@0.46.2', 'tape@5.5.2', 'end-of-stream@1.4.4'],
    ],
    files:
      /^(client|client_mqtt5|secure_client|websocket_client|unique_message_id_provider_client|mqtt|util|store)\.js$/,
    options: ['--check-leaks', '--timeout', '10000', '--exit'],
  }),
  mocha({
    name: 'node-fetch',
    title: 'node-fetch 3.3.2',
    source: {
      debian: 'n/node-fetch/node-fetch_3.3.2+~cs11.4.11.orig.tar.gz',
      sha256: 'e91f623527cb6ef4ff6dfd238532ea1c8663383867733a7ae8b1cc33e71723c2',
    },
    packages: [
      ...['node-fetch@3.3.2', 'mocha@9.1.3', 'chai@4.3.4', 'chai-as-promised@7.1.1', 'chai-iterator@3.0.2'],
      ...['chai-string@1.5.0', 'busboy@1.4.0', 'abort-controller@3.0.0', 'abortcontroller-polyfill@1.7.1'],
      ...['form-data@4.0.0', 'formdata-node@4.2.4', 'p-timeout@5.0.0', 'stream-consumers@1.0.1'],
    ],
    files: /\.js$/,
    options: [],
  }),
  mocha({
    name: 'express',
    title: 'express 4.18.2',
    source: {
      debian: 'n/node-express/node-express_4.18.2+~4.17.14.orig.tar.gz',
      sha256: 'a9ace1a92a2b0a7e3fcd7a7612553d6208a464561c15ad38f349fc3ab0d7cda0',
    },
    packages: [
      ...['express@4.18.2', 'mocha@10.0.0', 'supertest@6.3.0', 'after@0.8.2', 'connect-redis@3.4.2'],
      ...['cookie-parser@1.4.6', 'cookie-session@2.0.0', 'ejs@3.1.8', 'express-session@1.17.2', 'hbs@4.2.0'],
      ...['marked@0.7.0', 'method-override@3.0.0', 'morgan@1.10.0', 'multiparty@4.2.3', 'pbkdf2-password@1.2.1'],
      'vhost@3.0.2',
    ],
    files: /\.js$|^acceptance$/,
    options: ['--require', 'test/support/env', '--check-leaks'],
  }),
];
