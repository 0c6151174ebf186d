import { expect } from 'expect';
import { labSuite } from '../support/lab-suite';
import { said } from './website';

labSuite(__filename, 'wrk', ['wrk'], (test) => {
  test('256 connections for 5 s: no socket error', async (lab) => {
    const stack = lab.attach({ watched: false });
    stack.http.createServer((_request, response) => response.end('hello, wrk')).listen(80);
    const output = await said(
      lab.start('wrk', '-t', '1', '-c', '256', '-d', '5', '--timeout', '20s', `http://${lab.address}/`),
    );
    expect(output).not.toMatch(/Socket errors|Non-2xx/);
    expect(Number(/(\d+) requests in/.exec(output)?.[1])).toBeGreaterThan(1000);
  });
});
